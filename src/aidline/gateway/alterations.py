"""What changes something already said, or the way to a person: reactions, edits, deletions, new numbers."""

import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from unicodedata import category
from uuid import UUID

from aidline.channels.contract import (
    AddressChange,
    Deletion,
    Edit,
    Event,
    Incoming,
    Kind,
    Preference,
    Provider,
    Reaction,
    Sender,
    TemplateChange,
    Unknown,
)
from aidline.conversations.live import Hint
from aidline.conversations.models import Conversation, Message
from aidline.conversations.states import Direction
from aidline.gateway import arriving, media, names, templates
from aidline.gateway.arriving import external_index
from aidline.kernel import text as words
from aidline.language import machine
from aidline.people import services as people
from aidline.people.arrivals import Arrival, Known, find, resolve

log = logging.getLogger(__name__)


class NotHereYet(Exception):
    """The message it speaks of has not arrived: the delivery is tried again later."""


@dataclass(frozen=True, slots=True)
class Alteration:
    channel_id: UUID
    centre_id: UUID
    event: Event
    received_at: datetime
    provider: Provider


def apply(changes: Sequence[Alteration]) -> list[Hint]:
    return [hint for change in changes for hint in _apply(change)]


def apply_or_let_go(changes: Sequence[Alteration]) -> list[Hint]:
    """The last try: what still finds no message is let go, but new words for it are words all the same."""
    hints = []
    for change in changes:
        if isinstance(change.event, Edit):
            hints += _say(change, change.event)
        with suppress(NotHereYet):
            hints += _apply(change)
    return hints


def _say(change: Alteration, edit: Edit) -> list[Hint]:
    """As if it had been said like that at first; under that name, so that the first words do not come after all."""
    if not edit.text or names.named(change.channel_id, external_index(change.centre_id, edit.target)):
        return []
    event = Incoming(edit.target, edit.senders, Kind.TEXT, text=edit.text, sent_at=edit.sent_at)
    said = arriving.Said(change.channel_id, change.centre_id, change.provider, event, change.received_at)
    return arriving.take_in([said])


def _apply(change: Alteration) -> list[Hint]:
    match change.event:
        case Reaction() as reaction:
            return _react(change, reaction)
        case Edit() as edit:
            return _edit(change, edit)
        case Deletion() as deletion:
            return _delete(change, deletion)
        case Preference() as preference:
            return _prefer(change, preference)
        case AddressChange() as moved:
            return _move(change, moved)
        case TemplateChange() as template:
            return _template(change, template)
        case Unknown():  # its name may be anything, also what a person wrote
            log.info("channel %s sent something we do not know", change.channel_id)
    return []


def _react(change: Alteration, reaction: Reaction) -> list[Hint]:
    """A reaction counts as word of the person: the time for free replies begins anew."""
    message = _target(change, reaction.target)
    Message.objects.filter(pk=message.pk).update(reaction=_emoji(reaction.emoji))
    window = change.provider.capabilities.reply_window
    if window and reaction.emoji:
        until = min(reaction.sent_at or change.received_at, change.received_at) + window
        Conversation.objects.filter(pk=message.conversation_id, window_until__lt=until).update(
            window_until=until
        )
    return _changed(message)


def _emoji(given: str) -> str:
    """A sign is kept in the clear; letters or a number in its place are not."""
    sign = words.clean(given)[:16]
    readable = [char for char in sign if category(char)[0] in "LN"]
    return "" if len(readable) > 1 else sign


def _edit(change: Alteration, edit: Edit) -> list[Hint]:
    message = _target(change, edit.target, Direction.IN)
    if edit.becomes:
        names.name_later(change.channel_id, message, external_index(change.centre_id, edit.becomes))
    text, at = words.clean(edit.text), edit.sent_at or change.received_at
    if _is_old_news(message, text, at):
        return []
    message.text = text
    message.edited_at = at
    message.save(update_fields=["text_sealed", "edited_at"])
    machine.made_anew(message=message)
    return _changed(message)


def _is_old_news(message: Message, text: str, at: datetime) -> bool:
    """Calls come twice and out of order: newer words stay, and what was taken back does not return."""
    if message.deleted_at or message.edited_at is None:
        return bool(message.deleted_at)
    return at < message.edited_at or text == message.text


def _delete(change: Alteration, deletion: Deletion) -> list[Hint]:
    """The person took it back: words and files go, the fact that something was said stays."""
    message = _target(change, deletion.target, Direction.IN)
    if message.deleted_at:
        return []
    Message.objects.filter(pk=message.pk).update(
        text_sealed=None, extra_sealed=None, deleted_at=deletion.sent_at or change.received_at
    )
    attached = message.attachments.values_list("media_id", "small_id")
    media.forget([file for pair in attached for file in pair])
    message.attachments.update(
        state="x", error_code="deleted", media_id=None, small_id=None, source_sealed=None
    )
    machine.forget(message_ids=[message.pk])
    return _changed(message)


def _target(change: Alteration, external_id: str, direction: Direction | None = None) -> Message:
    message = names.named(change.channel_id, external_index(change.centre_id, external_id), direction)
    if message is None:
        raise NotHereYet
    return message


def _changed(message: Message) -> list[Hint]:
    return [Hint(message.centre_id, "state", message.conversation_id)]


def _prefer(change: Alteration, preference: Preference) -> list[Hint]:
    """A stop of somebody unknown is kept too: it holds when they write one day, or are added by staff."""
    known = _meant(change, preference)
    if preference.opted_out:
        for one in known:
            people.opt_out(address_id=one.id, channel_id=change.channel_id, source="provider")
    elif len({one.person_id for one in known}) == 1:
        for one in known:
            people.opt_in(address_id=one.id, channel_id=change.channel_id)
    return []


def _meant(change: Alteration, preference: Preference) -> list[Known]:
    """Anybody can write a complaint; what only the reader of a mail of ours can know is which one it was."""
    arrival = _arrival(change, preference.senders)
    if preference.message is None and preference.opted_out:
        return resolve([arrival])
    known = find(arrival)
    if preference.message is None:
        return known
    ours = Message.objects.filter(
        pk=preference.message, direction=Direction.OUT, channel_id=change.channel_id
    )
    readers = set(ours.values_list("conversation__address_id", flat=True))
    return [one for one in known if one.id in readers]


def _move(change: Alteration, moved: AddressChange) -> list[Hint]:
    """The new address joins the person of the old one; known on both sides, staff are asked."""
    resolve([_arrival(change, (*moved.old, *moved.new))])
    return []


def _arrival(change: Alteration, senders: tuple[Sender, ...]) -> Arrival:
    return Arrival(change.centre_id, tuple((sender.scheme.value, sender.value) for sender in senders))


def _template(change: Alteration, template: TemplateChange) -> list[Hint]:
    templates.heard(change.channel_id, template, change.received_at)
    return []
