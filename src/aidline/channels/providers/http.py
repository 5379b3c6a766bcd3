"""Any gateway that speaks HTTP: a request made of a template, and calls read by names that its owner gives.

Source: none but what the gateway's own documentation says; settings of such channels in other systems (RapidPro's
"external API", read 2026-11-24) were looked at for what people need.

Quirks:
- What cannot work is said at set-up, at its field: a placeholder outside of a text is no JSON, a name has no value,
  an address leads elsewhere. What a person wrote can end no text, field or address (`wire/http_template.py`).
- Calls are proved by a word in our address, and by a signature too where the gateway makes one.
- Gateways call by GET as well: then everything stands in the query.
- Some give their messages no id. Then one is made of the call; two equal texts stay two messages.
- Most say "OK" with status 200 whatever happened: what counts as success, and which errors mean what, are settings.
  Where an answer says neither, the message is uncertain.
- A call in which no name is found is set aside, not dropped: once the names are put right, it is read again.
- Files go out by an address of ours, if the template has a place for it.
"""

import base64
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any, ClassVar
from urllib.parse import urlsplit

import httpx

from aidline.channels.contract import (
    BadSignature,
    Capabilities,
    Event,
    Fetched,
    File,
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
    Sent,
    Status,
    gettext_noop,
    setting,
)
from aidline.channels.wire import address_word, http_mapping, http_settings, http_template, places
from aidline.channels.wire.calling import call, fetch
from aidline.channels.wire.http_mapping import FORM, IN_QUERY, ISO, JSON, MILLISECONDS, SECONDS
from aidline.channels.wire.http_settings import NONE
from aidline.channels.wire.menus import numbered

# --- configuration ---------------------------------------------------------------------------------------

_PLACES = gettext_noop(
    "Placeholders: {to} {to_digits} {text} {id} {from} {callback} {key} {media_url} {media_type} {reply_to}."
)
_NAME_HELP = gettext_noop("The field's name; within objects and lists as data.0.name. Empty: not told.")


def _name(label: str, default: str = "", *, expert: bool = False) -> Any:
    return setting(label, _NAME_HELP, default=default, expert=expert)


