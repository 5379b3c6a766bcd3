"""Open screens and the hints they are waiting for: one event stream per screen, thousands per process.

A stream costs one task that waits for the reader to leave; a second one exists only while there is something
to send. Hints carry no content, so a doubled or a superfluous one is harmless and a lost one is cured by
`resync`, after which the page fetches everything it shows.
"""

import asyncio
import json
import logging
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Iterable, MutableMapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from time import monotonic
from typing import Any
from uuid import UUID

from aidline.gateway.changes import Change, Watcher

log = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

HEARTBEAT_SECONDS = 20
RECHECK_SECONDS = 180.0
LONGEST_QUEUE = 100
REMEMBERED = 2_000
PER_OWNER = 12
MOST_STREAMS = 10_000

# A heartbeat is an event and no comment: the page must see it, to know that it is not stale.
HEARTBEAT = b"event: hello\ndata: {}\n\n"
HELLO = b"retry: 2000\n" + HEARTBEAT
RESYNC = b"event: resync\ndata: {}\n\n"

HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
]


@dataclass(frozen=True, slots=True)
class Grant:
    """What one stream may hear. `topics` are centres (staff) or one conversation (a visitor).

    `kinds` narrows it where the listener is not staff; a visitor is not told any id either.
    """

    owner: str
    topics: frozenset[UUID]
    staff_id: UUID | None = None
    kinds: frozenset[str] | None = None

    @property
    def named(self) -> bool:
        return self.kinds is None

    def allows(self, change: Change) -> bool:
        if change.staff_id is not None and change.staff_id != self.staff_id:
            return False
        return self.kinds is None or change.kind in self.kinds


Authorise = Callable[[Scope], Grant | None]


class _Stream:
    __slots__ = ("_queue", "_sending", "authorise", "checked_at", "ended", "grant", "scope", "send")

    def __init__(self, scope: Scope, send: Send, authorise: Authorise, grant: Grant) -> None:
        self.scope, self.send, self.authorise, self.grant = scope, send, authorise, grant
        self.checked_at = monotonic()
        self.ended = False
        self._queue: deque[bytes] = deque()
        self._sending: asyncio.Task[None] | None = None

    def put(self, *chunks: bytes) -> None:
        if self.ended:
            return
        if len(self._queue) >= LONGEST_QUEUE:
            self._queue.clear()
            chunks = (RESYNC,)
        self._queue.extend(chunks)
        self._flush()

    def end(self) -> None:
        """With a final empty body; without it the server counts the stream as broken off."""
        if not self.ended:
            self.ended = True
            self._flush()

    def _flush(self) -> None:
        if self._sending is None:
            self._sending = asyncio.get_running_loop().create_task(self._send_all())

    async def _send_all(self) -> None:
        try:
            while self._queue:
                body = b"".join(self._queue)
                self._queue.clear()
                await self.send({"type": "http.response.body", "body": body, "more_body": True})
            if self.ended:
                await self.send({"type": "http.response.body", "body": b""})
        except OSError:  # the reader has left; `receive` says so too
            self._queue.clear()
        finally:
            self._sending = None


