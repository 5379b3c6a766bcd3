"""Calls by Vonage and Africa's Talking: every script in their languages, the Voice API, what each cannot do."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import jwt
import pytest
from hypothesis import given, settings

from aidline.channels import registry
from aidline.channels.contract import BadSignature, GiveUp
from aidline.channels.contract.voice import (
    Connect,
    ControlsCalls,
    Dialled,
    HasSoftphone,
    Part,
    Record,
    Records,
    Room,
    Script,
    TakesCalls,
)
from aidline.channels.wire import africastalking_xml, ncco
from channels.conformance.bench import Bench, bench
from local_server import Answer, Seen
from payloads import africastalking, vonage_sms, vonage_voice
from voice import africastalking_rules, ncco_rules
from voice.scripts import COACHED, HERE, ONE_OF_EACH, THEN, TOLD, TUNE, scripts, unended

thorough = settings(max_examples=300, deadline=None)
ROOM, LEG = Room("room-1"), vonage_voice.LEG
DIALLED = Dialled("+447700900123", "+447700900999", f"{HERE}/answer", f"{HERE}/fallback", TOLD, seconds=25)


@given(scripts | unended)
@thorough
def test_every_script_is_a_list_that_vonage_understands_to_its_end(script: Script) -> None:
    assert ncco_rules.complaints(ncco.document(script)) == []


@given(scripts | unended)
@thorough
def test_every_script_is_a_document_that_africas_talking_understands_to_its_end(script: Script) -> None:
    assert africastalking_rules.complaints(africastalking_xml.document(script)) == []


@pytest.mark.parametrize(
    ("planted", "found"),
    [
        (lambda whole: whole.replace(b"https://help.example", b""), "notify eventUrl"),
        (lambda whole: whole.replace(b'"notify"', b'"notice"'), "action notice"),
        (lambda whole: json.dumps(json.loads(whole)[:-1]).encode(), "dead end"),
        (lambda whole: json.dumps(json.loads(whole)[1:][::-1]).encode(), "dead end"),
        (lambda whole: json.dumps([json.loads(whole)[0]]).encode(), "bargeIn"),
        (lambda whole: whole.replace(b'"maxDigits": 1', b'"maxDigits": 40'), "input dtmf"),
        (lambda whole: whole[:-3], "no JSON"),
    ],
)
def test_the_judge_of_lists_sees_what_is_wrong(planted: Callable[[bytes], bytes], found: str) -> None:
    good = ncco.document(ONE_OF_EACH[2])
    assert ncco_rules.complaints(good) == []
    assert any(found in one for one in ncco_rules.complaints(planted(good)))


@pytest.mark.parametrize(
    ("planted", "found"),
    [
        (lambda whole: whole.replace(b"https://help.example", b""), "Redirect"),
        (lambda whole: whole.replace(b"<Redirect", b"<Say").replace(b"/Redirect", b"/Say"), "dead end"),
        (lambda whole: whole.replace(b"numDigits", b"digits"), "GetDigits digits"),
        (lambda whole: whole.replace(b"<GetDigits", b"<Redirect/><GetDigits"), "never reached"),
        (lambda whole: whole.replace(b"</GetDigits>", b"<Say>x</Say></GetDigits>"), "too much"),
        (lambda whole: whole[:-3], "no XML"),
    ],
)
def test_the_judge_of_documents_sees_what_is_wrong(planted: Callable[[bytes], bytes], found: str) -> None:
    good = africastalking_xml.document(ONE_OF_EACH[2])
    assert africastalking_rules.complaints(good) == []
    assert any(found in one for one in africastalking_rules.complaints(planted(good)))


def test_what_each_can_do_with_calls_is_known() -> None:
    vonage = registry.load("vonage", vonage_voice.WITH_CALLS)
    assert isinstance(vonage, ControlsCalls)
    assert isinstance(vonage, Records)
    talking = registry.load("africastalking", africastalking.CONFIG)
    assert isinstance(talking, TakesCalls)
    assert isinstance(talking, Records)
    assert not isinstance(talking, ControlsCalls)
    assert not any(isinstance(one, HasSoftphone) for one in (vonage, talking))
    assert (talking.voice.rooms, talking.voice.tells_recordings, vonage.voice.softphone) == (False, False, "")


def test_calls_are_taken_only_where_all_that_they_need_is_there() -> None:
    for name, config, expected in (
        ("vonage", vonage_voice.WITH_CALLS, True),
        ("vonage", vonage_sms.CONFIG, False),
        ("africastalking", africastalking.CONFIG, True),
        ("africastalking", {**africastalking.CONFIG, "voice_number": ""}, False),
    ):
        assert registry.load(name, config).takes_calls is expected  # type: ignore[attr-defined]
    with pytest.raises(registry.BadConfig) as caught:
        registry.load("vonage", {**vonage_sms.CONFIG, "calls": "yes"})
    assert caught.value.field == "calls"


# --- Vonage ----------------------------------------------------------------------------------------------


def joins(part: Part, coached: str = "") -> dict[str, Any]:
    connect = Connect("room-1", part, "leg-1", TOLD, THEN, TUNE, coached)
    found = json.loads(ncco.document((connect,)))[0]
    assert isinstance(found, dict)
    return found


def test_who_begins_a_room_and_who_is_heard_in_it() -> None:
    begins = {part for part in Part if joins(part)["startOnEnter"]}
    assert begins == {Part.AGENT, Part.CONSULT, Part.THIRD, Part.BARGER}
    unheard = {part for part in Part if joins(part).get("canSpeak") == []}
    assert unheard == {Part.LISTENER, Part.WHISPERER}
    assert joins(Part.WHISPERER, COACHED)["canSpeak"] == [COACHED]
    assert not any(joins(part)["endOnExit"] for part in Part)


def test_a_recording_finds_its_call_by_what_travelled_along() -> None:
    """Vonage names only the conversation: the mark of the question and that of the news are the same."""
    record, notify = json.loads(ncco.document((Record(THEN, TOLD),)))
    phone: Any = registry.load("vonage", vonage_voice.WITH_CALLS)
    told_query = record["eventUrl"][0].partition("?")[2]
    body = next(body for body, _ in vonage_voice.NEWS if b"recording_url" in body)
    (news,) = phone.parse(body, {":query": told_query}, None)
    question = vonage_voice.ask(vonage_voice.WITH_CALLS, vonage_voice.later(payload=notify["payload"]))
    assert news.recording_id == phone.call_request(question).recording != ""
    assert news.our_call == "01a202d6"


@pytest.fixture
def line() -> Iterator[Bench]:
    with bench(vonage_voice.PHONE_KIT) as found:
        yield found


def done(line: Bench, does: Callable[[Any, Any], object]) -> list[tuple[str, str, Any]]:
    line.world.seen.clear()
    with line.client() as client:
        does(line.provider(), client)
    return [(seen.method, seen.path, _json(seen)) for seen in line.world.seen]


def _json(seen: Seen) -> Any:
    return json.loads(seen.body) if seen.body else None


def test_what_is_asked_of_the_voice_api(line: Bench) -> None:
    ((method, path, whole),) = done(line, lambda it, http: it.dial(http, DIALLED))
    assert (method, path) == ("POST", "/v1/calls")
    assert whole["to"] == [{"type": "phone", "number": "447700900123"}]
    assert (whole["answer_url"], whole["event_url"]) == ([f"{HERE}/answer"], [TOLD])
    own = f"/v1/calls/{LEG}"
    moved = {"action": "transfer", "destination": {"type": "ncco", "url": [THEN]}}
    assert done(line, lambda it, http: it.redirect(http, LEG, THEN)) == [("PUT", own, moved)]
    assert done(line, lambda it, http: it.hang_up(http, LEG)) == [("PUT", own, {"action": "hangup"})]
    assert done(line, lambda it, http: it.change(http, ROOM, LEG, muted=True)) == [
        ("PUT", own, {"action": "mute"})
    ]
    assert done(line, lambda it, http: it.change(http, ROOM, LEG, held=True, music=TUNE)) == [
        ("PUT", own, {"action": "earmuff"}),
        ("PUT", f"{own}/stream", {"stream_url": [TUNE], "loop": 0}),
        ("PUT", own, {"action": "mute"}),
    ]
    assert done(line, lambda it, http: it.change(http, ROOM, LEG, held=False)) == [
        ("PUT", own, {"action": "unearmuff"}),
        ("DELETE", f"{own}/stream", None),
        ("PUT", own, {"action": "unmute"}),
    ]
    with pytest.raises(GiveUp):
        done(line, lambda it, http: it.change(http, ROOM, LEG, coached=LEG))


def test_who_is_invited_goes_straight_into_the_room(line: Bench) -> None:
    ((_, _, whole),) = done(line, lambda it, http: it.invite(http, ROOM, DIALLED, Part.THIRD, "leg-1"))
    assert "answer_url" not in whole
    assert ncco_rules.complaints(json.dumps([*whole["ncco"], NOTIFY]).encode()) == []
    assert whole["ncco"][0]["name"] == "room-1"


NOTIFY = {"action": "notify", "payload": {"next": "script"}, "eventUrl": [THEN], "eventMethod": "POST"}


def test_calls_are_made_with_a_token_of_the_application(line: Bench) -> None:
    done(line, lambda it, http: it.hang_up(http, LEG))
    token = line.world.seen[0].headers["authorization"].removeprefix("Bearer ")
    claims = jwt.decode(token, options={"verify_signature": False})
    assert claims["application_id"] == vonage_voice.WITH_CALLS["application_id"]
    assert jwt.get_unverified_header(token)["alg"] == "RS256"


def test_a_recording_is_fetched_only_from_vonage_itself(line: Bench) -> None:
    line.world.answer = lambda _: Answer(body=b"RIFF", headers={"Content-Type": "audio/wav"})
    with line.client() as client:
        it: Any = line.provider()
        assert it.fetch_recording(client, f"{line.world.url}/v1/files/f-2").content == b"RIFF"
        for elsewhere in (
            "https://evil.example/v1/files/f-2",
            "http://127.0.0.1:1/x",
            f"{line.world.url}/a/../../b",
        ):
            with pytest.raises(GiveUp):
                it.fetch_recording(client, elsewhere)


def test_with_the_older_interface_calls_prove_themselves_by_their_token_and_messages_by_theirs() -> None:
    config = {**vonage_voice.WITH_CALLS, "api": "sms", "signature_method": "sha256"}
    provider = registry.load("vonage", config)
    provider.verify(vonage_voice.ask(config, vonage_voice.asked()))
    provider.verify(vonage_sms.by_signature(config, vonage_sms.inbound()))
    unproven = vonage_voice.ask({**config, "signature_secret": "CANARYSIGNATURE-other"}, vonage_voice.asked())
    with pytest.raises(BadSignature):
        provider.verify(unproven)


# --- Africa's Talking ------------------------------------------------------------------------------------


def test_a_recording_of_africas_talking_is_fetched_without_our_key() -> None:
    with bench(africastalking.KITS[0]) as found:
        found.world.answer = lambda _: Answer(body=b"ID3", headers={"Content-Type": "audio/mpeg"})
        with found.client() as client:
            fetched = found.provider().fetch_recording(client, f"{found.world.url}/a.mp3")  # type: ignore[attr-defined]
        assert fetched.content == b"ID3"
        assert "apikey" not in found.world.seen[0].headers
