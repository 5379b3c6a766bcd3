"""A provider that does not exist: the smallest complete example, for practice, tests and the next provider.

Source: this file and `wire/plain.py`, which tells the format of both directions.

Out: `POST {base_url}/messages` with one JSON object {id, to, scheme, kind, text, media {id, mime, name},
place, choices, menu_label, template, reply_to}, signed like a webhook; the answer is {"id": "…"}. A file goes
before it to `POST {base_url}/media` (the bytes, with their Content-Type), answered {"id": "…"}; theirs are
fetched from `GET {base_url}/media/<ref>`. A failure is any other status with {"code": "…"}, see `VERDICTS`.

Quirks:
- None; that is the point.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
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
    Uncertain,
    Verdict,
    gettext_noop,
    setting,
)
from aidline.channels.wire import plain
from aidline.channels.wire.calling import answer, call, failure, fetch
from aidline.channels.wire.reading import ident

# --- configuration ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Config:
    base_url: str = setting(gettext_noop("API address"))
    secret: Annotated[str, Secret()] = setting(
        gettext_noop("Secret"), gettext_noop("Signs calls in both directions."), secret=True
    )
    previous_secret: Annotated[str, Secret()] = setting(
        gettext_noop("Previous secret"), gettext_noop("Only while changing it."), default="", secret=True
    )


# --- capabilities ----------------------------------------------------------------------------------------

_MB = 1024 * 1024
_FILES: Mapping[Kind, frozenset[str]] = {
    Kind.IMAGE: frozenset({"image/jpeg", "image/png"}),
    Kind.VIDEO: frozenset({"video/mp4"}),
    Kind.AUDIO: frozenset({"audio/mpeg", "audio/ogg"}),
    Kind.VOICE: frozenset({"audio/ogg"}),
    Kind.STICKER: frozenset({"image/webp"}),
    Kind.DOCUMENT: frozenset({"application/pdf", "text/plain"}),
}

CAPABILITIES = Capabilities(
    label=gettext_noop("Simulator"),
    glyph="phone",
    schemes=(Scheme.PHONE,),
    inbound=frozenset(Kind) - {Kind.TEMPLATE},
    outbound=frozenset(Kind) - {Kind.CONTACTS, Kind.UNSUPPORTED},
    text_limit=4096,
    media={kind: MediaLimit(mimes, 16 * _MB) for kind, mimes in _FILES.items()},
    caption_limit=1024,
    choices=10,
    typing=True,
    read_marks=True,
    receipts=frozenset(Status),
    reactions=True,
    data_goes_to="",
)

# --- their codes, our words ------------------------------------------------------------------------------

VERDICTS: Mapping[str, Verdict] = {
    "busy": Verdict.RETRY,
    "too-fast": Verdict.RETRY,
    "no-such-person": Verdict.GIVE_UP,
    "too-long": Verdict.GIVE_UP,
    "blocked": Verdict.STOP_CONTACTING,
    "account-closed": Verdict.CHANNEL_DOWN,
}

# --- the provider ----------------------------------------------------------------------------------------


class Simulator:
    name: ClassVar[str] = "simulator"
    accepted: ClassVar[HookAnswer] = HookAnswer()
    capabilities = CAPABILITIES

    def __init__(self, config: Config) -> None:
        self.api = config.base_url.rstrip("/")
        self.secret = config.secret
        self.secrets = (config.secret, config.previous_secret)

    def handshake(self, request: HookRequest) -> HookAnswer | None:  # noqa: ARG002
        return None

    def verify(self, request: HookRequest) -> None:
        plain.check(request, self.secrets)

    def parse(
        self,
        body: bytes,
        headers: Mapping[str, str],  # noqa: ARG002
        received_at: datetime,
    ) -> list[Event]:
        return plain.events(body, Scheme.PHONE, received_at)

    def send(self, http: httpx.Client, out: Outgoing) -> Sent:
        if out.kind not in CAPABILITIES.outbound:
            raise GiveUp(f"kind-{out.kind}")
        media = self._upload(http, out) if out.kind in _FILES else None
        found = self._post(http, "messages", _message(out, media))
        external_id = ident(found.get("id"))
        if not external_id:
            raise Uncertain("no-id")
        return Sent(external_id)

    def _upload(self, http: httpx.Client, out: Outgoing) -> dict[str, str]:
        file = out.file
        if file is None or file.size > CAPABILITIES.media[out.kind].bytes:
            raise GiveUp("too-large" if file else "no-file")
        content = file.content()
        headers = {"Content-Type": file.mime, plain.SIGNATURE: plain.sign(self.secret, content)}
        url = f"{self.api}/media"
        found = _checked(call(http, "POST", url, repeatable=True, headers=headers, content=content))
        if not ident(found.get("id")):
            raise RetryLater("no-media-id")
        return {"id": ident(found["id"]), "mime": file.mime, "name": file.name}

    def fetch_media(self, http: httpx.Client, ref: MediaRef) -> Fetched:
        path = quote(ref.ref, safe="")
        headers = {plain.SIGNATURE: plain.sign(self.secret, ref.ref.encode())}
        fetched = fetch(http, f"{self.api}/media/{path}", 16 * _MB, headers)
        return Fetched(fetched.content, fetched.mime or ref.mime, ref.name)

    def mark_read(self, http: httpx.Client, external_id: str, *, typing: bool) -> None:
        self._post(http, "read", {"id": external_id, "typing": typing}, repeatable=True)

    def react(self, http: httpx.Client, to: Sender, external_id: str, emoji: str) -> None:
        body = {"to": to.value, "target": external_id, "emoji": emoji}
        self._post(http, "reactions", body, repeatable=True)

    def _post(
        self, http: httpx.Client, path: str, body: dict[str, Any], *, repeatable: bool = False
    ) -> dict[str, Any]:
        raw = json.dumps(body, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json", plain.SIGNATURE: plain.sign(self.secret, raw)}
        url = f"{self.api}/{path}"
        return _checked(call(http, "POST", url, repeatable=repeatable, headers=headers, content=raw))


def _message(out: Outgoing, media: dict[str, str] | None) -> dict[str, Any]:
    body = {
        "id": str(out.message),
        "to": out.to.value,
        "scheme": out.to.scheme,
        "kind": out.kind,
        "text": out.text,
        "media": media,
        "place": asdict(out.place) if out.place else None,
        "choices": [asdict(choice) for choice in out.choices],
        "menu_label": out.menu_label,
        "template": _template(out),
        "reply_to": out.reply_to,
    }
    return {name: value for name, value in body.items() if value}


def _template(out: Outgoing) -> dict[str, Any] | None:
    if out.template is None:
        return None
    use = out.template
    return {"name": use.name, "language": use.language, "parameters": dict(use.parameters)}


def _checked(response: httpx.Response) -> dict[str, Any]:
    found = answer(response)
    if response.is_success:
        return found
    raise failure(response, ident(found.get("code")), VERDICTS)
