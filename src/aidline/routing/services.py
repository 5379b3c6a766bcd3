"""Taking, giving, passing on and finishing; presence; and the automatic assignment over `engine.Router`."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Count, F, Q

from aidline.audit.services import record
from aidline.centres.models import Membership, Staff
from aidline.centres.states import RIGHTS, Can
from aidline.conversations import services as conversations
from aidline.conversations.live import Hint, tell
from aidline.conversations.models import Conversation, Topic
from aidline.conversations.sending import add_note
from aidline.conversations.states import ConversationState, Outcome
from aidline.conversations.timeline import note_event
from aidline.kernel.clock import now
from aidline.routing.engine import Free, LongestIdle, Router, Waiting
from aidline.routing.models import Assignment, Presence
from aidline.routing.states import How, PresenceState

ROUTER: Router = LongestIdle()
LEASE = timedelta(seconds=90)  # an open desk shows itself every 30 s
AT_ONCE = 200
_EVENTS: dict[How, str] = {  # at most 12 signs, which PostgreSQL insists on and SQLite does not
    How.AUTO: "given_auto",
    How.TAKEN: "given_taken",
    How.ASSIGNED: "given",
    How.HANDED_OVER: "given_handed",
}
_ANSWERING_ROLES = [role for role, rights in RIGHTS.items() if Can.ANSWER in rights]


@transaction.atomic
def take(*, by: Staff, membership: Membership, conversation: Conversation) -> bool:
    """False when a colleague was faster: only an unassigned conversation can be taken."""
    return _give(by, conversation, membership, How.TAKEN, only_if_free=True)


@transaction.atomic
def assign(*, by: Staff, conversation: Conversation, to: Membership) -> bool:
    return _give(by, conversation, to, How.ASSIGNED)


@transaction.atomic
def hand_over(*, by: Staff, conversation: Conversation, to: Membership | None, note: str) -> bool:
    """Pass on to a colleague, or back to the queue, with a note that says why."""
    if note.strip():
        add_note(by=by, conversation=conversation, text=note, mentioned=[to] if to else [])
    if to:
        return _give(by, conversation, to, How.HANDED_OVER)
    release(by=by, conversation=conversation)
    return True


@transaction.atomic
def release(*, by: Staff | None, conversation: Conversation) -> bool:
    """Back to the queue, where it keeps its waiting time."""
    freed = Conversation.objects.filter(pk=conversation.pk, assignee__isnull=False).update(
        assignee=None, queued_since=now()
    )
    if freed:
        _end(conversation)
        note_event(conversation, "released", by=by)
        _changed(conversation, by, "conversation.release")
        distribute([conversation.centre_id])
    return bool(freed)


@transaction.atomic
def finish(*, by: Staff, conversation: Conversation, topic: Topic | None, outcome: Outcome) -> bool:
    done = conversations.close(by=by, conversation=conversation, topic=topic, outcome=outcome)
    if done:
        _end(conversation)
        distribute([conversation.centre_id])
    return done


@transaction.atomic
def put_off(*, by: Staff, conversation: Conversation, until: datetime) -> bool:
    """Snoozed conversations do not count towards the load of who holds them."""
    done = conversations.snooze(by=by, conversation=conversation, until=until)
    if done:
        distribute([conversation.centre_id])
    return done


@transaction.atomic
def set_presence(*, membership: Membership, state: PresenceState) -> Presence:
    presence, _ = Presence.objects.update_or_create(
        membership=membership, defaults={"state": state, "seen_at": now()}
    )
    tell([Hint(membership.centre_id, "presence")])
    if state is PresenceState.AVAILABLE:
        distribute([membership.centre_id])
    return presence


def seen(*, membership: Membership) -> None:
    """The desk is open: renews the lease, nothing more."""
    Presence.objects.filter(membership=membership).update(seen_at=now())


@transaction.atomic
def phone_here(*, membership: Membership, here: bool) -> bool:
    """The telephone's window is open, or closes. True when this changed whether calls can be offered."""
    at = now()
    rows = Presence.objects.filter(membership=membership)
    if not here:
        return bool(rows.filter(phone_at__isnull=False).update(phone_at=None))
    was_closed = not rows.filter(phone_at__gte=at - LEASE).exists()
    Presence.objects.update_or_create(membership=membership, defaults={"phone_at": at, "seen_at": at})
    return was_closed


