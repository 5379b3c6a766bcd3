"""The look-alikes take what our providers send, and refuse what the vendors would refuse."""

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest

from aidline.channels.contract import (
    ChannelDown,
    Choice,
    File,
    GiveUp,
    Kind,
    MediaRef,
    Outgoing,
    Place,
    RetryLater,
    Scheme,
    Sender,
    Uncertain,
)
from aidline.channels.registry import load
from aidline.simulator.lookalikes.shapes import Call, Fault, StoredFile
from aidline.simulator.standalone import RESPONDERS, Memory, Orders

BASE = "http://127.0.0.1:9100"
TO = Sender(Scheme.PHONE, "+447700900123")
PICTURE = File("a.jpg", "image/jpeg", 3, lambda: b"abc", "https://aidline.example/out/1")
CONFIGS: dict[str, dict[str, str]] = {
    "whatsapp_cloud": {
        "phone_number_id": "2002",
        "waba_id": "1001",
        "access_token": "right",
        "app_secret": "s",
        "verify_token": "v",
        "base_url": f"{BASE}/look-alike/meta",
    },
    "twilio": {
        "account_sid": "AC1",
        "auth_token": "right",
        "sender": "whatsapp:+447700900630",
        "base_url": f"{BASE}/look-alike/twilio",
        "content_url": f"{BASE}/look-alike/twilio",
    },
    "messenger": {
        "page_id": "3003",
        "access_token": "right",
        "app_secret": "s",
        "verify_token": "v",
        "app_id": "4004",
        "base_url": f"{BASE}/look-alike/messenger",
    },
    "instagram": {
        "account_id": "17840000000005005",
        "access_token": "right",
        "app_secret": "s",
        "verify_token": "v",
        "base_url": f"{BASE}/look-alike/instagram",
    },
    "simulator": {"base_url": f"{BASE}/look-alike/simulator/k", "secret": "right"},
}
RECIPIENTS = {
    "messenger": Sender(Scheme.MESSENGER, "7001000000000001"),
    "instagram": Sender(Scheme.INSTAGRAM, "7002000000000002"),
}
BY_LINK = ("twilio", "instagram")  # they fetch our files themselves
IN_WORDS = ("messenger", "instagram")  # a place is told in words


class Bench:
    """A provider of ours on one side of the wire, its look-alike on the other."""

    def __init__(self, provider: str, **orders: str) -> None:
        self.memory = Memory(BASE, "right", Orders(orders))
        self.to = RECIPIENTS.get(provider, TO)
        self.provider: Any = load(provider, CONFIGS[provider])
        self.http = httpx.Client(transport=httpx.MockTransport(self._answer))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        _, _, vendor, path = request.url.path.split("/", 3)
        headers = {name.lower(): value for name, value in request.headers.items()}
        call = Call(request.method, path, dict(request.url.params), headers, request.read())
        given = RESPONDERS[vendor](call, self.memory)
        return httpx.Response(given.status, content=given.body, headers={"content-type": given.mime})

    def send(self, kind: Kind = Kind.TEXT, **more: Any) -> Any:
        said = {"text": "hello", **more}
        return self.provider.send(self.http, Outgoing(message=uuid4(), to=self.to, kind=kind, **said))

    def post(self, path: str, **more: Any) -> httpx.Response:
        return self.http.post(f"{BASE}/look-alike/{path}", **more)


@pytest.mark.parametrize("provider", list(CONFIGS))
def test_what_a_provider_sends_is_taken_under_the_id_it_is_told(provider: str) -> None:
    bench = Bench(provider)
    sent = bench.send(reply_to="")
    assert [(taken.id, taken.to, taken.text) for taken in bench.memory.received] == [
        (sent.external_id, bench.to.value, "hello")
    ]


@pytest.mark.parametrize("provider", list(CONFIGS))
def test_files_and_places_are_taken(provider: str) -> None:
    bench = Bench(provider)
    bench.send(Kind.IMAGE, text="", file=PICTURE)
    bench.send(Kind.LOCATION, place=Place(38.2, -10.4, "Gate"))
    picture, place = bench.memory.received
    assert (
        picture.link == PICTURE.url
        if provider in BY_LINK
        else bench.memory.files[picture.file].content == b"abc"
    )
    if provider in IN_WORDS:
        assert place.text == "hello\nGate\ngeo:38.2,-10.4"
    else:
        assert place.place is not None
        assert place.place[:2] == (38.2, -10.4)


@pytest.mark.parametrize("many", [2, 7])
def test_choices_arrive_as_buttons_or_as_a_list(many: int) -> None:
    bench = Bench("whatsapp_cloud")
    bench.send(
        Kind.CHOICE, choices=tuple(Choice(str(n), f"Choice {n}") for n in range(many)), menu_label="Choose"
    )
    (taken,) = bench.memory.received
    assert (len(taken.options), taken.as_list) == (many, many > 3)


def test_reactions_and_read_marks_are_taken() -> None:
    bench = Bench("whatsapp_cloud")
    bench.provider.react(bench.http, TO, "wamid.1", "🙏")
    bench.provider.mark_read(bench.http, "wamid.2", typing=True)
    assert [(taken.kind, taken.target, taken.text) for taken in bench.memory.received] == [
        ("reaction", "wamid.1", "🙏")
    ]
    assert bench.memory.read == ["wamid.2"]


