"""The life of a broadcast: written, approved by somebody else, sent, stopped. Each step is one conditional UPDATE."""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import InterfaceError, OperationalError, transaction
from django.utils.translation import gettext_lazy as _

from aidline import vault
from aidline.audit.services import record
from aidline.centres.models import Centre, Staff
from aidline.channels.models import Template
from aidline.conversations.unasked import cancel_unasked, requeue_unasked
from aidline.kernel.clock import now
from aidline.kernel.ids import new_id
from aidline.kernel.rows import insert
from aidline.outreach.audience import Chosen, choose
from aidline.outreach.composing import Composer
from aidline.outreach.models import Broadcast, Recipient
from aidline.outreach.plan import Plan, read
from aidline.outreach.states import CHANGEABLE, BroadcastState, RecipientState

log = logging.getLogger(__name__)

_RECIPIENT = (
    "id",
    "broadcast_id",
    "person_id",
    "address_id",
    "channel_id",
    "place",
    "language",
    "state",
    "why",
)
_NOT_APPROVED: dict[str, Any] = {"approved_by": None, "approved_at": None, "plan_hash": ""}


class CannotSend(Exception):
    """Why a broadcast does not go on, in words for who works on it."""

    def __init__(self, message: Any) -> None:
        super().__init__(str(message))
        self.message = message


# --- writing ---------------------------------------------------------------------------------------------


@transaction.atomic
def write_broadcast(
    *,
    by: Staff,
    centre: Centre,
    plan: Plan,
    start_at: datetime | None = None,
    broadcast: Broadcast | None = None,
) -> Broadcast:
    """A new draft, or a changed one. A change takes an approval away: it was for other words."""
    row = broadcast or Broadcast(id=new_id(), centre=centre, created_by=by)
    if broadcast:
        locked = Broadcast.objects.filter(pk=row.pk, state__in=CHANGEABLE)
        if not locked.update(state=BroadcastState.DRAFT, **_NOT_APPROVED):
            raise CannotSend(_("It has been started; its words stay as they are."))
        row.refresh_from_db()
    row.title, row.plan_json, row.start_at = plan.title, plan.written(), start_at
    row.changed_by, row.changed_at = by, now()
    row.save()
    _record(by, row, "broadcast.change" if broadcast else "broadcast.write")
    return row


@transaction.atomic
def copy_broadcast(*, by: Staff, broadcast: Broadcast, to: Iterable[Centre]) -> list[Broadcast]:
    """The words alone, as a draft in each centre: channels, tags and approval are a matter of that centre."""
    plan = read(broadcast.title, broadcast.plan_json)
    general = tuple(one for one in plan.words if not one.channel and one.text)
    bare = Plan(title=plan.title, words=general, pace=plan.pace)
    return [write_broadcast(by=by, centre=centre, plan=bare) for centre in to]


@transaction.atomic
def discard_broadcast(*, by: Staff, broadcast: Broadcast) -> None:
    """Only what was never started can go."""
    if not Broadcast.objects.filter(pk=broadcast.pk, state__in=CHANGEABLE).delete()[0]:
        raise CannotSend(_("It has been started; its report stays."))
    _record(by, broadcast, "broadcast.discard")


# --- four eyes -------------------------------------------------------------------------------------------


@transaction.atomic
def submit_broadcast(*, by: Staff, broadcast: Broadcast) -> None:
    """`problems_of` has been asked before; what is wrong with it later is found at the start."""
    if not _move(broadcast, (BroadcastState.DRAFT,), BroadcastState.AWAITING, refusal_sealed=None):
        raise CannotSend(_("It is no draft any more."))
    _record(by, broadcast, "broadcast.submit")


@transaction.atomic
def approve_broadcast(*, by: Staff, broadcast: Broadcast) -> None:
    """By somebody who neither began nor last changed it; the database refuses anyone else too."""
    if by.pk in (broadcast.created_by_id, broadcast.changed_by_id):
        raise CannotSend(_("Somebody else has to approve what you wrote."))
    plan_hash = _fingerprint(broadcast)
    changes = {"approved_by": by, "approved_at": now(), "plan_hash": plan_hash}
    waiting = Broadcast.objects.filter(changed_at=broadcast.changed_at)  # and not what was changed meanwhile
    if not _move(broadcast, (BroadcastState.AWAITING,), BroadcastState.APPROVED, among=waiting, **changes):
        raise CannotSend(_("It was changed meanwhile. Read it again."))
    _record(by, broadcast, "broadcast.approve")


@transaction.atomic
def return_broadcast(*, by: Staff | None, broadcast: Broadcast, reason: str) -> None:
    """Back to its author, with the reason."""
    states = (BroadcastState.AWAITING, BroadcastState.APPROVED)
    if not _move(broadcast, states, BroadcastState.DRAFT, **_NOT_APPROVED):
        raise CannotSend(_("It does not wait for approval any more."))
    broadcast.refusal = reason
    broadcast.save(update_fields=["refusal_sealed"])
    _record(by, broadcast, "broadcast.return")


