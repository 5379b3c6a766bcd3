"""The code of a voucher, as it is printed, scanned, read aloud and typed: 12 random letters and 2 that check them.

60 random bits; none of I, L, O, U, which are misread. The check is the number modulo the prime 1021: one wrong
letter, or two that changed places, never pass. In bars it stands as 22 digits, which are wider and read more surely.
"""

import secrets
import unicodedata

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 14
DIGITS = 22
_RANDOM, _PRIME = 12, 1021
_VALUE = {letter: place for place, letter in enumerate(ALPHABET)}
_MEANT = str.maketrans(
    "ILOUАВЕКМНОРСТХІЈѴΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",  # also as a Cyrillic or Greek keyboard writes them
    "110VABEKMH0PCTX1JVABEZH1KMN0PTYX",
)


def new_code() -> str:
    body = "".join(secrets.choice(ALPHABET) for _ in range(_RANDOM))
    return body + _check(body)


def normalise(typed: str) -> str | None:
    """The code that was meant, or None where it cannot be one: a typing error, or something else altogether."""
    folded = unicodedata.normalize("NFKC", typed).upper().translate(_MEANT)
    letters = "".join(_digit(letter) for letter in folded if letter.isalnum())
    if len(letters) == DIGITS and letters.isdecimal():
        letters = _letters(int(letters))
    if len(letters) != LENGTH or not set(letters) <= _VALUE.keys():
        return None
    return letters if _check(letters[:_RANDOM]) == letters[_RANDOM:] else None


def grouped(code: str) -> str:
    """As people read it: K7M2-9QXD-41TF-8Z."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def digits(code: str) -> str:
    """The same number in tens, for bars. `normalise` takes it too."""
    return f"{_number(code):0{DIGITS}}"


def _check(body: str) -> str:
    high, low = divmod(_number(body) % _PRIME, 32)
    return ALPHABET[high] + ALPHABET[low]


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 32 + _VALUE[letter]
    return number


def _letters(number: int) -> str:
    """One more than `LENGTH` where the number is too large to be a code."""
    return "".join(
        ALPHABET[number >> 5 * place & 31]
        for place in reversed(range(max(LENGTH, -(-number.bit_length() // 5))))
    )


def _digit(letter: str) -> str:
    """Digits of every script: people type those of their keyboard."""
    value = unicodedata.decimal(letter, None)
    return letter if value is None else str(value)
