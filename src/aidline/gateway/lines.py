"""HTTP to a provider. Private addresses: those that are set, and in practice those of the look-alikes."""

import logging
from collections.abc import Iterator
from typing import Any

import httpx
from django.conf import settings

from aidline.channels.contract import Provider
from aidline.channels.models import Channel
from aidline.channels.registry import load
from aidline.kernel import http

log = logging.getLogger(__name__)


def http_for(channel: Channel) -> httpx.Client:
    if not settings.PRACTICE:
        return http.client(settings.PRIVATE_HOSTS)
    return http.client(frozenset(_practice_origins(channel.config)))


def provider_of(channel: Channel) -> Provider:
    return load(channel.provider, channel.config)


def readable_provider(channel: Channel) -> Provider | None:
    """None where its configuration cannot be read: one such channel must not stop what is done for all."""
    try:
        return provider_of(channel)
    except Exception as problem:
        log.warning("channel %s cannot be read: %s", channel.pk, type(problem).__name__)
        return None


def _practice_origins(config: dict[str, Any]) -> set[str]:
    urls = [str(value) for value in config.values() if str(value).startswith(("http://", "https://"))]
    return {http.origin(url) for url in (*urls, settings.PUBLIC_URL)} | set(_practice_servers(config))


def _practice_servers(config: dict[str, Any]) -> Iterator[str]:
    """Those of mail have a name and a port instead of an address."""
    for name, host in config.items():
        port = config.get(name.removesuffix("_host") + "_port")
        if name.endswith("_host") and port:
            yield f"{host}:{port}"
