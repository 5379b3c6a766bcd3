"""What agents and supervisors do in a call, and who may not."""

from datetime import timedelta
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

import pytest
from django.http import Http404
from django.test import Client

from aidline.audit.models import Entry
from aidline.calls.models import Call, Callback, Leg, Offer
from aidline.calls.queueing import position, waiting_calls
from aidline.calls.states import CallbackState, Ending, LegState, OfferState, Stage
from aidline.channels.contract.voice import Part
from aidline.conversations.models import Attachment, Conversation, Message
from aidline.conversations.queries import QueueFilter, queue
from aidline.desk.calls import wording as wording_of_calls
from aidline.desk.inbox import wording
from aidline.gateway import sites, talking
from aidline.gateway.sites import site_of
from aidline.kernel.clock import now
from aidline.routing.models import Presence
from aidline.routing.states import PresenceState
from calls.exchange import ACCOUNT, Phone
from calls.stage import House
from calls.test_turns import line, voice

pytestmark = pytest.mark.django_db


def legs() -> dict[str, str]:
    return dict(Leg.objects.exclude(state=LegState.LEFT).values_list("part", "state"))


def fresh(call: Call) -> Call:
    call.refresh_from_db()
    return call


def test_hold_and_back(house: House) -> None:
    phone, call = house.talk()
    assert talking.hold(house.mira.seat, call, True)
    house.work()
    changes = [form for method, path, form in house.exchange.asked if f"Participants/{phone.sid}" in path]
    assert changes[-1]["Hold"] == ["true"]
    assert legs()["caller"] == LegState.HELD
    talking.hold(house.mira.seat, call, False)
    house.work()
    assert house.exchange.asked[-1][2]["Hold"] == ["false"]


def test_a_warm_transfer_while_a_supervisor_whispers(house: House) -> None:
    phone, call = house.talk()
    ticket = talking.supervise(house.sol.seat, call, Part.LISTENER)
    assert ticket
    house.sol.connect(ticket)
    house.work()
    assert talking.change_part(house.sol.seat, call, Part.WHISPERER)
    house.work()
    assert house.mira.browser
    assert house.exchange.asked[-1][2]["CallSidToCoach"] == [house.mira.browser.sid]

    house.noor.is_there()
    assert talking.consult(house.mira.seat, call, house.noor.membership)
    assert house.noor.accept()
    house.work()
    assert legs() == {"caller": "held", "agent": "joined", "consult": "joined", "whisperer": "joined"}
    assert talking.finish_transfer(house.mira.seat, call)
    house.work()
    assert legs() == {"caller": "joined", "agent": "joined", "whisperer": "joined"}
    assert fresh(call).answered_by == house.noor.membership
    assert Conversation.objects.get().assignee == house.noor.membership
    assert not house.mira.browser.room
    assert phone.room
    assert talking.call_of(house.mira.seat) is None
    talking.leave(house.noor.seat, call)
    house.work()
    assert fresh(call).stage == Stage.OVER
    assert legs() == {}
    assert set(Entry.objects.filter(action__startswith="call.").values_list("action", flat=True)) == {
        *("call.accept", "call.listener", "call.whisperer", "call.consult"),
        *("call.hand_over", "call.leave", "call.hold"),
    }


def test_a_consult_is_given_up(house: House) -> None:
    _, call = house.talk()
    house.noor.is_there()
    talking.consult(house.mira.seat, call, house.noor.membership)
    house.noor.accept()
    house.work()
    talking.give_up_transfer(house.mira.seat, call)
    house.work()
    assert legs() == {"caller": "joined", "agent": "joined"}
    assert fresh(call).answered_by == house.mira.membership


