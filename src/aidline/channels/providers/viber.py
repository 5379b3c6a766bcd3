"""Viber through its REST bot API.

Sources: developers.viber.com/docs/api/rest-bot-api and creators.viber.com/docs/bots-api (web hooks, send message,
message types, keyboards, callbacks, error codes), read 2026-11-24. What these do not say and only use has
taught is marked [K].

Quirks:
- One token does everything: it opens the API and signs the webhooks (HMAC-SHA256 of the raw body, in hex).
- Setting the webhook makes Viber call it at once (`event` webhook) and wants 200: the channel must be saved first.
- HTTP is always 200: what happened stands in `status` of the answer.
- `message_token` has 63 bits, more than a JSON number of many languages: here it is a whole number or digits.
- A person's id belongs to the bot. There is no number, unless a contact is sent, and that may be anybody's.
- A pressed button comes back as a text like any other (`wire/viber_bodies.py` on how ours are told apart).
- A receipt brings only the token back; a delivered one comes for a person's own message too.
- Opening the chat (`conversation_started`) is no message and no consent. It may be answered with one welcome, as
  the body of the answer; anything else can be sent only once the person has written or subscribed.
- Nothing is uploaded: Viber fetches a file by an address of ours, which must end like its name. Sound has no kind.
- Only a picture has words beside it. A place has none: its name is not shown.
- No edits, deletions, reactions, replies or typing in either direction.
- 100 messages an hour to a person who does not answer; sessions of 24 hours are a matter of price, not of leave.
- Bots exist on commercial terms only, since 2024-02-05.
"""

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, ClassVar

import httpx

from aidline.channels.contract import (
    BadSignature,
    Capabilities,
    Event,
    Fetched,
    GiveUp,
    HookAnswer,
    HookRequest,
    HookState,
    Kind,
    Malformed,
    MediaLimit,
    MediaRef,
    Outgoing,
    Pace,
    RetryLater,
    Scheme,
    Secret,
    Sent,
    Status,
    Uncertain,
    Verdict,
    gettext_noop,
    setting,
)
from aidline.channels.wire.calling import answer, call, failure, fetch
from aidline.channels.wire.reading import document, ident, said
from aidline.channels.wire.viber_bodies import BUTTONS, content
from aidline.channels.wire.viber_events import event

# --- configuration ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Config:
    auth_token: Annotated[str, Secret()] = setting(
        gettext_noop("Token"),
        gettext_noop("In Viber under More, Settings, Bots, Edit info: “Your app key”."),
        secret=True,
    )
    sender_name: str = setting(
        gettext_noop("Name above our messages"),
        gettext_noop("At most 28 characters. Others who look at the phone see it too."),
    )
    sender_avatar: str = setting(
        gettext_noop("Address of a picture"),
        gettext_noop("Beside our messages; at most 100 KB. May stay empty."),
        default="",
        expert=True,
    )
    welcome: str = setting(
        gettext_noop("Welcome"),
        gettext_noop(
            "Shown to who opens the chat for the first time and has not written yet. May stay empty."
        ),
        default="",
        long=True,
    )
    previous_auth_token: Annotated[str, Secret()] = setting(
        gettext_noop("Previous token"), gettext_noop("Only while changing it."), default="", secret=True
    )
    base_url: str = setting(gettext_noop("API address"), default="https://chatapi.viber.com/pa", expert=True)


# --- capabilities ----------------------------------------------------------------------------------------

_MB = 1024 * 1024
_FETCHED = 50 * _MB
_SPOKEN = MediaLimit(frozenset({"audio/ogg", "audio/mpeg", "audio/mp4", "audio/aac"}), 50 * _MB)
_DOCUMENT = MediaLimit(
    frozenset(
        {
            "application/pdf",
            "text/plain",
            "application/msword",
            "application/vnd.ms-excel",
            "application/vnd.ms-powerpoint",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        }
    ),
    50 * _MB,
)

