"""Words by which people stop and resume messages, and agree when asked, in every language of the product.

Only a whole message counts, never a word in a sentence: "stop it, he hits me" is a call for help. A word is listed in
the forms in which people type it, and left out where it is a plain answer somewhere else ("acha" stops in Swahili
and means "okay" in Hindi; "dur" stops in Turkish and means "hard" in French).

English: what Twilio documents for its default handling (read 2026-11-22). The others are ours. A wrong match
costs little: replies go on, and the answer says how to come back.
"""

import re
import unicodedata
from collections.abc import Mapping

_LONGEST = 40

STOP_WORDS: Mapping[str, str] = {
    "en": "stop|stopall|stop all|unsubscribe|cancel|end|quit|revoke|optout|opt out|opt-out",
    "fr": "stop|arrêt|arret|arrêter|arreter|arrêtez|arretez|désabonner|desabonner|me désabonner|me desabonner",
    "es": "alto|parar|detener|baja|dar de baja|darme de baja|cancelar suscripción|cancelar suscripcion",
    "ar": "قف|توقف|توقفوا|إيقاف|أوقف|أوقفوا|إلغاء|إلغاء الاشتراك|الغ الاشتراك|لا ترسل|لا ترسلوا",
    "uk": "стоп|зупинити|зупиніть|припинити|припиніть|відписатися|відписатись|скасувати підписку",
    "nl": "stop|stoppen|afmelden|uitschrijven|stop ermee",
    "am": "አቁም|አቁሙ|አቁሚ|ይቁም",
    "bn": "বন্ধ করুন|বন্ধ করো|থামুন|থামাও",
    "ckb": "بووەستە|بوەستە|ڕایگرە|ڕابگرە|وەستان",
    "de": "stopp|abmelden|abbestellen|aufhören",
    "el": "στοπ|σταματήστε|σταμάτα|διακοπή|διαγραφή",
    "fa": "توقف|لغو|لغو عضویت|متوقف کنید|نفرستید",
    "ha": "tsaya|dakata|daina",
    "he": "עצור|עצרו|הפסק|הפסיקו|הסר|הסירו אותי",
    "hi": "बंद करें|बंद करो|रोकें|रोको|स्टॉप",
    "ht": "sispann|kanpe|sispann voye",
    "it": "ferma|fermare|annulla|disiscrivi|disiscrivimi|cancellami",
    "kmr": "raweste|rawestîne|rawestine|bisekinîne|bisekinine",
    "ln": "tika kotinda|sukisa|telemisa",
    "my": "ရပ်|ရပ်ပါ|ရပ်တန့်|ရပ်တန့်ပါ|မပို့ပါနဲ့",
    "om": "dhaabi|dhaabaa|dhaabadhu|dhaabadhaa",
    "pl": "rezygnuję|rezygnuje|wypisz|wypisz mnie|zatrzymaj|koniec wiadomości",
    "prs": "توقف|بس کنید|لغو|روان نکنید",
    "ps": "ودروه|ودروئ|بند کړئ|مه رالېږئ",
    "pt": "parar|pare|cancelar|cancelar inscrição|cancelar inscricao|descadastrar",
    "ro": "opriți|opriti|oprește|opreste|dezabonare|dezabonează|dezaboneaza",
    "ru": "стоп|остановить|остановите|прекратить|прекратите|отписаться|отписка|отмена подписки",
    "rw": "hagarika|hagarikira aho|rekeraho",
    "so": "jooji|joojiya|joogso",
    "sw": "sitisha|simamisha|acha kutuma|jiondoe",
    "ta": "நிறுத்து|நிறுத்தவும்|நிறுத்துங்கள்",
    "ti": "ኣቁም|ኣቁሙ|ደው ኣብል|ደው ኣብሉ|አቁም",
    "tr": "durdur|durdurun|iptal|iptal et|abonelikten çık|abonelikten cik",
    "ur": "بند کریں|بند کرو|روکیں|روک دیں|اسٹاپ",
    "vi": "dừng|dừng lại|ngừng|hủy|huỷ|hủy đăng ký|huỷ đăng ký",
}

