"""Open screens: event streams that are listened to."""

import asyncio
import json
from time import time

EVERYTHING = "*"


class Screen:
    """One open stream. Notes when each hint of a conversation came."""

    def __init__(self, *, noting: bool = True) -> None:
        self.heard: list[tuple[str, float]] = []
        self.last = 0.0
        self._noting = noting
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._task: asyncio.Task[None] | None = None

    async def open(self, port: int, cookie: str) -> bool:
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", port, limit=4096)
        head = f"GET /live/desk HTTP/1.1\r\nhost: 127.0.0.1\r\ncookie: {cookie}\r\n\r\n"
        self._writer.write(head.encode())
        answer = await self._reader.readuntil(b"\r\n\r\n")
        if b" 200 " not in answer.split(b"\r\n", 1)[0]:
            self.close()
            return False
        self._task = asyncio.create_task(self._listen())
        return True

    async def _listen(self) -> None:
        assert self._reader
        while line := await self._reader.readline():
            if line.startswith(b"event: resync"):  # the page fetches all that it shows
                self.heard.append((EVERYTHING, time()))
            elif line.startswith(b"data: "):
                self.last = time()
                if self._noting:
                    told = json.loads(line[6:])
                    if told.get("kind") == "message":
                        self.heard.append((told.get("conversation", ""), self.last))

    def close(self) -> None:
        if self._task:
            self._task.cancel()
        if self._writer:
            self._writer.transport.abort()


async def open_many(
    port: int, cookies: list[str], each: int, *, at_once: int = 50
) -> tuple[list[Screen], int]:
    """`each` streams with every cookie; how many were refused."""
    gate = asyncio.Semaphore(at_once)
    screens: list[Screen] = []
    refused = 0

    async def one(cookie: str) -> None:
        nonlocal refused
        screen = Screen(noting=False)
        async with gate:
            if await screen.open(port, cookie):
                screens.append(screen)
            else:
                refused += 1

    await asyncio.gather(*(one(cookie) for cookie in cookies for _ in range(each)))
    return screens, refused
