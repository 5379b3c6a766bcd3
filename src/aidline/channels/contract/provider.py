"""The provider itself: five verbs, in the order of a file."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Protocol

import httpx

from aidline.channels.contract.calls import HookAnswer, HookRequest
from aidline.channels.contract.capabilities import Capabilities
from aidline.channels.contract.inbound import Event, MediaRef
from aidline.channels.contract.outbound import Fetched, Outgoing, Sent


class Provider(Protocol):
    """One class per provider file, in this order: handshake, verify, parse, send, fetch_media.

    Instances are cheap: `Provider(config)`; they hold no state but their configuration. Optional verbs are
    the small protocols of `verbs`; ask with `isinstance(provider, SyncsTemplates)`.
    """

    name: ClassVar[str]
    accepted: ClassVar[HookAnswer]  # what a stored delivery is answered with; see `AnswersHooks`
    capabilities: Capabilities  # of the class, or of the account where the configuration decides (Twilio)

    def __init__(self, config: Any) -> None: ...

    def handshake(self, request: HookRequest) -> HookAnswer | None:
        """The answer to a call that only asks whether we are there; None for a delivery."""
        ...

    def verify(self, request: HookRequest) -> None:
        """Raises `BadSignature`."""
        ...

    def parse(self, body: bytes, headers: Mapping[str, str], received_at: datetime) -> list[Event]:
        """`headers` is `HookRequest.kept()`. Raises `Malformed` and nothing else."""
        ...

    def send(self, http: httpx.Client, out: Outgoing) -> Sent:
        """Raises a `SendError` and nothing else. `Uncertain` only once the message itself may have left."""
        ...

    def fetch_media(self, http: httpx.Client, ref: MediaRef) -> Fetched:
        """Raises a `SendError`: `RetryLater` where trying again may help."""
        ...
