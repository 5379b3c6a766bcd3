"""What leaves us is what the vendors publish: every request is captured and judged by their descriptions."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from aidline.channels.contract import Choice, Kind, Outgoing, Scheme, Sender, TemplateUse
from aidline.kernel.text import split
from channels.conformance.bench import Bench, bench
from channels.vendor_specs import (
    META,
    TWILIO,
    complaints_of_meta,
    complaints_of_meta_subscription,
    complaints_of_twilio,
    have,
    known_fields_of_meta_number,
    unknown_to_twilio,
    unknown_to_twilio_listing,
)
from local_server import Answer, Seen
from payloads import twilio, whatsapp_cloud

needs_meta = pytest.mark.skipif(
    not have(META), reason=f"Meta's description {META} is not at hand (AIDLINE_SPECS)"
)
needs_twilio = pytest.mark.skipif(not have(TWILIO), reason=f"Twilio's description {TWILIO} is not at hand")


@pytest.fixture
def meta() -> Iterator[Bench]:
    with bench(whatsapp_cloud.KITS[0]) as found:
        yield found


def many_kinds(bench: Bench) -> list[Outgoing]:
    long = "x" * 30
    return [
        *(bench.out(kind) for kind in bench.can.outbound),
        bench.out(text=split("word " * 2000, bench.can.text_limit)[0]),
        bench.out(
            Kind.CHOICE, text="Which?", choices=tuple(Choice(str(at), f"Choice {at}") for at in range(3))
        ),
        bench.out(
            Kind.CHOICE, text="Which?", choices=tuple(Choice(str(at), f"{at} {long}") for at in range(10))
        ),
        bench.out(
            Kind.CHOICE, text="Which?", choices=(Choice("a", "A", "B" * 100),) * 1, menu_label="M" * 40
        ),
        bench.out(Kind.CHOICE, text="y" * 2000, choices=(Choice("a", "A"),)),
        bench.out(Kind.TEMPLATE, template=TemplateUse("bye", "fr")),
        bench.out(
            Kind.TEMPLATE,
            template=TemplateUse("all", "ar", {"1": "a", "2": "b", "header.1": "c", "button.0": "d"}),
        ),
    ]


def bodies(seen: list[Seen]) -> list[dict[str, Any]]:
    return [json.loads(one.body) for one in seen]


@needs_meta
def test_meta_has_no_complaint_about_anything_we_send(meta: Bench) -> None:
    outs = many_kinds(meta)
    by_user = [replace(out, to=Sender(Scheme.WHATSAPP_USER, whatsapp_cloud.BSUID)) for out in outs[:2]]
    for out in [*outs, *by_user]:
        meta.send(out)
    with meta.client() as client:
        meta.provider().react(client, outs[0].to, "wamid.theirs", "👍")  # type: ignore[attr-defined]
    assert len(meta.messages) == len(outs) + 3
    assert {body["type"] for body in bodies(meta.messages)} >= {"text", "interactive", "template", "location"}
    for body in bodies(meta.messages):
        assert complaints_of_meta(body) == []


@needs_meta
def test_meta_knows_the_fields_of_a_file_upload(meta: Bench) -> None:
    meta.send(meta.out(Kind.IMAGE))
    upload = next(seen for seen in meta.world.seen if seen.path.endswith("/media"))
    names = {part.split(b'"')[1] for part in upload.body.split(b"form-data; ")[1:] if b'"' in part}
    assert names == {b"messaging_product", b"type", b"file"}


@needs_meta
def test_the_judge_of_meta_sees_what_is_wrong(meta: Bench) -> None:
    meta.send(meta.out(text="words", reply_to=""))
    meta.send(meta.out(Kind.CHOICE))
    text, choice = bodies(meta.messages)
    assert complaints_of_meta(text) == []
    four = {**choice["interactive"], "action": {"buttons": choice["interactive"]["action"]["buttons"] * 2}}
    broken = [
        {name: value for name, value in text.items() if name != "to"},
        {name: value for name, value in text.items() if name != "recipient_type"},
        {**text, "txet": "x"},
        {**text, "text": {"body": "x", "boddy": "x"}},
        {**text, "text": {"body": 7}},
        {**text, "context": {"message": "x"}},
        {**text, "type": "hologram"},
        {**choice, "interactive": four},
        {**choice, "interactive": {**choice["interactive"], "type": "knobs"}},
    ]
    assert all(complaints_of_meta(body) for body in broken)


@needs_meta
def test_exactly_three_novelties_of_meta_are_tolerated(meta: Bench) -> None:
    common = {"messaging_product": "whatsapp", "recipient_type": "individual", "type": "interactive"}
    for kind in ("cta_url", "location_request_message"):
        assert (
            complaints_of_meta({**common, "to": "1", "interactive": {"type": kind, "action": {"name": "x"}}})
            == []
        )
    assert complaints_of_meta(
        {**common, "to": "1", "interactive": {"type": "knobs", "action": {"name": "x"}}}
    )
    assert complaints_of_meta({**common, "type": "text", "recipient": "GB.1", "text": {"body": "x"}}) == []


@needs_twilio
@pytest.mark.parametrize("kit", twilio.KITS, ids=lambda kit: kit.label)
@pytest.mark.parametrize("service", ["", "MG" + "5" * 32])
def test_twilio_has_no_complaint_about_anything_we_send(kit, service: str) -> None:
    with bench(replace(kit, config={**kit.config, "messaging_service_sid": service})) as found:
        outs = [
            replace(out, template=replace(out.template, name="HX" + "4" * 32)) if out.template else out
            for out in many_kinds(found)
        ]
        for out in outs:
            found.send(replace(out, status_url="https://help.example/hooks/twilio/1"))
        assert len(found.messages) == len(outs)
        assert [complaints_of_twilio(seen) for seen in found.messages] == [[]] * len(outs)


@needs_twilio
def test_the_judge_of_twilio_sees_what_is_wrong() -> None:
    good = Seen("POST", "/", {}, b"To=%2B447700900123&Body=x")
    assert complaints_of_twilio(good) == []
    for wrong in (
        b"Body=x",
        b"&Boddy=x",
        b"&ContentSid=HX1",
        b"&ValidityPeriod=soon",
        b"&ShortenUrls=perhaps",
    ):
        body = wrong if wrong.startswith(b"B") else good.body + wrong
        assert complaints_of_twilio(replace(good, body=body)), wrong


@needs_twilio
def test_twilio_knows_what_we_ask_of_its_list() -> None:
    with bench(twilio.SMS) as found, found.client() as client:
        found.world.answer = lambda _: Answer(body=b'{"messages": []}')
        found.provider().list_since(client, datetime(2026, 11, 22, tzinfo=UTC))  # type: ignore[attr-defined]
        query = parse_qs(urlsplit(found.world.seen[0].path).query)
    assert set(query) == {"To", "DateSent>", "PageSize"}
    assert unknown_to_twilio_listing(list(query)) == set()


ADDRESS = "https://help.example/hooks/x/1"


@needs_meta
def test_meta_has_no_complaint_about_how_we_set_up(meta: Bench) -> None:
    with meta.client() as client:
        meta.provider().register_hook(client, ADDRESS)  # type: ignore[attr-defined]
        meta.provider().probe(client)  # type: ignore[attr-defined]
    subscription, number = meta.world.seen
    sent = json.loads(subscription.body)
    assert complaints_of_meta_subscription(sent) == []
    assert complaints_of_meta_subscription({**sent, "override_callback_url": ADDRESS})
    fields = parse_qs(urlsplit(number.path).query)["fields"][0].split(",")
    assert set(fields) <= known_fields_of_meta_number()


@needs_twilio
def test_twilio_knows_what_we_ask_and_change_of_a_number() -> None:
    with bench(twilio.SMS) as found, found.client() as client:
        number = {"incoming_phone_numbers": [{"sid": "PN1"}]}
        found.world.answer = lambda _: Answer(body=json.dumps(number).encode())
        found.provider().register_hook(client, ADDRESS)  # type: ignore[attr-defined]
    asked, changed = found.world.seen
    query, form = parse_qs(urlsplit(asked.path).query), parse_qs(changed.body.decode())
    assert unknown_to_twilio("IncomingPhoneNumbers.json", "get", list(query)) == set()
    assert unknown_to_twilio("IncomingPhoneNumbers/{Sid}.json", "post", list(form)) == set()
    assert form["SmsUrl"] == form["SmsFallbackUrl"] == [ADDRESS]
