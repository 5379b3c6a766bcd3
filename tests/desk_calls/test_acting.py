"""What is done with a call, by whom, and what becomes of it."""

import json

import pytest

from aidline.audit.models import Entry
from aidline.calls import connecting, legs, talking
from aidline.calls.models import Call, Leg, Offer
from aidline.calls.states import LegState, OfferKind, OfferState
from aidline.calls.states import Stage as CallStage
from aidline.channels.contract.voice import Part
from aidline.conversations.models import Conversation, Message
from aidline.conversations.states import ConversationState, Direction
from aidline.conversations.topics import save_topic
from aidline.kernel.ids import new_id
from aidline.routing.models import Presence
from desk_calls.stage import Stage, parts_in, talk_of

OF_A_CALL = [
    *("hold", "consult", "hand_over", "back", "transfer", "third", "recording", "leave", "more_time"),
    *("wrap_up", "join", "part", "take_over"),
]


def strip(stage: Stage, who: object = None) -> str:
    return stage.client(who).get(stage.url("strip")).content.decode()  # type: ignore[arg-type]


# --- ringing ---------------------------------------------------------------------------------------------


def test_an_offer_tells_language_risk_and_wish_and_is_accepted(stage: Stage) -> None:
    call = stage.caller(risk="imminent")
    offer = stage.ring(call)
    shown = strip(stage)
    assert all(
        words in shown for words in ("العربية", "May be in danger now", call.conversation.person.alias("en"))
    )
    assert f'data-ringing="{offer.pk}"' not in strip(stage, stage.colleague)
    answer = stage.client(script=True).post(stage.url("accept", offer.pk)).json()
    leg = Leg.objects.get(membership=stage.member)
    assert (answer["leg"], answer["line"], answer["there"]) == (str(leg.pk), str(stage.line.pk), False)
    assert answer["ticket"]
    assert answer["open"] == f"/c/port-merin/desk/{call.conversation_id}/"
    call.refresh_from_db()
    assert (call.stage, call.answered_by) == (CallStage.CONNECTED, stage.member)


def test_not_now_sends_it_on_and_needs_no_script(stage: Stage) -> None:
    offer = stage.ring(stage.caller())
    assert stage.client().post(stage.url("reject", offer.pk)).status_code == 302
    assert Offer.objects.get().state == OfferState.REJECTED


def test_an_offer_belongs_to_whom_it_was_made(stage: Stage) -> None:
    offer = stage.ring(stage.caller())
    for act in ("accept", "reject"):
        assert stage.client(stage.colleague).post(stage.url(act, offer.pk)).status_code == 404
    assert Offer.objects.get().state == OfferState.PENDING


def test_who_comes_too_late_is_told(stage: Stage) -> None:
    offer = stage.ring(stage.caller())
    client = stage.client(script=True)
    client.post(stage.url("accept", offer.pk))
    again = client.post(stage.url("accept", offer.pk))
    assert (again.status_code, "faster" in again.content.decode()) == (422, True)


def test_without_a_script_accepting_says_why_it_cannot_be(stage: Stage) -> None:
    page = (
        stage.client().post(stage.url("accept", stage.ring(stage.caller()).pk), follow=True).content.decode()
    )
    assert "needs JavaScript" in page


# --- talking ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("act", OF_A_CALL)
def test_a_call_is_behind_one_door(stage: Stage, act: str) -> None:
    call = stage.talking()
    for who in (stage.elsewhere, stage.agent):
        url = stage.url(act, new_id() if who == stage.agent else call.pk)
        assert stage.client(who, script=True).post(url).status_code == 404


@pytest.mark.parametrize("act", ["join", "part", "take_over"])
def test_an_agent_does_not_listen_in(stage: Stage, act: str) -> None:
    call = stage.talking()
    answer = stage.client(stage.colleague, script=True).post(stage.url(act, call.pk), {"part": "listener"})
    assert (answer.status_code, parts_in(call)) == (404, {"agent", "caller"})


def test_hold_and_back(stage: Stage) -> None:
    call, client = stage.talking(), stage.client(script=True)
    assert client.post(stage.url("hold", call.pk)).status_code == 204
    assert "the caller hears music" in strip(stage)
    client.post(stage.url("hold", call.pk), {"off": "1"})
    assert "the caller hears music" not in strip(stage)


