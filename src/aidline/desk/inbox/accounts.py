"""What the account behind a channel can do, without opening its sealed configuration for every line."""

from functools import lru_cache
from uuid import UUID

from aidline.channels.contract import Capabilities
from aidline.channels.models import Channel
from aidline.channels.registry import BadConfig, capabilities_of


def able(channel: Channel) -> Capabilities:
    return _able(channel.pk, channel.centre_id, channel.provider, bytes(channel.config_sealed or b""))


@lru_cache(maxsize=500)
def _able(pk: UUID, centre_id: UUID, provider: str, config_sealed: bytes) -> Capabilities:
    channel = Channel(pk=pk, centre_id=centre_id, provider=provider, config_sealed=config_sealed or None)
    try:
        return capabilities_of(provider, channel.config)
    except BadConfig:
        return capabilities_of(provider)
