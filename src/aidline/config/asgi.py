"""The one entrance: webhooks and event streams are answered here, all else is Django behind the bridge."""

import asyncio
import json
import logging
import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import django
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aidline.config.settings")
django.setup()

from django.db import Error as DatabaseError  # noqa: E402
from django.db import connections  # noqa: E402
from django.urls import get_resolver  # noqa: E402

from aidline import vault  # noqa: E402
from aidline.config.bridge import Bridge  # noqa: E402
from aidline.config.live import authorise  # noqa: E402
from aidline.gateway import sounds, spool  # noqa: E402
from aidline.gateway.hub import Hub  # noqa: E402
from aidline.gateway.intake import Intake  # noqa: E402
from aidline.gateway.sound_door import Sounds  # noqa: E402
from aidline.gateway.voice import Voice  # noqa: E402

log = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


SPOOL_SECONDS = 5

# Tills have threads of their own: a slow page must not hold up a queue at a counter. Three, because a use is more
# waiting for the database than Python, and commits that wait together are written together.
TILL_THREADS = 3


class Application:
    def __init__(self) -> None:
        self.intake = Intake()
        self.voice = Voice(self.intake)
        self.sounds = Sounds()
        self.hub = Hub()
        self.pages: Bridge | None = None
        self.tills: Bridge | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._spooling: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._answer(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._live(receive, send)
        else:
            await send({"type": "websocket.close", "code": 1000})

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope["path"]
        if path.startswith("/hooks/"):
            await self.intake(scope, receive, send)
        elif path.startswith(sounds.PATH):
            await self.sounds(scope, send)
        elif path.startswith("/voice/"):
            await self.voice(scope, receive, send)
        elif path.startswith("/live/"):
            await self.hub.serve(scope, receive, send, authorise)
        elif path == "/healthz":
            await self._tell_health(send)
        else:
            bridge = self.tills if path.startswith("/api/") else self.pages
            assert bridge is not None
            await bridge(scope, receive, send)

    async def _tell_health(self, send: Send) -> None:
        parts = {"hooks": self.intake.healthy, "live": self.hub.healthy}
        body = json.dumps(parts).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        status = 200 if all(parts.values()) else 503
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    # --- life ------------------------------------------------------------------------------------------

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            event = await receive()
            if event["type"] == "lifespan.startup":
                await self._start()
                await send({"type": "lifespan.startup.complete"})
            elif event["type"] == "lifespan.shutdown":
                await self._stop()
                await send({"type": "lifespan.shutdown.complete"})
                return

    def end_streams_soon(self) -> None:
        """From a signal handler."""
        if self._loop:
            self._loop.call_soon_threadsafe(self.hub.end_streams)

    async def _start(self) -> None:
        self._loop = asyncio.get_running_loop()
        django_pages = get_wsgi_application()
        self.pages, self.tills = Bridge(django_pages), Bridge(django_pages, threads=TILL_THREADS)
        await asyncio.to_thread(check_pages)
        await asyncio.to_thread(open_vault)
        await self.intake.start()
        await self.hub.start()
        self._spooling = asyncio.create_task(bring_in_spool())

    async def _stop(self) -> None:
        if self._spooling:
            self._spooling.cancel()
        await self.hub.stop()
        self.voice.stop()
        self.sounds.stop()
        await asyncio.to_thread(self.intake.stop)
        for bridge in (self.pages, self.tills):
            if bridge:
                bridge.stop()


async def bring_in_spool() -> None:
    """The spool is this machine's, and the worker may be on another one."""
    while True:
        await asyncio.sleep(SPOOL_SECONDS)
        try:
            await asyncio.to_thread(_bring_in)
        except (DatabaseError, OSError) as error:
            log.warning("the spool waits: %s", type(error).__name__)


def _bring_in() -> None:
    try:
        while spool.waiting() and spool.bring_in():
            pass
    finally:
        connections.close_all()


def check_pages() -> None:
    """A view that cannot be imported fails the start, and not the first person who asks for a page."""
    assert get_resolver().url_patterns


def open_vault() -> None:
    """With the database away the copy of the wrapped keys beside the spool is enough to accept messages."""
    try:
        vault.check_root()
        vault.warm()
        vault.write_snapshot()
    except DatabaseError:
        log.warning("the database is away: keys come from the snapshot")
        vault.load_snapshot()
    finally:
        connections.close_all()


application = Application()
