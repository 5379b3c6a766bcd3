"""The bridge keeps PEP 3333's rules and its own limits."""

import asyncio
import threading
from collections.abc import Callable, Iterator, MutableMapping
from typing import Any
from wsgiref.validate import validator

import pytest

from aidline.config import bridge
from aidline.config.bridge import Bridge

Event = MutableMapping[str, Any]
MIB = 1024 * 1024


def scope(method: str = "GET", path: str = "/", **headers: str) -> dict[str, Any]:
    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": b"a=1",
        "http_version": "1.1",
        "headers": named,
        "server": ("127.0.0.1", 8000),
        "client": ("192.0.2.7", 999),
        "scheme": "https",
    }


class Client:
    """What the server would hand over and take in. After the body it waits, or has left."""

    def __init__(self, *body: bytes, leaves: bool = False) -> None:
        self._events: list[Event] = [
            {"type": "http.request", "body": chunk, "more_body": place < len(body) - 1}
            for place, chunk in enumerate(body or (b"",))
        ]
        self._leaves = leaves
        self.left = asyncio.Event()
        self.heard: list[Event] = []

    async def receive(self) -> Event:
        if self._events:
            return self._events.pop(0)
        if not self._leaves:
            await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, event: Event) -> None:
        self.heard.append(event)

    @property
    def status(self) -> int:
        return int(self.heard[0]["status"])

    @property
    def body(self) -> bytes:
        return b"".join(event.get("body", b"") for event in self.heard[1:])


def ask(application: Any, request: dict[str, Any], client: Client, **limits: int) -> Client:
    asyncio.run(Bridge(application, **limits)(request, client.receive, client.send))
    return client


def plain(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain"), ("X-Path", environ["PATH_INFO"])])
    return [environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))]


def endless(closed: threading.Event, where: list[str] | None = None) -> Any:
    class Pieces:
        def __iter__(self) -> Iterator[bytes]:
            while True:
                yield b"x" * MIB

        def close(self) -> None:
            if where is not None:
                where.append(threading.current_thread().name)
            closed.set()

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Pieces:
        start_response("200 OK", [("Content-Type", "text/plain")])
        return Pieces()

    return application


@pytest.mark.filterwarnings("ignore::wsgiref.validate.WSGIWarning")
def test_the_standards_own_validator_finds_nothing() -> None:
    client = ask(validator(plain), scope(path="/über", content_type="text/plain"), Client(b""))
    assert (client.status, client.body) == (200, b"")
    assert (b"x-path", "/über".encode()) in client.heard[0]["headers"]


def test_a_body_in_many_pieces_arrives_whole() -> None:
    client = ask(plain, scope("POST"), Client(b"one ", b"two ", b"three"))
    assert client.body == b"one two three"


@pytest.mark.parametrize("announced", [True, False])
def test_a_body_over_the_limit_is_refused_and_no_view_sees_it(announced: bool) -> None:
    seen = []
    headers = {"content_length": "2000"} if announced else {}
    body = b"x" * 2000

    def application(environ: Any, start_response: Any) -> list[bytes]:
        seen.append(environ)
        return plain(environ, start_response)

    client = ask(application, scope("POST", **headers), Client(body[:1000], body[1000:]), largest_body=1500)
    assert (client.status, seen) == (413, [])
    assert (b"connection", b"close") in client.heard[0]["headers"]


def test_all_bodies_together_are_limited_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bridge, "BODIES_TOGETHER", 1000)
    assert ask(plain, scope("POST"), Client(b"x" * 1001)).status == 503


def test_a_client_that_leaves_while_speaking_reaches_no_view() -> None:
    client = Client(leaves=True)
    client._events = [{"type": "http.request", "body": b"half", "more_body": True}]
    assert ask(plain, scope("POST"), client).heard == []


def test_a_large_answer_is_sent_piece_by_piece_and_whole() -> None:
    def application(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [])
        return [bytes([number]) * MIB for number in range(4)]

    client = ask(application, scope(), Client())
    assert client.body == b"".join(bytes([number]) * MIB for number in range(4))
    assert len(client.heard) > 4
    assert client.heard[-1]["more_body"] is False


def test_the_answer_for_a_client_that_has_left_is_broken_off_and_closed() -> None:
    closed, where = threading.Event(), list[str]()
    client = ask(endless(closed, where), scope(), Client(leaves=True))
    assert closed.is_set()
    assert where[0].startswith("pages")  # where Django's connection is
    assert len(client.heard) < 100


def test_a_slow_reader_holds_no_thread() -> None:
    async def story() -> int:
        served = Bridge(_either, threads=1)
        slow, quick = Client(), Client()
        started = asyncio.Event()

        async def stuck(event: Event) -> None:
            started.set()
            await asyncio.Event().wait()

        reading = asyncio.create_task(served(scope(path="/large"), slow.receive, stuck))
        await started.wait()
        await asyncio.wait_for(served(scope(path="/small"), quick.receive, quick.send), 5)
        reading.cancel()
        return quick.status

    assert asyncio.run(story()) == 200


def _either(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
    if environ["PATH_INFO"] == "/large":
        return endless(threading.Event())(environ, start_response)
    return plain(environ, start_response)


def test_what_was_written_comes_before_what_was_returned() -> None:
    def application(environ: Any, start_response: Any) -> list[bytes]:
        write: Callable[[bytes], Any] = start_response("200 OK", [])
        write(b"written ")
        return [b"returned"]

    assert ask(application, scope(), Client()).body == b"written returned"


def test_an_error_before_anything_was_sent_may_change_the_answer() -> None:
    def application(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [])
        try:
            raise LookupError
        except LookupError as error:
            start_response("500 Sorry", [], (LookupError, error, error.__traceback__))
        return [b"sorry"]

    client = ask(application, scope(), Client())
    assert (client.status, client.body) == (500, b"sorry")


def test_a_header_with_an_underscore_cannot_pass_for_a_proxys() -> None:
    request = scope()
    request["headers"] = [(b"x_forwarded_proto", b"https"), (b"x-real", b"1"), (b"x-real", b"2")]
    environ = bridge._environ(request, b"")
    assert "HTTP_X_FORWARDED_PROTO" not in environ
    assert environ["HTTP_X_REAL"] == "1,2"


def test_cookies_sent_in_pieces_are_joined_as_cookies() -> None:
    request = scope()
    request["headers"] = [(b"cookie", b"a=1"), (b"cookie", b"b=2")]
    assert bridge._environ(request, b"")["HTTP_COOKIE"] == "a=1; b=2"
