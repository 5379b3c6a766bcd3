"""Keeping the list of approved messages the same as the provider's."""

from uuid import UUID

from django.db import transaction

from aidline.channels.contract import SyncsTemplates, TemplateInfo
from aidline.channels.models import Channel, Template
from aidline.gateway.lines import http_for, provider_of
from aidline.jobs.services import enqueue
from aidline.kernel.clock import now

SYNC = "templates.sync"


def sync_templates(payload: dict[str, str]) -> None:
    """The job `templates.sync` for one channel."""
    channel = Channel.objects.get(pk=UUID(payload["channel"]))
    provider = provider_of(channel)
    if not isinstance(provider, SyncsTemplates):
        return
    with http_for(channel) as http:
        found = provider.sync_templates(http)
    _write(channel, found)


def sync_all() -> None:
    for channel in Channel.objects.filter(is_open=True):
        if provider_of(channel).capabilities.templates:
            enqueue(SYNC, {"channel": str(channel.pk)}, unique_key=f"{SYNC}:{channel.pk}")


@transaction.atomic
def _write(channel: Channel, found: list[TemplateInfo]) -> None:
    """What the provider no longer lists is gone here too, so that nobody tries to send it."""
    at = now()
    for info in found:
        Template.objects.update_or_create(
            channel=channel,
            name=info.name,
            language=info.language,
            defaults={
                "state": info.state,
                "category": info.category,
                "body": info.body,
                "parameters": list(info.parameters),
                "synced_at": at,
            },
        )
    Template.objects.filter(channel=channel, synced_at__lt=at).delete()
