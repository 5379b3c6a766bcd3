"""Asking the vendor itself: are the keys good, does it know our address, what went wrong when it last called.

Asked by somebody at the set-up, and of open channels now and then, so that the light tells what only the vendor
knows: that it tries to bring messages and cannot.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import httpx
from django.db import transaction

from aidline.audit.services import record
from aidline.centres.models import Staff
from aidline.channels.contract import GiveUp, HookState, Probes, RegistersHooks, SendError
from aidline.channels.hooks import hook_url
from aidline.channels.models import Channel
from aidline.gateway.lines import http_for, readable_provider
from aidline.jobs.services import enqueue
from aidline.kernel.clock import now
from aidline.kernel.text import clean, without_numbers

log = logging.getLogger(__name__)

LOOK = "channel.look"
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Answer:
    """What the vendor said. `words` are its own, without what may be a number; `account` what it calls us."""

    ok: bool
    account: str = ""
    code: str = ""
    words: str = ""


def can_probe(channel: Channel) -> bool:
    return channel.config_sealed is not None and isinstance(_provider(channel), Probes)


def can_register(channel: Channel) -> bool:
    return channel.config_sealed is not None and isinstance(_provider(channel), RegistersHooks)


def probe(*, by: Staff, channel: Channel) -> Answer:
    """Good keys end a pause that bad ones began: what waits goes out at once."""
    provider = _provider(channel)
    assert isinstance(provider, Probes)
    try:
        with _asking(channel) as http:
            account = clean(str(provider.probe(http)))
    except SendError as error:
        return _refused(by, channel, "channel.probe", error)
    with transaction.atomic():
        Channel.objects.filter(pk=channel.pk).update(
            failures=0, open_until=None, error_code="", error_words="", error_at=None
        )
        _record(by, channel, "channel.probe")
    return Answer(True, account=account[:_LONGEST])


def register(*, by: Staff, channel: Channel) -> Answer:
    provider = _provider(channel)
    assert isinstance(provider, RegistersHooks)
    try:
        with _asking(channel) as http:
            provider.register_hook(http, hook_url(channel))
    except SendError as error:
        return _refused(by, channel, "channel.register", error)
    with transaction.atomic():
        _record(by, channel, "channel.register")
    look(channel)
    return Answer(True)


def look(channel: Channel) -> None:
    """What the vendor knows of our address, written on the channel; an unwell vendor leaves what was known."""
    provider = _provider(channel)
    if not isinstance(provider, RegistersHooks):
        return
    try:
        with _asking(channel) as http:
            told = _told(provider.hook_state(http), hook_url(channel))
    except SendError as error:
        log.info("channel %s: its provider does not tell of webhooks (%s)", channel.pk, error.code)
        return
    Channel.objects.filter(pk=channel.pk).update(hook=told)


def look_job(payload: dict[str, Any]) -> None:
    look(Channel.objects.get(pk=UUID(payload["channel"])))


def look_at_all() -> None:
    for channel in Channel.objects.filter(is_open=True):
        if can_register(channel):
            enqueue(LOOK, {"channel": str(channel.pk)}, unique_key=f"{LOOK}:{channel.pk}")


@contextmanager
def _asking(channel: Channel) -> Iterator[httpx.Client]:
    """Whatever a vendor, or an address that is none, makes go wrong is a refusal: a page waits for the answer."""
    try:
        with http_for(channel) as http:
            yield http
    except SendError:
        raise
    except Exception as problem:
        name = type(problem).__name__  # and no more of it: its words may hold an address with a key in it
        log.error("channel %s: its provider could not be asked (%s)", channel.pk, name)
        raise GiveUp(name) from None


def _told(found: HookState, ours: str) -> dict[str, Any]:
    """The address itself is not kept: it may hold a secret."""
    recent: datetime | None = found.error_at
    return {
        "known": found.url == ours or not found.tells_address,
        "error": without_numbers(clean(found.error))[:_LONGEST],
        "error_at": recent.isoformat() if recent else "",
        "waiting": found.waiting,
        "looked_at": now().isoformat(),
    }


def _provider(channel: Channel) -> object:
    """Of any kind: what it can do besides is asked of it."""
    return readable_provider(channel)


def _refused(by: Staff, channel: Channel, action: str, error: SendError) -> Answer:
    with transaction.atomic():
        _record(by, channel, action, clean(error.code))
    return Answer(False, code=clean(error.code), words=without_numbers(clean(error.words))[:_LONGEST])


def _record(by: Staff, channel: Channel, action: str, code: str = "") -> None:
    record(
        by=by,
        action=action,
        object_type="channel",
        object_id=channel.pk,
        centre=channel.centre_id,
        fields=code[:200],
    )
