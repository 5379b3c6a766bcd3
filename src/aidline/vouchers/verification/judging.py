"""Whether two registrations may be one person, and what speaks for it."""

from dataclasses import dataclass
from typing import Self
from uuid import UUID

from aidline.vouchers.models import Registration
from aidline.vouchers.verification import names

ALIKE = 0.85  # of names; measured on fifteen languages: tests/vouchers/verification
PHONE_ONLY = 50  # the score of two whose telephone is the same and nothing else
_SURE, _SAME_PHONE, _ELSEWHERE = 90, 8, 5

PHONE, NAME, SIMILAR, ELSEWHERE = "phone", "name", "similar", "elsewhere"


@dataclass(frozen=True, slots=True)
class Known:
    """What is compared of a registration."""

    pk: UUID
    centre_id: UUID
    programme_id: UUID
    name: names.Name
    phone_index: bytes | None
    name_index: bytes | None

    @classmethod
    def of(cls, row: Registration, name: str) -> Self:
        heard = names.read(name, row.language)
        phone, plain = row.phone_index, row.name_index
        return cls(
            row.pk,
            row.centre_id,
            row.programme_id,
            heard,
            bytes(phone) if phone else None,
            bytes(plain) if plain else None,
        )


@dataclass(frozen=True, slots=True)
class Verdict:
    first: UUID
    second: UUID
    centre_id: UUID
    score: int
    reasons: tuple[str, ...]


def judge(one: Known, other: Known) -> Verdict | None:
    """None where nothing but chance brought them together."""
    phone = one.phone_index is not None and one.phone_index == other.phone_index
    same = one.name_index is not None and one.name_index == other.name_index
    alike = 1.0 if same else names.likeness(one.name, other.name)
    if not phone and alike < ALIKE:
        return None
    reasons = tuple(_reasons(phone=phone, same=same, alike=alike, elsewhere=_apart(one, other)))
    first, second = sorted((one.pk, other.pk))
    return Verdict(first, second, one.centre_id, _score(reasons, alike), reasons)


def _apart(one: Known, other: Known) -> bool:
    return one.programme_id != other.programme_id


def _reasons(*, phone: bool, same: bool, alike: float, elsewhere: bool) -> list[str]:
    found = [PHONE] if phone else []
    if same or alike >= ALIKE:
        found.append(NAME if same else SIMILAR)
    return [*found, ELSEWHERE] if elsewhere else found


def _score(reasons: tuple[str, ...], alike: float) -> int:
    """Another programme's person is no fault by itself, so it stands lower on the list."""
    if not {NAME, SIMILAR} & set(reasons):
        score = PHONE_ONLY
    else:
        score = round(_SURE * alike) + (_SAME_PHONE if PHONE in reasons else 0)
    score = 100 if {PHONE, NAME} <= set(reasons) else score
    return score - _ELSEWHERE if ELSEWHERE in reasons else score
