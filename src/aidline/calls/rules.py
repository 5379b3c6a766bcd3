"""Who comes first, and which numbers may be dialled."""

from collections.abc import Sequence

import phonenumbers
from django.db.models import Case, IntegerField, Q, Value, When
from phonenumbers import PhoneNumberType

from aidline.conversations.states import RISKS
from aidline.kernel import phones

AGES_UP_TO = "high"  # who waits too long rises by one; into danger a person puts them, never the time
# Satellite and international networks cost tens of times what a call costs: the prey of toll fraud.
_NEVER = ("+870", "+878", "+881", "+882", "+883", "+888", "+979")
_PLAIN = frozenset(
    {
        PhoneNumberType.FIXED_LINE,
        PhoneNumberType.MOBILE,
        PhoneNumberType.FIXED_LINE_OR_MOBILE,
        PhoneNumberType.TOLL_FREE,
        PhoneNumberType.VOIP,
        PhoneNumberType.PERSONAL_NUMBER,
        PhoneNumberType.UNKNOWN,  # of the numbers kept for fiction, and of plans that the library does not know yet
    }
)


def rank_of(risk: str, *, waited_long: bool) -> int:
    rank = RISKS.index(risk) if risk in RISKS else 0
    return max(rank, min(rank + waited_long, RISKS.index(AGES_UP_TO)))


def rank_in_rows(waited_long: Q) -> Case:
    """The same for rows that have a `risk`."""
    return Case(
        *(
            When(Q(risk=risk) & waited, then=Value(rank_of(risk, waited_long=long)))
            for risk in RISKS
            for waited, long in ((waited_long, True), (Q(), False))
        ),
        default=Value(0),
        output_field=IntegerField(),
    )


def worse(one: str, other: str) -> str:
    """Risk is only ever raised by software."""
    return max(one, other, key=lambda risk: RISKS.index(risk) if risk in RISKS else 0)


def calling_codes(ways_out: Sequence[str], region: str) -> tuple[str, ...]:
    """What a line may dial: its own list, else the centre's country."""
    if ways_out:
        return tuple(code for code in map(str.strip, ways_out) if code.startswith("+") and len(code) > 1)
    code = phonenumbers.country_code_for_region(region.upper()) if region else 0
    return (f"+{code}",) if code else ()


def refusal(number: str, codes: Sequence[str]) -> str:
    """Why this number is not dialled: "not_a_number", "not_allowed", "costly"; empty where it may be."""
    written = phones.normalise(number)
    if written is None:
        return "not_a_number"
    if written.startswith(_NEVER):
        return "costly"
    if not any(written.startswith(code) for code in codes):
        return "not_allowed"
    kind = phonenumbers.number_type(phonenumbers.parse(written))
    return "" if kind in _PLAIN else "costly"
