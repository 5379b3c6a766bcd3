"""What only Twilio has: its signature as its own library makes it, its list of messages, its content templates."""

import base64
import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from aidline.channels import registry
from aidline.channels.contract import (
    QUERY,
    BadSignature,
    HookRequest,
    Incoming,
    Kind,
    MediaRef,
    Place,
    TemplateInfo,
    TemplateUse,
)
from aidline.channels.providers.twilio import Twilio
from aidline.kernel import http
from channels.conformance.bench import Bench, bench
from local_server import Answer, Seen, serving
from payloads import twilio
from payloads.kit import MESSAGE, NUMBER, RECEIVED

FORM = "application/x-www-form-urlencoded"
TOKEN = twilio.CONFIG["auth_token"]


@pytest.fixture
def sms() -> Iterator[Bench]:
    with bench(twilio.KITS[0]) as found:
        yield found


@pytest.fixture
def whatsapp() -> Iterator[Bench]:
    with bench(twilio.KITS[1]) as found:
        yield found


def provider() -> Twilio:
    found = registry.load("twilio", twilio.CONFIG)
    assert isinstance(found, Twilio)
    return found


def accepted(url: str, body: bytes, signature: str, method: str = "POST", mime: str = FORM) -> bool:
    query = dict(parse_qsl(urlsplit(url).query))
    headers = {"content-type": mime, "x-twilio-signature": signature}
    try:
        provider().verify(HookRequest(method, url, query, headers, body))
    except BadSignature:
        return False
    return True


def form_of(seen: Seen) -> dict[str, list[str]]:
    return parse_qs(seen.body.decode(), keep_blank_values=True)


class Form(dict[str, list[str]]):
    """A form as Django and others hand it to Twilio's library."""

    def getlist(self, name: str) -> list[str]:
        return self[name]


# --- signature -------------------------------------------------------------------------------------------

URL = "https://help.example/hooks/twilio/1?message=2&x=%20y"


@given(
    st.lists(
        st.tuples(
            st.sampled_from("ABCab"), st.text(max_size=5).map(lambda s: s.encode("utf-8", "ignore").decode())
        ),
        max_size=6,
    )
)
def test_every_form_is_signed_as_twilios_own_library_signs_it(pairs: list[tuple[str, str]]) -> None:
    body = urlencode(pairs).encode()
    fields = Form(parse_qs(body.decode(), keep_blank_values=True))
    assert accepted(URL, body, RequestValidator(TOKEN).compute_signature(URL, fields))


@pytest.mark.parametrize(
    ("signed", "called"),
    [
        ("https://help.example/x?y=1", "https://help.example/x?y=1"),
        ("https://help.example:443/x?y=1", "https://help.example/x?y=1"),
        ("https://help.example/x?y=1", "https://help.example:443/x?y=1"),
        ("http://help.example:80/x", "http://help.example/x"),
        ("https://help.example/x", "https://help.example:8443/x"),
        ("https://help.example:443", "https://help.example"),
        ("https://help.example/x?y=a:b", "https://help.example:443/x?y=a:b"),
    ],
)
def test_a_port_may_be_told_or_not(signed: str, called: str) -> None:
    body = twilio.form(Body="x")
    fields = Form(parse_qs(body.decode(), keep_blank_values=True))
    assert accepted(called, body, RequestValidator(TOKEN).compute_signature(signed, fields))


def test_another_port_or_host_is_another_address() -> None:
    body = twilio.form(Body="x")
    fields = Form(parse_qs(body.decode(), keep_blank_values=True))
    signature = RequestValidator(TOKEN).compute_signature("https://help.example:8443/x", fields)
    assert not accepted("https://help.example/x", body, signature)
    assert not accepted("https://evil.example:8443/x", body, signature)


def test_a_json_body_is_signed_through_its_hash() -> None:
    body = json.dumps({"MessageSid": twilio.SM}).encode()
    url = f"https://help.example/x?bodySHA256={hashlib.sha256(body).hexdigest()}"
    signature = RequestValidator(TOKEN).compute_signature(url, {})
    assert accepted(url, body, signature, mime="application/json")
    assert not accepted(url, body + b" ", signature, mime="application/json")
    bare = RequestValidator(TOKEN).compute_signature("https://help.example/x", {})
    assert not accepted("https://help.example/x", body, bare, mime="application/json")


