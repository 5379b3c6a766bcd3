"""SMS through Vonage, once Nexmo, by its SMS API or by its Messages API v1, and calls by its Voice API.

Sources: developer.vonage.com (/messaging/sms/guides, /api-errors/sms, /getting-started/concepts/signing-messages,
/messages/concepts/signed-webhooks, /api/messages, /api/numbers), the support pages on delivery receipts, and the
vendor's own clients for PHP and Python, read 2026-11-24.

Quirks of the SMS API:
- Webhooks come as GET or POST, in a query, a form or JSON, as the account is set. An empty one asks whether we are
  there. What is not answered is brought again for 24 hours.
- A call is signed only where the support switched that on: `sig` over all parameters in order, & and = in them
  replaced, by one of five methods. Without a signature secret the last part of our address is the proof.
- A long message comes in parts, each with an id of its own, to be joined by `concat-ref`.
- The answer to a send is always 200; each part of a long text has a status. If some were taken and some not, nobody
  can tell what the person will read.
- Codes of calls and codes of receipts are different numbers for different things: the latter get a "dlr-".

Quirks of the Messages API:
- Webhooks carry a token signed with the signature secret of the account, always HS256, with a hash of the body.
- We send with a token of the application (RS256), or with key and secret (Basic).
- What is special about calls is told in `wire/vonage_voice.py` and `wire/ncco.py`.
- The same webhook tells of WhatsApp or Messenger where an application has them: they are not answered from here.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar
from uuid import uuid4

import httpx

from aidline.channels.contract import (
    Capabilities,
    ChannelDown,
    Event,
    Fetched,
    GiveUp,
    HookAnswer,
    HookRequest,
    HookState,
    Kind,
    MediaRef,
    Outgoing,
    Pace,
    Scheme,
    Secret,
    Sent,
    Status,
    Uncertain,
    Verdict,
    WrongSetting,
    gettext_noop,
    setting,
)
from aidline.channels.wire import address_word, jwt, vonage_messages, vonage_sms, vonage_voice
from aidline.channels.wire.calling import ERRORS, answer, call, failure, fetch
from aidline.channels.wire.menus import numbered
from aidline.channels.wire.own_hosts import is_own
from aidline.channels.wire.reading import ident, parts, said
from aidline.channels.wire.sms import place_in_words
from aidline.kernel import clock
from aidline.kernel.text import segments

# --- configuration ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Config:
    api_key: str = setting(
        gettext_noop("API key"), gettext_noop("Eight signs, on the first page of the dashboard.")
    )
    api_secret: Annotated[str, Secret()] = setting(gettext_noop("API secret"), secret=True)
    sender: str = setting(gettext_noop("Number"), gettext_noop("Ours, or the name of the sender."))
    secret: Annotated[str, Secret()] = setting(
        gettext_noop("Word in our address"),
        gettext_noop("Proves that a call comes from the provider, unless it signs its calls."),
        secret=True,
        made_by_us=True,
    )
    api: str = setting(
        gettext_noop("API"),
        gettext_noop("As chosen in the settings of the account, under SMS."),
        default="sms",
        options=("sms", "messages"),
    )
    signature_secret: Annotated[str, Secret()] = setting(
        gettext_noop("Signature secret"),
        gettext_noop("Messages API: from the settings. SMS API: only where Vonage signs its calls for you."),
        default="",
        secret=True,
    )
    signature_method: str = setting(
        gettext_noop("Signature method"),
        gettext_noop("Of the SMS API, as in the settings of the account."),
        default="md5hash",
        expert=True,
        options=tuple(vonage_sms.METHODS),
    )
    previous_secret: Annotated[str, Secret()] = setting(
        gettext_noop("Previous word"), gettext_noop("Only while changing it."), default="", secret=True
    )
    previous_signature_secret: Annotated[str, Secret()] = setting(
        gettext_noop("Previous signature secret"),
        gettext_noop("Only while changing it."),
        default="",
        secret=True,
    )
    application_id: str = setting(
        gettext_noop("Application ID"), gettext_noop("Of the Messages API."), default="", expert=True
    )
    private_key: Annotated[str, Secret()] = setting(
        gettext_noop("Private key"),
        gettext_noop("Of the application. Without it we send with the API key and secret."),
        default="",
        secret=True,
        expert=True,
        long=True,
    )
    calls: str = setting(
        gettext_noop("Telephone calls"),
        gettext_noop("“yes” needs the application and its private key."),
        default="no",
        expert=True,
        options=("no", "yes"),
    )
    base_url: str = setting(
        gettext_noop("Address of the SMS API"), default="https://rest.nexmo.com", expert=True
    )
    api_url: str = setting(
        gettext_noop("Address of the Messages and Voice API"), default="https://api.nexmo.com", expert=True
    )


# --- capabilities ----------------------------------------------------------------------------------------

_MB = 1024 * 1024
_FAMILY = ".nexmo.com"

CAPABILITIES = Capabilities(
    label="Vonage",
    glyph="sms",
    schemes=(Scheme.PHONE,),
    inbound=frozenset({Kind.TEXT, Kind.UNSUPPORTED}),
    outbound=frozenset({Kind.TEXT, Kind.LOCATION, Kind.CHOICE}),
    text_limit=1600,
    receipts=frozenset({Status.SENT, Status.DELIVERED, Status.FAILED}),
    counts_segments=True,
    pace=Pace(30),
    data_goes_to=gettext_noop("Vonage (United States) and the phone companies of the country"),
    guide=(
        gettext_noop("Sign in at the Vonage dashboard. Its first page shows the API key and the API secret."),
        gettext_noop(
            "Under API settings, SMS settings: see whether the SMS API or the Messages API is chosen."
        ),
        gettext_noop(
            "SMS API: under Numbers, edit your number and paste our address below as inbound webhook."
        ),
        gettext_noop(
            "Messages API: open the application of your number, Messages; paste it as inbound and status."
        ),
        gettext_noop("Messages API: copy the signature secret from API settings."),
        gettext_noop(
            "For calls: open the application, Voice. Event URL is our address below; answer URL the same with "
            "/voice/ for /hooks/ and /answer after the channel; fallback URL with /fallback. Choose POST for all."
        ),
        gettext_noop(
            "For calls: link the number to the application, and copy its ID and its private key here."
        ),
    ),
)

MESSAGES = replace(
    CAPABILITIES,
    inbound=frozenset(
        {Kind.TEXT, Kind.IMAGE, Kind.AUDIO, Kind.VIDEO, Kind.DOCUMENT, Kind.STICKER, Kind.CONTACTS}
        | {Kind.LOCATION, Kind.CHOICE, Kind.UNSUPPORTED}
    ),
    text_limit=1000,
    receipts=frozenset(Status),
)

_TOKEN_LIVES = timedelta(minutes=15)
_KEPT = (
    *("country", "msisdn", "app_id", "moSmppSysType", "voiceCallbackType", "voiceCallbackValue"),
    *("voiceStatusCallback", "messagesCallbackType", "messagesCallbackValue"),
)

# --- their codes, our words ------------------------------------------------------------------------------

# What is not here is given up: bad numbers, contents and routes do not mend themselves.
VERDICTS: Mapping[str, Verdict] = {
    # Of the SMS API: throttled, internal error, too many binds; the rest is about the account or one number.
    **dict.fromkeys(("1", "5", "10"), Verdict.RETRY),
    **dict.fromkeys(("4", "8", "9", "11", "14", "15"), Verdict.CHANNEL_DOWN),
    **dict.fromkeys(("7", "dlr-9"), Verdict.STOP_CONTACTING),
    # Of the Messages API, the same in four digits.
    **dict.fromkeys(("1000", "1030"), Verdict.RETRY),
    **dict.fromkeys(("1060", "1070", "1120"), Verdict.CHANNEL_DOWN),
    **dict.fromkeys(("1050", "1240"), Verdict.STOP_CONTACTING),
    # Whatever the HTTP status beside it: only this message or this number is meant.
    **dict.fromkeys(("1150", "1160", "1170", "1180", "1190", "1200", "1210", "1220"), Verdict.GIVE_UP),
    **dict.fromkeys(("1230", "1250", "1260", "1270", "1280", "1290"), Verdict.GIVE_UP),
    # Of all their newer interfaces, in words.
    **dict.fromkeys(
        ("low-balance", "unauthorized", "account-suspended", "unprovisioned"), Verdict.CHANNEL_DOWN
    ),
    **dict.fromkeys(
        ("jwt-expired", "jwt-revoked", "invalid-api-key", "invalid-signature"), Verdict.CHANNEL_DOWN
    ),
    **dict.fromkeys(("throttled", "rate-limit", "internal-error"), Verdict.RETRY),
}

_NEEDS_APPLICATION = gettext_noop("For calls the application ID and its private key are needed too.")

# --- the provider ----------------------------------------------------------------------------------------


class Vonage(vonage_voice.VonageVoice):
    name: ClassVar[str] = "vonage"
    accepted: ClassVar[HookAnswer] = HookAnswer()
    reads_queries: ClassVar[bool] = True
    capabilities = CAPABILITIES

    def __init__(self, config: Config) -> None:
        self.config: Config = config
        if config.calls == "yes" and not (config.application_id and config.private_key):
            raise WrongSetting("calls", _NEEDS_APPLICATION)
        self.by_messages = config.api == "messages"
        self.capabilities = MESSAGES if self.by_messages else CAPABILITIES
        self.rest, self.api = config.base_url.rstrip("/"), config.api_url.rstrip("/")
        both = (config.signature_secret, config.previous_signature_secret)
        self.signature_secrets = [secret for secret in both if secret]

    @property
    def hook_word(self) -> str:
        """None in the address where calls are signed."""
        return "" if self.config.signature_secret else self.config.secret

    @property
    def hook_words(self) -> tuple[str, ...]:
        return () if self.config.signature_secret else (self.config.secret, self.config.previous_secret)

    def handshake(self, request: HookRequest) -> HookAnswer | None:
        empty = not request.body and not request.url.partition("?")[2]
        return HookAnswer() if empty else None

    def verify(self, request: HookRequest) -> None:
        if not self.config.signature_secret:
            address_word.check(request, self.hook_words)
        elif self.by_messages or self._of_call(request):
            vonage_messages.check(request, self.signature_secrets, self.config.application_id)
        else:
            vonage_sms.check(request, self.config.signature_method, self.signature_secrets)

    def _of_call(self, request: HookRequest) -> bool:
        return self.takes_calls and request.headers.get("authorization", "").startswith("Bearer ")

    def parse(
        self,
        body: bytes,
        headers: Mapping[str, str],
        received_at: datetime,  # noqa: ARG002
    ) -> list[Event]:
        of_call = vonage_voice.event(body, headers) if self.takes_calls else None
        if of_call:
            return [of_call]
        if self.by_messages:
            return vonage_messages.events(body, VERDICTS)
        return vonage_sms.events(body, headers, self.config.secret, VERDICTS)

    def send(self, http: httpx.Client, out: Outgoing) -> Sent:
        text = _words(out)
        return self._send_message(http, out, text) if self.by_messages else self._send_sms(http, out, text)

    def _send_sms(self, http: httpx.Client, out: Outgoing, text: str) -> Sent:
        form = {
            "api_key": self.config.api_key,
            "api_secret": self.config.api_secret,
            "from": self.config.sender.removeprefix("+"),
            "to": out.to.value.removeprefix("+"),
            "text": text,
            "type": "text" if segments(text).encoding == "GSM-7" else "unicode",
            "status-report-req": "1",
            "client-ref": str(out.message),
            **({"callback": out.status_url} if out.status_url else {}),
        }
        return _all_taken(_checked(call(http, "POST", f"{self.rest}/sms/json", data=form)))

    def _send_message(self, http: httpx.Client, out: Outgoing, text: str) -> Sent:
        message = {
            "channel": "sms",
            "message_type": "text",
            "from": self.config.sender.removeprefix("+"),
            "to": out.to.value.removeprefix("+"),
            "text": text,
            "client_ref": str(out.message),
            **({"webhook_url": out.status_url, "webhook_version": "v1"} if out.status_url else {}),
        }
        headers = self._authorization()
        found = _checked(call(http, "POST", f"{self.api}/v1/messages", headers=headers, json=message))
        external_id = ident(found.get("message_uuid"))
        if not external_id:
            raise Uncertain("no-id")
        return Sent(external_id)

    def fetch_media(self, http: httpx.Client, ref: MediaRef) -> Fetched:
        headers = self._authorization() if is_own(ref.ref, self.api, _FAMILY) else {}
        fetched = fetch(http, ref.ref, 16 * _MB, headers)
        return Fetched(fetched.content, fetched.mime or ref.mime, ref.name)

    def probe(self, http: httpx.Client) -> str:
        url = f"{self.rest}/account/get-balance"
        if "value" not in _checked(call(http, "GET", url, repeatable=True, headers=self._basic())):
            raise GiveUp("no-account")
        return self.config.api_key

    def register_hook(self, http: httpx.Client, url: str) -> None:
        """At the number, not at the account: its other numbers may belong to others. The rest stays as it is."""
        number = self._number(http)
        form = {name: value for name in _KEPT if (value := ident(number.get(name)))}
        headers, changes = self._basic(), {**form, "moHttpUrl": url}
        address = f"{self.rest}/number/update"
        _checked(call(http, "POST", address, repeatable=True, headers=headers, data=changes))

    def hook_state(self, http: httpx.Client) -> HookState:
        return HookState(ident(self._number(http).get("moHttpUrl")))

    def _number(self, http: httpx.Client) -> dict[str, Any]:
        if self.by_messages:
            raise GiveUp("by-hand")  # the address belongs to the application
        own = self.config.sender.removeprefix("+")
        url, query = f"{self.rest}/account/numbers", {"pattern": own, "search_pattern": "0"}
        found = _checked(call(http, "GET", url, repeatable=True, headers=self._basic(), params=query))
        numbers = [one for one in parts(found.get("numbers")) if ident(one.get("msisdn")) == own]
        if not numbers:
            raise GiveUp("no-number")
        return numbers[0]

    def _authorization(self) -> dict[str, str]:
        if not self.config.application_id or not self.config.private_key:
            return self._basic()
        now = int(clock.now().timestamp())
        claims = {
            "application_id": self.config.application_id,
            "iat": now,
            "exp": now + int(_TOKEN_LIVES.total_seconds()),
            "jti": str(uuid4()),
        }
        try:
            return {"Authorization": f"Bearer {jwt.signed_rs256(claims, self.config.private_key)}"}
        except jwt.BadKey:
            raise ChannelDown("private-key") from None

    def _basic(self) -> dict[str, str]:
        pair = f"{self.config.api_key}:{self.config.api_secret}".encode()
        return {"Authorization": "Basic " + base64.b64encode(pair).decode()}


def _words(out: Outgoing) -> str:
    if out.kind is Kind.LOCATION and out.place:
        return place_in_words(out.place, out.text)
    if out.kind in (Kind.TEXT, Kind.CHOICE):
        return numbered(out.text, out.choices) if out.choices else out.text
    raise GiveUp(f"kind-{out.kind}")


# --- the APIs' answers -----------------------------------------------------------------------------------


def _checked(response: httpx.Response) -> dict[str, Any]:
    """The older interface tells errors of an account as `error-code`, equal to the HTTP status."""
    found = answer(response)
    if response.is_success:
        return found
    error = failure(response, vonage_messages.code_of(found), VERDICTS)
    error.words = (said(found.get("detail")) or said(found.get("error-code-label")))[:200]
    raise error


def _all_taken(found: dict[str, Any]) -> Sent:
    pieces = parts(found.get("messages"))
    refused = [piece for piece in pieces if ident(piece.get("status")) not in ("", "0")]
    external_id = next((ident(piece.get("message-id")) for piece in pieces if piece not in refused), "")
    if refused and not external_id:
        code, words = ident(refused[0].get("status")), said(refused[0].get("error-text"))
        raise ERRORS[VERDICTS.get(code, Verdict.GIVE_UP)](code, words=words[:200])
    if refused or not external_id:
        raise Uncertain("in-part" if refused else "no-id")
    return Sent(external_id)
