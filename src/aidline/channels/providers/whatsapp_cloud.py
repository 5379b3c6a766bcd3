"""WhatsApp through Meta's Cloud API.

Sources: developers.facebook.com/docs/whatsapp/cloud-api (webhooks, messages, media, templates, error codes;
read 2026-11-22) and Meta's published API description, business-messaging-api v23.0 (2025-11).

Quirks:
- One app secret signs for every number of the app, and one webhook address may serve them all: what is for
  another number (`metadata.phone_number_id`), or of another account's template (`entry.id`), is left to others.
- Since April 2026 a person may have no number, only a business-scoped id ("US.1349…"). It comes in
  `from_user_id`, in the contacts, or in `from` itself; one is written to with `recipient` in place of `to`.
- Meta escapes non-ASCII as \\uXXXX and signs those bytes: the signature is taken over the raw body.
- A reaction without emoji takes the reaction back. A poll and many deleted messages arrive as `unsupported`.
- "read" may come without "delivered"; statuses come in any order and more than once, for up to 7 days.
- Codes, never texts, of errors are stable. 131049 must not be retried within a day.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar
from urllib.parse import quote

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
    RetryLater,
    Scheme,
    Secret,
    Sender,
    Sent,
    Status,
    TemplateDraft,
    TemplateInfo,
    TemplateLimits,
    TemplateRefused,
    Uncertain,
    Unknown,
    Verdict,
    gettext_noop,
    setting,
)
from aidline.channels.wire import meta
from aidline.channels.wire.calling import answer, call, fetch
from aidline.channels.wire.menus import ROW_TITLE, ROWS
from aidline.channels.wire.reading import document, ident, part, parts, said
from aidline.channels.wire.whatsapp_account import GUIDE, PACE, WhatsAppAccount
from aidline.channels.wire.whatsapp_bodies import content, recipient
from aidline.channels.wire.whatsapp_events import MEDIA_KINDS, account_id, changes, events, number_id, without
from aidline.channels.wire.whatsapp_templates import LANGUAGES, STATES, creation, edition, template_info
from aidline.kernel import phones

# --- configuration ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Config:
    phone_number_id: str = setting(
        gettext_noop("Phone number ID"), gettext_noop("In Meta's app under WhatsApp, API setup.")
    )
    waba_id: str = setting(gettext_noop("WhatsApp Business Account ID"))
    access_token: Annotated[str, Secret()] = setting(
        gettext_noop("Access token"),
        gettext_noop("Of a system user, so that it does not expire."),
        secret=True,
    )
    app_secret: Annotated[str, Secret()] = setting(
        gettext_noop("App secret"), gettext_noop("In Meta's app under App settings, Basic."), secret=True
    )
    verify_token: Annotated[str, Secret()] = setting(
        gettext_noop("Verify token"),
        gettext_noop(
            "A word of your own, given to Meta with our address. Subscribe there to messages, "
            "message_template_status_update, template_category_update and message_template_quality_update."
        ),
        secret=True,
        made_by_us=True,
    )
    previous_app_secret: Annotated[str, Secret()] = setting(
        gettext_noop("Previous app secret"), gettext_noop("Only while changing it."), default="", secret=True
    )
    base_url: str = setting(gettext_noop("API address"), default="https://graph.facebook.com", expert=True)
    api_version: str = setting(gettext_noop("API version"), default="v25.0", expert=True)


# --- capabilities ----------------------------------------------------------------------------------------

_MB = 1024 * 1024
_IMAGE = MediaLimit(frozenset({"image/jpeg", "image/png"}), 5 * _MB)
_AUDIO = MediaLimit(frozenset({"audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"}), 16 * _MB)
_VIDEO = MediaLimit(frozenset({"video/mp4", "video/3gpp"}), 16 * _MB)
_STICKER = MediaLimit(frozenset({"image/webp"}), 500 * 1024)
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
    100 * _MB,
)

CAPABILITIES = Capabilities(
    label="WhatsApp",
    glyph="whatsapp",
    schemes=(Scheme.PHONE, Scheme.WHATSAPP_USER),
    inbound=frozenset(Kind) - {Kind.TEMPLATE},
    outbound=frozenset(Kind) - {Kind.CONTACTS, Kind.UNSUPPORTED},
    text_limit=4096,
    media={
        Kind.IMAGE: _IMAGE,
        Kind.VIDEO: _VIDEO,
        Kind.AUDIO: _AUDIO,
        Kind.VOICE: _AUDIO,
        Kind.STICKER: _STICKER,
        Kind.DOCUMENT: _DOCUMENT,
    },
    caption_limit=1024,
    choices=ROWS,
    choice_title=ROW_TITLE,
    reply_window=timedelta(hours=24),
    templates=True,
    template_limits=TemplateLimits(languages=LANGUAGES),
    typing=True,
    read_marks=True,
    receipts=frozenset(Status),
    reactions=True,
    pace=PACE,
    guide=GUIDE,
    data_goes_to=gettext_noop("Meta Platforms (United States, Ireland); messages kept up to 30 days"),
)

_TEMPLATE_PAGES = 50
_NUMBER_ID = re.compile(rb'"phone_number_id"\s*:\s*"(\d{1,40})"')  # inside a text its quotes are escaped

# --- their codes, our words (statuses and templates: `wire`) ---------------------------------------------

# What is not here is given up: it will fail the same way again.
VERDICTS: Mapping[str, Verdict] = {
    **dict.fromkeys(("1", "2", "4", "80007", "130429", "131000", "131016", "131048"), Verdict.RETRY),
    **dict.fromkeys(("131056", "131057", "131064", "132069", "133004", "135000"), Verdict.RETRY),
    **dict.fromkeys(("0", "3", "10", "190", "368", "131005", "131031"), Verdict.CHANNEL_DOWN),
    **dict.fromkeys(("131037", "131042", "131045", "133010"), Verdict.CHANNEL_DOWN),
    **{str(code): Verdict.CHANNEL_DOWN for code in range(200, 300)},
    "131050": Verdict.STOP_CONTACTING,
    # Known although the HTTP status may say otherwise: the message is the trouble, not the account.
    **dict.fromkeys(("130472", "130497", "131021", "131026", "131030", "131047", "131049"), Verdict.GIVE_UP),
    **dict.fromkeys(("131051", "131052", "131053", "131062", "132000", "132001", "137000"), Verdict.GIVE_UP),
}

_NOT_THERE = frozenset({"2593002"})  # of a template that is to be deleted

_MEDIA_NAMES = {**{kind: name for name, kind in MEDIA_KINDS.items()}, Kind.VOICE: "audio"}

# Only these hosts of Meta, besides the API itself, may see the token when a file is fetched.
_MEDIA_HOSTS = (".facebook.com", ".fbsbx.com", ".fbcdn.net", ".whatsapp.net")

# --- the provider ----------------------------------------------------------------------------------------


class WhatsAppCloud(WhatsAppAccount):
    name: ClassVar[str] = "whatsapp_cloud"
    accepted: ClassVar[HookAnswer] = HookAnswer()
    capabilities = CAPABILITIES

    def __init__(self, config: Config) -> None:
        self.config: Config = config
        self.api = f"{config.base_url.rstrip('/')}/{config.api_version}"
        self.secrets = meta.secrets_of(config.app_secret, config.previous_app_secret)

    @property
    def account(self) -> str:
        return self.config.phone_number_id

    def handshake(self, request: HookRequest) -> HookAnswer | None:
        return meta.handshake(request, self.config.verify_token)

    def verify(self, request: HookRequest) -> None:
        meta.verify(request, self.secrets)

    def accounts(self, body: bytes) -> frozenset[str]:
        return frozenset(number.decode() for number in _NUMBER_ID.findall(body))

    def without(self, body: bytes, accounts: frozenset[str]) -> bytes:
        return without(body, accounts)

    def parse(
        self,
        body: bytes,
        headers: Mapping[str, str],  # noqa: ARG002
        received_at: datetime,  # noqa: ARG002
    ) -> list[Event]:
        whole = document(body)
        if whole.get("object") != "whatsapp_business_account":
            return [Unknown(ident(whole.get("object"))[:60] or "object")]
        return [event for change in changes(whole) for event in self._events(change)]

    def _events(self, change: dict[str, Any]) -> Iterable[Event]:
        if number_id(change) not in ("", self.config.phone_number_id):
            return (Unknown("other-number"),)
        if account_id(change) not in ("", self.config.waba_id):
            return (Unknown("other-account"),)
        return events(change, VERDICTS)

    def send(self, http: httpx.Client, out: Outgoing) -> Sent:
        kind, said_in_it = self._media(http, out) if out.kind in _MEDIA_NAMES else content(out)
        body = {
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            **recipient(out.to),
            "type": kind,
            kind: said_in_it,
            "biz_opaque_callback_data": str(out.message),
        }
        if out.reply_to:
            body["context"] = {"message_id": out.reply_to}
        response = self._post(http, body)
        return _sent(answer(response), out.to, meta.pause(response))

    def _media(self, http: httpx.Client, out: Outgoing) -> tuple[str, dict[str, Any]]:
        """A file is uploaded first; if that fails nothing has been said yet, so it can be tried again."""
        file = out.file
        if file is None or file.size > CAPABILITIES.media[out.kind].bytes:
            raise GiveUp("too-large" if file else "no-file")
        response = call(
            http,
            "POST",
            f"{self.api}/{self.config.phone_number_id}/media",
            repeatable=True,
            headers=self._bearer(),
            data={"messaging_product": "whatsapp", "type": file.mime},
            files={"file": (file.name, file.content(), file.mime)},
        )
        media = {"id": ident(_checked(response).get("id"))}
        if not media["id"]:
            raise RetryLater("no-media-id")
        if out.kind is Kind.DOCUMENT:
            media["filename"] = file.name
        if out.text and out.kind in (Kind.IMAGE, Kind.VIDEO, Kind.DOCUMENT):
            media["caption"] = out.text
        return _MEDIA_NAMES[out.kind], media

    def fetch_media(self, http: httpx.Client, ref: MediaRef) -> Fetched:
        """The id gives an address that lives for minutes; both calls want the token."""
        found = self._get(http, quote(ref.ref, safe=""), {})
        limit, url = _DOCUMENT.bytes, said(found.get("url"))
        if not url:
            raise GiveUp("no-address")
        fetched = fetch(http, url, limit, self._bearer() if self._trusted(url) else {})
        return Fetched(fetched.content, said(found.get("mime_type")) or fetched.mime, ref.name)

    def _trusted(self, url: str) -> bool:
        try:
            target, own = httpx.URL(url), httpx.URL(self.config.base_url)
        except httpx.InvalidURL:
            return False
        if (target.scheme, target.host, target.port) == (own.scheme, own.host, own.port):
            return True
        return target.scheme == "https" and f".{target.host}".endswith(_MEDIA_HOSTS)

    def react(self, http: httpx.Client, to: Sender, external_id: str, emoji: str) -> None:
        body = {
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            **recipient(to),
            "type": "reaction",
        }
        self._post(http, {**body, "reaction": {"message_id": external_id, "emoji": emoji}}, repeatable=True)

    def mark_read(self, http: httpx.Client, external_id: str, *, typing: bool) -> None:
        body: dict[str, Any] = {"messaging_product": "whatsapp", "status": "read", "message_id": external_id}
        if typing:
            body["typing_indicator"] = {"type": "text"}
        self._post(http, body, repeatable=True)

    def sync_templates(self, http: httpx.Client) -> list[TemplateInfo]:
        found: list[TemplateInfo] = []
        query = {"fields": "id,name,language,status,category,components,rejected_reason", "limit": "100"}
        for _page in range(_TEMPLATE_PAGES):
            page = self._get(http, f"{self.config.waba_id}/message_templates", query)
            found += [template_info(one) for one in parts(page.get("data"))]
            paging = part(page.get("paging"))
            after = ident(part(paging.get("cursors")).get("after"))
            if not after or "next" not in paging:
                break
            query["after"] = after  # not the address in `next`, which would be theirs to choose
        return found

    def create_template(self, http: httpx.Client, draft: TemplateDraft) -> TemplateInfo:
        """A refused one is not made a second time, which its name would forbid, but changed."""
        path = quote(draft.external_id, safe="") or f"{self.config.waba_id}/message_templates"
        body = edition(draft) if draft.external_id else creation(draft)
        response = call(http, "POST", f"{self.api}/{path}", headers=self._bearer(), json=body)
        found = _taken(response)
        external_id = ident(found.get("id")) or draft.external_id
        if not external_id:
            raise Uncertain("no-id")
        state = STATES.get(ident(found.get("status")).upper(), "pending")
        category = ident(found.get("category")).lower() or draft.category
        return TemplateInfo(draft.name, draft.language, state, category, draft.body, external_id=external_id)

    def delete_template(self, http: httpx.Client, info: TemplateInfo) -> None:
        """The name alone would take every language away; what has no id here may have one there."""
        external_id = info.external_id or self._id_of(http, info)
        if not external_id:
            return
        url = f"{self.api}/{self.config.waba_id}/message_templates"
        query = {"hsm_id": external_id, "name": info.name}
        response = call(http, "DELETE", url, repeatable=True, headers=self._bearer(), params=query)
        if response.status_code != 404 and _subcode(answer(response)) not in _NOT_THERE:
            _taken(response)

    def _id_of(self, http: httpx.Client, info: TemplateInfo) -> str:
        same = (info.name, info.language)
        listed = self.sync_templates(http)
        return next((one.external_id for one in listed if (one.name, one.language) == same), "")

    def _post(self, http: httpx.Client, body: dict[str, Any], *, repeatable: bool = False) -> httpx.Response:
        url = f"{self.api}/{self.config.phone_number_id}/messages"
        response = call(http, "POST", url, repeatable=repeatable, headers=self._bearer(), json=body)
        _checked(response)
        return response

    def _get(self, http: httpx.Client, path: str, query: Mapping[str, str]) -> dict[str, Any]:
        url = f"{self.api}/{path}"
        return _checked(call(http, "GET", url, repeatable=True, headers=self._bearer(), params=query))


def _checked(response: httpx.Response) -> dict[str, Any]:
    return meta.checked(response, VERDICTS)


def _taken(response: httpx.Response) -> dict[str, Any]:
    """Of a call about templates. Meta's subcode says more than its code, which is 100 for nearly everything."""
    try:
        return _checked(response)
    except GiveUp as refusal:
        error = part(answer(response).get("error"))
        words = said(error.get("error_user_msg")) or said(error.get("message"))
        raise TemplateRefused(_subcode({"error": error}) or refusal.code, words[:500]) from None


def _subcode(found: dict[str, Any]) -> str:
    return ident(part(found.get("error")).get("error_subcode"))


def _sent(found: dict[str, Any], to: Sender, slow_down: timedelta | None) -> Sent:
    """Taken, but without an id its receipts cannot be told apart: only `biz_opaque_callback_data` can say."""
    external_id = next((ident(message.get("id")) for message in parts(found.get("messages"))), "")
    if not external_id:
        raise Uncertain("no-id")
    known = next((phones.e164(ident(one.get("wa_id"))) for one in parts(found.get("contacts"))), None)
    corrected = to.scheme is Scheme.PHONE and known not in (None, to.value)
    return Sent(external_id, Sender(Scheme.PHONE, known) if known and corrected else None, slow_down)
