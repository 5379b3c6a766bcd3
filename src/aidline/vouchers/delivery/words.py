"""Words by which people ask what is left of their vouchers, in every language of the product.

Only a whole message counts, as with STOP (`gateway.opt_out_words`): "the balance is wrong" is for a person to read.
The word of any language is understood everywhere. Ours; a wrong match costs little: they read what they have.
"""

from collections.abc import Mapping

from aidline.conversations.choosing import LONGEST, plain

BALANCE_WORDS: Mapping[str, str] = {
    "en": "balance|my balance|how much is left|voucher balance",
    "fr": "solde|mon solde|combien reste-t-il|combien il me reste",
    "es": "saldo|mi saldo|cuánto queda|cuánto me queda",
    "ar": "الرصيد|رصيد|رصيدي|كم تبقى|كم بقي",
    "uk": "баланс|мій баланс|залишок|скільки залишилося",
    "nl": "saldo|mijn saldo|tegoed|hoeveel is er over",
    "am": "ቀሪ|ቀሪ ሂሳብ|ቀሪ ገንዘብ",
    "bn": "ব্যালেন্স|কত বাকি|বাকি টাকা",
    "ckb": "باڵانس|چەند ماوە",
    "de": "guthaben|mein guthaben|restbetrag|kontostand",
    "el": "υπόλοιπο|το υπόλοιπό μου",
    "fa": "موجودی|مانده|موجودی من",
    "ha": "balans|ragowa|nawa ya rage",
    "he": "יתרה|היתרה שלי|כמה נשאר",
    "hi": "बैलेंस|शेष|कितना बचा है",
    "ht": "balans|konbyen ki rete",
    "it": "saldo|il mio saldo|quanto resta",
    "kmr": "balans|çiqas maye|bakiye",
    "ln": "balansi|etikali boni",
    "my": "လက်ကျန်|လက်ကျန်ငွေ",
    "om": "haftee|baalaansii|hammam hafe",
    "pl": "saldo|moje saldo|ile zostało",
    "prs": "موجودی|بیلانس|باقیمانده|چقدر مانده",
    "ps": "بیلانس|پاتې|څومره پاتې دي",
    "pt": "saldo|meu saldo|quanto resta",
    "ro": "sold|soldul meu|cât a rămas",
    "ru": "баланс|мой баланс|остаток|сколько осталось",
    "rw": "asigaye|ayasigaye|hasigaye angahe",
    "so": "haraaga|hadhaaga|baaqi",
    "sw": "salio|salio langu|imebaki kiasi gani",
    "ta": "இருப்பு|மீதி|எவ்வளவு மீதி",
    "ti": "ተረፍ|ዝተረፈ|ክንደይ ተሪፉ",
    "tr": "bakiye|bakiyem|ne kadar kaldı",
    "ur": "بیلنس|بقایا|کتنا باقی ہے",
    "vi": "số dư|so du|còn bao nhiêu",
}

_ALL = frozenset(plain(word) for row in BALANCE_WORDS.values() for word in row.split("|"))


def asks_balance(text: str) -> bool:
    return len(text) <= LONGEST and plain(text) in _ALL
