"""Words and keys that work wherever a run waits: a person, again, another language, danger.

Only a whole message counts: "human" leads to a person, "human rights" does not. A flow adds words of its languages.
"""

from collections.abc import Mapping
from enum import StrEnum

from aidline.conversations.choosing import LONGEST, plain
from aidline.flows.language import Flow, Medium
from aidline.flows.phrases import names_of


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
_KNOWN: Mapping[str, Wish] = {
    plain(word): wish
    for wish, found in WORDS.items()
    for words in found.values()
    for word in words.split(",")
}


def wish(text: str, flow: Flow, medium: Medium) -> Wish | None:
    """What always works, whatever was asked."""
    said = text.strip()
    if not said or len(said) > LONGEST:
        return None
    if said == flow.danger_key:
        return Wish.DANGER
    if said == LANGUAGE_KEY and medium is not Medium.PHONE:
        return None
    return _KEYS.get(_digit(said)) or _by_word(plain(said), flow)


def _digit(said: str) -> str:
    """0 and 9 in the digits of every script."""
    return str(int(said)) if len(said) == 1 and said.isdecimal() else said


def _by_word(said: str, flow: Flow) -> Wish | None:
    if said in _KNOWN:
        return _KNOWN[said]
    for name, words in flow.also.items():
        if said and any(said == plain(word) for found in words.values() for word in found):
            return Wish(name) if name in list(Wish) else None
    return None


def language_named(text: str, flow: Flow) -> str:
    """The language of the flow that is called so; empty if none."""
    if len(text) > LONGEST:
        return ""
    said = plain(text)
    return next(
        (code for code in flow.languages if said and any(said == plain(name) for name in names_of(code))), ""
    )
