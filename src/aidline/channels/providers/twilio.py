"""SMS, MMS, WhatsApp and telephone calls through Twilio.

Sources: twilio.com/docs/messaging (webhook request, status callbacks, error dictionary), /docs/usage/security
and /docs/usage/webhooks/webhooks-connection-overrides, read 2026-11-22; Twilio's API description 2010-04-01.

Quirks:
- The signature covers the public address with its query, and every form field, also those added tomorrow; now
  with the port, now without. JSON bodies are signed through `bodySHA256` in the query.
- Webhooks carry no time; one that failed is tried once more or never: `list_since` finds what was missed.
- A long SMS may arrive as base64 of its text, and a body may hold NUL.
- Status callbacks come to the address given with the message; our own id rides in its query.
- Twilio answers STOP, START and HELP by itself and blocks; 21610 is its answer to a send after STOP.
- Buttons, lists and templates exist only as prepared Content (ContentSid), and on WhatsApp only: how they are
  prepared is told in `wire/twilio_content.py`. By SMS choices are numbers to type.
- What is special about calls is told in `wire/twilio_voice.py` and `wire/twiml.py`.
- Files are fetched by Twilio from an address of ours; theirs want our credentials and redirect to a CDN
  that must not see them.
"""

import base64
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, ClassVar
from urllib.parse import urlsplit

import httpx

from aidline.channels.contract import (
    QUERY,
    BadSignature,
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
    Place,
    RetryLater,
    Scheme,
    Secret,
    Sender,
    Sent,
    Status,
    TemplateDraft,
    TemplateInfo,
    TemplateLimits,
    Uncertain,
    Verdict,
    WrongSetting,
    gettext_noop,
    setting,
)
from aidline.channels.wire import twilio_account as account
from aidline.channels.wire import twilio_voice
from aidline.channels.wire.calling import fetch
from aidline.channels.wire.menus import ROW_TITLE, ROWS, numbered
from aidline.channels.wire.reading import ident, said
from aidline.channels.wire.twilio_api import Api
from aidline.channels.wire.twilio_contents import Contents
from aidline.channels.wire.twilio_form import (
    MOST_FILES,
    PREFIX,
    fields_of,
    incoming,
    receipt,
    sent_at,
    signed_fields,
    with_and_without_port,
)
from aidline.channels.wire.whatsapp_templates import LANGUAGES

# --- configuration ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Config:
    account_sid: str = setting(gettext_noop("Account SID"), gettext_noop("Begins with AC."))
    auth_token: Annotated[str, Secret()] = setting(
        gettext_noop("Auth token"), gettext_noop("Of the account that owns the number."), secret=True
    )
    sender: str = setting(
        gettext_noop("Number"),
        gettext_noop("Ours, as +44…; for WhatsApp as whatsapp:+44…"),
    )
    messaging_service_sid: str = setting(
        gettext_noop("Messaging service SID"),
        gettext_noop("Begins with MG. Sends in place of the number."),
        default="",
        expert=True,
    )
    api_key_sid: str = setting(
        gettext_noop("API key SID"),
        gettext_noop("Begins with SK. Used for calls in place of the token."),
        default="",
        expert=True,
    )
    api_key_secret: Annotated[str, Secret()] = setting(
        gettext_noop("API key secret"), default="", secret=True, expert=True
    )
    twiml_app_sid: str = setting(
        gettext_noop("TwiML app SID"),
        gettext_noop("Begins with AP. With it and an API key the number takes telephone calls too."),
        default="",
        expert=True,
    )
    previous_auth_token: Annotated[str, Secret()] = setting(
        gettext_noop("Previous auth token"), gettext_noop("Only while changing it."), default="", secret=True
    )
    base_url: str = setting(gettext_noop("API address"), default="https://api.twilio.com", expert=True)
    content_url: str = setting(
        gettext_noop("Address of the Content API"), default="https://content.twilio.com", expert=True
    )
    api_version: str = setting(gettext_noop("API version"), default="2010-04-01", expert=True)


# --- capabilities ----------------------------------------------------------------------------------------

_MB = 1024 * 1024
_SPOKEN = frozenset({"audio/ogg", "audio/mpeg", "audio/mp4", "audio/aac", "audio/amr"})
_MMS = 5 * _MB
_FILES: Mapping[Kind, frozenset[str]] = {
    Kind.IMAGE: frozenset({"image/jpeg", "image/png", "image/gif"}),
    Kind.VIDEO: frozenset({"video/mp4", "video/3gpp"}),
    Kind.AUDIO: _SPOKEN,
    Kind.VOICE: _SPOKEN,
    Kind.DOCUMENT: frozenset({"application/pdf", "text/plain", "text/vcard"}),
}

