"""SMS through Infobip.

Sources: infobip.com/docs/api/channels/sms (send, inbound, reports), /docs/essentials/response-status-and-error-codes,
/docs/api/platform/subscriptions-api and the vendor's own Python client 6.0.0, read 2026-11-24.

Quirks:
- Each account has an address of its own for the API.
- We give each message its id, which does not make a repeated call harmless: an id that came twice is refused with
  REJECTED_DUPLICATE_MESSAGE_ID, which only tells that an earlier call had arrived.
- "Delivered to operator" stands in the group DELIVERED and says nothing of the phone; "expired, no report" stands in
  the group EXPIRED and says nothing either. Both are as good as sent.
- Webhooks are proven by nothing, unless a subscription says otherwise: the last part of our address is a secret. A
  user name and password (Basic) can be demanded besides; reports then come through the subscription alone, because an
  address given with a message is called without them. Their HMAC form is not documented in public and left out.
- Reports come a hundred at a time, inbound messages may come in batches too.
- Long messages arrive whole. A picture message has parts instead of a text; files want our key.
- Numbers have no plus. Prices are nobody's business here.
"""

import base64
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, ClassVar
from urllib.parse import urlsplit

import httpx

from aidline.channels.contract import (
    BadSignature,
    Capabilities,
    Event,
    Fetched,
    GiveUp,
    HookAnswer,
    HookRequest,
    Kind,
    MediaRef,
    Outgoing,
    Scheme,
    Secret,
    Sent,
    Status,
    Uncertain,
    Verdict,
    gettext_noop,
    setting,
)
from aidline.channels.wire import address_word, infobip_events
from aidline.channels.wire.calling import ERRORS, answer, call, failure, fetch
from aidline.channels.wire.menus import numbered
from aidline.channels.wire.own_hosts import is_own
from aidline.channels.wire.reading import ident, part, parts, said
from aidline.channels.wire.sms import place_in_words

# --- configuration ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Config:
    base_url: str = setting(
        gettext_noop("API address"), gettext_noop("Of your account, as https://xxxxx.api.infobip.com")
    )
    api_key: Annotated[str, Secret()] = setting(gettext_noop("API key"), secret=True)
    sender: str = setting(
        gettext_noop("Number"), gettext_noop("Or name of the sender, as it was registered.")
    )
    secret: Annotated[str, Secret()] = setting(
        gettext_noop("Word in our address"),
        gettext_noop("Proves that a call comes from the provider, who signs nothing."),
        secret=True,
        made_by_us=True,
    )
    previous_secret: Annotated[str, Secret()] = setting(
        gettext_noop("Previous word"), gettext_noop("Only while changing it."), default="", secret=True
    )
    webhook_user: str = setting(
        gettext_noop("Webhook user name"),
        gettext_noop("Only if the subscription at Infobip uses Basic authentication."),
        default="",
        expert=True,
    )
    webhook_password: Annotated[str, Secret()] = setting(
        gettext_noop("Webhook password"), default="", secret=True, expert=True
    )
    previous_webhook_password: Annotated[str, Secret()] = setting(
        gettext_noop("Previous webhook password"),
        gettext_noop("Only while changing it."),
        default="",
        secret=True,
        expert=True,
    )


# --- capabilities ----------------------------------------------------------------------------------------

_MB = 1024 * 1024
_FAMILY = ".infobip.com"

CAPABILITIES = Capabilities(
    label="Infobip",
    glyph="sms",
    schemes=(Scheme.PHONE,),
    inbound=frozenset(
        {Kind.TEXT, Kind.IMAGE, Kind.VIDEO, Kind.AUDIO, Kind.DOCUMENT, Kind.CONTACTS, Kind.UNSUPPORTED}
    ),
    outbound=frozenset({Kind.TEXT, Kind.LOCATION, Kind.CHOICE}),
    text_limit=800,  # longer ones are REJECTED_MESSAGE_TOO_LONG
    receipts=frozenset({Status.SENT, Status.DELIVERED, Status.FAILED}),
    counts_segments=True,
    data_goes_to=gettext_noop("Infobip (Croatia and United Kingdom) and the phone companies of the country"),
    guide=(
        gettext_noop("Sign in at the Infobip portal. The home page shows your API address and your API key."),
        gettext_noop("Under Channels and numbers, Numbers: open your number, Inbound configuration."),
        gettext_noop("Choose forwarding to HTTP, format MO_JSON_2, and paste our address below."),
        gettext_noop("Delivery reports need nothing: we ask for them with each message."),
        gettext_noop("With a webhook password: make an SMS subscription with our address instead."),
    ),
)

# --- their codes, our words ------------------------------------------------------------------------------

# Names of statuses and of errors. What is not here is given up.
VERDICTS: Mapping[str, Verdict] = {
    **dict.fromkeys(("REJECTED_SYSTEM_ERROR", "REJECTED_FLOODING_FILTER"), Verdict.RETRY),
    **dict.fromkeys(("TOO_MANY_REQUESTS", "E429", "GENERAL_ERROR", "E500"), Verdict.RETRY),
    # On the blocklist of the account, where opt-outs are kept, or of the operator.
    **dict.fromkeys(("REJECTED_DESTINATION",), Verdict.STOP_CONTACTING),
    **dict.fromkeys(
        ("REJECTED_NOT_ENOUGH_CREDITS", "REJECTED_PREPAID_PACKAGE_EXPIRED"), Verdict.CHANNEL_DOWN
    ),
    **dict.fromkeys(("REJECTED_SENDER", "REJECTED_SOURCE"), Verdict.CHANNEL_DOWN),
    **dict.fromkeys(("UNAUTHORIZED", "FORBIDDEN", "E401", "E403"), Verdict.CHANNEL_DOWN),
}

