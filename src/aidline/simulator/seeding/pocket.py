"""What the day leaves on people's phones, and how far our messages got."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from aidline import vault
from aidline.channels.contract import Choice
from aidline.channels.models import Channel
from aidline.channels.registry import capabilities_of
from aidline.channels.wire.menus import numbered
from aidline.conversations.models import Conversation, Message
from aidline.conversations.states import MessageState
from aidline.gateway.arriving import external_index
from aidline.kernel.clock import now
from aidline.kernel.ids import new_id
from aidline.simulator import phones
from aidline.simulator.content import media, shapes
from aidline.simulator.hearing import keep, new_file
from aidline.simulator.lines import Utterance, Writer
from aidline.simulator.lookalikes.shapes import Option, Taken
from aidline.simulator.models import Phone, PhoneMessage
from aidline.simulator.saying import utterance_of, write
from aidline.simulator.states import Tick

_ACTS = ("reaction", "edit", "deletion")


def writer(phone: Phone) -> Writer:
    return Writer(phone.address, phone.label if phones.skin_of(phone.channel).named else "")


# --- what a person says ----------------------------------------------------------------------------------


def on_phone(phone: Phone, id: str, turn: shapes.Turn, target: str) -> Utterance:
    if turn.kind in _ACTS:
        return _act(phone, id, turn, target)
    detail = {
        "place": _place(turn),
        "card": _card(turn),
        "choice": _pressed(phone, turn, target),
        "raw_kind": turn.raw_kind,
        "reply_to": target,
        "subject": turn.subject,
    }
    file = None
    if turn.media:
        made = media.make(turn.media)
        file_id = UUID(hex=id[2:]) if id.startswith("MM") else new_id()
        file = new_file(phone.channel, made.content, made.mime, made.name, id=file_id)
    message = write(phone, turn.kind, id, text=turn.text, detail=detail, file=file, tick=_seen(phone))
    return utterance_of(message)


def _pressed(phone: Phone, turn: shapes.Turn, target: str) -> list[str] | None:
    """The button under our question that has these words."""
    question = phones.message_by_external(phone, target) if turn.kind == "choice" else None
    offered = (question.detail or {}).get("options", ()) if question else ()
    return next((one[:2] for one in offered if one[1] == turn.text), None)


def _seen(phone: Phone) -> Tick:
    return Tick.READ if phones.skin_of(phone.channel).reads else Tick.SENT


def _act(phone: Phone, id: str, turn: shapes.Turn, target: str) -> Utterance:
    message = phones.message_by_external(phone, target)
    if message and turn.kind == "edit":
        message.text = turn.text
        message.save(update_fields=["text_sealed"])
    if message and turn.kind == "deletion":
        PhoneMessage.objects.filter(pk=message.pk).update(deleted=True)
    if message and turn.kind == "reaction":
        PhoneMessage.objects.filter(pk=message.pk).update(reaction=turn.emoji)
    return Utterance(id, turn.kind, now(), text=turn.emoji or turn.text, target=target)


def on_page(id: str, turn: shapes.Turn, target: str, channel: Channel) -> Utterance:
    """Said on the web chat page: its files lie in our own store already."""
    made = media.make(turn.media) if turn.media else None
    return Utterance(
        id=id,
        kind=turn.kind,
        at=now(),
        text=turn.emoji or turn.text,
        file=_stored(made, channel) if made else "",
        mime=made.mime if made else "",
        filename=made.name if made else "",
        place=_spot(turn),
        target=target,
    )


def _stored(file: media.MediaFile, channel: Channel) -> str:
    id = new_id()
    vault.media.put(file.content, key=channel.centre_id, scope=channel.centre_id, media=id)
    return f"media:{id}"


def _spot(turn: shapes.Turn) -> tuple[float, float, str, str] | None:
    place = turn.place
    return (place.latitude, place.longitude, place.name, place.address) if place else None


def _place(turn: shapes.Turn) -> list[Any] | None:
    spot = _spot(turn)
    return list(spot) if spot else None


def _card(turn: shapes.Turn) -> list[str] | None:
    return [turn.card.name, turn.card.phone] if turn.card else None


def said_as(channel: Channel, address: str, id: str) -> str:
    """What we know by that which a person said."""
    if channel.provider == "webchat":
        return id
    vendor = phones.vendor_of(channel)
    return (vendor.said_as or vendor.known_as)(address, id)


# --- what we say -----------------------------------------------------------------------------------------

_STATES: Mapping[str, MessageState] = {
    "queued": MessageState.QUEUED,
    "sent": MessageState.SENT,
    "delivered": MessageState.DELIVERED,
    "read": MessageState.READ,
    "failed": MessageState.FAILED,
    "unknown": MessageState.UNKNOWN,
}
_TICKS: Mapping[MessageState, Tick] = {
    MessageState.SENT: Tick.SENT,
    MessageState.DELIVERED: Tick.DELIVERED,
    MessageState.READ: Tick.READ,
    MessageState.FAILED: Tick.FAILED,
}
_SENT, _DELIVERED, _READ = timedelta(seconds=1), timedelta(seconds=3), timedelta(seconds=40)
_LATER = timedelta(hours=6)  # when what waits for a provider that is down is tried again


def settle(
    message: Message, id: str, turn: shapes.Turn, conversation: Conversation, *, is_last: bool
) -> MessageState:
    """The message as if it had been sent then, and as far as it got."""
    state = _STATES[turn.delivery] if turn.delivery else _usual(conversation, is_last=is_last)
    changes: dict[str, Any] = {"state": state, "attempts": 1, "error_code": turn.error}
    if state is MessageState.QUEUED:
        changes |= {"attempts": 3, "due_at": now() + _LATER, "error_code": turn.error or "http-503"}
    if state is MessageState.UNKNOWN:
        changes["error_code"] = turn.error or "no-answer"
    changes |= _times(state)
    Message.objects.filter(pk=message.pk).update(**changes)
    if state not in (MessageState.QUEUED, MessageState.UNKNOWN):
        message.external_id = _known_as(conversation, id)
        message.external_index = external_index(message.centre_id, message.external_id)
        message.save(update_fields=["external_sealed", "external_index"])
        if conversation.channel_id:
            Channel.objects.filter(pk=conversation.channel_id).update(last_out_at=now())
    return state


def _known_as(conversation: Conversation, id: str) -> str:
    channel, address = conversation.channel, conversation.address
    if channel is None or address is None or channel.provider == "webchat":
        return id
    return phones.vendor_of(channel).known_as(address.value, id)


def _usual(conversation: Conversation, *, is_last: bool) -> MessageState:
    """Every channel as far as it tells; where it tells of reading, the last message may still lie unread."""
    assert conversation.channel is not None
    skin = phones.skin_of(conversation.channel)
    reads = conversation.channel.provider == "webchat" or skin.reads
    if reads and not is_last:
        return MessageState.READ
    return MessageState.DELIVERED if skin.arrives else MessageState.SENT


def _times(state: MessageState) -> dict[str, Any]:
    reached = [MessageState.SENT, MessageState.DELIVERED, MessageState.READ]
    if state is MessageState.FAILED:
        return {"sent_at": now() + _SENT}
    if state not in reached:
        return {}
    steps = (("sent_at", _SENT), ("delivered_at", _DELIVERED), ("read_at", _READ))
    return {name: now() + wait for name, wait in steps[: reached.index(state) + 1]}


def arrive(phone: Phone, message: Message, id: str, turn: shapes.Turn, state: MessageState) -> None:
    taken = Taken(account=str(phone.channel_id), id=id, to="", kind=message.kind, **_shown(phone, message))
    kept = keep(phone, taken, tick=_TICKS[state])
    if turn.media:
        made = media.make(turn.media)
        file = new_file(phone.channel, made.content, made.mime, made.name)
        PhoneMessage.objects.filter(pk=kept.pk).update(file=file)


def _shown(phone: Phone, message: Message) -> dict[str, Any]:
    """Choices are buttons, or numbers where the channel has none."""
    choices = [Choice(**one) for one in (message.extra or {}).get("choices", ())]
    if choices and not capabilities_of(phone.channel.provider, phone.channel.config).choices:
        return {"text": numbered(message.text, choices)}
    return {"text": message.text, "options": [Option(one.id, one.title) for one in choices]}
