"""What leaves for a phone or a bridge of one's own is what its maker publishes, down to the last name of a field."""

import json
from dataclasses import replace
from typing import Any

import pytest

from aidline.channels.contract import Choice, Kind, Scheme, Sender
from aidline.kernel.text import split
from channels.conformance.bench import Bench, bench
from channels.swagger_specs import ANDROID, SIGNAL, complaints
from channels.vendor_specs import have
from local_server import Answer, Seen
from payloads import android_sms, signal

needs_android = pytest.mark.skipif(
    not have(ANDROID), reason=f"the app's description {ANDROID} is not at hand (AIDLINE_SPECS)"
)
needs_signal = pytest.mark.skipif(
    not have(SIGNAL), reason=f"the bridge's description {SIGNAL} is not at hand (AIDLINE_SPECS)"
)


def send_everything(bench: Bench) -> None:
    for kind in bench.can.outbound:
        bench.send(bench.out(kind))
    for part in split("word " * 2000, bench.can.text_limit):
        bench.send(bench.out(text=part))
    bench.send(
        bench.out(Kind.CHOICE, text="Which?", choices=tuple(Choice(str(n), "C" * 60) for n in range(30)))
    )


@needs_android
@pytest.mark.parametrize("more", [{}, {"device_id": "d-1", "sim_number": "2"}, {"pictures": "announced"}])
def test_the_app_has_no_complaint_about_anything_we_ask(more: dict[str, str]) -> None:
    kit = android_sms.KITS[0]
    with bench(replace(kit, config={**kit.config, **more})) as found, found.client() as client:
        send_everything(found)
        found.send(replace(found.out(), to=Sender(Scheme.PHONE, "60777")))
        provider: Any = found.provider()
        hook = [{"id": "twin", "url": "https://help.example/hooks/android_sms/1", "event": "sms:sent"}]
        provider.fetch_media(client, kit.ref(found.world.url))  # type: ignore[misc]
        found.world.answer = lambda seen: Answer(
            200, json.dumps(hook if seen.method == "GET" else {}).encode()
        )
        provider.register_hook(client, "https://help.example/hooks/android_sms/1")
        provider.hook_state(client)
        found.world.answer = lambda seen: Answer(200, b"{}" if seen.path == "/health" else b"[]")
        provider.probe(client) if not more.get("device_id") else None
        assert {seen.method for seen in found.world.seen} == {"GET", "POST", "DELETE"}
        assert [wrong for seen in found.world.seen for wrong in complaints(ANDROID, seen)] == []


@needs_android
def test_the_judge_of_the_app_sees_what_is_wrong() -> None:
    good = {"phoneNumbers": ["+447700900123"], "textMessage": {"text": "x"}, "id": "1"}
    assert complaints(ANDROID, posted("/messages", good)) == []
    for wrong in (
        {**good, "phoneNumber": "+447700900123"},
        {**good, "textMessage": {"text": "x", "colour": "red"}},
        {**good, "textMessage": {"text": ""}},
        {**good, "simNumber": "2"},
        {**good, "id": "x" * 37},
        {"textMessage": {"text": "x"}},
        {**good, "phoneNumbers": []},
    ):
        assert complaints(ANDROID, posted("/messages", wrong)), wrong
    assert complaints(ANDROID, posted("/messages?colour=red", good))
    assert complaints(ANDROID, posted("/massages", good))
    assert complaints(ANDROID, posted("/webhooks", {"event": "sms:hologram", "url": "https://help.example"}))


@needs_signal
def test_the_bridge_has_no_complaint_about_anything_we_ask() -> None:
    kit = signal.KITS[0]
    with bench(kit) as found, found.client() as client:
        send_everything(found)
        found.send(replace(found.out(reply_to=signal.ID), to=Sender(Scheme.SIGNAL, signal.UUID)))
        provider: Any = found.provider()
        provider.fetch_media(client, kit.ref(found.world.url))  # type: ignore[misc]
        for emoji in ("👍", ""):
            provider.react(client, found.out().to, signal.ID, emoji)
        provider.mark_read(client, signal.ID, typing=True)
        about, accounts = b'{"mode": "json-rpc"}', json.dumps([signal.OURS]).encode()
        found.world.answer = lambda seen: Answer(body=about if seen.path == "/v1/about" else accounts)
        provider.probe(client)
        assert {seen.method for seen in found.world.seen} == {"GET", "POST", "PUT", "DELETE"}
        assert [wrong for seen in found.world.seen for wrong in complaints(SIGNAL, seen)] == []


@needs_signal
def test_the_judge_of_the_bridge_sees_what_is_wrong() -> None:
    good = {"number": "+447700900630", "recipients": ["+447700900123"], "message": "x", "text_mode": "normal"}
    assert complaints(SIGNAL, posted("/v2/send", good)) == []
    for wrong in (
        {**good, "text_mode": "bold"},
        {**good, "attachments": []},
        {**good, "quote_timestamp": "1"},
        {**good, "mentions": [{"author": "x", "start": 0, "length": 1, "colour": "red"}]},
        {name: value for name, value in good.items() if name != "message"},
        {**good, "recipients": "+447700900123"},
    ):
        assert complaints(SIGNAL, posted("/v2/send", wrong)), wrong
    assert complaints(SIGNAL, posted("/v3/send", good))
    assert complaints(SIGNAL, replace(posted("/v2/send", good), method="PUT"))


def posted(path: str, body: Any) -> Seen:
    return Seen("POST", path, {}, json.dumps(body).encode())