def test_a_cold_transfer_leaves_the_call_with_its_agent_until_it_is_taken(house: House) -> None:
    _, call = house.talk()
    house.noor.is_there()
    assert talking.transfer(house.mira.seat, call, house.noor.membership)
    offer = house.noor.rings()
    assert offer
    talking.reject(house.noor.seat, offer.pk)
    assert fresh(call).answered_by == house.mira.membership
    assert legs()["agent"] == LegState.JOINED
    assert talking.transfer(house.mira.seat, call, house.noor.membership)
    assert house.noor.accept()
    house.work()
    assert fresh(call).answered_by == house.noor.membership
    assert list(
        Leg.objects.filter(part="agent").exclude(state="left").values_list("membership", flat=True)
    ) == [house.noor.membership.pk]


def test_back_into_the_queue_keeps_the_place_and_rings_elsewhere(house: House) -> None:
    phone, call = house.talk()
    since = fresh(call).wait_since
    talking.transfer(house.mira.seat, call, None)
    house.work()
    assert (fresh(call).stage, call.wait_since) == (Stage.QUEUED, since)
    assert not phone.room
    talking.wrap_up(house.mira.seat)
    house.work()
    assert house.mira.rings() is None  # passed it on a moment ago
    house.noor.is_there()
    house.work()
    assert house.noor.rings()


def test_somebody_is_added_by_phone(house: House) -> None:
    _, call = house.talk()
    with pytest.raises(talking.CannotCall):
        talking.add_third(house.mira.seat, call, "+1 202 555 0100")
    assert talking.add_third(house.mira.seat, call, "07700 900 199")
    house.work()
    (third,) = [phone for phone in house.exchange.lines.values() if phone.number == "+447700900199"]
    third.join_room()
    house.work()
    assert legs()["third"] == LegState.JOINED
    talking.leave(house.mira.seat, call)
    house.work()
    assert fresh(call).stage == Stage.CONNECTED  # they talk on
    third.hang_up()
    house.work()


def test_a_recording_is_paused(house: House) -> None:
    line(house, records_calls=True, asks_consent=False)
    _, call = house.talk()
    assert fresh(call).recording_on
    assert talking.pause_recording(house.mira.seat, call, True)
    house.work()
    assert house.exchange.asked[-1][2]["Status"] == ["paused"]
    assert not talking.pause_recording(house.mira.seat, call, True)


def test_a_supervisor_takes_over(house: House) -> None:
    _, call = house.talk()
    ticket = talking.supervise(house.sol.seat, call, Part.BARGER)
    assert ticket
    house.sol.connect(ticket)
    house.work()
    assert talking.take_over(house.sol.seat, call)
    house.work()
    assert fresh(call).answered_by == house.sol.membership
    assert talking.call_of(house.mira.seat) is None
    assert legs() == {"caller": "joined", "agent": "joined"}


def test_listening_changes_nothing_for_anybody_else(house: House) -> None:
    _, call = house.talk()
    before = Call.objects.values().get()
    ticket = talking.supervise(house.sol.seat, call, Part.LISTENER)
    assert ticket
    house.sol.connect(ticket)
    talking.leave(house.sol.seat, call)
    house.work()
    assert Call.objects.values().get() == before


def test_agents_do_not_listen_in_and_others_see_nothing(house: House) -> None:
    _, call = house.talk()
    with pytest.raises(Http404):
        talking.supervise(house.noor.seat, call, Part.LISTENER)
    with pytest.raises(Http404):
        talking.hold(house.noor.seat, call, True)
    with pytest.raises(Http404):
        talking.access_call(house.mira.seat, uuid4())
    other = Offer.objects.get()
    with pytest.raises(Http404):
        talking.accept(house.noor.seat, other.pk)


def test_after_a_call_there_is_time_to_write_it_up(house: House) -> None:
    _, call = house.talk()
    house.waiting_caller("+447700900124")
    talking.leave(house.mira.seat, call)
    house.work()
    assert house.mira.rings() is None
    talking.wrap_up(house.mira.seat, call)
    assert house.mira.rings()


