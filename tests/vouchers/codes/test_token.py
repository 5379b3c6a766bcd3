"""The token: believed only as it was signed, and as small as its QR code promises."""

from datetime import UTC, datetime
from secrets import token_bytes
from uuid import UUID

import pytest
import segno
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from aidline.vouchers.codes.token import (
    LENGTH,
    Token,
    from_base45,
    is_token,
    read,
    short_id,
    sign,
    to_base45,
)

PRIVATE = Ed25519PrivateKey.generate()
PUBLIC = {7: PRIVATE.public_key()}
TOKEN = Token(
    key_number=7,
    programme=short_id(UUID("0199aaaa-bbbb-7ccc-8ddd-eeeeffff0001")),
    serial=token_bytes(10),
    cents=1750,
    valid_from=datetime(2026, 11, 24, 9, tzinfo=UTC),
    valid_until=datetime(2027, 1, 23, 9, tzinfo=UTC),
)


def test_what_was_signed_is_read():
    text = sign(PRIVATE, TOKEN)
    assert len(text) == LENGTH
    assert is_token(text)
    assert read(text, PUBLIC) == TOKEN
    assert read(f" {text.lower()}\n", PUBLIC) == TOKEN


def test_no_change_of_a_single_letter_is_believed():
    text = sign(PRIVATE, TOKEN)
    for place in range(LENGTH):
        other = "0" if text[place] != "0" else "1"
        assert read(text[:place] + other + text[place + 1 :], PUBLIC) is None


def test_another_key_an_unknown_number_and_nonsense_are_not_believed():
    text = sign(PRIVATE, TOKEN)
    other = Ed25519PrivateKey.generate().public_key()
    assert read(text, {7: other}) is None
    assert read(text, {8: PUBLIC[7]}) is None
    assert read("", PUBLIC) is None
    assert read(":" * LENGTH, PUBLIC) is None
    assert read("ü" * LENGTH, PUBLIC) is None


def test_it_fits_a_small_qr_code():
    made = segno.make_qr(sign(PRIVATE, TOKEN), error="m", boost_error=False)
    assert (made.version, made.mode) == (6, "alphanumeric")


@pytest.mark.parametrize(
    ("raw", "text"), [(b"AB", "BB8"), (b"Hello!!", "%69 VD92EX0"), (b"base-45", "UJCLQE7W581")]
)
def test_base45_is_that_of_the_rfc(raw, text):
    assert to_base45(raw) == text
    assert from_base45(text) == raw


@pytest.mark.parametrize("text", ["GGW1", ":::", "ab", "A", "ü12", ":Z"])
def test_what_is_not_base45_is_none(text):
    assert from_base45(text) is None
