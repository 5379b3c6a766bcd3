"""What we build as a provider is what our own providers take for genuine."""

from datetime import UTC, datetime
from typing import Any

import pytest

from aidline.channels.contract import (
    BadSignature,
    Deletion,
    Edit,
    HookRequest,
    Incoming,
    Kind,
    Reaction,
    Receipt,
    Status,
    Verdict,
)
from aidline.channels.registry import load
from aidline.simulator.wire import Post, meta, plain, twilio

AT = datetime(2026, 11, 22, 14, 6, tzinfo=UTC)
HOOK = "https://aidline.example/hooks/x/1"
NUMBER = meta.Number("1001", "2002", "447700900610", "app secret")
AMAL = meta.Customer(wa_id="447700900123", name="Amal")
NAMELESS = meta.Customer(user_id="GB.1349")
META = load(
    "whatsapp_cloud",
    {
        "phone_number_id": "2002",
        "waba_id": "1001",
        "access_token": "t",
        "app_secret": "app secret",
        "verify_token": "v",
    },
)
ACCOUNT = twilio.Account("AC1", "token", "+447700900620")
WHATSAPP = twilio.Account("AC1", "token", "+447700900620", whatsapp=True)


def read(provider: Any, post: Post, url: str = HOOK) -> list[Any]:
    request = HookRequest("POST", url, {}, dict(post.headers), post.body)
    provider.verify(request)
    return provider.parse(post.body, request.kept(), AT)


def read_meta(*messages: meta.Part, customer: meta.Customer = AMAL) -> list[Any]:
    return read(META, meta.post(NUMBER, [meta.said(NUMBER, customer, messages)]))


def read_twilio(account: twilio.Account, fields: twilio.Fields) -> Any:
    sender = account.address(account.number)
    provider = load("twilio", {"account_sid": "AC1", "auth_token": "token", "sender": sender})
    (event,) = read(provider, twilio.post(account, HOOK, fields))
    return event


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        (meta.text(AMAL, AT, "مرحبا"), Kind.TEXT),
        (meta.media(AMAL, AT, "image", "7", "image/jpeg"), Kind.IMAGE),
        (meta.media(AMAL, AT, "video", "7", "video/mp4"), Kind.VIDEO),
        (meta.media(AMAL, AT, "document", "7", "application/pdf", filename="a.pdf"), Kind.DOCUMENT),
        (meta.media(AMAL, AT, "voice", "7", "audio/ogg"), Kind.VOICE),
        (meta.media(AMAL, AT, "audio", "7", "audio/mpeg"), Kind.AUDIO),
        (meta.media(AMAL, AT, "sticker", "7", "image/webp"), Kind.STICKER),
        (meta.location(AMAL, AT, 38.2, -10.4, name="Gate"), Kind.LOCATION),
        (meta.contact(AMAL, AT, "Umm Rami", "+447700900147"), Kind.CONTACTS),
        (meta.button_reply(AMAL, AT, "yes", "Yes", "wamid.1"), Kind.CHOICE),
        (meta.list_reply(AMAL, AT, "yes", "Yes", "wamid.1"), Kind.CHOICE),
        (meta.template_button(AMAL, AT, "yes", "Yes", "wamid.1"), Kind.CHOICE),
        (meta.unsupported(AMAL, AT, "poll_creation"), Kind.UNSUPPORTED),
    ],
)
def test_each_kind_that_meta_tells_comes_in_as_what_it_is(message: meta.Part, kind: Kind) -> None:
    (event,) = read_meta(message)
    assert isinstance(event, Incoming)
    assert (event.kind, event.sent_at, event.senders[0].value) == (kind, AT, "+447700900123")


def test_what_is_done_to_a_message_comes_in_as_that() -> None:
    events = read_meta(
        meta.reaction(AMAL, AT, "wamid.1", "🙏"),
        meta.reaction(AMAL, AT, "wamid.1", ""),
        meta.edit(AMAL, AT, "wamid.1", "better"),
        meta.deletion(AMAL, AT, "wamid.1"),
    )
    assert [type(event) for event in events] == [Reaction, Reaction, Edit, Deletion]
    assert (events[0].emoji, events[1].emoji, events[2].text) == ("🙏", "", "better")


def test_somebody_without_a_number_is_known_by_the_id_alone() -> None:
    (event,) = read_meta(meta.text(NAMELESS, AT, "hi"), customer=NAMELESS)
    assert [(sender.scheme, sender.value) for sender in event.senders] == [("whatsapp_user", "GB.1349")]


def test_a_failed_status_of_meta_carries_its_code_and_our_id_back() -> None:
    opaque = "018f0000-0000-7000-8000-000000000001"
    status = meta.status("wamid.1", "failed", AT, AMAL, opaque=opaque, code=131026)
    (event,) = read(META, meta.post(NUMBER, [meta.told(NUMBER, [status])]))
    assert isinstance(event, Receipt)
    assert (event.status, event.code, event.verdict) == (Status.FAILED, "131026", Verdict.GIVE_UP)
    assert str(event.message) == opaque


def test_one_changed_byte_is_no_longer_from_meta() -> None:
    post = meta.post(NUMBER, [meta.said(NUMBER, AMAL, [meta.text(AMAL, AT, "hi")])])
    with pytest.raises(BadSignature):
        read(META, Post(post.body.replace(b"hi", b"ho"), post.headers))


def test_twilio_tells_text_files_places_and_presses() -> None:
    url = twilio.media_url("https://api.twilio.com", WHATSAPP, "MM1", "ME1")
    said = [
        read_twilio(ACCOUNT, twilio.message(ACCOUNT, "+447700900123", "Bonsoir")),
        read_twilio(WHATSAPP, twilio.media(WHATSAPP, "+447700900123", [(url, "image/jpeg")], "look")),
        read_twilio(WHATSAPP, twilio.location(WHATSAPP, "+447700900123", 38.2, -10.4, label="Gate")),
        read_twilio(WHATSAPP, twilio.button_reply(WHATSAPP, "+447700900123", "y", "Yes", "SM1")),
        read_twilio(WHATSAPP, twilio.list_reply(WHATSAPP, "+447700900123", "y", "Yes", "SM1")),
    ]
    assert [event.kind for event in said] == ["text", "image", "location", "choice", "choice"]
    assert said[1].media[0].ref == url


def test_a_status_of_twilio_is_signed_over_the_address_it_was_asked_for() -> None:
    url = f"{HOOK}?message=018f0000-0000-7000-8000-000000000001"
    fields = twilio.status(ACCOUNT, "SM1", "undelivered", "+447700900123", code="30003")
    provider = load("twilio", {"account_sid": "AC1", "auth_token": "token", "sender": "+447700900620"})
    (event,) = read(provider, twilio.post(ACCOUNT, url, fields), url)
    assert (event.status, event.code, event.message is None) == (Status.FAILED, "30003", False)
    with pytest.raises(BadSignature):
        read(provider, twilio.post(ACCOUNT, HOOK, fields), url)


def test_our_own_format_is_read_by_web_chat_and_the_practice_provider() -> None:
    for name, more in (("webchat", {}), ("simulator", {"base_url": "http://127.0.0.1:1"})):
        post = plain.post("word", plain.message("+447700900123", AT, text="hi", id="1"))
        (event,) = read(load(name, {"secret": "word", **more}), post)
        assert (event.text, event.external_id) == ("hi", "1")
