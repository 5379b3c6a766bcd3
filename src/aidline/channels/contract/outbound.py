"""What goes out, and what comes back for it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from aidline.channels.contract.parts import Choice, Place, Sender
from aidline.channels.contract.words import Kind


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
