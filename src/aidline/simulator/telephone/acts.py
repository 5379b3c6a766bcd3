"""What is done on a phone of the page, in an agent's browser, and by the clock."""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from uuid import UUID

from django.db.models import Q

from aidline.channels.models import Channel
from aidline.kernel.clock import now
from aidline.simulator.lookalikes.twiml import Verb, read
from aidline.simulator.models import Phone, PracticeCall
from aidline.simulator.states import CallState, Way
from aidline.simulator.telephone import following, leaving, naming, recordings, rooms, telling
from aidline.simulator.telephone.rows import Then, begin, change, live_of

KEYS = frozenset("0123456789*#")
EMPTY = Verb("Dial")


class OnTheLine(Exception):
    """This phone has a call already."""


# --- on a phone -------------------------------------------------------------------------------------------


def call_us(phone: Phone, channel: Channel | None = None) -> PracticeCall:
    """The number of the channel is dialled."""
    before = live_of(phone)
    if before and not before.ended_at:
        raise OnTheLine
    put_away(phone)
    call = begin(channel or phone.channel, Way.IN, phone.address, phone=phone)
    call.state = CallState.RINGING
    call.save(force_insert=True)
    change(call.pk, lambda one: following.ask(one, naming.answer_url(one.channel)))
    return call


def press(call: PracticeCall, keys: str) -> bool:
    pressed = [key for key in keys[:32] if key in KEYS]
    return all(change(call.pk, partial(following.press, key=key)) for key in pressed)


def speak(call: PracticeCall, voice: bytes, *, hung_up: bool = False) -> bool:
    """What is said after the tone."""
    kept = change(call.pk, lambda one: recordings.spoken(one, voice, hung_up=hung_up))
    return change(call.pk, leaving.hang_up) if hung_up else kept


def skip(call: PracticeCall) -> bool:
    return change(call.pk, following.skip)


def hang_up(call: PracticeCall) -> bool:
    return change(call.pk, leaving.hang_up)


def decline(call: PracticeCall) -> bool:
    return change(call.pk, lambda one: leaving.hang_up(one, CallState.BUSY) if _rings(one) else None)


def answer(call: PracticeCall) -> bool:
    return change(call.pk, _answer)


def _rings(call: PracticeCall) -> bool:
    return call.way == Way.OUT and call.state in (CallState.QUEUED, CallState.RINGING)


def _answer(call: PracticeCall) -> list[Then] | None:
    if not _rings(call):
        return None
    call.state, call.answered_at, call.due_at = CallState.GOING, now(), None
    return [*telling.state(call), *_begins(call)]


def _begins(call: PracticeCall) -> list[Then]:
    """What was ordered with the call: a room, a document, an address that is asked, or somebody who waits."""
    ordered = naming.program(call)
    if "conference" in ordered:
        call.program = {**ordered, "doing": EMPTY.packed(), "rest": []}
        return rooms.join(call, EMPTY, Verb.unpacked(ordered["conference"]))  # type: ignore[arg-type]
    if ordered.get("twiml"):
        return following.follow(call, read(str(ordered["twiml"]).encode()))
    if ordered.get("answer_url"):
        return following.ask(call, str(ordered["answer_url"]))
    return []


def put_away(phone: Phone) -> None:
    """The end of the last call was seen."""
    PracticeCall.objects.filter(phone=phone, ended_at__isnull=False, put_away=False).update(put_away=True)


# --- in a browser -----------------------------------------------------------------------------------------


def connect(channel: Channel, identity: str, parameters: Mapping[str, str]) -> PracticeCall:
    call = begin(channel, Way.CLIENT, f"client:{identity}")
    call.state = CallState.RINGING
    call.save(force_insert=True)
    url = naming.voice_url(channel, "softphone")
    change(call.pk, lambda one: following.ask(one, url, parameters))
    return call


# --- the clock --------------------------------------------------------------------------------------------


def tick() -> None:
    """What became due; asked by open pages, so that nothing is forgotten by a restart."""
    late = now() - timedelta(seconds=1)  # who waits in memory comes first
    due = PracticeCall.objects.filter(Q(due_at__lte=late), ended_at=None)
    for call_id in list(due.values_list("pk", flat=True)[:20]):
        change(call_id, following.on_time)


def due_now(call_id: UUID) -> bool:
    return change(call_id, following.on_time)
