"""Web chat: our own, from the page in the person's browser to the desk.

Source: this file and `wire/plain.py`, which tells the format.

Quirks:
- No company stands between: the "webhook" is a body the portal writes itself, for a visitor it has checked.
- Sending calls nobody. The message is there once it is stored, the visitor's page reads it from the
  conversation; what the page showed comes back as receipts.
- Files are already in our own store when the message arrives, so there is nothing to fetch.
- The visitor's clock gives `at`; it is believed only where it is possible.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, ClassVar

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
    Scheme,
    Secret,
    Sent,
    Status,
    gettext_noop,
    setting,
)
from aidline.channels.wire import plain

# --- configuration ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Config:
    secret: Annotated[str, Secret()] = setting(
        gettext_noop("Secret"),
        gettext_noop("Made by us; signs what the chat page stores."),
        secret=True,
        made_by_us=True,
    )
    previous_secret: Annotated[str, Secret()] = setting(
        gettext_noop("Previous secret"), gettext_noop("Only while changing it."), default="", secret=True
    )
    origins: str = setting(
        gettext_noop("Sites that may show the chat"),
        gettext_noop("Addresses such as https://www.example.org, with spaces between them."),
        default="",
    )


# --- capabilities ----------------------------------------------------------------------------------------

_MB = 1024 * 1024
_FILES: Mapping[Kind, frozenset[str]] = {
    Kind.IMAGE: frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"}),
    Kind.VIDEO: frozenset({"video/mp4", "video/webm"}),
    Kind.AUDIO: frozenset({"audio/mpeg", "audio/mp4", "audio/ogg", "audio/webm"}),
    Kind.VOICE: frozenset({"audio/mpeg", "audio/mp4", "audio/ogg", "audio/webm"}),
    Kind.DOCUMENT: frozenset({"application/pdf", "text/plain"}),
}
_SPOKEN = frozenset({Kind.TEXT, *_FILES, Kind.LOCATION, Kind.CHOICE})

CAPABILITIES = Capabilities(
    label=gettext_noop("Web chat"),
    glyph="web",
    schemes=(Scheme.WEBCHAT,),
    inbound=_SPOKEN | {Kind.CONTACTS, Kind.UNSUPPORTED},
    outbound=_SPOKEN,
    text_limit=8000,
    media={kind: MediaLimit(mimes, 16 * _MB) for kind, mimes in _FILES.items()},
    caption_limit=8000,
    choices=20,
    typing=True,
    receipts=frozenset({Status.SENT, Status.DELIVERED, Status.READ}),
    reactions=True,
    data_goes_to="",
)

# --- their codes, our words: they are the same (`wire/plain.py`) -------------------------------------------

# --- the provider ----------------------------------------------------------------------------------------


class WebChat:
    name: ClassVar[str] = "webchat"
    accepted: ClassVar[HookAnswer] = HookAnswer()
    capabilities = CAPABILITIES

    def __init__(self, config: Config) -> None:
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
        return plain.events(body, Scheme.WEBCHAT, received_at)

    def send(self, http: httpx.Client, out: Outgoing) -> Sent:  # noqa: ARG002
        if out.kind not in CAPABILITIES.outbound:
            raise GiveUp(f"kind-{out.kind}")
        if out.file and out.kind in _FILES and out.file.size > CAPABILITIES.media[out.kind].bytes:
            raise GiveUp("too-large")
        return Sent(str(out.message))

    def fetch_media(self, http: httpx.Client, ref: MediaRef) -> Fetched:  # noqa: ARG002
        raise GiveUp("already-here")