def _fingerprint(broadcast: Broadcast) -> str:
    """A keyed hash of all that an approver sees: the plan, when it starts, and what its templates say today."""
    plan = read(broadcast.title, broadcast.plan_json)
    names = {one.template for one in plan.words if one.template}
    rows = Template.objects.filter(channel__in=plan.channels, name__in=names).order_by("name", "language")
    bodies = list(rows.values_list("name", "language", "body"))
    content = f"{broadcast.purpose} {broadcast.start_at} {plan.content()} {bodies}"
    return vault.blind_index(content, scope=broadcast.centre_id, purpose="broadcast").hex()


# --- sending ---------------------------------------------------------------------------------------------


def start_broadcast(*, by: Staff | None, broadcast: Broadcast) -> int:
    """Freezes the audience: from here on the report adds up to it. Nobody is added later.

    It is chosen before the transaction, which on SQLite keeps everybody else from writing; who says STOP in between
    is heard at the release.
    """
    if broadcast.plan_hash != _fingerprint(broadcast):
        raise CannotSend(_("It is not what was approved. Ask for approval again."))
    composer = Composer(broadcast.centre, read(broadcast.title, broadcast.plan_json))
    chosen = choose(composer, broadcast.purpose).chosen
    with transaction.atomic():
        _freeze(by, broadcast, chosen)
    return broadcast.audience


def _freeze(by: Staff | None, broadcast: Broadcast, chosen: Sequence[Chosen]) -> None:
    at, approved = now(), Broadcast.objects.filter(plan_hash=broadcast.plan_hash)
    changes = {"started_by": by, "started_at": at, "next_release_at": at, "audience": len(chosen)}
    if not _move(broadcast, (BroadcastState.APPROVED,), BroadcastState.RUNNING, among=approved, **changes):
        raise CannotSend(_("It was started already, or is not approved."))
    insert(Recipient, _RECIPIENT, [_row(broadcast, place, one) for place, one in enumerate(chosen, start=1)])
    _record(by, broadcast, "broadcast.start")


def _row(broadcast: Broadcast, place: int, one: Chosen) -> tuple[object, ...]:
    state = RecipientState.LEFT_OUT if one.why else RecipientState.PENDING
    where = (one.person_id, one.address_id, one.channel_id)
    return (new_id(), broadcast.pk, *where, place, one.language, state.value, one.why)


def start_due() -> int:
    """Those whose hour has come. One that is no longer what was approved goes back to its author."""
    waiting = Broadcast.objects.filter(state=BroadcastState.APPROVED, start_at__lte=now())
    due = list(waiting.select_related("centre"))
    for broadcast in due:
        _start_guarded(broadcast)
    return len(due)


def _start_guarded(broadcast: Broadcast) -> None:
    """One that fails holds up no other; a database that is away is for the worker to wait for."""
    try:
        start_broadcast(by=None, broadcast=broadcast)
    except CannotSend as refused:
        return_broadcast(by=None, broadcast=broadcast, reason=str(refused.message))
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("broadcast %s could not be started", broadcast.pk)


@transaction.atomic
def stop_broadcast(*, by: Staff, broadcast: Broadcast) -> int:
    """What nobody has claimed for sending does not leave any more. How many were held back in the queue.

    The broadcast's row comes first: a batch that is just being released is waited for, and then held back too.
    """
    changes = {"stopped_by": by, "stopped_at": now()}
    if not _move(broadcast, (BroadcastState.RUNNING,), BroadcastState.STOPPED, **changes):
        raise CannotSend(_("It is not being sent."))
    held = cancel_unasked(_released(broadcast.pk))
    _record(by, broadcast, "broadcast.stop")
    return held


@transaction.atomic
def resume_broadcast(*, by: Staff, broadcast: Broadcast) -> None:
    at = now()
    if not _move(broadcast, (BroadcastState.STOPPED,), BroadcastState.RUNNING, next_release_at=at):
        raise CannotSend(_("It is not stopped."))
    requeue_unasked(_released(broadcast.pk), at)
    _record(by, broadcast, "broadcast.resume")


def _released(broadcast_id: UUID) -> Any:
    rows = Recipient.objects.filter(broadcast=broadcast_id, state=RecipientState.RELEASED)
    return rows.values("message_id")


def _move(
    broadcast: Broadcast,
    states: tuple[BroadcastState, ...],
    to: BroadcastState,
    *,
    among: Any = None,
    **changes: Any,
) -> bool:
    rows = Broadcast.objects.all() if among is None else among
    moved = rows.filter(pk=broadcast.pk, state__in=states).update(state=to, **changes)
    if moved:
        broadcast.refresh_from_db()
    return bool(moved)


def _record(by: Staff | None, broadcast: Broadcast, action: str) -> None:
    record(
        by=by,
        action=action,
        object_type="broadcast",
        object_id=broadcast.pk,
        centre=broadcast.centre_id,
    )
