"""Calls by Twilio: every script in its language, its questions, its API, its token as its own library makes it."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs
from xml.etree.ElementTree import Element, fromstring

import jwt
import pytest
from hypothesis import given, settings
from twilio.jwt.access_token import AccessToken
from twilio.jwt.access_token.grants import VoiceGrant

from aidline.channels import registry
from aidline.channels.contract import ChannelDown, GiveUp, RetryLater, SendError, Uncertain
from aidline.channels.contract.voice import (
    Connect,
    ControlsCalls,
    Dialled,
    HasSoftphone,
    Part,
    Records,
    Room,
    Script,
    TakesCalls,
    voice_address,
)
from aidline.channels.providers.twilio import Twilio
from aidline.channels.wire import twiml
from channels.conformance.bench import Bench, bench
from channels.vendor_specs import TWILIO, have, unknown_to_twilio
from local_server import Answer, Seen
from payloads import twilio
from voice import twiml_rules
from voice.scripts import COACHED, HERE, ONE_OF_EACH, THEN, TOLD, TUNE, scripts, unended

ROOM, CALL = Room("room-1", "CF" + "5" * 32), "CA" + "6" * 32
DIALLED = Dialled("+447700900123", "+447700900999", f"{HERE}/answer", f"{HERE}/fallback", TOLD, seconds=25)
needs_spec = pytest.mark.skipif(not have(TWILIO), reason="the vendor's description is not here")


def phone() -> Twilio:
    found = registry.load("twilio", twilio.WITH_CALLS)
    assert isinstance(found, Twilio)
    return found


@pytest.fixture
def line() -> Iterator[Bench]:
    with bench(twilio.PHONE_KIT) as found:
        yield found


# --- scripts ---------------------------------------------------------------------------------------------


@given(scripts | unended)
@settings(max_examples=300, deadline=None)
def test_every_script_is_a_document_that_twilio_understands_to_its_end(script: Script) -> None:
    assert twiml_rules.complaints(twiml.document(script)) == []


@pytest.mark.parametrize("script", ONE_OF_EACH)
def test_one_of_each(script: Script) -> None:
    answer = phone().script(script)
    assert (answer.status, answer.content_type.partition(";")[0]) == (200, "text/xml")
    assert twiml_rules.complaints(answer.body) == []


@pytest.mark.parametrize(
    ("planted", "found"),
    [
        (lambda whole: whole.replace(b"https://help.example", b""), "Redirect"),
        (lambda whole: whole.replace(b"<Redirect", b"<Say").replace(b"/Redirect", b"/Say"), "runs out"),
        (lambda whole: whole.replace(b"numDigits", b"digits"), "Gather digits"),
        (lambda whole: whole.replace(b'"dtmf"', b'"keys"'), "Gather input"),
        (lambda whole: whole.replace(b"</Response>", b"<Sigh/></Response>"), "Sigh"),
        (lambda whole: whole.replace(b"<Gather", b"<Hangup/><Gather"), "never reached"),
        (lambda whole: whole.replace(b"<Say", b"<Say/><Say", 1), "Say of nothing"),
        (lambda whole: whole[:-3], "no XML"),
    ],
)
def test_the_judge_of_documents_sees_what_is_wrong(planted: Callable[[bytes], bytes], found: str) -> None:
    good = twiml.document(ONE_OF_EACH[2])
    assert twiml_rules.complaints(good) == []
    assert any(found in one for one in twiml_rules.complaints(planted(good)))


def conference(part: Part, **more: str) -> Element:
    connect = Connect("room-1", part, "leg-1", TOLD, THEN, TUNE, **more)
    found = fromstring(twiml.document((connect,))).find("Dial/Conference")
    assert found is not None
    return found


def test_who_begins_a_room_and_who_is_heard_in_it() -> None:
    begins = {part for part in Part if conference(part).get("startConferenceOnEnter") == "true"}
    unheard = {part for part in Part if conference(part).get("muted") == "true"}
    assert begins == {Part.AGENT, Part.CONSULT, Part.THIRD, Part.BARGER}
    assert unheard == {Part.LISTENER, Part.WHISPERER}  # a whisperer without anybody to whisper to


def test_a_whisper_is_heard_by_whom_it_is_for() -> None:
    found = conference(Part.WHISPERER, coached=COACHED)
    assert (found.get("coach"), found.get("muted")) == (COACHED, "false")
    assert all(
        conference(part, coached=COACHED).get("coach") is None for part in set(Part) - {Part.WHISPERER}
    )


def test_nobody_who_leaves_ends_the_room_and_only_a_wish_records_it() -> None:
    assert {conference(part).get("endConferenceOnExit") for part in Part} == {"false"}
    assert conference(Part.AGENT).get("record") is None
    assert conference(Part.AGENT, recorded_to=TOLD).get("record") == "record-from-start"


# --- settings --------------------------------------------------------------------------------------------


def test_calls_are_taken_only_where_all_that_they_need_is_there() -> None:
    assert phone().takes_calls
    assert not registry.load("twilio", twilio.CONFIG).takes_calls  # type: ignore[attr-defined]
    on_whatsapp = {**twilio.WITH_CALLS, "sender": "whatsapp:+447700900999"}
    assert not registry.load("twilio", on_whatsapp).takes_calls  # type: ignore[attr-defined]
    with pytest.raises(registry.BadConfig) as caught:
        registry.load("twilio", {**twilio.CONFIG, "twiml_app_sid": "AP1"})
    assert caught.value.field == "twiml_app_sid"


def test_all_that_a_call_needs_can_be_asked_for() -> None:
    assert isinstance(phone(), TakesCalls)
    assert isinstance(phone(), ControlsCalls)
    assert isinstance(phone(), Records)
    assert isinstance(phone(), HasSoftphone)


@pytest.mark.parametrize("word", ["", "/CANARYWORD"])
def test_the_word_that_proves_a_call_stays_the_last_part_of_an_address(word: str) -> None:
    made = voice_address(f"https://help.example/aid/hooks/x/1{word}", "answer")
    assert made == f"https://help.example/aid/voice/x/1/answer{word}"


def test_the_addresses_of_a_number_and_of_its_app_are_set_once_calls_are_taken(line: Bench) -> None:
    line.world.answer = lambda _: Answer(body=b'{"incoming_phone_numbers": [{"sid": "PN1"}]}')
    with line.client() as client:
        line.provider().register_hook(client, TOLD)  # type: ignore[attr-defined]
    _, app, number = line.world.seen
    assert app.path.endswith(f"/Applications/{twilio.AP}.json")
    assert form_of(app)["VoiceUrl"] == [f"{HERE}/softphone"]
    found = form_of(number)
    assert found["VoiceUrl"] == [f"{HERE}/answer"]
    assert found["VoiceFallbackUrl"] == [f"{HERE}/fallback"]
    assert found["StatusCallback"] == found["SmsUrl"] == [TOLD]


# --- token -----------------------------------------------------------------------------------------------


def test_the_token_of_a_softphone_is_the_one_that_their_library_makes(monkeypatch) -> None:
    at = datetime(2026, 11, 24, 9, tzinfo=UTC)
    monkeypatch.setattr("time.time", at.timestamp)
    keys = (twilio.AC, twilio.WITH_CALLS["api_key_sid"], twilio.WITH_CALLS["api_key_secret"])
    grant = VoiceGrant(outgoing_application_sid=twilio.AP)
    wanted = AccessToken(*keys, grants=[grant], identity="agent_1", ttl=3600, nbf=int(at.timestamp()))
    made = phone().softphone_token("agent_1", timedelta(hours=1), at)
    assert read_token(made) == read_token(wanted.to_jwt())


def read_token(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    claims = jwt.decode(
        token,
        twilio.WITH_CALLS["api_key_secret"],
        ["HS256"],
        options={"verify_exp": False, "verify_nbf": False},
    )
    claims.setdefault("iat", claims["nbf"])
    return jwt.get_unverified_header(token), claims


# --- calls and rooms -------------------------------------------------------------------------------------

Control = Callable[[Any, Any], object]

DOES: dict[str, Control] = {
    "dial": lambda it, http: it.dial(http, DIALLED),
    "redirect": lambda it, http: it.redirect(http, CALL, THEN),
    "hang_up": lambda it, http: it.hang_up(http, CALL),
    "invite": lambda it, http: it.invite(http, ROOM, DIALLED, Part.THIRD, "leg-1"),
    "hold": lambda it, http: it.change(http, ROOM, CALL, held=True, music=TUNE),
    "unhold": lambda it, http: it.change(http, ROOM, CALL, held=False, music=TUNE),
    "mute": lambda it, http: it.change(http, ROOM, CALL, muted=True),
    "whisper": lambda it, http: it.change(http, ROOM, CALL, coached=COACHED, muted=False),
    "barge": lambda it, http: it.change(http, ROOM, CALL, coached="", muted=False, ends_room=False),
    "remove": lambda it, http: it.remove(http, ROOM, CALL),
    "record": lambda it, http: it.record_room(http, ROOM, told=TOLD, announced=True),
    "pause": lambda it, http: it.pause_recording(http, ROOM, paused=True),
    "go on": lambda it, http: it.pause_recording(http, ROOM, paused=False),
    "delete": lambda it, http: it.delete_recording(http, "RE1"),
}


def done(line: Bench, control: Control) -> list[Seen]:
    line.world.seen.clear()
    with line.client() as client:
        control(line.provider(), client)
    return list(line.world.seen)


def form_of(seen: Seen) -> dict[str, list[str]]:
    return parse_qs(seen.body.decode(), keep_blank_values=True)


PATHS = {
    "dial": "Calls.json",
    "redirect": "Calls/{Sid}.json",
    "hang_up": "Calls/{Sid}.json",
    "invite": "Conferences/{ConferenceSid}/Participants.json",
    **dict.fromkeys(
        ("hold", "unhold", "mute", "whisper", "barge"),
        "Conferences/{ConferenceSid}/Participants/{CallSid}.json",
    ),
    "record": "Calls/{CallSid}/Recordings.json",
    **dict.fromkeys(("pause", "go on"), "Conferences/{ConferenceSid}/Recordings/{Sid}.json"),
}


@needs_spec
@pytest.mark.parametrize("name", PATHS)
def test_twilio_knows_every_field_that_we_send_about_calls(line: Bench, name: str) -> None:
    sent = done(line, DOES[name])[-1]
    assert sent.method == "POST"
    assert unknown_to_twilio(PATHS[name], "post", list(form_of(sent))) == set()


@needs_spec
def test_twilio_knows_the_fields_of_an_app_and_of_a_number() -> None:
    for name, path in (
        ("_calls", "IncomingPhoneNumbers/{Sid}.json"),
        ("_softphone", "Applications/{Sid}.json"),
    ):
        made = getattr(twilio_account(), name)(TOLD)
        assert unknown_to_twilio(path, "post", list(made)) == set()


def twilio_account() -> Any:
    from aidline.channels.wire import twilio_account as found

    return found


def test_what_is_changed_in_a_room_is_what_was_asked_for_and_no_more(line: Bench) -> None:
    assert form_of(done(line, DOES["hold"])[0]) == {
        "Hold": ["true"],
        "HoldUrl": [TUNE],
        "HoldMethod": ["GET"],
    }
    assert form_of(done(line, DOES["unhold"])[0]) == {"Hold": ["false"]}
    assert form_of(done(line, DOES["mute"])[0]) == {"Muted": ["true"]}
    whispers = {"Coaching": ["true"], "CallSidToCoach": [COACHED], "Muted": ["false"]}
    assert form_of(done(line, DOES["whisper"])[0]) == whispers
    assert done(line, lambda it, http: it.change(http, ROOM, CALL)) == []


def test_a_call_begins_with_every_address_it_will_need(line: Bench) -> None:
    found = form_of(done(line, DOES["dial"])[0])
    assert (found["Url"], found["FallbackUrl"]) == ([f"{HERE}/answer"], [f"{HERE}/fallback"])
    assert found["StatusCallbackEvent"] == ["initiated", "ringing", "answered", "completed"]
    invited = form_of(done(line, DOES["invite"])[0])
    assert (invited["Label"], invited["EndConferenceOnExit"]) == (["leg-1"], ["false"])
    assert invited["ConferenceStatusCallback"] == [TOLD]


def test_a_room_that_twilio_has_not_named_is_looked_up(line: Bench) -> None:
    unnamed = Room("room-1")
    listed, held = done(line, lambda it, http: it.change(http, unnamed, CALL, held=True))
    assert "FriendlyName=room-1" in listed.path
    assert f"/Conferences/{twilio.CF}/Participants/{CALL}.json" in held.path
    line.world.answer = lambda _: Answer(body=b'{"conferences": []}')
    with pytest.raises(GiveUp):
        done(line, lambda it, http: it.change(http, unnamed, CALL, held=True))
    done(line, lambda it, http: it.remove(http, unnamed, CALL))  # nobody is there any more


def test_where_the_room_was_not_recorded_from_its_beginning_the_callers_own_call_is(line: Bench) -> None:
    here = [
        {"call_sid": "CAagent", "start_conference_on_enter": True, "coaching": False},
        {"call_sid": "CAwhisper", "start_conference_on_enter": False, "coaching": True},
        {"call_sid": "CAcaller", "start_conference_on_enter": False, "coaching": False},
    ]

    def answer(seen: Seen) -> Answer:
        if "/Conferences/" in seen.path and "/Recordings/" in seen.path:
            return Answer(404, json.dumps({"code": 20404}).encode())
        return Answer(body=json.dumps({"participants": here, "sid": "RE1"}).encode())

    line.world.answer = answer
    assert done(line, DOES["record"])[-1].path.endswith("/Calls/CAcaller/Recordings.json")
    assert done(line, DOES["pause"])[-1].path.endswith("/Calls/CAcaller/Recordings/Twilio.CURRENT.json")


RINGS = frozenset({"dial", "invite"})
FORGIVES = frozenset({"hang_up", "remove", "delete"})


@pytest.mark.parametrize("name", DOES)
def test_a_lost_answer_is_uncertain_only_where_somebody_might_be_rung_twice(line: Bench, name: str) -> None:
    expected = Uncertain if name in RINGS else RetryLater
    for lost in (Answer(0), Answer(200, drip=lambda pipe: None)):
        line.world.answer = lambda _, lost=lost: lost
        if lost.status == 0 or name in RINGS:
            with pytest.raises(expected):
                done(line, DOES[name])
            assert len(line.world.seen) == 1


@pytest.mark.parametrize("name", DOES)
def test_a_refusal_has_its_meaning_and_what_is_over_already_is_no_error(line: Bench, name: str) -> None:
    for status, code, meaning in (
        (404, 20404, GiveUp),
        (400, 21220, GiveUp),
        (401, 20003, ChannelDown),
        (429, 20429, RetryLater),
        (400, 13224, GiveUp),
    ):
        line.world.answer = lambda _, status=status, code=code: twilio.refusal(status, code)
        if name in FORGIVES and code in (20404, 21220):
            done(line, DOES[name])
            continue
        with pytest.raises(SendError) as caught:
            done(line, DOES[name])
        assert type(caught.value) is meaning, (name, code)


def test_a_recording_is_fetched_with_our_key_from_twilio_itself(line: Bench) -> None:
    line.world.answer = lambda seen: (
        Answer(body=b"RIFF", headers={"Content-Type": "audio/x-wav"})
        if seen.path.endswith("/Recordings/RE1.wav")
        else Answer(404)
    )
    with line.client() as client:
        fetched = line.provider().fetch_recording(client, "RE1")  # type: ignore[attr-defined]
    assert (fetched.content, fetched.mime) == (b"RIFF", "audio/x-wav")
    assert "authorization" in line.world.seen[0].headers
    with line.client() as client, pytest.raises(GiveUp):
        line.provider().fetch_recording(client, "../../Messages")  # type: ignore[attr-defined]
    assert "/../" not in line.world.seen[-1].path


def test_somebody_else_in_a_room_gets_no_ids_that_walk_about(line: Bench) -> None:
    with_slash = replace(ROOM, id="CF1/../../x")
    done(line, lambda it, http: it.change(http, with_slash, "../CA1", muted=True))
    assert "/../" not in line.world.seen[-1].path
