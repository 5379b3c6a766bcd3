"""Any gateway, from both ends: the look-alike, its calls in the names of the settings, and the Phones page."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import httpx
import pytest

from aidline.channels.contract import (
    BadSignature,
    ChannelDown,
    File,
    GiveUp,
    HookRequest,
    Incoming,
    Kind,
    Outgoing,
    Place,
    Receipt,
    RetryLater,
    Scheme,
    Sender,
    Status,
    StopContacting,
    Uncertain,
)
from aidline.channels.registry import load
from aidline.conversations.models import Conversation
from aidline.conversations.sending import send_reply
from aidline.conversations.states import MessageState
from aidline.simulator import saying
from aidline.simulator.lines import News, NotOnThisLine, Utterance, Writer
from aidline.simulator.lookalikes.shapes import Call, Fault, StoredFile
from aidline.simulator.models import PhoneMessage
from aidline.simulator.standalone import RESPONDERS, Memory, Orders
from aidline.simulator.vendors import VENDORS, line_of
from aidline.simulator.wire import Post

if TYPE_CHECKING:
    from simulator.practice import Practice

BASE = "http://127.0.0.1:9100/look-alike/http"
NUMBER = "+447700900123"
DEMO = {**VENDORS["http"].demo("+447700900640", BASE), "key": "right", "hook_word": "word"}
AS_FORM = {
    "base_url": BASE,
    "hook_word": "word",
    "send_path": "/send",
    "body_type": "form",
    "body": "to={to_digits}\ntext={text}\ncallback={callback}",
    "headers": "Authorization: Bearer {key}",
    "key": "right",
    "id_name": "data.id",
    "format": "form",
    "in_id": "msgid",
    "in_time": "ts",
    "time_format": "milliseconds",
    "status_name": "dlr",
    "status_id": "msgid",
    "words_delivered": "DELIVRD, 1",
    "signature_secret": "s",
    "signature_algorithm": "sha1",
    "signature_encoding": "base64",
    "signature_prefix": "v1=",
}
IN_PATH = {
    **{name: AS_FORM[name] for name in ("base_url", "hook_word", "headers", "key", "id_name")},
    "method": "GET",
    "body_type": "none",
    "send_path": "/s?to={to}&text={text}",
}
HOOK = "https://help.example/hooks/http/1/word"
AT = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
PICTURE = File("a.jpg", "image/jpeg", 3, lambda: b"abc", "https://aidline.example/out/1")


class Bench:
    def __init__(self, config: dict[str, str], **orders: str) -> None:
        self.memory = Memory("http://127.0.0.1:9100", "right", Orders(orders))
        self.provider: Any = load("http", config)
        self.http = httpx.Client(transport=httpx.MockTransport(self._answer))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        _, _, vendor, path = request.url.path.split("/", 3)
        headers = {name.lower(): value for name, value in request.headers.items()}
        call = Call(request.method, path, dict(request.url.params), headers, request.read())
        given = RESPONDERS[vendor](call, self.memory)
        return httpx.Response(given.status, content=given.body, headers={"content-type": given.mime})

    def send(self, kind: Kind = Kind.TEXT, **more: Any) -> Any:
        said = {"text": "hello & {key}", **more}
        out = Outgoing(uuid4(), Sender(Scheme.PHONE, NUMBER), kind, status_url=HOOK, **said)
        return self.provider.send(self.http, out)


@pytest.mark.parametrize("config", [DEMO, AS_FORM, IN_PATH], ids=["json", "form", "query"])
def test_a_text_is_taken_however_it_is_written(config: dict[str, str]) -> None:
    bench = Bench(config)
    sent = bench.send()
    bench.send(Kind.LOCATION, text="", place=Place(38.2, -10.4, "Gate"))
    text, place = bench.memory.received
    assert (text.id, text.to, text.text) == (sent.external_id, NUMBER, "hello & {key}")
    assert place.text == "Gate\ngeo:38.2,-10.4"


def test_a_picture_is_taken_by_its_address() -> None:
    bench = Bench(DEMO)
    bench.send(Kind.IMAGE, file=PICTURE)
    assert bench.memory.received[0].link == PICTURE.url


def test_unknown_names_and_wrong_keys_are_refused() -> None:
    with pytest.raises(GiveUp) as caught:
        Bench({**DEMO, "body": '{"to": "{to}", "txet": "{text}"}'}).send()
    assert caught.value.code == "unknown-txet"
    with pytest.raises(ChannelDown):
        Bench({**DEMO, "key": "wrong"}).send()


@pytest.mark.parametrize(
    ("orders", "outcome"),
    [
        ({Fault.RATE_LIMIT: "1"}, RetryLater),
        ({Fault.BROKEN: "1"}, RetryLater),
        ({Fault.GARBAGE: "1"}, Uncertain),
        ({Fault.REFUSED: "1:not-possible"}, GiveUp),
        ({Fault.REFUSED: "1:blocked"}, StopContacting),
    ],
)
def test_a_fault_that_was_asked_for_comes_once(orders: dict[str, str], outcome: type[Exception]) -> None:
    bench = Bench(DEMO, **orders)
    with pytest.raises(outcome):
        bench.send()
    bench.send()
    assert len(bench.memory.received) == (2 if outcome is Uncertain else 1)


# --- its calls -------------------------------------------------------------------------------------------


def read(config: dict[str, str], post: Post, url: str = HOOK) -> Any:
    provider = load("http", config)
    request = HookRequest("POST", url, {}, dict(post.headers), post.body)
    provider.verify(request)
    (event,) = provider.parse(post.body, request.kept(), datetime.now(UTC))
    return event


@pytest.mark.parametrize("config", [DEMO, AS_FORM], ids=["json", "form"])
def test_what_people_say_comes_in_by_the_names_of_the_settings(config: dict[str, str]) -> None:
    line = line_of("http", config, HOOK)
    for said, text in (
        (Utterance("m-1", "text", AT, text="مرحبا"), "مرحبا"),
        (Utterance("m-1", "location", AT, place=(38.2, -10.4, "Gate", "")), "Gate\ngeo:38.2,-10.4"),
        (Utterance("m-1", "contacts", AT, card=("Umm Rami", "+447700900147")), "Umm Rami\n+447700900147"),
    ):
        event = read(config, line.said(Writer(NUMBER, "Amal"), said))
        assert isinstance(event, Incoming)
        assert (event.external_id, event.text, event.sent_at) == ("m-1", text, AT)
        assert event.senders == (Sender(Scheme.PHONE, NUMBER),)


def test_a_picture_is_fetched_with_the_key() -> None:
    said = Utterance("m-1", "image", AT, text="look", file="7", mime="image/jpeg", content=b"p")
    event = read(DEMO, line_of("http", DEMO, HOOK).said(Writer(NUMBER), said))
    assert (event.kind, event.text) == (Kind.IMAGE, "look")
    bench = Bench(DEMO)
    bench.memory.files["7"] = StoredFile(b"picture", "image/jpeg")
    assert bench.provider.fetch_media(bench.http, event.media[0]).content == b"picture"
    with pytest.raises(NotOnThisLine):
        line_of("http", AS_FORM, HOOK).said(Writer(NUMBER), said)


def test_statuses_find_our_message_by_its_id_or_by_their_address() -> None:
    message = uuid4()
    ways = ((DEMO, str(message)), (AS_FORM, f"{HOOK}?message={message}"))
    for config, handle in ways:
        for state in ("sent", "delivered", "failed"):
            url, post = line_of("http", config, HOOK).told(News("g-1", state, AT, NUMBER, handle))
            receipt = read(config, post, url)
            assert isinstance(receipt, Receipt)
            assert (receipt.external_id, receipt.status, receipt.message) == ("g-1", Status(state), message)


def test_one_changed_byte_of_a_signed_form_is_found() -> None:
    post = line_of("http", AS_FORM, HOOK).said(Writer(NUMBER), Utterance("m-1", "text", AT, text="hi"))
    with pytest.raises(BadSignature):
        read(AS_FORM, Post(post.body.replace(b"hi", b"ho"), post.headers))


# --- the Phones page -------------------------------------------------------------------------------------


def test_a_talk_goes_to_and_fro(practice: "Practice") -> None:
    phone = practice.phone(practice.channel("http", "sms"))
    saying.say(phone, "text", text="hello")
    practice.settle()
    (message,) = send_reply(by=None, conversation=Conversation.objects.get(), text="Good morning")
    practice.send_due()
    practice.settle()
    message.refresh_from_db()
    assert message.state == MessageState.DELIVERED
    assert [row.text for row in PhoneMessage.objects.filter(own=False)] == ["Good morning"]