@dataclass(frozen=True, slots=True)
class Config:
    base_url: str = setting(
        gettext_noop("Address of the gateway"),
        gettext_noop("As https://sms.example.org. A private one must stand in AIDLINE_PRIVATE_HOSTS."),
    )
    hook_word: Annotated[str, Secret()] = setting(
        gettext_noop("Word in the address"),
        gettext_noop("Proves the gateway's calls."),
        secret=True,
        made_by_us=True,
    )
    send_path: str = setting(
        gettext_noop("Path for sending"),
        gettext_noop("As /send?to={to}. Placeholders as below."),
        default="/",
    )
    method: str = setting(gettext_noop("Method"), default="POST", options=("POST", "PUT", "GET"))
    body_type: str = setting(gettext_noop("Body"), default=JSON, options=(JSON, FORM, NONE))
    body: str = setting(
        gettext_noop("Body template"),
        _PLACES,
        default='{"id": "{id}", "to": "{to}", "text": "{text}"}',
        long=True,
    )
    headers: Annotated[str, Secret()] = setting(
        gettext_noop("Headers"),
        gettext_noop("One a line, as Authorization: Bearer …"),
        default="",
        secret=True,
        long=True,
    )
    key: Annotated[str, Secret()] = setting(
        gettext_noop("Key"), gettext_noop("Put in for {key}."), default="", secret=True
    )
    sender: str = setting(gettext_noop("Our number or name"), gettext_noop("Put in for {from}."), default="")
    id_name: str = _name(gettext_noop("Name of the message's id in the answer"))
    success_statuses: str = setting(
        gettext_noop("Statuses that mean success"),
        gettext_noop("As 200, 202 or 2xx."),
        default="2xx",
        expert=True,
    )
    success_text: str = setting(
        gettext_noop("Text that means success"),
        gettext_noop("It must stand in the answer. Empty: the status decides."),
        default="",
        expert=True,
    )
    success_name: str = _name(gettext_noop("Name that tells success"), expert=True)
    success_values: str = setting(
        gettext_noop("Values that mean success"),
        gettext_noop("Of that name, with commas."),
        default="",
        expert=True,
    )
    error_name: str = _name(gettext_noop("Name of the error code in the answer"), expert=True)
    errors: str = setting(
        gettext_noop("What errors mean"),
        gettext_noop(
            "One a line, as 21610 = stop. Meanings: retry, stop, down, give up. Without a name above, "
            "a text to look for in the answer."
        ),
        default="",
        long=True,
        expert=True,
    )
    text_limit: str = setting(gettext_noop("Longest text"), default="1600", expert=True)
    seconds_between: str = setting(
        gettext_noop("Seconds between two messages"), gettext_noop("0: as fast as we can."), default="1"
    )
    scheme: str = setting(
        gettext_noop("People are known by"), default="phone", options=("phone", "other"), expert=True
    )
    country: str = setting(
        gettext_noop("Country of the numbers"),
        gettext_noop("Two letters, for numbers that come without a country code."),
        default="",
    )
    format: str = setting(gettext_noop("Its calls come as"), default=JSON, options=(JSON, FORM, IN_QUERY))
    in_rows: str = _name(gettext_noop("Name of the list of messages"), expert=True)
    in_id: str = _name(gettext_noop("Name of the message's id"))
    in_from: str = _name(gettext_noop("Name of the sender"), "from")
    in_text: str = _name(gettext_noop("Name of the text"), "text")
    in_name: str = _name(gettext_noop("Name of the sender's name"), expert=True)
    in_time: str = _name(gettext_noop("Name of the time"), expert=True)
    time_format: str = setting(
        gettext_noop("Times are"), default=ISO, options=(ISO, SECONDS, MILLISECONDS), expert=True
    )
    in_media: str = _name(gettext_noop("Name of the files' addresses"), expert=True)
    in_media_type: str = _name(gettext_noop("Name of the files' types"), expert=True)
    status_name: str = _name(gettext_noop("Name of the status"))
    status_id: str = _name(gettext_noop("Name of the id in a status"))
    status_our_id: str = _name(gettext_noop("Name of our own id in a status"), expert=True)
    status_code: str = _name(gettext_noop("Name of the reason in a status"), expert=True)
    words_sent: str = setting(gettext_noop("Words for sent"), default="sent", expert=True)
    words_delivered: str = setting(gettext_noop("Words for delivered"), default="delivered", expert=True)
    words_read: str = setting(gettext_noop("Words for read"), default="", expert=True)
    words_failed: str = setting(
        gettext_noop("Words for failed"), default="failed, undelivered, rejected, expired", expert=True
    )
    signature_secret: Annotated[str, Secret()] = setting(
        gettext_noop("Secret of the signature"),
        gettext_noop("If the gateway signs its calls by HMAC over the body, or over the query."),
        default="",
        secret=True,
        expert=True,
    )
    signature_header: str = setting(
        gettext_noop("Header of the signature"), default="X-Signature", expert=True
    )
    signature_algorithm: str = setting(
        gettext_noop("Algorithm"), default="sha256", options=("sha256", "sha512", "sha1"), expert=True
    )
    signature_encoding: str = setting(
        gettext_noop("Encoding"), default="hex", options=("hex", "base64"), expert=True
    )
    signature_prefix: str = setting(
        gettext_noop("Before the signature"), gettext_noop("Such as sha256="), default="", expert=True
    )
    answer_body: str = setting(
        gettext_noop("Our answer to its calls"), gettext_noop("Some wait for OK."), default="", expert=True
    )
    answer_type: str = setting(
        gettext_noop("Type of our answer"),
        default="text/plain",
        options=("text/plain", "application/json"),
        expert=True,
    )
    previous_hook_word: Annotated[str, Secret()] = setting(
        gettext_noop("Previous word"), gettext_noop("Only while changing it."), default="", secret=True
    )
    previous_signature_secret: Annotated[str, Secret()] = setting(
        gettext_noop("Previous secret of the signature"),
        gettext_noop("Only while changing it."),
        default="",
        secret=True,
        expert=True,
    )


