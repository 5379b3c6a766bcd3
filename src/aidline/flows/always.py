"""Words and keys that work wherever a run waits: a person, again, another language, danger.

Only a whole message counts: "human" leads to a person, "human rights" does not. A flow adds words of its languages.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cache, lru_cache

from babel import Locale, UnknownLocaleError

from aidline.conversations.choosing import LONGEST, plain
from aidline.flows.language import Flow, Medium
from aidline.kernel import languages


class Wish(StrEnum):
    PERSON = "person"
    REPEAT = "repeat"
    LANGUAGE = "language"
    DANGER = "danger"


PERSON_KEY, REPEAT_KEY, LANGUAGE_KEY = "0", "9", "#"
_KEYS = {PERSON_KEY: Wish.PERSON, REPEAT_KEY: Wish.REPEAT, LANGUAGE_KEY: Wish.LANGUAGE}

WORDS: Mapping[Wish, Mapping[str, str]] = {
    Wish.PERSON: {
        "en": "human, person, agent, operator, someone, a person, a human, talk to a person, help",
        "fr": "humain, personne, une personne, agent, conseiller, quelqu’un, opérateur, aide",
        "es": "humano, persona, una persona, agente, operador, alguien, ayuda",
        "ar": "إنسان, شخص, موظف, موظفة, بشر, مساعدة",
        "uk": "людина, людину, оператор, оператора, допомога, поговорити з людиною",
        "nl": "mens, een mens, persoon, medewerker, iemand, hulp",
        "de": "mensch, berater, hilfe",
        "it": "persona, operatore, aiuto",
        "pt": "pessoa, humano, atendente, ajuda",
        "ru": "человек, оператор, помощь",
        "pl": "człowiek, konsultant, pomoc",
        "ro": "om, persoană, operator, ajutor",
        "tr": "insan, temsilci, yardım",
        "fa": "انسان, اپراتور, کمک",
        "so": "qof, caawimaad",
        "sw": "mtu, msaada",
        "am": "ሰው",
        "ti": "ሰብ",
    },
    Wish.REPEAT: {
        "en": "repeat, again",
        "fr": "répéter, encore, répète",
        "es": "repetir, otra vez, repita",
        "ar": "كرر, إعادة, أعد, مرة أخرى",
        "uk": "повторити, ще раз, повтори",
        "nl": "herhaal, opnieuw, nog eens",
        "de": "wiederholen, nochmal",
        "pt": "repetir",
        "ru": "повторить, ещё раз",
        "tr": "tekrar",
        "fa": "تکرار",
    },
    Wish.LANGUAGE: {
        "en": "language, languages, change language",
        "fr": "langue, langues, changer de langue",
        "es": "idioma, idiomas, cambiar idioma",
        "ar": "لغة, اللغة, تغيير اللغة",
        "uk": "мова, змінити мову",
        "nl": "taal, andere taal",
        "de": "sprache",
        "pt": "idioma, língua",
        "ru": "язык",
        "tr": "dil",
        "fa": "زبان",
    },
    Wish.DANGER: {
        "en": "danger, in danger, i am in danger, sos",
        "fr": "danger, en danger, je suis en danger",
        "es": "peligro, en peligro, estoy en peligro",
        "ar": "خطر, في خطر, أنا في خطر",
        "uk": "небезпека, в небезпеці, я в небезпеці",
        "nl": "gevaar, in gevaar, ik ben in gevaar",
        "de": "gefahr, in gefahr",
        "pt": "perigo",
        "ru": "опасность, в опасности",
        "tr": "tehlike",
        "fa": "خطر",
    },
}
_KNOWN: Mapping[str, Mapping[str, Wish]] = {
    language: {
        plain(word): wish for wish in WORDS for word in WORDS[wish].get(language, "").split(",") if word
    }
    for language in {language for found in WORDS.values() for language in found}
}


def wish(text: str, flow: Flow, medium: Medium) -> Wish | None:
    """What always works, whatever was asked."""
    said = text.strip()
    if not said or len(said) > LONGEST:
        return None
    if said == flow.danger_key or (medium is Medium.PHONE and flow.danger_key in said):
        return Wish.DANGER  # whoever presses it, and other keys with it
    if said == LANGUAGE_KEY and medium is not Medium.PHONE:
        return None
    return _KEYS.get(_digit(said)) or _by_word(plain(said), flow)


def _digit(said: str) -> str:
    """0 and 9 in the digits of every script."""
    return str(int(said)) if len(said) == 1 and said.isdecimal() else said


def _by_word(said: str, flow: Flow) -> Wish | None:
    """In the languages of our screens, which many know, and in those of the flow."""
    for language in dict.fromkeys((*flow.languages, *languages.INTERFACE)):
        if said in _KNOWN.get(language, {}):
            return _KNOWN[language][said]
    for name, words in flow.also.items():
        if said and any(said == plain(word) for found in words.values() for word in found):
            return Wish(name) if name in list(Wish) else None
    return None


def language_named(text: str, flow: Flow) -> str:
    """The language of the flow that is called so, by its own name or in another of its languages; empty if none."""
    said = plain(text) if len(text) <= LONGEST else ""
    return _names(flow.languages).get(said, "") if said else ""


@lru_cache(64)
def _names(codes: tuple[str, ...]) -> Mapping[str, str]:
    """A name that two of them have means none."""
    found: dict[str, set[str]] = {}
    for code in codes:
        for name in (plain(code), *(names.get(code, "") for names in map(_names_in, _speaking(codes)))):
            found.setdefault(name, set()).add(code)
    return {name: next(iter(meant)) for name, meant in found.items() if name and len(meant) == 1}


def _speaking(codes: tuple[str, ...]) -> Iterable[str]:
    return dict.fromkeys(("", *codes, *languages.INTERFACE))


@cache
def _names_in(speaking: str) -> Mapping[str, str]:
    """What our languages are called in a language; in none: what they call themselves."""
    if not speaking:
        return {code: plain(known.name) for code, known in languages.ALL.items()}
    try:
        names = Locale.parse(speaking).languages
    except (UnknownLocaleError, ValueError):
        return {}
    return {code: plain(names.get(code, "")) for code in languages.ALL}