def test_a_call_by_get_is_signed_by_its_address_and_read_from_it() -> None:
    query = twilio.form(Body="hello").decode()
    url = f"https://help.example/x?{query}"
    signature = RequestValidator(TOKEN).compute_signature(url, {})
    assert accepted(url, b"", signature, method="GET")
    (event,) = provider().parse(b"", {QUERY: query}, RECEIVED)
    assert isinstance(event, Incoming)
    assert event.text == "hello"


# --- sending ---------------------------------------------------------------------------------------------


def test_the_whole_request_for_an_answer(sms: Bench) -> None:
    sms.send(sms.out(text="hello", status_url="https://help.example/hooks/twilio/1"))
    (seen,) = sms.messages
    assert seen.path == f"/2010-04-01/Accounts/{twilio.AC}/Messages.json"
    assert base64.b64decode(seen.headers["authorization"][6:]).decode() == f"{twilio.AC}:{TOKEN}"
    assert form_of(seen) == {
        "To": [NUMBER],
        "From": ["+447700900999"],
        "Body": ["hello"],
        "StatusCallback": [f"https://help.example/hooks/twilio/1?message={MESSAGE}"],
    }


def test_an_api_key_takes_the_place_of_the_token(sms: Bench) -> None:
    kit = replace(sms.kit, config={**sms.kit.config, "api_key_sid": "SK1", "api_key_secret": "word"})
    with bench(kit) as found:
        found.send(found.out(text="hello"))
        assert base64.b64decode(found.messages[0].headers["authorization"][6:]) == b"SK1:word"


def test_whatsapp_addresses_carry_their_prefix_and_places_their_label(whatsapp: Bench) -> None:
    whatsapp.send(whatsapp.out(Kind.LOCATION, place=Place(50.85, 4.35, "Square", "Main street 1")))
    found = form_of(whatsapp.messages[0])
    assert (found["To"], found["From"]) == ([f"whatsapp:{NUMBER}"], ["whatsapp:+447700900999"])
    assert found["PersistentAction"] == ["geo:50.85,4.35|Square"]


def test_a_place_by_sms_is_words(sms: Bench) -> None:
    sms.send(sms.out(Kind.LOCATION, place=Place(50.85, 4.35, "Square")))
    assert form_of(sms.messages[0])["Body"] == ["Square\ngeo:50.85,4.35"]


def test_choices_are_numbered(sms: Bench) -> None:
    sms.send(sms.out(Kind.CHOICE))
    assert form_of(sms.messages[0])["Body"] == ["What do you need?\n\n1. Food\n2. Shelter"]


def test_a_template_goes_by_its_content_sid(whatsapp: Bench) -> None:
    use = TemplateUse("HX" + "4" * 32, "ar", {"1": "إلهام"})
    whatsapp.send(whatsapp.out(Kind.TEMPLATE, template=use))
    found = form_of(whatsapp.messages[0])
    assert (found["ContentSid"], json.loads(found["ContentVariables"][0])) == ([use.name], {"1": "إلهام"})
    assert "Body" not in found


def test_sms_and_whatsapp_can_do_different_things(sms: Bench, whatsapp: Bench) -> None:
    assert (sms.can.reply_window, sms.can.counts_segments, sms.can.templates) == (None, True, False)
    assert whatsapp.can.reply_window
    assert (whatsapp.can.counts_segments, whatsapp.can.templates) == (False, True)
    assert sms.can.reconciles


# --- what was missed -------------------------------------------------------------------------------------

SINCE = datetime(2026, 11, 22, 11, 0, tzinfo=UTC)


def listed(
    sid: str, direction: str = "inbound", sent: str = "Sun, 22 Nov 2026 11:59:30 +0000", **more: Any
) -> dict[str, Any]:
    common = {
        "sid": sid,
        "account_sid": twilio.AC,
        "from": NUMBER,
        "to": "+447700900999",
        "body": f"text {sid}",
    }
    return {
        **common,
        "direction": direction,
        "date_sent": sent,
        "num_media": "0",
        "num_segments": "1",
        **more,
    }


