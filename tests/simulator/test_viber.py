"""Practice with Viber: the look-alike refuses what Viber would, and a phone talks both ways."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import httpx
import pytest
from django.test import Client
from django.urls import reverse

from aidline.channels.contract import (
    ChannelDown,
    Choice,
    File,
    GiveUp,
    HookRequest,
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
    Unknown,
)
from aidline.channels.registry import load
from aidline.conversations.models import Attachment, Conversation, Message
from aidline.conversations.sending import send_reply
from aidline.conversations.states import Direction, MessageState
from aidline.conversations.timeline import append
from aidline.kernel.clock import now
from aidline.people.models import OptOut
from aidline.simulator import hearing, hooks, saying
from aidline.simulator.lines import News, NotOnThisLine, Utterance, Writer
from aidline.simulator.lookalikes.shapes import Call, Fault, StoredFile
from aidline.simulator.models import Phone, PhoneFile, PhoneMessage
from aidline.simulator.standalone import RESPONDERS, Memory, Orders
from aidline.simulator.states import Tick
from aidline.simulator.vendors import VENDORS, line_of
from aidline.simulator.wire import Post, viber

if TYPE_CHECKING:
    from simulator.practice import Practice

BASE = "http://127.0.0.1:9100"
ID = "K917PBuv+Zmh/fb8Vw3b2Q=="
TO = Sender(Scheme.VIBER, ID)
AT = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
CONFIG = {
    "auth_token": "right",
    "sender_name": "Port Merin",
    "welcome": "Welcome",
    "base_url": f"{BASE}/look-alike/viber",
}
URL = "https://aidline.example/out/1"
ILHAM = viber.User(ID, "Ilham Q")


class Bench:
    """Our provider on one side of the wire, the look-alike on the other."""

    def __init__(self, **orders: str) -> None:
        self.memory = Memory(BASE, "right", Orders(orders))
        self.provider: Any = load("viber", CONFIG)
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
        headers = {"X-Viber-Auth-Token": token} if token else {}
        url = f"{BASE}/look-alike/viber/{method}"
        return dict(self.http.post(url, headers=headers, **more).json())


def file(ending: str) -> File:
    return File(f"a{ending}", "x/y", 3, lambda: b"abc", URL + ending)


# --- what goes out ---------------------------------------------------------------------------------------


def test_everything_we_send_is_taken() -> None:
    bench = Bench()
    sent = bench.send()
    endings = {"image": ".jpg", "video": ".mp4", "audio": ".ogg", "voice": ".ogg", "document": ".pdf"}
    for kind, ending in endings.items():
        bench.send(Kind(kind), file=file(ending))
    bench.send(Kind.LOCATION, place=Place(38.2, -10.4, "Gate"))
    bench.send(Kind.CHOICE, choices=tuple(Choice(f"id {n}", f"Choice {n}") for n in range(12)))
    taken = bench.memory.received
    assert (sent.external_id, taken[0].to, taken[0].text) == (taken[0].id, ID, "hello")
    assert [one.kind for one in taken[1:6]] == ["image", "video", "document", "document", "document"]
    assert [one.link for one in taken[1:6]] == [URL + ending for ending in endings.values()]
    assert taken[6].place == (38.2, -10.4, "", "")
    assert [one.title for one in taken[7].options] == [f"Choice {n}" for n in range(12)]


GOOD = {"receiver": ID, "type": "text", "text": "hi", "sender": {"name": "Port Merin"}}


def _without(**changes: Any) -> dict[str, Any]:
    return {name: value for name, value in {**GOOD, **changes}.items() if value is not None}


PICTURE = _without(type="picture", media="https://x.example/a.jpg")
BUTTON = {"ActionType": "reply", "ActionBody": "x", "Text": "X"}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (_without(colour="red"), 3),
        (_without(text=None), 4),
        (_without(text="x" * 7001), 3),
        (_without(text=5), 3),
        (_without(receiver=None), 4),
        (_without(receiver="+447700900123"), 5),
        (_without(sender=None), 4),
        (_without(sender={"name": "x" * 29}), 3),
        (_without(type="fax"), 3),
        (_without(tracking_data="x" * 4001), 3),
        ({**PICTURE, "text": "x" * 513}, 3),
        ({**PICTURE, "media": "https://x.example/out/signed"}, 3),
        (_without(type="video", text=None, media="https://x.example/a.mp4"), 4),
        (_without(type="video", text=None, media="https://x.example/a.mp4", size=27 * 1024 * 1024), 3),
        (_without(type="file", text=None, media="https://x.example/a", size=3), 4),
        (_without(type="location", text=None, location={"lat": "north", "lon": "1"}), 3),
        (_without(keyboard={"Type": "keyboard", "Buttons": [BUTTON] * 25}), 3),
        (_without(keyboard={"Type": "keyboard", "Buttons": [{**BUTTON, "ActionBody": "x" * 251}]}), 3),
        (_without(keyboard={"Type": "keyboard", "Buttons": [{**BUTTON, "Shape": "round"}]}), 3),
        (
            _without(
                text="س" * 7000,
                keyboard={"Type": "keyboard", "Buttons": [{**BUTTON, "Text": "ا" * 250}] * 24},
            ),
            0,
        ),
        (_without(text="س" * 7000, tracking_data="س" * 4000, min_api_version=1), 0),
        (
            _without(
                text="س" * 7000,
                keyboard={
                    "Type": "keyboard",
                    "Buttons": [{**BUTTON, "Text": "ا" * 250, "ActionBody": "ا" * 250}] * 24,
                },
            ),
            3,
        ),
    ],
)
def test_the_look_alike_refuses_what_viber_does_not_take(body: dict[str, Any], status: int) -> None:
    bench = Bench()
    assert bench.post("send_message", json=GOOD)["status"] == 0
    assert bench.post("send_message", json=body)["status"] == status
    assert len(bench.memory.received) == (1 if status else 2)


def test_a_wrong_or_missing_token_closes_the_channel() -> None:
    bench = Bench()
    assert bench.post("send_message", token="wrong", json=GOOD)["status"] == 2
    assert bench.post("send_message", token="", json=GOOD)["status_message"] == "missing_auth_token"
    bench.memory.secret = "another"
    with pytest.raises(ChannelDown):
        bench.send()


def test_setting_the_webhook_makes_viber_call_it_at_once() -> None:
    bench = Bench()
    bench.provider.register_hook(bench.http, "https://help.example/hooks/viber/1")
    ((url, post),) = bench.memory.knocks
    assert url == "https://help.example/hooks/viber/1"
    assert read(post) == Unknown("webhook")
    state = bench.provider.hook_state(bench.http)
    assert (state.url, state.error) == ("https://help.example/hooks/viber/1", "")
    assert bench.provider.probe(bench.http) == "Practice"
    for body, status in (
        ({"url": "http://help.example/x"}, 1),
        ({"url": "https://help.example/x", "event_types": ["sneezed"]}, 3),
        ({"url": "https://help.example/x", "colour": "red"}, 3),
        ({"url": ""}, 0),
    ):
        assert bench.post("set_webhook", json=body)["status"] == status
    assert bench.provider.hook_state(bench.http).url == ""
    assert len(bench.memory.knocks) == 1


@pytest.mark.parametrize(
    ("orders", "outcome"),
    [
        ({Fault.RATE_LIMIT: "1"}, RetryLater),
        ({Fault.BROKEN: "1"}, RetryLater),
        ({Fault.GARBAGE: "1"}, Uncertain),
        ({Fault.REFUSED: "1:3"}, GiveUp),
        ({Fault.REFUSED: "1:6"}, StopContacting),
        ({Fault.REFUSED: "1:10"}, ChannelDown),
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
    provider = load("viber", CONFIG)
    request = HookRequest("POST", "https://aidline.example/hooks/viber/1", {}, dict(post.headers), post.body)
    provider.verify(request)
    (event,) = provider.parse(post.body, request.kept(), AT)
    return event


def line() -> Any:
    return line_of("viber", CONFIG, "https://aidline.example/hooks/viber/1")


def utter(kind: str, **more: Any) -> Any:
    return read(line().said(Writer(ID, "Ilham Q"), Utterance("41", kind, AT, **more)))


def test_each_thing_comes_in_as_what_it_is() -> None:
    assert utter("text", text="مرحبا").text == "مرحبا"
    assert utter("image", file="7", mime="image/jpeg", content=b"abc", text="look").text == "look"
    assert utter("video", file="7", mime="video/mp4", content=b"abc").kind is Kind.VIDEO
    assert utter("sticker", file="7", mime="image/png").kind is Kind.STICKER
    document = utter("document", file="7", mime="application/pdf", filename="a.pdf", content=b"abc")
    assert (document.media[0].name, document.media[0].size) == ("a.pdf", 3)
    assert utter("location", place=(38.2, -10.4, "Gate", "Quay 2")).place == Place(
        38.2, -10.4, address="Quay 2"
    )
    assert utter("contacts", card=("Umm Rami", "+447700900147")).cards[0].phones == ("+447700900147",)
    assert utter("unsupported", raw_kind="rich_media").raw_kind == "rich_media"
    for kind in ("reaction", "edit", "deletion"):
        with pytest.raises(NotOnThisLine):
            utter(kind, target="40")


def test_files_of_people_are_had_from_the_address_in_the_message() -> None:
    bench = Bench()
    bench.memory.files["7"] = StoredFile(b"picture", "image/jpeg")
    ref = utter("image", file="7", mime="image/jpeg").media[0]
    assert bench.provider.fetch_media(bench.http, ref).content == b"picture"
    with pytest.raises(GiveUp):
        bench.provider.fetch_media(bench.http, MediaRef(ref.ref[:-1] + "8", Kind.IMAGE))


def test_wishes_and_news_are_told_as_viber_tells_them() -> None:
    assert read(viber.unsubscribed("right", ILHAM, AT)) == Preference((TO,), opted_out=True)
    assert read(viber.subscribed("right", ILHAM, AT)) == Preference((TO,), opted_out=False)
    assert read(viber.started("right", ILHAM, AT)) == Unknown("conversation_started")
    for state, ours in (("delivered", "delivered"), ("read", "read"), ("failed", "failed")):
        _, post = line().told(News("77", state, AT, ID))
        event = read(post)
        assert (event.status, event.external_id) == (ours, "77")
    assert line().told(News("77", "sent", AT, ID))[0] == ""


def test_the_welcome_is_the_answer_to_opening_the_chat() -> None:
    post = viber.started("right", ILHAM, AT)
    request = HookRequest("POST", "https://aidline.example/hooks/viber/1", {}, dict(post.headers), post.body)
    provider: Any = load("viber", CONFIG)
    assert b'"Welcome"' in provider.answer(request).body


def test_a_new_phone_has_an_id_as_vibers() -> None:
    made = VENDORS["viber"].new_address
    assert made
    assert len(made()) == 24


# --- phone and desk --------------------------------------------------------------------------------------


@pytest.fixture
def phone(practice: "Practice") -> Phone:
    return practice.phone(practice.channel("viber", "viber"), ID)


def answer(practice: "Practice", text: str = "Good morning") -> Message:
    conversation = Conversation.objects.select_related("centre", "channel", "address").get()
    (message,) = send_reply(by=None, conversation=conversation, text=text)
    practice.send_due()
    practice.settle()
    message.refresh_from_db()
    return message


def test_a_talk_goes_both_ways_with_its_ticks(practice: "Practice", phone: Phone) -> None:
    saying.say(phone, "text", text="مرحبا")
    practice.settle()
    message = answer(practice)
    assert message.state == MessageState.DELIVERED
    hearing.see(phone)
    practice.settle()
    message.refresh_from_db()
    shown = PhoneMessage.objects.get(own=False)
    assert (shown.text, shown.tick, message.state) == ("Good morning", Tick.READ, MessageState.READ)


def test_a_button_is_pressed_and_the_desk_reads_its_title(practice: "Practice", phone: Phone) -> None:
    saying.say(phone, "text", text="hello")
    practice.settle()
    choices = [{"id": "y", "title": "نعم", "description": ""}, {"id": "n", "title": "لا", "description": ""}]
    append(
        Conversation.objects.get(),
        direction=Direction.OUT,
        kind="choice",
        state=MessageState.QUEUED,
        text="Is it safe where you are?",
        extra={"choices": choices},
        due_at=now(),
    )
    practice.send_due()
    practice.settle()
    shown = PhoneMessage.objects.get(own=False)
    option = (shown.detail or {})["options"][0]
    assert option[1] == "نعم"
    Client().post(reverse("simulator:press", args=[phone.pk, shown.pk]), {"option": option[0]})
    practice.settle()
    pressed = Message.objects.get(direction=Direction.IN, kind="choice")
    assert (pressed.text, (pressed.extra or {})["choice"]["id"]) == ("نعم", "y")


def test_photos_come_from_the_phone_and_can_be_fetched(practice: "Practice", phone: Phone) -> None:
    from simulator.practice import network_client

    Client().post(reverse("simulator:say", args=[phone.pk]), {"what": "photo"})
    practice.settle()
    provider = load("viber", phone.channel.config)
    ref = MediaRef((Attachment.objects.get().source or {})["ref"], Kind.IMAGE)
    with network_client() as http:
        assert provider.fetch_media(http, ref).content == PhoneFile.objects.get().content


def test_leaving_and_coming_back_is_kept(practice: "Practice", phone: Phone) -> None:
    saying.say(phone, "text", text="hello")
    practice.settle()
    token = phone.channel.config["auth_token"]
    for told, out in ((viber.unsubscribed, True), (viber.subscribed, False)):
        hooks.carry(hooks.hook_of(phone.channel), told(token, viber.User(ID), now()))
        practice.settle()
        assert OptOut.objects.exists() is out


def test_who_left_is_refused_and_left_alone(practice: "Practice", phone: Phone) -> None:
    saying.say(phone, "text", text="hello")
    practice.settle()
    Phone.objects.filter(pk=phone.pk).update(opted_out=True)
    refused = answer(practice)
    assert (refused.state, refused.error_code) == (MessageState.FAILED, "6")
    assert OptOut.objects.exists()


def test_the_webhook_of_a_practice_channel_is_called_and_taken(practice: "Practice", phone: Phone) -> None:
    from simulator.practice import network_client

    provider: Any = load("viber", phone.channel.config)
    with network_client() as http:
        provider.register_hook(http, hooks.hook_of(phone.channel))
        assert len(practice.jobs) == 1
        practice.settle()
        assert provider.hook_state(http).url == hooks.hook_of(phone.channel)
    assert Message.objects.count() == 0
