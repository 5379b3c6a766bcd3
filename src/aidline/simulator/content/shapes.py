"""What the demo is made of: a network of two centres, and one day in it.

Plain data with keys instead of rows, so that the seeder decides how each thing enters: people's turns over
the real webhooks, staff's through the services.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Texts = Mapping[str, str]  # language → words

# --- the network -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Topic:
    code: str
    labels: Texts


@dataclass(frozen=True, slots=True)
class Canned:
    """A prepared reply. Variables: {alias} {agent} {centre} {date}."""

    code: str
    texts: Texts


@dataclass(frozen=True, slots=True)
class Template:
    """A WhatsApp template, approved in every language of `texts`.

    `examples` and `labels` (what staff call it) by parameter ("1", "2"); `buttons` by language.
    """

    name: str
    category: str
    texts: Texts
    examples: Texts
    labels: Texts = field(default_factory=dict)
    buttons: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def parameters(self) -> tuple[str, ...]:
        return tuple(self.examples)


@dataclass(frozen=True, slots=True)
class Channel:
    """One account of a centre.

    `account` tells what people there are found by: whatsapp, sms and voice (which is also called) a number, chat an
    id of the vendor, mail an address, webchat a visit. `number` is ours, or an address of ours; empty where there
    is none.
    """

    key: str
    provider: str
    account: str
    name: str
    number: str


@dataclass(frozen=True, slots=True)
class Centre:
    """`texts` by use: greeting, offline (notice on web chat), closed (answer outside hours)."""

    slug: str
    name: str
    time_zone: str
    region: str
    languages: tuple[str, ...]
    default_language: str
    hours: Mapping[str, list[list[str]]]
    texts: Mapping[str, Texts]
    channels: tuple[Channel, ...]
    canned: tuple[Canned, ...]


@dataclass(frozen=True, slots=True)
class Post:
    """What a member does in one centre."""

    centre: str
    role: str
    capacity: int = 6


@dataclass(frozen=True, slots=True)
class Member:
    key: str
    name: str
    email: str
    language: str  # of their screens
    languages: tuple[str, ...]  # they answer in
    posts: tuple[Post, ...]
    organisation_admin: bool = False
    available: bool = True


@dataclass(frozen=True, slots=True)
class Network:
    organisation: str
    centres: tuple[Centre, ...]
    staff: tuple[Member, ...]
    topics: tuple[Topic, ...]
    tags: tuple[str, ...]
    templates: tuple[Template, ...]
    glossary: Mapping[str, Texts]  # word → its forms


# --- the day ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Place:
    latitude: float
    longitude: float
    name: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing that happened, `at` minutes from now (below zero: in the past).

    `by` is a member's key; without it the person did it. `kind` is a message kind of `channels.contract`, or
    reaction, edit, deletion (`on` names the turn they act on by its `id`), or handover (`to` a member).
    Choices are a question of ours with its `choices`; a choice is what was pressed (`text`) under the question `on`.
    `media` names a file of `content.media`. `delivery` is where a reply of ours got to: queued, sent,
    delivered, read, failed (with the provider's `error`) or unknown; empty is as far as the channel tells.
    """

    at: int
    text: str = ""
    by: str = ""
    note: bool = False
    kind: str = "text"
    id: str = ""
    on: str = ""
    emoji: str = ""
    media: str = ""
    place: Place | None = None
    card: Card | None = None
    template: str = ""
    parameters: tuple[str, ...] = ()
    mention: str = ""
    to: str = ""
    raw_kind: str = ""
    subject: str = ""
    choices: tuple[str, ...] = ()
    delivery: str = ""
    error: str = ""

    @property
    def who(self) -> str:
        if self.note:
            return "note"
        return "agent" if self.by else "person"


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation and how it stands now: `state` is waiting, assigned, snoozed or closed.

    `channel` is a channel's key, or empty where `source` says how the contact came (walk_in, private_phone).
    """

    channel: str
    state: str
    turns: tuple[Turn, ...]
    agent: str = ""
    topic: str = ""
    outcome: str = ""
    tags: tuple[str, ...] = ()
    snoozed_minutes: int = 0
    source: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """Someone fictional. `name` is what their phone is called on the Phones page.

    `number` is a mail address where they write mails, and empty where a vendor gives them an id.
    """

    key: str
    name: str
    language: str
    centre: str
    number: str
    talk: Talk
    earlier: tuple[Talk, ...] = ()
    opted_out: bool = False


@dataclass(frozen=True, slots=True)
class Content:
    network: Network
    people: tuple[Person, ...]
