"""Agents and callers who vanish, requests that come twice or too late, two who press at once."""

import threading
from datetime import timedelta

import pytest
from django.db import connections

from aidline.calls.models import Call, Callback, Leg, Offer
from aidline.calls.states import Ending, LegState, OfferState, Stage
from aidline.channels.contract.voice import Part
from aidline.channels.models import Delivery
from aidline.conversations.models import Message
from aidline.gateway import call_tending, talking
from aidline.kernel.clock import now
from calls.exchange import Phone
from calls.stage import House
from calls.test_turns import close, voice

pytestmark = pytest.mark.django_db


def later(seconds: int = 30) -> None:
    Call.objects.exclude(stage=Stage.OVER).filter(stage=Stage.LEFT).update(
        turn_at=now() - timedelta(seconds=seconds)
    )
    Leg.objects.filter(state=LegState.INVITED).update(since=now() - timedelta(seconds=seconds))


def test_an_agent_is_lost_and_the_caller_is_next(house: House) -> None:
    phone, call = house.talk()
    since = Call.objects.get().wait_since
    assert house.mira.browser
    house.waiting_caller("+447700900124")
    house.mira.browser.hang_up()
    house.work()
    assert Call.objects.get(pk=call.pk).stage == Stage.LEFT
    later()
    house.work()
    call.refresh_from_db()
    assert (call.stage, call.front, call.wait_since) == (Stage.QUEUED, True, since)
    assert "You are next." in phone.last
    house.noor.is_there()
    house.work()
    offer = house.noor.rings()
    assert offer
    assert offer.call == call
    assert house.noor.accept()
    house.work()
    assert phone.room == str(call.pk)


def test_nobody_stays_in_a_room_in_which_nobody_answers_for_the_call(house: House) -> None:
    """Found by walking: whoever took over left before we knew that they were there."""
    phone, call = house.talk()
    Leg.objects.filter(call=call, part=Part.AGENT).update(part=Part.BARGER)
    Call.objects.filter(pk=call.pk).update(turn_at=now() - timedelta(minutes=1))
    house.work()
    assert Call.objects.get(pk=call.pk).stage == Stage.LEFT
    later()
    house.work()
    assert Call.objects.get(pk=call.pk).stage == Stage.QUEUED
    assert phone.room == ""


def test_who_lost_their_agent_and_gives_up_waiting_is_missed(house: House) -> None:
    """Answered once is not helped: they wait for somebody who calls back."""
    phone, call = house.talk()
    assert house.mira.browser
    house.mira.browser.hang_up()
    house.work()
    later()
    house.work()
    phone.hang_up()
    house.work()
    call.refresh_from_db()
    call.conversation.refresh_from_db()
    assert (call.stage, call.ending) == (Stage.OVER, Ending.ABANDONED)
    assert call.conversation.waiting_since
    assert Message.objects.filter(kind="call_missed").exists()


def test_hanging_up_in_the_browser_first_is_no_loss(house: House) -> None:
    phone, call = house.talk()
    assert house.mira.browser
    house.mira.browser.hang_up()
    house.work()
    call.refresh_from_db()
    talking.leave(house.mira.seat, call)
    house.work()
    call.refresh_from_db()
    assert (call.stage, call.ending) == (Stage.OVER, Ending.ANSWERED)
    assert phone.over


def test_an_agent_whose_browser_never_comes(house: House) -> None:
    house.mira.is_there()
    phone = house.waiting_caller()
    offer = house.mira.rings()
    assert offer
    talking.accept(house.mira.seat, offer.pk)
    house.work()
    assert phone.room
    later()
    house.work()
    later()
    house.work()
    assert Call.objects.get().stage == Stage.QUEUED
    assert not phone.room
    assert not Leg.objects.exclude(state=LegState.LEFT).exists()


STEPS = (
    "ringing",
    "asked",
    "waiting",
    "offered",
    "taken",
    "talking",
    "held",
    "leaving a message",
    "called back",
)


@pytest.mark.parametrize("step", STEPS)
def test_a_caller_is_lost_at_any_step_and_nothing_is_left_behind(house: House, step: str) -> None:
    house.mira.is_there() if step in ("offered", "taken", "talking", "held") else None
    phone = house.phone().dial()
    if step != "asked":
        phone.press("1")
    if step == "leaving a message":
        phone.press("1")
    if step in ("taken", "talking", "held"):
        house.mira.accept()
    if step in ("talking", "held"):
        house.work()
    call = Call.objects.get()
    if step == "held":
        talking.hold(house.mira.seat, call, True)
        house.work()
    if step == "called back":
        phone.press("2")
    phone.hang_up()
    house.work()
    call.refresh_from_db()
    assert call.stage == Stage.OVER
    assert call.ending
    assert not Leg.objects.exclude(state=LegState.LEFT).exists()
    assert not Offer.objects.filter(state=OfferState.PENDING).exists()


