"""Memory of processes, and bytes and rate of pages."""

import asyncio
import gzip
import os
import re
import urllib.request
from pathlib import Path
from time import monotonic
from urllib.parse import urljoin

from tests.faults.posting import connect

ASSETS = re.compile(r"""(?:src|href)="(/static/[^"#]+)""")
ASKS_FOR = {
    ".css": re.compile(r"""url\(\s*["']?([^"')\s]+)"""),
    ".js": re.compile(r"""\bimport\s*\(?\s*(?:[\w{},*\s]+\sfrom\s*)?["']([^"'\s]+\.js)["']"""),
}


def pss_kilobytes(pids: list[int]) -> int:
    """Proportional: what is shared is counted once."""
    total = 0
    for pid in pids:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        total += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total


def cpu_seconds(pids: list[int]) -> float:
    """Own and system time; says what work costs, also on a machine that others use."""
    fields = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in pids]
    return sum(int(one[11]) + int(one[12]) for one in fields) / os.sysconf("SC_CLK_TCK")


def first_load(origin: str, path: str, cookie: str) -> dict[str, int]:
    """Compressed bytes of a page and all that it asks for, on a first visit."""
    page, size = _fetch(origin + path, cookie)
    sizes = {path: size}
    waiting = [urljoin(origin, found) for found in ASSETS.findall(page)]
    while waiting:
        url = waiting.pop().partition("#")[0]
        if url in sizes or not url.startswith(origin):
            continue
        content, sizes[url] = _fetch(url, cookie)
        asks = ASKS_FOR.get(url[url.rfind(".") :])
        waiting += [urljoin(url, asked) for asked in asks.findall(content)] if asks else []
    return sizes


def _fetch(url: str, cookie: str) -> tuple[str, int]:
    """The text, and the bytes that went over the wire."""
    headers = {"Cookie": cookie, "Accept-Encoding": "gzip", "Accept": "text/html,*/*"}
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=20) as answer:
        body = answer.read()
        content = gzip.decompress(body) if answer.headers.get("content-encoding") == "gzip" else body
    return content.decode("utf-8", "replace"), len(body)


async def page_rate(
    port: int, path: str, cookie: str, seconds: float, connections: int = 4
) -> tuple[int, list[float]]:
    """How many pages came, and how long each took."""
    raw = f"GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncookie: {cookie}\r\naccept: text/html\r\n\r\n".encode()
    took: list[float] = []
    until = monotonic() + seconds

    async def lane() -> None:
        connection = await connect(port)
        assert connection
        while monotonic() < until:
            begun = monotonic()
            status = await connection.call(raw)
            assert status == 200, status
            took.append(monotonic() - begun)
        connection.close()

    await asyncio.gather(*(lane() for _ in range(connections)))
    return len(took), took
