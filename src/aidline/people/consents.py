"""Asking people whether we may write, and keeping what they said. Nothing is changed, only added."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Max, OuterRef, Subquery

from aidline.audit.services import record
from aidline.centres.models import Centre, Staff
from aidline.kernel import text as words
from aidline.kernel.clock import now
from aidline.kernel.rows import insert
from aidline.people.models import Address, Consent, ConsentInvitation, Wording
from aidline.people.states import ASKED_FOR, NEEDS_YES, Evidence, Purpose

INVITATION_LIFE = timedelta(days=30)  # a yes after that answers something else
_COLUMNS = ("address_id", "centre_id", "purpose", "given", "wording_id", "language", "source", "by_id", "at")


# --- what people are asked -------------------------------------------------------------------------------


@transaction.atomic
def write_wording(*, by: Staff | None, centre: Centre, purpose: Purpose, texts: Mapping[str, str]) -> Wording:
    """The next version; the same texts again are no new version."""
    cleaned = {code: words.clean(text).strip() for code, text in texts.items() if text.strip()}
    latest = current_wording(centre.pk, purpose)
    if latest and latest.texts == cleaned:
        return latest
    version = (latest.version if latest else 0) + 1
    row = Wording.objects.create(centre=centre, purpose=purpose, version=version, texts=cleaned, by=by)
    record(
        by=by,
        action="consent.wording",
        object_type="wording",
        object_id=row.pk,
        centre=centre.pk,
        fields=f"{purpose.value} {version}",
    )
    return row


def current_wording(centre_id: UUID, purpose: Purpose) -> Wording | None:
    return Wording.objects.filter(centre_id=centre_id, purpose=purpose).order_by("-version").first()


def wordings_of(centre_id: UUID) -> dict[Purpose, list[Wording]]:
    """All versions of every purpose, the newest first."""
    rows = list(Wording.objects.filter(centre_id=centre_id).select_related("by").order_by("-version"))
    return {purpose: [row for row in rows if row.purpose == purpose] for purpose in ASKED_FOR}


# --- what they said --------------------------------------------------------------------------------------


@transaction.atomic
def note_consent(
    *,
    by: Staff | None,
    address: Address,
    purpose: Purpose,
    given: bool,
    source: Evidence,
    wording: Wording | None = None,
    language: str = "",
) -> Consent:
    row = Consent.objects.create(
        address=address,
        centre_id=address.centre_id,
        purpose=purpose,
        given=given,
        wording=wording,
        language=language,
        source=source,
        by=by,
    )
    record(
        by=by,
        action="consent.give" if given else "consent.withdraw",
        object_type="person",
        object_id=address.person_id,
        centre=address.centre_id,
        fields=f"{purpose.value}, {source.value}",
    )
    return row


def note_consents(
    *,
    by: Staff | None,
    wording: Wording,
    address_ids: Iterable[UUID],
    language: str,
    source: Evidence = Evidence.IMPORT,
) -> int:
    """The same yes of many, as a list brings it. One audit entry: who, how many, to what."""
    at, centre_id = now(), wording.centre_id
    rows = [
        (address, centre_id, wording.purpose, True, wording.pk, language, source.value, by and by.pk, at)
        for address in address_ids
    ]
    with transaction.atomic():
        insert(Consent, _COLUMNS, rows)
        record(
            by=by,
            action="consent.import",
            object_type="wording",
            object_id=wording.pk,
            centre=centre_id,
            fields=f"{len(rows)} {wording.purpose}",
        )
    return len(rows)


def withdraw_all(*, address_id: UUID, source: str) -> int:
    """STOP is a no to everything that was agreed to."""
    latest = Consent.objects.filter(address=OuterRef("address"), purpose=OuterRef("purpose"))
    yes = Consent.objects.filter(
        address_id=address_id, given=True, pk=Subquery(latest.order_by("-pk").values("pk")[:1])
    )
    rows = [
        Consent(
            address_id=address_id, centre_id=row.centre_id, purpose=row.purpose, given=False, source=source
        )
        for row in yes
    ]
    Consent.objects.bulk_create(rows)
    return len(rows)


def take_up_again(*, address_id: UUID) -> int:
    """What a STOP ended, and START puts back: what goes out without a yes anyway. News are asked for anew.

    The yes that stood is repeated with its wording. A no that was said by itself stays one.
    """
    last = consents_of([address_id])
    ended = [last.get((address_id, purpose.value)) for purpose in ASKED_FOR if purpose not in NEEDS_YES]
    rows = [_repeated(row) for row in ended if row and not row.given and _by_stop(row)]
    Consent.objects.bulk_create(rows)
    return len(rows)


def _by_stop(row: Consent) -> bool:
    """As `withdraw_all` writes it."""
    return row.source in (Evidence.WORD, Evidence.PROVIDER) and row.by_id is None and row.wording_id is None


def _repeated(no: Consent) -> Consent:
    rows = Consent.objects.filter(address=no.address_id, purpose=no.purpose, given=True, pk__lt=no.pk)
    yes = rows.order_by("-pk").first()
    return Consent(
        address_id=no.address_id,
        centre_id=no.centre_id,
        purpose=no.purpose,
        given=True,
        wording_id=yes.wording_id if yes else None,
        language=yes.language if yes else "",
        source=no.source,
    )


def consents_of(address_ids: Iterable[UUID]) -> dict[tuple[UUID, str], Consent]:
    """The last word of each address on each purpose."""
    latest = Consent.objects.filter(address_id__in=list(address_ids)).values("address", "purpose")
    ids = [row["last"] for row in latest.annotate(last=Max("pk"))]
    rows = Consent.objects.filter(pk__in=ids).select_related("wording")
    return {(row.address_id, row.purpose): row for row in rows}


# --- asking in a message ---------------------------------------------------------------------------------


def invite(
    *, address: Address, channel_id: UUID, message_id: UUID, wording: Wording, language: str
) -> ConsentInvitation:
    """Inside the transaction that queues the question, which is the message."""
    return ConsentInvitation.objects.create(
        address=address, channel_id=channel_id, message_id=message_id, wording=wording, language=language
    )


def open_invitations(*, address_id: UUID, channel_id: UUID) -> dict[UUID, ConsentInvitation]:
    """By the message that asks."""
    rows = ConsentInvitation.objects.filter(
        address_id=address_id, channel_id=channel_id, answered_at=None, at__gte=now() - INVITATION_LIFE
    ).select_related("wording", "address")
    return {row.message_id: row for row in rows if row.message_id}


def accept(*, invitation: ConsentInvitation, source: Evidence) -> bool:
    """False when it was answered already."""
    if not ConsentInvitation.objects.filter(pk=invitation.pk, answered_at=None).update(answered_at=now()):
        return False
    note_consent(
        by=None,
        address=invitation.address,
        purpose=Purpose(invitation.wording.purpose),
        given=True,
        source=source,
        wording=invitation.wording,
        language=invitation.language,
    )
    return True