CAPABILITIES = Capabilities(
    label="Viber",
    glyph="viber",
    schemes=(Scheme.VIBER,),
    inbound=frozenset(
        {
            Kind.TEXT,
            Kind.IMAGE,
            Kind.VIDEO,
            Kind.DOCUMENT,
            Kind.STICKER,
            Kind.LOCATION,
            Kind.CONTACTS,
            Kind.CHOICE,
            Kind.UNSUPPORTED,
        }
    ),
    outbound=frozenset(
        {
            Kind.TEXT,
            Kind.IMAGE,
            Kind.VIDEO,
            Kind.AUDIO,
            Kind.VOICE,
            Kind.DOCUMENT,
            Kind.LOCATION,
            Kind.CHOICE,
        }
    ),
    text_limit=7000,
    caption_limit=512,
    captioned=frozenset({Kind.IMAGE}),
    media={
        Kind.IMAGE: MediaLimit(frozenset({"image/jpeg", "image/png"}), _MB),
        Kind.VIDEO: MediaLimit(frozenset({"video/mp4"}), 26 * _MB),
        Kind.AUDIO: _SPOKEN,
        Kind.VOICE: _SPOKEN,
        Kind.DOCUMENT: _DOCUMENT,
    },
    choices=BUTTONS,
    receipts=frozenset({Status.DELIVERED, Status.READ, Status.FAILED}),
    # For broadcasts 500 calls in ten seconds are documented; single messages get a careful part of it.
    pace=Pace(per_second=20),
    data_goes_to=gettext_noop(
        "Viber Media, of Rakuten (Luxembourg, Japan); files are kept for a while, messages until they are delivered"
    ),
    guide=(
        gettext_noop(
            "A bot needs a contract with Viber or one of its partners: apply at forbusiness.viber.com. It takes "
            "some days and costs money each month."
        ),
        gettext_noop("In Viber on the phone of the bot’s owner open More, Settings, Bots, then Edit info."),
        gettext_noop("Copy “Your app key” into the first field below."),
        gettext_noop(
            "Choose the name above our messages so that it tells a stranger who looks at the phone as little as "
            "possible."
        ),
        gettext_noop(
            "Save, then register our address below: we tell it to Viber ourselves, and Viber calls it at once. "
            "It must begin with https and have a certificate that phones accept."
        ),
        gettext_noop("Open the bot on your own phone and write: it should appear at the desk."),
    ),
)

# A message comes in any case.
EVENTS = ("delivered", "seen", "failed", "subscribed", "unsubscribed", "conversation_started")

# --- their codes, our words ------------------------------------------------------------------------------

# `status` of an answer. What is not here is given up: it will fail the same way again.
VERDICTS: Mapping[str, Verdict] = {
    "2": Verdict.CHANNEL_DOWN,  # token
    "5": Verdict.GIVE_UP,  # not a user of Viber
    "6": Verdict.STOP_CONTACTING,  # not subscribed
    "7": Verdict.CHANNEL_DOWN,  # bot blocked
    "8": Verdict.CHANNEL_DOWN,  # no such bot
    "9": Verdict.CHANNEL_DOWN,  # bot suspended
    "10": Verdict.CHANNEL_DOWN,  # no webhook
    "11": Verdict.GIVE_UP,  # no device that could show it
    "12": Verdict.RETRY,  # too many, to this person or in all
    "15": Verdict.CHANNEL_DOWN,  # not authorised
    "21": Verdict.GIVE_UP,  # country
    # Money: what answers within a session still goes out, so the channel is not down.
    "23": Verdict.GIVE_UP,
    "24": Verdict.GIVE_UP,
}

# --- the provider ----------------------------------------------------------------------------------------


