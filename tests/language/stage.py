"""A centre with a translation server on this machine: the look-alike, or whatever a test makes of it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from aidline.centres.models import Centre
from aidline.conversations.models import Message
from aidline.language.models import Engine
from aidline.language.services import change_engine
from aidline.simulator.lookalikes import libretranslate
from aidline.simulator.lookalikes.shapes import Call
from local_server import Answer, LocalServer, Seen, serving


class Nowhere:
    """The look-alike of a translation server keeps nothing; it only may be told to be slow."""

    def __init__(self, wait: Callable[[int], Any] = lambda _milliseconds: None) -> None:
        self.wait = wait


def looks_alike(seen: Seen) -> Answer:
    call = Call(seen.method, urlsplit(seen.path).path.strip("/"), {}, seen.headers, seen.body)
    given = libretranslate.respond(call, Nowhere())  # type: ignore[arg-type]
    return Answer(given.status, given.body, {"Content-Type": given.mime})


@contextmanager
def server() -> Iterator[LocalServer]:
    with serving() as found:
        found.answer = looks_alike
        yield found


def engine_at(url: str, centre: Centre, **more: Any) -> Engine:
    settings = {"key": "", "is_on": True, "seconds": 2, "into": "en", **more}
    return change_engine(by=None, centre=centre, url=url, **settings)


def sent_to(server: LocalServer) -> str:
    """All that the server was ever told, for looking for what it must not see."""
    return "\n".join(seen.body.decode() for seen in server.seen)


def only_message() -> Message:
    return Message.objects.get(direction="i")