def test_every_request_may_come_twice(house: House) -> None:
    """The same answer, and nothing is applied a second time."""
    house.mira.is_there()
    phone = house.phone().dial()
    assert phone.again()
    assert Call.objects.count() == 1
    first = phone.verb
    phone.press("1")
    assert first is not None
    call = Call.objects.get()
    again = phone.again()
    assert b"Gather" in again
    call.refresh_from_db()
    assert call.stage == Stage.QUEUED
    phone.press("2")
    for _ in range(3):
        phone.again()
    assert Callback.objects.count() == 1
    assert Message.objects.filter(kind="call_asked").count() == 1


def test_a_late_key_changes_nothing(house: House) -> None:
    phone = house.phone().dial()
    assert phone.verb is not None
    early = phone.verb.attrib["action"]
    phone.press("1")
    step = Call.objects.get().step
    phone.ask(early, Digits="2")
    call = Call.objects.get()
    assert (call.step, call.stage) == (step, Stage.QUEUED)
    assert phone.verb is not None
    assert phone.verb.attrib["action"].endswith(f"at={step}")


def test_a_key_pressed_while_an_agent_says_yes(house: House) -> None:
    house.mira.is_there()
    phone = house.waiting_caller()
    offer = house.mira.rings()
    assert offer
    talking.accept(house.mira.seat, offer.pk)
    phone.press("2")
    call = Call.objects.get()
    assert phone.room == str(call.pk)
    assert not Callback.objects.exists()


def test_callbacks_in_any_order_and_twice(house: House) -> None:
    phone, call = house.talk()
    talking.leave(house.mira.seat, call)
    house.work()
    before = Call.objects.values().get(), list(Leg.objects.order_by("pk").values())
    house.exchange.bring(*(body + b"&Again=1" for body in reversed(house.exchange.told)))
    house.work()
    assert (Call.objects.values().get(), list(Leg.objects.order_by("pk").values()))[0] == before[0]
    assert phone.over
    assert Message.objects.filter(kind="call_ended").count() == 1


def test_left_before_joined(house: House) -> None:
    """The provider's own count decides, not the order in which it tells."""
    house.mira.is_there()
    house.waiting_caller()
    browser = house.mira.accept()
    assert browser
    browser.hang_up(told=False)
    Delivery.objects.all().delete()
    house.exchange.bring(*reversed(house.exchange.told))
    house.work()
    assert Leg.objects.get(part="agent").state == LegState.LEFT


def test_a_message_whose_caller_we_never_knew_is_kept(house: House) -> None:
    """The database was away when they called: only the recording was told of, by the hook."""
    close(house)
    house.exchange.sound = voice()
    stranger = Phone(house.exchange, "")
    stranger.recording = "RE" + "7" * 32
    stranger.tell_of_recording(9)
    house.work()
    message = Message.objects.get(direction="i")
    assert message.conversation.waiting_since
    assert Call.objects.get().stage == Stage.OVER


@pytest.mark.django_db(transaction=True)
def test_of_two_who_accept_at_once_one_has_the_call(house: House) -> None:
    """Two offers of one call cannot be; two acceptances of one offer, from two windows, can."""
    house.mira.is_there()
    house.waiting_caller()
    offer = house.mira.rings()
    assert offer
    found: list[object] = []
    gate = threading.Barrier(2, timeout=10)

    def press() -> None:
        gate.wait()
        try:
            found.append(talking.accept(house.mira.seat, offer.pk))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert sum(one is not None for one in found) == 1
    assert Leg.objects.filter(part="agent").count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_first_request_twice_at_once_is_one_call(house: House) -> None:
    phones = [house.phone(), house.phone()]
    phones[1].sid = phones[0].sid
    gate = threading.Barrier(2, timeout=10)

    def dial(phone: Phone) -> None:
        gate.wait()
        try:
            phone.dial()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=dial, args=(phone,)) for phone in phones]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert Call.objects.count() == 1
    assert all("press 1" in phone.last for phone in phones)


def test_tending_an_empty_house_asks_little(house: House, django_assert_max_num_queries: object) -> None:
    with django_assert_max_num_queries(10):  # type: ignore[operator]
        call_tending.tend()
