"""Signal through a bridge of one's own: signal-cli-rest-api (bbernhard, MIT) in the mode json-rpc.

Sources: the bridge's API description (swagger) and README, signal-cli's JSON, issues 679, 761 and 881 of
bbernhard/signal-cli-rest-api and 2071 of AsamK/signal-cli, read 2026-11-24.

Quirks:
- The client is not Signal's own: Signal may change something at any time, and blocks numbers that write to many.
- Webhooks are not signed: a word in the address proves them. They are sent once and never again: what comes while
  we do not answer stays on the bridge's screen only, so that bridge and Aidline belong side by side.
- One bridge calls one address for all its numbers. What is meant for another number is left alone.
- A person is known by a uuid; the number may be hidden. A message has no id but its author and its millisecond.
- `author` of a quote may be uuid or number, of us too: between two people, whoever is not the one is the other.
- A second edit names the first edit, and not the message.
- Messages that vanish on the phone, or may be seen once, are kept here sealed like any other: whoever asks for help
  must not lose what was agreed. The guide says so.
- What staff send from a linked phone comes as a sync message, and is not taken in: answers are given here.
- Stickers come as numbers of a pack, without the picture.
- Errors have no codes, only sentences; the few that matter are looked for. 429 with a challenge locks the account
  until a person solves it. 429 with an empty challenge came although the message had arrived (881): uncertain.
- Signal knows no places and no buttons.
"""

import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar
from urllib.parse import quote

import httpx

from aidline.channels.contract import (
    Capabilities,
    ChannelDown,
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
    SendError,
    Sent,
    Status,
    Uncertain,
    Verdict,
    WrongSetting,
    gettext_noop,
    setting,
)
from aidline.channels.wire import address_word, places, signal_events
from aidline.channels.wire.calling import ERRORS, answer, call, failure, fetch
from aidline.channels.wire.menus import numbered
from aidline.channels.wire.reading import document, ident, said
from aidline.kernel import phones

# --- configuration ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Config:
    base_url: str = setting(
        gettext_noop("Address of the bridge"), gettext_noop("On your own private network: http://…:8080.")
    )
    number: str = setting(gettext_noop("Number"), gettext_noop("Ours on Signal, as +44…"))
    hook_word: Annotated[str, Secret()] = setting(
        gettext_noop("Word in the address"),
        gettext_noop("Proves calls of the bridge, which signs nothing."),
        secret=True,
        made_by_us=True,
    )
    previous_hook_word: Annotated[str, Secret()] = setting(
        gettext_noop("Previous word"), gettext_noop("Only while changing it."), default="", secret=True
    )
    login: str = setting(
        gettext_noop("User name"),
        gettext_noop("Only if a proxy before the bridge asks for one."),
        default="",
        expert=True,
    )
    password: Annotated[str, Secret()] = setting(
        gettext_noop("Password"), default="", secret=True, expert=True
    )


# --- capabilities ----------------------------------------------------------------------------------------

