"""Messenger and Instagram on both sides of the wire: what is built is taken for genuine, what is wrong refused."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from aidline.channels.contract import (
    BadSignature,
    ChannelDown,
    Choice,
    Deletion,
    Edit,
    GiveUp,
    HookRequest,
    HookState,
    Incoming,
    Kind,
    MediaRef,
    Reaction,
    Receipt,
    ReceiptUpTo,
    Scheme,
    Sender,
)
from aidline.channels.registry import load
from aidline.conversations.models import Attachment, Conversation, Message
from aidline.conversations.sending import send_reply
from aidline.conversations.states import Direction, MessageState
from aidline.conversations.timeline import append
from aidline.gateway import media
from aidline.jobs.models import Job
from aidline.kernel import clock
from aidline.kernel.clock import now
from aidline.simulator import hearing, saying
from aidline.simulator.content import media as pictures
from aidline.simulator.lines import News, NotOnThisLine, Utterance, Writer
from aidline.simulator.lookalikes.shapes import StoredFile
from aidline.simulator.models import Phone, PhoneMessage
from aidline.simulator.states import Tick
from aidline.simulator.vendors import VENDORS, line_of
from aidline.simulator.wire import Post
from simulator.test_lookalikes import BASE, CONFIGS, Bench

if TYPE_CHECKING:
    from simulator.practice import Practice

AT = datetime(2026, 11, 24, 14, 6, tzinfo=UTC)
CHANNEL = "018f0000-0000-7000-8000-00000000000c"
OURS = "018f0000-0000-7000-8000-000000000001"
BOTH = ("messenger", "instagram")
AMAL = Writer("7001000000000001", "Amal")


def hook(provider: str) -> str:
    return f"https://aidline.example/hooks/{provider}/{CHANNEL}"


def read(provider: str, post: Post) -> list[Any]:
    made = load(provider, CONFIGS[provider])
    request = HookRequest("POST", hook(provider), {}, dict(post.headers), post.body)
    made.verify(request)
    return made.parse(post.body, request.kept(), AT)


def said(provider: str, kind: str, **more: Any) -> list[Any]:
    line = line_of(provider, CONFIGS[provider], hook(provider))
    return read(provider, line.said(AMAL, Utterance("m_1", kind, AT, **more)))


@pytest.mark.parametrize("provider", BOTH)
@pytest.mark.parametrize(
    ("kind", "more"),
    [
        (Kind.TEXT, {"text": "مرحبا", "reply_to": "m_0"}),
        (Kind.IMAGE, {"file": "7", "mime": "image/jpeg"}),
        (Kind.VIDEO, {"file": "7", "mime": "video/mp4"}),
        (Kind.AUDIO, {"file": "7", "mime": "audio/mpeg"}),
        (Kind.DOCUMENT, {"file": "7", "mime": "application/pdf", "filename": "a.pdf"}),
        (Kind.STICKER, {"file": "7", "mime": "image/webp"}),
        (Kind.CHOICE, {"choice": ("y", "Yes")}),
        (Kind.UNSUPPORTED, {"raw_kind": "poll"}),
    ],
)
def test_each_kind_comes_in_as_what_it_is_and_without_a_name(
    provider: str, kind: Kind, more: dict[str, Any]
) -> None:
    (event,) = said(provider, kind.value, **more)
    assert isinstance(event, Incoming)
    assert (event.kind, event.sent_at, event.senders[0].value) == (kind, AT, AMAL.address)
    assert event.profile_name == ""
    if event.media:
        assert event.media[0].ref == f"{BASE}/look-alike/{provider}/cdn/{CHANNEL}/7"


def test_a_voice_note_is_sound_and_a_place_is_a_place() -> None:
    (voice,) = said("messenger", "voice", file="7", mime="audio/ogg")
    (place,) = said("messenger", "location", place=(38.2, -10.4, "Gate", "Quay 2"))
    assert (voice.kind, place.kind, place.place.name) == (Kind.AUDIO, Kind.LOCATION, "Gate")


def test_what_instagram_cannot_say_is_not_said() -> None:
    for kind in ("location", "contacts", "edit"):
        with pytest.raises(NotOnThisLine):
            said("instagram", kind)


def test_what_is_done_to_a_message_comes_in_as_that() -> None:
    done = [
        *said("messenger", "reaction", target="m_9", text="🙏"),
        *said("messenger", "reaction", target="m_9"),
        *said("messenger", "edit", target="m_1", text="better"),
        *said("instagram", "deletion", target="m_1"),
    ]
    assert [type(event) for event in done] == [Reaction, Reaction, Edit, Deletion]
    assert (done[0].emoji, done[1].emoji, done[2].text, done[3].target) == ("🙏", "", "better", "m_1")


def told(provider: str, state: str) -> list[Any]:
    line = line_of(provider, CONFIGS[provider], hook(provider))
    return read(provider, line.told(News("m_9", state, AT, AMAL.address, OURS))[1])


def test_what_became_of_ours_is_told_as_each_vendor_tells_it() -> None:
    (sent,), (arrived,), (seen,) = (told("messenger", state) for state in ("sent", "delivered", "read"))
    assert (sent.message, arrived.external_id) == (UUID(OURS), "m_9")
    assert isinstance(seen, ReceiptUpTo)
    assert seen.until == AT
    (by_name,) = told("instagram", "read")
    assert isinstance(by_name, Receipt)
    assert told("messenger", "failed") == told("instagram", "delivered") == []


@pytest.mark.parametrize("provider", BOTH)
def test_one_changed_byte_is_no_longer_from_meta(provider: str) -> None:
    line = line_of(provider, CONFIGS[provider], hook(provider))
    post = line.said(AMAL, Utterance("m_1", "text", AT, text="hi"))
    with pytest.raises(BadSignature):
        read(provider, Post(post.body.replace(b"hi", b"ho"), post.headers))


# --- strictness ------------------------------------------------------------------------------------------

GOOD: dict[str, Any] = {"recipient": {"id": "7"}, "messaging_type": "RESPONSE", "message": {"text": "hi"}}
BEARER = {"Authorization": "Bearer right"}
QUICK = {"content_type": "text", "title": "Yes", "payload": "y"}


def changed(**changes: Any) -> dict[str, Any]:
    return {name: value for name, value in {**GOOD, **changes}.items() if value is not None}


@pytest.mark.parametrize(
    ("provider", "body"),
    [
        ("messenger", changed(colour="red")),
        ("messenger", changed(recipient=None)),
        ("messenger", changed(messaging_type=None)),
        ("messenger", changed(messaging_type="MESSAGE_TAG")),
        ("messenger", changed(messaging_type="MESSAGE_TAG", tag="CONFIRMED_EVENT_UPDATE")),
        ("messenger", changed(messaging_type="MESSAGE_TAG", tag="HUMAN_AGENT", reply_to={"mid": "m_1"})),
        ("messenger", changed(message=None)),
        ("messenger", changed(sender_action="typing_on")),
        ("messenger", changed(message={"text": "hi", "size": 3})),
        ("messenger", changed(message={"text": "x" * 2001})),
        ("messenger", changed(message={"text": "hi", "quick_replies": [QUICK] * 14})),
        ("messenger", changed(message={"text": "hi", "quick_replies": [{**QUICK, "title": "x" * 21}]})),
        ("messenger", changed(message={"text": "hi", "quick_replies": [{**QUICK, "payload": "x" * 1001}]})),
        ("messenger", changed(message={"text": "hi", "metadata": "x" * 1001})),
        (
            "messenger",
            changed(message={"attachment": {"type": "image", "payload": {"attachment_id": "404"}}}),
        ),
        ("messenger", changed(message={"attachment": {"type": "hologram", "payload": {"url": "x"}}})),
        ("messenger", changed(reply_to="m_1")),
        ("messenger", changed(message=None, sender_action="react", payload={"message_id": "m_1"})),
        ("instagram", changed(message={"text": "é" * 501})),
        ("instagram", changed(message={"text": "hi", "metadata": "ours"})),
        ("instagram", changed(message={"attachment": {"type": "image", "payload": {"attachment_id": "1"}}})),
    ],
)
def test_what_is_not_known_or_too_long_is_refused(provider: str, body: dict[str, Any]) -> None:
    bench = Bench(provider)
    assert bench.post(f"{provider}/v25.0/me/messages", json=GOOD, headers=BEARER).status_code == 200
    refused = bench.post(f"{provider}/v25.0/me/messages", json=body, headers=BEARER)
    assert refused.json()["error"]["code"] == 100
    assert len(bench.memory.received) == 1


@pytest.mark.parametrize("provider", BOTH)
def test_nobody_gets_in_without_the_token(provider: str) -> None:
    bench = Bench(provider)
    bench.memory.secret = "another"
    for call in (bench.send, lambda: bench.provider.probe(bench.http)):
        with pytest.raises(ChannelDown) as refused:
            call()
        assert refused.value.code == "190"


def test_instagram_has_no_uploads() -> None:
    refused = Bench("instagram").post("instagram/v25.0/me/message_attachments", headers=BEARER)
    assert refused.json()["error"]["code"] == 2500


def long_ago(self: Any, account: Any, person: str) -> datetime:
    return now() - timedelta(days=2)


@pytest.mark.parametrize(("provider", "code"), [("messenger", "10/2018278"), ("instagram", "10/2534022")])
def test_after_a_day_only_the_tag_opens_the_window(
    monkeypatch: pytest.MonkeyPatch, provider: str, code: str
) -> None:
    monkeypatch.setattr("aidline.simulator.standalone.Memory.last_said", long_ago)
    bench = Bench(provider)
    with pytest.raises(GiveUp) as refused:
        bench.send()
    assert refused.value.code == code
    bench.provider = load(provider, {**CONFIGS[provider], "human_agent": "yes"})
    bench.send(reply_to="m_1")
    assert len(bench.memory.received) == 1


@pytest.mark.parametrize("provider", BOTH)
def test_choices_courtesies_and_set_up_make_the_round(provider: str) -> None:
    bench = Bench(provider)
    bench.send(Kind.CHOICE, choices=(Choice("y", "Yes"), Choice("n", "No")))
    bench.provider.react(bench.http, bench.to, "m_1", "❤️")
    bench.provider.attend(bench.http, bench.to, typing=True)
    asked, heart = bench.memory.received
    assert [(one.id, one.title) for one in asked.options] == [("y", "Yes"), ("n", "No")]
    assert (heart.kind, heart.target, heart.text) == ("reaction", "m_1", "❤️")
    assert bench.memory.read == [bench.to.value]
    bench.provider.register_hook(bench.http, "https://aidline.example/hooks/x/1")
    assert bench.provider.hook_state(bench.http) == HookState("", tells_address=False)


def test_a_subscription_to_what_does_not_exist_is_refused() -> None:
    bench = Bench("messenger")
    bench.provider = load("messenger", {**CONFIGS["messenger"], "hook_fields": "messages,holograms"})
    with pytest.raises(GiveUp):
        bench.provider.register_hook(bench.http, "")


@pytest.mark.parametrize("provider", BOTH)
def test_files_of_people_are_had_without_any_key(provider: str) -> None:
    bench = Bench(provider)
    bench.memory.files["7"] = StoredFile(b"picture", "image/jpeg")
    where = f"{BASE}/look-alike/{provider}/cdn/{CHANNEL}"
    assert bench.provider.fetch_media(bench.http, MediaRef(f"{where}/7", Kind.IMAGE)).content == b"picture"
    for lost in (f"{where}/8", f"{BASE}/look-alike/{provider}/cdn/nobody/7"):
        with pytest.raises(GiveUp):
            bench.provider.fetch_media(bench.http, MediaRef(lost, Kind.IMAGE))


@pytest.mark.parametrize("provider", BOTH)
def test_a_probe_notices_a_token_of_another_account(provider: str) -> None:
    """An exchange in memory knows an account by its token alone, so its id is none of ours."""
    bench = Bench(provider)
    with pytest.raises(ChannelDown) as refused:
        bench.provider.probe(bench.http)
    assert refused.value.code == "other-account"


@pytest.mark.parametrize(
    ("provider", "login", "name"),
    [
        ("messenger", "", "Practice page"),
        ("instagram", "instagram", "practice"),
        ("instagram", "facebook", "practice"),
    ],
)
def test_a_probe_of_a_practice_channel_names_it(
    practice: "Practice", provider: str, login: str, name: str
) -> None:
    from simulator.practice import network_client

    config = practice.channel(provider, provider).config | ({"login": login} if login else {})
    made: Any = load(provider, config)
    with network_client() as http:
        assert made.probe(http) == name


# --- from a phone to the desk and back -------------------------------------------------------------------


def phone_of(practice: "Practice", provider: str) -> Phone:
    new_address = VENDORS[provider].new_address
    assert new_address
    return practice.phone(practice.channel(provider, provider), new_address())


def answer(practice: "Practice", text: str = "Good morning") -> Message:
    conversation = Conversation.objects.select_related("centre", "channel", "address").get()
    (message,) = send_reply(by=None, conversation=conversation, text=text)
    practice.send_due()
    message.refresh_from_db()
    return message


@pytest.mark.parametrize(
    ("provider", "arrived"), [("messenger", MessageState.DELIVERED), ("instagram", MessageState.SENT)]
)
def test_a_talk_goes_there_and_back_with_the_ticks_that_there_are(
    practice: "Practice", provider: str, arrived: MessageState
) -> None:
    phone = phone_of(practice, provider)
    saying.say(phone, "text", text="مرحبا")
    practice.settle()
    assert [m.text for m in Message.objects.filter(direction=Direction.IN)] == ["مرحبا"]
    message = answer(practice)
    assert message.state == MessageState.SENT
    practice.settle()
    message.refresh_from_db()
    assert message.state == arrived
    hearing.see(phone)
    practice.settle()
    message.refresh_from_db()
    assert message.state == MessageState.READ
    assert Message.objects.filter(direction=Direction.IN).count() == 1  # the echo said nothing


@pytest.mark.parametrize("provider", BOTH)
def test_a_picture_comes_in_whole(practice: "Practice", provider: str) -> None:
    from simulator.practice import network_client

    made = pictures.make("letter")
    phone = phone_of(practice, provider)
    saying.say(phone, "image", enclosure=saying.Enclosure(made.content, made.mime, made.name))
    practice.settle()
    attachment = Attachment.objects.get()
    with network_client() as http:
        source = attachment.source
        provider_made = load(provider, phone.channel.config)
        fetched = provider_made.fetch_media(http, MediaRef(source["ref"], Kind.IMAGE))
    assert fetched.content == made.content
    assert Job.objects.filter(kind="media.fetch").count() == 1
    assert media.OURS not in source["ref"]


def test_what_a_person_takes_back_is_gone_on_the_desk(practice: "Practice") -> None:
    phone = phone_of(practice, "instagram")
    line = saying.say(phone, "text", text="I should not have said that")
    practice.settle()
    saying.take_back(phone, line)
    practice.settle()
    message = Message.objects.get()
    assert (message.text, message.deleted_at is None) == ("", False)


def test_outside_the_window_the_vendor_refuses_at_once(practice: "Practice") -> None:
    phone = phone_of(practice, "messenger")
    with clock.starting_at(now() - timedelta(hours=25)):
        saying.say(phone, "text", text="hello")
        practice.settle()
    Conversation.objects.update(window_until=None)  # as if our own guard had failed
    message = answer(practice)
    assert (message.state, message.error_code) == (MessageState.FAILED, "10/2018278")


def test_who_is_not_there_any_more_cannot_be_written_to(practice: "Practice") -> None:
    phone = phone_of(practice, "messenger")
    saying.say(phone, "text", text="hello")
    practice.settle()
    phone.delete()
    message = answer(practice)
    assert (message.state, message.error_code) == (MessageState.FAILED, "100/2018001")


def test_being_seen_reaches_the_phone(practice: "Practice") -> None:
    from simulator.practice import network_client

    phone = phone_of(practice, "messenger")
    saying.say(phone, "text", text="hello")
    practice.settle()
    made: Any = load("messenger", phone.channel.config)
    address = Conversation.objects.select_related("address").get().address
    assert address
    assert address.value == phone.address
    with network_client() as http:
        made.attend(http, Sender(Scheme.MESSENGER, address.value), typing=False)
    assert PhoneMessage.objects.get().tick == Tick.READ


def test_addresses_of_new_phones_differ() -> None:
    makers: list[Callable[[], str]] = [VENDORS[name].new_address for name in BOTH]  # type: ignore[misc]
    made = {make() for make in makers for _ in range(20)}
    assert (len(made), {len(one) for one in made}) == (40, {16})


@pytest.mark.parametrize(("provider", "places"), [("messenger", True), ("instagram", False)])
def test_a_phone_of_its_own_look_can_be_added_without_a_number(
    practice: "Practice", provider: str, places: bool
) -> None:
    channel = practice.channel(provider, provider)
    form = {"label": "Olena", "language": "uk", "channel": str(channel.pk)}
    assert Client().post(reverse("simulator:add"), form).status_code == 302
    page = Client().get(reverse("simulator:phones")).content.decode()
    assert page.count(f'data-skin="{provider}"') == 1
    assert page.count(f"#{provider}") >= 1
    assert ('value="place"' in page) is places
    assert Phone.objects.get().address in page


def test_a_quick_reply_that_was_sent_can_be_pressed(practice: "Practice") -> None:
    phone = phone_of(practice, "messenger")
    saying.say(phone, "text", text="hello")
    practice.settle()
    choices = [{"id": "y", "title": "Yes", "description": ""}, {"id": "n", "title": "No", "description": ""}]
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
    Client().post(reverse("simulator:press", args=[phone.pk, shown.pk]), {"option": "y"})
    practice.settle()
    pressed = Message.objects.get(direction=Direction.IN, kind="choice")
    assert (pressed.text, (pressed.extra or {})["choice"]["id"]) == ("Yes", "y")
