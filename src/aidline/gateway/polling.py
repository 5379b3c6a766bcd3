"""Looking where nobody calls us: mailboxes and the like. What is found comes in as the webhook it might have been.

Bodies and cursor are stored in one commit. A crash before it means only looking again, and what was stored already
is recognised by its key; so two lookers at once would do no harm either, they would only be a waste.
"""

import logging
import re
from datetime import datetime, timedelta
from time import monotonic
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from aidline import vault
from aidline.channels.contract import QUERY, ChannelDown, Polled, Polls, SendError
from aidline.channels.models import Channel
from aidline.channels.registry import PROVIDERS, BadConfig
from aidline.conversations.live import Hint, tell
from aidline.gateway.deliveries import Raw, seal, store
from aidline.gateway.lines import http_for, provider_of
from aidline.jobs.services import enqueue
from aidline.kernel.clock import now

log = logging.getLogger(__name__)

POLL = "channel.poll"
IN_PRACTICE = timedelta(seconds=2)
LONGEST = 120.0  # seconds that one channel may keep a worker busy; the rest waits for the next turn
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(minutes=10)
WHEN_REFUSED = timedelta(minutes=5)
_TELLING = re.compile(r"\S*@\S*|\d{4,}|<[^>]*>")


def poll_due() -> None:
    """Asks for a look into every open channel that is due; one that is asked for already is not asked for twice."""
    looking = [name for name, made in PROVIDERS.items() if hasattr(made, "poll")]
    due = Q(poll_next_at=None) | Q(poll_next_at__lte=now())
    for channel in Channel.objects.filter(
        due, provider__in=looking, is_open=True, config_sealed__isnull=False
    ):
        if _looks(channel):
            enqueue(POLL, {"channel": str(channel.pk)}, unique_key=f"{POLL}:{channel.pk}")


def _looks(channel: Channel) -> bool:
    """A provider may look or be called, as its configuration says: then it has `polls`."""
    try:
        provider = provider_of(channel)
    except (BadConfig, vault.VaultError):
        return False  # one channel that cannot be read must not blind the others
    return isinstance(provider, Polls) and bool(getattr(provider, "polls", True))


def poll(payload: dict[str, str]) -> None:
    """The job `channel.poll`: look, store, and again for as long as more is there."""
    channel = Channel.objects.filter(pk=UUID(payload["channel"]), is_open=True).first()
    if channel is None or not _looks(channel):
        return
    provider = provider_of(channel)
    if not isinstance(provider, Polls):
        return
    try:
        _read_on(channel, provider)
    except SendError as error:
        _note_failure(channel, error)


def _read_on(channel: Channel, provider: Polls) -> None:
    until = monotonic() + LONGEST
    more = True
    while more and monotonic() < until:
        with http_for(channel) as http:
            found = provider.poll(http, channel.poll_cursor)
        _keep(channel, found, next_at=now() + (timedelta(0) if found.more else _every(provider)))
        more = found.more


def _every(provider: Polls) -> timedelta:
    """Who practises does not want to wait."""
    return min(provider.poll_every, IN_PRACTICE) if settings.PRACTICE else provider.poll_every


@transaction.atomic
def _keep(channel: Channel, found: Polled, *, next_at: datetime) -> None:
    at = now()
    raws = (Raw(body, {QUERY: ""}) for body in found.bodies)
    store([seal(channel_id=channel.pk, centre_id=channel.centre_id, raw=raw, at=at) for raw in raws])
    Channel.objects.filter(pk=channel.pk).update(
        poll_cursor=found.cursor, polled_at=at, poll_next_at=next_at, poll_failures=0, poll_error=""
    )
    if channel.poll_failures:
        tell([Hint(channel.centre_id, "health")])
    channel.poll_cursor, channel.poll_failures = found.cursor, 0


@transaction.atomic
def _note_failure(channel: Channel, error: SendError) -> None:
    """Sending goes on: a mailbox that cannot be read says nothing of the way out."""
    at = now()
    channel.poll_words = masked(error.words)
    Channel.objects.filter(pk=channel.pk).update(
        poll_failures=F("poll_failures") + 1,
        poll_error=error.code[:40],
        poll_error_at=at,
        poll_next_at=at + _pause(error, channel.poll_failures),
        poll_words_sealed=channel.poll_words_sealed,
    )
    log.warning("channel %s could not be looked into: %s", channel.pk, error.code[:40])
    if not channel.poll_failures:
        tell([Hint(channel.centre_id, "health")])


def _pause(error: SendError, failures: int) -> timedelta:
    usual: timedelta = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(failures, 10))
    wait = max(usual, WHEN_REFUSED) if isinstance(error, ChannelDown) else usual
    return max(wait, error.retry_after) if error.retry_after else wait


def masked(words: str) -> str:
    """A provider's words for the health page, without what may name a person or an account."""
    return _TELLING.sub("…", words)[:200]
