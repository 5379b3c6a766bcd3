"""Writing to a person and to colleagues: replies, notes, drafts, taking back, sending again."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Value
from django.utils.translation import gettext_lazy as _

from aidline.audit.services import record
from aidline.centres.models import Membership, Staff
from aidline.channels.contract import Capabilities, Choice, Kind, Place
from aidline.channels.models import Template
from aidline.channels.registry import load
from aidline.channels.wire.menus import numbered
from aidline.conversations import choosing
from aidline.conversations.live import Hint, tell
from aidline.conversations.models import Attachment, Conversation, Draft, Mention, Message
from aidline.conversations.services import leave_flow
from aidline.conversations.states import Direction, MessageState
from aidline.conversations.timeline import append
from aidline.kernel import text as words
from aidline.kernel.clock import now
from aidline.kernel.ids import new_id
from aidline.people.models import Address
from aidline.people.rules import refusal
from aidline.people.states import NO_CONSENT, OPTED_OUT, Purpose

WINDOW_MARGIN = timedelta(minutes=5)


class CannotSend(Exception):
    """Why nothing was sent, in words for the agent. What was typed is kept by the caller."""

    def __init__(self, message: Any) -> None:
        super().__init__(str(message))
        self.message = message


@dataclass(frozen=True, slots=True)
class Upload:
    """A cleaned file that already lies in the media store."""

    kind: Kind
    media_id: UUID
    mime: str
    size: int
    name: str
    small_id: UUID | None = None
    width: int | None = None
    height: int | None = None
    seconds: int | None = None
    peaks: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """What the agent wrote in their own language, where the person reads a translation of it."""

    text: str
    language: str
    engine: str = ""  # empty where a translator or the agent made it

    def kept(self) -> dict[str, Any]:
        return {"written": asdict(self)}


def send_reply(
    *,
    by: Staff | None,
    conversation: Conversation,
    text: str,
    client_key: UUID | None = None,
    uploads: Sequence[Upload] = (),
    reply_to: Message | None = None,
    written: Written | None = None,
    extra: Mapping[str, Any] | None = None,
) -> list[Message]:
    """Queue a reply. The same `client_key` twice is one reply: the first one's messages are returned."""
    text = words.clean(text).strip()
    if not text and not uploads:
        raise CannotSend(_("Write something or attach a file first."))
    able = _abilities(conversation)
    _refuse_shut_window(conversation)
    _refuse_uploads(able, uploads)
    pieces = _pieces(able, text, uploads)
    try:
        with transaction.atomic():
            beside = {**(written.kept() if written else {}), **(extra or {})}
            return _queue_all(by, conversation, pieces, client_key, reply_to, beside)
    except IntegrityError:
        return _already_sent(conversation, client_key)


MOST_CHOICES = 12
EACH = ("menu",)


def send_choices(
    *,
    by: Staff | None,
    conversation: Conversation,
    text: str,
    choices: Sequence[Choice],
    client_key: UUID | None = None,
    extra: Mapping[str, Any] | None = None,
) -> list[Message]:
    """A question with choices: buttons or a list where the channel has them, a numbered text elsewhere."""
    text = words.clean(text).strip()
    choices = [replace(choice, title=words.clean(choice.title).strip()) for choice in choices]
    if not text:
        raise CannotSend(_("Write the question first."))
    if not 1 <= len(choices) <= MOST_CHOICES or not all(choice.title for choice in choices):
        raise CannotSend(_("Give between one and %(most)s choices.") % {"most": MOST_CHOICES})
    if len({choosing.plain(choice.title) for choice in choices}) < len(choices):
        raise CannotSend(_("Two choices are the same."))
    able = _abilities(conversation)
    _refuse_shut_window(conversation)
    if len(numbered(text, choices)) > able.text_limit:
        raise CannotSend(_("This is too long for one message on this channel."))
    offered = {"choices": [asdict(choice) for choice in choices], **(extra or {})}
    return _queue_one(by, conversation, Kind.CHOICE, text, offered, client_key)


def send_place(
    *, by: Staff | None, conversation: Conversation, place: Place, client_key: UUID | None = None
) -> list[Message]:
    """A place to go to; a map pin where the channel has one, words and coordinates elsewhere."""
    able = _abilities(conversation)
    _refuse_shut_window(conversation)
    if Kind.LOCATION not in able.outbound:
        raise CannotSend(_("This channel does not take places."))
    return _queue_one(by, conversation, Kind.LOCATION, "", {"place": asdict(place)}, client_key)


def _queue_one(
    by: Staff | None,
    conversation: Conversation,
    kind: Kind,
    text: str,
    extra: dict[str, Any],
    client_key: UUID | None,
) -> list[Message]:
    try:
        with transaction.atomic():
            return [_queue(by, conversation, kind, text, extra, client_key, None)]
    except IntegrityError:
        return _already_sent(conversation, client_key)


