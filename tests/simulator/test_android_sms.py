"""A telephone with the gateway app, from both ends: the look-alike, its calls, and the Phones page."""

from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import httpx
import pytest
from PIL import Image

from aidline.channels.contract import (
    BadSignature,
    ChannelDown,
    GiveUp,
    HookRequest,
    Incoming,
    Kind,
    MediaRef,
    Outgoing,
    Place,
    Receipt,
    RetryLater,
    Scheme,
    Sender,
    Status,
    Uncertain,
)
from aidline.channels.registry import load
from aidline.conversations.models import Attachment, Conversation, Message
from aidline.conversations.sending import send_reply
from aidline.conversations.states import Direction, MessageState
from aidline.gateway.media import fetch_attachment
from aidline.simulator import saying
from aidline.simulator.lines import News, NotOnThisLine, Utterance, Writer
from aidline.simulator.lookalikes.shapes import Call, Fault, StoredFile
from aidline.simulator.models import PhoneMessage
from aidline.simulator.standalone import RESPONDERS, Memory, Orders
from aidline.simulator.vendors import VENDORS, line_of
from aidline.simulator.wire import Post

if TYPE_CHECKING:
    from simulator.practice import Practice

BASE = "http://127.0.0.1:9100/look-alike/android_sms"
NUMBER = "+447700900123"
CONFIG = {"base_url": BASE, "signing_key": "key", "login": "AIDLINE", "password": "right"}
HOOK = "https://help.example/hooks/android_sms/1"
AT = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
GOOD = {"phoneNumbers": [NUMBER], "textMessage": {"text": "hi"}}


class Bench:
    def __init__(self, **orders: str) -> None:
        self.memory = Memory("http://127.0.0.1:9100", "right", Orders(orders))
        self.provider: Any = load("android_sms", CONFIG)
        self.http = httpx.Client(transport=httpx.MockTransport(self._answer))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        _, _, vendor, path = request.url.path.split("/", 3)
        headers = {name.lower(): value for name, value in request.headers.items()}
        call = Call(request.method, path, dict(request.url.params), headers, request.read())
        given = RESPONDERS[vendor](call, self.memory)
        return httpx.Response(given.status, content=given.body, headers={"content-type": given.mime})

    def send(self, kind: Kind = Kind.TEXT, to: str = NUMBER, **more: Any) -> Any:
        said = {"text": "hello", **more}
        return self.provider.send(self.http, Outgoing(uuid4(), Sender(Scheme.PHONE, to), kind, **said))

    def post(self, body: Any, path: str = "messages") -> httpx.Response:
        body = {"id": str(uuid4()), **body}
        return self.http.post(f"{BASE}/{path}", json=body, auth=("AIDLINE", "right"))


# --- the look-alike --------------------------------------------------------------------------------------


def test_what_is_sent_is_taken_under_our_own_id() -> None:
    bench = Bench()
    sent = bench.send()
    bench.send(Kind.LOCATION, place=Place(38.2, -10.4, "Gate"))
    bench.send(to="60777")
    first, place, short = bench.memory.received
    assert (first.id, first.to, first.text) == (sent.external_id, NUMBER, "hello")
    assert place.text == "hello\nGate\ngeo:38.2,-10.4"
    assert short.to == "60777"


def test_a_message_that_is_sent_again_is_taken_once() -> None:
    """As after a failure that was none."""
    bench = Bench()
    out = Outgoing(uuid4(), Sender(Scheme.PHONE, NUMBER), Kind.TEXT, "hello")
    sent = [bench.provider.send(bench.http, out) for _time in range(2)]
    assert [one.external_id for one in sent] == [str(out.message)] * 2
    assert len(bench.memory.received) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"colour": "red"},
        {"textMessage": {"text": "hi", "size": 3}},
        {"textMessage": {}},
        {"textMessage": {"text": 5}},
        {"phoneNumbers": []},
        {"phoneNumbers": ["12"]},
        {"phoneNumbers": [7]},
        {"id": "x" * 37},
        {"simNumber": 4},
        {"withDeliveryReport": "yes"},
    ],
)
def test_what_the_app_does_not_know_is_refused(change: dict[str, Any]) -> None:
    bench = Bench()
    assert bench.post(GOOD).status_code == 202
    assert bench.post({**GOOD, **change}).status_code == 400
    assert len(bench.memory.received) == 1


def test_nobody_gets_in_without_the_password() -> None:
    bench = Bench()
    bench.memory.secret = "another"
    with pytest.raises(ChannelDown):
        bench.send()
    with pytest.raises(ChannelDown):
        bench.provider.probe(bench.http)
    assert bench.memory.received == []


@pytest.mark.parametrize(
    ("orders", "outcome"),
    [
        ({Fault.RATE_LIMIT: "1"}, RetryLater),
        ({Fault.BROKEN: "1"}, RetryLater),
        ({Fault.GARBAGE: "1"}, Uncertain),
        ({Fault.REFUSED: "1:RESULT_NO_MEMORY"}, GiveUp),
    ],
)
def test_a_fault_that_was_asked_for_comes_once(orders: dict[str, str], outcome: type[Exception]) -> None:
    bench = Bench(**orders)
    with pytest.raises(outcome):
        bench.send()
    bench.send()
    assert len(bench.memory.received) == (2 if outcome is Uncertain else 1)


