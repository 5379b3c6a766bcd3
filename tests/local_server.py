"""A real HTTP server on this machine that plays the outside world: what it was asked, scripted answers."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Seen:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Answer:
    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    drip: Callable[[Any], None] | None = None  # writes to the socket by itself


class LocalServer:
    def __init__(self, port: int) -> None:
        self.port = port
        self.seen: list[Seen] = []
        self.answer: Callable[[Seen], Answer] = lambda _: Answer()

    @property
    def origin(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.origin}"


@contextmanager
def serving(wrap: Callable[[ThreadingHTTPServer], None] | None = None) -> Iterator[LocalServer]:
    world: LocalServer

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = (
            True  # a short answer would wait 40 ms for the other side to acknowledge its head
        )

        def handle_any(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            seen = Seen(self.command, self.path, headers, body)
            world.seen.append(seen)
            answer = world.answer(seen)
            with suppress(OSError):
                self.reply(answer)

        def reply(self, answer: Answer) -> None:
            if answer.status == 0:  # hang up without a word
                self.close_connection = True
                return
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if answer.drip is None:
                self.send_header("Content-Length", str(len(answer.body)))
            else:
                self.send_header("Connection", "close")
                self.close_connection = True
            self.end_headers()
            self.wfile.write(answer.body)
            if answer.drip:
                self.wfile.flush()
                answer.drip(self.wfile)

        do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = handle_any  # noqa: N815 the names http.server wants

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    world = LocalServer(server.server_address[1])
    if wrap:
        wrap(server)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield world
    finally:
        server.shutdown()
        server.server_close()
