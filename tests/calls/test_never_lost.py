"""What a provider refuses, forgets or tells late costs nobody their call or their words."""

from datetime import timedelta

import pytest

from aidline.calls.callbacks import ask_back
from aidline.calls.models import Call, Callback, Leg, Recording
from aidline.calls.recordings import ask_again
from aidline.calls.states import CallbackState, Ending, LegState, Stage
from aidline.conversations.models import Attachment, Conversation, Message
from aidline.gateway import call_tending, inbound, talking
from aidline.kernel.clock import now
from calls.exchange import Phone
from calls.stage import AMAL, House
from calls.test_turns import close, voice

pytestmark = pytest.mark.django_db


# --- recordings ------------------------------------------------------------------------------------------


def left_message(house: House, number: str = AMAL) -> Phone:
    close(house)
    phone = house.phone(number).dial().press("1").speak(12)
    phone.hang_up()
    return phone


@pytest.mark.parametrize("trouble", ["refused", "unreadable"])
def test_what_could_not_be_brought_stays_at_the_provider_until_it_is_here(house: House, trouble: str) -> None:
    house.exchange.sound = voice() if trouble == "refused" else b"\x00\x01\x02" * 9
    if trouble == "refused":
        house.exchange.fails = {".wav": 403}
    phone = left_message(house)
    house.work()
    assert house.exchange.deleted == []
    assert Attachment.objects.get().state == Attachment.State.FAILED
    house.exchange.fails, house.exchange.sound = {}, voice()
    Recording.objects.update(made_at=now() - timedelta(hours=1))
    assert ask_again() == 1
    house.work()
    assert Attachment.objects.get().state == Attachment.State.READY
    assert house.exchange.deleted == [phone.recording]


