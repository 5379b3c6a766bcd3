"""The interface languages are known, and every language has a name and a direction."""

import pytest

from aidline.kernel import languages


def test_the_six_interface_languages_are_there_with_their_own_names() -> None:
    assert [languages.name(code) for code in languages.INTERFACE] == [
        "English",
        "français",
        "español",
        "العربية",
        "українська",
        "Nederlands",
    ]


@pytest.mark.parametrize("code", ["fa", "ti", "so", "tr", "ru", "ps", "am"])
def test_people_may_speak_more_than_the_screens_do(code: str) -> None:
    assert languages.ALL[code].english


@pytest.mark.parametrize(
    ("code", "direction"), [("ar", "rtl"), ("fa", "rtl"), ("ps", "rtl"), ("uk", "ltr"), ("xx", "ltr")]
)
def test_direction(code: str, direction: str) -> None:
    assert languages.direction(code) == direction


@pytest.mark.parametrize(("tag", "code"), [("ar-SY", "ar"), ("pt_BR", "pt"), ("UK", "uk"), ("x", "")])
def test_a_tag_finds_its_language(tag: str, code: str) -> None:
    assert languages.match(tag) == code
