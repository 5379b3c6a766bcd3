"""Bars for scanners that read lines: Code 128, and EAN-13 where a retailer assigned the numbers.

A code is a text of modules, from left to right: `1` is dark. The quiet zone beside it belongs to whoever draws it.
"""

from itertools import groupby

QUIET = 10  # modules that must stay light on both sides

# ISO/IEC 15417: the widths of bars and spaces of each value; 103–105 start, 106 stops.
_WIDTHS = (
    "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 "
    "113222 123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 "
    "212123 212321 232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 "
    "113123 113321 133121 313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 "
    "314111 221411 431111 111224 111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 "
    "241211 221114 413111 241112 134111 111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 "
    "214121 412121 111143 111341 131141 114113 114311 411113 411311 113141 114131 311141 411131 211412 211214 "
    "211232 2331112"
).split()
_TO_C, _TO_B, _START_B, _START_C, _STOP = 99, 100, 104, 105, 106

# ISO/IEC 15420: the odd parity of each digit; the first digit is told by the parities of the six on the left.
_ODD = "0001101 0011001 0010011 0111101 0100011 0110001 0101111 0111011 0110111 0001011".split()
_PARITY = "OOOOOO OOEOEE OOEEOE OOEEEO OEOOEE OEEOOE OEEEOO OEOEOE OEOEEO OEEOEO".split()


def code128(text: str) -> str:
    """Letters of ASCII from space to tilde; runs of digits take half the room."""
    values = _values(text)
    check = sum(value * max(place, 1) for place, value in enumerate(values)) % 103
    return "".join(_modules(_WIDTHS[value]) for value in [*values, check, _STOP])


def _values(text: str) -> list[int]:
    values: list[int] = []
    dense: bool | None = None
    for piece, wanted in _pieces(text):
        if dense is None:
            values.append(_START_C if wanted else _START_B)
        elif dense is not wanted:
            values.append(_TO_C if wanted else _TO_B)
        dense = wanted
        values += [int(piece[at : at + 2]) for at in range(0, len(piece), 2)] if wanted else _plain(piece)
    return values


def _pieces(text: str) -> list[tuple[str, bool]]:
    """Where the dense set pays: from four digits on at an end, six between letters. An odd digit stays outside."""
    pieces: list[tuple[str, bool]] = []
    runs = ["".join(run) for _, run in groupby(text, key=lambda letter: "0" <= letter <= "9")]
    for place, run in enumerate(runs):
        least = 4 if place in (0, len(runs) - 1) else 6
        if not run.isdecimal() or len(run) < least:
            pieces.append((run, False))
        elif len(run) % 2 and place:
            pieces += [(run[0], False), (run[1:], True)]
        else:
            even = len(run) - len(run) % 2
            pieces += [(run[:even], True)] + ([(run[even:], False)] if even < len(run) else [])
    return pieces


def _plain(piece: str) -> list[int]:
    if not all(" " <= letter <= "~" for letter in piece):
        raise ValueError("Code 128 holds ASCII only")
    return [ord(letter) - 32 for letter in piece]


def _modules(widths: str) -> str:
    return "".join("10"[place % 2] * int(width) for place, width in enumerate(widths))


def ean13(digits: str) -> str:
    """Twelve digits, to which the check digit is added, or all thirteen."""
    digits = with_check_digit(digits)
    left = "".join(
        _ean(digit, parity) for digit, parity in zip(digits[1:7], _PARITY[int(digits[0])], strict=True)
    )
    right = "".join(_turned(_ODD[int(digit)]) for digit in digits[7:])
    return f"101{left}01010{right}101"


def with_check_digit(digits: str) -> str:
    """ValueError where the thirteenth digit is wrong."""
    if not (digits.isascii() and digits.isdecimal() and len(digits) in (12, 13)):
        raise ValueError("an EAN-13 has twelve digits and one that checks them")
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits[:12]))
    whole = digits[:12] + str(-total % 10)
    if len(digits) == 13 and digits != whole:
        raise ValueError("the last digit does not fit the others")
    return whole


def _ean(digit: str, parity: str) -> str:
    odd = _ODD[int(digit)]
    return odd if parity == "O" else _turned(odd)[::-1]


def _turned(modules: str) -> str:
    return modules.translate(str.maketrans("01", "10"))
