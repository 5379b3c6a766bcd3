"""What is done with a conversation as a whole. Who holds it is the business of `routing`."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F

from aidline import vault
from aidline.audit.services import record
from aidline.centres.models import Centre, Staff
from aidline.conversations.live import Hint, tell
from aidline.conversations.models import Conversation, Looking, Mention, Message, SavedFilter, Tag, Topic
from aidline.conversations.states import RISKS, ConversationState, Direction, MessageState, Outcome, Source
from aidline.conversations.timeline import append, note_event
from aidline.kernel import text as words
from aidline.kernel.clock import now
from aidline.kernel.ids import new_id
from aidline.people import services as people
from aidline.people.arrivals import fresh_person
from aidline.people.models import Merge, Person

LOOKING = timedelta(seconds=45)
TYPING = timedelta(seconds=8)


def leave_flow(conversation: Conversation, ending: str = "taken") -> bool:
    """Somebody answers now: no flow does any more. Its run is ended here and in one step, so that no turn of it
    that is on its way can still speak; flows are a package above, so it is known by what points here.
    """
    left = Conversation.objects.filter(pk=conversation.pk, in_flow=True).update(in_flow=False)
    if left:
        conversation.runs.filter(ended_at=None).update(ended_at=now(), ending=ending)
    conversation.in_flow = False
    return bool(left)


@transaction.atomic
def close(*, by: Staff | None, conversation: Conversation, topic: Topic | None, outcome: Outcome) -> bool:
    """False when somebody had finished it already."""
    done = (
        Conversation.objects.filter(pk=conversation.pk)
        .exclude(state=ConversationState.CLOSED)
        .update(
            state=ConversationState.CLOSED,
            closed_at=now(),
            closed_by=by,
            topic=topic,
            outcome=outcome,
            waiting_since=None,
            queued_since=None,
            snoozed_until=None,
            due_at=None,
            urgency=0,
        )
    )
    if done:
        leave_flow(conversation)
        note_event(conversation, "closed", by=by, outcome=outcome)
        _tell_state(conversation, by, "conversation.close")
    return bool(done)


def raise_urgency(conversation: Conversation, risk: str) -> None:
    """By a risk that was told: before all who wait without one. Only a person takes it down, by finishing."""
    urgency = RISKS.index(risk) if risk in RISKS else 0
    Conversation.objects.filter(pk=conversation.pk, urgency__lt=urgency).update(urgency=urgency)


@transaction.atomic
def reopen(*, by: Staff, conversation: Conversation) -> bool:
    """False when it is open, or when the person already has a newer open one on this channel."""
    newer = (
        Conversation.objects.filter(address=conversation.address_id, channel=conversation.channel_id)
        .exclude(state=ConversationState.CLOSED)
        .exists()
    )
    if newer and conversation.address_id:
        return False
    done = Conversation.objects.filter(pk=conversation.pk, state=ConversationState.CLOSED).update(
        state=ConversationState.OPEN, closed_at=None, closed_by=None, outcome="", queued_since=now()
    )
    if done:
        note_event(conversation, "reopened", by=by)
        _tell_state(conversation, by, "conversation.reopen")
    return bool(done)


@transaction.atomic
def snooze(*, by: Staff, conversation: Conversation, until: datetime) -> bool:
    done = Conversation.objects.filter(pk=conversation.pk, state=ConversationState.OPEN).update(
        state=ConversationState.SNOOZED, snoozed_until=until
    )
    if done:
        leave_flow(conversation)
        note_event(conversation, "snoozed", by=by, until=until.isoformat())
        _tell_state(conversation, by, "conversation.snooze")
    return bool(done)


@transaction.atomic
def wake_due() -> int:
    """Conversations put off until now come back to whoever had them."""
    due = Conversation.objects.filter(state=ConversationState.SNOOZED, snoozed_until__lte=now())
    for conversation in due[:200]:
        Conversation.objects.filter(pk=conversation.pk, state=ConversationState.SNOOZED).update(
            state=ConversationState.OPEN, snoozed_until=None, waiting_since=now()
        )
        note_event(conversation, "woken")
    return len(due)


@transaction.atomic
def set_language(*, by: Staff, conversation: Conversation, language: str) -> None:
    """The person's language, for this conversation and the next ones."""
    people.change_person(by=by, person=conversation.person, language=language)
    Conversation.objects.filter(person=conversation.person).exclude(state=ConversationState.CLOSED).update(
        language=language
    )
    tell([Hint(conversation.centre_id, "state", conversation.pk)])


@transaction.atomic
def add_tag(*, by: Staff | None, conversation: Conversation, name: str) -> Tag | None:
    name = words.clean(name).strip()[:40]
    if not name:
        return None
    centre_id = conversation.centre_id
    index = vault.blind_index(name.casefold(), scope=centre_id, purpose="tag")
    tag = Tag.objects.filter(centre_id=centre_id, index=index).first()
    if tag is None:
        tag = Tag(id=new_id(), centre_id=centre_id, index=index)
        tag.name = name
        tag.save()
    tag.conversations.add(conversation)
    _tell_state(conversation, by, "conversation.tag")
    return tag


