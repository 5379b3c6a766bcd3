"""STOP is heard in every language, and never inside a sentence."""

import pytest

from aidline.gateway.opt_out_texts import STOPPED, stopped_text
from aidline.gateway.opt_out_words import (
    START,
    START_WORDS,
    STOP,
    STOP_WORDS,
    YES_WORDS,
    plain,
    says_yes,
    wants_start,
    wants_stop,
)
from aidline.kernel import languages


def listed(table: dict[str, str]) -> list[tuple[str, str]]:
    return [(code, word) for code, row in table.items() for word in row.split("|")]


@pytest.mark.parametrize("table", [STOP_WORDS, START_WORDS, YES_WORDS])
def test_every_language_of_the_product_has_its_words(table: dict[str, str]) -> None:
    assert set(table) == set(languages.ALL)


@pytest.mark.parametrize(("code", "word"), listed(STOP_WORDS))
def test_every_word_stops_however_it_is_typed(code: str, word: str) -> None:
    assert all(wants_stop(typed) for typed in typed_ways(word))
    assert not wants_start(word)
    assert not says_yes(word)


@pytest.mark.parametrize(("code", "word"), listed(START_WORDS))
def test_every_word_starts_however_it_is_typed(code: str, word: str) -> None:
    assert all(wants_start(typed) for typed in typed_ways(word))
    assert not wants_stop(word)


def typed_ways(word: str) -> list[str]:
    return [
        word,
        word.upper(),
        word.capitalize(),
        f" {word} ",
        f"{word}.",
        f"{word}!!",
        f"«{word}»",
        f"{word} 🙏\n",
    ]


@pytest.mark.parametrize(
    "typed",
    [
        *("STOP", "Stop.", "ｓｔｏｐ", "¡Alto!", "ARRÊT", "Arret", "arrêt", "стоп!", "СТОП", "Afmelden."),
        *("قِفْ", "إيقاف", "ايقاف", "أيقاف", "ايـقـاف", "توقَّف", "قف.", "قف؟"),
        *(
            "توقف",
            "لغو عضويت",
            "لغو عضویت",
            "Hủy",
            "HUỶ",
            "बंद करें।",
            "İPTAL",
            "opt-out",
            "OPT OUT",
            "me désabonner",
        ),
    ],
)
def test_variants_in_script_sign_and_vowel_stop(typed: str) -> None:
    assert wants_stop(typed)


@pytest.mark.parametrize(
    "said",
    [
        *(
            "stop it, he hits me",
            "Stop it",
            "please stop him",
            "he won't stop",
            "STOP HIM",
            "stop stop",
            "don't stop",
        ),
        *(
            "arrête il me frappe",
            "il faut que ça s'arrête",
            "no puedo parar de llorar",
            "basta",
            "para",
            "stopp ihn",
        ),
        *("أوقفوه", "قف عن الضرب من فضلك", "لم يتوقف", "не можу зупинити його", "он не хочет остановиться"),
        *(
            "hij wil niet stoppen",
            "the end is near",
            "I want to end it",
            "cancel my appointment please",
            "dur",
            "acha",
        ),
        *("", " ", "!", "🛑", "😭", "1", "non", "stop" * 12),
    ],
)
def test_a_call_for_help_stops_nothing(said: str) -> None:
    assert not wants_stop(said)


def test_no_word_means_two_things() -> None:
    assert not STOP & START
    assert all(plain(word) for table in (STOP_WORDS, START_WORDS, YES_WORDS) for _, word in listed(table))


@pytest.mark.parametrize("code", list(STOPPED))
def test_the_answer_names_a_word_that_really_brings_one_back(code: str) -> None:
    spoken = plain_words(STOPPED[code])
    assert any(plain(word) in spoken for word in START_WORDS[code].split("|"))
    assert not wants_stop(STOPPED[code])
    assert len(STOPPED[code]) <= 306  # two long SMS in Latin script at most


def plain_words(text: str) -> set[str]:
    return {plain(part) for part in text.split()}


def test_the_answer_comes_in_the_first_language_that_we_have() -> None:
    assert stopped_text("so", "fr") == STOPPED["fr"]
    assert stopped_text("", "ti") == STOPPED["en"]
    assert set(languages.INTERFACE) <= set(STOPPED)