_MB = 1024 * 1024
_LARGEST = 25 * _MB  # Signal takes 100, but a file travels to the bridge as base64 within JSON
_FILES: Mapping[Kind, frozenset[str]] = {
    Kind.IMAGE: frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"}),
    Kind.VIDEO: frozenset({"video/mp4", "video/3gpp", "video/webm"}),
    Kind.AUDIO: frozenset({"audio/mpeg", "audio/mp4", "audio/aac", "audio/ogg"}),
    Kind.VOICE: frozenset({"audio/mpeg", "audio/mp4", "audio/aac", "audio/ogg"}),
    Kind.DOCUMENT: frozenset(
        {"application/pdf", "text/plain", "text/vcard", "application/msword", "application/vnd.ms-excel"}
        | {"application/vnd.openxmlformats-officedocument.wordprocessingml.document"}
        | {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
    ),
}

CAPABILITIES = Capabilities(
    label="Signal",
    glyph="signal",
    schemes=(Scheme.PHONE, Scheme.SIGNAL),
    inbound=frozenset({Kind.TEXT, *_FILES, Kind.CONTACTS, Kind.UNSUPPORTED}),
    outbound=frozenset({Kind.TEXT, *_FILES, Kind.LOCATION, Kind.CHOICE}),
    text_limit=2000,
    caption_limit=2000,
    media={kind: MediaLimit(mimes, _LARGEST) for kind, mimes in _FILES.items()},
    typing=True,
    read_marks=True,
    receipts=frozenset({Status.DELIVERED, Status.READ}),
    reactions=True,
    pace=Pace(per_second=1.0, each=timedelta(seconds=1)),
    data_goes_to=gettext_noop(
        "Signal (United States): end-to-end encrypted up to your own bridge, which keeps keys and files"
    ),
    guide=(
        gettext_noop(
            "Run signal-cli-rest-api beside Aidline on a private network, as it asks nobody for a password, "
            "and name it in AIDLINE_PRIVATE_HOSTS."
        ),
        gettext_noop(
            "Set MODE to json-rpc, and RECEIVE_WEBHOOK_URL to our address below. One bridge for each number."
        ),
        gettext_noop(
            "Register the number at the bridge, or link it to a phone by the code at /v1/qrcodelink."
        ),
        gettext_noop("Start the bridge again, and copy its address and the number here."),
        gettext_noop("The bridge tells each message once: keep both running, and stop the bridge first."),
        gettext_noop(
            "It is not Signal's own program. Answer people, but send nothing to many: Signal would block you."
        ),
        gettext_noop(
            "Messages that vanish on the phone are kept here, sealed like any other. Tell people so."
        ),
    ),
)

# --- their words, our codes ------------------------------------------------------------------------------

# signal-cli has sentences in place of codes; the first that is found counts.
SENTENCES: tuple[tuple[str, str], ...] = (
    ("untrusted identit", "untrusted-identity"),
    ("captcha", "challenge"),
    ("challenge", "challenge"),
    ("proof required", "challenge"),
    ("specified account does not exist", "account-unknown"),
    ("is not registered", "not-registered"),  # we or the person: whose number stands there
    ("authorization failed", "account-refused"),
    ("unregistered user", "not-on-signal"),
    ("invalid recipient", "not-on-signal"),
    ("rate limit", "rate-limit"),
    ("network failure", "network-failure"),
)

VERDICTS: Mapping[str, Verdict] = {
    "untrusted-identity": Verdict.GIVE_UP,
    "challenge": Verdict.CHANNEL_DOWN,
    "account-unknown": Verdict.CHANNEL_DOWN,
    "account-refused": Verdict.CHANNEL_DOWN,
    "not-on-signal": Verdict.GIVE_UP,
}
_PERHAPS_SENT = frozenset({"rate-limit", "network-failure"})

# --- the provider ----------------------------------------------------------------------------------------


class Signal:
    name: ClassVar[str] = "signal"
    accepted: ClassVar[HookAnswer] = HookAnswer()  # the bridge knows no success but 200 and 201
    capabilities = CAPABILITIES

    def __init__(self, config: Config) -> None:
        number = phones.normalise(config.number)
        if number is None:
            raise WrongSetting("number", gettext_noop("A number begins with + and the code of its country."))
        self.config, self.number = config, number
        self.api = config.base_url.rstrip("/")
        self.auth = (config.login, config.password) if config.login else None

    @property
    def hook_word(self) -> str:
        return self.config.hook_word

    @property
    def hook_words(self) -> tuple[str, ...]:
        return self.config.hook_word, self.config.previous_hook_word

    def handshake(self, request: HookRequest) -> HookAnswer | None:  # noqa: ARG002
        return None

    def verify(self, request: HookRequest) -> None:
        address_word.check(request, self.hook_words)

    def parse(
        self,
        body: bytes,
        headers: Mapping[str, str],  # noqa: ARG002
        received_at: datetime,
    ) -> list[Event]:
        return signal_events.events(document(body), self.number, received_at)

    def send(self, http: httpx.Client, out: Outgoing) -> Sent:
        body = {
            "number": self.number,
            "recipients": [out.to.value],
            "message": _words(out),
            "text_mode": "normal",
            **({"base64_attachments": [_attachment(out)]} if out.kind in _FILES else {}),
            **self._quote(out.reply_to),
        }
        found = self._checked(self._call(http, "POST", "v2/send", body))
        moment = ident(found.get("timestamp"))
        if not moment.isdigit():
            raise Uncertain("no-id")
        return Sent(f"{self.number}:{moment}")

    def _quote(self, external_id: str) -> dict[str, Any]:
        author, _, moment = external_id.rpartition(":")
        if not author or not moment.isdigit():
            return {}
        return {"quote_author": author, "quote_timestamp": int(moment)}

    def fetch_media(self, http: httpx.Client, ref: MediaRef) -> Fetched:
        if not ref.ref.strip("."):
            raise GiveUp("no-such-file")
        url = f"{self.api}/v1/attachments/{quote(ref.ref, safe='')}"
        fetched = fetch(http, url, 100 * _MB, self._headers())
        return Fetched(fetched.content, fetched.mime or ref.mime, ref.name)

    def mark_read(self, http: httpx.Client, external_id: str, *, typing: bool) -> None:
        author, _, moment = external_id.rpartition(":")
        if author and moment.isdigit():
            body = {"receipt_type": "read", "recipient": author, "timestamp": int(moment)}
            self._checked(self._call(http, "POST", self._of_ours("receipts"), body, repeatable=True))
            if typing:
                path = self._of_ours("typing-indicator")
                self._checked(self._call(http, "PUT", path, {"recipient": author}, repeatable=True))

    def react(self, http: httpx.Client, to: Sender, external_id: str, emoji: str) -> None:
        author, _, moment = external_id.rpartition(":")
        if not author or not moment.isdigit():
            raise GiveUp("no-such-message")
        body = {"recipient": to.value, "target_author": author, "timestamp": int(moment)}
        body |= {"reaction": emoji} if emoji else {}
        verb = "POST" if emoji else "DELETE"
        self._checked(self._call(http, verb, self._of_ours("reactions"), body, repeatable=True))

    def probe(self, http: httpx.Client) -> str:
        """Webhooks come in one mode only, and the number must be one of the bridge's."""
        about = self._checked(self._call(http, "GET", "v1/about", repeatable=True))
        mode = said(about.get("mode"))[:40]
        if not mode.startswith("json-rpc"):
            raise ChannelDown("wrong-mode", words=f"MODE={mode}")
        response = self._call(http, "GET", "v1/accounts", repeatable=True)
        self._checked(response)
        if self.number not in _listed(response):
            raise ChannelDown("account-unknown")
        return self.number

    def _call(
        self, http: httpx.Client, verb: str, path: str, body: Any = None, *, repeatable: bool = False
    ) -> httpx.Response:
        content = {} if body is None else {"json": body}
        url = f"{self.api}/{path}"
        return call(http, verb, url, repeatable=repeatable, headers=self._headers(), **content)

    def _checked(self, response: httpx.Response) -> dict[str, Any]:
        if response.is_success:
            return answer(response)
        raise _refusal(response, self.number)

    def _of_ours(self, what: str) -> str:
        return f"v1/{what}/{quote(self.number, safe='')}"

    def _headers(self) -> dict[str, str]:
        if self.auth is None:
            return {}
        return {"Authorization": "Basic " + b64encode(":".join(self.auth).encode()).decode()}


# --- what goes out ---------------------------------------------------------------------------------------


def _words(out: Outgoing) -> str:
    if out.kind not in CAPABILITIES.outbound:
        raise GiveUp(f"kind-{out.kind}")
    if out.kind is Kind.LOCATION:
        if out.place is None:
            raise GiveUp("no-place")
        return places.in_words(out.text, out.place)
    return numbered(out.text, out.choices) if out.choices else out.text


_UNSAFE = re.compile(r"[^\w.\- ]")  # a comma or semicolon would end the name within the data address


def _attachment(out: Outgoing) -> str:
    file = out.file
    if file is None or file.size > CAPABILITIES.media[out.kind].bytes:
        raise GiveUp("too-large" if file else "no-file")
    name = _UNSAFE.sub("_", file.name)
    return f"data:{file.mime};filename={name};base64,{b64encode(file.content()).decode()}"


# --- the bridge's answers --------------------------------------------------------------------------------


def _refusal(response: httpx.Response, ours: str) -> SendError:
    found = answer(response)
    words, code = said(found.get("error")), _code(response.status_code, found)
    if code == "not-registered":
        code = "account-unknown" if ours in words else "not-on-signal"
    if code in _PERHAPS_SENT:
        return Uncertain(code, words=words[:300])
    if code in VERDICTS:
        told = " ".join([words, *_tokens(found)]) if code == "challenge" else words
        return ERRORS[VERDICTS[code]](code, words=told[:500])
    return failure(response, code, VERDICTS)


def _code(status: int, found: Mapping[str, Any]) -> str:
    words = said(found.get("error")).lower()
    if status == 429 and words:
        return "challenge" if any(_tokens(found)) else "rate-limit"
    known = next((code for sentence, code in SENTENCES if sentence in words), "")
    return known or ("send-failed" if status == 400 else "")


def _tokens(found: Mapping[str, Any]) -> list[str]:
    """What a person needs to solve the challenge."""
    given = found.get("challenge_tokens")
    return [ident(token) for token in given] if isinstance(given, list) else []


def _listed(response: httpx.Response) -> list[Any]:
    try:
        found = response.json()
    except (ValueError, RecursionError):
        return []
    return found if isinstance(found, list) else []