def test_a_warm_transfer_by_the_screens_alone(stage: Stage) -> None:
    call, client = stage.talking(), stage.client(script=True)
    assert "Noor Amari" in strip(stage)
    asked = client.post(stage.url("consult", call.pk), {"to": str(stage.colleague_member.pk)})
    assert asked.status_code == 204
    offer = Offer.objects.get(state=OfferState.PENDING)
    assert "A colleague asks you into a call" in strip(stage, stage.colleague)
    assert "<bdi>Mira Kessler</bdi> asks you." in strip(stage, stage.colleague)
    early = client.post(stage.url("hand_over", call.pk))
    assert (early.status_code, "not in the call yet" in early.content.decode()) == (422, True)
    stage.client(stage.colleague, script=True).post(stage.url("accept", offer.pk))
    legs.join(Leg.objects.get(membership=stage.colleague_member))
    assert "Hand over" in strip(stage)
    assert client.post(stage.url("hand_over", call.pk)).status_code == 204
    call.refresh_from_db()
    assert (call.answered_by, parts_in(call)) == (stage.colleague_member, {"agent", "caller"})


def test_passing_on_at_once_asks_a_colleague_or_the_queue(stage: Stage) -> None:
    call, client = stage.talking(), stage.client(script=True)
    client.post(stage.url("transfer", call.pk), {"to": str(stage.colleague_member.pk)})
    assert Offer.objects.get(state=OfferState.PENDING).kind == OfferKind.TRANSFER
    client.post(stage.url("transfer", call.pk))
    call.refresh_from_db()
    assert call.stage == CallStage.QUEUED


def test_nobody_is_asked_in_who_is_in_another_call(stage: Stage) -> None:
    call = stage.talking()
    stage.talking(stage.colleague_member)
    assert "No colleague is available just now." in strip(stage)
    to = {"to": str(stage.colleague_member.pk)}
    assert stage.client(script=True).post(stage.url("consult", call.pk), to).status_code == 422


@pytest.mark.parametrize(
    ("number", "told"),
    [("+44 7700 900123", ""), ("+1 202 555 0123", "not allowed"), ("red", "not a telephone number")],
)
def test_a_third_is_added_where_the_line_may_call(stage: Stage, number: str, told: str) -> None:
    call = stage.talking()
    answer = stage.client(script=True).post(stage.url("third", call.pk), {"number": number})
    assert (answer.status_code, "third" in parts_in(call)) == ((422, False) if told else (204, True))
    assert told in answer.content.decode()
    assert ("Ringing somebody by phone" in strip(stage)) == (not told)


def test_the_recording_is_paused_and_the_strip_says_so(stage: Stage) -> None:
    call = stage.talking()
    assert "Pause recording" not in strip(stage)
    Call.objects.update(recording_on=True)
    assert "Pause recording" in strip(stage)
    stage.client(script=True).post(stage.url("recording", call.pk))
    assert "Recording paused" in strip(stage)
    stage.client(script=True).post(stage.url("recording", call.pk), {"off": "1"})
    assert not Call.objects.get(pk=call.pk).recording_paused


# --- after it --------------------------------------------------------------------------------------------


def hung_up(stage: Stage) -> Call:
    call = stage.talking()
    stage.client(script=True).post(stage.url("leave", call.pk))
    call.refresh_from_db()
    return call


def test_hanging_up_leads_to_writing_it_up(stage: Stage) -> None:
    call = hung_up(stage)
    assert (call.stage, "has ended" in strip(stage)) == (CallStage.OVER, True)
    assert 'data-wrapping="' in strip(stage)


def test_finishing_keeps_note_topic_and_outcome_and_frees_the_agent(stage: Stage) -> None:
    topic = save_topic(by=None, centre=stage.centre, code="food", labels={"en": "Food"})
    call = hung_up(stage)
    data = {"note": "Needs milk powder.", "topic": str(topic.pk), "outcome": "passed_on", "finish": "1"}
    assert stage.client(script=True).post(stage.url("wrap_up", call.pk), data).status_code == 204
    talk = Conversation.objects.get(pk=call.conversation_id)
    assert (talk.state, talk.topic, talk.outcome) == (ConversationState.CLOSED, topic, "passed_on")
    assert [row.text for row in Message.objects.filter(direction=Direction.NOTE)] == ["Needs milk powder."]
    assert "has ended" not in strip(stage)


def test_ready_without_finishing_leaves_the_conversation_open(stage: Stage) -> None:
    call = hung_up(stage)
    stage.client(script=True).post(stage.url("wrap_up", call.pk), {"keep": "1"})
    assert Conversation.objects.get(pk=call.conversation_id).state == ConversationState.OPEN
    assert "has ended" not in strip(stage)


