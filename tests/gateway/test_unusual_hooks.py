"""Providers with habits of their own: calls by GET, answers that say something, files inside the call."""

import asyncio
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from typing import ClassVar
from urllib.parse import parse_qs

import pytest
from PIL import Image

from aidline import vault
from aidline.channels import registry
from aidline.channels.contract import (
    QUERY,
    Event,
    HookAnswer,
    HookRequest,
    Incoming,
    Kind,
    MediaRef,
    RetryLater,
    Scheme,
    Sender,
)
from aidline.channels.hooks import hook_url
from aidline.channels.models import Channel, Delivery
from aidline.channels.providers.simulator import Simulator
from aidline.channels.services import create_channel
from aidline.channels.wire import address_word
from aidline.conversations.models import Attachment, Message
from aidline.gateway import inbound
from aidline.gateway.deliveries import Raw, seal, store
from aidline.gateway.intake import Intake
from aidline.gateway.media import fetch_attachment
from aidline.kernel.clock import now
from aidline.kernel.ids import new_id
from gateway.stage import make_centre
from gateway.test_intake import one

pytestmark = pytest.mark.django_db(transaction=True)

AMAL = Sender(Scheme.PHONE, "+447700900123")


def photo() -> bytes:
    held = BytesIO()
    Image.new("RGB", (40, 30), "teal").save(held, "PNG")
    return held.getvalue()


class Peculiar(Simulator):
    """Proven by a word in its address; calls by GET and wants to be answered; sends photos inside the call."""

    reads_queries: ClassVar[bool] = True

    @property
    def hook_word(self) -> str:
        return self.secret

    @property
    def hook_words(self) -> tuple[str, ...]:
        return tuple(self.secrets)

    def verify(self, request: HookRequest) -> None:
        address_word.check(request, self.secrets)

    def answer(self, request: HookRequest) -> HookAnswer:
        return HookAnswer(body=b"heard " + request.query.get("id", "it").encode())

    def parse(self, body: bytes, headers: Mapping[str, str], received_at: datetime) -> list[Event]:
        query = parse_qs(headers.get(QUERY, ""))
        said = Incoming(query.get("id", ["m-1"])[0], (AMAL,), Kind.TEXT, text=query.get("text", [""])[0])
        if not body:
            return [said]
        photo = MediaRef("inside-1", Kind.IMAGE, "image/png", content=body)
        return [replace(said, kind=Kind.IMAGE, media=(photo,))]


@pytest.fixture
def channel(monkeypatch: pytest.MonkeyPatch) -> Channel:
    monkeypatch.setitem(registry.PROVIDERS, "simulator", Peculiar)
    inbound._provider.cache_clear()
    config = {"base_url": "http://127.0.0.1:1", "secret": "a-word"}
    return create_channel(by=None, centre=make_centre(), provider="simulator", name="Peculiar", config=config)


def call(path: str, query: str, method: str = "GET") -> tuple[int, bytes]:
    async def once() -> tuple[int, bytes]:
        intake = Intake()
        await intake.start()
        try:
            return await one(intake, path, b"", method, query, "")
        finally:
            await asyncio.to_thread(intake.stop)

    return asyncio.run(once())


def path(channel: Channel) -> str:
    return hook_url(channel).partition("/hooks")[1] + hook_url(channel).partition("/hooks")[2]


def test_a_call_by_get_is_stored_answered_in_its_own_words_and_read_once(channel: Channel) -> None:
    assert path(channel).endswith(f"/{channel.pk}/a-word")
    for _ in range(2):
        assert call(path(channel), "id=m-7&text=hello") == (200, b"heard m-7")
    inbound.drain()
    assert [message.text for message in Message.objects.all()] == ["hello"]


def test_an_empty_get_a_head_and_a_wrong_word_bring_nothing(channel: Channel) -> None:
    assert call(path(channel), "")[0] == 404
    assert call(path(channel), "id=m-7", method="HEAD")[0] == 404
    assert call(path(channel)[:-1] + "x", "id=m-7")[0] == 401
    assert call(path(channel).rpartition("/")[0], "id=m-7")[0] == 401
    assert not Delivery.objects.exists()


def test_a_file_inside_the_call_comes_out_of_the_sealed_delivery(channel: Channel) -> None:
    raw = Raw(photo(), {"content-type": "image/png", QUERY: ""})
    store([seal(channel_id=channel.pk, centre_id=channel.centre_id, raw=raw, at=now())])
    inbound.drain()
    attachment = Attachment.objects.get()
    assert "content" not in json.dumps(attachment.source)
    fetch_attachment({"attachment": str(attachment.pk)})
    attachment.refresh_from_db()
    assert (attachment.state, attachment.width) == (Attachment.State.READY, 40)


def test_a_file_whose_delivery_is_gone_is_said_to_be_gone(channel: Channel) -> None:
    raw = Raw(photo(), {"content-type": "image/png", QUERY: ""})
    store([seal(channel_id=channel.pk, centre_id=channel.centre_id, raw=raw, at=now())])
    inbound.drain()
    Delivery.objects.all().delete()
    fetch_attachment({"attachment": str(Attachment.objects.get().pk)})
    assert Attachment.objects.get().error_code == "gone"


def test_a_gateway_cannot_name_a_file_in_our_own_store(
    channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who knows its word and the id of a file would read it, and the conversation it is of would lose it."""
    media = new_id()
    vault.media.put(photo(), key=channel.centre_id, scope=channel.centre_id, media=media)
    ref = MediaRef(f"media:{media}", Kind.IMAGE, "image/png")
    said = Incoming("m-1", (AMAL,), Kind.IMAGE, media=(ref,))
    monkeypatch.setattr(Peculiar, "parse", lambda *_: [said])
    store([seal(channel_id=channel.pk, centre_id=channel.centre_id, raw=Raw(b"{}", {}), at=now())])
    inbound.drain()
    with suppress(RetryLater):  # asked of the gateway itself, as any other address
        fetch_attachment({"attachment": str(Attachment.objects.get().pk)})
    assert Attachment.objects.get().media_id is None
    assert vault.media.read(media, scope=channel.centre_id) == photo()