def test_two_missed_in_a_row_set_an_agent_to_away(house: House) -> None:
    house.mira.is_there()
    house.waiting_caller()
    for _ in range(2):
        house.work(rounds=1)
        Offer.objects.filter(state=OfferState.PENDING).update(deadline=now() - timedelta(seconds=1))
    house.work(rounds=1)
    assert Presence.objects.get().state == PresenceState.AWAY
    assert house.mira.rings() is None
    assert Call.objects.get().stage == Stage.QUEUED
    house.mira.is_there()
    house.work()
    assert house.mira.rings()


def test_who_missed_it_is_asked_again_only_if_nobody_else_is_there(house: House) -> None:
    house.mira.is_there()
    house.waiting_caller()
    house.noor.is_there()
    Offer.objects.filter(state=OfferState.PENDING).update(deadline=now() - timedelta(seconds=1))
    house.work(rounds=1)
    assert house.noor.rings()


# --- calls of ours ---------------------------------------------------------------------------------------


def test_an_agent_calls_somebody(house: House) -> None:
    house.phone().dial().hang_up()
    house.work()
    talk = Conversation.objects.get()
    ticket = talking.dial_out(house.mira.seat, house.channel.pk, conversation=talk)
    house.work()
    assert not [path for _, path, _ in house.exchange.asked if path == "Calls.json"]
    house.mira.connect(ticket)
    house.work()
    (phone,) = [one for one in house.exchange.lines.values() if one.answer_url]
    phone.pick_up()
    house.work()
    call = Call.objects.get(way="out")
    assert (call.stage, call.answered_by) == (Stage.CONNECTED, house.mira.membership)
    assert phone.room == str(call.pk)
    phone.hang_up()
    house.work()
    assert (fresh(call).stage, call.ending) == (Stage.OVER, Ending.ANSWERED)


def test_nobody_takes_up_the_receiver(house: House) -> None:
    house.mira.connect(talking.dial_out(house.mira.seat, house.channel.pk, number="07700 900188"))
    house.work()
    (phone,) = [one for one in house.exchange.lines.values() if one.answer_url]
    phone.end("no-answer")
    house.work()
    call = Call.objects.get()
    assert (call.stage, call.ending) == (Stage.OVER, Ending.NOT_REACHED)
    assert legs() == {}
    assert Message.objects.filter(kind="call_out").count() == 1


@pytest.mark.parametrize(
    ("number", "why"),
    [
        ("+1 202 555 0100", "country"),  # not the country of the centre
        ("+44 909 8790000", "extra"),  # premium
        ("+881 6 1234 5678", "extra"),  # satellite
        ("12", "not a telephone number"),
    ],
)
def test_costly_and_foreign_numbers_are_not_called(house: House, number: str, why: str) -> None:
    with pytest.raises(talking.CannotCall, match=why):
        talking.dial_out(house.mira.seat, house.channel.pk, number=number)
    assert not Call.objects.exists()


def test_a_line_may_be_let_call_more_countries_and_only_so_often(house: House) -> None:
    line(house, ways_out=["+1", "+44"], calls_a_day=1)
    talking.dial_out(house.mira.seat, house.channel.pk, number="+1 202 555 0100")
    with pytest.raises(talking.CannotCall, match="in a day"):
        talking.dial_out(house.noor.seat, house.channel.pk, number="+1 202 555 0101")


def test_what_may_have_rung_is_not_dialled_again(house: House) -> None:
    house.exchange.fails = {"Calls.json": 0}
    house.mira.connect(talking.dial_out(house.mira.seat, house.channel.pk, number="07700 900188"))
    for _ in range(4):
        house.work()
    asked = [path for method, path, _ in house.exchange.asked if path == "Calls.json"]
    assert len(asked) == 1
    call = Call.objects.get()
    assert call.unsure
    assert Message.objects.filter(kind="call_unsure").count() == 1
    talking.leave(house.mira.seat, call)
    assert (fresh(call).stage, fresh(call).ending) == (Stage.OVER, Ending.NOT_REACHED)


