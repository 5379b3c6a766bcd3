"""What a provider can do, as data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from aidline.channels.contract.words import Kind, Scheme, Status


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
    choice_title: int = 0  # characters of one before it is cut; 0 = any
    reply_window: timedelta | None = None
    automatic_window: timedelta | None = None  # for what is no person's answer; None: as for answers
    templates: bool = False
    template_limits: TemplateLimits | None = None  # set where `ManagesTemplates` is kept
    typing: bool = False
    read_marks: bool = False  # we can tell the provider that we read
    receipts: frozenset[Status] = frozenset()
    reactions: bool = False
    counts_segments: bool = False
    reconciles: bool = False  # does not redeliver webhooks, so we list messages and compare
    pace: Pace | None = None
    data_goes_to: str = ""  # company, country, retention: shown before a channel is opened
    guide: tuple[str, ...] = ()  # what to do at the vendor, step by step, in words to translate
