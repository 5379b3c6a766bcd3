"""The look-alike of Telegram refuses what Telegram would, and tells what people say as Telegram does."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import pytest

from aidline.channels.contract import (
    ChannelDown,
    Choice,
    Edit,
    File,
    GiveUp,
    HookRequest,
    Incoming,
    Kind,
    MediaRef,
    Outgoing,
    Place,
    Preference,
    RetryLater,
    Scheme,
    Sender,
    StopContacting,
    Uncertain,
)
from aidline.channels.registry import load
from aidline.simulator.lines import NotOnThisLine, Utterance, Writer
from aidline.simulator.lookalikes.shapes import Call, Fault, StoredFile
from aidline.simulator.standalone import RESPONDERS, Memory, Orders
from aidline.simulator.vendors import VENDORS, line_of
from aidline.simulator.wire import Post, telegram

BASE = "http://127.0.0.1:9100"
ID = "4000000005550123"
TO = Sender(Scheme.TELEGRAM, ID)
AT = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
CONFIG = {"token": "right", "secret_token": "a-word", "base_url": f"{BASE}/look-alike/telegram"}
PICTURE = File("a.jpg", "image/jpeg", 3, lambda: b"abc")
BOT = telegram.Bot("right", "a-word")
ILHAM = telegram.User(ID, "Ilham Q")


class Bench:
    """Our provider on one side of the wire, the look-alike on the other."""

    def __init__(self, **orders: str) -> None:
        self.memory = Memory(BASE, "right", Orders(orders))
        self.provider: Any = load("telegram", CONFIG)
        self.http = httpx.Client(transport=httpx.MockTransport(self._answer))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        _, _, vendor, path = request.url.path.split("/", 3)
        headers = {name.lower(): value for name, value in request.headers.items()}
        call = Call(request.method, path, dict(request.url.params), headers, request.read())
        given = RESPONDERS[vendor](call, self.memory)
        return httpx.Response(given.status, content=given.body, headers={"content-type": given.mime})

    def send(self, kind: Kind = Kind.TEXT, **more: Any) -> Any:
        said = {"text": "hello", **more}
        return self.provider.send(self.http, Outgoing(message=uuid4(), to=TO, kind=kind, **said))

    def post(self, method: str, token: str = "right", **more: Any) -> dict[str, Any]:
        return dict(self.http.post(f"{BASE}/look-alike/telegram/bot{token}/{method}", **more).json())


# --- what goes out ---------------------------------------------------------------------------------------


def test_everything_we_send_is_taken() -> None:
    bench = Bench()
    sent = bench.send(reply_to=f"{ID}:39")
    for kind in ("image", "video", "audio", "voice", "document", "sticker"):
        bench.send(Kind(kind), file=PICTURE)
    bench.send(Kind.LOCATION, place=Place(38.2, -10.4, "Gate"))
    bench.send(Kind.CHOICE, choices=tuple(Choice(f"id {n}", f"Choice {n}") for n in range(12)))
    taken = bench.memory.received
    assert sent.external_id == f"{ID}:{taken[0].id}"
    assert (taken[0].to, taken[0].text, taken[0].reply_to) == (ID, "hello", "39")
    assert [one.kind for one in taken[1:7]] == ["image", "video", "audio", "voice", "document", "sticker"]
    assert all(bench.memory.files[one.file].content == b"abc" for one in taken[1:7])
    assert taken[7].place == (38.2, -10.4, "Gate", "Gate")
    assert [(one.id, one.title) for one in taken[8].options] == [
        (f"id {n}", f"Choice {n}") for n in range(12)
    ]


def test_reactions_typing_and_files_go_both_ways() -> None:
    bench = Bench()
    bench.provider.react(bench.http, TO, f"{ID}:7", "❤️")
    bench.provider.mark_read(bench.http, f"{ID}:7", typing=True)
    assert [(one.kind, one.target, one.text) for one in bench.memory.received] == [("reaction", "7", "❤")]
    with pytest.raises(GiveUp):
        bench.provider.react(bench.http, TO, f"{ID}:7", "🏳️")
    bench.memory.files["7"] = StoredFile(b"picture", "image/jpeg")
    fetched = bench.provider.fetch_media(bench.http, MediaRef("7", Kind.IMAGE, "image/jpeg"))
    assert (fetched.content, fetched.mime) == (b"picture", "image/jpeg")
    with pytest.raises(GiveUp):
        bench.provider.fetch_media(bench.http, MediaRef("8", Kind.IMAGE))


GOOD = {"chat_id": int(ID), "text": "hi"}


@pytest.mark.parametrize(
    ("method", "fields", "words"),
    [
        ("sendMessage", {**GOOD, "colour": "red"}, "unknown field colour"),
        ("sendMessage", {**GOOD, "text": ""}, "message text is empty"),
        ("sendMessage", {**GOOD, "text": "x" * 4097}, "message is too long"),
        ("sendMessage", {**GOOD, "text": 5}, "type field text"),
        ("sendMessage", {"text": "hi"}, "chat_id is empty"),
        ("sendMessage", {**GOOD, "chat_id": "@somebody"}, "chat not found"),
        (
            "sendMessage",
            {**GOOD, "reply_parameters": {"message": 3}},
            "unknown field reply_parameters.message",
        ),
        (
            "sendMessage",
            {**GOOD, "reply_markup": {"inline_keyboard": [[{"text": "x", "callback_data": "س" * 33}]]}},
            "BUTTON_DATA_INVALID",
        ),
        (
            "sendMessage",
            {**GOOD, "reply_markup": {"inline_keyboard": [[{"text": "x", "callback_data": "1"}]] * 101}},
            "reply markup is too long",
        ),
        (
            "sendMessage",
            {**GOOD, "reply_markup": {"inline_keyboard": [[{"callback_data": "1"}]]}},
            "missing text",
        ),
        ("sendPhoto", {"chat_id": 1, "caption": "x" * 1025}, "caption is too long"),
        ("sendPhoto", {"chat_id": 1}, "there is no photo"),
        (
            "sendVenue",
            {"chat_id": 1, "latitude": 1.0, "longitude": 2.0, "title": "x"},
            "missing field address",
        ),
        ("setWebhook", {"url": "http://help.example/x"}, "HTTPS URL must be provided"),
        ("setWebhook", {"url": "https://help.example:444/x"}, "ports 80, 88, 443 or 8443"),
        ("setWebhook", {"url": "https://help.example/x", "secret_token": "ü"}, "unallowed characters"),
        ("getFile", {"file_id": "404"}, "wrong file_id"),
        ("sendFax", {}, "Not Found"),
    ],
)
def test_the_look_alike_refuses_what_telegram_does_not_take(
    method: str, fields: dict[str, Any], words: str
) -> None:
    bench = Bench()
    assert bench.post("sendMessage", json=GOOD)["ok"] is True
    refused = bench.post(method, json=fields)
    assert refused["ok"] is False
    assert words in refused["description"]
    assert len(bench.memory.received) == 1


def test_a_wrong_token_closes_the_channel() -> None:
    bench = Bench()
    assert bench.post("getMe", token="wrong")["error_code"] == 401
    bench.memory.secret = "another"
    with pytest.raises(ChannelDown):
        bench.send()


def test_the_webhook_is_registered_and_asked_about() -> None:
    bench = Bench()
    bench.provider.register_hook(bench.http, "https://help.example/hooks/telegram/1")
    assert bench.provider.hook_state(bench.http).url == "https://help.example/hooks/telegram/1"
    assert bench.provider.probe(bench.http) == "@practice_bot"
    assert bench.post("deleteWebhook", json={})["ok"] is True
    assert bench.provider.hook_state(bench.http).url == ""


@pytest.mark.parametrize(
    ("orders", "outcome"),
    [
        ({Fault.RATE_LIMIT: "1"}, RetryLater),
        ({Fault.BROKEN: "1"}, RetryLater),
        ({Fault.GARBAGE: "1"}, Uncertain),
        ({Fault.REFUSED: "1:400"}, GiveUp),
        ({Fault.REFUSED: "1:403"}, StopContacting),
    ],
)
def test_a_fault_that_was_asked_for_comes_once(orders: dict[str, str], outcome: type[Exception]) -> None:
    bench = Bench(**orders)
    with pytest.raises(outcome):
        bench.send()
    bench.send()
    assert len(bench.memory.received) == (2 if outcome is Uncertain else 1)


# --- what comes in ---------------------------------------------------------------------------------------


def read(post: Post) -> Any:
    provider = load("telegram", CONFIG)
    request = HookRequest(
        "POST", "https://aidline.example/hooks/telegram/1", {}, dict(post.headers), post.body
    )
    provider.verify(request)
    (event,) = provider.parse(post.body, request.kept(), AT)
    return event


def utter(kind: str, **more: Any) -> Any:
    line = line_of("telegram", CONFIG, "https://aidline.example/hooks/telegram/1")
    return read(line.said(Writer(ID, "Ilham Q"), Utterance("41", kind, AT, **more)))


@pytest.mark.parametrize("kind", ["image", "video", "audio", "voice", "document", "sticker"])
def test_each_file_comes_in_as_what_it_is(kind: str) -> None:
    event = utter(kind, file="7", mime="audio/ogg", content=b"abc")
    assert (event.kind, event.media[0].ref, event.media[0].size) == (Kind(kind), "7", 3)


def test_each_other_thing_comes_in_as_what_it_is() -> None:
    assert utter("text", text="مرحبا", reply_to="39").reply_to == f"{ID}:39"
    assert utter("location", place=(38.2, -10.4, "Gate", "Quay 2")).place == Place(
        38.2, -10.4, "Gate", "Quay 2"
    )
    assert utter("location", place=(38.2, -10.4, "", "")).place == Place(38.2, -10.4)
    assert utter("contacts", card=("Umm Rami", "+447700900147")).cards[0].phones == ("+447700900147",)
    assert utter("unsupported", raw_kind="poll").raw_kind == "poll"
    assert utter("choice", choice=("y", "Yes"), reply_to="40").choice == Choice("y", "Yes")
    assert utter("reaction", target="40", text="❤️").emoji == "❤"
    assert utter("edit", target="40", text="better") == Edit(f"{ID}:40", "better", (TO,), AT)
    with pytest.raises(NotOnThisLine):
        utter("deletion", target="40")


def test_ones_own_card_and_a_block_are_told_as_telegram_tells_them() -> None:
    card = telegram.contact("Ilham", "+447700900123", user_id=ID)
    event = read(telegram.post(BOT, message=telegram.message(ILHAM, AT, **card)))
    assert isinstance(event, Incoming)
    assert event.senders == (TO, Sender(Scheme.PHONE, "+447700900123"))
    for blocked in (True, False):
        told = telegram.post(BOT, my_chat_member=telegram.membership(BOT, ILHAM, AT, blocked=blocked))
        assert read(told) == Preference((TO,), opted_out=blocked)


def test_a_new_phone_has_an_id_that_is_nobodys() -> None:
    made = VENDORS["telegram"].new_address
    assert made
    assert 4 * 10**15 <= int(made()) < 2**52
