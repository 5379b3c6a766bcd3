"""A translator does not see numbers and addresses, and the answer has them all the same."""

import re
import time
import unicodedata

import pytest
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


# --- whatever signs they are written with ----------------------------------------------------------------

ZEROS = [chr(sign) for sign in range(0x110000) if unicodedata.decimal(chr(sign), None) == 0]
UNSEEN = ["\u200b", "\u200d", "\u200e", "\u200f", "\u2060", "\u00ad", "\u061c", "\ufe0f", "\ufeff", "\u2066"]
SEPARATORS = [
    "",
    " ",
    "-",
    "–",
    "—",
    "−",
    "‑",
    ".",
    "/",
    "·",
    "_",
    "*",
    "•",
    ",",
    ":",
    "\u00a0",
    "\ufe0f\u20e3",
    *UNSEEN,
]


@given(
    st.text("0123456789", min_size=7, max_size=14),
    st.sampled_from(ZEROS),
    st.lists(st.sampled_from(SEPARATORS), min_size=13, max_size=13),
    st.sampled_from(["", "+", "(", "＋"]),
)
def test_no_digit_of_a_number_is_left_whatever_stands_between(
    digits: str, zero: str, signs: list[str], before: str
) -> None:
    written = [chr(ord(zero) + int(digit)) for digit in digits]
    number = before + "".join(digit + sign for digit, sign in zip(written, [*signs, ""], strict=False))
    shown, values = cover(f"Call {number} now")
    assert re.fullmatch(r"Call •1•[\W_]* now", shown)
    assert uncover(shown, values) == f"Call {number} now"


ADDRESSES = [
    "07·70·09·00·12",
    "07_70_09_00_12",
    "07*70*09",
    "0\u200b7\u200b7\u200b0",
    "+44–7700–900123",
    "٠٧٧–٠٠٩–٠٠١٢٣",
    "①②③④⑤⑥⑦",
    "t.me/amal_h",
    "T.me/+AbCd-12",
    "wa.me/447700900123",
    "t . me / amal_h",
    "t.\u200bme/amal_h",
    "tg://resolve?domain=amal",
    "skype:amal.h",
    "example.org/people/amal",
    "help.example.com",
    "@amal",
    "@amal_h.1",
    "@\u200bamal",
    "@أمل",
    "@amal:example.org",
    "amal@example.org",
    "amal @ example.org",
    "amal@ example . org",
    "amal(at)example.org",
    "amal＠example.org",
    "amal@مثال.شبكة",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_is_covered_whole(address: str) -> None:
    shown, values = cover(f"Write: {address}, please")
    assert (shown, values) == ("Write: •1•, please", [address])


ORDINARY = [
    "We are 3 people on floor 12, 5 of us ill; come at 10:30 or at 9.",
    "It costs 12,50 € or 300 €, 15% less.",
    "He and/or she lives at 7 Harbour Street, no. 12b.",
    "Done.Then he left. e.g. this/that, etc./more, I.D. 7.",
    "Meet me @ 10 or @10, @ home.",
    "نحن ٣ أشخاص، في الطابق ١٢، الساعة ١٠:٣٠",
    "ငါတို့ ၃ ယောက်",
]


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_words_and_small_numbers_stay(text: str) -> None:
    assert cover(text) == (text, [])


@pytest.mark.parametrize(
    "sign", ["a", "1", " ", ".", "@", "a.", "1,", "a@", "(", "+", "@a.", "1 ", "\u200b", "a-", "t."]
)
def test_a_long_text_of_any_kind_is_looked_through_at_once(sign: str) -> None:
    began = time.monotonic()
    cover(sign * (20_000 // len(sign)))
    assert time.monotonic() - began < 5
