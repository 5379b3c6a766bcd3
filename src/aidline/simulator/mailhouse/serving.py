"""Both doors of the mail house on loopback, each in a thread; a caller has a thread of their own."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import BaseRequestHandler, ThreadingTCPServer
from typing import Any

from aidline.simulator.mailhouse import imap, smtp

log = logging.getLogger(__name__)

HOST = "127.0.0.1"


def ports_beside(port: int) -> tuple[int, int]:
    """For SMTP and IMAP, from the port of the pages: 8000 gives 8025 and 8143."""
    base = port if port < 65_000 else port - 20_000
    return base + 25, base + 143


class _Server(ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, *_whom: Any) -> None:
        """A caller who went away is no news; anything else is told without what was said."""
        log.debug("a caller of the practice mail house went away")


class Door:
    """Open until `shut`. `port` 0 takes a free one."""

    def __init__(self, handler: type[BaseRequestHandler], port: int = 0) -> None:
        self._server = _Server((HOST, port), handler)
        self.port: int = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.05,), name="mail", daemon=True).start()

    def shut(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def smtp_door(keeper: smtp.Keeper, port: int = 0, **more: Any) -> Door:
    return Door(type("Smtp", (smtp.Handler,), {"keeper": keeper, **more}), port)


def imap_door(postmaster: imap.Postmaster, port: int = 0, **more: Any) -> Door:
    return Door(type("Imap", (imap.Handler,), {"postmaster": postmaster, **more}), port)


@contextmanager
def opened(*doors: Door) -> Iterator[None]:
    try:
        yield
    finally:
        for door in doors:
            door.shut()
