"""A speech server on this machine: the look-alike, or whatever a test makes of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from aidline.centres.models import Centre
from aidline.language.models import Transcriber
from aidline.language.transcriber import change_transcriber
from aidline.simulator.lookalikes import multipart, speech
from aidline.simulator.lookalikes.shapes import Call
from language.stage import Nowhere
from local_server import Answer, LocalServer, Seen, serving


def looks_alike(seen: Seen) -> Answer:
    call = Call(seen.method, urlsplit(seen.path).path.strip("/"), {}, seen.headers, seen.body)
    given = speech.respond(call, Nowhere())  # type: ignore[arg-type]
    return Answer(given.status, given.body, {"Content-Type": given.mime})


@contextmanager
def speech_server() -> Iterator[LocalServer]:
    with serving() as found:
        found.answer = looks_alike
        yield found


def transcriber_at(url: str, centre: Centre, **more: Any) -> Transcriber:
    settings = {"key": "", "model": "practice", "is_on": True, "seconds": 2, **more}
    return change_transcriber(by=None, centre=centre, url=url, **settings)


def parts_of(seen: Seen) -> dict[str, bytes]:
    """What the server was sent, by the names of the form."""
    form = multipart.read(seen.headers["content-type"], seen.body)
    return {name: part.content for name, part in form.items()}