def test_a_file_of_a_person_is_had_from_meta_in_two_calls() -> None:
    bench = Bench("whatsapp_cloud")
    bench.memory.files["7"] = StoredFile(b"picture", "image/jpeg")
    assert bench.provider.fetch_media(bench.http, MediaRef("7", Kind.IMAGE)).content == b"picture"
    with pytest.raises(GiveUp):
        bench.provider.fetch_media(bench.http, MediaRef("8", Kind.IMAGE))


# --- strictness ------------------------------------------------------------------------------------------

GOOD = {"messaging_product": "whatsapp", "to": "447700900123", "type": "text", "text": {"body": "hi"}}
BEARER = {"Authorization": "Bearer right"}


def _without(**changes: Any) -> dict[str, Any]:
    return {name: value for name, value in {**GOOD, **changes}.items() if value is not None}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (_without(colour="red"), 100),
        (_without(text={"body": "hi", "size": 3}), 100),
        (_without(text={}), 131008),
        (_without(text={"body": "x" * 4097}), 131009),
        (_without(text={"body": 5}), 100),
        (_without(to="12"), 131009),
        (_without(to=None), 131008),
        (_without(messaging_product=None), 131008),
        (_without(type="telegram"), 100),
        (_without(type="image", text=None, image={"id": "404"}), 131009),
        (_without(type="template", text=None, template={"name": "no", "language": {"code": "en"}}), 132001),
        (_without(biz_opaque_callback_data="x" * 513), 131009),
    ],
)
def test_meta_refuses_what_it_does_not_know(body: dict[str, Any], code: int) -> None:
    bench = Bench("whatsapp_cloud")
    assert bench.post("meta/v25.0/2002/messages", json=GOOD, headers=BEARER).status_code == 200
    refused = bench.post("meta/v25.0/2002/messages", json=body, headers=BEARER)
    assert refused.json()["error"]["code"] == code
    assert len(bench.memory.received) == 1


def test_meta_lets_nobody_in_without_the_token() -> None:
    bench = Bench("whatsapp_cloud")
    bench.memory.secret = "another"
    with pytest.raises(ChannelDown) as refused:
        bench.send()
    assert refused.value.code == "190"


TEXT = {"To": "whatsapp:+447700900123", "From": "whatsapp:+447700900630", "Body": "hi"}


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({**TEXT, "Colour": "red"}, 20001),
        ({**TEXT, "Body": ""}, 21602),
        ({**TEXT, "Body": "x" * 1601}, 21617),
        ({**TEXT, "To": "whatsapp:12"}, 21211),
        ({"From": TEXT["From"], "Body": "hi"}, 21604),
        ({"To": TEXT["To"], "Body": "hi"}, 21603),
        ({"To": TEXT["To"], "From": TEXT["From"], "ContentSid": "HX0"}, 21655),
    ],
)
def test_twilio_refuses_what_it_does_not_know(fields: dict[str, str], code: int) -> None:
    bench = Bench("twilio")
    path = "twilio/2010-04-01/Accounts/AC1/Messages.json"
    assert bench.post(path, data=TEXT, auth=("AC1", "right")).status_code == 201
    assert bench.post(path, data=fields, auth=("AC1", "right")).json()["code"] == code
    assert bench.post(path, data=TEXT, auth=("AC1", "wrong")).json()["code"] == 20003
    assert len(bench.memory.received) == 1


def test_the_practice_provider_must_sign() -> None:
    bench = Bench("simulator")
    assert bench.post("simulator/k/messages", content=json.dumps({"id": "1"})).status_code == 401


# --- faults on request -----------------------------------------------------------------------------------


@pytest.mark.parametrize("provider", list(CONFIGS))
@pytest.mark.parametrize(
    ("orders", "outcome"),
    [
        ({Fault.RATE_LIMIT: "1"}, RetryLater),
        ({Fault.BROKEN: "1"}, RetryLater),
        ({Fault.GARBAGE: "1"}, Uncertain),
        ({Fault.REFUSED: "1:999"}, GiveUp),
    ],
)
def test_a_fault_that_was_asked_for_comes_once(
    provider: str, orders: dict[str, str], outcome: type[Exception]
) -> None:
    bench = Bench(provider, **orders)
    with pytest.raises(outcome):
        bench.send()
    bench.send()
    assert len(bench.memory.received) == (2 if outcome is Uncertain else 1)


def test_later_fates_are_noted_on_the_message() -> None:
    bench = Bench("whatsapp_cloud", failed="1:131026", twice="2", shuffled="1", slow="1:700")
    bench.send()
    assert bench.memory.milliseconds == 700
    bench.send()
    first, second = (taken.fate for taken in bench.memory.received)
    assert (first.code, first.twice, first.shuffled) == ("131026", True, True)
    assert (second.code, second.twice, second.shuffled) == ("", True, False)


def test_a_share_of_the_calls_can_fail() -> None:
    bench = Bench("twilio", rate="0.5")
    ends = [_ends_well(bench.send) for _ in range(60)]
    assert 10 < sum(ends) < 50


def _ends_well(send: Callable[[], Any]) -> bool:
    try:
        send()
    except RetryLater:
        return False
    return True
