"""The flow language: what a flow is, as data. Read and written as YAML by `flows.text`, run by `flows.engine`.

One flow runs in chat, by SMS and on the phone. Its texts have, in each language, a rich form (chat), an optional
short one (SMS) and an optional recording (phone); without a recording the words are spoken.
Nodes are a registry: a new kind is one frozen dataclass here, its rules in `flows.checks`, its way in
`flows.engine`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar
from uuid import UUID


class Medium(StrEnum):
    CHAT = "chat"  # any channel with pictures and long texts
    SMS = "sms"
    PHONE = "phone"


@dataclass(frozen=True, slots=True)
class Words:
    """A text in one language. `recording` names a `flows.models.Prompt` of the centre."""

    text: str
    short: str = ""
    recording: str = ""


Text = Mapping[str, Words]  # by language


@dataclass(frozen=True, slots=True)
class Choice:
    """`key`: what is pressed on a phone, 1 to 8; 0: in the order of the choices. `also`: other words, by language.

    In a menu that asks for the language, `id` is a language and needs no text: its own name is shown.
    """

    id: str
    text: Text
    to: str
    key: int = 0
    also: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Message:
    kind: ClassVar[str] = "message"
    name: str
    text: Text
    to: str


@dataclass(frozen=True, slots=True)
class Menu:
    """One of several. What was chosen is kept in `keeps`; in "language" it becomes the language of the run, and each
    choice is shown and spoken in its own. After `tries` without an answer: `otherwise`."""

    kind: ClassVar[str] = "menu"
    name: str
    text: Text
    choices: tuple[Choice, ...]
    otherwise: str
    keeps: str = ""
    tries: int = 3


class Wanted(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    LOCATION = "location"
    PHOTO = "photo"
    VOICE = "voice"  # on the phone a recording, in chat a voice note


@dataclass(frozen=True, slots=True)
class Ask:
    """Something open, kept in `keeps`. On the phone only numbers and voice can be asked for: else `otherwise`."""

    kind: ClassVar[str] = "ask"
    name: str
    text: Text
    wants: Wanted
    to: str
    otherwise: str
    keeps: str = ""
    least: int | None = None  # of a number
    most: int | None = None
    seconds: int = 180  # of a recording
    tries: int = 3


class Test(StrEnum):
    IS = "is"
    IS_NOT = "is_not"
    HAS = "has"  # holds the words, without case and accents
    ABOVE = "above"  # as numbers
    BELOW = "below"
    KNOWN = "known"


@dataclass(frozen=True, slots=True)
class Case:
    """`what` is a kept answer, or "language", "medium", "channel"."""

    what: str
    test: Test
    value: str
    to: str


@dataclass(frozen=True, slots=True)
class Branch:
    """The first true case wins."""

    kind: ClassVar[str] = "branch"
    name: str
    cases: tuple[Case, ...]
    otherwise: str


@dataclass(frozen=True, slots=True)
class Set:
    """Keeps a value; "language" changes the language."""

    kind: ClassVar[str] = "set"
    name: str
    values: Mapping[str, str]
    to: str


@dataclass(frozen=True, slots=True)
class Topic:
    """What the conversation is about, by the code of a topic of the centre."""

    kind: ClassVar[str] = "topic"
    name: str
    code: str
    to: str


@dataclass(frozen=True, slots=True)
class Information:
    """The articles of a category: one is chosen, then sent or read aloud. `none`: where there is nothing to read."""

    kind: ClassVar[str] = "information"
    name: str
    text: Text  # "What would you like to know?"
    category: str  # code; empty: every category, chosen first
    to: str  # after reading
    none: str


@dataclass(frozen=True, slots=True)
class Vouchers:
    """Where the registration stands, and what is left on the vouchers: at once where the address is the holder's own.
    Anybody else is asked for the receipt code, and hears the state only. `none`: where neither leads to anything."""

    kind: ClassVar[str] = "vouchers"
    name: str
    text: Text  # "Type the 14 digits of your receipt."
    to: str
    none: str
    tries: int = 3


@dataclass(frozen=True, slots=True)
class Hours:
    kind: ClassVar[str] = "hours"
    name: str
    open: str
    closed: str


@dataclass(frozen=True, slots=True)
class HandOver:
    """To a person. In chat the run ends here; on the phone the caller waits, and `otherwise` is where they go who
    press the key for a message, or whom nobody can take."""

    kind: ClassVar[str] = "hand_over"
    name: str
    text: Text
    otherwise: str = ""  # only used on the phone; a voicemail, usually
    skill: str = ""
    risk: str = ""  # "", "medium", "high", "imminent": may only raise
    same_language: bool = True


@dataclass(frozen=True, slots=True)
class SubFlow:
    """Another published flow of the centre, by its slug; it comes back to `to`."""

    kind: ClassVar[str] = "flow"
    name: str
    flow: str
    to: str


@dataclass(frozen=True, slots=True)
class End:
    kind: ClassVar[str] = "end"
    name: str
    text: Text


Node = Message | Menu | Ask | Branch | Set | Topic | Information | Vouchers | Hours | HandOver | SubFlow | End
NODES: Mapping[str, type[Node]] = {
    node.kind: node
    for node in (
        *(Message, Menu, Ask, Branch, Set, Topic, Information, Vouchers, Hours, HandOver, SubFlow),
        End,
    )
}


@dataclass(frozen=True, slots=True)
class Flow:
    """`danger`: where the danger key and its words lead; a hand-over with risk, usually.

    `also`: more words that always work, for "person", "repeat", "language" and "danger", by language. `phrases`: the
    engine's own sentences (`flows.phrases`) in languages it does not know, or in better words.
    """

    slug: str
    title: str
    languages: tuple[str, ...]  # the first is spoken before any is chosen
    media: tuple[Medium, ...]
    start: str
    nodes: Mapping[str, Node]
    danger: str = ""
    danger_key: str = "*"
    recorded: bool = False  # on the phone a person speaks every text: each needs its recording
    phrases: Mapping[str, Text] = field(default_factory=dict)
    also: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    extra: Mapping[str, str] = field(default_factory=dict)  # kept for an exchange format, never run


# --- what the engine is told, and what it wants done ------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Said:
    """One turn of the person: keys and words alike in `text`. Nothing at all: silence on the phone."""

    text: str = ""
    choice: str = ""  # id of a button
    file: str = ""  # "photo", "voice", "file": its kind
    place: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """Words to send or speak, ready in the language of the run and for its medium."""

    text: str
    language: str
    recording: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    id: str
    line: Line
    key: str = ""


@dataclass(frozen=True, slots=True)
class Tell:
    line: Line


@dataclass(frozen=True, slots=True)
class Offer:
    """A question with choices; the run waits."""

    line: Line
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Want:
    """An open question; the run waits."""

    line: Line
    wants: Wanted
    digits: int = 0  # of a number, at most; 0: unknown
    seconds: int = 180


@dataclass(frozen=True, slots=True)
class SpeakLanguage:
    language: str


@dataclass(frozen=True, slots=True)
class Mark:
    """The topic of the conversation."""

    topic: str


@dataclass(frozen=True, slots=True)
class ToPerson:
    """To a person; on the phone the run waits, and `engine.left_queue` goes on with it."""

    line: Line | None
    language: str  # which the person must speak; empty: any
    skill: str = ""
    risk: str = ""


@dataclass(frozen=True, slots=True)
class Read:
    """An article was sent or read; counted for insight."""

    article: UUID


@dataclass(frozen=True, slots=True)
class Finish:
    """The run is over. A last line came before."""


Act = Tell | Offer | Want | SpeakLanguage | Mark | ToPerson | Read | Finish