# --- capabilities ----------------------------------------------------------------------------------------

_MB = 1024 * 1024
_SPOKEN = frozenset({"audio/mpeg", "audio/mp4", "audio/ogg", "audio/amr"})
_FILES: Mapping[Kind, frozenset[str]] = {
    Kind.IMAGE: frozenset({"image/jpeg", "image/png", "image/gif"}),
    Kind.VIDEO: frozenset({"video/mp4", "video/3gpp"}),
    Kind.AUDIO: _SPOKEN,
    Kind.VOICE: _SPOKEN,
    Kind.DOCUMENT: frozenset({"application/pdf", "text/plain", "text/vcard"}),
}

CAPABILITIES = Capabilities(
    label="HTTP",
    glyph="swap",
    schemes=(Scheme.PHONE,),
    inbound=frozenset({Kind.TEXT}),
    outbound=frozenset({Kind.TEXT, Kind.LOCATION, Kind.CHOICE}),
    text_limit=1600,
    receipts=frozenset({Status.SENT, Status.DELIVERED, Status.FAILED}),
    counts_segments=True,
    pace=Pace(per_second=1.0),
    data_goes_to=gettext_noop(
        "Whoever runs the gateway at the address above; ask them where, and for how long"
    ),
    guide=(
        gettext_noop(
            "Take the gateway's documentation for sending: address, method, and what its body looks like."
        ),
        gettext_noop(
            "Write the body with placeholders, such as {to} and {text}; each stands within quotes in JSON."
        ),
        gettext_noop("Put passwords into the headers, or into the key: both are kept sealed."),
        gettext_noop(
            "Say what an answer looks like when it worked, and where the message's id stands in it."
        ),
        gettext_noop("Give the gateway our address below for incoming messages and for delivery reports."),
        gettext_noop("Say what its calls name each thing. If it signs them, give the secret too."),
        gettext_noop("Test with a phone of your own, in both directions, before you open the channel."),
    ),
)

# --- what is said at set-up ------------------------------------------------------------------------------

NOT_SENT = gettext_noop("The gateway can be reached. Nothing was sent: try it with a phone of your own.")

# --- the provider ----------------------------------------------------------------------------------------