def test_who_passed_a_call_on_notes_it_down_and_cannot_end_what_goes_on(stage: Stage) -> None:
    call = stage.talking()
    talking.consult(by=stage.agent, call=call, to=stage.colleague_member)
    asked = Offer.objects.get(membership=stage.colleague_member)
    taken = connecting.accept(by=stage.colleague, offer=asked)
    assert taken
    legs.join(taken[1])
    assert talking.finish_transfer(by=stage.agent, call=call)
    shown = strip(stage)
    assert ("goes on without you" in shown, 'name="finish"' in shown) == (True, False)
    data = {"note": "Danylo knows more.", "finish": "1", "outcome": "answered"}
    assert stage.client(script=True).post(stage.url("wrap_up", call.pk), data).status_code == 204
    assert talk_of(call).state == ConversationState.OPEN
    assert [row.text for row in Message.objects.filter(direction=Direction.NOTE)] == ["Danylo knows more."]
    assert 'data-wrapping="' not in strip(stage)


def test_more_time_is_more_time(stage: Stage) -> None:
    call = hung_up(stage)
    before = Leg.objects.get(membership=stage.member).wrap_until
    stage.client(script=True).post(stage.url("more_time", call.pk))
    after = Leg.objects.get(membership=stage.member).wrap_until
    assert before is not None
    assert after is not None
    assert after > before


# --- supervising -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", ["listener", "whisperer", "barger"])
def test_a_supervisor_joins_and_it_is_in_the_log_and_on_the_agents_screen(stage: Stage, part: str) -> None:
    call = stage.talking()
    client = stage.client(stage.supervisor, script=True)
    answer = client.post(stage.url("join", call.pk), {"part": part})
    assert answer.json()["leg"]
    assert part in parts_in(call)
    assert Entry.objects.filter(action=f"call.{part}").exists()
    legs.join(Leg.objects.get(part=part))
    assert "Tesfay Girma" in strip(stage)


def test_who_listens_goes_on_to_whisper_and_takes_over_on_the_same_line(stage: Stage) -> None:
    call = stage.talking()
    client = stage.client(stage.supervisor, script=True)
    leg = client.post(stage.url("join", call.pk), {"part": "listener"}).json()["leg"]
    legs.join(Leg.objects.get(pk=leg))
    assert "Nobody hears you." in strip(stage, stage.supervisor)
    client.post(stage.url("part", call.pk), {"part": "whisperer"})
    assert "Only your colleague hears you." in strip(stage, stage.supervisor)
    assert Leg.objects.get(pk=leg).part == Part.WHISPERER
    taken = client.post(stage.url("take_over", call.pk)).json()
    assert (taken["leg"], taken["there"]) == (leg, True)
    assert Leg.objects.get(membership=stage.member).state == LegState.LEFT


def test_a_part_that_is_none_is_refused(stage: Stage) -> None:
    call = stage.talking()
    client = stage.client(stage.supervisor, script=True)
    for act in ("join", "part"):
        assert client.post(stage.url(act, call.pk), {"part": "agent"}).status_code == 422
    assert parts_in(call) == {"agent", "caller"}


# --- calling, and the telephone itself -------------------------------------------------------------------


def test_an_agent_calls_the_person_of_a_conversation(stage: Stage) -> None:
    talk = hung_up(stage).conversation
    talking.wrap_up(by=stage.agent, membership=stage.member)
    page = stage.client().get(f"/c/port-merin/desk/{talk.pk}/").content.decode()
    assert stage.url("dial", talk.pk) in page
    answer = stage.client(script=True).post(stage.url("dial", talk.pk), {"line": str(stage.line.pk)})
    assert answer.json()["leg"]
    assert Call.objects.filter(conversation=talk, way="out").count() == 1
    refused = stage.client(script=True).post(stage.url("dial", talk.pk), {"line": "nothing"})
    assert refused.status_code == 422


def test_the_kit_has_a_token_and_no_personal_data(stage: Stage) -> None:
    given = stage.client(script=True).post(stage.url("kit")).json()
    assert given["driver"] == "twilio"
    assert given["line"] == str(stage.line.pk)
    assert given["token"].count(".") == 2
    assert not {"mira", "kessler", "@"} & {
        part for part in ("mira", "kessler", "@") if part in json.dumps(given)
    }


def test_calls_are_offered_while_the_telephone_is_open(stage: Stage) -> None:
    Presence.objects.update(phone_at=None)
    call = stage.caller()
    client = stage.client(script=True)
    assert not Offer.objects.filter(call=call).exists()
    assert client.post(stage.url("here")).status_code == 204
    assert Offer.objects.get(call=call).membership == stage.member
    client.post(stage.url("here"), {"gone": "1"})
    assert Presence.objects.get(membership=stage.member).phone_at is None
