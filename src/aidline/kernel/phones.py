"""Phone numbers: one written form, the forms that mean the same line, and a form for the screen.

The written form is E.164 with a plus. Providers that already speak bare E.164 digits (WhatsApp) go through
`e164`, which parses nothing: the inbound worker calls it for every message.
"""

import unicodedata
from functools import lru_cache

import phonenumbers
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, NumberParseException, PhoneNumberFormat

# What carriers and Twilio put where a caller hides the number: the words ANONYMOUS, RESTRICTED, BLOCKED,
# UNKNOWN and UNAVAILABLE on a keypad (Twilio voice documentation, "Request parameters", read 2026-11-22).
WITHHELD = frozenset({"+266696687", "+7378742833", "+2562533", "+8656696", "+86282452253"})

_LONGEST, _SHORTEST = 15, 7
_HIDDEN = 6  # digits at the end of which all but two are hidden


def e164(digits: str) -> str | None:
    """The bare digits of a provider's id as a number, or None if they cannot be one."""
    if digits.isdigit() and digits.isascii() and _SHORTEST <= len(digits) <= _LONGEST and digits[0] != "0":
        return "+" + digits
    return None


def normalise(raw: str, region: str = "") -> str | None:
    """E.164, or None for what is not a number: short codes, names of senders, hidden callers."""
    return _parsed(raw[:64], region.upper())


@lru_cache(maxsize=16_384)
def _parsed(raw: str, region: str) -> str | None:
    written = _international(raw.strip())
    try:
        number = phonenumbers.parse(written, region or None)
    except NumberParseException:
        return None
    e164_form = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    if e164_form in WITHHELD:
        return None
    if phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.IS_POSSIBLE:
        return e164_form  # what can only be dialled in its own town is nobody's number elsewhere
    return _argentina_without_15(e164_form)


def _international(raw: str) -> str:
    """`00` and `+00` become `+`, in any script's digits; signs that cannot be seen go."""
    seen = (sign for sign in raw if unicodedata.category(sign) != "Cf")
    plain = "".join(str(int(sign)) if sign.isdecimal() else sign for sign in seen)
    bare = plain.lstrip("+＋ ")
    if bare.startswith("00"):
        return "+" + bare[2:].lstrip()
    return plain.replace("＋", "+")


def _argentina_without_15(number: str) -> str | None:
    """`+54 <area> 15 <subscriber>` at home is `+54 9 <area> <subscriber>` abroad."""
    rest = number.removeprefix("+54")
    if rest == number or len(rest) != 12:
        return None
    forms = (f"+549{rest[:area]}{rest[area + 2 :]}" for area in (2, 3, 4) if rest[area : area + 2] == "15")
    return next((form for form in forms if phonenumbers.is_valid_number(phonenumbers.parse(form))), None)


# --- forms that reach the same line ----------------------------------------------------------------------


def variants(number: str) -> tuple[str, ...]:
    """Every written form under which the same line may be known, the given one first."""
    others = _VARIANTS.get(number[:3])
    return (number,) if others is None else (number, *others(number[3:]))


def _brazil(rest: str) -> tuple[str, ...]:
    """Mobiles got a leading 9 between 2012 and 2016; WhatsApp still knows many without it."""
    area, line = rest[:2], rest[2:]
    if len(line) == 9 and line[0] == "9" and line[1] in "6789":
        return (f"+55{area}{line[1:]}",)
    if len(line) == 8 and line[0] in "6789":
        return (f"+55{area}9{line}",)
    return ()


def _argentina(rest: str) -> tuple[str, ...]:
    """Abroad mobiles carry a 9 after the country code, at home a 15 after the area code."""
    if len(rest) == 11 and rest[0] == "9":
        return (f"+54{rest[1:]}", _argentina_with_15(rest[1:]))
    if len(rest) == 10:
        return (f"+549{rest}", _argentina_with_15(rest))
    mobile = _argentina_without_15("+54" + rest)
    return (mobile, "+54" + mobile[4:]) if mobile else ()


@lru_cache(maxsize=4096)
def _argentina_with_15(line: str) -> str:
    number = phonenumbers.parse(f"+549{line}")
    area = phonenumbers.length_of_national_destination_code(number) - 1  # the 9 counts as part of it
    area = area if area in (2, 3, 4) else 2
    return f"+54{line[:area]}15{line[area:]}"


def _mexico(rest: str) -> tuple[str, ...]:
    """The 1 for mobiles was dropped in 2019; WhatsApp ids still have it."""
    if len(rest) == 11 and rest[0] == "1":
        return ("+52" + rest[1:],)
    return ("+521" + rest,) if len(rest) == 10 else ()


_VARIANTS = {"+55": _brazil, "+54": _argentina, "+52": _mexico}


# --- on screen -------------------------------------------------------------------------------------------


def mask(number: str) -> str:
    """`+44 7700 ••• •23`: enough to tell two people apart, not enough to call."""
    digits = number.removeprefix("+")
    code = _country_code(digits)
    line = digits[len(code) :]
    shown = max(0, min(4, len(line) - _HIDDEN))
    hidden = "•" * (len(line) - shown - 2) + line[-2:]
    groups = [hidden[max(0, at - 3) : at] for at in range(len(hidden), 0, -3)][::-1]
    return " ".join(part for part in (f"+{code}" if code else "", line[:shown], *groups) if part)


def _country_code(digits: str) -> str:
    heads = (digits[:length] for length in (1, 2, 3))
    return next((head for head in heads if head.isdigit() and int(head) in COUNTRY_CODE_TO_REGION_CODE), "")
