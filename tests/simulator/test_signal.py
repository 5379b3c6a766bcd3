"""Signal by its bridge, from both ends: the look-alike, its calls, and the Phones page."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import httpx
import pytest
from django.test import Client
from django.urls import reverse

from aidline.channels.contract import (
    BadSignature,
    ChannelDown,
    Choice,
    Deletion,
    Edit,
    File,
    GiveUp,
    HookRequest,
    Incoming,
    Kind,
    MediaRef,
    Outgoing,
    Place,
    Reaction,
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
from aidline.simulator import hearing, saying
from aidline.simulator.content import media
from aidline.simulator.lines import News, Utterance, Writer
from aidline.simulator.lookalikes.shapes import Call, Fault, StoredFile
from aidline.simulator.models import Phone, PhoneMessage
from aidline.simulator.standalone import RESPONDERS, Memory, Orders
from aidline.simulator.states import Tick
from aidline.simulator.vendors import line_of
from aidline.simulator.wire import signal

if TYPE_CHECKING:
    from simulator.practice import Practice

OURS = "+447700900630"
BASE = f"http://127.0.0.1:9100/look-alike/signal/{OURS[1:]}"
NUMBER = "+447700900123"
NUMBERLESS = "7ccae375-cd51-4c82-8b1e-7be3280aa485"
CONFIG = {"base_url": BASE, "number": OURS, "hook_word": "word"}
HOOK = "https://help.example/hooks/signal/1/word"
AT = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
GOOD = {"number": OURS, "recipients": [NUMBER], "message": "hi", "text_mode": "normal"}
PICTURE = File("a.jpg", "image/jpeg", 3, lambda: b"abc")


class Bench:
    def __init__(self, **orders: str) -> None:
        self.memory = Memory("http://127.0.0.1:9100", "right", Orders(orders))
        self.provider: Any = load("signal", CONFIG)
        self.http = httpx.Client(transport=httpx.MockTransport(self._answer))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        _, _, vendor, path = request.url.path.split("/", 3)
        headers = {name.lower(): value for name, value in request.headers.items()}
        call = Call(request.method, path, dict(request.url.params), headers, request.read())
        given = RESPONDERS[vendor](call, self.memory)
        return httpx.Response(given.status, content=given.body, headers={"content-type": given.mime})

    def send(self, kind: Kind = Kind.TEXT, to: Sender | None = None, **more: Any) -> Any:
        said = {"text": "hello", **more}
        return self.provider.send(
            self.http, Outgoing(uuid4(), to or Sender(Scheme.PHONE, NUMBER), kind, **said)
        )

    def post(self, body: Any, path: str = "v2/send") -> httpx.Response:
        return self.http.post(f"{BASE}/{path}", json=body)


# --- the look-alike --------------------------------------------------------------------------------------


def test_everything_we_send_is_taken() -> None:
    bench = Bench()
    sent = bench.send(reply_to=f"{NUMBERLESS}:17")
    bench.send(to=Sender(Scheme.SIGNAL, NUMBERLESS))
    bench.send(Kind.IMAGE, file=PICTURE)
    bench.send(Kind.LOCATION, place=Place(38.2, -10.4, "Gate"))
    bench.send(Kind.CHOICE, text="Which?", choices=(Choice("a", "Food"), Choice("b", "Shelter")))
    text, numberless, picture, place, choice = bench.memory.received
    assert (f"{OURS}:{text.id}", text.to, text.text, text.reply_to) == (
        sent.external_id,
        NUMBER,
        "hello",
        "17",
    )
    assert numberless.to == NUMBERLESS
    assert (picture.kind, bench.memory.files[picture.file].content) == ("image", b"abc")
    assert place.text == "hello\nGate\ngeo:38.2,-10.4"
    assert choice.text == "Which?\n\n1. Food\n2. Shelter"
    assert len({taken.id for taken in bench.memory.received}) == 5


@pytest.mark.parametrize(
    "change",
    [
        {"colour": "red"},
        {"recipients": []},
        {"recipients": ["12"]},
        {"recipients": [7]},
        {"message": ""},
        {"message": 5},
        {"text_mode": "bold"},
        {"number": "+447700900999"},
        {"quote_timestamp": "1"},
        {"base64_attachments": ["abc"]},
        {"base64_attachments": ["data:image/png;base64,%%%"]},
    ],
)
def test_what_the_bridge_would_not_take_is_refused(change: dict[str, Any]) -> None:
    bench = Bench()
    assert bench.post(GOOD).status_code == 201
    assert bench.post({**GOOD, **change}).status_code == 400
    assert len(bench.memory.received) == 1


@pytest.mark.parametrize(
    ("orders", "outcome", "code"),
    [
        ({Fault.BROKEN: "1"}, RetryLater, "http-500"),
        ({Fault.GARBAGE: "1"}, Uncertain, "no-id"),
        ({Fault.RATE_LIMIT: "1"}, ChannelDown, "challenge"),
        ({Fault.REFUSED: "1:untrusted-identity"}, GiveUp, "untrusted-identity"),
        ({Fault.REFUSED: "1:999"}, GiveUp, "send-failed"),
    ],
)
def test_a_fault_that_was_asked_for_comes_once(orders: dict[str, str], outcome: type, code: str) -> None:
    bench = Bench(**orders)
    with pytest.raises(outcome) as caught:
        bench.send()
    assert caught.value.code == code
    bench.send()
    assert len(bench.memory.received) == (2 if outcome is Uncertain else 1)


def test_signs_files_and_the_test_button_work_against_it() -> None:
    bench = Bench()
    to = Sender(Scheme.PHONE, NUMBER)
    for emoji in ("🙏", ""):
        bench.provider.react(bench.http, to, f"{NUMBERLESS}:17", emoji)
    bench.provider.mark_read(bench.http, f"{NUMBERLESS}:18", typing=True)
    assert [(taken.kind, taken.target, taken.text) for taken in bench.memory.received] == [
        ("reaction", "17", "🙏"),
        ("reaction", "17", ""),
    ]
    assert bench.memory.read == ["18"]
    assert bench.provider.probe(bench.http) == OURS
    bench.memory.files["7"] = StoredFile(b"picture", "image/jpeg")
    assert bench.provider.fetch_media(bench.http, MediaRef("7", Kind.IMAGE)).content == b"picture"
    with pytest.raises(GiveUp):
        bench.provider.fetch_media(bench.http, MediaRef("8", Kind.IMAGE))


# --- its calls -------------------------------------------------------------------------------------------

LINE = line_of("signal", CONFIG, HOOK)


def read(post: Any, url: str = HOOK) -> Any:
    provider = load("signal", CONFIG)
    request = HookRequest("POST", url, {}, dict(post.headers), post.body)
    provider.verify(request)
    (event,) = provider.parse(post.body, request.kept(), datetime.now(UTC))
    return event


def utterance(kind: str, **more: Any) -> Utterance:
    return Utterance("1795413600000", kind, AT, **more)


@pytest.mark.parametrize(
    ("said", "kind", "text"),
    [
        (utterance("text", text="مرحبا", reply_to="17"), Kind.TEXT, "مرحبا"),
        (utterance("image", text="look", file="7", mime="image/jpeg", content=b"p"), Kind.IMAGE, "look"),
        (utterance("voice", file="7", mime="audio/ogg", content=b"v"), Kind.VOICE, ""),
        (utterance("audio", file="7", mime="audio/mpeg", content=b"v"), Kind.AUDIO, ""),
        (utterance("document", file="7", mime="application/pdf", content=b"v"), Kind.DOCUMENT, ""),
        (utterance("contacts", card=("Umm Rami", "+447700900147")), Kind.CONTACTS, ""),
        (utterance("unsupported", raw_kind="sticker"), Kind.UNSUPPORTED, ""),
    ],
)
@pytest.mark.parametrize("writer", [NUMBER, NUMBERLESS])
def test_each_kind_comes_in_as_what_it_is(said: Utterance, kind: Kind, text: str, writer: str) -> None:
    event = read(LINE.said(Writer(writer, "Amal"), said))
    assert isinstance(event, Incoming)
    assert (event.kind, event.text, event.profile_name) == (kind, text, "Amal")
    schemes = [sender.scheme for sender in event.senders]
    assert schemes == ([Scheme.PHONE, Scheme.SIGNAL] if writer == NUMBER else [Scheme.SIGNAL])
    assert event.external_id == f"{signal.uuid_of(writer)}:1795413600000"
    assert event.reply_to == (f"{OURS}:17" if said.reply_to else "")


def test_what_is_done_to_a_message_comes_in_as_that() -> None:
    writer = Writer(NUMBERLESS, "Amal")
    done = [
        read(LINE.said(writer, utterance(kind, target="17", text=text)))
        for kind, text in (("reaction", "🙏"), ("reaction", ""), ("edit", "better"), ("deletion", ""))
    ]
    assert [type(event) for event in done] == [Reaction, Reaction, Edit, Deletion]
    assert [event.target for event in done] == [f"{OURS}:17"] * 2 + [f"{NUMBERLESS}:17"] * 2
    assert (done[0].emoji, done[1].emoji, done[2].text) == ("🙏", "", "better")


def test_only_arriving_and_reading_are_told() -> None:
    told = [
        read(LINE.told(News("17", state, AT, NUMBER))[1]) for state in ("sent", "delivered", "read", "failed")
    ]
    statuses = [event.status if isinstance(event, Receipt) else None for event in told]
    assert statuses == [None, Status.DELIVERED, Status.READ, None]
    assert told[1].external_id == f"{OURS}:17"


def test_another_word_in_the_address_is_refused() -> None:
    _, post = LINE.told(News("17", "read", AT, NUMBER))
    with pytest.raises(BadSignature):
        read(post, HOOK.replace("word", "another"))


# --- the Phones page -------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", [NUMBER, NUMBERLESS])
def test_a_talk_goes_to_and_fro(practice: "Practice", address: str) -> None:
    phone = practice.phone(practice.channel("signal", "signal"), address)
    saying.say(phone, "text", text="hello")
    practice.settle()
    (message,) = send_reply(by=None, conversation=Conversation.objects.get(), text="Good morning")
    practice.send_due()
    practice.settle()
    hearing.see(phone)
    practice.settle()
    message.refresh_from_db()
    assert message.state == MessageState.READ
    row = PhoneMessage.objects.get(own=False)
    assert (row.text, row.tick) == ("Good morning", Tick.READ)


def test_a_picture_is_fetched_from_the_bridge(practice: "Practice") -> None:
    phone = practice.phone(practice.channel("signal", "signal"), NUMBERLESS)
    file = media.make("letter")
    saying.say(phone, "image", text="look", enclosure=saying.Enclosure(file.content, file.mime, "letter.jpg"))
    practice.settle()
    attachment = Attachment.objects.get()
    with pytest.MonkeyPatch.context() as patch:
        from simulator.practice import network_client  # settings are ready only now

        patch.setattr("aidline.gateway.media.http_for", lambda _channel: network_client())
        fetch_attachment({"attachment": str(attachment.pk)})
    attachment.refresh_from_db()
    assert (attachment.state, attachment.message.text) == (Attachment.State.READY, "look")


def test_a_message_can_be_taken_back_on_the_phone(practice: "Practice") -> None:
    phone = practice.phone(practice.channel("signal", "signal"), NUMBERLESS)
    saying.say(phone, "text", text="a secret")
    practice.settle()
    saying.take_back(phone, PhoneMessage.objects.get())
    practice.settle()
    message = Message.objects.get(direction=Direction.IN)
    assert (message.text, bool(message.deleted_at)) == ("", True)


def test_new_phones_have_an_id_and_no_number(practice: "Practice") -> None:
    channel = practice.channel("signal", "signal")
    form = {"label": "Olena", "language": "uk", "channel": str(channel.pk)}
    assert Client().post(reverse("simulator:add"), form).status_code == 302
    assert UUID(Phone.objects.get().address)
