"""A name in whichever script, as sounds: under which keys it is looked for, and how like another it is.

Vowels tell little, as Arabic does not write them all and every transliteration chooses others; consonants tell more,
in few classes, as p and b, d and t, g and k change places on the way from script to script.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from anyascii import anyascii
from rapidfuzz.distance import Indel, JaroWinkler, LCSseq, Levenshtein
from rapidfuzz.process import cpdist

LONGEST_NAME, MOST_WORDS = 120, 5

# anyascii leaves out what carries a vowel in Arabic, hides ayn behind a sign, and takes Indian ch for c.
_HIDDEN = str.maketrans(
    {
        "ا": "a",
        "أ": "a",
        "إ": "i",
        "آ": "a",
        "ى": "a",
        "ة": "a",
        "ع": "a",
        "ء": "",
        "ئ": "y",
        "ؤ": "w",
        "ـ": "",
    }
    | {"চ": "ch", "ছ": "ch", "च": "ch", "छ": "ch"}
)
_PERSIAN = str.maketrans({"ض": "z", "ذ": "z", "ظ": "z", "ث": "s"})
_IS_PERSIAN = re.compile("[یکپچگژټډړښځڅۍې]")
_ARABIC_ARTICLE = re.compile(r"\bال(?=\w{3})")
_ARABIC_H = re.compile(r"(?<=\w)[هہھ]")
_SYLLABIC = re.compile("([\u3400-\u9fff\uac00-\ud7af])")  # a sign of Chinese or Korean is a syllable
_VOWELLESS = re.compile("[\u0590-\u08ff\u0900-\u0dff\u0e00-\u0eff\u1000-\u109f\ufb1d-\ufefc]")

# Letters that a language writes for other sounds than most do.
_J_AS_Y = str.maketrans({"j": "y", "J": "y"})
_OWN_LETTERS: dict[str, dict[int, str]] = {
    "so": str.maketrans({"x": "h", "X": "h", "c": "a", "C": "a"}),
    "tr": str.maketrans({"c": "j", "C": "j", "ç": "j", "Ç": "j", "ğ": "", "Ğ": "", "ş": "sh", "Ş": "sh"}),
    "ku": str.maketrans({"c": "j", "C": "j", "x": "h", "X": "h"}),
    "vi": str.maketrans({"x": "s", "X": "s"}),
    "uk": str.maketrans({"г": "h", "Г": "h", "j": "y", "J": "y"}),
    "ka": str.maketrans({"x": "h", "X": "h"}),
    "am": _J_AS_Y,
    "ru": _J_AS_Y,
    "ti": _J_AS_Y,
    "es": str.maketrans({"v": "b", "V": "b", "j": "h", "J": "h", "h": "", "H": ""}),
    "bn": str.maketrans({"z": "j", "Z": "j"}),
}

_WORD = re.compile(r"[a-z]+")
_SILENT = re.compile(r"['`’ʼʹ‘]")
_PARTICLES = frozenset(
    "al el ul il ad ar az at ash bin ben ibn bint de da dos di del la le von der den mr mrs".split()  # noqa: SIM905
)
_SERVANTS = frozenset(["abd", "abdul", "abdel", "abdal", "abdur", "abdol", "abdoul"])
_ARTICLE = re.compile(r"^[ae]l(?=[^aeiouy]\w{3}|ah\w{2})")
_SERVANT = re.compile(r"^abd([aeiou]?l|[aeiou](?=(r|s|n|z)\2))?(?=[a-z]{2})")  # Abdulrahman, Abdurrahman

# Spellings of one sound; the longer first.
_SOUNDS = [
    (re.compile(written), sound)
    for written, sound in (
        ("shch|tsch|sch|tch|tsh|sh|ch|cz", "C"),
        ("dzh|dj|zh", "j"),
        ("kh", "h"),
        ("gh", "g"),
        ("ph", "f"),
        ("th", "t"),
        ("dh", "d"),
        ("ts|tz|dz", "s"),
        ("ck|qu|q|c(?![eiy])", "k"),
        ("c", "s"),
        ("x", "ks"),
        ("oo|ou", "u"),
        ("w", "v"),
        ("z", "s"),
        ("ee|y", "i"),
        ("e", "i"),
        ("o", "u"),
        (r"(.)\1+", r"\1"),
        ("(?<=.)h(?![aiu])|h$", ""),
    )
]
_CLASSES = str.maketrans("gjptC", "kkbds")
_VOWELS = re.compile("(?<=.)[aiuhv]")
_FIRST_VOWEL = re.compile("^[aiuv]+")
_DOUBLE = re.compile(r"(.)\1+")


class Name(NamedTuple):
    """`bare`: its script, or how we turn it into Latin letters, does not show every vowel."""

    words: tuple[str, ...]
    bare: bool


@lru_cache(maxsize=65_536)
def read(name: str, language: str = "") -> Name:
    """The words of a name in small Latin letters, without particles."""
    name = unicodedata.normalize("NFKC", name[:LONGEST_NAME])
    bare = _VOWELLESS.search(name) is not None
    latin = anyascii(_SYLLABIC.sub(r"\1 ", _as_said(name, language, bare=bare))).lower()
    words = _WORD.findall(_SILENT.sub("", latin))
    return Name(tuple(_joined(words)[:MOST_WORDS]), bare)


def _as_said(name: str, language: str, *, bare: bool) -> str:
    if not bare:
        own = _OWN_LETTERS.get(language[:2])
        return name.translate(own) if own else name
    if _IS_PERSIAN.search(name):
        name = name.translate(_PERSIAN)
    return _ARABIC_H.sub("", _ARABIC_ARTICLE.sub("", name)).translate(_HIDDEN)


def _joined(words: list[str]) -> list[str]:
    """Abdul Rahman, Abd al-Rahman and Abdulrahman are one word; a name of nothing but particles keeps them."""
    found: list[str] = []
    pending = ""
    for word in words:
        if word in _SERVANTS:
            pending = "abd"
        elif word not in _PARTICLES:
            found.append(pending + _without_article(word))
            pending = ""
    return [*found, pending] if pending else found or words


def _without_article(word: str) -> str:
    return _SERVANT.sub("abd", _ARTICLE.sub("", word))


@lru_cache(maxsize=65_536)
def sounds(word: str) -> str:
    for written, sound in _SOUNDS:
        word = written.sub(sound, word)
    return word


@lru_cache(maxsize=65_536)
def bones(word: str) -> str:
    """What is left of a word in every script: a first vowel, and consonants in few classes."""
    return _DOUBLE.sub(r"\1", _consonants(sounds(word)).translate(_CLASSES))


@lru_cache(maxsize=65_536)
def _consonants(heard: str) -> str:
    return _DOUBLE.sub(r"\1", _VOWELS.sub("", _FIRST_VOWEL.sub("a", heard)))


def keys(name: Name) -> frozenset[str]:
    """Names that may be one person's share a key: one word's bones and the first of another's, or all together.

    So a slip in one word, a word left out, another order or another script still meet.
    """
    return frozenset(key for key, _ in keys_with_words(name))


def keys_with_words(name: Name) -> Iterator[tuple[str, str]]:
    """Each key with the word that it says least of."""
    found = [(bones(word), word) for word in name.words]
    for at, (one, _) in enumerate(found):
        for to, (other, word) in enumerate(found):
            if at != to:
                yield f"{one}|{other[0]}", word
    if found:
        yield "=" + "".join(bone for bone, _ in found), "".join(name.words)


def word_key(word: str) -> str:
    """Under which a search for this word alone finds it."""
    return "~" + bones(word)


# --- likeness --------------------------------------------------------------------------------------------

_WORST, _MEAN = 0.7, 0.3  # how much the least alike word counts, and all of them
_LEAST = 0.8  # of one word, for the whole to come to 0.85
_MISSING = 0.05  # for each word that the other name lacks
_ONE_VOWEL, _VOWELS_ONLY = 0.95, 0.88  # the same consonants: Ahmad and Ahmed; Hassan and Hussein
_HUSHED = 0.93  # Shahida and Sahida
_ENDING = 0.85  # Amin and Amina, Karim and Karimi are others


def likeness(one: Name, other: Name) -> float:
    """0 to 1. Names of one word are never quite alike: there is too little to tell by."""
    if not one.words or not other.words:
        return 0.0
    across = one.bare != other.bare
    short, long = (one.words, other.words) if len(one.words) <= len(other.words) else (other.words, one.words)
    if len(short) < 2:
        return _together(short, long, across)
    alike = _word_by_word(short, long, across)
    if len(short) == len(long) or not _as_long(short, long):
        return alike
    return max(alike, *(_word_by_word(short, joined, across) - 0.01 for joined in _otherwise(long)))


def _together(short: tuple[str, ...], long: tuple[str, ...], across: bool) -> float:
    """One word may be the whole name, as in Wangwei."""
    return min(0.95, word_likeness("".join(short), "".join(long), across))


def _as_long(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Only then can they be the same letters, divided otherwise."""
    return abs(sum(len(bones(word)) for word in one) - sum(len(bones(word)) for word in other)) <= 2