def test_what_may_have_rung_and_then_answers_is_talked_to(house: House) -> None:
    house.exchange.fails = {"Calls.json": 0}
    house.mira.connect(talking.dial_out(house.mira.seat, house.channel.pk, number="07700 900188"))
    house.work()
    call = Call.objects.get()
    late = Phone(house.exchange, "+447700900188", answer_url=site_of(house.channel.pk).now(call))
    late.pick_up()
    assert late.room == str(call.pk)
    assert fresh(call).stage == Stage.CONNECTED


def test_a_third_of_whom_nothing_is_known_can_be_let_go_and_does_not_come_in_later(house: House) -> None:
    _, call = house.talk()
    house.exchange.fails = {"Participants.json": 0}
    assert talking.add_third(house.mira.seat, call, "07700 900199")
    house.work()
    leg = Leg.objects.get(part=Part.THIRD)
    assert leg.unsure
    assert wording_of_calls.leg(leg) == "We do not know whether it rings"
    assert talking.drop_third(house.mira.seat, call)
    assert not talking.drop_third(house.mira.seat, call)
    house.exchange.fails = {}
    late = Phone(house.exchange, "+447700900199")
    house.exchange.lines[late.sid] = late
    late.room, late.label = str(call.pk), str(leg.pk)
    late.join_room()
    house.work()
    assert [path for method, path, _ in house.exchange.asked if method == "DELETE" and late.sid in path]
    assert fresh(call).stage == Stage.CONNECTED


@pytest.mark.parametrize("names_our_room", [True, False])
def test_the_recording_of_a_call_is_in_its_conversation_and_gone_at_the_provider(
    house: House, names_our_room: bool
) -> None:
    """Twilio tells of it by its own name of the room; ours rides in the address that we gave."""
    line(house, records_calls=True, asks_consent=False)
    house.exchange.sound = voice()
    phone, call = house.talk()
    assert phone.verb is not None
    conference = phone.verb.find("Conference")
    assert conference is not None
    address = conference.attrib["recordingStatusCallback"]
    theirs, recording = house.exchange.rooms[str(call.pk)], "RE" + "5" * 32
    phone.hang_up()
    house.work()
    told = {"ConferenceSid": theirs, "RecordingSid": recording, "RecordingStatus": "completed"}
    body = urlencode({"AccountSid": ACCOUNT, "RecordingDuration": "31", **told}).encode()
    for _ in range(2):
        house.exchange.bring(body, query=urlsplit(address).query if names_our_room else "")
        house.work()
    event = Message.objects.get(kind="call_record")
    attachment = Attachment.objects.get()
    assert (event.direction, event.conversation) == ("e", call.conversation)
    assert (attachment.message, attachment.state) == (event, Attachment.State.READY)
    assert house.exchange.deleted == [recording]
    client = Client()
    client.force_login(house.mira.staff)
    page = client.get(f"/c/{house.centre.slug}/desk/{call.conversation_id}/").content.decode()
    assert "The call was recorded" in page
    assert str(attachment.pk) in page
    assert not Message.objects.filter(direction="i").exists()
    assert Call.objects.count() == 1


def test_a_call_does_not_go_round_for_ever(house: House) -> None:
    """Four times; then only a supervisor may be given it, and is named."""
    _, call = house.talk()
    house.noor.is_there()
    house.sol.is_there()
    here, there = house.mira, house.noor
    for _ in range(4):
        Leg.objects.update(wrap_until=None)
        assert talking.transfer(here.seat, call, there.membership)
        assert there.accept()
        house.work()
        here, there = there, here
    with pytest.raises(talking.CannotCall, match="Sol Marin"):
        talking.transfer(here.seat, call, there.membership)
    with pytest.raises(talking.CannotCall, match="Sol Marin"):
        talking.transfer(here.seat, call, None)
    Leg.objects.update(wrap_until=None)
    assert talking.transfer(here.seat, call, house.sol.membership)
    assert house.sol.accept()