def list_of(seen: Seen) -> Answer:
    if seen.path.endswith("/Media.json"):
        return Answer(body=json.dumps({"media_list": [{"sid": "ME1", "content_type": "image/png"}]}).encode())
    if "Page=1" in seen.path:
        return Answer(
            body=json.dumps({"messages": [listed("SMc", num_media="1")], "next_page_uri": None}).encode()
        )
    page = [
        listed("SMa"),
        listed("SMb", "outbound-api"),
        listed("SMold", sent="Sun, 22 Nov 2026 10:59:59 +0000"),
    ]
    following = f"/2010-04-01/Accounts/{twilio.AC}/Messages.json?Page=1"
    return Answer(body=json.dumps({"messages": page, "next_page_uri": following}).encode())


def test_missed_messages_read_like_the_webhooks_they_should_have_been(sms: Bench) -> None:
    sms.world.answer = list_of
    with sms.client() as client:
        found = Twilio.list_since(sms.provider(), client, SINCE)  # type: ignore[arg-type]
    assert [fields["MessageSid"] for fields in found] == ["SMa", "SMc"]
    events = [
        provider().parse(json.dumps(fields).encode(), {"content-type": "application/json"}, RECEIVED)[0]
        for fields in found
    ]
    hook = provider().parse(twilio.form(MessageSid="SMa", Body="text SMa"), {"content-type": FORM}, RECEIVED)[
        0
    ]
    assert isinstance(hook, Incoming)
    assert events[0] == replace(hook, sent_at=datetime(2026, 11, 22, 11, 59, 30, tzinfo=UTC))
    assert isinstance(events[1], Incoming)
    url = f"{sms.world.url}/2010-04-01/Accounts/{twilio.AC}/Messages/SMc/Media/ME1"
    assert events[1].media == (MediaRef(url, Kind.IMAGE, "image/png"),)


def test_the_list_asks_for_our_number_since_that_day(sms: Bench) -> None:
    sms.world.answer = list_of
    with sms.client() as client:
        Twilio.list_since(sms.provider(), client, SINCE)  # type: ignore[arg-type]
    query = parse_qs(urlsplit(sms.world.seen[0].path).query)
    assert query == {"To": ["+447700900999"], "DateSent>": ["2026-11-22"], "PageSize": ["200"]}


def test_a_next_page_elsewhere_is_asked_for_at_home(sms: Bench) -> None:
    """Otherwise an answer could send our credentials to any host."""
    with serving() as stranger:
        page = {"messages": [], "next_page_uri": f"{stranger.url}/2010-04-01/steal?Page=1"}
        sms.world.answer = lambda seen: Answer(body=json.dumps({} if "steal" in seen.path else page).encode())
        with http.client(frozenset({sms.world.origin, stranger.origin})) as client:
            Twilio.list_since(sms.provider(), client, SINCE)  # type: ignore[arg-type]
        assert [seen.path.split("?")[0] for seen in sms.world.seen][-1] == "/2010-04-01/steal"
        assert stranger.seen == []


def test_credentials_for_files_stay_with_twilio(sms: Bench) -> None:
    with serving() as stranger:
        stranger.answer = lambda _: Answer(body=b"x", headers={"Content-Type": "image/png"})
        sms.world.answer = lambda _: Answer(307, headers={"Location": f"{stranger.url}/cdn"})
        with http.client(frozenset({sms.world.origin, stranger.origin})) as client:
            sms.provider().fetch_media(client, MediaRef(f"{sms.world.url}/Media/1", Kind.IMAGE))
            sms.provider().fetch_media(client, MediaRef(f"{stranger.url}/Media/1", Kind.IMAGE))
        assert "authorization" in sms.world.seen[0].headers
        assert [seen.headers.get("authorization") for seen in stranger.seen] == [None, None]


def test_content_templates_are_read_with_their_approval(whatsapp: Bench) -> None:
    content = {
        "sid": "HX1",
        "friendly_name": "welcome_ar",
        "language": "ar",
        "variables": {"1": "name"},
        "types": {"twilio/quick-reply": {"body": "Hello {{1}}", "actions": []}},
        "approval_requests": {"status": "approved", "category": "UTILITY", "name": "welcome"},
    }
    whatsapp.world.answer = lambda _: Answer(body=json.dumps({"contents": [content], "meta": {}}).encode())
    with whatsapp.client() as client:
        found = Twilio.sync_templates(whatsapp.provider(), client)  # type: ignore[arg-type]
    assert found == [
        TemplateInfo(
            name="HX1",
            language="ar",
            state="approved",
            category="utility",
            body="Hello {{1}}",
            parameters=("1",),
            external_id="HX1",
            title="welcome",
            examples={"1": "name"},
        )
    ]