CAPABILITIES = Capabilities(
    label="Twilio",
    glyph="sms",
    schemes=(Scheme.PHONE,),
    inbound=frozenset(
        {
            Kind.TEXT,
            Kind.IMAGE,
            Kind.VIDEO,
            Kind.AUDIO,
            Kind.DOCUMENT,
            Kind.CONTACTS,
            Kind.UNSUPPORTED,
        }
    ),
    outbound=frozenset({Kind.TEXT, *_FILES, Kind.LOCATION, Kind.CHOICE, Kind.TEMPLATE}),
    text_limit=1600,
    caption_limit=1600,
    media={kind: MediaLimit(mimes, _MMS) for kind, mimes in _FILES.items()},
    receipts=frozenset({Status.SENT, Status.DELIVERED, Status.FAILED}),
    counts_segments=True,
    reconciles=True,
    pace=account.PACE,
    guide=account.GUIDE,
    data_goes_to=gettext_noop("Twilio (United States); messages kept until deleted, 13 months at most"),
)

WHATSAPP = replace(
    CAPABILITIES,
    label="WhatsApp (Twilio)",
    glyph="whatsapp",
    schemes=(Scheme.PHONE, Scheme.WHATSAPP_USER),
    inbound=CAPABILITIES.inbound | {Kind.VOICE, Kind.STICKER, Kind.LOCATION, Kind.CHOICE},
    outbound=CAPABILITIES.outbound | {Kind.STICKER},
    media={
        **{kind: MediaLimit(mimes, 16 * _MB) for kind, mimes in _FILES.items()},
        Kind.STICKER: MediaLimit(frozenset({"image/webp"}), 100 * 1024),
    },
    choices=ROWS,
    choice_title=ROW_TITLE,
    reply_window=timedelta(hours=24),
    templates=True,
    template_limits=TemplateLimits(button=20, languages=LANGUAGES),
    receipts=frozenset(Status),
    counts_segments=False,
    pace=account.WHATSAPP_PACE,
    guide=account.WHATSAPP_GUIDE,
    data_goes_to=gettext_noop("Twilio (United States) and Meta Platforms (United States, Ireland)"),
)

# --- their codes, our words ------------------------------------------------------------------------------

# What is not here is given up: bad numbers, routes, lengths and content do not mend themselves.
VERDICTS: Mapping[str, Verdict] = {
    **dict.fromkeys(("14107", "20429", "20500", "20503", "30001", "30017", "30022"), Verdict.RETRY),
    **dict.fromkeys(("30410", "63010", "63012", "63017", "63018"), Verdict.RETRY),
    **dict.fromkeys(("21610", "63033"), Verdict.STOP_CONTACTING),
    **dict.fromkeys(("10001", "20003", "20005", "21606", "30002", "30034"), Verdict.CHANNEL_DOWN),
    **dict.fromkeys(("63007", "63020", "63051"), Verdict.CHANNEL_DOWN),
    # 403 although only this one person or country is meant.
    **dict.fromkeys(("20403", "21408", "21608", "63016"), Verdict.GIVE_UP),
}

_CONTENT_GONE = frozenset({"21655", "63027"})  # the account or WhatsApp does not know this Content

# Twilio, "Support for opt-out keywords", read 2026-11-22: single words that it acts upon by itself on SMS.
_STOP = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"})
_START = frozenset({"START", "UNSTOP"})

_NEEDS_KEY = gettext_noop("For calls an API key with its secret is needed too.")

# --- the provider ----------------------------------------------------------------------------------------


