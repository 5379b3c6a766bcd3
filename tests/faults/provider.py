"""The providers, standing alone: the product's look-alikes over a memory that survives every kill of the product."""

import asyncio
import contextlib
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit

from aidline.simulator.lookalikes.shapes import (
    Account,
    Answer,
    Call,
    Fault,
    Form,
    Said,
    StoredFile,
    Taken,
    Trouble,
)
from aidline.simulator.vendors import BY_PATH, RESPONDERS, VENDORS
from aidline.simulator.wire import Post

from .lines import ACCOUNT_SID, AUTH_TOKEN, OUR_NUMBER, PHONE_NUMBER_ID, SHARED_SECRET, WABA_ID

VENDOR_OF = {"whatsapp_cloud": "meta", "twilio": "twilio", "simulator": "simulator"}
RETRY_AFTER = "2"


@dataclass(slots=True)
class Memory:
    """The `Exchange` of the look-alikes, in memory. `faults` hit every call while they stand."""

    base_url: str = ""
    taken: list[Taken] = field(default_factory=list)
    faults: list[Trouble] = field(default_factory=list)
    garbled: float = 0.0  # share of calls that are taken and answered with something unreadable
    dice: random.Random = field(default_factory=lambda: random.Random(1))
    wait_ms: int = 0
    accounts: dict[str, Account] = field(default_factory=lambda: dict(_ACCOUNTS))
    on_taken: Callable[[Taken], None] | None = None

    def add_accounts(self, configs: Mapping[str, Mapping[str, str]]) -> None:
        self.accounts |= {
            VENDORS[name].path: VENDORS[name].account(name, config) for name, config in configs.items()
        }

    def account(self, vendor: str, key: str, secret: str) -> Account | None:
        known = self.accounts.get(vendor)
        return (
            known if known and (vendor in _ACCOUNTS or BY_PATH[vendor].admits(known, key, secret)) else None
        )

    def troubles(self, account: Account, to: str) -> Sequence[Trouble]:
        garbled = [Trouble(Fault.GARBAGE)] if self.dice.random() < self.garbled else []
        return [*self.faults, *garbled]

    def take(self, taken: Taken) -> None:
        self.taken.append(taken)
        if self.on_taken:
            self.on_taken(taken)

    def mark_read(self, account: Account, message_id: str) -> None: ...

    def mark_seen(self, account: Account, to: str) -> None: ...

    def last_said(self, account: Account, to: str) -> datetime | None:
        return datetime.now(UTC)  # everybody wrote a moment ago

    def knock(self, url: str, post: Post) -> None: ...

    def keep_form(self, account: Account, form: Form) -> None: ...

    def drop_form(self, account: Account, form: Form) -> None: ...

    def keep_file(self, account: Account, file: StoredFile) -> str:
        return "1"

    def file(self, account: Account, file_id: str) -> StoredFile | None:
        return None

    def forms(self, account: Account) -> Sequence[Form]:
        return ()

    def said_since(self, account: Account, since: datetime | None) -> Sequence[Said]:
        return ()

    def wait(self, milliseconds: int) -> None:
        self.wait_ms = milliseconds  # the server waits, so that other calls do not


_ACCOUNTS = {
    "meta": Account(
        PHONE_NUMBER_ID, "whatsapp_cloud", "", {PHONE_NUMBER_ID, WABA_ID}.__contains__, whatsapp=True
    ),
    "twilio": Account(ACCOUNT_SID, "twilio", AUTH_TOKEN, ACCOUNT_SID.__eq__, number=OUR_NUMBER),
    "simulator": Account("account", "simulator", SHARED_SECRET, "account".__eq__),
}


class Provider:
    """HTTP in front of the look-alikes. `hang_up` takes the message and never answers; `down` does not listen."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.memory = Memory(base_url=f"http://127.0.0.1:{port}")
        self.hang_up = False
        self.refused: list[tuple[int, bytes]] = []
        self.calls = 0
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    @property
    def url(self) -> str:
        return self.memory.base_url

    async def up(self) -> None:
        if self._server is None:
            self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)

    async def down(self) -> None:
        if self._server:
            self._server.close()
            for writer in list(self._writers):
                writer.transport.abort()
            self._server = None
            await asyncio.sleep(0.05)  # the streams notice

    def trouble(self, *faults: Fault, detail: str = "") -> None:
        self.memory.faults = [Trouble(fault, detail) for fault in faults]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            while await self._one(reader, writer):
                pass
        self._writers.discard(writer)
        writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        call = await _read(reader)
        if call is None:
            return False
        self.calls += 1
        vendor, _, rest = call.path.partition("/")
        answer = RESPONDERS[vendor](Call(call.method, rest, call.query, call.headers, call.body), self.memory)
        if answer.status >= 400 and not self.memory.faults:
            self.refused.append((answer.status, answer.body))
        wait, self.memory.wait_ms = self.memory.wait_ms, 0
        await asyncio.sleep(wait / 1000)
        if self.hang_up:
            return False
        await _write(writer, answer)
        return True


async def _read(reader: asyncio.StreamReader) -> Call | None:
    head = await reader.readuntil(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").strip().split("\r\n")
    method, target, _ = first.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    url = urlsplit(target)
    return Call(method, url.path.strip("/"), dict(parse_qsl(url.query)), headers, body)


async def _write(writer: asyncio.StreamWriter, answer: Answer) -> None:
    head = [
        f"HTTP/1.1 {answer.status} x",
        f"content-length: {len(answer.body)}",
        f"content-type: {answer.mime}",
    ]
    head += [f"{name}: {value}" for name, value in answer.headers.items()]
    if answer.status == 429:
        head.append(f"retry-after: {RETRY_AFTER}")
    writer.write("\r\n".join([*head, "", ""]).encode() + answer.body)
    await writer.drain()
