"""A translator does not see numbers and addresses, and the answer has them all the same."""

from hypothesis import given
from hypothesis import strategies as st

from aidline.language.covering import cover, uncover

TEXT = "Call me: +44 7700 900123, or write to amal@example.org. My file is 4711-22, floor 3, at 10."


def test_numbers_and_addresses_are_covered_and_small_numbers_stay() -> None:
    shown, values = cover(TEXT)
    assert values == ["+44 7700 900123", "amal@example.org", "4711-22"]
    assert shown == "Call me: •1•, or write to •2•. My file is •3•, floor 3, at 10."


def test_the_answer_has_them_back_also_when_a_translator_turned_them_round() -> None:
    _, values = cover(TEXT)
    assert uncover("ملفي • 3 •، اتصلوا •1•", values) == "ملفي 4711-22، اتصلوا +44 7700 900123"


def test_a_cover_that_nobody_knows_stays_as_it_is() -> None:
    assert uncover("•7• and •0•", ["1234"]) == "•7• and •0•"


@given(st.text(st.sampled_from("abc •+0123456789 @.-/محمد٣٤٥٦"), max_size=60))
def test_covering_and_uncovering_gives_back_what_was_written(text: str) -> None:
    shown, values = cover(text)
    if "•" not in text:
        assert uncover(shown, values) == text


def test_digits_of_another_script_are_covered_too() -> None:
    assert cover("رقمي ٠٧٧٠٠٩٠٠١٢٣") == ("رقمي •1•", ["٠٧٧٠٠٩٠٠١٢٣"])
