"""What a provider is: the one form in which the outside world reaches us and we reach it.

A provider file is pure. It turns raw webhook calls into the shapes below and our outgoing messages into
HTTP calls; it knows neither Django nor the database, so that one conformance suite can exercise them all.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar, Protocol, runtime_checkable
from uuid import UUID

import httpx


class Kind(StrEnum):
    """What was said, whatever the provider calls it."""

    TEXT = "text"
    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    VOICE = "voice"
    DOCUMENT = "document"
    STICKER = "sticker"
    LOCATION = "location"
    CONTACTS = "contacts"
    CHOICE = "choice"
    TEMPLATE = "template"
    UNSUPPORTED = "unsupported"


class Scheme(StrEnum):
    """The kind of address; two channels with one scheme reach the same address."""

    PHONE = "phone"
    WHATSAPP_USER = "whatsapp_user"
    WEBCHAT = "webchat"
    TELEGRAM = "telegram"
    VIBER = "viber"
    MESSENGER = "messenger"
    INSTAGRAM = "instagram"
    SIGNAL = "signal"
    EMAIL = "email"
    OTHER = "other"


class Status(StrEnum):
    """A provider's word on an outgoing message, in our words. Order is that of `RANK`."""

    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"


class Verdict(StrEnum):
    """What an error means for the next step."""

    RETRY = "retry"
    GIVE_UP = "give_up"
    STOP_CONTACTING = "stop_contacting"
    CHANNEL_DOWN = "channel_down"


# --- raw calls -------------------------------------------------------------------------------------------


QUERY = ":query"  # where `HookRequest.kept` puts the raw query; a header cannot have this name
_KEPT = ("content-type",)


@dataclass(frozen=True, slots=True)
class HookRequest:
    """A webhook call as it came in.

    `url` is the public address with the raw query; scheme and host come from our settings, never from Host.
    """

    method: str
    url: str
    query: Mapping[str, str]
    headers: Mapping[str, str]  # names in lower case
    body: bytes

    def kept(self) -> dict[str, str]:
        """What is stored beside the body, and what `parse` is given as headers. Signatures are not in it."""
        kept = {name: self.headers[name] for name in _KEPT if name in self.headers}
        return {**kept, QUERY: self.url.partition("?")[2]}


@dataclass(frozen=True, slots=True)
class HookAnswer:
    status: int = 200
    content_type: str = "text/plain"
    body: bytes = b""


# --- inbound ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sender:
    """One address of the sender, normalised: E.164 with plus for phones, the bare id otherwise."""

    scheme: Scheme
    value: str


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
class Choice:
    id: str
    title: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    latitude: float
    longitude: float
    name: str = ""
    address: str = ""


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
    """A person stopped or resumed contact outside of a message."""

    senders: tuple[Sender, ...]
    opted_out: bool


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
    | Unknown
)


# --- outbound --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class File:
    """A file to send. `content` is read when the provider uploads it."""

    name: str
    mime: str
    size: int
    content: Callable[[], bytes]
    url: str = ""  # a short-lived public address, for providers that fetch by themselves