@transaction.atomic
def remove_tag(*, by: Staff, conversation: Conversation, tag: Tag) -> None:
    tag.conversations.remove(conversation)
    _tell_state(conversation, by, "conversation.untag")


@transaction.atomic
def record_contact(
    *,
    by: Staff,
    centre: Centre,
    source: Source,
    text: str,
    at: datetime,
    person: Person | None = None,
    language: str = "",
) -> Conversation:
    """A contact that came another way, at its real time. The person is new unless one is named."""
    person = person or fresh_person(centre_id=centre.pk, language=language)
    conversation = Conversation.objects.create(
        centre=centre,
        person=person,
        source=source,
        language=language or person.language,
        opened_at=at,
        last_at=at,
        last_in_at=at,
    )
    append(
        conversation,
        direction=Direction.IN,
        kind="text",
        state=MessageState.RECEIVED,
        author=by,
        text=words.clean(text),
        at=at,
    )
    record(
        by=by,
        action="conversation.record",
        object_type="conversation",
        object_id=conversation.pk,
        centre=centre.pk,
    )
    return conversation


@transaction.atomic
def merge_people(*, by: Staff, kept: Person, gone: Person) -> Merge:
    row = people.merge(by=by, kept=kept, gone=gone)
    rows = Conversation.objects.filter(person=gone)
    row.moved["conversations"] = [str(pk) for pk in rows.values_list("pk", flat=True)]
    row.save(update_fields=["moved"])
    rows.update(person=kept)
    tell([Hint(kept.centre_id, "queue")])
    return row


@transaction.atomic
def undo_merge(*, by: Staff, merge: Merge) -> None:
    people.undo_merge(by=by, merge=merge)
    Conversation.objects.filter(pk__in=merge.moved.get("conversations", []), person_id=merge.kept_id).update(
        person_id=merge.gone_id
    )
    tell([Hint(merge.centre_id, "queue")])


@transaction.atomic
def block_person(*, by: Staff, person: Person, until: datetime, reason: str) -> None:
    """Messages are kept all the same; the queues do not show them until the block ends."""
    people.block(by=by, person=person, until=until, reason=reason)
    live = Conversation.objects.filter(person=person).exclude(state=ConversationState.CLOSED)
    live.update(hidden=True)
    for conversation in live.filter(in_flow=True):
        leave_flow(conversation)
    tell([Hint(person.centre_id, "queue")])


@transaction.atomic
def unblock_person(*, by: Staff, person: Person) -> None:
    people.unblock(by=by, person=person)
    Conversation.objects.filter(person=person, hidden=True).update(hidden=False)
    tell([Hint(person.centre_id, "queue")])


@transaction.atomic
def end_blocks() -> int:
    ended = Person.objects.filter(blocked_until__lte=now())
    ids = list(ended.values_list("pk", flat=True)[:500])
    Conversation.objects.filter(person_id__in=ids, hidden=True).update(hidden=False)
    return Person.objects.filter(pk__in=ids).update(blocked_until=None)


@transaction.atomic
def look(*, by: Staff, conversation: Conversation, typing: bool) -> None:
    """Says that this member has the conversation open; screens are told only when that changes."""
    at = now()
    row = Looking.objects.filter(conversation=conversation, staff=by).first()
    was_typing = bool(row and row.typing_until and row.typing_until > at)
    new = row is None or row.until <= at
    Looking.objects.update_or_create(
        conversation=conversation,
        staff=by,
        defaults={"until": at + LOOKING, "typing_until": at + TYPING if typing else None},
    )
    if new or was_typing != typing:
        tell([Hint(conversation.centre_id, "looking", conversation.pk)])


@transaction.atomic
def look_away(*, by: Staff, conversation: Conversation) -> None:
    if Looking.objects.filter(conversation=conversation, staff=by).delete()[0]:
        tell([Hint(conversation.centre_id, "looking", conversation.pk)])


def see_mentions(*, by: Staff, conversation: Conversation) -> None:
    Mention.objects.filter(staff=by, conversation=conversation, seen_at=None).update(seen_at=now())


def save_filter(*, by: Staff, centre: Centre, name: str, query: dict[str, str]) -> SavedFilter:
    row = SavedFilter(id=new_id(), staff=by, centre=centre, query=query)
    row.name = words.clean(name).strip()[:40]
    row.save()
    return row


def forget_filter(*, by: Staff, filter_id: UUID) -> None:
    SavedFilter.objects.filter(pk=filter_id, staff=by).delete()


def count_unanswered(conversation: Conversation) -> int:
    return Message.objects.filter(
        conversation=conversation, direction=Direction.IN, at__gte=F("conversation__waiting_since")
    ).count()


def _tell_state(conversation: Conversation, by: Staff | None, action: str) -> None:
    record(
        by=by,
        action=action,
        object_type="conversation",
        object_id=conversation.pk,
        centre=conversation.centre_id,
    )
    tell([Hint(conversation.centre_id, "state", conversation.pk), Hint(conversation.centre_id, "queue")])
