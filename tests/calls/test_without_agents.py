"""Lines on which nobody can be put through: no promise that nobody keeps, and nobody who is not seen."""

from datetime import timedelta

import pytest

from aidline.calls.models import Call, Callback, Offer
from aidline.calls.states import CallbackState, Ending, OfferState, Stage
from aidline.channels.contract.voice import CallRequest, Enqueue, Gather, Hangup, Record, Say, Script, Way
from aidline.channels.services import create_channel
from aidline.conversations.models import Conversation, Message
from aidline.conversations.queries import QueueFilter, queue
from aidline.conversations.services import close, raise_urgency
from aidline.conversations.states import Outcome
from aidline.gateway import call_tending, calling, sites
from aidline.gateway.sites import Site, site_of
from aidline.kernel.clock import now
from calls.stage import AMAL, House
from calls.test_turns import line
from payloads.africastalking import CONFIG

pytestmark = pytest.mark.django_db


class Caller:
    """On a line of Africa's Talking: neither rooms nor a telephone in the browser."""

    def __init__(self, site: Site, number: str = AMAL, name: str = "ATVId_1") -> None:
        self.site, self.number, self.name = site, number, name
        self.script: Script = ()

    def _request(self, **more: object) -> CallRequest:
        return CallRequest(self.name, Way.IN, caller=self.number, **more)  # type: ignore[arg-type]

    @property
    def call(self) -> Call:
        return Call.objects.latest("began_at")

    def dial(self) -> "Caller":
        self.script = calling.answer(self.site, self._request())
        return self

    def turn(self, **more: object) -> "Caller":
        call = self.call
        self.script = calling.turn(self.site, self._request(**more), call.pk, call.step)
        return self

    def press(self, keys: str) -> "Caller":
        return self.turn(digits=keys)

    def speak(self) -> "Caller":
        return self.turn(recording=f"https://voice.example/{self.name}.mp3", recorded_seconds=9)

    def hang_up(self) -> "Caller":
        return self.turn(ended=True)

    @property
    def heard(self) -> str:
        verbs = [one for verb in self.script for one in (*getattr(verb, "prompts", ()), verb)]
        return " ".join(verb.text for verb in verbs if isinstance(verb, Say))

    def last(self) -> object:
        return self.script[-1]


@pytest.fixture
def caller(house: House) -> Caller:
    channel = create_channel(
        by=None, centre=house.centre, provider="africastalking", name="Line", config=CONFIG
    )
    line(house)
    site = site_of(channel.pk)
    assert not site.connects
    site.line.emergency_numbers = ["112"]
    return Caller(site)


def test_who_asks_for_a_person_hears_the_truth_and_leaves_a_message(caller: Caller) -> None:
    caller.dial().press("1")
    assert "Nobody can take calls on this number." in caller.heard
    assert "press 2" not in caller.heard
    assert isinstance(caller.last(), Record)
    caller.speak().hang_up()
    conversation = Conversation.objects.get()
    assert caller.call.ending == Ending.MESSAGE_LEFT
    assert conversation.waiting_since
    assert conversation.due_at
    assert Message.objects.filter(kind="call_nobody").count() == 1
    assert not Callback.objects.exists()


def test_who_leaves_none_is_seen_all_the_same(caller: Caller) -> None:
    caller.dial().press("1").hang_up()
    conversation = Conversation.objects.get()
    assert (caller.call.ending, conversation.state) == (Ending.ABANDONED, "o")
    assert conversation.waiting_since
    assert conversation.due_at


def test_a_no_to_the_recording_promises_no_call(caller: Caller) -> None:
    caller.site.line.records_voicemail_after_yes = True
    caller.dial().press("1")
    assert "May we record" in caller.heard
    caller.press("2")
    assert "Nobody can call you" in caller.heard
    assert isinstance(caller.last(), Hangup)
    caller.hang_up()
    assert Conversation.objects.get().waiting_since
    assert not Callback.objects.exists()