@transaction.atomic
def return_abandoned() -> int:
    """Conversations of agents who have been gone for the centre's time go back to the queue."""
    at = now()
    gone = [
        presence.membership_id
        for presence in Presence.objects.exclude(state=PresenceState.OFFLINE)
        .filter(seen_at__lt=at - LEASE)
        .select_related("membership__centre")
        if presence.seen_at < at - timedelta(minutes=presence.membership.centre.away_minutes)
    ]
    if not gone:
        return 0
    Presence.objects.filter(membership_id__in=gone).update(state=PresenceState.OFFLINE)
    rows = Conversation.objects.filter(assignee_id__in=gone, state=ConversationState.OPEN)
    returned = [release(by=None, conversation=row) for row in rows[:AT_ONCE]]
    return sum(returned)


def distribute(centre_ids: Iterable[UUID]) -> int:
    """Give what waits to who is free, in every centre named. Runs inside the caller's transaction."""
    return sum(_distribute(centre_id) for centre_id in set(centre_ids))


def _distribute(centre_id: UUID) -> int:
    agents = _free_agents(centre_id)
    if not agents:
        return 0
    waiting = [
        Waiting(pk, language, since or now(), urgency)
        for pk, language, since, urgency in Conversation.objects.filter(
            centre_id=centre_id,
            state=ConversationState.OPEN,
            assignee=None,
            hidden=False,
            in_flow=False,
            waiting_since__isnull=False,
        )
        .order_by("-urgency", "waiting_since", "pk")
        .values_list("pk", "language", "waiting_since", "urgency")[:AT_ONCE]
    ]
    choices = ROUTER.choose(waiting, agents)
    members = {m.pk: m for m in Membership.objects.filter(pk__in={c.membership for c in choices})}
    rows = {c.pk: c for c in Conversation.objects.filter(pk__in=[c.conversation for c in choices])}
    given = [
        _give(None, rows[choice.conversation], members[choice.membership], How.AUTO, only_if_free=True)
        for choice in choices
    ]
    return sum(given)


def _free_agents(centre_id: UUID) -> list[Free]:
    rows = (
        Presence.objects.filter(
            state=PresenceState.AVAILABLE,
            seen_at__gte=now() - LEASE,
            membership__centre_id=centre_id,
            membership__is_active=True,
            membership__role__in=_ANSWERING_ROLES,
        )
        .annotate(
            load=Count(
                "membership__conversations",
                filter=Q(membership__conversations__state=ConversationState.OPEN),
            )
        )
        .filter(load__lt=F("membership__capacity"))
        .select_related("membership")
    )
    return [
        Free(
            row.membership_id,
            frozenset(row.membership.languages),
            row.load,
            row.membership.capacity,
            row.idle_since,
        )
        for row in rows
    ]


def _give(
    by: Staff | None,
    conversation: Conversation,
    to: Membership,
    how: How,
    *,
    only_if_free: bool = False,
) -> bool:
    rows = Conversation.objects.filter(pk=conversation.pk).exclude(state=ConversationState.CLOSED)
    rows = rows.filter(assignee=None) if only_if_free else rows.exclude(assignee=to)
    if not rows.update(assignee=to, queued_since=None):
        return False
    conversations.leave_flow(conversation)
    _end(conversation)
    Assignment.objects.create(conversation=conversation, membership=to, how=how)
    Presence.objects.filter(membership=to).update(idle_since=now())
    conversation.assignee = to
    note_event(conversation, _EVENTS[how], by=by, to=str(to.staff_id))
    _changed(conversation, by, f"conversation.{how}")
    return True


def _end(conversation: Conversation) -> None:
    at = now()
    rows = Assignment.objects.filter(conversation=conversation, until=None)
    members = list(rows.values_list("membership_id", flat=True))
    rows.update(until=at)
    Presence.objects.filter(membership_id__in=members).update(idle_since=at)


def _changed(conversation: Conversation, by: Staff | None, action: str) -> None:
    record(
        by=by,
        action=action,
        object_type="conversation",
        object_id=conversation.pk,
        centre=conversation.centre_id,
    )
    tell([Hint(conversation.centre_id, "state", conversation.pk), Hint(conversation.centre_id, "queue")])
