"""Which of the choices we offered somebody means: by its number, in any digits, or in words of their language.

Only what can mean nothing else is taken as a choice; all else stays what it is, a message for a person to read.
"""

import re
import unicodedata
from collections.abc import Sequence

from aidline.channels.contract import Choice

LONGEST = 80  # characters: more than that is said, not chosen
_SHORTEST_BEGINNING = 3

# One to twelve as people write them, in the languages of the product; digits of every script are read anyway.
_NUMBERS: dict[str, int] = {
    word: number
    for words in (
        "one two three four five six seven eight nine ten eleven twelve",
        "un deux trois quatre cinq six sept huit neuf dix onze douze",
        "uno dos tres cuatro cinco seis siete ocho nueve diez once doce",
        "واحد اثنان ثلاثة اربعة خمسة ستة سبعة ثمانية تسعة عشرة",
        "один два три чотири п'ять шість сім вісім дев'ять десять одинадцять дванадцять",
        "een twee drie vier vijf zes zeven acht negen tien elf twaalf",
    )
    for number, word in enumerate(words.split(), 1)
}
_NUMBERS |= {"une": 1, "una": 1, "одна": 1, "одне": 1, "дві": 2, "اثنين": 2}

_ALIKE = str.maketrans({"ٱ": "ا", "ى": "ي", "ة": "ه", "ʼ": "'", "’": "'", "`": "'"})
_AROUND = re.compile(r"^[\W_]+|[\W_]+$")
_BETWEEN = re.compile(r"[\W_]+")
_ORDINAL = re.compile(r"(?:n[o°º]?|nr|number|numéro|número|option|رقم|номер|№)?[\W_]*(\d{1,3})[\W_]*")


def chosen(text: str, choices: Sequence[Choice]) -> Choice | None:
    """None when the text is no choice, or might be two."""
    if not choices or not text.strip() or len(text) > LONGEST:
        return None
    place = number(text)
    if place is not None:
        return choices[place - 1] if 1 <= place <= len(choices) else None
    return _by_words(text, choices)


def number(text: str) -> int | None:
    """In digits, or one to twelve in words. A keycap such as "2️⃣" is a digit with two signs around it."""
    found = _ORDINAL.fullmatch(_digits(text.strip().casefold()))
    if found:
        return int(found[1])
    return _PLAIN_NUMBERS.get(plain(text))


def _digits(text: str) -> str:
    return "".join(str(unicodedata.digit(sign, sign)) for sign in text if unicodedata.category(sign) != "Me")


def _by_words(text: str, choices: Sequence[Choice]) -> Choice | None:
    said = plain(_without_number(text))
    titles = [plain(choice.title) for choice in choices]
    whole = [choice for choice, title in zip(choices, titles, strict=True) if title and title == said]
    if whole:
        return whole[0] if len(whole) == 1 else None
    if len(said) < _SHORTEST_BEGINNING:
        return None
    begun = [
        choice for choice, title in zip(choices, titles, strict=True) if (title + " ").startswith(said + " ")
    ]
    return begun[0] if len(begun) == 1 else None


def _without_number(text: str) -> str:
    """ "2. Shelter", as some repeat the whole line."""
    return re.sub(r"^\s*\d{1,2}\s*[.):-]\s*", "", _digits(text))


def plain(text: str) -> str:
    """Without case, accents, vowel signs, hamza and tatweel, and what stands around and between words."""
    folded = unicodedata.normalize("NFKD", text.casefold().replace("ـ", ""))
    bare = "".join(sign for sign in folded if not unicodedata.combining(sign))
    bare = bare.translate(_ALIKE)
    return _BETWEEN.sub(" ", _AROUND.sub("", bare))


_PLAIN_NUMBERS = {plain(word): number for word, number in _NUMBERS.items()}
