"""The address at which a provider reaches us."""

from django.conf import settings

from aidline.channels.contract import Polls, ProvesByAddress, Provider
from aidline.channels.models import Channel
from aidline.channels.registry import BadConfig, load
from aidline.vault import VaultError


def hook_url(channel: Channel) -> str:
    """With the word that proves a call, where the provider signs nothing: then it is a secret."""
    url = f"{settings.PUBLIC_URL.rstrip('/')}/hooks/{channel.provider}/{channel.pk}"
    word = _word(channel)
    return f"{url}/{word}" if word else url


def proves_by_address(channel: Channel) -> bool:
    return bool(_word(channel))


def is_polled(channel: Channel) -> bool:
    """Nobody calls us: we look."""
    provider: object = _provider(channel)
    return isinstance(provider, Polls) and bool(getattr(provider, "polls", True))


def _word(channel: Channel) -> str:
    provider: object = _provider(channel)
    return provider.hook_word if isinstance(provider, ProvesByAddress) else ""


def _provider(channel: Channel) -> Provider | None:
    """None while the set-up is not finished, or where it cannot be read."""
    try:
        return load(channel.provider, channel.config or {})
    except (BadConfig, VaultError):
        return None
