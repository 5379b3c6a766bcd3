"""One line, many ways to write it; all of them find the same person."""

import pytest

from aidline.kernel import phones


@pytest.mark.parametrize(
    ("raw", "region"),
    [
        ("+447700900123", ""),
        ("+44 7700 900123", ""),
        ("+44 (0)7700 900-123", ""),
        ("00447700900123", ""),
        ("0044 7700 900123", "FR"),
        ("+00447700900123", ""),
        ("07700 900123", "GB"),
        ("7700900123", "gb"),
        ("447700900123", "GB"),
        ("+44 7700 900123 ext. 9", ""),
        ("٠٠٤٤٧٧٠٠٩٠٠١٢٣", ""),
        ("+٤٤٧٧٠٠٩٠٠١٢٣", ""),
        ("۰۷۷۰۰۹۰۰۱۲۳", "GB"),
        ("  +44\u00a07700\u200f900123 ", ""),
        ("＋447700900123", ""),
    ],
)
def test_every_way_to_write_a_number_gives_the_same_one(raw: str, region: str) -> None:
    assert phones.normalise(raw, region) == "+447700900123"


@pytest.mark.parametrize(
    "raw",
    ["", "+", "12345", "HELPLINE", "Anonymous", "+266696687", "+7378742833", "447700900123", "US.134", "0"],
)
def test_what_is_not_a_number_is_not_made_one(raw: str) -> None:
    assert phones.normalise(raw) is None


@pytest.mark.parametrize(("raw", "region"), [("12345", "GB"), ("555 0123", "US")])
def test_what_can_only_be_dialled_in_its_own_town_is_no_number(raw: str, region: str) -> None:
    assert phones.normalise(raw, region) is None


def test_a_megabyte_is_not_read_through() -> None:
    assert phones.normalise("1" * 1_000_000, "GB") is None


@pytest.mark.parametrize("digits", ["447700900123", "12025550123", "5511987654321"])
def test_a_providers_digits_are_taken_as_they_are(digits: str) -> None:
    assert phones.e164(digits) == "+" + digits


@pytest.mark.parametrize(
    "digits", ["", "0447700900123", "12345", "1" * 16, "+447700900123", "٤٤٧٧٠٠٩٠٠١٢٣", "US.1"]
)
def test_what_cannot_be_bare_digits_is_refused(digits: str) -> None:
    assert phones.e164(digits) is None


FAMILIES = [
    ("+5511987654321", "+551187654321"),
    ("+5491123456789", "+541123456789", "+54111523456789"),
    ("+5493514567890", "+543514567890", "+54351154567890"),
    ("+5215512345678", "+525512345678"),
]


@pytest.mark.parametrize("family", FAMILIES)
def test_each_form_of_a_line_finds_all_the_others(family: tuple[str, ...]) -> None:
    for form in family:
        found = phones.variants(form)
        assert found[0] == form
        assert set(found) == set(family)


@pytest.mark.parametrize("number", ["+551133334444", "+447700900123", "+12025550123"])
def test_a_line_with_one_form_has_no_others(number: str) -> None:
    assert phones.variants(number) == (number,)


def test_argentinas_domestic_form_is_read() -> None:
    assert phones.normalise("+54 11 15 2345 6789") == "+5491123456789"
    assert phones.normalise("011 15 2345-6789", "AR") == "+5491123456789"


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("+447700900123", "+44 7700 ••• •23"),
        ("+5511987654321", "+55 1198 • ••• •21"),
        ("+33639980123", "+33 639 ••• •23"),
        ("+2903123", "+290 • •23"),
    ],
)
def test_a_mask_hides_all_but_country_area_and_two_digits(number: str, masked: str) -> None:
    assert phones.mask(number) == masked


def test_an_address_that_is_no_number_is_masked_too() -> None:
    assert "134912" not in phones.mask("US.13491208").replace(" ", "")