_DUPLICATE = "REJECTED_DUPLICATE_MESSAGE_ID"
_REFUSED = frozenset({"UNDELIVERABLE", "EXPIRED", "REJECTED"})

# --- the provider ----------------------------------------------------------------------------------------


class Infobip:
    name: ClassVar[str] = "infobip"
    accepted: ClassVar[HookAnswer] = HookAnswer()
    capabilities = CAPABILITIES

    def __init__(self, config: Config) -> None:
        self.config = config
        given = config.base_url.rstrip("/")
        self.api = given if "://" in given else f"https://{given}"
        self.passwords = [
            word for word in (config.webhook_password, config.previous_webhook_password) if word
        ]

    @property
    def hook_word(self) -> str:
        return self.config.secret

    @property
    def hook_words(self) -> tuple[str, ...]:
        return self.config.secret, self.config.previous_secret

    def handshake(self, request: HookRequest) -> HookAnswer | None:  # noqa: ARG002
        return None

    def verify(self, request: HookRequest) -> None:
        address_word.check(request, self.hook_words)
        if self.passwords:
            self._check_password(request.headers.get("authorization", "").encode("utf-8", "replace"))

    def _check_password(self, given: bytes) -> None:
        good = [hmac.compare_digest(given, _basic(self.config.webhook_user, word)) for word in self.passwords]
        if not any(good):
            raise BadSignature("authorization")

    def parse(
        self,
        body: bytes,
        headers: Mapping[str, str],  # noqa: ARG002
        received_at: datetime,  # noqa: ARG002
    ) -> list[Event]:
        return infobip_events.events(body, VERDICTS)

    def send(self, http: httpx.Client, out: Outgoing) -> Sent:
        message = {
            "sender": self.config.sender,
            "destinations": [{"to": out.to.value.removeprefix("+"), "messageId": str(out.message)}],
            "content": {"text": _words(out)},
            "webhooks": self._webhooks(out),
        }
        url = f"{self.api}/sms/3/messages"
        return _taken(
            _checked(call(http, "POST", url, headers=self._headers(), json={"messages": [message]}))
        )

    def _webhooks(self, out: Outgoing) -> dict[str, Any]:
        delivery: dict[str, Any] = {"intermediateReport": True}
        if out.status_url and not self.passwords:
            delivery["url"] = out.status_url
        return {
            "delivery": delivery,
            "contentType": "application/json",
            "callbackData": str(out.message),
        }

    def fetch_media(self, http: httpx.Client, ref: MediaRef) -> Fetched:
        headers = self._headers() if is_own(ref.ref, self.api, _FAMILY) else {}
        fetched = fetch(http, ref.ref, 16 * _MB, headers)
        return Fetched(fetched.content, fetched.mime or ref.mime, ref.name)

    def probe(self, http: httpx.Client) -> str:
        url = f"{self.api}/account/1/balance"
        found = _checked(call(http, "GET", url, repeatable=True, headers=self._headers()))
        if "balance" not in found:
            raise GiveUp("no-account")
        return urlsplit(self.api).hostname or ""

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"App {self.config.api_key}", "Accept": "application/json"}


def _basic(user: str, password: str) -> bytes:
    return b"Basic " + base64.b64encode(f"{user}:{password}".encode())


def _words(out: Outgoing) -> str:
    if out.kind is Kind.LOCATION and out.place:
        return place_in_words(out.place, out.text)
    if out.kind in (Kind.TEXT, Kind.CHOICE):
        return numbered(out.text, out.choices) if out.choices else out.text
    raise GiveUp(f"kind-{out.kind}")


# --- the API's answers -----------------------------------------------------------------------------------


def _checked(response: httpx.Response) -> dict[str, Any]:
    """Refusals are told in an old form and in a new one."""
    found = answer(response)
    if response.is_success:
        return found
    old = part(part(found.get("requestError")).get("serviceException"))
    error = failure(response, ident(found.get("errorCode")) or ident(old.get("messageId")), VERDICTS)
    error.words = (said(found.get("description")) or said(old.get("text")))[:200]
    raise error


def _taken(found: dict[str, Any]) -> Sent:
    ours = next(iter(parts(found.get("messages"))), {})
    status, external_id = part(ours.get("status")), ident(ours.get("messageId"))
    name = ident(status.get("name"))
    if name == _DUPLICATE:
        raise Uncertain(name)
    if infobip_events.group_of(status) in _REFUSED:
        code = name or "REJECTED"
        words = said(status.get("description"))[:200]
        raise ERRORS[VERDICTS.get(code, Verdict.GIVE_UP)](code, words=words)
    if not external_id:
        raise Uncertain("no-id")
    return Sent(external_id)