START_WORDS: Mapping[str, str] = {
    "en": "start|unstop|resume",
    "fr": "reprendre|reprenez|démarrer|demarrer|recommencer",
    "es": "reanudar|empezar|iniciar|volver",
    "ar": "ابدأ|ابدؤوا|بدء|استئناف|استأنف",
    "uk": "старт|почати|відновити|підписатися",
    "nl": "hervatten|starten|aanmelden",
    "am": "ጀምር|ጀምሩ|ጀምሪ",
    "bn": "শুরু|শুরু করুন",
    "ckb": "دەستپێبکە|دەست پێ بکە|دەستپێکردن",
    "de": "starten|fortsetzen|weiter senden",
    "el": "έναρξη|ξεκινήστε|συνέχεια",
    "fa": "شروع|آغاز|شروع کنید",
    "ha": "fara|ci gaba",
    "he": "התחל|התחילו|המשך",
    "hi": "शुरू|शुरू करें|स्टार्ट",
    "ht": "kòmanse|komanse|rekòmanse|rekomanse",
    "it": "inizia|riprendi|riprendere",
    "kmr": "dest pê bike|dest pe bike|destpêk|destpek",
    "ln": "banda|banda lisusu",
    "my": "စတင်|စတင်ပါ|စပါ",
    "om": "jalqabi|jalqabaa",
    "pl": "wznów|wznow|zacznij",
    "prs": "شروع|آغاز|شروع کنید",
    "ps": "پیل کړئ|پیل|شروع",
    "pt": "retomar|iniciar|começar|comecar",
    "ro": "reia|reluați|reluati|începe|incepe",
    "ru": "старт|начать|возобновить|подписаться",
    "rw": "tangira|komeza",
    "so": "bilow|billow",
    "sw": "anza|endelea",
    "ta": "தொடங்கு|தொடங்கவும்|தொடங்குங்கள்",
    "ti": "ጀምር|ጀምሩ|ቀጽል",
    "tr": "başlat|baslat|başla|basla|devam",
    "ur": "شروع|شروع کریں",
    "vi": "bắt đầu|tiếp tục",
}

# Heard only from somebody who was asked.
YES_WORDS: Mapping[str, str] = {
    "en": "yes|y|ok|okay|i agree|agree|start",
    "fr": "oui|d'accord|daccord|ok|j'accepte",
    "es": "sí|si|acepto|de acuerdo|vale",
    "ar": "نعم|أيوه|ايوا|موافق|موافقة|أوافق|اوكي",
    "uk": "так|згоден|згодна|добре",
    "nl": "ja|akkoord|oké|oke",
    "am": "አዎ|እሺ|እስማማለሁ",
    "bn": "হ্যাঁ|রাজি|সম্মত",
    "ckb": "بەڵێ|ئەرێ|ڕازیم",
    "de": "ja|einverstanden|ja gerne",
    "el": "ναι|συμφωνώ",
    "fa": "بله|آری|آره|موافقم",
    "ha": "eh|i|na yarda",
    "he": "כן|מסכים|מסכימה",
    "hi": "हाँ|हां|जी हाँ|सहमत",
    "ht": "wi|dakò|dako",
    "it": "sì|si|accetto|va bene",
    "kmr": "erê|ere|belê|bele",
    "ln": "iyo|ee|nandimi",
    "my": "ဟုတ်ကဲ့|သဘောတူ|သဘောတူပါတယ်",
    "om": "eeyyee|eyyee|tole",
    "pl": "tak|zgadzam się|zgadzam sie|zgoda",
    "prs": "بلی|بله|موافقم",
    "ps": "هو|منم|موافق یم",
    "pt": "sim|aceito|concordo",
    "ro": "da|sunt de acord|accept",
    "ru": "да|согласен|согласна|хорошо",
    "rw": "yego|ndabyemeye|nemeye",
    "so": "haa|waan ogolahay",
    "sw": "ndiyo|nakubali|sawa",
    "ta": "ஆம்|சம்மதம்",
    "ti": "እወ|ሕራይ",
    "tr": "evet|kabul|kabul ediyorum",
    "ur": "ہاں|جی|جی ہاں|منظور",
    "vi": "có|vâng|đồng ý",
}

# Vowel signs that are seldom typed, the stroke that only widens, and letters that are typed one for the other.
_UNWRITTEN = re.compile("[\u0307\u064b-\u065f\u0670\u0640\u200b-\u200f\u2060\ufe0e\ufe0f\u05b0-\u05c7]")
_ALIKE = str.maketrans(
    {
        "أ": "ا",
        "إ": "ا",
        "آ": "ا",
        "ٱ": "ا",
        "ى": "ي",
        "ی": "ي",
        "ې": "ي",
        "ئ": "ي",
        "ک": "ك",
        "ة": "ه",
        "ۀ": "ه",
        "ە": "ه",
        "ہ": "ه",
    }
    | {"ı": "i"}
    | dict.fromkeys("’ʼ‘`´ʻ", "'")
)


def plain(text: str) -> str:
    """A short message without what surrounds its words: signs, emoji, spaces, and ways of writing the same."""
    if len(text) > _LONGEST:
        return ""
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", text).casefold())
    folded = _UNWRITTEN.sub("", folded).translate(_ALIKE)
    start, end = 0, len(folded)
    while start < end and not _spoken(folded[start]):
        start += 1
    while end > start and not _spoken(folded[end - 1]):
        end -= 1
    return " ".join(folded[start:end].split())


def _spoken(sign: str) -> bool:
    return unicodedata.category(sign)[0] in "LNM"


def _all(table: Mapping[str, str]) -> frozenset[str]:
    return frozenset(plain(word) for row in table.values() for word in row.split("|"))


STOP, START, YES = _all(STOP_WORDS), _all(START_WORDS), _all(YES_WORDS)


def wants_stop(text: str) -> bool:
    return plain(text) in STOP


def wants_start(text: str) -> bool:
    return plain(text) in START


def says_yes(text: str) -> bool:
    return plain(text) in YES
