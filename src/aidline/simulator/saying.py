"""From the phone to us: what a fictional person does goes out as the provider's webhook."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from aidline.kernel.clock import now
from aidline.kernel.ids import new_id
from aidline.simulator import faults, hooks, phones
from aidline.simulator.hearing import new_file
from aidline.simulator.lines import Utterance, Writer
from aidline.simulator.lookalikes.shapes import Fault
from aidline.simulator.models import Phone, PhoneFile, PhoneMessage
from aidline.simulator.states import Tick

OVERTAKEN_AFTER = 4.0  # seconds that a message waits so that the next one can overtake it

# Twilio blocks after these by itself (twilio.com/docs, "Opt-out keywords", read 2026-11-22).
STOP = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"})
START = frozenset({"START", "UNSTOP"})


@dataclass(frozen=True, slots=True)
class Enclosure:
    content: bytes
    mime: str
    name: str


def say(
    phone: Phone,
    kind: str,
    *,
    text: str = "",
    enclosure: Enclosure | None = None,
    place: tuple[float, float, str, str] | None = None,
    choice: tuple[str, str] | None = None,
    from_list: bool = False,
    raw_kind: str = "",
    reply_to: str = "",
    subject: str = "",
) -> PhoneMessage:
    """A line on the phone, and on its way if the phone is online."""
    line = phones.line(phone.channel)
    message_id, file_id = line.new_id(file=bool(enclosure)), new_id()
    if message_id.startswith("MM"):  # Twilio: the file is found by the message's own id
        file_id = UUID(hex=message_id[2:])
    file = None
    if enclosure:
        file = new_file(phone.channel, enclosure.content, enclosure.mime, enclosure.name, id=file_id)
    detail = {
        "place": list(place) if place else None,
        "choice": list(choice) if choice else None,
        "from_list": from_list,
        "raw_kind": raw_kind,
        "reply_to": reply_to,
        "subject": subject,
    }
    message = write(phone, kind, message_id, text=text, detail=detail, file=file)
    _remember_stop(phone, text)
    phones.touch([phone])
    if phone.online:
        send(message)
    return message


def write(
    phone: Phone,
    kind: str,
    external_id: str,
    *,
    text: str = "",
    detail: Mapping[str, Any] | None = None,
    file: PhoneFile | None = None,
    at: datetime | None = None,
    tick: Tick = Tick.GOING,
) -> PhoneMessage:
    message = PhoneMessage(
        id=new_id(),
        centre_id=phone.centre_id,
        phone=phone,
        own=True,
        kind=kind,
        tick=tick,
        external_index=phones.external_index(phone.centre_id, external_id),
        file=file,
        at=at or now(),
    )
    message.text = text
    message.external_id = external_id
    message.detail = {name: value for name, value in (detail or {}).items() if value} or None
    message.save(force_insert=True)
    return message


def react(phone: Phone, message: PhoneMessage, emoji: str) -> None:
    """The phone's own emoji on a message of ours; an empty one takes it back."""
    PhoneMessage.objects.filter(pk=message.pk).update(reaction=emoji[:16])
    phones.touch([phone])
    line = phones.line(phone.channel)
    done = Utterance(line.new_id(), "reaction", now(), text=emoji, target=message.external_id)
    hooks.carry(line.hook, line.said(_writer(phone), done))


def take_back(phone: Phone, message: PhoneMessage) -> None:
    PhoneMessage.objects.filter(pk=message.pk).update(deleted=True)
    phones.touch([phone])
    line = phones.line(phone.channel)
    done = Utterance(line.new_id(), "deletion", now(), target=message.external_id)
    hooks.carry(line.hook, line.said(_writer(phone), done))


def send_waiting(phone: Phone) -> None:
    """What was written offline leaves when the phone is back."""
    for message in PhoneMessage.objects.filter(phone=phone, own=True, tick=Tick.GOING).order_by("at", "pk"):
        send(message)


def send(message: PhoneMessage) -> None:
    phone = message.phone
    line = phones.line(phone.channel)
    post = line.said(_writer(phone), utterance_of(message))
    faults_now = faults.use_up(phone.channel, faults.OF_WEBHOOKS)
    if Fault.LOST in faults_now:
        _left(message.pk, taken=True)
        return
    wait = OVERTAKEN_AFTER if Fault.SHUFFLED in faults_now else 0.0
    for _copy in range(2 if Fault.TWICE in faults_now else 1):
        hooks.carry(line.hook, post, wait=wait, then=lambda taken: _left(message.pk, taken=taken))


def utterance_of(message: PhoneMessage) -> Utterance:
    detail = message.detail or {}
    file = message.file
    return Utterance(
        id=message.external_id,
        kind=message.kind,
        at=message.at,
        text=message.text,
        file=file_ref(message.external_id, file) if file else "",
        mime=file.mime if file else "",
        filename=file.name if file else "",
        content=file.content if file else b"",
        place=tuple(detail["place"]) if "place" in detail else None,
        choice=tuple(detail["choice"]) if "choice" in detail else None,
        card=tuple(detail["card"]) if "card" in detail else None,
        raw_kind=str(detail.get("raw_kind", "")),
        from_list=bool(detail.get("from_list")),
        reply_to=str(detail.get("reply_to", "")),
        subject=str(detail.get("subject", "")),
    )


def file_ref(message_id: str, file: PhoneFile) -> str:
    """As the provider names a file: Meta by a long number, Twilio by ME and the end of the message's id."""
    return f"ME{file.pk.hex}" if message_id.startswith("MM") else str(file.pk.int)


def _writer(phone: Phone) -> Writer:
    return Writer(phone.address, phone.label if phones.skin_of(phone.channel).named else "")


def _left(message_id: UUID, *, taken: bool) -> None:
    tick = Tick.SENT if taken else Tick.FAILED
    if PhoneMessage.objects.filter(pk=message_id, tick=Tick.GOING).update(tick=tick):
        phones.touch(Phone.objects.filter(messages=message_id))


def _remember_stop(phone: Phone, text: str) -> None:
    word = text.strip().upper()
    if word in STOP | START and phones.skin_of(phone.channel).plain:
        Phone.objects.filter(pk=phone.pk).update(opted_out=word in STOP)