class Twilio(account.TwilioAccount, twilio_voice.TwilioVoice):
    name: ClassVar[str] = "twilio"
    accepted: ClassVar[HookAnswer] = HookAnswer(content_type="text/xml", body=b"<Response/>")
    capabilities = CAPABILITIES

    def __init__(self, config: Config) -> None:
        self.config: Config = config
        if config.twiml_app_sid and not (config.api_key_sid and config.api_key_secret):
            raise WrongSetting("twiml_app_sid", _NEEDS_KEY)
        self.whatsapp = config.sender.startswith(PREFIX)
        self.capabilities = WHATSAPP if self.whatsapp else CAPABILITIES
        self.api = f"{config.base_url.rstrip('/')}/{config.api_version}/Accounts/{config.account_sid}"
        self.calls = Api(config.base_url, self._basic(), VERDICTS)
        self.contents = Contents(replace(self.calls, base=config.content_url), config.account_sid)
        self.tokens = [word.encode() for word in (config.auth_token, config.previous_auth_token) if word]

    def handshake(self, request: HookRequest) -> HookAnswer | None:  # noqa: ARG002
        return None

    def verify(self, request: HookRequest) -> None:
        given = request.headers.get("x-twilio-signature", "").encode("utf-8", "replace")
        signed = signed_fields(request)
        for url in with_and_without_port(request.url):
            for token in self.tokens:
                mac = hmac.digest(token, url.encode("utf-8", "replace") + signed, "sha1")
                if hmac.compare_digest(given, base64.b64encode(mac)):
                    return
        raise BadSignature("x-twilio-signature")

    def parse(
        self,
        body: bytes,
        headers: Mapping[str, str],
        received_at: datetime,  # noqa: ARG002
    ) -> list[Event]:
        fields = fields_of(body, headers)
        status = fields.get("MessageStatus", "")
        if status and status != "received":
            return [receipt(fields, headers.get(QUERY, ""), VERDICTS)]
        if of_call := twilio_voice.event(fields, headers.get(QUERY, "")):
            return [of_call]
        return [incoming(fields, **self._wishes(fields))]

    def _wishes(self, fields: dict[str, str]) -> dict[str, bool]:
        said_so = fields.get("OptOutType", "").upper()
        word = "" if said_so or self.whatsapp else fields.get("Body", "").strip().upper()
        return {"opt_out": said_so == "STOP" or word in _STOP, "opt_in": said_so == "START" or word in _START}

    def send(self, http: httpx.Client, out: Outgoing) -> Sent:
        form: dict[str, str | list[str]] = {
            "To": self._to(out.to),
            **self._from(),
            **self._message(http, out),
        }
        if out.status_url:
            joint = "&" if "?" in out.status_url else "?"
            form["StatusCallback"] = f"{out.status_url}{joint}message={out.message}"
        try:
            taken = self.calls.call(http, "POST", f"{self.api}/Messages.json", data=form)
        except GiveUp as refusal:
            raise self._without_content(out, form, refusal) from None
        external_id = ident(taken.get("sid"))
        if not external_id:
            raise Uncertain("no-id")
        return Sent(external_id)

    def _without_content(
        self, out: Outgoing, form: Mapping[str, Any], refusal: GiveUp
    ) -> GiveUp | RetryLater:
        """Choices whose Content somebody deleted: nothing was sent, and next time numbers are."""
        if out.kind is not Kind.CHOICE or refusal.code not in _CONTENT_GONE:
            return refusal
        self.contents.forget(str(form.get("ContentSid")))
        return RetryLater(refusal.code)

    def _to(self, to: Sender) -> str:
        return PREFIX + to.value if self.whatsapp else to.value

    def _from(self) -> dict[str, str]:
        if self.config.messaging_service_sid:
            return {"MessagingServiceSid": self.config.messaging_service_sid}
        return {"From": self.config.sender}

    def _message(self, http: httpx.Client, out: Outgoing) -> dict[str, Any]:
        if out.kind in self.capabilities.media:
            return self._file(out)
        if out.kind is Kind.TEMPLATE and out.template:
            return _by_content(out.template.name, out.template.parameters)
        if out.kind is Kind.LOCATION and out.place:
            return self._location(out.place, out.text)
        if out.kind is Kind.CHOICE:
            return self._choices(http, out)
        if out.kind is Kind.TEXT:
            return {"Body": out.text}
        raise GiveUp(f"kind-{out.kind}")

    def _choices(self, http: httpx.Client, out: Outgoing) -> dict[str, Any]:
        found = self.contents.for_choices(http, out) if self.whatsapp else None
        return _by_content(*found) if found else {"Body": numbered(out.text, out.choices)}

    def _file(self, out: Outgoing) -> dict[str, Any]:
        if out.file is None or out.file.size > self.capabilities.media[out.kind].bytes:
            raise GiveUp("too-large" if out.file else "no-file")
        if not out.file.url:
            raise GiveUp("no-public-address")
        words = {"Body": out.text} if out.text else {}
        return {"MediaUrl": [out.file.url], **words}

    def _location(self, place: Place, text: str) -> dict[str, Any]:
        spot = f"{place.latitude},{place.longitude}"
        words = "\n".join(filter(None, (text, place.name, place.address)))
        if self.whatsapp:
            label = f"|{place.name}" if place.name else ""
            return {"Body": words or spot, "PersistentAction": [f"geo:{spot}{label}"]}
        return {"Body": "\n".join(filter(None, (words, f"geo:{spot}")))}

    def fetch_media(self, http: httpx.Client, ref: MediaRef) -> Fetched:
        trusted = self._trusted(ref.ref)
        fetched = fetch(http, ref.ref, 16 * _MB, self._basic() if trusted else {})
        return Fetched(fetched.content, fetched.mime or ref.mime, ref.name)

    def _trusted(self, url: str) -> bool:
        target, own = urlsplit(url), urlsplit(self.config.base_url)
        return (target.scheme, target.netloc) == (own.scheme, own.netloc)

    def sync_templates(self, http: httpx.Client) -> list[TemplateInfo]:
        """Content with the state of its approval by WhatsApp; its SID is the name we send it by."""
        return self.contents.templates(http) if self.whatsapp else []

    def create_template(self, http: httpx.Client, draft: TemplateDraft) -> TemplateInfo:
        return self.contents.create(http, draft)

    def delete_template(self, http: httpx.Client, info: TemplateInfo) -> None:
        same = (info.title or info.name, info.language)
        found = () if info.external_id else self.contents.templates(http)
        left = (one.external_id for one in found if (one.title, one.language) == same)
        for sid in filter(None, (info.external_id, *left)):
            self.contents.delete(http, sid)

    def list_since(self, http: httpx.Client, since: datetime) -> list[dict[str, Any]]:
        """Twilio filters by day (UTC); the exact moment is ours to look at."""
        query = {
            "To": self.config.sender,
            "DateSent>": since.astimezone(UTC).date().isoformat(),
            "PageSize": "200",
        }
        found = self.calls.pages(http, f"{self.api}/Messages.json", query, "messages")
        missed = [one for one in found if one.get("direction") == "inbound" and _since(one, since)]
        return [self._as_webhook(http, one) for one in missed]

    def _as_webhook(self, http: httpx.Client, listed: dict[str, Any]) -> dict[str, Any]:
        fields = {name: ident(listed.get(theirs)) for name, theirs in _LISTED.items()}
        fields = {**fields, "Body": said(listed.get("body")), "SmsStatus": "received"}
        if fields["NumMedia"] in ("", "0"):
            return fields
        url = f"{self.api}/Messages/{fields['MessageSid']}/Media"
        files = self.calls.pages(http, f"{url}.json", {}, "media_list")
        for place, file in enumerate(files[:MOST_FILES]):
            fields[f"MediaUrl{place}"] = f"{url}/{ident(file.get('sid'))}"
            fields[f"MediaContentType{place}"] = ident(file.get("content_type"))
        return fields

    def _get(self, http: httpx.Client, url: str, **more: Any) -> dict[str, Any]:
        return self.calls.call(http, "GET", url, repeatable=True, **more)

    def _basic(self) -> dict[str, str]:
        pair = (self.config.account_sid, self.config.auth_token)
        if self.config.api_key_sid:
            pair = (self.config.api_key_sid, self.config.api_key_secret)
        return {"Authorization": "Basic " + base64.b64encode(":".join(pair).encode()).decode()}


# --- what goes out, what was listed ----------------------------------------------------------------------

_LISTED: Mapping[str, str] = {
    "MessageSid": "sid",
    "AccountSid": "account_sid",
    "MessagingServiceSid": "messaging_service_sid",
    "From": "from",
    "To": "to",
    "NumMedia": "num_media",
    "NumSegments": "num_segments",
    "ApiVersion": "api_version",
    "DateSent": "date_sent",
}


def _by_content(sid: str, words: Mapping[str, str]) -> dict[str, Any]:
    variables = {"ContentVariables": json.dumps(dict(words), ensure_ascii=False)} if words else {}
    return {"ContentSid": sid, **variables}


def _since(listed: dict[str, Any], since: datetime) -> bool:
    when = sent_at({"DateSent": ident(listed.get("date_sent"))})
    return when is None or when >= since