def test_a_long_call_is_not_too_large(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    from aidline.gateway import cleaning

    monkeypatch.setattr(cleaning, "LARGEST", 1000)
    house.exchange.sound = voice()
    left_message(house)
    house.work()
    assert Attachment.objects.get().state == Attachment.State.READY


def test_a_recording_of_no_call_told_twice_is_one_message(house: House) -> None:
    house.exchange.sound = voice()
    stranger = Phone(house.exchange, "")
    stranger.sid, stranger.recording = "", "RE" + "7" * 32
    stranger.tell_of_recording(9)
    house.work()
    house.exchange.bring(house.exchange.told[0] + b"&Again=1")
    house.work()
    assert Message.objects.filter(direction="i").count() == 1
    from aidline.channels.models import Delivery

    assert not Delivery.objects.exclude(state=Delivery.State.DONE).exists()


def test_the_address_told_late_is_taken_while_the_file_is_not_here(house: House) -> None:
    house.exchange.fails = {".wav": 404}
    close(house)
    phone = house.phone().dial().press("1").speak(12, told=False)
    phone.hang_up()
    Recording.objects.update(made_at=now() - timedelta(hours=1))
    from aidline.calls.recordings import tell_of_lost

    assert tell_of_lost() == 1
    house.work()
    house.exchange.fails, house.exchange.sound = {}, voice()
    phone.tell_of_recording(12)
    house.work()
    assert Attachment.objects.get().state == Attachment.State.READY
    assert Message.objects.filter(direction="i").count() == 1


def test_a_message_in_a_conversation_that_a_flow_answers_waits_for_people(house: House) -> None:
    house.exchange.sound = voice()
    left_message(house)
    house.work()
    Conversation.objects.update(in_flow=True, waiting_since=None, queued_since=None, due_at=None)
    house.phone().dial().press("1").speak(12).hang_up()
    house.work()
    conversation = Conversation.objects.get()
    assert not conversation.in_flow
    assert conversation.waiting_since
    assert conversation.queued_since


def test_a_missed_call_in_a_conversation_that_a_flow_answers_waits_for_people(house: House) -> None:
    house.waiting_caller().hang_up()
    house.work()
    Conversation.objects.update(in_flow=True, waiting_since=None, queued_since=None)
    house.waiting_caller().hang_up()
    house.work()
    assert not Conversation.objects.get().in_flow


# --- callers ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [401, 403, 400])
def test_a_caller_who_cannot_be_fetched_comes_into_the_room_by_themselves(house: House, status: int) -> None:
    """Our key is refused: the line of the person is as open as ever."""
    house.mira.is_there()
    phone = house.waiting_caller()
    house.exchange.fails = {"Calls/": status}
    assert house.mira.accept()
    house.work()
    assert Call.objects.get().stage == Stage.CONNECTED
    phone.wait()
    assert phone.room == str(Call.objects.get().pk)


def test_a_caller_whose_line_is_closed_already_is_over(house: House) -> None:
    house.mira.is_there()
    phone = house.waiting_caller()
    phone.hang_up(told=False)
    assert house.mira.accept()
    house.work()
    assert Call.objects.get().stage == Stage.OVER


def test_who_was_called_and_lost_the_agent_can_leave_a_message(house: House) -> None:
    house.mira.is_there()
    ticket = talking.dial_out(house.mira.seat, house.channel.pk, number=AMAL)
    browser = house.mira.connect(ticket)
    house.work()
    phone = next(one for one in house.exchange.lines.values() if one.number == AMAL).pick_up()
    house.work()
    browser.hang_up()
    house.work()
    Call.objects.filter(stage=Stage.LEFT).update(turn_at=now() - timedelta(seconds=30))
    house.work()
    assert Call.objects.get().stage == Stage.QUEUED
    phone.press("1")
    assert phone.verb is not None
    assert phone.verb.tag == "Record"
    assert "cannot connect" not in phone.last


def test_nobody_is_taken_for_gone_while_news_wait_to_be_read(house: House) -> None:
    """The worker was away: who joined meanwhile is in the room all the same."""
    house.mira.is_there()
    phone = house.waiting_caller()
    assert house.mira.accept()
    phone.redirected = ""
    phone.wait()
    Leg.objects.update(since=now() - timedelta(seconds=90))
    Call.objects.update(turn_at=now() - timedelta(seconds=90))
    call_tending.tend()
    assert not Leg.objects.filter(state=LegState.LEFT).exists()
    assert Call.objects.get().stage == Stage.CONNECTED
    inbound.drain()
    assert Leg.objects.filter(state=LegState.JOINED).count() == 2


def test_a_third_who_is_not_wanted_any_more_does_not_come_in(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, call = house.talk()
    assert talking.add_third(house.mira.seat, call, "+447700900199")
    from aidline.calls import legs
    from aidline.channels.providers.twilio import Twilio

    invite = Twilio.invite

    def slowly(*given: object, **more: object) -> str:
        named = invite(*given, **more)  # type: ignore[arg-type]
        legs.leave(Leg.objects.get(part="third"))
        return named

    monkeypatch.setattr(Twilio, "invite", slowly)
    house.work()
    third = next(one for one in house.exchange.lines.values() if one.number == "+447700900199")
    assert third.over


# --- what agents rely on ---------------------------------------------------------------------------------


def test_a_recording_that_goes_on_is_not_shown_as_paused(house: House) -> None:
    _, call = house.talk()
    Call.objects.filter(pk=call.pk).update(recording_on=True)
    call.refresh_from_db()
    house.exchange.fails = {"Recordings": 403}
    assert talking.pause_recording(house.mira.seat, call, True)
    house.work()
    call.refresh_from_db()
    assert not call.recording_paused


def test_asking_to_be_called_back_again_never_lowers_the_risk(house: House) -> None:
    house.waiting_caller().press("2")
    Callback.objects.update(risk="imminent")
    call = Call.objects.get()
    call.risk = "medium"
    ask_back(call)
    assert Callback.objects.get().risk == "imminent"
    Callback.objects.update(risk="")
    ask_back(call)
    assert Callback.objects.get().risk == "medium"


def test_a_whisper_follows_the_agent(house: House) -> None:
    """Whoever coaches somebody who has left would be heard by all."""
    from aidline.channels.contract.voice import Part

    _, call = house.talk()
    ticket = talking.supervise(house.sol.seat, call, Part.WHISPERER)
    assert ticket
    house.sol.connect(ticket)
    house.work()
    house.noor.is_there()
    assert talking.transfer(house.mira.seat, call, house.noor.membership)
    browser = house.noor.accept()
    assert browser
    house.exchange.asked.clear()
    house.work()
    coached = [form["CallSidToCoach"] for _, _, form in house.exchange.asked if "CallSidToCoach" in form]
    assert coached[-1] == [browser.sid]


# --- who pays --------------------------------------------------------------------------------------------

COSTLY = "+881612345678"


def test_a_caller_from_a_costly_number_is_not_called_back_on_it(house: House) -> None:
    phone = house.waiting_caller(COSTLY).press("2")
    assert not Callback.objects.exists()
    assert "On which number" in phone.last
    phone.press("07700900123")
    assert Callback.objects.get().number == AMAL


def test_nothing_is_dialled_that_may_not_be(house: House) -> None:
    """Whichever way the number came: the last look is where it is dialled."""
    house.waiting_caller(AMAL).press("2").hang_up()
    house.work()
    callback = Callback.objects.get()
    callback.number = COSTLY
    callback.save()
    house.mira.is_there()
    house.work()
    assert house.mira.accept()
    house.work()
    assert not [form for _, path, form in house.exchange.asked if path == "Calls.json"]
    assert Call.objects.latest("began_at").ending == Ending.FAILED


def test_the_fuse_holds_for_calls_back_too(house: House) -> None:
    from calls.test_turns import line

    line(house, calls_a_day=0)
    house.waiting_caller(AMAL).press("2").hang_up()
    house.mira.is_there()
    house.work()
    assert house.mira.accept()
    house.work()
    assert not [form for _, path, form in house.exchange.asked if path == "Calls.json"]
    assert Callback.objects.get().state == CallbackState.WAITING
