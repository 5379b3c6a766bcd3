"""What some providers can do besides. Ask with `isinstance(provider, SyncsTemplates)`."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Protocol, runtime_checkable

import httpx

from aidline.channels.contract.calls import HookAnswer, HookRequest
from aidline.channels.contract.outbound import TemplateDraft, TemplateInfo
from aidline.channels.contract.parts import Sender


@runtime_checkable
class SyncsTemplates(Protocol):
    def sync_templates(self, http: httpx.Client) -> list[TemplateInfo]: ...


@runtime_checkable
class ManagesTemplates(SyncsTemplates, Protocol):
    def create_template(self, http: httpx.Client, draft: TemplateDraft) -> TemplateInfo:
        """Hands a draft in. Raises `TemplateRefused` with the provider's words; `Uncertain` is never repeated."""
        ...

    def delete_template(self, http: httpx.Client, info: TemplateInfo) -> None:
        """Takes one language away. One that is not there any more is no error."""
        ...


@runtime_checkable
class MarksRead(Protocol):
    def mark_read(self, http: httpx.Client, external_id: str, *, typing: bool) -> None: ...


@runtime_checkable
class Attends(Protocol):
    """As `MarksRead`, where the provider asks for the person and knows by itself what was written last."""

    def attend(self, http: httpx.Client, to: Sender, *, typing: bool) -> None: ...


@runtime_checkable
class Reacts(Protocol):
    def react(self, http: httpx.Client, to: Sender, external_id: str, emoji: str) -> None:
        """An emoji on a message of the person; an empty one takes it back."""
        ...


@runtime_checkable
class SharesOneHook(Protocol):
    """One webhook address of the provider may serve several channels; `parse` gives only one's own events."""

    @property
    def account(self) -> str:
        """What names this channel in a webhook body."""
        ...

    def accounts(self, body: bytes) -> frozenset[str]:
        """Every account named in a webhook body; empty if none or unreadable."""
        ...

    def without(self, body: bytes, accounts: frozenset[str]) -> bytes:
        """The body with everything of those accounts cut out; unchanged if there is nothing, or it is unreadable.

        Signatures are over the whole: they are verified before.
        """
        ...


@runtime_checkable
class ListsMessages(Protocol):
    def list_since(self, http: httpx.Client, since: datetime) -> list[dict[str, Any]]:
        """Messages received since then, each as the fields of the webhook it should have been.

        Stored as a JSON object with content type `application/json`, `parse` reads it like that webhook.
        """
        ...


@runtime_checkable
class ProvesByAddress(Protocol):
    """Nothing is signed: what proves a call is the last part of its address, `/hooks/<name>/<channel>/<word>`.

    While the word is changed two are good: `hook_words` holds all that are, the present one first; empty ones do
    not count.
    """

    @property
    def hook_word(self) -> str: ...

    @property
    def hook_words(self) -> tuple[str, ...]: ...


@runtime_checkable
class AnswersHooks(Protocol):
    """The answer to a stored call depends on what it says, as where a pressed button waits for a sign of life."""

    def answer(self, request: HookRequest) -> HookAnswer:
        """Never raises; `accepted` for whatever it does not know."""
        ...


@runtime_checkable
class ReadsQueries(Protocol):
    """Webhooks may come as GET: a call that `handshake` leaves alone is stored, its query in `kept()`."""

    reads_queries: ClassVar[bool]


@runtime_checkable
class Polls(Protocol):
    """Nobody calls us: we look. What is found comes in as the webhook calls it might have been."""

    poll_every: ClassVar[timedelta]

    def poll(self, http: httpx.Client, cursor: str) -> "Polled":
        """What came since `cursor` ("" at first), oldest first, a batch at a time. Raises a `SendError`.

        Looking takes nothing away at the provider: calls and cursor are stored in one commit afterwards, and a
        crash in between only means looking again.
        """
        ...


@dataclass(frozen=True, slots=True)
class Polled:
    """`bodies` as `parse` reads them; `more` when another look would find something at once."""

    bodies: tuple[bytes, ...]
    cursor: str
    more: bool = False


@runtime_checkable
class Probes(Protocol):
    def probe(self, http: httpx.Client) -> str:
        """Asks the vendor whether the keys are good, and for what it calls the account. Raises a `SendError`."""
        ...


@dataclass(frozen=True, slots=True)
class HookState:
    """What the vendor knows of our address. `error` are its own words on the last failed call."""

    url: str
    error: str = ""
    error_at: datetime | None = None
    waiting: int = 0  # calls that it could not bring yet
    tells_address: bool = True  # False: calls are brought, but the vendor does not say where


@runtime_checkable
class RegistersHooks(Protocol):
    """The vendor has an API for what else must be copied by hand. Both raise a `SendError`."""

    def register_hook(self, http: httpx.Client, url: str) -> None:
        """Doing it twice changes nothing."""
        ...

    def hook_state(self, http: httpx.Client) -> HookState: ...
