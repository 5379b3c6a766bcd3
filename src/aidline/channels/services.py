"""Setting up channels, and giving a delivery another chance. Secrets are sealed; audit names fields, never values."""

import secrets
from collections.abc import Mapping

from django.conf import settings
from django.db import transaction

from aidline.audit.services import record
from aidline.centres.models import Centre, Staff
from aidline.channels.contract import gettext_noop
from aidline.channels.models import Channel, Delivery
from aidline.channels.registry import BadConfig, config_fields, load, made_by_us
from aidline.jobs.services import enqueue
from aidline.kernel import http
from aidline.kernel.ids import new_id

SYNC_TEMPLATES = "templates.sync"
IN_CLEAR = gettext_noop("Write https://. What is sent to http:// can be read on the way.")


class NotReady(Exception):
    """The channel cannot be opened before its configuration is complete."""


@transaction.atomic
def create_channel(
    *,
    by: Staff | None,
    centre: Centre,
    provider: str,
    name: str,
    config: Mapping[str, str] | None = None,
    is_open: bool = True,
) -> Channel:
    """Without a configuration it is a beginning, closed, to be finished in the steps of the set-up.

    Raises `BadConfig`, as everything here that takes one.
    """
    _refuse_unknown(provider)
    channel = Channel(id=new_id(), centre=centre, provider=provider, name=name.strip())
    channel.is_open = is_open and config is not None
    if config is not None:
        channel.config = _checked(provider, {**_made_by_us(provider), **config})
    channel.save(force_insert=True)
    _record(by, channel, "channel.create")
    return channel


@transaction.atomic
def change_channel(
    *, by: Staff, channel: Channel, name: str | None = None, config: Mapping[str, str] | None = None
) -> Channel:
    """A secret that comes empty stays as it is stored; any other setting that comes empty is emptied."""
    changed = []
    if name is not None and name.strip() != channel.name:
        channel.name = name.strip()
        changed.append("name")
    if config is not None:
        before = channel.config or {}
        channel.config = after = _checked(channel.provider, kept(channel, config))
        changed += sorted(key for key in {*before, *after} if before.get(key) != after.get(key))
        channel.poll_next_at = None  # who corrects a password does not want to wait for the next look
    channel.save(update_fields=["name", "config_sealed", "poll_next_at"])
    _record(by, channel, "channel.change", ",".join(changed)[:200])
    return channel


def kept(channel: Channel, config: Mapping[str, str]) -> dict[str, str]:
    """What was typed, with the secrets that were left empty as they are stored."""
    stored = channel.config or _made_by_us(channel.provider)
    secret = {field.name for field in config_fields(channel.provider) if field.secret}
    return {key: value or (stored.get(key, "") if key in secret else "") for key, value in config.items()}


def show_secret(*, by: Staff, channel: Channel, field: str) -> str:
    """A look at a stored secret; each is recorded."""
    if field not in {known.name for known in config_fields(channel.provider) if known.secret}:
        raise BadConfig(field, "unknown")
    _record(by, channel, "channel.secret_shown", field)
    return str((channel.config or {}).get(field, ""))


@transaction.atomic
def open_channel(*, by: Staff, channel: Channel) -> None:
    if channel.config is None:
        raise NotReady
    _set_open(by, channel, to=True)


@transaction.atomic
def close_channel(*, by: Staff, channel: Channel) -> None:
    """Nothing goes out any more. What people write is still taken in: a webhook is never turned away."""
    _set_open(by, channel, to=False)


def _set_open(by: Staff, channel: Channel, *, to: bool) -> None:
    if Channel.objects.filter(pk=channel.pk, is_open=not to).update(is_open=to):
        _record(by, channel, "channel.open" if to else "channel.close")
    channel.is_open = to


@transaction.atomic
def retry_delivery(*, by: Staff, delivery: Delivery) -> bool:
    """Back into the queue, as if it had just come. False when somebody was quicker."""
    rows = Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.QUARANTINED)
    if not rows.update(state=Delivery.State.PENDING, attempts=0, next_at=None, error=""):
        return False
    record(
        by=by,
        action="delivery.retry",
        object_type="delivery",
        object_id=delivery.pk,
        centre=delivery.centre_id,
    )
    return True


@transaction.atomic
def retry_all_deliveries(*, by: Staff, channel: Channel) -> int:
    rows = Delivery.objects.filter(channel=channel, state=Delivery.State.QUARANTINED)
    count = rows.update(state=Delivery.State.PENDING, attempts=0, next_at=None, error="")
    if count:
        _record(by, channel, "delivery.retry_all")
    return count


def fetch_templates(*, by: Staff, channel: Channel) -> None:
    """The list of approved messages is fetched by the worker; asking twice asks once."""
    with transaction.atomic():
        enqueue(SYNC_TEMPLATES, {"channel": str(channel.pk)}, unique_key=f"{SYNC_TEMPLATES}:{channel.pk}")
        _record(by, channel, "channel.fetch_templates")


def _refuse_unknown(provider: str) -> None:
    try:
        config_fields(provider)
    except KeyError:
        raise BadConfig("provider", "no-such-provider") from None


def _made_by_us(provider: str) -> dict[str, str]:
    return {field: secrets.token_urlsafe(24) for field in made_by_us(provider)}


def _checked(provider: str, config: Mapping[str, str]) -> dict[str, str]:
    """Refuses what the provider cannot be made from; empty settings are not stored."""
    load(provider, config)
    for key, value in config.items():
        if key.endswith("_url") and not settings.PRACTICE and http.in_clear(value, settings.PRIVATE_HOSTS):
            raise BadConfig(key, "wrong", IN_CLEAR)
    return {key: value.strip() for key, value in config.items() if value.strip()}


def _record(by: Staff | None, channel: Channel, action: str, fields: str = "") -> None:
    record(
        by=by,
        action=action,
        object_type="channel",
        object_id=channel.pk,
        centre=channel.centre_id,
        fields=fields,
    )
