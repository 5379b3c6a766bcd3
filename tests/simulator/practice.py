"""Practice without a network: look-alikes answer the product's calls, and webhooks come in, in one process."""

from collections.abc import Callable
from dataclasses import dataclass, field

import httpx
import pytest
from django.test import Client

from aidline.centres.models import Centre
from aidline.centres.services import create_centre, create_organisation
from aidline.channels.contract import HookRequest
from aidline.channels.models import Channel
from aidline.channels.registry import load
from aidline.channels.services import create_channel
from aidline.gateway import deliveries, inbound, outbound
from aidline.kernel.clock import now
from aidline.simulator import hooks, phones, postman
from aidline.simulator.content.shapes import Channel as Shape
from aidline.simulator.models import Phone
from aidline.simulator.seeding import network
from aidline.simulator.wire import Post

NUMBER = "+447700900123"


@dataclass
class Practice:
    centre: Centre
    jobs: list[Callable[[], object]] = field(default_factory=list)

    def channel(self, provider: str = "whatsapp_cloud", account: str = "whatsapp") -> Channel:
        shape = Shape("key", provider, account, f"{provider} {account}", "+447700900610")
        config = network.config_of(shape)
        return create_channel(by=None, centre=self.centre, provider=provider, name=shape.name, config=config)

    def phone(self, channel: Channel | None = None, address: str = NUMBER) -> Phone:
        return phones.add(channel=channel or self.channel(), label="Amal", address=address, language="ar")

    def settle(self) -> None:
        """Everything that is on its way arrives: posts are carried, deliveries taken in."""
        while self.jobs:
            self.jobs.pop(0)()
        while inbound.drain():
            pass

    def send_due(self) -> None:
        """One conversation after the other in its order: what is second becomes due when the first has gone."""
        while due := outbound.due():
            for message in due:
                outbound.send(message)


def build(monkeypatch: pytest.MonkeyPatch) -> Practice:
    organisation = create_organisation(name="Harbour Aid")
    centre = create_centre(by=None, organisation=organisation, name="Port Merin", languages=["en", "ar"])
    practice = Practice(centre)
    monkeypatch.setattr(postman, "after", lambda _wait, job: practice.jobs.append(job))
    monkeypatch.setattr(hooks, "_call", _deliver)
    for module in ("outbound", "templates"):
        monkeypatch.setattr(f"aidline.gateway.{module}.http_for", lambda _channel: network_client())
    return practice


def network_client() -> httpx.Client:
    transport = httpx.MockTransport(_through_our_pages)
    return httpx.Client(transport=transport, headers={"Accept-Encoding": "identity"})


def _through_our_pages(request: httpx.Request) -> httpx.Response:
    given = Client().generic(
        request.method,
        request.url.raw_path.decode(),
        request.read(),
        content_type=request.headers.get("content-type", ""),
        headers={name: value for name, value in request.headers.items() if name != "content-length"},
    )
    return httpx.Response(
        given.status_code, content=given.content, headers={"content-type": given["Content-Type"]}
    )


def _deliver(path: str, post: Post) -> int:
    """What the intake does: find the channel, check the signature over the raw bytes, store."""
    url = hooks.public_url() + path
    channel = Channel.objects.get(pk=path.partition("?")[0].split("/")[3])
    request = HookRequest("POST", url, {}, dict(post.headers), post.body)
    load(channel.provider, channel.config).verify(request)
    raw = deliveries.Raw(request.body, request.kept())
    deliveries.store([deliveries.seal(channel_id=channel.pk, centre_id=channel.centre_id, raw=raw, at=now())])
    return 200
