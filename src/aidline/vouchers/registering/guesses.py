"""Wrong codes are counted for each asker, in the database, so that every process and channel counts the same.

`who` says in which way and who asks: "web 192.0.2.1", "chat <address>". Only a keyed hash of it is kept, and only as
long as it counts. A slip of the finger is no guess: the check digits tell the two apart.
"""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F

from aidline import vault
from aidline.kernel.clock import now
from aidline.vouchers.models import Guess

MOST = 10  # of a trillion codes
LOCKED_FOR = timedelta(minutes=15)


def is_locked(organisation_id: UUID, who: str) -> bool:
    return Guess.objects.filter(who=_hash(organisation_id, who), wrong__gte=MOST, until__gt=now()).exists()


@transaction.atomic
def note_wrong(organisation_id: UUID, who: str) -> None:
    """Each wrong one makes the time longer."""
    key, at = _hash(organisation_id, who), now()
    Guess.objects.filter(who=key, until__lte=at).delete()
    row, _ = Guess.objects.get_or_create(who=key, defaults={"until": at + LOCKED_FOR})
    Guess.objects.filter(pk=row.pk).update(wrong=F("wrong") + 1, until=at + LOCKED_FOR)


def forget_old() -> None:
    Guess.objects.filter(until__lte=now()).delete()


def _hash(organisation_id: UUID, who: str) -> bytes:
    return vault.blind_index(who, scope=organisation_id, purpose="voucher:guess")
