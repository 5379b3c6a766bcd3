"""One channel seen from the provider's side: how it words what a person said and what became of ours."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from urllib.parse import urlsplit

from aidline.simulator.wire import Post

MAILBOX = "mailbox:"  # begins the address of a channel that looks into a mailbox, where others have a webhook


@dataclass(frozen=True, slots=True)
class Writer:
    """Somebody with a phone: a number, or on WhatsApp perhaps nothing but a business-scoped id."""

    address: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Utterance:
    """One thing done on a phone. `kind` is a kind of `channels.contract`, or reaction, edit or deletion."""

    id: str
    kind: str
    at: datetime
    text: str = ""
    file: str = ""  # the provider's id of it
    mime: str = ""
    filename: str = ""
    content: bytes = b""
    place: tuple[float, float, str, str] | None = None
    card: tuple[str, str] | None = None
    choice: tuple[str, str] | None = None  # id and title
    from_list: bool = False
    reply_to: str = ""
    target: str = ""
    raw_kind: str = ""  # of what was pressed "template", of what we do not know the provider's word
    subject: str = ""  # of an e-mail


@dataclass(frozen=True, slots=True)
class News:
    """What became of a message of ours. `handle` is what we had asked to be given back with it."""

    id: str
    state: str  # sent, delivered, read, failed
    at: datetime
    to: str
    handle: str = ""
    code: str = ""


class NotOnThisLine(Exception):
    """This provider has no way to say such a thing."""


class Line(Protocol):
    """`hook` is the public address of our webhook; a post's own address may differ from it."""

    hook: str

    def new_id(self, *, file: bool = False) -> str: ...

    def said(self, writer: Writer, utterance: Utterance) -> Post: ...

    def told(self, news: News) -> tuple[str, Post]: ...


def path_of(url: str) -> str:
    """Path and query: a webhook is carried to this machine, whatever name it has outside."""
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
