"""Storing a delivery from our own pages, durable before it returns."""

from datetime import datetime

from aidline.channels.models import Channel
from aidline.gateway.deliveries import Raw, seal
from aidline.gateway.deliveries import store as store_sealed
from aidline.kernel.clock import now


def store(channel: Channel, body: bytes, *, at: datetime | None = None) -> None:
    raw = Raw(body, {"content-type": "application/json"})
    store_sealed([seal(channel_id=channel.pk, centre_id=channel.centre_id, raw=raw, at=at or now())])
