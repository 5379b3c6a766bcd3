"""Calling a server of a centre within bounds, and leaving it alone while it is in trouble."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import httpx
from django.conf import settings
from django.db.models import F

from aidline.kernel import http
from aidline.kernel.clock import now
from aidline.language.libretranslate import EngineError, Unreachable
from aidline.language.models import Server

log = logging.getLogger(__name__)

FIRST_REST, LONGEST_REST = timedelta(seconds=15), timedelta(minutes=10)


class Resting(EngineError):
    """It failed a moment ago and is not called again yet."""

    code = "resting"


@contextmanager
def calling(row: Server, blameless: tuple[type[EngineError], ...] = ()) -> Iterator[httpx.Client]:
    """Never inside a transaction. What is `blameless` is no fault of the server."""
    if row.open_until and row.open_until > now():
        raise Resting
    try:
        with client_for(row.config["url"]) as client:
            yield client
    except blameless:
        raise
    except EngineError as error:
        _failed(row, error.code)
        raise
    else:
        _worked(row)


def client_for(url: str) -> httpx.Client:
    """In practice our own look-alike may be called; in earnest the private hosts that the operator named."""
    try:
        mine = frozenset({http.origin(url), http.origin(settings.PUBLIC_URL)})
    except httpx.InvalidURL:
        raise Unreachable from None
    return http.client(mine if settings.PRACTICE else settings.PRIVATE_HOSTS)


def _failed(row: Server, code: str) -> None:
    at = now()
    rest = min(FIRST_REST * 2 ** min(row.failures, 8), LONGEST_REST)
    _update(row, failures=F("failures") + 1, open_until=at + rest, error_code=code, error_at=at)
    row.failures += 1
    row.open_until = at + rest
    log.warning("the %s of centre %s failed: %s", row._meta.verbose_name, row.centre_id, code)


def _worked(row: Server) -> None:
    if row.failures:
        _update(row, failures=0, open_until=None, error_code="")
        row.failures, row.open_until = 0, None


def _update(row: Server, **changes: object) -> None:
    type(row)._default_manager.filter(pk=row.pk).update(**changes)
