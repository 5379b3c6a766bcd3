"""`/voice/sound/…`: what a caller hears is fetched here, by providers and by browsers, without a session.

Threads of its own: neither the pages nor the turns of calls wait for a sound that is made or read.
"""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from django.db import Error as DatabaseError
from django.db import close_old_connections, connection

from aidline.gateway import sounds
from aidline.gateway.intake import Scope, Send
from aidline.kernel import melody

log = logging.getLogger(__name__)

THREADS = 2
METHODS = ("GET", "HEAD")


class Sounds:
    """The ASGI application."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="sound")

    def stop(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def __call__(self, scope: Scope, send: Send) -> None:
        if scope["method"] not in METHODS:
            return await _send(send, (405, [("content-length", "0")], b""))
        asked = partial(respond, scope["path"], _range(scope))
        status, headers, body = await asyncio.get_running_loop().run_in_executor(self._pool, asked)
        await _send(send, (status, headers, b"" if scope["method"] == "HEAD" else body))


def respond(path: str, asked_range: str) -> sounds.Answer:
    """With the database away a tone is heard, and fetched again the next time."""
    try:
        close_old_connections()
        return sounds.serve(path, asked_range)
    except DatabaseError as problem:
        connection.close()
        log.error("a sound could not be had, the database is away: %s", type(problem).__name__)
    except Exception:
        log.exception("a sound could not be made")
    return sounds.answer(melody.tone(), asked_range, lasts="no-store")


def _range(scope: Scope) -> str:
    headers: list[tuple[bytes, bytes]] = scope["headers"]
    return next((value.decode("latin-1") for name, value in headers if name == b"range"), "")


async def _send(send: Send, answer: sounds.Answer) -> None:
    status, headers, body = answer
    told: list[Any] = [(name.encode(), value.encode()) for name, value in headers]
    told.append((b"x-content-type-options", b"nosniff"))
    await send({"type": "http.response.start", "status": status, "headers": told})
    await send({"type": "http.response.body", "body": body})