@dataclass(frozen=True, slots=True)
class TemplateUse:
    """An approved template with its parameters by place ("1", "2", …) or by name."""

    name: str
    language: str
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message of ours, ready for the provider. Exactly one part of a long text."""

    message: UUID
    to: Sender
    kind: Kind
    text: str = ""
    file: File | None = None
    place: Place | None = None
    choices: tuple[Choice, ...] = ()
    template: TemplateUse | None = None
    reply_to: str = ""
    status_url: str = ""  # where receipts shall go, if the provider asks; it adds our message id itself
    menu_label: str = ""  # what opens a list of choices, in the person's language
    subject: str = ""  # of an e-mail thread
    thread: tuple[
        str, ...
    ] = ()  # external ids of what was said before, oldest first, for providers that thread
    automatic: bool = False  # no person wrote it: other machines are told not to answer


@dataclass(frozen=True, slots=True)
class Sent:
    """The provider took it. `external_id` is what its receipts will name."""

    external_id: str
    address: Sender | None = None  # the address as the provider knows it, where it corrects ours
    slow_down: timedelta | None = None  # the provider's headers ask for a pause before the next message


@dataclass(frozen=True, slots=True)
class TemplateInfo:
    """A template as the provider lists it. `name` is what it is sent by, `title` what its languages share."""

    name: str
    language: str
    state: str
    category: str
    body: str
    parameters: tuple[str, ...] = ()
    external_id: str = ""
    title: str = ""  # for people, where `name` is only an id
    header: str = ""
    footer: str = ""
    buttons: tuple[str, ...] = ()
    examples: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""  # why it was rejected: the provider's code
    words: str = ""  # and its explanation


@dataclass(frozen=True, slots=True)
class TemplateDraft:
    """A template to be made at the provider, which then looks at it.

    Parameters stand in the body as `{{1}}` or `{{name}}`, with an example for each. With `external_id` it takes
    the place of an earlier one that was refused.
    """

    name: str
    language: str
    category: str
    body: str
    examples: Mapping[str, str] = field(default_factory=dict)
    header: str = ""
    footer: str = ""
    buttons: tuple[str, ...] = ()
    external_id: str = ""


@dataclass(frozen=True, slots=True)
class Fetched:
    content: bytes
    mime: str
    name: str = ""


class SendError(Exception):
    """Base of the answers to a failed call. `code` is the provider's own.

    `words` are the provider's too, for the health page of an account; they may name a person, so they are in no
    text of the error and never logged.
    """

    verdict: Verdict = Verdict.GIVE_UP

    def __init__(self, code: str, *, retry_after: timedelta | None = None, words: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.retry_after = retry_after
        self.words = words


class RetryLater(SendError):
    """Nothing was sent; trying again later may succeed."""

    verdict = Verdict.RETRY


class GiveUp(SendError):
    """Nothing was sent and trying again will not help."""

    verdict = Verdict.GIVE_UP


class StopContacting(SendError):
    """The person or their provider asks us not to write any more."""

    verdict = Verdict.STOP_CONTACTING


class ChannelDown(SendError):
    """The account itself is refused (token dead, suspended): nothing will go out until someone acts."""

    verdict = Verdict.CHANNEL_DOWN


class TemplateRefused(GiveUp):
    """The provider did not take a template. `words` are its own: they speak of our text, of nobody else."""

    def __init__(self, code: str, words: str = "") -> None:
        super().__init__(code)
        self.words = words


class Uncertain(SendError):
    """The call left us and no answer came: it may or may not have been sent. Never repeated blindly."""

    verdict = Verdict.GIVE_UP


class BadSignature(Exception):
    """The call does not prove that it comes from the provider."""


class Malformed(Exception):
    """The body of a webhook cannot be read at all: it is set aside for a person to look at.

    What can be read but is not known is never an error: it becomes `Unknown` or `Kind.UNSUPPORTED`.
    """


# --- what a provider can do, as data ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MediaLimit:
    mimes: frozenset[str]
    bytes: int


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a provider wants to be called. `each`: the least time between two messages to one person."""

    per_second: float
    each: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class TemplateLimits:
    """What a provider takes as a template. `languages`: its code for a language where it is not ours."""

    name: int = 512
    header: int = 60
    body: int = 1024
    footer: int = 60
    buttons: int = 3
    button: int = 25  # characters on one
    parameters: int = 20
    categories: tuple[str, ...] = ("utility", "marketing")
    languages: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Capabilities:
    label: str  # the provider's own name, not translated
    glyph: str  # icon in the sprite
    schemes: tuple[Scheme, ...]
    inbound: frozenset[Kind]
    outbound: frozenset[Kind]
    text_limit: int  # in UTF-16 units
    text_in_bytes: bool = False  # the limit is in bytes of UTF-8 instead
    media: Mapping[Kind, MediaLimit] = field(default_factory=dict)
    caption_limit: int = 0
    captioned: frozenset[Kind] = frozenset({Kind.IMAGE, Kind.VIDEO, Kind.DOCUMENT})  # words go beside these
    choices: int = 0  # at most this many as native buttons or list; 0 = numbered text
    reply_window: timedelta | None = None
    templates: bool = False
    template_limits: TemplateLimits | None = None  # set where `ManagesTemplates` is kept
    typing: bool = False
    read_marks: bool = False  # we can tell the provider that we read
    receipts: frozenset[Status] = frozenset()
    reactions: bool = False
    counts_segments: bool = False
    reconciles: bool = False  # does not redeliver webhooks, so we list messages and compare
    pace: Pace | None = None
    answers_stop: bool = False  # the provider itself confirms STOP and START to the person
    data_goes_to: str = ""  # company, country, retention: shown before a channel is opened
    guide: tuple[str, ...] = ()  # what to do at the vendor, step by step, in words to translate


@dataclass(frozen=True, slots=True)
class Secret:
    """Marks a field of a `Config` as secret: `Annotated[str, Secret()]`. Its `setting` says so too."""


def gettext_noop(words: str) -> str:
    """Marks words for translation without translating them: providers do not know Django."""
    return words


def setting(
    label: str,
    help_text: str = "",
    *,
    default: str | None = None,
    secret: bool = False,
    made_by_us: bool = False,
    expert: bool = False,
    options: tuple[str, ...] = (),
    long: bool = False,
) -> Any:
    """A field of a provider's `Config`. Required without a default; a secret one stays out of `repr`.

    `made_by_us`: a word nobody needs to think up. `expert`: folded away. `options`: the only values there are.
    """
    told = {
        "label": label,
        "help": help_text,
        "made_by_us": made_by_us,
        "expert": expert,
        "options": options,
        "long": long,
    }
    if default is None:
        return field(repr=not secret, metadata=told)
    return field(default=default, repr=not secret, metadata=told)


class WrongSetting(ValueError):
    """A value that cannot work, found while the provider is made. `words` are to be translated and hold no value."""

    def __init__(self, field: str, words: str) -> None:
        super().__init__(field)
        self.field = field
        self.words = words


class Provider(Protocol):
    """One class per provider file, in this order: handshake, verify, parse, send, fetch_media.

    Instances are cheap: `Provider(config)`; they hold no state but their configuration. Optional verbs are
    the small protocols below; ask with `isinstance(provider, SyncsTemplates)`.
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


@runtime_checkable
class ListsMessages(Protocol):
    def list_since(self, http: httpx.Client, since: datetime) -> list[dict[str, Any]]:
        """Messages received since then, each as the fields of the webhook it should have been.

        Stored as a JSON object with content type `application/json`, `parse` reads it like that webhook.
        """
        ...


@runtime_checkable
class ProvesByAddress(Protocol):
    """Nothing is signed: what proves a call is the last part of its address, `/hooks/<name>/<channel>/<word>`."""

    @property
    def hook_word(self) -> str: ...


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


RANK: Mapping[Status, int] = {Status.SENT: 2, Status.DELIVERED: 3, Status.READ: 4, Status.FAILED: 5}
