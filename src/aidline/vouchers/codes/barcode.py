"""Bars for scanners that read lines: Code 128, and EAN-13 where a retailer assigned the numbers.

A code is a text of modules, from left to right: `1` is dark. The quiet zone beside it belongs to whoever draws it.
"""

from itertools import groupby

QUIET = 10  # modules that must stay light on both sides

# ISO/IEC 15417: the widths of the six bars and spaces of each value; 103–105 start, 106, which has seven, stops.
_DIGITS = (
    "212222222122222221121223121322131222122213122312132212221213221312231212112232122132122231"
    "113222123122123221223211221132221231213212223112312131311222321122321221312212322112322211"
    "212123212321232121111323131123131321112313132113132311211313231113231311112133112331132131"
    "113123113321133121313121211331231131213113213311213131311123311321331121312113312311332111"
    "314111221411431111111224111422121124121421141122141221112214112412122114122411142112142211"
    "241211221114413111241112134111111242121142121241114212124112124211411212421112421211212141"
    "214121412121111143111341131141114113114311411113411311113141114131311141411131211412211214"
    "211232"
)
_WIDTHS = [*(_DIGITS[at : at + 6] for at in range(0, len(_DIGITS), 6)), "2331112"]
_TO_C, _TO_B, _START_B, _START_C, _STOP = 99, 100, 104, 105, 106

# ISO/IEC 15420: the odd parity of each digit; the first digit is told by the parities of the six on the left.
_ODD = [
    "0001101",
    "0011001",
    "0010011",
    "0111101",
    "0100011",
    "0110001",
    "0101111",
    "0111011",
    "0110111",
    "0001011",
]
_PARITY = ["OOOOOO", "OOEOEE", "OOEEOE", "OOEEEO", "OEOOEE", "OEEOOE", "OEEEOO", "OEOEOE", "OEOEEO", "OEEOEO"]


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


def is_ean13(digits: str) -> bool:
    try:
        return with_check_digit(digits) == digits
    except ValueError:
        return False


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
