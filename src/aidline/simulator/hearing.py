"""From the look-alike to the phone: a message of ours arrives, is seen, and its news go back to us."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db.models import Max

from aidline.channels.models import Channel
from aidline.kernel.clock import now
from aidline.kernel.ids import new_id
from aidline.simulator import hooks, phones, postman
from aidline.simulator.lines import News
from aidline.simulator.lookalikes.shapes import AS_USUAL, Fate, Taken
from aidline.simulator.models import Phone, PhoneFile, PhoneMessage
from aidline.simulator.states import Tick

SENT_AFTER, ARRIVED_AFTER, LATER = 0.3, 0.9, 2.5  # seconds


def receive(channel: Channel, taken: Taken) -> None:
    phone = phones.find(channel, taken.to)
    if taken.kind == "reaction":
        _react(phone, taken)
        return
    if phone is None:
        _tell_all(channel, taken, replace(taken.fate, code=phones.vendor_of(channel).nobody))
        return
    taken = replace(taken, fate=_fate(channel, phone, taken))
    message = keep(phone, taken)
    phones.touch([phone])
    if taken.link:
        postman.after(0.1, lambda: _fetch(message.pk, taken.link))
    if taken.fate == AS_USUAL:
        _tell(channel, taken, "sent", SENT_AFTER)
        postman.after(ARRIVED_AFTER, lambda: arrive(phone.pk))
    else:
        _tell_all(channel, taken, taken.fate)
        postman.after(LATER, lambda: _settle(message.pk, taken.fate))


def _fate(channel: Channel, phone: Phone, taken: Taken) -> Fate:
    """Outside the window WhatsApp takes a free message, and says later that it failed."""
    window, too_late = phones.skin_of(channel).window, phones.vendor_of(channel).too_late
    if window is None or not too_late:
        return taken.fate
    last = PhoneMessage.objects.filter(phone=phone, own=True).aggregate(at=Max("at"))["at"]
    shut = taken.kind != "template" and (last is None or last < now() - window)
    return replace(taken.fate, code=too_late) if shut else taken.fate


def keep(phone: Phone, taken: Taken, *, tick: Tick = Tick.SENT) -> PhoneMessage:
    message = PhoneMessage(
        id=new_id(),
        centre_id=phone.centre_id,
        phone=phone,
        own=False,
        kind=taken.kind,
        tick=tick,
        external_index=phones.external_index(phone.centre_id, taken.id),
        file_id=UUID(int=int(taken.file)) if taken.file.isdigit() else None,
    )
    message.text = taken.text
    message.external_id = taken.id
    message.detail = _detail(taken)
    message.save(force_insert=True)
    return message


def _detail(taken: Taken) -> dict[str, Any]:
    detail = {
        "options": [[one.id, one.title, one.description] for one in taken.options],
        "as_list": taken.as_list,
        "menu_label": taken.menu_label,
        "place": list(taken.place) if taken.place else None,
        "reply_to": taken.reply_to,
        "handle": taken.callback or taken.opaque,
        "subject": taken.subject,
    }
    return {name: value for name, value in detail.items() if value}


def _react(phone: Phone | None, taken: Taken) -> None:
    message = phones.message_by_external(phone, taken.target) if phone else None
    if message and phone:
        PhoneMessage.objects.filter(pk=message.pk).update(reaction=taken.text[:16])
        phones.touch([phone])


def _fetch(message_id: UUID, link: str) -> None:
    """Twilio fetches our file by itself, after it has answered."""
    message = PhoneMessage.objects.select_related("phone__channel").get(pk=message_id)
    fetched = hooks.fetch(link)
    if fetched is None:
        return
    file = new_file(message.phone.channel, *fetched)
    PhoneMessage.objects.filter(pk=message_id).update(file=file)
    phones.touch([message.phone])


def new_file(
    channel: Channel, content: bytes, mime: str, name: str = "", *, id: UUID | None = None
) -> PhoneFile:
    file = PhoneFile(id=id or new_id(), centre_id=channel.centre_id, channel=channel, mime=mime[:80])
    file.content = content
    file.name = name[:200]
    file.save(force_insert=True)
    return file


# --- what becomes of it ----------------------------------------------------------------------------------


def arrive(phone_id: UUID) -> None:
    """All that waits for a phone that is online; also when it comes back."""
    phone = Phone.objects.select_related("channel").get(pk=phone_id)
    if phone.online and _move(phone, Tick.SENT, Tick.DELIVERED, "delivered"):
        phones.touch([phone])


def see(phone: Phone) -> None:
    """The phone lies open before somebody. SMS has no such thing as read."""
    if phone.online and phones.skin_of(phone.channel).reads:
        _move(phone, Tick.DELIVERED, Tick.READ, "read")


def _move(phone: Phone, old: Tick, new: Tick, state: str) -> int:
    """Each message moves by one conditional UPDATE, so that its news are told once."""
    moved = 0
    for message in PhoneMessage.objects.filter(phone=phone, own=False, tick=old).order_by("at", "pk"):
        if PhoneMessage.objects.filter(pk=message.pk, tick=old).update(tick=new):
            handle = str((message.detail or {}).get("handle", ""))
            news = News(message.external_id, state, now(), phone.address, handle)
            hooks.carry(*phones.line(phone.channel).told(news))
            moved += 1
    return moved


def _settle(message_id: UUID, fate: Fate) -> None:
    PhoneMessage.objects.filter(pk=message_id, tick=Tick.SENT).update(
        tick=Tick.FAILED if fate.code else Tick.DELIVERED
    )


def _tell_all(channel: Channel, taken: Taken, fate: Fate) -> None:
    """Every state at once, twice and in the wrong order where that was asked for."""
    states = ["sent", "failed" if fate.code else "delivered"]
    states = states[::-1] if fate.shuffled else states
    told = [state for state in states for _time in range(2 if fate.twice else 1)]
    for place, state in enumerate(told):
        _tell(channel, taken, state, SENT_AFTER + place * 0.3, fate.code if state == "failed" else "")


def _tell(channel: Channel, taken: Taken, state: str, wait: float, code: str = "") -> None:
    news = News(taken.id, state, now(), taken.to, taken.callback or taken.opaque, code)
    hooks.carry(*phones.line(channel).told(news), wait=wait)
