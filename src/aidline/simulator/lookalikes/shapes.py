"""What a look-alike is given, what it gives back, and where it keeps things in between."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

from aidline.simulator.wire import Post

if TYPE_CHECKING:
    from aidline.simulator.lookalikes.gift_card import Cards
    from aidline.simulator.lookalikes.telephony import Telephony


@dataclass(frozen=True, slots=True)
class Call:
    """`path` is what follows the vendor's name, without slashes at its ends. Header names in lower case."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def parts(self) -> list[str]:
        return self.path.split("/")


@dataclass(frozen=True, slots=True)
class Answer:
    status: int = 200
    body: bytes = b""
    mime: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


def answer(content: Any, status: int = 200, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, json.dumps(content, ensure_ascii=False).encode(), "application/json", named)


# --- what is taken ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Option:
    """A button or a row of a list that the person may press."""

    id: str
    title: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Fate:
    """What will become of a message after it was taken: all well, unless somebody asked for less."""

    code: str = ""  # it fails later, with this code
    twice: bool = False  # its webhooks come twice
    shuffled: bool = False  # and in the wrong order


AS_USUAL = Fate()


@dataclass(frozen=True, slots=True)
class Taken:
    """A message of the business that the look-alike accepted. `account` is the `ref` of the sender's."""

    account: str
    id: str
    to: str  # as the vendor was told, without its prefix; E.164 digits, or a business-scoped id
    kind: str
    text: str = ""
    file: str = ""  # id of an uploaded file
    link: str = ""  # or where the file can be fetched
    filename: str = ""
    place: tuple[float, float, str, str] | None = None
    options: Sequence[Option] = ()
    as_list: bool = False
    menu_label: str = ""
    reply_to: str = ""
    target: str = ""  # of a reaction, whose emoji is in `text`
    opaque: str = ""
    callback: str = ""
    subject: str = ""  # of an e-mail
    fate: Fate = AS_USUAL


@dataclass(frozen=True, slots=True)
class StoredFile:
    content: bytes
    mime: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """A message of a person, as the vendor would list it later."""

    id: str
    sender: str
    to: str
    text: str
    at: datetime
    files: int = 0


@dataclass(frozen=True, slots=True)
class Form:
    """A template: its text with {{1}} in it, and the state in Meta's words.

    `raw` is what else the vendor was given and gives back (Twilio's types).
    """

    id: str
    name: str
    language: str
    category: str
    body: str
    parameters: Sequence[str] = ()
    status: str = "APPROVED"
    header: str = ""
    footer: str = ""
    buttons: Sequence[str] = ()
    reason: str = ""
    words: str = ""
    raw: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Account:
    """`key` is the vendor's name for it, `ref` the exchange's own; `owns` knows the ids that belong to it.

    `also` is another name and secret that open it (an API key).
    """

    key: str
    ref: str
    secret: str
    owns: Callable[[str], bool]
    number: str = ""
    whatsapp: bool = False
    also: tuple[str, str] = ("", "")


# --- what goes wrong on request --------------------------------------------------------------------------


class Fault(StrEnum):
    RATE_LIMIT = "rate"  # 429
    BROKEN = "broken"  # 500
    GARBAGE = "garbage"  # taken, but the answer cannot be read
    SLOW = "slow"  # taken, answered late
    REFUSED = "refused"  # the vendor's error code, at once
    FAILED = "failed"  # taken, fails later with the vendor's code
    TWICE = "twice"  # webhooks come twice
    SHUFFLED = "shuffled"  # webhooks come in the wrong order
    LOST = "lost"  # the webhook of what a person said never comes
    MICROPHONE = "microphone"  # an agent's browser refuses it


@dataclass(frozen=True, slots=True)
class Trouble:
    """One fault that was asked for. `detail` is the code, or the milliseconds."""

    fault: Fault
    detail: str = ""


class Exchange(Protocol):
    """Where a look-alike keeps what it was given, and learns who may call it."""

    base_url: str

    def account(self, vendor: str, key: str, secret: str) -> Account | None:
        """None: these credentials are not known. Meta has no `key`, only the token."""
        ...

    def troubles(self, account: Account, to: str) -> Sequence[Trouble]:
        """The faults that hit this message to this person; asking uses them up."""
        ...

    def take(self, taken: Taken) -> None: ...

    def mark_read(self, account: Account, message_id: str) -> None: ...

    def mark_seen(self, account: Account, person: str) -> None:
        """All that the person wrote so far has been read, where the vendor names no message."""
        ...

    def last_said(self, account: Account, person: str) -> datetime | None:
        """When they wrote last; None for somebody who never did."""
        ...

    def keep_file(self, account: Account, file: StoredFile) -> str: ...

    def file(self, account: Account, file_id: str) -> StoredFile | None: ...

    def forms(self, account: Account) -> Sequence[Form]: ...

    def keep_form(self, account: Account, form: Form) -> None:
        """Made or changed. What is PENDING is decided after a moment, by `reviewing`."""
        ...

    def drop_form(self, account: Account, form: Form) -> None: ...

    def said_since(self, account: Account, since: datetime | None) -> Sequence[Said]: ...

    def telephony(self, account: Account) -> "Telephony | None":
        """None where nobody can be called."""
        ...

    def cards(self) -> "Cards":
        """The books of the one gift card issuer."""
        ...

    def tries(self, what: str) -> int:
        """How often this was asked for before, counted by asking."""
        ...

    def wait(self, milliseconds: int) -> None: ...

    def knock(self, url: str, post: Post) -> None:
        """Calls our address at once, as some vendors do when they are told of it."""
        ...
