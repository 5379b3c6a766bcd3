"""Messages to a Facebook page, through Meta's Messenger Platform.

Sources: developers.facebook.com/docs/messenger-platform (webhook events, Send API, attachment upload, quick
replies, sender actions, rate limits, error codes), graph-api/reference/page/subscribed_apps; read 2026-11-24.

Quirks:
- One app secret signs for every page of the app, and one webhook address may serve them all: what is for another
  page (`entry.id`) is left to that page's channel.
- A person is a page-scoped id; names are not in webhooks and are not asked for. Nobody can be written to first.
- Our own messages come back as echoes with our id in `metadata`; those of other apps and of Meta's inbox too.
- "Delivered" mostly names messages, "read" never: it covers everything up to a moment (`watermark`).
- Text and file are two messages. A place cannot be sent, so it goes out in words.
- Replies and quoting end 24 hours after the person's last word; with the HUMAN_AGENT permission people may answer,
  without quoting, for 7 days.
- A refusal says what it means only with its subcode: code 10 is a lost permission, 10/2018278 a shut window.
- Files of people lie at signed addresses that run out; they are fetched without any key.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar

import httpx

from aidline.channels.contract import (
    Capabilities,
    Event,
    Fetched,
    HookAnswer,
    HookRequest,
    Kind,
    MediaLimit,
    MediaRef,
    Outgoing,
    Pace,
    RetryLater,
    Scheme,
    Secret,
    Sender,
    Sent,
    Status,
    gettext_noop,
    setting,
)
from aidline.channels.wire import meta, meta_messaging
from aidline.channels.wire.calling import call, fetch
from aidline.channels.wire.meta_account import NO, VERDICTS, YES, MetaAccount, proof_of, same_account
from aidline.channels.wire.meta_messaging_bodies import QUICK_REPLIES, TITLE, file_type, words
from aidline.channels.wire.reading import document, ident

# --- configuration ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Config:
    page_id: str = setting(gettext_noop("Page ID"), gettext_noop("On the page under About, Transparency."))
    access_token: Annotated[str, Secret()] = setting(
        gettext_noop("Page access token"),
        gettext_noop("Of a system user, so that it does not expire."),
        secret=True,
    )
    app_secret: Annotated[str, Secret()] = setting(
        gettext_noop("App secret"), gettext_noop("In Meta's app under App settings, Basic."), secret=True
    )
    verify_token: Annotated[str, Secret()] = setting(
        gettext_noop("Verify token"),
        gettext_noop("A word of your own, given to Meta with our address."),
        secret=True,
        made_by_us=True,
    )
    app_id: str = setting(
        gettext_noop("App ID"),
        gettext_noop("Tells what we sent from what other programs send for the page."),
        default="",
    )
    human_agent: str = setting(
        gettext_noop("Answer for 7 days"),
        gettext_noop("Only where Meta has granted the app Human Agent."),
        default=NO,
        options=(NO, YES),
    )
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
        default="messages,messaging_postbacks,message_deliveries,message_reads,message_echoes,message_edits,"
        "message_reactions,messaging_optins",
        expert=True,
    )
    base_url: str = setting(gettext_noop("API address"), default="https://graph.facebook.com", expert=True)
    api_version: str = setting(gettext_noop("API version"), default="v25.0", expert=True)


# --- capabilities ----------------------------------------------------------------------------------------

_MB = 1024 * 1024
_AUDIO = MediaLimit(
    frozenset({"audio/aac", "audio/mp4", "audio/mpeg", "audio/ogg", "audio/wav", "audio/webm"}), 25 * _MB
)
_DOCUMENT = MediaLimit(
    frozenset(
        {
            "application/pdf",
            "text/plain",
            "text/vcard",
            "application/msword",
            "application/vnd.ms-excel",
            "application/vnd.ms-powerpoint",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        }
    ),
    25 * _MB,
)

CAPABILITIES = Capabilities(
    label="Messenger",
    glyph="messenger",
    schemes=(Scheme.MESSENGER,),
    inbound=frozenset(Kind) - {Kind.TEMPLATE, Kind.VOICE, Kind.CONTACTS},
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
    text_limit=2000,
    media={
        Kind.IMAGE: MediaLimit(frozenset({"image/jpeg", "image/png", "image/gif"}), 8 * _MB),
        Kind.VIDEO: MediaLimit(frozenset({"video/mp4", "video/quicktime", "video/webm"}), 25 * _MB),
        Kind.AUDIO: _AUDIO,
        Kind.VOICE: _AUDIO,
        Kind.DOCUMENT: _DOCUMENT,
    },
    choices=QUICK_REPLIES,
    choice_title=TITLE,
    reply_window=timedelta(hours=24),
    typing=True,
    read_marks=True,
    receipts=frozenset({Status.SENT, Status.DELIVERED, Status.READ}),
    reactions=True,
    pace=Pace(per_second=10),  # what sound and video may; text alone 300 ("Rate limits")
    data_goes_to=gettext_noop(
        "Meta Platforms (United States, Ireland); messages are kept until the person or the page deletes them"
    ),
    guide=(
        gettext_noop("At developers.facebook.com make an app of the type Business and add Messenger to it."),
        gettext_noop("Copy the app ID and the app secret from App settings, Basic."),
        gettext_noop(
            "In Messenger, API settings, connect the page, copy its ID and generate an access token."
        ),
        gettext_noop("In the same place configure webhooks with our address and the verify token below."),
        gettext_noop("Subscribe the page to the messages fields, or let us do it with the button."),
        gettext_noop("Ask Meta for advanced access to pages_messaging: until then only testers can write."),
    ),
)

_DAY, _WEEK = timedelta(days=1), timedelta(days=7)
_LARGEST = 25 * _MB  # of what people send; more is not kept

# --- their codes, our words: `wire/meta_account.VERDICTS`, `wire/meta_messaging` ---------------------------


# --- the provider ----------------------------------------------------------------------------------------


class Messenger(MetaAccount):
    name: ClassVar[str] = "messenger"
    accepted: ClassVar[HookAnswer] = HookAnswer(body=b"EVENT_RECEIVED")
    capabilities = CAPABILITIES
    plainly: ClassVar[Mapping[str, str]] = {"messaging_type": "RESPONSE"}

    def __init__(self, config: Config) -> None:
        self.config = config
        self.api = f"{config.base_url.rstrip('/')}/{config.api_version}"
        self.path, self.token, self.app = config.page_id, config.access_token, config.app_id
        self.hook_fields = config.hook_fields
        self.human_agent = config.human_agent == YES
        self.proof = proof_of(config.app_secret, config.access_token, config.secret_proof)
        self.secrets = meta.secrets_of(config.app_secret, config.previous_app_secret)
        if self.human_agent:
            self.capabilities = replace(CAPABILITIES, reply_window=_WEEK, automatic_window=_DAY)

    @property
    def account(self) -> str:
        return self.config.page_id

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
        ours = meta_messaging.Ours("page", self.account, self.app, Scheme.MESSENGER)
        return list(meta_messaging.events(document(body), ours))

    def send(self, http: httpx.Client, out: Outgoing) -> Sent:
        message = self._file(http, out) if out.kind in CAPABILITIES.media else words(out)
        return self._say(http, out, {**message, "metadata": str(out.message)})

    def _file(self, http: httpx.Client, out: Outgoing) -> dict[str, Any]:
        """A file is uploaded first; if that fails nothing has been said yet, so it can be tried again."""
        kind = file_type(out, CAPABILITIES.media[out.kind].bytes)
        assert out.file
        about = {"attachment": {"type": kind, "payload": {"is_reusable": True}}}
        response = call(
            http,
            "POST",
            f"{self.api}/{self.path}/message_attachments",
            repeatable=True,
            headers=meta.bearer(self.token),
            data={"message": json.dumps(about), **self.proof},
            files={"filedata": (out.file.name, out.file.content(), out.file.mime)},
        )
        attachment = ident(meta.checked(response, VERDICTS).get("attachment_id"))
        if not attachment:
            raise RetryLater("no-media-id")
        return {"attachment": {"type": kind, "payload": {"attachment_id": attachment}}}

    def fetch_media(self, http: httpx.Client, ref: MediaRef) -> Fetched:
        fetched = fetch(http, ref.ref, _LARGEST, {})
        return Fetched(fetched.content, fetched.mime or ref.mime, ref.name)

    def react(self, http: httpx.Client, to: Sender, external_id: str, emoji: str) -> None:
        self._react(http, to, external_id, emoji)

    def probe(self, http: httpx.Client) -> str:
        found = self._get(http, "me", {"fields": "id,name"})
        return same_account(found, "id", self.config.page_id)