def test_who_waits_too_long_rises_by_one_but_never_into_danger(house: House) -> None:
    line(house, longest_wait_minutes=10)
    callers = {}
    for number, (risk, minutes) in enumerate(
        [("", 11), ("medium", 5), ("high", 60), ("imminent", 0), ("medium", 20), ("", 9)]
    ):
        house.waiting_caller(f"+44770090020{number}")
        call = Call.objects.latest("began_at")
        Call.objects.filter(pk=call.pk).update(risk=risk, wait_since=now() - timedelta(minutes=minutes))
        callers[call.pk] = (risk, minutes)
    order = [callers[call.pk] for call in waiting_calls(house.centre.pk)]
    assert order == [
        ("imminent", 0), ("high", 60), ("medium", 20), ("", 11), ("medium", 5), ("", 9),
    ]  # fmt: skip
    assert [position(call) for call in waiting_calls(house.centre.pk)] == [1, 2, 3, 4, 5, 6]
    line(house, longest_wait_minutes=100)
    order = [callers[call.pk] for call in waiting_calls(house.centre.pk)]
    assert order == [
        ("imminent", 0), ("high", 60), ("medium", 20), ("medium", 5), ("", 11), ("", 9),
    ]  # fmt: skip
    assert [position(call) for call in waiting_calls(house.centre.pk)] == [1, 2, 3, 4, 5, 6]


# --- calling back ----------------------------------------------------------------------------------------


def test_somebody_is_called_back_once_an_agent_has_said_yes(house: House) -> None:
    house.waiting_caller().press("2")
    house.work()
    assert not [path for _, path, _ in house.exchange.asked if path == "Calls.json"]
    house.mira.is_there()
    house.work()
    assert house.mira.accept()
    house.work()
    (phone,) = [one for one in house.exchange.lines.values() if one.answer_url]
    phone.pick_up()
    house.work()
    assert legs() == {"caller": "joined", "agent": "joined"}
    phone.hang_up()
    house.work()
    assert Callback.objects.get().state == CallbackState.DONE


def test_three_times_and_then_a_person_decides(house: House) -> None:
    house.waiting_caller().press("2")
    house.mira.is_there()
    for attempt in range(3):
        Callback.objects.update(next_at=now())
        talking.wrap_up(house.mira.seat)
        house.work()
        assert house.mira.accept(), attempt
        house.work()
        phone = [one for one in house.exchange.lines.values() if one.answer_url and not one.over][-1]
        phone.end("no-answer")
        house.work()
    callback = Callback.objects.get()
    assert (callback.state, callback.attempts) == (CallbackState.GIVEN_UP, 3)
    (row,) = queue(house.noor.seat, QueueFilter.read({}))
    assert row.conversation.waiting_since == callback.asked_at
    assert row.conversation.due_at
    line_of_it = Message.objects.get(kind="call_gaveup")
    assert wording.event(line_of_it, line_of_it.extra or {}, {}) == "Not reached by phone after several tries"


def test_who_is_on_the_line_again_is_not_called_back(house: House) -> None:
    house.waiting_caller().press("2")
    since = Callback.objects.get().wait_since
    house.work()
    house.waiting_caller()
    call = Call.objects.latest("began_at")
    assert call.wait_since == since
    house.mira.is_there()
    house.work()
    offer = house.mira.rings()
    assert offer
    assert offer.call == call
    house.mira.accept()
    assert Callback.objects.get().state == CallbackState.DONE


def test_nobody_is_called_back_outside_the_hours(house: House) -> None:
    house.waiting_caller().press("2")
    house.centre.hours = {"mon": [], "sun": [["03:00", "03:01"]]}
    house.centre.save()
    sites.forget()
    house.mira.is_there()
    house.work()
    assert house.mira.rings() is None


def test_a_call_back_never_overtakes_who_has_waited_longer(house: House) -> None:
    house.waiting_caller("+447700900125")
    house.waiting_caller().press("2")
    house.work(rounds=1)
    house.mira.is_there()
    house.work(rounds=1)
    offer = house.mira.rings()
    assert offer
    assert offer.call
