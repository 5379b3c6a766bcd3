"""What a provider brings to the conformance suite: payloads, how it signs, how it answers, what it refuses.

Payloads are written by hand after the vendors' documentation; people and numbers are fictional.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from aidline.channels.contract import (
    Event,
    HookRequest,
    Kind,
    MediaRef,
    Receipt,
    ReceiptUpTo,
    Sender,
    SendError,
    Status,
)
from aidline.channels.contract.voice import CallRequest
from local_server import Answer, LocalServer, Seen, serving

RECEIVED = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SAID = datetime(2026, 11, 22, 11, 59, 30, tzinfo=UTC)
SAID_SECONDS = "1795348770"

NUMBER = "+447700900123"
OTHER_NUMBER = "+447700900456"
WORDS = "أحتاج إلى مساعدة CANARYWORDS"
NAME = "Ilham Canaryname"

MESSAGE = UUID("01a202d6-7c9d-7000-8646-62a2b0cbbac4")


@dataclass(frozen=True)
class Kit:
    label: str
    provider: str
    config: Mapping[str, str]
    other_config: Mapping[str, str]  # another channel at the same provider
    secret: str  # the setting that signs webhooks
    previous_secret: str
    hook: Callable[[Mapping[str, str], bytes], HookRequest]  # a call signed as for that configuration
    said: Mapping[Kind, tuple[bytes, Event]]
    receipts: Mapping[Status, tuple[bytes, Receipt | ReceiptUpTo]]
    strange: tuple[bytes, ...]  # read without error, and no message comes of it
    unsaid: tuple[tuple[bytes, list[Event]], ...] = ()  # reactions, edits, deletions, wishes, news of calls
    calls: tuple[tuple[bytes, CallRequest], ...] = ()  # what it asks about telephone calls
    recording: Callable[[str], str] = lambda _: (
        "their-recording"
    )  # what fetches one from the company played at
    ask: Callable[[Mapping[str, str], bytes], HookRequest] | None = None  # such a question; else as `hook`
    batch: tuple[bytes, list[str]] = (b"", [])
    with_unknown_field: tuple[bytes, Event] | None = None
    malformed: tuple[bytes, ...] = (b"", b"{", b"not json", b"\xff\xfe\xfa", b"[" * 100_000, b"[]", b"7")
    stops: tuple[bytes, ...] = ()
    handshakes: tuple[tuple[HookRequest, tuple[int, bytes]], ...] = ()
    signs_address: bool = False
    proof: str = (
        "signature"  # what the name of the header holds that proves a call; "" for a word in the address
    )
    proof_field: str = ""  # or the field of the form that does
    proof_is_hex: bool = False  # in either case
    signs_body: bool = True  # False: a fixed word proves the call, whatever its body says
    knows_our_id: bool = True  # receipts give our own message id back
    names_no_message: frozenset[Status] = (
        frozenset()
    )  # but these do not: they know the provider's id, or a moment
    empty_is_a_look: bool = False  # an empty GET is the provider looking whether we are there
    called: bool = True  # False: nobody calls us, we look; every call is refused
    # out
    world: Callable[[], AbstractContextManager[LocalServer]] = serving  # what plays the company
    address: Callable[[str], Mapping[str, str]] | None = None  # settings that lead to it at "host:port"
    to: Sender | None = None
    networked: bool = True
    answers: Callable[[Seen], Answer] = lambda _: Answer()
    sent_id: str = ""
    is_message: Callable[[Seen], bool] = lambda seen: seen.method == "POST"
    words_of: Callable[[Seen], str] = lambda _: ""
    refusals: tuple[tuple[Answer, type[SendError]], ...] = ()
    ref: Callable[[str], MediaRef] | None = None
    telling: tuple[str, ...] = field(default=(NUMBER[1:], NUMBER[-9:], "CANARYWORDS", "Canaryname"))


def unsigned(body: bytes, **headers: str) -> HookRequest:
    return HookRequest("POST", "https://help.example/hooks/x/1", {}, headers, body)
