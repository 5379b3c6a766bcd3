"""Bars: what an independent reader (zxing) reads in them."""

import random

import numpy as np
import pytest
import zxingcpp

from aidline.vouchers.codes.barcode import QUIET, code128, ean13, with_check_digit
from aidline.vouchers.codes.code import new_code

DICE = random.Random(5)
DIGITS = ["".join(DICE.choices("0123456789", k=length)) for length in (4, 5, 6, 7, 16, 19)]
LETTERS = [
    "".join(map(chr, range(32, 64))),
    "".join(map(chr, range(64, 96))),
    "".join(map(chr, range(96, 127))),
]
MIXED = ["A123456B", "AB1234567", "1234567AB", "A12345B", "12A3456", "1A", "123A456789B0123"]


def scanned(modules, height=40):
    row = np.array([255 * (module == "0") for module in "0" * QUIET + modules + "0" * QUIET], np.uint8)
    return zxingcpp.read_barcode(np.tile(np.repeat(row, 3), (height, 1)))


@pytest.mark.parametrize("text", [*DIGITS, *LETTERS, *MIXED, *(new_code() for _ in range(20))])
def test_code_128_is_read(text):
    found = scanned(code128(text))
    assert (found.text, found.format) == (text, zxingcpp.BarcodeFormat.Code128)


def test_digits_take_half_the_room():
    assert len(code128("1234567890123456")) < len(code128("ABCDEFGHIJ"))
    assert max(len(code128(new_code())) for _ in range(500)) <= 200


def test_code_128_refuses_what_it_cannot_hold():
    with pytest.raises(ValueError, match="ASCII"):
        code128("ваучер")


@pytest.mark.parametrize("first", range(10))
def test_ean_13_is_read(first):
    digits = f"{first}98765432101"
    found = scanned(ean13(digits))
    assert (found.text, found.format) == (with_check_digit(digits), zxingcpp.BarcodeFormat.EAN13)


@pytest.mark.parametrize("digits", ["", "12345678901", "9812345678901", "98123456789o", "٩٨١٢٣٤٥٦٧٨٩٠"])
def test_a_wrong_ean_is_refused(digits):
    with pytest.raises(ValueError, match="digit"):
        ean13(digits)
