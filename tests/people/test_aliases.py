"""Aliases are the only name most people ever have on our screens."""

from itertools import product

import pytest

from aidline.people.aliases import ALIAS_SPACE, WORDS, alias

LANGUAGES = sorted(WORDS)


def test_every_language_names_the_same_64_things() -> None:
    assert {language: len(words) for language, words in WORDS.items()} == dict.fromkeys(WORDS, 64)
    assert {"en", "fr", "es", "ar", "uk", "nl"} <= set(WORDS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_stands_for_two_people(language: str) -> None:
    assert len({word.casefold() for word in WORDS[language]}) == 64


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_are_clean_and_short_enough_for_a_queue_row(language: str) -> None:
    assert all(word == word.strip() and 1 < len(word) <= 13 for word in WORDS[language])


def test_the_whole_space_is_distinct_in_every_language() -> None:
    pairs = list(product(range(64), range(1000)))
    assert len(pairs) == ALIAS_SPACE
    for language in LANGUAGES:
        assert len({alias(word, number, language) for word, number in pairs}) == ALIAS_SPACE


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "Cedar 082"),
        ("fr", "Cèdre 082"),
        ("ar", "أرز ٠٨٢"),
        ("ar-sy", "أرز ٠٨٢"),
        ("fa", "سرو کوهی ۰۸۲"),
        ("uk", "Кедр 082"),
        ("ti", "Cedar 082"),
        ("", "Cedar 082"),
    ],
)
def test_an_alias_is_written_in_the_readers_words_and_digits(language: str, expected: str) -> None:
    assert alias(0, 82, language) == expected


def test_a_word_beyond_the_list_wraps_around_instead_of_failing() -> None:
    assert alias(64, 7, "en") == alias(0, 7, "en")