class Http:
    name: ClassVar[str] = "http"
    accepted: ClassVar[HookAnswer] = HookAnswer()
    reads_queries: ClassVar[bool] = True
    capabilities = CAPABILITIES

    def __init__(self, config: Config) -> None:
        self.config = config
        self.base = http_settings.base(config.base_url)
        self.form = http_settings.request(config)
        self.names = http_settings.names(config)
        self.answers = http_settings.answers(config)
        self.capabilities = self._able()

    def _able(self) -> Capabilities:
        """What template and names have a place for."""
        config, files = self.config, "media_url" in self.form.holders
        limits = {kind: MediaLimit(mimes, 16 * _MB) for kind, mimes in _FILES.items()} if files else {}
        longest = http_settings.whole("text_limit", config.text_limit, 70, 65_536)
        seconds = http_settings.whole("seconds_between", config.seconds_between, 0, 3600)
        return replace(
            CAPABILITIES,
            schemes=(self.names.scheme,),
            inbound=CAPABILITIES.inbound
            | (frozenset(_FILES) - {Kind.VOICE} if config.in_media else frozenset()),
            outbound=CAPABILITIES.outbound | frozenset(limits),
            media=limits,
            text_limit=longest,
            caption_limit=longest if files else 0,
            receipts=frozenset(self.names.words.values()) if config.status_name else frozenset(),
            counts_segments=self.names.scheme is Scheme.PHONE,
            pace=Pace(per_second=1 / seconds) if seconds else None,
        )

    @property
    def hook_word(self) -> str:
        return self.config.hook_word

    @property
    def hook_words(self) -> tuple[str, ...]:
        return self.config.hook_word, self.config.previous_hook_word

    def handshake(self, request: HookRequest) -> HookAnswer | None:
        """A GET says something only where the gateway calls by it, and then in its query."""
        if request.method not in ("GET", "HEAD"):
            return None
        if self.config.format != IN_QUERY:
            return HookAnswer(405)
        return None if request.url.partition("?")[2] else self.answer(request)

    def verify(self, request: HookRequest) -> None:
        address_word.check(request, self.hook_words)
        if self.config.signature_secret:
            self._check_signature(request)

    def _check_signature(self, request: HookRequest) -> None:
        config = self.config
        given = request.headers.get(config.signature_header.lower(), "").encode("utf-8", "replace")
        signed = request.body or request.url.partition("?")[2].encode("utf-8", "replace")
        secrets = (config.signature_secret, config.previous_signature_secret)
        good = [hmac.compare_digest(given, self._signature(secret, signed)) for secret in secrets if secret]
        if not any(good):
            raise BadSignature("signature")

    def _signature(self, secret: str, signed: bytes) -> bytes:
        mac = hmac.digest(secret.encode(), signed, self.config.signature_algorithm)
        written = base64.b64encode(mac).decode() if self.config.signature_encoding == "base64" else mac.hex()
        return f"{self.config.signature_prefix}{written}".encode()

    def answer(self, request: HookRequest) -> HookAnswer:  # noqa: ARG002
        return HookAnswer(200, self.config.answer_type, self.config.answer_body.encode())

    def parse(self, body: bytes, headers: Mapping[str, str], received_at: datetime) -> list[Event]:
        return http_mapping.events(body, headers, received_at, self.names)

    def send(self, http: httpx.Client, out: Outgoing) -> Sent:
        values = self._values(out)
        try:
            url = self.base + http_template.path(self.form.path, values)
        except ValueError:
            raise GiveUp("bad-address") from None
        headers = self.form.typed(self.form.filled_headers(values))
        response = call(http, self.config.method, url, headers=headers, **self.form.body(values))
        return Sent(self.answers.external_id(response, str(out.message)))

    def _values(self, out: Outgoing) -> dict[str, str]:
        if out.kind not in self.capabilities.outbound:
            raise GiveUp(f"kind-{out.kind}")
        config, file = self.config, self._public(out)
        joint = "&" if "?" in out.status_url else "?"
        return {
            "to": out.to.value,
            "to_digits": out.to.value.removeprefix("+"),
            "text": _text(out),
            "id": str(out.message),
            "from": config.sender,
            "callback": f"{out.status_url}{joint}message={out.message}" if out.status_url else "",
            "key": config.key,
            "media_url": file.url if file else "",
            "media_type": file.mime if file else "",
            "reply_to": out.reply_to,
        }

    def _public(self, out: Outgoing) -> File | None:
        """What the gateway can fetch for itself."""
        limit = self.capabilities.media.get(out.kind)
        if limit is None:
            return None
        if out.file is None or out.file.size > limit.bytes:
            raise GiveUp("too-large" if out.file else "no-file")
        if not out.file.url:
            raise GiveUp("no-public-address")
        return out.file

    def fetch_media(self, http: httpx.Client, ref: MediaRef) -> Fetched:
        """Headers, which may hold a password, go to the gateway itself alone."""
        headers = self.form.filled_headers({"key": self.config.key}) if self._is_ours(ref.ref) else {}
        fetched = fetch(http, ref.ref, 16 * _MB, headers)
        return Fetched(fetched.content, fetched.mime or ref.mime, ref.name)

    def _is_ours(self, url: str) -> bool:
        try:
            target, own = urlsplit(url), urlsplit(self.base)
        except ValueError:
            return False
        return (target.scheme, target.netloc) == (own.scheme, own.netloc)

    def probe(self, http: httpx.Client) -> str:
        """Asks for nothing but the door: any other call might send something."""
        own = urlsplit(self.base)
        call(http, "HEAD", f"{own.scheme}://{own.netloc}/", repeatable=True)
        return NOT_SENT


def _text(out: Outgoing) -> str:
    if out.kind is Kind.LOCATION:
        if out.place is None:
            raise GiveUp("no-place")
        return places.in_words(out.text, out.place)
    return numbered(out.text, out.choices) if out.choices else out.text
