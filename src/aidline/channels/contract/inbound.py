"""What comes in: things people said, changes to them, and what became of ours."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from aidline.channels.contract.parts import Choice, Place, Sender
from aidline.channels.contract.voice import CallRecording, CallStatus, RoomChange
from aidline.channels.contract.words import Kind, Status, Verdict


@dataclass(frozen=True, slots=True)
class MediaRef:
    """Where a file can be had. `ref` is the provider's id or address and is treated as secret.

    Where the webhook itself brings the file, it is in `content` and `ref` only tells it from its neighbours.
    """

    ref: str
    kind: Kind
    mime: str = ""
    name: str = ""
    size: int | None = None
    seconds: int | None = None
    content: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Card:
    """A contact card that was sent to us."""

    name: str
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Incoming:
    """One thing a person said. `external_id` is unique within the channel.

    `sent_at` is the provider's time (aware, UTC) or None where it gives none.
    """

    external_id: str
    senders: tuple[Sender, ...]
    kind: Kind
    text: str = ""
    sent_at: datetime | None = None
    profile_name: str = ""
    media: tuple[MediaRef, ...] = ()
    place: Place | None = None
    cards: tuple[Card, ...] = ()
    choice: Choice | None = None
    reply_to: str = ""
    forwarded: bool = False
    raw_kind: str = ""  # the provider's own word, shown beside "unsupported"
    opt_out: bool = False  # the provider says that this is an opt-out word
    opt_in: bool = False
    language: str = ""  # where the person chose one, as on our own page
    subject: str = ""
    folded: str = ""  # what an e-mail repeats under its text: quotes and signatures, shown on request
    automatic: bool = False  # a machine wrote it (away notes, lists): nothing automatic may answer


@dataclass(frozen=True, slots=True)
class Fragment:
    """One piece of a long message that came in several calls; they are joined before anybody sees them.

    `group` is the same for all pieces and for no other message of the channel; `place` counts from 1 to `total`.
    The joined message is that of the first piece with the texts of all.
    """

    group: str
    place: int
    total: int
    said: Incoming


@dataclass(frozen=True, slots=True)
class Reaction:
    """An emoji on an earlier message, ours or theirs. An empty emoji takes it back."""

    target: str
    emoji: str
    senders: tuple[Sender, ...]
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Edit:
    """New words for an earlier message. `becomes`: what later changes call it, where that is no longer `target`."""

    target: str
    text: str
    senders: tuple[Sender, ...]
    sent_at: datetime | None = None
    becomes: str = ""


@dataclass(frozen=True, slots=True)
class Deletion:
    target: str
    senders: tuple[Sender, ...]
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """A status of one of our messages. `message` is our own id where the provider hands it back."""

    external_id: str
    status: Status
    at: datetime | None = None
    code: str = ""
    verdict: Verdict | None = None
    message: UUID | None = None


@dataclass(frozen=True, slots=True)
class ReceiptUpTo:
    """A status of all we had sent one person up to a moment, where the provider names no message."""

    senders: tuple[Sender, ...]
    status: Status
    until: datetime


@dataclass(frozen=True, slots=True)
class Preference:
    """A person stopped or resumed contact outside of a message.

    `message`: where the provider proves nothing, our message that whoever tells must have seen. It counts only if
    that message went to this very address.
    """

    senders: tuple[Sender, ...]
    opted_out: bool
    message: UUID | None = None


@dataclass(frozen=True, slots=True)
class AddressChange:
    """The provider says that one address became another."""

    old: tuple[Sender, ...]
    new: tuple[Sender, ...]


@dataclass(frozen=True, slots=True)
class TemplateChange:
    """What became of a template. What is empty did not change; of two that come out of order, `at` decides."""

    name: str
    language: str
    state: str = ""  # our words: approved, pending, rejected, paused, disabled
    reason: str = ""
    words: str = ""  # the provider's own explanation
    category: str = ""
    quality: str = ""  # how people take it, in the provider's word
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """Something we do not understand yet; kept, counted and never an error."""

    kind: str


Event = (
    Incoming
    | Fragment
    | Reaction
    | Edit
    | Deletion
    | Receipt
    | ReceiptUpTo
    | Preference
    | AddressChange
    | TemplateChange
    | CallStatus
    | CallRecording
    | RoomChange
    | Unknown
)
