"""The translation server of a centre: calling it within bounds, and leaving it alone while it is in trouble."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from threading import BoundedSemaphore
from uuid import UUID

import httpx
from django.conf import settings
from django.db.models import F

from aidline.kernel import http
from aidline.kernel.clock import now
from aidline.language.glossary import Outcome, Term, translated
from aidline.language.libretranslate import (
    Busy,
    EngineError,
    LibreTranslate,
    NotOffered,
    OutOfTime,
    Unreachable,
)
from aidline.language.models import Engine, GlossaryTerm

log = logging.getLogger(__name__)

FIRST_REST, LONGEST_REST = timedelta(seconds=15), timedelta(minutes=10)
AT_ONCE = 2  # calls that pages of one process may wait for; the others are told that it is busy

_waiting = BoundedSemaphore(AT_ONCE)


class Resting(EngineError):
    """It failed a moment ago and is not called again yet."""

    code = "resting"


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
    with _client(url) as client:
        return LibreTranslate(client, url, key, seconds).languages()


@contextmanager
def _called(engine: Engine, until: float | None) -> Iterator[LibreTranslate]:
    if engine.open_until and engine.open_until > now():
        raise Resting
    config = engine.config
    try:
        with _client(config["url"]) as client:
            yield LibreTranslate(client, config["url"], config.get("key", ""), engine.seconds, until)
    except (NotOffered, OutOfTime):
        raise
    except EngineError as error:
        _failed(engine, error.code)
        raise
    else:
        _worked(engine)


def _client(url: str) -> httpx.Client:
    """In practice our own look-alike may be called; in earnest the private hosts that the operator named."""
    try:
        mine = frozenset({http.origin(url), http.origin(settings.PUBLIC_URL)})
    except httpx.InvalidURL:
        raise Unreachable from None
    return http.client(mine if settings.PRACTICE else settings.PRIVATE_HOSTS)


def _failed(engine: Engine, code: str) -> None:
    at = now()
    rest = min(FIRST_REST * 2 ** min(engine.failures, 8), LONGEST_REST)
    Engine.objects.filter(pk=engine.pk).update(
        failures=F("failures") + 1, open_until=at + rest, error_code=code, error_at=at
    )
    engine.failures += 1
    engine.open_until = at + rest
    log.warning("the translation server of centre %s failed: %s", engine.centre_id, code)


def _worked(engine: Engine) -> None:
    if engine.failures:
        Engine.objects.filter(pk=engine.pk).update(failures=0, open_until=None, error_code="")
        engine.failures, engine.open_until = 0, None
