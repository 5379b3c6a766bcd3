"""A centre, its staff, a person and what they said, made through the services themselves."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from aidline.centres.models import Centre, Membership, Organisation, Staff
from aidline.centres.services import add_member, create_centre, create_organisation, create_staff
from aidline.centres.states import Role
from aidline.channels.models import Channel
from aidline.channels.services import create_channel
from aidline.conversations.models import Conversation, Message
from aidline.conversations.states import Direction, MessageState
from aidline.conversations.timeline import append
from aidline.kernel.clock import now
from aidline.people.arrivals import Arrival, resolve
from aidline.people.models import Address, Person

CONFIGS: dict[str, dict[str, str]] = {
    "whatsapp_cloud": {
        "phone_number_id": "106540352242922",
        "waba_id": "102290129340398",
        "access_token": "a token that is nobody's",
        "app_secret": "an app secret that is nobody's",
        "verify_token": "a word",
        "base_url": "http://127.0.0.1:1",
    },
    "twilio": {
        "account_sid": "AC00000000000000000000000000000000",
        "auth_token": "a token that is nobody's",
        "sender": "+447700900610",
        "base_url": "http://127.0.0.1:1",
    },
    "telegram": {
        "token": "4000000000000:a-token-that-is-nobodys",
        "secret_token": "a-word-that-is-nobodys",
        "base_url": "http://127.0.0.1:1",
    },
    "africastalking": {
        "username": "nobody",
        "api_key": "a key that is nobody's",
        "secret": "a word that is nobody's",
        "base_url": "http://127.0.0.1:1",
    },
    "infobip": {
        "base_url": "http://127.0.0.1:1",
        "api_key": "a key that is nobody's",
        "sender": "447700900612",
        "secret": "a word that is nobody's",
    },
    "http": {"base_url": "http://127.0.0.1:1", "hook_word": "a word that is nobody's"},
    "signal": {
        "base_url": "http://127.0.0.1:1",
        "number": "+447700900630",
        "hook_word": "a word that is nobody's",
    },
    "android_sms": {
        "base_url": "http://127.0.0.1:1",
        "signing_key": "a key that is nobody's",
        "login": "AIDLINE",
        "password": "a password that is nobody's",
    },
    "messenger": {
        "page_id": "106540352240101",
        "access_token": "a token that is nobody's",
        "app_secret": "an app secret that is nobody's",
        "verify_token": "a word",
        "base_url": "http://127.0.0.1:1",
    },
    "instagram": {
        "account_id": "17841400000000101",
        "access_token": "a token that is nobody's",
        "app_secret": "an app secret that is nobody's",
        "verify_token": "a word",
        "base_url": "http://127.0.0.1:1",
    },
    "vonage": {
        "api_key": "00000000",
        "api_secret": "a secret that is nobody's",
        "sender": "447700900613",
        "secret": "a word that is nobody's",
        "base_url": "http://127.0.0.1:1",
        "api_url": "http://127.0.0.1:1",
    },
    "viber": {
        "auth_token": "a token that is nobody's",
        "sender_name": "Port Merin",
        "base_url": "http://127.0.0.1:1",
    },
    "simulator": {"base_url": "http://127.0.0.1:1", "secret": "a secret that is nobody's"},
    "email": {
        "address": "help@aid.example.org",
        "smtp_host": "127.0.0.1",
        "smtp_port": "1",
        "smtp_security": "none",
        "smtp_password": "a password that is nobody's",
        "imap_host": "127.0.0.1",
        "imap_port": "1",
        "imap_security": "none",
        "imap_password": "a password that is nobody's",
    },
    "webchat": {},
}


def make_organisation() -> Organisation:
    return Organisation.objects.first() or create_organisation(name="Harbour Aid Network")


def make_centre(name: str = "Port Merin", **more: Any) -> Centre:
    settings = {"languages": ["en", "ar", "fr"], "time_zone": "Asia/Beirut", "undo_seconds": 6, **more}
    return create_centre(by=None, organisation=make_organisation(), name=name, **settings)


def make_staff(
    centre: Centre, role: Role = Role.AGENT, name: str = "Mira Kessler", **more: Any
) -> tuple[Staff, Membership]:
    email = f"{name.lower().replace(' ', '.').strip('.')}@{centre.slug}.example.org"
    staff = create_staff(organisation=centre.organisation, email=email, name=name)
    languages = more.pop("languages", list(centre.languages))
    return staff, add_member(by=None, staff=staff, centre=centre, role=role, languages=languages, **more)


def make_channel(centre: Centre, provider: str = "whatsapp_cloud", name: str = "WhatsApp") -> Channel:
    return create_channel(by=None, centre=centre, provider=provider, name=name, config=CONFIGS[provider])


_number = iter(range(100, 999))


def make_person(centre: Centre, language: str = "ar", number: str = "") -> tuple[Person, Address]:
    """A fictional number of the range that is nobody's."""
    value = number or f"+44770090{next(_number):04}"
    (known,) = resolve([Arrival(centre.pk, (("phone", value),), language=language)])
    address = Address.objects.select_related("person").get(pk=known.id)
    return address.person, address


def make_conversation(
    channel: Channel | None,
    messages: Sequence[str] = ("Hello",),
    *,
    language: str = "en",
    window: timedelta | None = timedelta(hours=20),
    at: datetime | None = None,
    centre: Centre | None = None,
    **more: Any,
) -> Conversation:
    """`messages` in turn of a person; "> " before one is an answer of ours, "# " a note (`by` wrote them)."""
    of = channel.centre if channel else centre
    assert of is not None
    by = more.pop("by", None)
    person, address = make_person(of, language)
    at = at or now() - timedelta(minutes=5)
    conversation = Conversation.objects.create(
        centre=of,
        channel=channel,
        person=person,
        address=address if channel else None,
        language=language,
        opened_at=at,
        last_at=at,
        queued_since=at,
        window_until=now() + window if window is not None else None,
        **more,
    )
    for place, words in enumerate(messages):
        _say(conversation, words, at + timedelta(seconds=place), by)
    conversation.refresh_from_db()
    return conversation


def _say(conversation: Conversation, words: str, at: datetime, by: Staff | None) -> Message:
    kinds = {"> ": (Direction.OUT, MessageState.DELIVERED), "# ": (Direction.NOTE, MessageState.RECEIVED)}
    direction, state = kinds.get(words[:2], (Direction.IN, MessageState.RECEIVED))
    inside = direction is Direction.IN
    message = append(
        conversation,
        direction=direction,
        kind="text",
        state=state,
        author=None if inside else by,
        text=words if inside else words[2:],
        at=at,
    )
    if direction is not Direction.NOTE:
        Conversation.objects.filter(pk=conversation.pk).update(waiting_since=at if inside else None)
    return message
