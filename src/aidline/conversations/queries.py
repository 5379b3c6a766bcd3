"""The doors to conversations and the queue of the desk. 404 for what one may not know exists."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

from django.db.models import Case, Count, F, Max, Model, Q, QuerySet, When
from django.http import Http404

from aidline import vault
from aidline.centres.models import Centre, Staff
from aidline.centres.queries import Seat
from aidline.centres.states import Can
from aidline.channels.models import Template
from aidline.conversations.models import (
    Attachment,
    Conversation,
    Draft,
    Looking,
    Mention,
    Message,
    SavedFilter,
    Tag,
    Topic,
)
from aidline.conversations.states import ConversationState
from aidline.kernel.clock import now
from aidline.people.models import Merge, Person

QUEUE_LIMIT = 60
RECENT_PEOPLE = 12

_WITH = ("centre", "channel", "person", "address", "assignee__staff", "topic")
Row = TypeVar("Row", bound=Model)


# --- doors -----------------------------------------------------------------------------------------------


def access_conversation(seat: Seat, conversation_id: UUID) -> Conversation:
    rows = Conversation.objects.filter(centre=seat.centre).select_related(*_WITH)
    return _door(seat, rows, conversation_id)


def access_message(seat: Seat, message_id: UUID) -> Message:
    rows = Message.objects.filter(centre_id=seat.centre.pk).select_related("conversation__centre")
    return _door(seat, rows, message_id)


def access_attachment(seat: Seat, attachment_id: UUID) -> Attachment:
    rows = Attachment.objects.filter(centre_id=seat.centre.pk).select_related("message__conversation")
    return _door(seat, rows, attachment_id)


def access_topic(seat: Seat, topic_id: UUID) -> Topic:
    return _door(seat, Topic.objects.filter(centre=seat.centre), topic_id)


def access_tag(seat: Seat, tag_id: UUID) -> Tag:
    return _door(seat, Tag.objects.filter(centre=seat.centre), tag_id)


def access_merge(seat: Seat, merge_id: UUID) -> Merge:
    rows = Merge.objects.filter(centre_id=seat.centre.pk).select_related("kept", "gone")
    return _door(seat, rows, merge_id)


def access_template(seat: Seat, conversation: Conversation, template_id: UUID) -> Template:
    return _door(seat, Template.objects.filter(channel=conversation.channel), template_id)


def _door(seat: Seat, rows: QuerySet[Row], row_id: UUID) -> Row:
    row = rows.filter(pk=row_id).first() if seat.can(Can.ANSWER) else None
    if row is None:
        raise Http404
    return row


# --- the queue -------------------------------------------------------------------------------------------


class View(StrEnum):
    MINE = "mine"
    WAITING = "waiting"  # nobody has taken it
    ALL = "all"
    MENU = "menu"  # a flow answers
    LATER = "later"
    FINISHED = "finished"
    MENTIONS = "mentions"
    BLOCKED = "blocked"


class Order(StrEnum):
    CLOSING = "closing"  # what can soon not be answered freely any more comes first
    LONGEST = "longest"


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """What of the queue is shown. Kept in the address and in saved filters as plain words and ids."""

    view: View = View.ALL
    language: str = ""
    channel: UUID | None = None
    tag: UUID | None = None
    order: Order = Order.CLOSING

    @classmethod
    def read(cls, query: Mapping[str, str]) -> "QueueFilter":
        """Whatever is not understood reads as not asked for."""
        view, order = query.get("view", ""), query.get("order", "")
        return cls(
            view=View(view) if view in set(View) else View.ALL,
            language=query.get("language", "")[:8],
            channel=_uuid(query.get("channel", "")),
            tag=_uuid(query.get("tag", "")),
            order=Order(order) if order in set(Order) else Order.CLOSING,
        )

    def written(self) -> dict[str, str]:
        words = {
            "view": "" if self.view is View.ALL else self.view.value,
            "language": self.language,
            "channel": str(self.channel or ""),
            "tag": str(self.tag or ""),
            "order": "" if self.order is Order.CLOSING else self.order.value,
        }
        return {name: word for name, word in words.items() if word}


@dataclass(frozen=True, slots=True)
class Said:
    """The last thing said, for a line of the queue."""

    kind: str
    text: str
    direction: str
    language: str
    deleted: bool


@dataclass(frozen=True, slots=True)
class QueueRow:
    conversation: Conversation
    said: Said | None
    looking: tuple[Staff, ...]
    has_draft: bool

    @property
    def person(self) -> Person:
        return self.conversation.person

    @property
    def is_new(self) -> bool:
        return self.conversation.waiting_since is not None and not self.looking


def queue(seat: Seat, chosen: QueueFilter, limit: int = QUEUE_LIMIT) -> list[QueueRow]:
    """The same number of queries for one row and for sixty."""
    rows = list(_ordered(_chosen(seat, chosen), chosen)[:limit])
    said = _last_said(rows)
    looking = looking_at(rows, but=seat.staff)
    drafts = set(
        Draft.objects.filter(staff=seat.staff, conversation__in=rows).values_list(
            "conversation_id", flat=True
        )
    )
    return [QueueRow(row, said.get(row.pk), tuple(looking[row.pk]), row.pk in drafts) for row in rows]


def _chosen(seat: Seat, chosen: QueueFilter) -> QuerySet[Conversation]:
    rows = Conversation.objects.filter(centre=seat.centre).select_related(
        "person", "channel", "assignee__staff", "topic"
    )
    rows = _viewed(seat, rows, chosen.view) if seat.can(Can.ANSWER) else rows.none()
    if chosen.language:
        rows = rows.filter(language=chosen.language)
    if chosen.channel:
        rows = rows.filter(channel_id=chosen.channel)
    if chosen.tag:
        rows = rows.filter(tags=chosen.tag)
    return rows


def _viewed(seat: Seat, rows: QuerySet[Conversation], view: View) -> QuerySet[Conversation]:
    if view is View.MENTIONS:
        return rows.filter(pk__in=Mention.objects.filter(staff=seat.staff).values("conversation"))
    if view is View.BLOCKED:
        return rows.filter(hidden=True).exclude(state=ConversationState.CLOSED)
    return rows.filter(
        _VIEWS[view], hidden=False, **({"assignee": seat.membership} if view is View.MINE else {})
    )


_LIVE = Q(state=ConversationState.OPEN)
_OPEN = _LIVE & Q(in_flow=False)
_VIEWS: dict[View, Q] = {
    View.MINE: _OPEN,
    View.WAITING: _OPEN & Q(assignee=None),
    View.ALL: _OPEN,
    View.MENU: _LIVE & Q(in_flow=True),
    View.LATER: Q(state=ConversationState.SNOOZED),
    View.FINISHED: Q(state=ConversationState.CLOSED),
}


def _ordered(rows: QuerySet[Conversation], chosen: QueueFilter) -> QuerySet[Conversation]:
    if chosen.view is View.FINISHED:
        return rows.order_by(F("closed_at").desc(nulls_last=True), "pk")
    if chosen.view is View.LATER:
        return rows.order_by("snoozed_until", "pk")
    rows = rows.annotate(urgent=Case(When(waiting_since__isnull=False, then=F("urgency")), default=0))
    longest = (F("waiting_since").asc(nulls_last=True), "-last_at", "pk")
    if chosen.order is Order.LONGEST:
        return rows.order_by("-urgent", *longest)
    closing = Case(When(window_until__gt=now(), waiting_since__isnull=False, then=F("window_until")))
    closes_first = F("closing").asc(nulls_last=True)
    return rows.annotate(closing=closing).order_by("-urgent", closes_first, *longest)


def _last_said(rows: Iterable[Conversation]) -> dict[UUID, Said]:
    ids = [row.last_message_id for row in rows if row.last_message_id]
    messages = list(Message.objects.filter(pk__in=ids))
    vault.prefetch_person_keys({message.key_id for message in messages})
    return {message.conversation_id: _said(message) for message in messages}


def _said(message: Message) -> Said:
    text = "" if message.deleted_at else " ".join(text_of(message).split())[:160]
    return Said(message.kind, text, message.direction, message.language, message.deleted_at is not None)


def text_of(message: Message) -> str:
    """Empty once the person was erased."""
    try:
        return message.text
    except vault.KeyGone:
        return ""


def looking_at(rows: Iterable[Conversation], *, but: Staff) -> dict[UUID, list[Staff]]:
    found: dict[UUID, list[Staff]] = defaultdict(list)
    for row in _looking(rows, but):
        found[row.conversation_id].append(row.staff)
    return found


def _looking(rows: Iterable[Conversation], but: Staff) -> QuerySet[Looking]:
    seen = Looking.objects.filter(conversation__in=list(rows), until__gt=now()).exclude(staff=but)
    return seen.select_related("staff").order_by("pk")


@dataclass(frozen=True, slots=True)
class Looker:
    staff: Staff
    typing: bool


def lookers(conversation: Conversation, *, but: Staff) -> list[Looker]:
    at = now()
    return [
        Looker(row.staff, row.typing_until is not None and row.typing_until > at)
        for row in _looking([conversation], but)
    ]


# --- beside the queue ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Counts:
    mine: int = 0
    waiting: int = 0
    all: int = 0
    menu: int = 0
    later: int = 0
    mentions: int = 0


def counts(seat: Seat) -> Counts:
    if not seat.can(Can.ANSWER):
        return Counts()
    live = Conversation.objects.filter(centre=seat.centre, hidden=False).exclude(
        state=ConversationState.CLOSED
    )
    found = live.aggregate(
        mine=Count("pk", filter=_OPEN & Q(assignee=seat.membership)),
        waiting=Count("pk", filter=_OPEN & Q(assignee=None)),
        all=Count("pk", filter=_OPEN),
        menu=Count("pk", filter=_LIVE & Q(in_flow=True)),
        later=Count("pk", filter=Q(state=ConversationState.SNOOZED)),
    )
    unseen = Mention.objects.filter(staff=seat.staff, conversation__centre=seat.centre, seen_at=None)
    return Counts(**found, mentions=unseen.count())


def languages_waiting(centre: Centre) -> list[str]:
    live = Conversation.objects.filter(centre=centre).exclude(state=ConversationState.CLOSED)
    return sorted(live.exclude(language="").values_list("language", flat=True).distinct())


def saved_filters(seat: Seat) -> list[SavedFilter]:
    return list(SavedFilter.objects.filter(staff=seat.staff, centre=seat.centre).order_by("pk"))


def tags_of(centre: Centre, limit: int = 100) -> list[Tag]:
    return sorted(Tag.objects.filter(centre=centre)[:limit], key=lambda tag: tag.name.casefold())


def topics_of(centre: Centre) -> list[Topic]:
    return list(Topic.objects.filter(centre=centre))


# --- beside the conversation -----------------------------------------------------------------------------


def draft_of(staff: Staff, conversation: Conversation, *, is_note: bool) -> Draft | None:
    return Draft.objects.filter(conversation=conversation, staff=staff, is_note=is_note).first()


def earlier_of(conversation: Conversation, limit: int = 10) -> list[Conversation]:
    """The person's other conversations in this centre, the latest first."""
    rows = Conversation.objects.filter(person=conversation.person_id, centre=conversation.centre_id)
    rows = rows.exclude(pk=conversation.pk).select_related("topic", "channel")
    return list(rows.order_by("-opened_at")[:limit])


