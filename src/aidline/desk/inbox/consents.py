"""What each address of a person has agreed to, for the panel beside the conversation."""

from dataclasses import dataclass
from uuid import UUID

from aidline.people.consents import consents_of
from aidline.people.models import Consent
from aidline.people.states import ASKED_FOR, Purpose


@dataclass(frozen=True, slots=True)
class Said:
    """The last word on one purpose; nothing if nobody has said anything."""

    purpose: Purpose
    consent: Consent | None

    @property
    def given(self) -> bool:
        return bool(self.consent and self.consent.given)


def said_of(address_ids: list[UUID]) -> dict[UUID, list[Said]]:
    known = consents_of(address_ids)
    return {
        address: [Said(purpose, known.get((address, purpose.value))) for purpose in ASKED_FOR]
        for address in address_ids
    }
