"""Hooks: nothing is answered before it is durable, and nothing unsigned gets in."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from time import sleep
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError

from aidline.channels.models import Channel, Delivery
from aidline.channels.services import create_channel
from aidline.conversations.models import Message
from aidline.gateway import commits, deliveries, inbound, spool
from aidline.gateway.intake import LARGEST_BODY, Intake
from factories import CONFIGS as ALL_CONFIGS
from gateway.stage import CONFIG, body, make_centre, make_channel, signature, text_message
from payloads.email import by_postmark, with_file

pytestmark = pytest.mark.django_db(transaction=True)

AMAL = "447700900123"
MAIL = ALL_CONFIGS["email"]


def call(
    path: str, content: bytes = b"", *, method: str = "POST", query: str = "", signed: str | None = None
) -> tuple[int, bytes]:
    return calls([(path, content, method, query, signed)])[0]


def calls(requests: list[tuple[str, bytes, str, str, str | None]]) -> list[tuple[int, bytes]]:
    async def all_at_once() -> list[tuple[int, bytes]]:
        intake = Intake()
        await intake.start()
        try:
            return await asyncio.gather(*(one(intake, *request) for request in requests))
        finally:
            await asyncio.to_thread(intake.stop)

    return asyncio.run(all_at_once())


async def one(
    intake: Intake, path: str, content: bytes, method: str, query: str, signed: str | None
) -> tuple[int, bytes]:
    given = signature(content) if signed is None else signed
    scope: dict[str, Any] = {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(b"content-type", b"application/json"), (b"x-hub-signature-256", given.encode())],
    }
    answers: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": content, "more_body": False}

    async def send(event: Any) -> None:
        answers.append(event)

    await intake(scope, receive, send)
    return answers[0]["status"], answers[1]["body"]


def hook(channel: Channel) -> str:
    return f"/hooks/{channel.provider}/{channel.pk}"


def test_a_signed_call_is_stored_before_it_is_answered() -> None:
    channel = make_channel(make_centre())
    assert call(hook(channel), body(text_message(AMAL, "hello", "wamid.1")))[0] == 200
    delivery = Delivery.objects.get()
    assert b"hello" not in bytes(delivery.sealed or b"")
    inbound.drain()
    assert Message.objects.get().text == "hello"


def test_the_same_call_many_times_at_once_is_one_delivery() -> None:
    channel = make_channel(make_centre())
    content = body(text_message(AMAL, "hello", "wamid.1"))
    answers = calls([(hook(channel), content, "POST", "", None)] * 50)
    assert {status for status, _ in answers} == {200}
    assert Delivery.objects.count() == 1


@pytest.mark.parametrize("wrong", ["", "sha256=00", "sha256=" + "0" * 64])
def test_a_call_without_the_right_signature_is_refused_and_not_stored(wrong: str) -> None:
    channel = make_channel(make_centre())
    assert call(hook(channel), body(text_message(AMAL, "hello", "wamid.1")), signed=wrong)[0] == 401
    assert not Delivery.objects.exists()


def test_a_mail_service_may_bring_files_if_it_knows_the_word() -> None:
    config = {**MAIL, "incoming": "postmark", "word": "the-word", "previous_word": "the-one-before"}
    channel = create_channel(by=None, centre=make_centre(), provider="email", name="Mail", config=config)
    content = by_postmark(with_file("application/pdf", "large.pdf", b"x" * 5_000_000))
    assert len(content) > LARGEST_BODY
    words = ("the-word", "the-one-before", "other", "")
    assert [call(f"{hook(channel)}/{word}", content)[0] for word in words] == [200, 200, 413, 413]
    assert [call(f"{hook(channel)}/{word}", b"{}")[0] for word in ("other", "")] == [401, 401]
    assert Delivery.objects.count() == 1


def test_a_mailbox_that_is_looked_into_takes_no_calls() -> None:
    channel = create_channel(by=None, centre=make_centre(), provider="email", name="Mail", config=MAIL)
    assert [call(f"{hook(channel)}/{word}", b"x")[0] for word in ("", channel.config["word"])] == [401, 401]
    assert not Delivery.objects.exists()


def test_unknown_and_wrongly_named_channels_do_not_exist() -> None:
    channel = make_channel(make_centre())
    content = body(text_message(AMAL, "hello", "wamid.1"))
    assert call(f"/hooks/twilio/{channel.pk}", content)[0] == 404
    assert call("/hooks/whatsapp_cloud/not-an-id", content)[0] == 404


def test_a_closed_channel_still_loses_nothing() -> None:
    channel = make_channel(make_centre())
    Channel.objects.update(is_open=False)
    assert call(hook(channel), body(text_message(AMAL, "hello", "wamid.1")))[0] == 200
    assert call(hook(channel), body(text_message(AMAL, "forged", "wamid.2")), signed="")[0] == 401
    assert Delivery.objects.count() == 1


def test_a_channel_that_cannot_be_read_does_not_close_the_others() -> None:
    centre = make_centre()
    broken_channel, channel = make_channel(centre, "Broken"), make_channel(centre)
    Channel.objects.filter(pk=broken_channel.pk).update(config_sealed=b"not a sealed value at all, but long")
    assert call(hook(channel), body(text_message(AMAL, "hello", "wamid.1")))[0] == 200
    assert call(hook(broken_channel), body(text_message(AMAL, "hello", "wamid.2")))[0] == 404


def test_the_handshake_answers_with_the_bare_challenge() -> None:
    channel = make_channel(make_centre())
    right = f"hub.mode=subscribe&hub.verify_token={CONFIG['verify_token'].replace(' ', '+')}&hub.challenge=42"
    assert call(hook(channel), method="GET", query=right) == (200, b"42")
    assert call(hook(channel), method="GET", query=right.replace("a+word", "another"))[0] in (403, 404)


def test_a_body_over_the_limit_is_refused() -> None:
    channel = make_channel(make_centre())
    assert call(hook(channel), b"x" * (LARGEST_BODY + 1))[0] == 413


def broken(*_: object) -> None:
    raise OperationalError("away")


def test_while_the_database_is_away_calls_wait_sealed_and_come_in_by_themselves(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    channel = make_channel(make_centre())
    with monkeypatch.context() as away:
        away.setattr(deliveries, "store", broken)
        assert call(hook(channel), body(text_message(AMAL, "a canary in the spool", "wamid.1")))[0] == 200
    assert spool.waiting() == 1
    files = list(Path(settings.AIDLINE_SPOOL).glob("*"))
    assert all(b"canary" not in file.read_bytes() for file in files)
    assert all(file.stat().st_mode & 0o077 == 0 for file in files)

    assert spool.bring_in() == 1
    inbound.drain()
    assert Message.objects.get().text == "a canary in the spool"
    assert spool.waiting() == 0


def test_a_torn_file_in_the_spool_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    channel = make_channel(make_centre())
    with monkeypatch.context() as away:
        away.setattr(deliveries, "store", broken)
        for n in range(5):
            call(hook(channel), body(text_message(AMAL, str(n), f"wamid.{n}")))
    first = sorted(Path(settings.AIDLINE_SPOOL).glob("*.delivery"))[0]
    first.write_bytes(first.read_bytes()[:100])
    assert spool.bring_in() == 4
    assert len(list(Path(settings.AIDLINE_SPOOL).glob("*.torn"))) == 1
    for file in Path(settings.AIDLINE_SPOOL).glob("*.torn"):
        file.unlink()


def test_with_database_and_spool_away_the_provider_is_asked_to_come_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    channel = make_channel(make_centre())

    def full(_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(deliveries, "store", broken)
    monkeypatch.setattr(spool, "write", full)
    assert call(hook(channel), body(text_message(AMAL, "hello", "wamid.1")))[0] == 503
    assert not Delivery.objects.exists()


def synced_before_rename(monkeypatch: pytest.MonkeyPatch, write: Callable[[], None]) -> bool:
    """True when every file was fsynced before it was renamed, and the folder after."""
    steps: list[str] = []
    fsync, replace = os.fsync, Path.replace
    monkeypatch.setattr(os, "fsync", lambda handle: (steps.append("sync"), fsync(handle))[1])
    monkeypatch.setattr(Path, "replace", lambda self, to: (steps.append("rename"), replace(self, to))[1])
    write()
    return steps == ["sync", "rename", "sync"]


def test_the_spool_is_synced_before_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    channel = make_channel(make_centre())
    raw = deliveries.Raw(b"{}", {})
    from aidline.kernel.clock import now

    item = deliveries.seal(channel_id=channel.pk, centre_id=channel.centre_id, raw=raw, at=now())
    with monkeypatch.context() as patch:
        assert synced_before_rename(patch, lambda: spool.write([item]))
    with monkeypatch.context() as patch:
        patch.setattr(spool, "_sync_folder", lambda _: None)  # a planted fault
        assert not synced_before_rename(patch, lambda: spool.write([item]))
    spool.bring_in()


def test_a_database_that_hangs_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """What hung is stored in the end by its own commit, and the copy in the spool changes nothing."""
    channel = make_channel(make_centre())
    really = deliveries.store

    def hang(items: Any) -> None:
        sleep(1.5)
        really(items)

    posts = [body(text_message(AMAL, text, f"wamid.{text}")) for text in ("first", "second")]
    with monkeypatch.context() as hanging:
        hanging.setattr(deliveries, "store", hang)
        hanging.setattr(commits, "PATIENCE", 0.2)
        answers = calls([(hook(channel), post, "POST", "", None) for post in posts])
    assert [status for status, _ in answers] == [200, 200]
    assert (spool.waiting(), Delivery.objects.exists()) == (2, True)
    spool.bring_in()
    inbound.drain()
    assert sorted(message.text for message in Message.objects.all()) == ["first", "second"]