@pytest.mark.parametrize("at_consent", [False, True])
def test_in_danger_the_message_goes_before_all_others(house: House, caller: Caller, at_consent: bool) -> None:
    house.waiting_caller("+447700900124").hang_up()
    house.work()
    caller.site.line.records_voicemail_after_yes = at_consent
    caller.dial()
    if at_consent:
        caller.press("1")
    caller.press("*")
    assert "1 1 2" in caller.heard
    assert caller.call.risk == "imminent"
    assert caller.call.stage == Stage.FLOW
    if at_consent:
        caller.press("1")
    assert isinstance(caller.last(), Record)
    caller.speak().hang_up()
    first = queue(house.mira.seat, QueueFilter.read({}))[0].conversation
    assert (first.pk, first.urgency) == (caller.call.conversation_id, 3)
    assert Message.objects.filter(kind="call_danger").count() == 1


def test_asking_again_is_no_goodbye_before_a_message(caller: Caller) -> None:
    """Whatever is pressed, a message is offered, and it ends."""
    caller.dial().press("1")
    for _ in range(6):
        if isinstance(caller.last(), Hangup):
            break
        assert not isinstance(caller.last(), Enqueue)
        caller.press("0")
    assert isinstance(caller.last(), Hangup | Gather | Record)
    caller.hang_up()
    assert Conversation.objects.get().waiting_since


def switched(house: House) -> None:
    """The settings of the line changed: it takes calls, and nobody can be put through any more."""
    house.channel.provider = "africastalking"
    house.channel.config = CONFIG
    house.channel.save()
    sites.forget()


def test_a_promised_call_that_nobody_can_make_waits_for_an_answer(house: House) -> None:
    house.mira.is_there()
    house.waiting_caller().press("2").hang_up()
    house.work()
    asked = Callback.objects.get()
    assert Offer.objects.filter(callback=asked, state=OfferState.PENDING).count() == 1
    switched(house)
    call_tending.tend()
    asked.refresh_from_db()
    conversation = Conversation.objects.get()
    assert asked.state == CallbackState.GIVEN_UP
    assert not Offer.objects.filter(state=OfferState.PENDING).exists()
    assert conversation.waiting_since == asked.asked_at
    assert conversation.due_at
    assert Message.objects.filter(kind="call_cannot").count() == 1


def test_who_goes_on_elsewhere_meanwhile_waits_there(house: House) -> None:
    """Of one number only one conversation is open, and a promise must not end in a fault."""
    house.waiting_caller().press("2").hang_up()
    before = Conversation.objects.get()
    close(by=house.sol.staff, conversation=before, topic=None, outcome=Outcome.ANSWERED)
    Conversation.objects.update(closed_at=now() - timedelta(days=60))
    house.phone().dial()
    newer = Conversation.objects.exclude(pk=before.pk).get()
    house.exchange.lines.clear()
    Call.objects.exclude(stage=Stage.OVER).update(stage=Stage.OVER)
    switched(house)
    call_tending.tend()
    newer.refresh_from_db()
    before.refresh_from_db()
    assert newer.waiting_since
    assert before.state == "c"


def test_a_line_that_stops_connecting_lets_nobody_wait_for_ever(house: House, caller: Caller) -> None:
    call = house.waiting_caller("+447700900124") and Call.objects.latest("began_at")
    Call.objects.filter(pk=call.pk).update(channel=caller.site.channel)
    script = calling.turn(caller.site, CallRequest("x", Way.IN), call.pk, call.step)
    assert isinstance(script[-1], Record)
    call.refresh_from_db()
    assert call.stage == Stage.FLOW


def test_urgency_only_rises_until_it_is_finished(house: House) -> None:
    house.waiting_caller().hang_up()
    house.work()
    conversation = Conversation.objects.get()
    for risk, urgency in (("high", 2), ("medium", 2), ("", 2), ("imminent", 3)):
        raise_urgency(conversation, risk)
        conversation.refresh_from_db()
        assert conversation.urgency == urgency
    close(by=house.sol.staff, conversation=conversation, topic=None, outcome=Outcome.ANSWERED)
    conversation.refresh_from_db()
    assert conversation.urgency == 0
