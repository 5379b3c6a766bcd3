"""The look-alikes of SMS providers take what ours send, refuse what the vendors would, and call as they call."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from aidline.channels.contract import (
    BadSignature,
    ChannelDown,
    Choice,
    GiveUp,
    HookRequest,
    Incoming,
    Kind,
    Place,
    Preference,
    Receipt,
    RetryLater,
    Status,
    Uncertain,
)
from aidline.channels.registry import load
from aidline.kernel import clock
from aidline.simulator.lines import News, NotOnThisLine, Utterance, Writer
from aidline.simulator.lookalikes.shapes import Fault, StoredFile
from aidline.simulator.standalone import Memory, Orders
from aidline.simulator.vendors import line_of
from aidline.simulator.wire import Post, africastalking, vonage
from simulator.test_lookalikes import BASE, TO, Bench

AT = datetime(2026, 11, 24, 14, 6, tzinfo=UTC)
HOOK = "https://aidline.example/hooks/x/1/word"
OURS = "018f0000-0000-7000-8000-000000000001"
AMAL = "+447700900123"
VONAGE = {
    "api_key": "a1b2c3d4",
    "api_secret": "right",
    "sender": "447700900641",
    "secret": "word",
    "base_url": f"{BASE}/look-alike/vonage",
    "api_url": f"{BASE}/look-alike/vonage",
}
CONFIGS: dict[str, dict[str, str]] = {
    "africastalking": {
        "username": "aid",
        "api_key": "right",
        "secret": "word",
        "sender": "22384",
        "base_url": f"{BASE}/look-alike/africastalking",
    },
    "infobip": {
        "base_url": f"{BASE}/look-alike/infobip",
        "api_key": "right",
        "sender": "447700900640",
        "secret": "word",
    },
    "infobip:password": {
        "base_url": f"{BASE}/look-alike/infobip",
        "api_key": "right",
        "sender": "447700900640",
        "secret": "word",
        "webhook_user": "aidline",
        "webhook_password": "password",
    },
    "vonage": VONAGE,
    "vonage:signed": {**VONAGE, "signature_secret": "signature", "signature_method": "sha512"},
    "vonage:messages": {**VONAGE, "signature_secret": "signature", "api": "messages"},
    "vonage:unsigned-messages": {**VONAGE, "api": "messages"},
}
NAMES = list(CONFIGS)


class SmsBench(Bench):
    def __init__(self, name: str, **orders: str) -> None:
        self.memory = Memory(BASE, "right", Orders(orders))
        self.to = TO
        self.config = CONFIGS[name]
        self.provider: Any = load(name.partition(":")[0], self.config)
        self.http = httpx.Client(transport=httpx.MockTransport(self._answer))
        self.line = line_of(name.partition(":")[0], self.config, HOOK)

    def read(self, url: str, post: Post) -> list[Any]:
        request = HookRequest("POST", url, {}, dict(post.headers), post.body)
        self.provider.verify(request)
        return self.provider.parse(post.body, request.kept(), AT)  # type: ignore[no-any-return]


@pytest.fixture(params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_what_is_sent_is_taken_under_the_id_it_is_told(name: str) -> None:
    bench = SmsBench(name)
    sent = bench.send(reply_to="")
    assert [(taken.id, taken.to, taken.text) for taken in bench.memory.received] == [
        (sent.external_id, AMAL, "hello")
    ]


def test_places_and_choices_are_taken_as_words(name: str) -> None:
    bench = SmsBench(name)
    bench.send(Kind.LOCATION, text="", place=Place(38.2, -10.4, "Gate"))
    bench.send(Kind.CHOICE, text="What?", choices=(Choice("f", "Food"), Choice("s", "Shelter")))
    assert [taken.text for taken in bench.memory.received] == [
        "Gate\ngeo:38.2,-10.4",
        "What?\n\n1. Food\n2. Shelter",
    ]


def test_the_test_button_works_with_the_right_key_only(name: str) -> None:
    bench = SmsBench(name)
    assert bench.provider.probe(bench.http)
    bench.memory.secret = "another"
    with pytest.raises(ChannelDown):
        bench.provider.probe(bench.http)
    with pytest.raises(ChannelDown):
        bench.send()
    assert bench.memory.received == []


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
    name: str, orders: dict[str, str], outcome: type[Exception]
) -> None:
    bench = SmsBench(name, **orders)
    with pytest.raises(outcome):
        bench.send()
    bench.send()
    assert len(bench.memory.received) == (2 if outcome is Uncertain else 1)


@pytest.mark.parametrize("text", ["مرحبا", "a+b&c=d", "stop"])
def test_what_a_person_says_is_read_as_they_said_it(name: str, text: str) -> None:
    bench = SmsBench(name)
    said = Utterance(bench.line.new_id(), "text", AT, text=text)
    (event,) = bench.read(HOOK, bench.line.said(Writer(AMAL), said))
    assert isinstance(event, Incoming)
    assert (event.external_id, event.text, event.sent_at) == (said.id, text, AT)
    assert [sender.value for sender in event.senders] == [AMAL]


def test_what_a_short_message_cannot_hold_is_not_said(name: str) -> None:
    bench = SmsBench(name)
    for kind in ("reaction", "edit", "location"):
        with pytest.raises(NotOnThisLine):
            bench.line.said(Writer(AMAL), Utterance("1", kind, AT, text="👍", file="7"))


@pytest.mark.parametrize("state", ["sent", "delivered", "failed"])
def test_what_became_of_ours_is_read(name: str, state: str) -> None:
    bench = SmsBench(name)
    sent = bench.send(status_url=HOOK)
    (taken,) = bench.memory.received
    handle = taken.callback or taken.opaque
    news = News(sent.external_id, state, AT, AMAL, handle, "5" if state == "failed" else "")
    (event,) = bench.read(*bench.line.told(news))
    assert isinstance(event, Receipt)
    assert (event.external_id, event.status) == (sent.external_id, Status(state))


# --- strictness ------------------------------------------------------------------------------------------

GOOD_AT = {"username": "aid", "to": AMAL, "message": "hi", "from": "22384", "bulkSMSMode": "1"}


@pytest.mark.parametrize(
    ("changes", "status", "words"),
    [
        ({"colour": "red"}, 400, "unknown form field"),
        ({"message": ""}, 400, "missing required form field 'message'"),
        ({"to": ""}, 400, "missing required form field 'to'"),
        ({"bulkSMSMode": "2"}, 400, "must be 0 or 1"),
        ({"bulkSMSMode": "0"}, 400, "needs 'keyword'"),
        ({"linkId": "x", "keyword": "help"}, 400, "needs 'keyword'"),
        ({"to": "0770"}, 201, "InvalidPhoneNumber"),
    ],
)
def test_africas_talking_refuses_what_it_does_not_know(
    changes: dict[str, str], status: int, words: str
) -> None:
    bench = SmsBench("africastalking")
    path, key = "africastalking/version1/messaging", {"apiKey": "right"}
    assert bench.post(path, data=GOOD_AT, headers=key).status_code == 201
    refused = bench.post(path, data={**GOOD_AT, **changes}, headers=key)
    assert (refused.status_code, words in refused.text) == (status, True)
    assert bench.post(path, data=GOOD_AT, headers={"apiKey": "wrong"}).status_code == 401
    assert len(bench.memory.received) == 1


def test_africas_talking_tells_of_wishes() -> None:
    bench = SmsBench("africastalking")
    told = (
        africastalking.opt_out("HARBOUR", AMAL),
        africastalking.subscription(AMAL, "22384", "help"),
        africastalking.subscription(AMAL, "22384", "help", ended=True),
    )
    events = [bench.read(HOOK, africastalking.post(fields))[0] for fields in told]
    assert all(isinstance(event, Preference) for event in events)
    assert [event.opted_out for event in events] == [True, False, True]


GOOD_INFOBIP: dict[str, Any] = {
    "sender": "447700900640",
    "destinations": [{"to": "447700900123", "messageId": "m-1"}],
    "content": {"text": "hi"},
}


@pytest.mark.parametrize(
    ("changes", "status", "words"),
    [
        ({"from": "447700900640"}, 400, "messages[0].from: unknown"),
        ({"content": {}}, 400, "content.text: missing"),
        ({"content": {"text": 7}}, 400, "content.text: type"),
        ({"destinations": [{"messageId": "m-1"}]}, 400, "destinations[0].to: missing"),
        ({"webhooks": {"notifyUrl": "https://x"}}, 400, "webhooks.notifyUrl: unknown"),
        ({"webhooks": {"contentType": "text/plain"}}, 400, "contentType: value"),
        ({"destinations": [{"to": "12"}]}, 200, "REJECTED_INVALID_DESTINATION"),
        ({"content": {"text": "x" * 801}}, 200, "REJECTED_MESSAGE_TOO_LONG"),
        ({"sender": ""}, 200, "REJECTED_SENDER"),
    ],
)
def test_infobip_refuses_what_it_does_not_know(changes: dict[str, Any], status: int, words: str) -> None:
    bench = SmsBench("infobip")
    path, key = "infobip/sms/3/messages", {"Authorization": "App right"}
    assert bench.post(path, json={"messages": [GOOD_INFOBIP]}, headers=key).status_code == 200
    refused = bench.post(path, json={"messages": [{**GOOD_INFOBIP, **changes}]}, headers=key)
    assert (refused.status_code, words in refused.text) == (status, True)
    assert bench.post(path, json={"messages": [GOOD_INFOBIP]}).status_code == 401
    assert len(bench.memory.received) == 1


def test_a_picture_of_a_person_is_had_from_infobip_with_our_key() -> None:
    bench = SmsBench("infobip")
    bench.memory.files["7"] = StoredFile(b"picture", "image/jpeg")
    said = Utterance(bench.line.new_id(), "image", AT, text="look", file="7", mime="image/jpeg")
    (event,) = bench.read(HOOK, bench.line.said(Writer(AMAL), said))
    assert (event.kind, event.text) == (Kind.IMAGE, "look")
    assert bench.provider.fetch_media(bench.http, event.media[0]).content == b"picture"


GOOD_SMS = {
    "api_key": "a1b2c3d4",
    "api_secret": "right",
    "from": "447700900641",
    "to": "447700900123",
    "text": "hi",
}


@pytest.mark.parametrize(
    ("changes", "status", "words"),
    [
        ({"colour": "red"}, "3", "Unknown colour param"),
        ({"text": ""}, "2", "Missing text param"),
        ({"to": "+447700900123"}, "3", "Invalid to param"),
        ({"text": "мир"}, "3", "Invalid type param"),
        ({"type": "binary"}, "3", "Invalid type param"),
        ({"client-ref": "x" * 101}, "3", "Invalid client-ref param"),
        ({"api_secret": "wrong"}, "4", "Bad Credentials"),
        ({"api_secret": ""}, "4", "Bad Credentials"),
    ],
)
def test_vonages_older_interface_refuses_what_it_does_not_know(
    changes: dict[str, str], status: str, words: str
) -> None:
    bench = SmsBench("vonage")
    good = bench.post("vonage/sms/json", data=GOOD_SMS).json()
    assert [one["status"] for one in good["messages"]] == ["0"]
    refused = bench.post("vonage/sms/json", data={**GOOD_SMS, **changes})
    (one,) = refused.json()["messages"]
    assert (refused.status_code, one["status"], one["error-text"]) == (200, status, words)
    assert len(bench.memory.received) == 1


GOOD_MESSAGE = {
    "channel": "sms",
    "message_type": "text",
    "from": "447700900641",
    "to": "447700900123",
    "text": "hi",
}


@pytest.mark.parametrize(
    ("changes", "detail"),
    [
        ({"colour": "red"}, "colour: unknown"),
        ({"text": ""}, "text: missing"),
        ({"text": "x" * 1001}, "text: length"),
        ({"channel": "pigeon"}, "channel: value"),
        ({"client-ref": "x"}, "client-ref: unknown"),
        ({"client_ref": "x" * 101}, "client_ref: length"),
        ({"to": "+447700900123"}, "to: invalid value"),
    ],
)
def test_vonages_newer_interface_refuses_what_it_does_not_know(changes: dict[str, str], detail: str) -> None:
    bench = SmsBench("vonage:messages")
    path, pair = "vonage/v1/messages", ("a1b2c3d4", "right")
    assert bench.post(path, json=GOOD_MESSAGE, auth=pair).status_code == 202
    refused = bench.post(path, json={**GOOD_MESSAGE, **changes}, auth=pair)
    assert (refused.status_code, refused.json()["detail"]) == (422, detail)
    assert refused.json()["type"].endswith("/messages#1150")
    assert bench.post(path, json=GOOD_MESSAGE, auth=("a1b2c3d4", "wrong")).status_code == 401
    assert len(bench.memory.received) == 1


@pytest.mark.parametrize("name", ["vonage:signed", "vonage:messages"])
def test_vonage_gives_our_own_id_back(name: str) -> None:
    bench = SmsBench(name)
    sent = bench.send(status_url=HOOK)
    (taken,) = bench.memory.received
    url, post = bench.line.told(News(sent.external_id, "delivered", AT, AMAL, taken.callback))
    (receipt,) = bench.read(url, post)
    assert url == HOOK
    assert str(receipt.message) == taken.callback.partition("#")[2]


def test_a_long_message_comes_from_vonage_in_pieces_of_one_group() -> None:
    bench = SmsBench("vonage:signed")
    text = "Where can we sleep tonight? " * 12
    found = vonage.pieces(bench.line.account, AMAL, text, AT)  # type: ignore[attr-defined]
    pieces = [
        bench.read(HOOK, vonage.form(bench.line.account, fields))[0]  # type: ignore[attr-defined]
        for fields in found
    ]
    assert len({piece.group for piece in pieces}) == 1
    assert [(piece.place, piece.total) for piece in pieces] == [(1, 3), (2, 3), (3, 3)]
    assert "".join(piece.said.text for piece in pieces) == text
    assert AMAL[1:] not in pieces[0].group


def test_a_changed_word_is_no_longer_from_vonage() -> None:
    for name, old, new in (("vonage:signed", b"help", b"held"), ("vonage:messages", b"help", b"held")):
        bench = SmsBench(name)
        post = bench.line.said(Writer(AMAL), Utterance("1", "text", AT, text="help"))
        with pytest.raises(BadSignature):
            bench.read(HOOK, Post(post.body.replace(old, new), post.headers))


def test_vonage_takes_the_address_of_a_number_under_its_own_names_only() -> None:
    bench = SmsBench("vonage")
    bench.provider.register_hook(bench.http, HOOK)
    assert bench.provider.hook_state(bench.http).url == HOOK
    for fields in ({"moHttpUrl": HOOK}, {"country": "GB", "msisdn": "447700900641", "moHttpURL": HOOK}):
        refused = bench.post("vonage/number/update", data=fields, auth=("a1b2c3d4", "right"))
        assert refused.status_code == 420


def test_a_picture_of_a_person_is_had_from_vonage_with_our_key() -> None:
    bench = SmsBench("vonage:messages")
    bench.memory.files["7"] = StoredFile(b"picture", "image/jpeg")
    said = Utterance(bench.line.new_id(), "image", AT, text="look", file="7", mime="image/jpeg")
    (event,) = bench.read(HOOK, bench.line.said(Writer(AMAL), said))
    assert (event.kind, event.text) == (Kind.IMAGE, "look")
    assert bench.provider.fetch_media(bench.http, event.media[0]).content == b"picture"


@pytest.mark.parametrize(("age", "taken"), [(0, 1), (-3600, 0)])
def test_vonage_takes_a_token_of_an_application_while_it_lives(age: int, taken: int) -> None:
    key = rsa.generate_private_key(65537, 2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    bench = SmsBench("vonage:messages")
    bench.memory.secret = ""
    bench.provider = load("vonage", {**bench.config, "application_id": "app", "private_key": pem})
    with clock.starting_at(clock.now() + timedelta(seconds=age)):
        headers = bench.provider._authorization()
    answer = bench.post("vonage/v1/messages", json=GOOD_MESSAGE, headers=headers)
    assert (answer.status_code, len(bench.memory.received)) == (202 if taken else 401, taken)
