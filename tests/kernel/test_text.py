"""Long text is cut where a reader would cut it, hostile text made harmless, segments counted as billed."""

from dataclasses import astuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aidline.kernel import text

FAMILY = "👩‍👩‍👧‍👦"


def units(part: str) -> int:
    return len(part.encode("utf-16-le", "surrogatepass")) // 2


@given(st.text(max_size=400), st.integers(min_value=12, max_value=80))
def test_no_part_is_too_long_and_nothing_but_white_space_is_lost(words: str, limit: int) -> None:
    parts = text.split(words, limit)
    assert all(0 < units(part) <= limit for part in parts)
    assert "".join("".join(parts).split()) == "".join(words.split())


@given(st.text(max_size=400), st.integers(min_value=24, max_value=80))
def test_some_providers_count_bytes(words: str, limit: int) -> None:
    parts = text.split(words, limit, in_bytes=True)
    assert all(0 < len(part.encode("utf-8", "surrogatepass")) <= limit for part in parts)
    assert "".join("".join(parts).split()) == "".join(words.split())


def test_as_many_bytes_go_into_a_part_as_fit() -> None:
    assert text.split("aaa ééé 😀😀", 11, in_bytes=True) == ["aaa ééé", "😀😀"]
    assert text.split("😀" * 5, 9, in_bytes=True) == ["😀😀", "😀😀", "😀"]


def test_words_stay_whole() -> None:
    words = "one two three four five six seven"
    assert text.split(words, 12) == ["one two", "three four", "five six", "seven"]


def test_a_paragraph_end_is_preferred_to_a_word_end() -> None:
    assert text.split("First part, here.\n\nSecond part is", 30) == ["First part, here.", "Second part is"]


def test_a_gap_exactly_at_the_limit_loses_nothing() -> None:
    assert text.split("aaaa bbbb", 4) == ["aaaa", "bbbb"]


@pytest.mark.parametrize("sign", [FAMILY, "🇸🇾", "👍🏽", "ه\u064e\u0651", "é"])
def test_a_visible_sign_is_never_torn(sign: str) -> None:
    parts = text.split(sign * 40, 33)
    assert "".join(parts) == sign * 40
    assert all(part == sign * (len(part) // len(sign)) for part in parts)


def test_a_short_text_is_one_part_and_an_empty_one_is_none() -> None:
    assert text.split("hello", 10) == ["hello"]
    assert text.split("  ", 10) == []


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("", (0, "GSM-7", 0, 160)),
        ("a" * 160, (1, "GSM-7", 160, 0)),
        ("a" * 161, (2, "GSM-7", 161, 145)),
        ("€" * 80, (1, "GSM-7", 160, 0)),
        ("a" * 152 + "€" + "b" * 10, (2, "GSM-7", 164, 141)),
        ("م" * 70, (1, "UCS-2", 70, 0)),
        ("م" * 71, (2, "UCS-2", 71, 63)),
        ("😀" * 35, (1, "UCS-2", 70, 0)),
        ("م" * 66 + "😀" + "م" * 4, (2, "UCS-2", 72, 61)),
        ("ç", (1, "UCS-2", 1, 69)),
    ],
)
def test_segments_are_those_that_are_billed(words: str, expected: tuple[int, str, int, int]) -> None:
    assert astuple(text.segments(words)) == expected


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("nul\x00l", "null"),
        ("half \ud83d sign", "half  sign"),
        ("invoice\u202egpj.exe", "invoicegpj.exe"),
        ("\u2066isolate\u2069", "isolate"),
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("bell\x07\x1b[31m", "bell[31m"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        (FAMILY, FAMILY),
        ("a" + "\u0301" * 50, "a" + "\u0301" * 4),
        ("tab\tstays", "tab\tstays"),
    ],
)
def test_harmful_signs_go_and_honest_ones_stay(raw: str, kept: str) -> None:
    assert text.clean(raw) == kept


def test_a_megabyte_is_capped() -> None:
    assert len(text.clean("م" * 1_000_000)) == text.LONGEST
    assert text.clean("abcdef", 3) == "abc"


@given(st.text(alphabet=st.characters(), max_size=200))
def test_clean_text_can_be_stored_and_cleaning_twice_changes_nothing(raw: str) -> None:
    once = text.clean(raw)
    assert "\x00" not in once
    once.encode("utf-8")
    assert text.clean(once) == once
