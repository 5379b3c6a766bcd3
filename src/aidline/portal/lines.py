"""What a visitor sees of their conversation. Notes, events and what has not left us yet are never among it.

A reply appears when it was sent, maybe after lines that came later than it was written. `after` is therefore
the last place before which nothing can appear any more; lines beyond it may be given twice and are known by
their key.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from aidline import vault
from aidline.conversations.models import Attachment, Conversation, Looking, Message
from aidline.conversations.queries import text_of
from aidline.conversations.states import ConversationState, Direction, MessageState
from aidline.kernel.clock import now

AT_MOST = 100
_SHOWN_STATES = (MessageState.SENT, MessageState.DELIVERED, MessageState.READ)
_NOT_YET = (MessageState.QUEUED, MessageState.SENDING, MessageState.UNKNOWN, MessageState.FAILED)
_TO_COME = Q(direction=Direction.OUT, state__in=_NOT_YET)
_BEING_CHECKED = Q(attachments__state=Attachment.State.PENDING)
_UNREAD = (MessageState.SENT, MessageState.DELIVERED)
_OURS = Q(direction=Direction.OUT, state__in=_SHOWN_STATES)
_SHOWN = Q(direction=Direction.IN) | _OURS


@dataclass(frozen=True, slots=True)
class Line:
    key: str  # of their own messages the id their browser gave them, of ours the message's
    seq: int
    mine: bool
    text: str
    language: str
    at: datetime
    by: str
    place: dict[str, object] | None
    cards: tuple[dict[str, object], ...]
    files: tuple[Attachment, ...]
    choices: tuple[tuple[str, str], ...] = ()  # of a question: what its button sends, and what stands on it
    machine: bool = False  # written by a flow

    @property
    def today(self) -> bool:
        return timezone.localdate(self.at) == timezone.localdate()


@dataclass(frozen=True, slots=True)
class Thread:
    """The part of a conversation that one answer shows."""

    name: str = ""  # tells one conversation from the next without saying which
    lines: tuple[Line, ...] = ()
    after: int = 0
    read: int = 0  # their messages up to here were seen by staff
    writing: str = ""
    finished: bool = False
    unread: tuple[UUID, ...] = ()  # ours that are not known to have been read
    replies: int = 0  # all of ours that can be seen

    @property
    def last_seq(self) -> int:
        return self.lines[-1].seq if self.lines else self.after


def thread_of(conversation: Conversation | None, after: int = 0) -> Thread:
    if conversation is None:
        return Thread()
    messages = _messages(conversation, after)
    vault.prefetch_person_keys({message.key_id for message in messages})
    files = _files(messages)
    return Thread(
        name=conversation.pk.hex[-8:],
        lines=tuple(_line(message, files.get(message.pk, [])) for message in messages),
        after=_settled(conversation),
        read=_read_up_to(conversation),
        writing=_writing(conversation),
        finished=conversation.state == ConversationState.CLOSED,
        unread=tuple(message.pk for message in messages if message.state in _UNREAD),
        replies=_of(conversation).filter(_OURS).count(),
    )


def _messages(conversation: Conversation, after: int) -> list[Message]:
    rows = _of(conversation).filter(_SHOWN, seq__gt=after, deleted_at=None)
    return list(rows.select_related("author").order_by("-seq")[:AT_MOST])[::-1]


def _of(conversation: Conversation) -> QuerySet[Message]:
    return Message.objects.filter(conversation=conversation)


def _files(messages: Sequence[Message]) -> dict[UUID, list[Attachment]]:
    found: dict[UUID, list[Attachment]] = {}
    for row in Attachment.objects.filter(message__in=messages).order_by("id"):
        found.setdefault(row.message_id, []).append(row)
    return found


def _line(message: Message, files: Sequence[Attachment]) -> Line:
    mine = message.direction == Direction.IN
    extra = message.extra or {}
    return Line(
        key=message.external_id if mine else message.pk.hex,
        seq=message.seq,
        mine=mine,
        text=text_of(message),
        language=message.language,
        at=message.at,
        by=_first_name(message),
        place=extra.get("place"),
        cards=tuple(extra.get("cards", ())),
        files=tuple(files),
        choices=tuple(choices_of(message).items()),
        machine=bool(extra.get("menu")),
    )


def choices_of(message: Message) -> dict[str, str]:
    """A button names its question as well, so that one that was pressed late means what it said."""
    offered: Sequence[dict[str, str]] = () if message.direction == Direction.IN else _offered(message)
    return {f"{message.pk.hex}:{place}": choice["title"] for place, choice in enumerate(offered)}


def _offered(message: Message) -> Sequence[dict[str, str]]:
    return list((message.extra or {}).get("choices", ()))


def chosen_in(conversation: Conversation | None, button: str) -> dict[str, str] | None:
    """The choice behind a button of this conversation: its id and its title."""
    question, _colon, place = button.partition(":")
    if conversation is None or not place.isdecimal():
        return None
    rows = _of(conversation).filter(_OURS, kind="choice").order_by("-seq")[:AT_MOST]
    offered = next((_offered(message) for message in rows if message.pk.hex == question), ())
    return next(iter(offered[int(place) :]), None)


def _first_name(message: Message) -> str:
    return message.author.name.split()[0] if message.author and message.author.name else ""


def _settled(conversation: Conversation) -> int:
    """The conversation was read before its messages, so that one added in between is given again, not lost."""
    unsettled = _of(conversation).filter(_TO_COME | _BEING_CHECKED)
    first = unsettled.order_by("seq").values_list("seq", flat=True).first()
    return conversation.last_seq if first is None else min(first - 1, conversation.last_seq)


def _read_up_to(conversation: Conversation) -> int:
    """What was answered was read, and what was marked as read."""
    answered = _OURS & Q(author__isnull=False)
    marked = Q(direction=Direction.IN, read_at__isnull=False)
    last = _of(conversation).filter(answered | marked).order_by("-seq").values_list("seq", flat=True).first()
    return last or 0


def _writing(conversation: Conversation) -> str:
    row = Looking.objects.filter(conversation=conversation, typing_until__gt=now())
    writer = row.select_related("staff").order_by("pk").first()
    return writer.staff.name.split()[0] if writer and writer.staff.name else ""
