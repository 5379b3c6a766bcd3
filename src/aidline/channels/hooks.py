"""The address at which a provider reaches us."""

from django.conf import settings

from aidline.channels.contract import ProvesByAddress
from aidline.channels.models import Channel
from aidline.channels.registry import BadConfig, load


def hook_url(channel: Channel) -> str:
    """With the word that proves a call, where the provider signs nothing: then it is a secret."""
    url = f"{settings.PUBLIC_URL.rstrip('/')}/hooks/{channel.provider}/{channel.pk}"
    word = _word(channel)
    return f"{url}/{word}" if word else url


def _word(channel: Channel) -> str:
    try:
        provider = load(channel.provider, channel.config or {})
    except BadConfig:
        return ""  # not finished yet
    return provider.hook_word if isinstance(provider, ProvesByAddress) else ""
