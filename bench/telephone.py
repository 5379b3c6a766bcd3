"""Callers on the line: each is answered, presses a key and waits, at a given pace of requests over all of them."""

import asyncio
import base64
import hmac
import html
import re
from collections import deque
from dataclasses import dataclass, field
from time import time
from urllib.parse import urlencode, urlsplit

TURNS = 8  # of one call: answered, a key, then the queue
_ACTION = re.compile(rb'action="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Line:
    answer: str  # public address
    token: str
    account: str
    number: str


@dataclass(slots=True)
class Caller:
    line: Line
    place: int
    turns: int = 0
    url: str = ""

    def raw(self) -> bytes:
        url = self.url or self.line.answer
        fields = {
            "AccountSid": self.line.account,
            "CallSid": f"CA{self.place:032x}",
            "CallStatus": "in-progress",
            "Direction": "inbound",
            "From": f"+3363998{self.place % 10_000:04d}",
            "To": self.line.number,
            **({"Digits": "1" if self.turns == 1 else ""} if self.turns else {}),
        }
        signed = url + "".join(name + fields[name] for name in sorted(fields))
        mac = base64.b64encode(hmac.digest(self.line.token.encode(), signed.encode(), "sha1")).decode()
        body, parts = urlencode(fields).encode(), urlsplit(url)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        head = (
            f"POST {path} HTTP/1.1\r\nHost: {parts.netloc}\r\nX-Twilio-Signature: {mac}\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


@dataclass(slots=True)
class Result:
    took: list[float] = field(default_factory=list)
    failed: int = 0
    calls: int = 0


async def pace(port: int, line: Line, rate: float, seconds: float) -> Result:
    """Open loop: each request leaves at its time, whether or not those before it were answered."""
    result, ready, tasks = Result(), deque[Caller](), set()
    begun = time()
    for place in range(int(rate * seconds)):
        await asyncio.sleep(max(0.0, begun + place / rate - time()))
        if len(ready) > rate:  # a caller waits a second before the next request
            caller = ready.popleft()
        else:
            result.calls += 1
            caller = Caller(line, int(begun) * 100_000 + result.calls)
        task = asyncio.ensure_future(_turn(port, caller, ready, result))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
    await asyncio.gather(*tasks)
    return result


async def _turn(port: int, caller: Caller, ready: "deque[Caller]", result: Result) -> None:
    begun = time()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(caller.raw())
    head = await reader.readuntil(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head.lower())
    body = await reader.readexactly(int(length[1]) if length else 0)
    result.took.append(time() - begun)
    writer.close()
    found = _ACTION.search(body)
    if b" 200 " not in head[:15] or not found or b"/kept" in found[1]:
        result.failed += 1
        return
    caller.turns, caller.url = caller.turns + 1, html.unescape(found[1].decode())
    if caller.turns < TURNS:
        ready.append(caller)