class Viber:
    name: ClassVar[str] = "viber"
    accepted: ClassVar[HookAnswer] = HookAnswer()
    capabilities = CAPABILITIES

    def __init__(self, config: Config) -> None:
        self.config = config
        self.api = config.base_url.rstrip("/")
        self.tokens = [word.encode() for word in (config.auth_token, config.previous_auth_token) if word]

    def handshake(self, request: HookRequest) -> HookAnswer | None:  # noqa: ARG002
        """Viber's first call is signed like all others, and taken like them."""
        return None

    def verify(self, request: HookRequest) -> None:
        given = request.headers.get("x-viber-content-signature", "").encode("utf-8", "replace")
        for token in self.tokens:
            expected = hmac.digest(token, request.body, "sha256").hex().encode()
            if hmac.compare_digest(given, expected):
                return
        raise BadSignature("x-viber-content-signature")

    def parse(
        self,
        body: bytes,
        headers: Mapping[str, str],  # noqa: ARG002
        received_at: datetime,  # noqa: ARG002
    ) -> list[Event]:
        return [event(document(body))]

    def answer(self, request: HookRequest) -> HookAnswer:
        """The one welcome that may be said before the person has written; who is subscribed knows us."""
        try:
            call = document(request.body)
        except Malformed:
            return self.accepted
        greeted = call.get("event") == "conversation_started" and call.get("subscribed") is not True
        if not greeted or not self.config.welcome:
            return self.accepted
        body = {"sender": self._sender(), "type": "text", "text": self.config.welcome}
        return HookAnswer(
            content_type="application/json",
            body=json.dumps(body, ensure_ascii=False).encode("utf-8", "replace"),
        )

    def send(self, http: httpx.Client, out: Outgoing) -> Sent:
        _refuse_large(out)
        body = {"receiver": out.to.value, "sender": self._sender(), **content(out)}
        external_id = ident(self._call(http, "send_message", body).get("message_token"))
        if not external_id:
            raise Uncertain("no-id")
        return Sent(external_id)

    def _sender(self) -> dict[str, str]:
        picture = {"avatar": self.config.sender_avatar} if self.config.sender_avatar else {}
        return {"name": self.config.sender_name[:28], **picture}

    def fetch_media(self, http: httpx.Client, ref: MediaRef) -> Fetched:
        """The address is signed by Viber and wants nothing of ours; it lives for about an hour [K]."""
        fetched = fetch(http, ref.ref, _FETCHED, {})
        return Fetched(fetched.content, ref.mime or fetched.mime, ref.name)

    def probe(self, http: httpx.Client) -> str:
        return said(self._account(http).get("name"))

    def register_hook(self, http: httpx.Client, url: str) -> None:
        """Names are asked for, since a person is greeted by theirs; pictures are nobody's business."""
        fields = {"url": url, "event_types": list(EVENTS), "send_name": True, "send_photo": False}
        self._call(http, "set_webhook", fields, repeatable=True)

    def hook_state(self, http: httpx.Client) -> HookState:
        """Viber does not tell of failed calls; events that it was not asked for are a failure all the same."""
        account = self._account(http)
        url, events = said(account.get("webhook")), account.get("event_types")
        known = {ident(one) for one in events} if isinstance(events, list) else set()
        missing = [one for one in EVENTS if one not in known]
        return HookState(url, error=f"event_types: {', '.join(missing)}" if url and missing else "")

    def _account(self, http: httpx.Client) -> dict[str, Any]:
        return self._call(http, "get_account_info", {}, repeatable=True)

    def _call(
        self, http: httpx.Client, name: str, body: dict[str, Any], *, repeatable: bool = False
    ) -> dict[str, Any]:
        headers = {"X-Viber-Auth-Token": self.config.auth_token}
        url = f"{self.api}/{name}"
        found = _checked(call(http, "POST", url, repeatable=repeatable, headers=headers, json=body))
        if repeatable and "status" not in found:
            raise RetryLater("no-answer")
        return found


def _refuse_large(out: Outgoing) -> None:
    limit = CAPABILITIES.media.get(out.kind)
    if limit and out.file and out.file.size > limit.bytes:
        raise GiveUp("too-large")


def _checked(response: httpx.Response) -> dict[str, Any]:
    """Without a status it is nobody's answer: then what we sent may have arrived or not."""
    found = answer(response)
    code = ident(found.get("status"))
    if response.is_success and code in ("0", ""):
        return found
    error = failure(response, code, VERDICTS)
    raise type(error)(error.code, retry_after=error.retry_after, words=said(found.get("status_message")))
