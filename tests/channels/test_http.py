"""What only the gateway of any kind has: templates that nothing breaks out of, settings judged at set-up."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aidline.channels import registry
from aidline.channels.contract import (
    ChannelDown,
    GiveUp,
    HookRequest,
    Incoming,
    Kind,
    Malformed,
    MediaRef,
    Outgoing,
    Pace,
    RetryLater,
    Scheme,
    Sender,
    SendError,
    Status,
    StopContacting,
    Uncertain,
)
from aidline.channels.providers.http import NOT_SENT, Config, Http
from aidline.channels.wire import http_settings, http_template
from aidline.channels.wire.http_mapping import at, code
from aidline.kernel import http
from channels.conformance.bench import Bench, bench
from local_server import Answer, serving
from payloads.http import AS_FORM, AS_JSON, FORM_CONFIG, IN_QUERY, JSON_CONFIG, QUERY_CONFIG, calls, row
from payloads.kit import MESSAGE, RECEIVED

SHORT = {"base_url": "https://sms.example.org", "hook_word": "w"}
EVIL = st.sampled_from(
    [
        '","to":"+1',
        "\\",
        '"',
        "\n\r",
        "&to=+1",
        "=",
        "#",
        "?",
        "/../admin",
        "..",
        "{key}",
        "{to}",
        "%00",
        "\u2028",
    ]
)
WORDS = st.lists(EVIL | st.text(max_size=6), max_size=5).map("".join)
careful = settings(max_examples=300, suppress_health_check=list(HealthCheck), deadline=None)


@pytest.fixture
def gateway() -> Iterator[Bench]:
    with bench(AS_JSON) as found:
        yield found


def values(**more: str) -> dict[str, str]:
    return {**dict.fromkeys(http_template.PLACEHOLDERS, ""), "key": "KEY", "to": "+447700900123", **more}


def storable(words: str) -> str:
    """What cannot be written as UTF-8 is replaced."""
    return words.encode("utf-8", "replace").decode()


# --- nothing breaks out ----------------------------------------------------------------------------------


@given(words=WORDS)
@careful
def test_a_text_stays_whole_and_alone_in_json(words: str) -> None:
    template = http_template.json_template(
        '{"to": "{to}", "say": ["{text}", {"again": "> {text} <"}], "n": 7}'
    )
    told = json.loads(http_template.json_body(template, values(text=words)))
    said = storable(words)
    first = {"say": [said, {"again": f"> {said} <"}]} if words else {"say": [{"again": ">  <"}]}
    assert told == {"to": "+447700900123", "n": 7, **first}


@given(words=WORDS)
@careful
def test_a_text_stays_whole_and_alone_in_a_form(words: str) -> None:
    template = http_template.form_template("to={to}\ntext=> {text}\nkey={key}")
    told = parse_qsl(http_template.form_body(template, values(text=words)).decode(), keep_blank_values=True)
    assert told == [("to", "+447700900123"), ("text", f"> {storable(words)}"), ("key", "KEY")]


@given(words=WORDS, to=WORDS.filter(lambda words: words not in (".", "..")))
@careful
def test_a_text_leads_to_no_other_address(words: str, to: str) -> None:
    made = http_template.path("/send/{to}/now?text=x{text}&key={key}", values(text=words, to=to))
    parts = urlsplit("https://sms.example.org" + made)
    assert (parts.netloc, parts.fragment) == ("sms.example.org", "")
    assert [unquote(step) for step in parts.path.split("/")] == ["", "send", storable(to), "now"]
    assert parse_qsl(parts.query, keep_blank_values=True) == [("text", f"x{storable(words)}"), ("key", "KEY")]


def test_a_step_up_is_given_up() -> None:
    with serving() as world, http.client(frozenset({world.origin})) as client:
        provider = registry.load("http", {**QUERY_CONFIG, "base_url": world.url, "scheme": "other"})
        with pytest.raises(GiveUp):
            provider.send(client, Outgoing(MESSAGE, Sender(Scheme.OTHER, ".."), Kind.TEXT, "x"))
        assert world.seen == []


@pytest.mark.parametrize(
    ("careless", "check"),
    [
        ("json_body", test_a_text_stays_whole_and_alone_in_json),
        ("form_body", test_a_text_stays_whole_and_alone_in_a_form),
        ("path", test_a_text_leads_to_no_other_address),
    ],
)
def test_a_template_that_is_merely_filled_is_found_out(monkeypatch: Any, careless: str, check: Any) -> None:
    def merely(template: Any, given: Any) -> Any:
        if isinstance(template, tuple):
            template = "&".join(f"{name}={word}" for name, word in template)
        if isinstance(template, dict):
            template = json.dumps(template)
        made = http_template.filled(template, given)
        return made if careless == "path" else made.encode("utf-8", "replace")

    monkeypatch.setattr(http_template, careless, merely)
    with pytest.raises(Exception):  # noqa: B017, PT011 each falls over in its own way
        check()


def test_what_is_empty_is_left_out() -> None:
    body = http_template.json_template(
        '{"to": "{to}", "file": "{media_url}", "files": ["{media_url}"], "note": ""}'
    )
    assert json.loads(http_template.json_body(body, values())) == {
        "to": "+447700900123",
        "files": [],
        "note": "",
    }
    form = http_template.form_template("to={to}\nfile={media_url}\nfixed=")
    assert http_template.form_body(form, values()) == b"to=%2B447700900123&fixed="
    assert http_template.path("/s?file={media_url}", values()) == "/s"


# --- settings are judged at set-up -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"base_url": "sms.example.org"}, "base_url"),
        ({"base_url": "ftp://sms.example.org"}, "base_url"),
        ({"base_url": "https://{to}.example.org"}, "base_url"),
        ({"base_url": "https://aid:line@sms.example.org"}, "base_url"),
        ({"base_url": "https://[::1"}, "base_url"),
        ({"send_path": "messages"}, "send_path"),
        ({"send_path": "@elsewhere.example.org"}, "send_path"),
        ({"send_path": "/send?to={too}"}, "send_path"),
        ({"body": '{"to": "{to}", "text": {text}}'}, "body"),
        ({"body": '{"to": "{to}"}'}, "body"),
        ({"body": '{"text": "{text}"}'}, "body"),
        ({"body": '{"to": "{to}", "text": "{txet}"}'}, "body"),
        ({"body": '{"to": "{to}", "text": "{text}"'}, "body"),
        ({"body_type": "form", "body": "to {to}\ntext={text}"}, "body"),
        ({"method": "GET"}, "body_type"),
        ({"method": "GET", "body_type": "none", "send_path": "/s?to={to}"}, "send_path"),
        ({"headers": "Authorization Bearer"}, "headers"),
        ({"headers": "Näme: x"}, "headers"),
        ({"headers": "X-Text: {text}"}, "headers"),
        ({"headers": "X-To: {to}"}, "headers"),
        ({"key": "schlüssel"}, "key"),
        ({"key": "two\nlines"}, "key"),
        ({"answer_type": "text/html"}, "answer_type"),
        ({"success_statuses": "fine"}, "success_statuses"),
        ({"success_values": "true"}, "success_name"),
        ({"success_name": "ok"}, "success_values"),
        ({"errors": "21610"}, "errors"),
        ({"errors": "21610 = perhaps"}, "errors"),
        ({"in_text": "a..b"}, "in_text"),
        ({"in_id": "the id"}, "in_id"),
        ({"words_read": "sent"}, "words_read"),
        ({"country": "Lebanon"}, "country"),
        ({"text_limit": "7"}, "text_limit"),
        ({"seconds_between": "1.5"}, "seconds_between"),
        ({"format": "xml"}, "format"),
    ],
)
def test_what_cannot_work_is_said_at_its_field(change: dict[str, str], field: str) -> None:
    assert registry.load("http", SHORT)
    with pytest.raises(registry.BadConfig) as caught:
        registry.load("http", {**SHORT, **change})
    assert caught.value.field == field
    assert bool(caught.value.words) is (caught.value.problem == "wrong")
    assert not any(word in str(caught.value) for word in change.values() if len(word) > 3)


def test_template_and_names_decide_what_the_channel_can() -> None:
    plain = registry.capabilities_of("http", {**SHORT, "scheme": "other", "seconds_between": "0"})
    assert (plain.inbound, plain.media, plain.receipts) == ({Kind.TEXT}, {}, frozenset())
    assert (plain.schemes, plain.pace, plain.counts_segments) == ((Scheme.OTHER,), None, False)
    rich = registry.capabilities_of(
        "http", {**JSON_CONFIG, "base_url": SHORT["base_url"], "seconds_between": "4"}
    )
    assert Kind.IMAGE in rich.inbound
    assert Kind.IMAGE in rich.outbound
    assert (rich.receipts, rich.pace) == (frozenset(Status), Pace(per_second=0.25))


# --- reading ---------------------------------------------------------------------------------------------

WHOLE = {"a": {"b": [{"c": 1, "d.e": 2}, {"c": 3}, 7]}, "x.y": "dotted", "": "nameless"}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("a.b.0.c", 1),
        ("a.b.1.c", 3),
        ("a.b.c", [1, 3]),
        ("a.b.0.d.e", 2),
        ("x.y", "dotted"),
        ("a.b.9.c", None),
        ("a.z", None),
        ("a.b.2.c", None),
        ("", None),
    ],
)
def test_a_path_leads_through_objects_and_lists(path: str, found: Any) -> None:
    assert at(WHOLE, path) == found


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("E42", "E42"),
        (21610, "21610"),
        ("no such number", ""),
        ("+447700900123", ""),
        ("447700900123", ""),
        (None, ""),
    ],
)
def test_a_code_is_never_a_sentence_or_a_number_of_somebody(given: Any, kept: str) -> None:
    assert code(given) == kept


def test_without_an_id_two_equal_texts_stay_two_and_a_replay_is_one(gateway: Bench) -> None:
    config = {**JSON_CONFIG, "in_id": "", "in_time": "", "base_url": gateway.world.url}
    provider = registry.load("http", config)
    raw = calls(row("yes"))
    first, again, later = (
        provider.parse(raw, {}, moment) for moment in (RECEIVED, RECEIVED, RECEIVED.replace(minute=1))
    )
    assert first == again
    assert isinstance(first[0], Incoming)
    assert isinstance(later[0], Incoming)
    assert first[0].external_id != later[0].external_id
    timed = registry.load("http", {**config, "in_time": "at"})
    assert timed.parse(raw, {}, RECEIVED) == timed.parse(raw, {}, RECEIVED.replace(minute=1))


def test_a_call_under_wrong_names_is_set_aside_and_can_be_read_with_better_ones(gateway: Bench) -> None:
    raw = calls(row("help"))
    wrong = {**JSON_CONFIG, "in_text": "content.body", "in_media": "", "base_url": gateway.world.url}
    with pytest.raises(Malformed):
        registry.load("http", wrong).parse(raw, {}, RECEIVED)
    (event,) = registry.load("http", {**wrong, "in_text": "content.text"}).parse(raw, {}, RECEIVED)
    assert isinstance(event, Incoming)
    assert event.text == "help"


# --- calls and answers -----------------------------------------------------------------------------------


def test_headers_carry_their_secrets(gateway: Bench) -> None:
    gateway.send(gateway.out())
    seen = gateway.messages[0]
    assert (seen.headers["authorization"], seen.headers["x-key"]) == (
        "Bearer CANARYSECRET-header",
        "CANARYSECRET-key",
    )
    assert seen.headers["content-type"] == "application/json"


def test_a_picture_goes_by_an_address_and_not_at_all_without(gateway: Bench) -> None:
    gateway.send(gateway.out(Kind.IMAGE, text="look"))
    assert json.loads(gateway.messages[0].body)["message"] == {
        "body": "look",
        "file": "https://help.example/files/one-time",
    }
    out = gateway.out(Kind.IMAGE)
    assert out.file
    with pytest.raises(GiveUp):
        gateway.send(replace(out, file=replace(out.file, url="")))


def test_the_address_for_receipts_names_our_message() -> None:
    with bench(AS_FORM) as found:
        found.send(found.out(status_url="https://help.example/hooks/http/1/word"))
        told = dict(parse_qsl(found.messages[0].body.decode()))
    assert told["callback"] == f"https://help.example/hooks/http/1/word?message={MESSAGE}"
    assert (told["from"], told["to"], told["password"]) == ("AIDLINE", "447700900123", "CANARYSECRET-key")


def test_passwords_go_to_the_gateway_and_not_to_where_files_lie(gateway: Bench) -> None:
    with serving() as stranger, http.client(frozenset({gateway.world.origin, stranger.origin})) as client:
        stranger.answer = lambda _: Answer(body=b"x", headers={"Content-Type": "image/png"})
        for world in (gateway.world, stranger):
            gateway.provider().fetch_media(client, MediaRef(f"{world.url}/a.png", Kind.IMAGE))
        assert gateway.world.seen[0].headers["x-key"] == "CANARYSECRET-key"
        assert "authorization" in gateway.world.seen[0].headers
        assert "authorization" not in stranger.seen[0].headers


def test_an_address_of_a_file_that_is_none_ends_in_an_error_of_ours(gateway: Bench) -> None:
    with gateway.client() as client, pytest.raises(SendError):
        gateway.provider().fetch_media(client, MediaRef("http://[", Kind.IMAGE))


def test_without_an_id_in_the_answer_ours_stands_for_it() -> None:
    config = {name: value for name, value in FORM_CONFIG.items() if name != "id_name"}
    with bench(replace(AS_FORM, config=config)) as found:
        assert found.send(found.out()).external_id == str(MESSAGE)
        found.world.answer = lambda _: Answer(200, b"")
        with pytest.raises(Uncertain):
            found.send(found.out())


ECHO = '{"id": "7f4290b1", "to": "+33921610445", "text": "stop writing to 21610", "status": "queued"}'
BY_TEXT = {"errors": "429 = retry\n21610 = stop\nno credit = down"}


@pytest.mark.parametrize(
    ("marks", "status", "answer", "became"),
    [
        ({"id_name": "id"}, 202, ECHO, "7f4290b1"),
        ({"success_name": "status", "success_values": "queued"}, 202, ECHO, str(MESSAGE)),
        ({"success_text": "queued"}, 202, ECHO, str(MESSAGE)),
        ({}, 202, '{"id": "7f4290b1", "to": "+33921610445"}', str(MESSAGE)),
        ({}, 202, "21610: blocked", Uncertain),
        ({"id_name": "id"}, 200, '{"id": "", "why": 21610}', StopContacting),
        ({"id_name": "id"}, 400, '{"id": "7f4290b1", "to": "+33921610445"}', GiveUp),
        ({"id_name": "id"}, 400, '{"id": "7", "code": 429}', RetryLater),
        ({"success_name": "status", "success_values": "queued"}, 200, '{"status": "no credit"}', ChannelDown),
        ({"success_text": "queued"}, 200, "ERR_21610", Uncertain),
        ({"success_text": "queued"}, 200, "ERR 21610.", StopContacting),
    ],
)
def test_an_error_is_looked_for_only_where_nothing_proves_success_and_as_a_word(
    marks: dict[str, str], status: int, answer: str, became: str | type[SendError]
) -> None:
    found = http_settings.answers(Config(**SHORT, **BY_TEXT, **marks))
    response = httpx.Response(status, text=answer)
    if isinstance(became, str):
        assert found.external_id(response, str(MESSAGE)) == became
    else:
        with pytest.raises(became):
            found.external_id(response, str(MESSAGE))


def test_no_answer_of_a_gateway_is_kept_in_words_not_even_about_the_account() -> None:
    """It may repeat what somebody wrote, and these words are stored unsealed."""
    with bench(AS_FORM) as found:
        for raw, error in ((b"ERR 9 no credit for: hide me", ChannelDown), (b"ERR 1 hide me", RetryLater)):
            found.answer_messages_with(Answer(200, raw, {"Retry-After": "90"}))
            with pytest.raises(error) as caught:
                found.send(found.out())
            assert caught.value.words == ""
            assert caught.value.code == "refused"  # a sentence is no code
            assert caught.value.retry_after == timedelta(seconds=90)


def test_a_gateway_that_calls_by_get_is_answered_as_it_likes() -> None:
    with bench(IN_QUERY) as found:
        provider: Any = found.provider()
        request = found.hook(IN_QUERY.said[Kind.TEXT][0])
        assert provider.handshake(request) is None
        assert provider.answer(request).body == b"OK"
        look = found.hook(b"")
        assert (provider.handshake(look).status, provider.handshake(look).body) == (200, b"OK")
        (event,) = provider.parse(b"", request.kept(), RECEIVED)
        assert isinstance(event, Incoming)


def test_a_get_says_nothing_where_calls_are_posts(gateway: Bench) -> None:
    look = HookRequest("GET", "https://help.example/hooks/http/1/w?a=b", {}, {}, b"")
    found = gateway.provider().handshake(look)
    assert found
    assert found.status == 405


def test_the_word_is_asked_for_beside_the_signature() -> None:
    with bench(AS_FORM) as found:
        request = found.hook(AS_FORM.said[Kind.TEXT][0])
        assert found.accepts(request)
        assert not found.accepts(replace(request, url=request.url.replace("aword", "another")))


def test_a_signature_over_a_query_covers_it() -> None:
    config = {
        **QUERY_CONFIG,
        "signature_secret": "s",
        "signature_header": "X-Sig",
        "base_url": SHORT["base_url"],
    }
    provider = registry.load("http", config)
    assert isinstance(provider, Http)
    request = HookRequest("GET", f"https://help.example/hooks/http/1/{config['hook_word']}?a=b", {}, {}, b"")
    signed = replace(request, headers={"x-sig": provider._signature("s", b"a=b").decode()})
    provider.verify(signed)
    with pytest.raises(Exception, match="signature"):
        provider.verify(replace(signed, url=signed.url + "c"))


def test_the_test_button_sends_nothing() -> None:
    with bench(IN_QUERY) as found, found.client() as client:
        found.world.answer = lambda _: Answer(404)
        assert found.provider().probe(client) == NOT_SENT  # type: ignore[attr-defined]
        assert [(seen.method, seen.path) for seen in found.world.seen] == [("HEAD", "/")]
