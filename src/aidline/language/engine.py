"""The translation server of a centre."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from threading import BoundedSemaphore
from uuid import UUID

from aidline.language.glossary import Outcome, Term, translated
from aidline.language.libretranslate import Busy, LibreTranslate, NotOffered, OutOfTime
from aidline.language.models import Engine, GlossaryTerm
from aidline.language.serving import calling, client_for

AT_ONCE = 2  # calls that pages of one process may wait for; the others are told that it is busy

_waiting = BoundedSemaphore(AT_ONCE)


def engine_of(centre_id: UUID) -> Engine | None:
    """The engine, if there is one and it is switched on."""
    row = Engine.objects.filter(centre_id=centre_id, is_on=True).select_related("centre").first()
    return row if row and row.config_sealed else None


def terms_of(centre_id: UUID) -> list[Term]:
    rows = (row.content for row in GlossaryTerm.objects.filter(centre_id=centre_id))
    return [Term(content["word"], content["forms"]) for content in rows]


def translate(
    engine: Engine,
    text: str,
    *,
    source: str,
    target: str,
    terms: Sequence[Term],
    until: float | None = None,
) -> Outcome:
    """Never inside a transaction: it calls the server. Raises `EngineError`."""
    if not engine.offers(source, target):
        raise NotOffered
    with _called(engine, until) as server:
        return translated(
            text, terms, source, target, partial(server.translate, source=source, target=target)
        )


@contextmanager
def for_a_page() -> Iterator[None]:
    """A page that waits for the server takes one of few places, so that a slow one cannot hold up the desk."""
    if not _waiting.acquire(blocking=False):
        raise Busy
    try:
        yield
    finally:
        _waiting.release()


def listed_pairs(*, url: str, key: str, seconds: float) -> dict[str, list[str]]:
    with client_for(url) as client:
        return LibreTranslate(client, url, key, seconds).languages()


@contextmanager
def _called(engine: Engine, until: float | None) -> Iterator[LibreTranslate]:
    config = engine.config
    with calling(engine, blameless=(NotOffered, OutOfTime)) as client:
        yield LibreTranslate(client, config["url"], config.get("key", ""), engine.seconds, until)