def templates_for(conversation: Conversation) -> list[Template]:
    """Approved messages of the channel, those in the person's language first, or in the centre's own."""
    rows = Template.objects.filter(channel=conversation.channel, state=Template.State.APPROVED)
    language = conversation.language or conversation.centre.default_language
    return sorted(rows, key=lambda row: (_code(row.language) != language, row.name, row.language))


def _code(tag: str) -> str:
    return tag.replace("_", "-").split("-")[0].lower()


def merges_of(person: Person) -> list[Merge]:
    rows = Merge.objects.filter(kept=person, undone_at=None).select_related("gone", "by")
    return list(rows.order_by("-at"))


def find_people(seat: Seat, words: str, *, language: str, but: Person) -> list[Person]:
    """By alias ("Cedar 417", or the number alone); without words, those who were in touch lately."""
    people = Person.objects.filter(centre=seat.centre, merged_into=None).exclude(pk=but.pk)
    digits = re.search(r"\d{1,3}", words)
    if digits:
        return _named(people.filter(alias_number=int(digits.group())), words, language)
    if words.strip():
        return []
    recent = people.annotate(last=Max("conversations__last_at")).filter(last__isnull=False)
    return list(recent.order_by("-last")[:RECENT_PEOPLE])


def _named(people: QuerySet[Person], words: str, language: str) -> list[Person]:
    word = re.sub(r"[\d\s]+", " ", words).strip().casefold()
    return [person for person in people[:500] if word in person.alias(language).casefold()]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
