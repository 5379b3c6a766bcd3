"""What lets an agent's browser into a room: signed, for one leg, for a minute."""

from datetime import timedelta
from uuid import UUID

from django.core import signing

from aidline.calls.models import Leg
from aidline.centres.models import Membership

LIFE = timedelta(minutes=1)
_SIGNER = signing.TimestampSigner(salt="aidline.gateway.tickets")


def ticket_for(leg: Leg) -> str:
    return _SIGNER.sign(leg.pk.hex)


def leg_in(ticket: str) -> UUID | None:
    """None for what we did not sign, or did too long ago."""
    try:
        return UUID(hex=_SIGNER.unsign(ticket, max_age=LIFE))
    except (signing.BadSignature, ValueError):
        return None


def identity_of(membership: Membership) -> str:
    """Letters, digits and underscores; tells nothing of a person."""
    return f"agent_{membership.pk.hex}"