def _otherwise(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Two words written as one: Ali Reza and Alireza."""
    for at in range(len(words) - 1):
        yield (*words[:at], words[at] + words[at + 1], *words[at + 2 :])


def _word_by_word(short: tuple[str, ...], long: tuple[str, ...], across: bool) -> float:
    """Words that are the same are nobody else's; the others go to whichever is most alike."""
    rest, left = list(long), []
    for word in short:
        if word in rest:
            rest.remove(word)
        else:
            left.append(word)
    found = [1.0] * (len(short) - len(left))
    for word in left:
        best = max(rest, key=lambda other: word_likeness(word, other, across))
        found.append(word_likeness(word, best, across))
        rest.remove(best)
    return _WORST * min(found) + _MEAN * sum(found) / len(found) - _MISSING * len(rest)


@lru_cache(maxsize=262_144)
def word_likeness(one: str, other: str, across: bool) -> float:
    """`across`: one of them shows all its vowels, the other does not."""
    if one == other:
        return 1.0
    heard, also = sounds(one), sounds(other)
    if across:
        return _across(heard, also)
    if heard == also:
        return 0.99 if min(len(one), len(other)) > 2 else 0.8
    if heard.replace("C", "s") == also.replace("C", "s"):
        return _HUSHED
    if _consonants(heard) == _consonants(also):
        return _by_vowels(heard, also)
    jaro, indel = JaroWinkler.normalized_similarity(heard, also), Indel.normalized_similarity(heard, also)
    return min(0.95, (jaro + indel) / 2)


def near(some: Sequence[str], others: Sequence[str]) -> list[bool]:
    """Of each pair of words whether they are alike enough for two names to be so; many at once."""
    heard, also = [sounds(word) for word in some], [sounds(word) for word in others]
    jaro = cpdist(heard, also, scorer=JaroWinkler.normalized_similarity)
    indel = cpdist(heard, also, scorer=Indel.normalized_similarity)
    return [bool(one) for one in (jaro + indel) / 2 >= _LEAST]


def _by_vowels(heard: str, also: str) -> float:
    if heard.rstrip("aiu") == also.rstrip("aiu") and len(heard) != len(also):
        return _ENDING
    return _ONE_VOWEL if Levenshtein.distance(heard, also) == 1 else _VOWELS_ONLY


def _across(heard: str, also: str) -> float:
    """Consonants alone, and whether the vowels that the shorter does show are in the longer."""
    short, long = sorted((_tail(heard), _tail(also)), key=len)
    shown = LCSseq.similarity(short, long) / (len(short) or 1)
    hard = (_consonants(heard).translate(_CLASSES), _consonants(also).translate(_CLASSES))
    return 0.98 * min(Indel.normalized_similarity(*hard), 0.5 + shown / 2)


def _tail(heard: str) -> str:
    """Without the first vowel, which is written as any other or not at all."""
    return _FIRST_VOWEL.sub("", heard.translate(_CLASSES)).replace("v", "u")