def send_template(
    *,
    by: Staff,
    conversation: Conversation,
    template: Template,
    values: Mapping[str, str],
    client_key: UUID | None = None,
) -> list[Message]:
    """A template opens a talk rather than answers one: opt-outs hold, also one that comes before it has left."""
    if template.channel_id != conversation.channel_id or template.state != Template.State.APPROVED:
        raise CannotSend(_("This message is not approved for this channel."))
    given = {name: _on_one_line(values.get(name, "")) for name in template.parameters}
    if not all(given.values()):
        raise CannotSend(_("Fill in every field of the message."))
    _refuse_unwanted(conversation, Purpose.SERVICE)
    extra: dict[str, Any] = {
        "template": {"name": template.name, "language": template.language, "parameters": given}
    }
    if template.buttons:
        extra["buttons"] = list(template.buttons)
    try:
        with transaction.atomic():
            text = template.filled(given)
            message = _queue(by, conversation, Kind.TEMPLATE, text, extra, client_key, None, Purpose.SERVICE)
            Draft.objects.filter(conversation=conversation, staff=by, is_note=False).delete()
            return [message]
    except IntegrityError:
        return _already_sent(conversation, client_key)


def _on_one_line(value: str) -> str:
    """WhatsApp refuses new lines, tabs and long gaps in what is filled in."""
    return " ".join(words.clean(str(value)).split())


def add_note(
    *,
    by: Staff,
    conversation: Conversation,
    text: str,
    mentioned: Sequence[Membership] = (),
    client_key: UUID | None = None,
) -> Message:
    """A note stays among staff: it has no way to a channel."""
    text = words.clean(text).strip()
    if not text:
        raise CannotSend(_("Write something first."))
    try:
        with transaction.atomic():
            return _note(by, conversation, text, mentioned, client_key)
    except IntegrityError:
        return _already_sent(conversation, client_key)[0]


def _note(
    by: Staff, conversation: Conversation, text: str, mentioned: Sequence[Membership], client_key: UUID | None
) -> Message:
    message = append(
        conversation,
        direction=Direction.NOTE,
        kind=Kind.TEXT,
        state=MessageState.RECEIVED,
        author=by,
        text=text,
        client_key=client_key,
    )
    for member in mentioned:
        Mention.objects.create(message=message, conversation=conversation, staff=member.staff, by=by)
    tell(Hint(conversation.centre_id, "mention", conversation.pk, member.staff_id) for member in mentioned)
    Draft.objects.filter(conversation=conversation, staff=by, is_note=True).delete()
    return message


def take_back(*, by: Staff, message: Message) -> bool:
    """Undo a send that has not left yet. False when it was too late."""
    with transaction.atomic():
        done = Message.objects.filter(pk=message.pk, state=MessageState.QUEUED, attempts=0).update(
            state=MessageState.CANCELLED, due_at=None
        )
        if done:
            record(
                by=by,
                action="message.take_back",
                object_type="message",
                object_id=message.pk,
                centre=message.centre_id,
            )
            tell([Hint(message.centre_id, "message", message.conversation_id)])
    return bool(done)


def send_again(*, by: Staff, message: Message) -> bool:
    """A failed message, or one of unknown fate, goes out once more at the agent's word; a broadcast never does."""
    again = Message.objects.filter(state__in=[MessageState.FAILED, MessageState.UNKNOWN])
    with transaction.atomic():
        done = (
            again.filter(pk=message.pk)
            .exclude(purpose=Purpose.OUTREACH)
            .update(state=MessageState.QUEUED, due_at=now(), attempts=0, error_code="")
        )
        if done:
            record(
                by=by,
                action="message.send_again",
                object_type="message",
                object_id=message.pk,
                centre=message.centre_id,
            )
            tell([Hint(message.centre_id, "message", message.conversation_id)])
    return bool(done)


def keep_draft(*, by: Staff, conversation: Conversation, text: str, is_note: bool) -> Draft | None:
    """One draft per member: a colleague who takes over cannot wipe it. Empty text removes it."""
    rows = Draft.objects.filter(conversation=conversation, staff=by, is_note=is_note)
    text = words.clean(text)
    if not text.strip():
        rows.delete()
        return None
    with transaction.atomic():
        draft = rows.first() or Draft(
            id=new_id(),
            conversation=conversation,
            staff=by,
            centre_id=conversation.centre_id,
            key_id=conversation.person_id,
            is_note=is_note,
        )
        draft.text = text
        draft.kept_at = now()
        draft.save()
    return draft


def _abilities(conversation: Conversation) -> Capabilities:
    if conversation.channel is None or conversation.address_id is None:
        raise CannotSend(_("There is no channel to answer on. Write a note instead."))
    if not conversation.channel.is_open:
        raise CannotSend(_("This channel is closed. A centre admin can open it again."))
    return load(conversation.channel.provider, conversation.channel.config).capabilities


