"""From ASGI to WSGI in one hop: a page is made from start to end on one of two threads.

Two, because a page is about nine milliseconds of Python and one of them may wait for the database; more
threads made pages slower (docs/decisions/0007-serving.md). What a slow reader takes long to fetch is read
from the application piece by piece, so that it holds no thread. PEP 3333 is checked with `wsgiref.validate`.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Generator, Iterable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from io import BytesIO
from types import TracebackType
from typing import Any, TypeVar

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Wsgi = Callable[..., Iterable[bytes]]
ExcInfo = tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None]

Result = TypeVar("Result")
Pieces = Generator[tuple[bytes, bool], None, None]

THREADS = 2
LARGEST_BODY = 30 * 1024 * 1024
BODIES_TOGETHER = 160 * 1024 * 1024
BODY_SECONDS = 180
MOST_WAITING = 300
PIECE = 256 * 1024


class Refused(Exception):
    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Gone(Exception):
    """The client left before it had said everything."""


@dataclass(slots=True)
class _Answer:
    """What the application says; filled in on the pool's thread."""

    status: int = 500
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    written: list[bytes] = field(default_factory=list)
    begun: bool = False
    sent: bool = False

    def start_response(
        self, status: str, headers: list[tuple[str, str]], exc_info: ExcInfo | None = None
    ) -> Callable[[bytes], None]:
        if exc_info and self.sent and exc_info[1]:
            raise exc_info[1].with_traceback(exc_info[2])
        if self.begun and not exc_info:
            raise AssertionError("start_response was called twice")
        self.begun = True
        self.status = int(status.split(" ", 1)[0])
        self.headers = [
            (name.lower().encode("latin-1"), value.strip().encode("latin-1")) for name, value in headers
        ]
        return self.written.append


class Bridge:
    def __init__(
        self, application: Wsgi, *, threads: int = THREADS, largest_body: int = LARGEST_BODY
    ) -> None:
        self._application = application
        self._largest_body = largest_body
        self._pool = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="pages")
        self._held = 0
        self._waiting = 0

    def stop(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = bytearray()
        try:
            await self._take_in(body, scope, receive)
            await self._answer(_environ(scope, bytes(body)), receive, send)
        except Refused as refused:
            await _refuse(send, refused.status)
        except Gone:
            pass
        finally:
            self._held -= len(body)

    # --- the request -----------------------------------------------------------------------------------

    async def _take_in(self, body: bytearray, scope: Scope, receive: Receive) -> None:
        declared = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
        if int(declared) > self._largest_body:
            raise Refused(413)
        try:
            async with asyncio.timeout(BODY_SECONDS):
                while await self._read(body, receive):
                    pass
        except TimeoutError:
            raise Refused(408) from None
        if self._waiting >= MOST_WAITING:
            raise Refused(503)

    async def _read(self, body: bytearray, receive: Receive) -> bool:
        event = await receive()
        if event["type"] == "http.disconnect":
            raise Gone
        chunk = event.get("body", b"")
        body += chunk
        self._held += len(chunk)
        if len(body) > self._largest_body:
            raise Refused(413)
        if self._held > BODIES_TOGETHER:
            raise Refused(503)
        return bool(event.get("more_body"))

    # --- the answer ------------------------------------------------------------------------------------

    async def _answer(self, environ: dict[str, Any], receive: Receive, send: Send) -> None:
        answer = _Answer()
        pieces = _pieces(self._application, environ, answer)
        first, more = await self._next(pieces)
        answer.sent = True
        await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
        await send({"type": "http.response.body", "body": first, "more_body": more})
        if more:
            await self._stream(pieces, receive, send)

    async def _stream(self, pieces: Pieces, receive: Receive, send: Send) -> None:
        leaving = asyncio.ensure_future(_left(receive))
        more = True
        try:
            while more and not leaving.done():
                piece, more = await self._next(pieces)
                await send({"type": "http.response.body", "body": piece, "more_body": more})
        finally:
            leaving.cancel()
            if more:
                await self._run(pieces.close)

    async def _next(self, pieces: Pieces) -> tuple[bytes, bool]:
        return await self._run(lambda: next(pieces))

    async def _run(self, work: Callable[[], Result]) -> Result:
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work)
        finally:
            self._waiting -= 1


def _pieces(application: Wsgi, environ: dict[str, Any], answer: _Answer) -> Pieces:
    """The whole call as (piece, whether more follows); nearly every page is one piece."""
    chunks = application(environ, answer.start_response)
    try:
        held = bytearray()
        for chunk in chunks:
            held += b"".join(answer.written) + chunk
            answer.written.clear()
            if len(held) >= PIECE:
                yield bytes(held), True
                held.clear()
        held += b"".join(answer.written)
    finally:
        if close := getattr(chunks, "close", None):
            close()
    if not answer.begun:
        raise AssertionError("start_response was not called")
    yield bytes(held), False


def _environ(scope: Scope, body: bytes) -> dict[str, Any]:
    server = scope.get("server") or ("localhost", 80)
    client = scope.get("client") or ("", 0)
    return {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"].encode("utf-8").decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": str(server[0]),
        "SERVER_PORT": str(server[1] or 80),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": str(client[0]),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        **_headers(scope["headers"]),
        "CONTENT_LENGTH": str(len(body)),
    }


def _headers(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """A name with an underscore is dropped: it would look like another header, for instance a proxy's."""
    found: dict[str, str] = {}
    for raw_name, raw_value in headers:
        if b"_" in raw_name:
            continue
        name = raw_name.decode("latin-1").upper().replace("-", "_")
        name = name if name in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{name}"
        value = raw_value.decode("latin-1")
        joint = "; " if name == "HTTP_COOKIE" else ","
        found[name] = f"{found[name]}{joint}{value}" if name in found else value
    return found


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _refuse(send: Send, status: int) -> None:
    """Closes the connection: the rest of a body that is too large is not read."""
    headers = [(b"content-length", b"0"), (b"connection", b"close"), (b"retry-after", b"5")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
