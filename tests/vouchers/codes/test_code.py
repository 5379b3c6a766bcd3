"""The code: random enough, typed as people type, and never accepted with an error in it."""

from itertools import combinations

import pytest

from aidline.vouchers.codes.code import ALPHABET, DIGITS, LENGTH, digits, grouped, new_code, normalise


def test_new_codes_are_all_different_and_valid():
    codes = {new_code() for _ in range(2000)}
    assert len(codes) == 2000
    assert all(normalise(code) == code and len(code) == LENGTH for code in codes)


def test_the_random_part_has_sixty_bits_without_letters_that_are_misread():
    assert len(ALPHABET) == 32
    assert not set("ILOU") & set(ALPHABET)
    assert set("".join(new_code()[:12] for _ in range(400))) == set(ALPHABET)


@pytest.mark.parametrize("code", [new_code() for _ in range(5)])
def test_one_wrong_letter_never_passes(code):
    for place in range(LENGTH):
        for letter in set(ALPHABET) - {code[place]}:
            assert normalise(code[:place] + letter + code[place + 1 :]) is None


@pytest.mark.parametrize("code", [new_code() for _ in range(20)])
def test_two_letters_that_changed_places_never_pass(code):
    for first, second in combinations(range(LENGTH), 2):
        swapped = list(code)
        swapped[first], swapped[second] = code[second], code[first]
        if code[first] != code[second]:
            assert normalise("".join(swapped)) is None, (code, first, second)


def test_it_is_understood_as_people_type_it():
    code = "00000000000000"
    assert normalise(code) == code
    assert normalise(" 0000 oooo-0OO0.٠٠ ") == code
    assert normalise(grouped(code).lower()) == code


def test_cyrillic_and_greek_look_alikes_are_read_as_what_they_look_like():
    code = next(code for code in iter(new_code, "") if {"A", "K", "T"} <= set(code))
    assert normalise(code.replace("A", "А").replace("K", "К").replace("T", "т")) == code
    assert normalise(code.replace("A", "Α").replace("K", "κ")) == code


@pytest.mark.parametrize(
    "typed", ["", "0", "0" * 13, "0" * 15, "ваучер", "0000000000000!", "ß" * 14, "一" * 14]
)
def test_what_cannot_be_a_code_is_none(typed):
    assert normalise(typed) is None


def test_it_is_read_in_groups():
    assert grouped("K7M29QXD41TF8Z") == "K7M2-9QXD-41TF-8Z"


def test_in_bars_it_is_digits_that_mean_the_same():
    for code in (new_code() for _ in range(500)):
        assert len(digits(code)) == DIGITS
        assert normalise(digits(code)) == code
    assert normalise("9" * DIGITS) is None
    assert normalise(f"{int(digits(new_code())) + 1:022}") is None
