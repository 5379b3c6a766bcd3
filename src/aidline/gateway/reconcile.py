"""Asking a provider that does not redeliver what we may have missed. Twilio: channels that were down lose SMS."""

import logging
from datetime import timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.db import transaction

from aidline.channels.contract import QUERY, ListsMessages
from aidline.channels.models import Channel
from aidline.gateway.deliveries import Raw, Sealed, seal, store
from aidline.gateway.lines import http_for, provider_of, readable_provider
from aidline.jobs.services import enqueue
from aidline.kernel.clock import now

log = logging.getLogger(__name__)

RECONCILE = "channel.reconcile"
OVERLAP = timedelta(minutes=15)
FIRST_LOOK = timedelta(hours=24)


def reconcile_all() -> None:
    for channel in Channel.objects.filter(is_open=True):
        provider = readable_provider(channel)
        if provider and provider.capabilities.reconciles:
            enqueue(RECONCILE, {"channel": str(channel.pk)}, unique_key=f"{RECONCILE}:{channel.pk}")


def reconcile(payload: dict[str, str]) -> None:
    """The job `channel.reconcile`: what is listed comes in as the webhook it should have been.

    Messages known already change nothing, so the time looked back may overlap.
    """
    channel = Channel.objects.get(pk=UUID(payload["channel"]))
    provider = provider_of(channel)
    if not isinstance(provider, ListsMessages):
        return
    at = now()
    since = (channel.reconciled_at or at - FIRST_LOOK) - OVERLAP
    with http_for(channel) as http:
        listed = provider.list_since(http, since)
    with transaction.atomic():
        store([_delivery(channel, fields) for fields in listed])
        Channel.objects.filter(pk=channel.pk).update(reconciled_at=at)
    log.info("channel %s: %d listed messages compared", channel.pk, len(listed))


def _delivery(channel: Channel, fields: dict[str, str]) -> Sealed:
    kept = {"content-type": "application/x-www-form-urlencoded", QUERY: ""}
    raw = Raw(urlencode(fields).encode(), kept)
    return seal(channel_id=channel.pk, centre_id=channel.centre_id, raw=raw, at=now())