def _refuse_shut_window(conversation: Conversation) -> None:
    if conversation.window_until and conversation.window_until - WINDOW_MARGIN <= now():
        raise CannotSend(_("The time for free replies is over. Send an approved message instead."))


def _refuse_unwanted(conversation: Conversation, purpose: Purpose) -> None:
    address_id, channel_id = conversation.address_id, conversation.channel_id
    if not address_id or not channel_id:
        raise CannotSend(_("There is no channel to answer on. Write a note instead."))
    why = refusal(address="pk", channel=Value(channel_id), purpose=Value(purpose))
    refused = Address.objects.filter(pk=address_id).annotate(refused=why).values_list("refused", flat=True)
    if OPTED_OUT in refused:
        raise CannotSend(_("This person asked not to be written to on this channel."))
    if NO_CONSENT in refused:
        raise CannotSend(_("This address asked not to be written to."))


def _refuse_uploads(able: Capabilities, uploads: Sequence[Upload]) -> None:
    for upload in uploads:
        limit = able.media.get(upload.kind)
        if limit is None or upload.mime not in limit.mimes:
            raise CannotSend(_("This channel does not take this kind of file."))
        if upload.size > limit.bytes:
            raise CannotSend(
                _("This file is too large for this channel: at most %(size)s MB.")
                % {"size": limit.bytes // 1_000_000}
            )


@dataclass(frozen=True, slots=True)
class _Piece:
    kind: Kind
    text: str
    upload: Upload | None = None


def _pieces(able: Capabilities, text: str, uploads: Sequence[Upload]) -> list[_Piece]:
    """Text within the provider's limit; a short text becomes the caption of a single file that can have one."""
    if len(uploads) == 1 and len(text) <= able.caption_limit and uploads[0].kind in able.captioned:
        return [_Piece(uploads[0].kind, text, uploads[0])]
    parts = words.split(text, able.text_limit, in_bytes=able.text_in_bytes)
    pieces = [_Piece(Kind.TEXT, part) for part in parts]
    return pieces + [_Piece(upload.kind, "", upload) for upload in uploads]


def _queue_all(
    by: Staff | None,
    conversation: Conversation,
    pieces: list[_Piece],
    client_key: UUID | None,
    reply_to: Message | None,
    beside: Mapping[str, Any],
) -> list[Message]:
    """`beside` the words of the first piece is kept what belongs to the whole; who wrote it, to each."""
    messages = []
    for place, piece in enumerate(pieces):
        key = client_key if place == 0 else None
        extra = dict(beside) if place == 0 else {name: beside[name] for name in EACH if name in beside}
        message = _queue(by, conversation, piece.kind, piece.text, extra or None, key, reply_to)
        if piece.upload:
            _attach(message, piece.upload)
        messages.append(message)
    if by:
        Draft.objects.filter(conversation=conversation, staff=by, is_note=False).delete()
    return messages


def _queue(
    by: Staff | None,
    conversation: Conversation,
    kind: Kind,
    text: str,
    extra: dict[str, Any] | None,
    client_key: UUID | None,
    reply_to: Message | None,
    purpose: str = "",
) -> Message:
    at = now()
    undo = timedelta(seconds=conversation.centre.undo_seconds if by else 0)
    message = append(
        conversation,
        direction=Direction.OUT,
        kind=kind,
        state=MessageState.QUEUED,
        author=by,
        text=text,
        extra=extra,
        client_key=client_key,
        reply_to=reply_to,
        purpose=purpose,
        due_at=at + undo,
        at=at,
    )
    menu_id = message.pk if kind is Kind.CHOICE else None  # a number typed later answers what was said later
    kept = {"due_at": None} if by else {}  # a promise is kept by a person, not by a flow
    Conversation.objects.filter(pk=conversation.pk).update(waiting_since=None, menu_id=menu_id, **kept)
    conversation.waiting_since, conversation.menu_id = None, menu_id
    if by:
        leave_flow(conversation)
    return message


def _attach(message: Message, upload: Upload) -> Attachment:
    attachment = Attachment(
        id=new_id(),
        message=message,
        centre_id=message.centre_id,
        key_id=message.key_id,
        kind=upload.kind,
        state=Attachment.State.READY,
        media_id=upload.media_id,
        small_id=upload.small_id,
        mime=upload.mime,
        size=upload.size,
        width=upload.width,
        height=upload.height,
        seconds=upload.seconds,
        peaks=list(upload.peaks),
    )
    attachment.name = upload.name
    attachment.save()
    return attachment


def _already_sent(conversation: Conversation, client_key: UUID | None) -> list[Message]:
    if client_key is None:
        raise CannotSend(_("This could not be sent. Try again."))
    return list(Message.objects.filter(conversation=conversation, client_key=client_key))