class Hub:
    """`start` and `stop` belong to the server's lifespan; `serve` answers one request for a stream."""

    def __init__(self) -> None:
        self._streams: set[_Stream] = set()
        self._by_topic: defaultdict[UUID, set[_Stream]] = defaultdict(set)
        self._recent: deque[Change] = deque(maxlen=REMEMBERED)
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="live-access")
        self._watcher: Watcher | None = None
        self._ticking: asyncio.Task[None] | None = None
        self._ending = False

    # --- life ------------------------------------------------------------------------------------------

    async def start(self) -> None:
        loop = asyncio.get_running_loop()

        def tell(changes: Sequence[Change]) -> None:
            loop.call_soon_threadsafe(self.spread, changes)

        self._watcher = Watcher(tell, remember=REMEMBERED)
        self._watcher.start()
        self._ticking = loop.create_task(self._tick())

    def end_streams(self) -> None:
        """Before the server waits for its connections to close."""
        self._ending = True
        for stream in list(self._streams):
            stream.end()

    async def stop(self) -> None:
        self.end_streams()
        if self._ticking:
            self._ticking.cancel()
        if self._watcher:
            self._watcher.stop()
        self._pool.shutdown(wait=False, cancel_futures=True)

    @property
    def healthy(self) -> bool:
        return self._watcher is not None and self._watcher.is_alive()

    # --- one stream ------------------------------------------------------------------------------------

    async def serve(self, scope: Scope, receive: Receive, send: Send, authorise: Authorise) -> None:
        if self._ending or len(self._streams) >= MOST_STREAMS:
            return await _refuse(send, 503)
        grant = await asyncio.get_running_loop().run_in_executor(self._pool, authorise, scope)
        if grant is None:
            return await _refuse(send, 404)
        if self._count(grant.owner) >= PER_OWNER:
            return await _refuse(send, 429)
        await self._listen(_Stream(scope, send, authorise, grant), receive)

    async def _listen(self, stream: _Stream, receive: Receive) -> None:
        await stream.send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        stream.put(HELLO, *self._missed(stream))
        self._add(stream)
        if self._ending:
            stream.end()
        try:
            while (await receive())["type"] != "http.disconnect":
                pass
        finally:
            stream.ended = True
            self._remove(stream)

    def _missed(self, stream: _Stream) -> list[bytes]:
        """What was told after the event that the browser heard last."""
        last = _last_event_id(stream.scope)
        if last is None:
            return []
        if not self._recent or last < self._recent[0].id or last > max(row.id for row in self._recent):
            return [RESYNC]
        missed = [row for row in self._recent if row.id > last]
        grant = stream.grant
        return [_encode(row, named=grant.named) for row in missed if _concerns(row, grant)]

    def _add(self, stream: _Stream) -> None:
        self._streams.add(stream)
        for topic in stream.grant.topics:
            self._by_topic[topic].add(stream)

    def _remove(self, stream: _Stream) -> None:
        self._streams.discard(stream)
        for topic in stream.grant.topics:
            self._by_topic[topic].discard(stream)
            if not self._by_topic[topic]:
                del self._by_topic[topic]

    def _count(self, owner: str) -> int:
        return sum(1 for stream in self._streams if stream.grant.owner == owner)

    # --- all streams -----------------------------------------------------------------------------------

    def spread(self, changes: Iterable[Change]) -> None:
        for change in changes:
            self._recent.append(change)
            named, nameless = _encode(change, named=True), _encode(change, named=False)
            for stream in self._concerned(change):
                stream.put(named if stream.grant.named else nameless)

    def _concerned(self, change: Change) -> list[_Stream]:
        heard = self._by_topic.get(change.centre_id, set())
        if change.conversation_id:
            heard = heard | self._by_topic.get(change.conversation_id, set())
        return [stream for stream in heard if stream.grant.allows(change)]

    async def _tick(self) -> None:
        """Every second a twentieth of all streams gets its heartbeat, so that they never all write at once."""
        turn = 0
        while True:
            await asyncio.sleep(1)
            turn = (turn + 1) % HEARTBEAT_SECONDS
            for stream in [one for one in self._streams if id(one) // 64 % HEARTBEAT_SECONDS == turn]:
                stream.put(HEARTBEAT)
                if monotonic() - stream.checked_at > RECHECK_SECONDS:
                    await self._recheck(stream)

    async def _recheck(self, stream: _Stream) -> None:
        """Someone whose session has ended, or who has left a centre, hears no more of it."""
        stream.checked_at = monotonic()
        try:
            loop = asyncio.get_running_loop()
            grant = await loop.run_in_executor(self._pool, stream.authorise, stream.scope)
        except Exception as error:
            log.warning("live access could not be checked: %s", type(error).__name__)
            return
        if grant is None:
            stream.end()
        elif grant != stream.grant and stream in self._streams:
            self._remove(stream)
            stream.grant = grant
            self._add(stream)


def _concerns(change: Change, grant: Grant) -> bool:
    named = change.centre_id in grant.topics or change.conversation_id in grant.topics
    return named and grant.allows(change)


def _encode(change: Change, *, named: bool) -> bytes:
    content: dict[str, str] = {"kind": change.kind}
    if named and change.conversation_id:
        content["conversation"] = str(change.conversation_id)
    return f"event: change\nid: {change.id}\ndata: {json.dumps(content)}\n\n".encode()


def _last_event_id(scope: Scope) -> int | None:
    value = next((value for name, value in scope["headers"] if name == b"last-event-id"), b"")
    return int(value) if value.isdigit() else None


async def _refuse(send: Send, status: int) -> None:
    """The page falls back to polling."""
    headers = [(b"content-length", b"0"), (b"cache-control", b"no-store"), (b"retry-after", b"30")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