def test_registration_and_test_button_work_against_it() -> None:
    bench = Bench()
    for _time in range(2):
        bench.provider.register_hook(bench.http, HOOK)
    state = bench.provider.hook_state(bench.http)
    assert (state.url, state.error) == (HOOK, "")
    assert bench.provider.probe(bench.http) == "Practice phone"
    with pytest.raises(GiveUp) as caught:
        bench.provider.register_hook(bench.http, "http://help.example/hooks/android_sms/1")
    assert "https" in caught.value.words


def test_a_file_that_was_too_large_for_the_call_is_fetched() -> None:
    bench = Bench()
    bench.memory.files["7"] = StoredFile(b"picture", "image/jpeg")
    fetched = bench.provider.fetch_media(bench.http, MediaRef("7/1", Kind.IMAGE, "image/jpeg"))
    assert (fetched.content, fetched.mime) == (b"picture", "image/jpeg")
    with pytest.raises(GiveUp):
        bench.provider.fetch_media(bench.http, MediaRef("8/1", Kind.IMAGE))


# --- its calls -------------------------------------------------------------------------------------------

LINE = line_of("android_sms", CONFIG, HOOK)


def read(post: Post) -> Any:
    provider = load("android_sms", CONFIG)
    request = HookRequest("POST", HOOK, {}, dict(post.headers), post.body)
    provider.verify(request)
    (event,) = provider.parse(post.body, request.kept(), datetime.now(UTC))
    return event


@pytest.mark.parametrize(
    ("said", "kind", "text"),
    [
        (Utterance("e-1", "text", AT, text="مرحبا"), Kind.TEXT, "مرحبا"),
        (
            Utterance("e-1", "image", AT, text="look", file="7", mime="image/jpeg", content=b"p"),
            Kind.IMAGE,
            "look",
        ),
        (Utterance("e-1", "voice", AT, file="7", mime="audio/ogg", content=b"v"), Kind.AUDIO, ""),
        (
            Utterance("e-1", "location", AT, place=(38.2, -10.4, "Gate", "")),
            Kind.TEXT,
            "Gate\ngeo:38.2,-10.4",
        ),
        (
            Utterance("e-1", "contacts", AT, card=("Umm Rami", "+447700900147")),
            Kind.TEXT,
            "Umm Rami\n+447700900147",
        ),
        (Utterance("e-1", "unsupported", AT, raw_kind="port"), Kind.UNSUPPORTED, "port"),
    ],
)
def test_each_kind_comes_in_as_what_it_is(said: Utterance, kind: Kind, text: str) -> None:
    event = read(LINE.said(Writer(NUMBER), said))
    assert isinstance(event, Incoming)
    assert (event.external_id, event.kind, event.text, event.sent_at) == ("e-1", kind, text, AT)
    assert all(file.content for file in event.media)


def test_outcomes_name_the_message_by_our_own_id() -> None:
    message = uuid4()
    for state in ("sent", "delivered", "failed"):
        code = "RESULT_ERROR_NO_SERVICE" if state == "failed" else ""
        url, post = LINE.told(News(str(message), state, AT, NUMBER, code=code))
        receipt = read(post)
        assert isinstance(receipt, Receipt)
        assert (url, receipt.status, receipt.code, receipt.message) == (HOOK, Status(state), code, message)


def test_a_sim_card_knows_no_reactions_and_one_changed_byte_is_found() -> None:
    with pytest.raises(NotOnThisLine):
        LINE.said(Writer(NUMBER), Utterance("e-1", "reaction", AT, text="👍", target="x"))
    post = LINE.said(Writer(NUMBER), Utterance("e-1", "text", AT, text="hi"))
    with pytest.raises(BadSignature):
        read(Post(post.body.replace(b"hi", b"ho"), post.headers))


# --- the Phones page -------------------------------------------------------------------------------------


def test_a_talk_goes_to_and_fro(practice: "Practice") -> None:
    phone = practice.phone(practice.channel("android_sms", "sms"))
    saying.say(phone, "text", text="hello")
    practice.settle()
    (message,) = send_reply(by=None, conversation=Conversation.objects.get(), text="Good morning")
    practice.send_due()
    practice.settle()
    message.refresh_from_db()
    assert (message.state, message.external_id) == (MessageState.DELIVERED, str(message.pk))
    assert [row.text for row in PhoneMessage.objects.filter(own=False)] == ["Good morning"]


def test_a_picture_comes_with_its_words_as_one_message(practice: "Practice") -> None:
    phone = practice.phone(practice.channel("android_sms", "sms"))
    held = BytesIO()
    Image.new("RGB", (40, 30), "teal").save(held, "JPEG")
    enclosure = saying.Enclosure(held.getvalue(), "image/jpeg", "a.jpg")
    saying.say(phone, "image", text="look", enclosure=enclosure)
    practice.settle()
    message = Message.objects.get(direction=Direction.IN)
    assert (message.kind, message.text, Attachment.objects.count()) == ("image", "look", 1)
    fetch_attachment({"attachment": str(Attachment.objects.get().pk)})
    kept = Attachment.objects.get()
    assert (kept.state, kept.width, kept.height) == (Attachment.State.READY, 40, 30)


def test_the_demo_configuration_is_a_working_one() -> None:
    config = VENDORS["android_sms"].demo("+447700900610", BASE)
    assert load("android_sms", config).capabilities.label == "SMS Gateway for Android"
