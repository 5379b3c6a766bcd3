"""Messages to a professional Instagram account, through either of Meta's two ways in.

Sources: developers.facebook.com/docs/instagram-platform (messaging API with Instagram Login, webhooks) and
/docs/messenger-platform/instagram (with Facebook Login: send message, webhook, sender actions), read 2026-11-24.

Quirks, besides those told in `messenger.py`:
- With Instagram Login calls go to graph.instagram.com and Instagram's own app secret signs; with Facebook Login
  they go to graph.facebook.com with the token of the page that is connected to the account.
- Webhooks name the account by its `user_id` (1784…), not by the `id` that the same token is told for `me`.
- Text is at most 1000 bytes of UTF-8, not signs. Files are fetched by Meta from an address of ours.
- There is no field in which our own id could travel, and no "delivered"; "read" names the message.
- What a person takes back comes as a message with `is_deleted`; reels, posts and story mentions are addresses of
  others' pictures that run out, and are not fetched.
- Echoes come among the messages and need not say which app they are of.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar

import httpx

from aidline.channels.contract import (
    Capabilities,
    Event,
    Fetched,
    GiveUp,
    HookAnswer,
    HookRequest,
    Kind,
    MediaLimit,
    MediaRef,
    Outgoing,
    Pace,
    Scheme,
    Secret,
    Sender,
    Sent,
    Status,
    gettext_noop,
    setting,
)
from aidline.channels.wire import meta, meta_messaging
from aidline.channels.wire.calling import fetch
from aidline.channels.wire.meta_account import NO, YES, MetaAccount, proof_of, same_account
from aidline.channels.wire.meta_messaging_bodies import QUICK_REPLIES, TITLE, file_type, words
from aidline.channels.wire.reading import document, part

INSTAGRAM, FACEBOOK = "instagram", "facebook"

# --- configuration ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Config:
    account_id: str = setting(
        gettext_noop("Account ID"),
        gettext_noop("The long number beside the account in Meta's app; it begins with 1784."),
    )
    access_token: Annotated[str, Secret()] = setting(
        gettext_noop("Access token"),
        gettext_noop("Of the account, or with Facebook Login of its page."),
        secret=True,
    )
    app_secret: Annotated[str, Secret()] = setting(
        gettext_noop("App secret"),
        gettext_noop("With Instagram Login that of the Instagram app, not of the Meta app around it."),
        secret=True,
    )
    verify_token: Annotated[str, Secret()] = setting(
        gettext_noop("Verify token"),
        gettext_noop("A word of your own, given to Meta with our address."),
        secret=True,
        made_by_us=True,
    )
    login: str = setting(
        gettext_noop("Way in"),
        gettext_noop("How the account was connected to the app."),
        default=INSTAGRAM,
        options=(INSTAGRAM, FACEBOOK),
    )
    human_agent: str = setting(
        gettext_noop("Answer for 7 days"),
        gettext_noop("Only where Meta has granted the app Human Agent."),
        default=NO,
        options=(NO, YES),
    )
    app_id: str = setting(gettext_noop("App ID"), default="", expert=True)
    previous_app_secret: Annotated[str, Secret()] = setting(
        gettext_noop("Previous app secret"), gettext_noop("Only while changing it."), default="", secret=True
    )
    secret_proof: str = setting(
        gettext_noop("Prove each call with the app secret"),
        gettext_noop("Needed where the app requires it."),
        default=NO,
        options=(NO, YES),
        expert=True,
    )
    hook_fields: str = setting(
        gettext_noop("Webhook fields"),
        gettext_noop("Empty: as the way in needs it."),
        default="",
        expert=True,
    )
    base_url: str = setting(
        gettext_noop("API address"), gettext_noop("Empty: as the way in needs it."), default="", expert=True
    )
    api_version: str = setting(gettext_noop("API version"), default="v25.0", expert=True)


# --- capabilities ----------------------------------------------------------------------------------------

_MB = 1024 * 1024
_AUDIO = MediaLimit(frozenset({"audio/aac", "audio/mp4", "audio/wav"}), 25 * _MB)

CAPABILITIES = Capabilities(
    label="Instagram",
    glyph="instagram",
    schemes=(Scheme.INSTAGRAM,),
    inbound=frozenset(
        {
            Kind.TEXT,
            Kind.IMAGE,
            Kind.VIDEO,
            Kind.AUDIO,
            Kind.DOCUMENT,
            Kind.STICKER,
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
    text_limit=1000,
    text_in_bytes=True,
    media={
        Kind.IMAGE: MediaLimit(frozenset({"image/jpeg", "image/png", "image/gif"}), 8 * _MB),
        Kind.VIDEO: MediaLimit(frozenset({"video/mp4", "video/quicktime", "video/webm"}), 25 * _MB),
        Kind.AUDIO: _AUDIO,
        Kind.VOICE: _AUDIO,
        Kind.DOCUMENT: MediaLimit(frozenset({"application/pdf"}), 25 * _MB),
    },
    choices=QUICK_REPLIES,
    choice_title=TITLE,
    reply_window=timedelta(hours=24),
    typing=True,
    read_marks=True,
    receipts=frozenset({Status.READ}),
    reactions=True,
    pace=Pace(per_second=10),  # what sound and video may; text alone 300 ("Rate limits")
    data_goes_to=gettext_noop(
        "Meta Platforms (United States, Ireland); messages are kept until the person or the account deletes them"
    ),
    guide=(
        gettext_noop("In Instagram's own settings allow access to messages for connected tools."),
        gettext_noop("At developers.facebook.com make an app of the type Business and add Instagram to it."),
        gettext_noop(
            "Connect the account there, copy its ID and generate an access token. It runs out after 60 days "
            "unless it is renewed."
        ),
        gettext_noop("Copy the Instagram app secret that is shown above it."),
        gettext_noop("In the same place configure webhooks with our address and the verify token below."),
        gettext_noop("Turn on the account's webhook subscription, or let us do it with the button."),
        gettext_noop("Ask Meta for advanced access: until then only testers can write."),
    ),
)

_DAY, _WEEK = timedelta(days=1), timedelta(days=7)
_LARGEST = 25 * _MB  # of what people send; more is not kept
_HOSTS: Mapping[str, str] = {
    INSTAGRAM: "https://graph.instagram.com",
    FACEBOOK: "https://graph.facebook.com",
}

# A page knows no field of Instagram's; any of its own turns its account's events on ("Webhook", page subscriptions).
_FIELDS: Mapping[str, str] = {
    INSTAGRAM: "messages,messaging_postbacks,messaging_seen,message_reactions",
    FACEBOOK: "messages",
}

# Instagram takes the heart by its name ("Send a message", reactions); others as they are.
_REACTIONS: Mapping[str, str] = {"❤️": "love", "❤": "love"}

# --- their codes, our words: `wire/meta_account.VERDICTS`, `wire/meta_messaging` ---------------------------


# --- the provider ----------------------------------------------------------------------------------------


class Instagram(MetaAccount):
    name: ClassVar[str] = "instagram"
    accepted: ClassVar[HookAnswer] = HookAnswer(body=b"EVENT_RECEIVED")
    capabilities = CAPABILITIES
    plainly: ClassVar[Mapping[str, str]] = {}

    def __init__(self, config: Config) -> None:
        self.config = config
        base_url = config.base_url or _HOSTS[config.login]
        self.api = f"{base_url.rstrip('/')}/{config.api_version}"
        self.path, self.token, self.app = "me", config.access_token, config.app_id
        self.hook_fields = config.hook_fields or _FIELDS[config.login]
        self.human_agent = config.human_agent == YES
        self.proof = proof_of(config.app_secret, config.access_token, config.secret_proof)
        self.secrets = meta.secrets_of(config.app_secret, config.previous_app_secret)
        if self.human_agent:
            self.capabilities = replace(CAPABILITIES, reply_window=_WEEK, automatic_window=_DAY)

    @property
    def account(self) -> str:
        return self.config.account_id

    def handshake(self, request: HookRequest) -> HookAnswer | None:
        return meta.handshake(request, self.config.verify_token)

    def verify(self, request: HookRequest) -> None:
        meta.verify(request, self.secrets)

    def accounts(self, body: bytes) -> frozenset[str]:
        return meta_messaging.accounts_in(body)

    def without(self, body: bytes, accounts: frozenset[str]) -> bytes:
        return meta_messaging.without(body, accounts)

    def parse(
        self,
        body: bytes,
        headers: Mapping[str, str],  # noqa: ARG002
        received_at: datetime,  # noqa: ARG002
    ) -> list[Event]:
        ours = meta_messaging.Ours("instagram", self.account, self.app, Scheme.INSTAGRAM)
        return list(meta_messaging.events(document(body), ours))

    def send(self, http: httpx.Client, out: Outgoing) -> Sent:
        return self._say(http, out, self._file(out) if out.kind in CAPABILITIES.media else words(out))

    def _file(self, out: Outgoing) -> dict[str, Any]:
        kind = file_type(out, CAPABILITIES.media[out.kind].bytes)
        assert out.file
        if not out.file.url:
            raise GiveUp("no-public-address")
        return {"attachment": {"type": kind, "payload": {"url": out.file.url}}}

    def fetch_media(self, http: httpx.Client, ref: MediaRef) -> Fetched:
        fetched = fetch(http, ref.ref, _LARGEST, {})
        return Fetched(fetched.content, fetched.mime or ref.mime, ref.name)

    def react(self, http: httpx.Client, to: Sender, external_id: str, emoji: str) -> None:
        self._react(http, to, external_id, _REACTIONS.get(emoji, emoji))

    def probe(self, http: httpx.Client) -> str:
        if self.config.login == INSTAGRAM:
            found = self._get(http, "me", {"fields": "user_id,username"})
            return same_account(found, "user_id", self.account)
        page = self._get(http, "me", {"fields": "instagram_business_account{id,username}"})
        return same_account(part(page.get("instagram_business_account")), "id", self.account)
