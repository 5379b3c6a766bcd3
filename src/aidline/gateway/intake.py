"""`/hooks/<provider>/<channel>`: verify, store durably, answer. Native asyncio, in front of Django."""

import asyncio
import hmac
import logging
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

from django.conf import settings

from aidline.channels.contract import (
    AnswersHooks,
    BadSignature,
    HookAnswer,
    HookRequest,
    ProvesByAddress,
    Provider,
    ReadsQueries,
    SharesOneHook,
)
from aidline.gateway.commits import Busy, Committer, NotStored
from aidline.gateway.deliveries import Raw
from aidline.gateway.doors import Door, Doors
from aidline.kernel.clock import now

log = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

LARGEST_BODY = 4 * 1024 * 1024  # Meta sends up to 3 MB
NOT_FOUND = HookAnswer(404)
REFUSED = HookAnswer(401)
TOO_LARGE = HookAnswer(413)
COME_AGAIN = HookAnswer(503)


class TooLarge(Exception):
    pass


class Intake:
    """The ASGI application for provider calls. `start` and `stop` belong to the server's lifespan."""

    def __init__(self) -> None:
        self._doors = Doors()
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="doors")
        self._committer: Committer | None = None
        self._refreshing: asyncio.Task[None] | None = None

    async def start(self) -> None:
        loop = asyncio.get_running_loop()
        self._committer = Committer(loop)
        await loop.run_in_executor(self._pool, self._doors.refresh)

    def stop(self) -> None:
        if self._committer:
            self._committer.stop()

    @property
    def healthy(self) -> bool:
        return self._committer is not None and self._committer.alive

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        door = await self.door(scope["path"])
        try:
            body = await read_body(scope, receive, _largest(door, scope["path"]))
        except TooLarge:
            return await reply(send, TOO_LARGE)
        if door is None:
            return await reply(send, NOT_FOUND)
        await reply(send, await self._handle(door, scope, body))

    async def _handle(self, door: Door, scope: Scope, body: bytes) -> HookAnswer:
        request = request_of(scope, body)
        greeting = door.provider.handshake(request)
        if greeting or not _brings_something(door.provider, request):
            return greeting or NOT_FOUND
        try:
            door.provider.verify(request)
        except BadSignature:
            log.warning("a call without a valid signature was refused on channel %s", door.channel_id)
            return REFUSED
        return await self._store(self._meant(door, request), request)

    def _meant(self, door: Door, request: HookRequest) -> list[tuple[Door, bytes]]:
        """One address at the provider may serve several of our channels: each keeps what is its own.

        What belongs to none of them stays with the channel that was called, for the day its settings are put right.
        """
        if not isinstance(door.provider, SharesOneHook):
            return [(door, request.body)]
        named = door.provider.accounts(request.body)
        found = {
            one: self._doors.of_account(door.provider_name, one) for one in named - {door.provider.account}
        }
        others = {one: other for one, other in found.items() if other and _accepts(other, request)}
        without = door.provider.without
        theirs = [(other, without(request.body, named - {one})) for one, other in others.items()]
        return [(door, without(request.body, frozenset(others))), *theirs]

    async def keep(self, door: Door, kept: Mapping[str, str], body: bytes) -> None:
        """As a delivery, however badly the database does: it is understood once that is back."""
        assert self._committer is not None
        try:
            await self._committer.store(door.channel_id, door.centre_id, Raw(body, kept), now())
        except (Busy, NotStored):
            log.error("who called could not be written down on channel %s", door.channel_id)

    async def _store(self, meant: list[tuple[Door, bytes]], request: HookRequest) -> HookAnswer:
        assert self._committer is not None
        at = now()
        try:
            for door, body in meant:
                await self._committer.store(door.channel_id, door.centre_id, Raw(body, request.kept()), at)
        except (Busy, NotStored):
            return COME_AGAIN
        provider = meant[0][0].provider
        return provider.answer(request) if isinstance(provider, AnswersHooks) else provider.accepted

    async def door(self, path: str) -> Door | None:
        parts = path.strip("/").split("/")
        channel_id = _uuid(parts[2]) if len(parts) >= 3 else None
        if channel_id is None:
            return None
        door = self._doors.get(channel_id)
        if self._doors.stale:
            await self._refresh(wait=door is None)
            door = self._doors.get(channel_id)
        return door if door and door.provider_name == parts[1] else None

    async def _refresh(self, *, wait: bool) -> None:
        """One look at the channels at a time; calls for a channel we know do not wait for it."""
        if self._refreshing is None or self._refreshing.done():
            self._refreshing = asyncio.create_task(self._refresh_once())
        if wait:
            await asyncio.shield(self._refreshing)

    async def _refresh_once(self) -> None:
        await asyncio.get_running_loop().run_in_executor(self._pool, self._doors.refresh)


def _brings_something(provider: Provider, request: HookRequest) -> bool:
    if request.method == "GET":
        return isinstance(provider, ReadsQueries) and provider.reads_queries and bool(request.query)
    return request.method != "HEAD"


def _accepts(door: Door, request: HookRequest) -> bool:
    try:
        door.provider.verify(request)
    except BadSignature:
        return False
    return True


def request_of(scope: Scope, body: bytes) -> HookRequest:
    query = scope["query_string"].decode("latin-1")
    path = scope.get("raw_path", scope["path"].encode()).decode("latin-1").split("?")[0]
    return HookRequest(
        method=scope["method"],
        url=settings.PUBLIC_URL.rstrip("/") + path + (f"?{query}" if query else ""),
        query=dict(parse_qsl(query, keep_blank_values=True)),
        headers={name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]},
        body=body,
    )


def _largest(door: Door | None, path: str) -> int:
    """Mail services bring files inside the call. More is read only of callers who know the word in the address."""
    provider: object = door.provider if door else None
    if not isinstance(provider, ProvesByAddress):
        return LARGEST_BODY
    given = path.rstrip("/").rpartition("/")[2].encode("utf-8", "replace")
    known = [hmac.compare_digest(given, word.encode()) for word in provider.hook_words if word]
    return int(getattr(provider, "largest_hook", LARGEST_BODY)) if any(known) else LARGEST_BODY


async def read_body(scope: Scope, receive: Receive, largest: int) -> bytes:
    declared = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    if declared.isdigit() and int(declared) > largest:
        raise TooLarge
    chunks = []
    size = 0
    more = True
    while more:
        event = await receive()
        chunk = event.get("body", b"")
        size += len(chunk)
        if size > largest:
            raise TooLarge
        chunks.append(chunk)
        more = event.get("more_body", False) and event["type"] != "http.disconnect"
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


async def reply(send: Send, answer: HookAnswer) -> None:
    headers = [
        (b"content-type", answer.content_type.encode()),
        (b"content-length", str(len(answer.body)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
    ]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
