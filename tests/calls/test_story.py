"""The whole story of a call: answered, asked, queued, taken, held, passed on, ended."""

import re
from pathlib import Path

import pytest

from aidline import calls
from aidline.calls.models import Call, Leg, Offer
from aidline.calls.states import Ending, LegState, Stage
from aidline.channels.contract.voice import Part
from aidline.conversations.models import Conversation, Message
from aidline.desk.inbox import wording
from aidline.gateway import talking
from calls.stage import AMAL, House

pytestmark = pytest.mark.django_db(transaction=True)


def events(call: Call) -> list[str]:
    rows = Message.objects.filter(conversation=call.conversation, direction="e").order_by("seq")
    return list(rows.values_list("kind", flat=True))


def test_a_caller_is_answered_chooses_waits_is_taken_and_both_talk(house: House) -> None:
    phone = house.phone().dial()
    assert "press 1" in phone.last
    phone.press("1")
    call = Call.objects.get()
    assert (call.stage, call.language, call.wanted_language) == (Stage.QUEUED, "en", "en")
    assert "You are next." in phone.last
    assert "We do not know how long it will take." in phone.last

    house.mira.is_there()
    house.work()
    assert house.mira.rings()
    browser = house.mira.accept()
    assert browser
    assert browser.room == str(call.pk)
    house.work()
    assert phone.room == str(call.pk)
    call.refresh_from_db()
    assert call.stage == Stage.CONNECTED
    assert call.answered_by == house.mira.membership
    assert set(Leg.objects.values_list("part", "state")) == {
        (Part.CALLER, LegState.JOINED),
        (Part.AGENT, LegState.JOINED),
    }
    conversation = Conversation.objects.get()
    assert conversation.assignee == house.mira.membership

    talking.leave(house.mira.seat, call)
    browser.hang_up()
    house.work()
    call.refresh_from_db()
    assert (call.stage, call.ending) == (Stage.OVER, Ending.ANSWERED)
    assert phone.over
    assert events(call) == ["call_in", "call_taken", "given", "call_ended"]
    assert not Leg.objects.exclude(state=LegState.LEFT).exists()


def test_the_caller_hangs_up_while_talking(house: House) -> None:
    phone, call = house.talk()
    phone.hang_up()
    house.work()
    call.refresh_from_db()
    assert (call.stage, call.ending) == (Stage.OVER, Ending.ANSWERED)
    assert house.mira.browser
    assert not house.mira.browser.room


def test_who_writes_and_calls_is_one_person(house: House) -> None:
    house.exchange.tell(MessageSid="SM1", From=AMAL, To="+447700900610", Body="hello", NumMedia="0")
    house.work()
    house.phone().dial()
    assert Conversation.objects.count() == 1
    assert Offer.objects.count() == 0


def test_everything_that_a_call_leaves_in_its_conversation_has_words() -> None:
    """Kinds are written as plain words wherever something happens; a line without words would not be seen."""
    source = Path(calls.__file__).parents[1]
    written = {
        kind
        for folder in ("calls", "gateway")
        for file in source.joinpath(folder).glob("*.py")
        for kind in re.findall(r'(?:note|line|note_event)\([^()]*"(call_\w+)"', file.read_text())
        + re.findall(r'"(call_(?:missed|ended|record))"', file.read_text())
    }
    assert len(written) > 15
    for kind in sorted(written):
        assert len(kind) <= 12, kind
        assert wording.event(Message(kind=kind), {"ending": "answered"}, {}), kind
