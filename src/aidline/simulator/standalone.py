"""The look-alikes alone, without Django and without a database, for fault and load runs.

    python -m aidline.simulator.standalone --port 9100 --faults rate=0.05,slow=20:500

Channels point their `base_url` at `http://127.0.0.1:9100/look-alike/meta` (or `twilio`, or `simulator/<key>`).
Any credentials are good unless `--secret` names the only good one. What was taken is kept in memory:

- `GET /received` all of it, `?since=N` what came after the first N; `GET /received/count`; `DELETE /received`
- `GET /cards` every gift card that was made
- `POST /faults` {"rate": "3", "slow": "0.1:500"}: how many calls, or with a point which share, `:` code or ms
- `POST /mailbox/<address>`, a mail as it is: it lies in that mailbox (with `--smtp` and `--imap`)
- `POST /hooks` {"account": "…", "provider": "…", "url": "…", "config": {…}}: statuses go there, signed
"""

import argparse
import asyncio
import json
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

import httpx
import uvicorn

from aidline.simulator.lines import Line, News
from aidline.simulator.lookalikes.card_books import CardBooks
from aidline.simulator.lookalikes.reviewing import decided
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
    answer,
)
from aidline.simulator.mailhouse.memory import MemoryMail
from aidline.simulator.mailhouse.serving import Door, imap_door, opened, smtp_door
from aidline.simulator.vendors import BY_PATH, RESPONDERS, line_of
from aidline.simulator.wire import Post

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

STATUS_PAUSE = 0.05  # seconds between the statuses of a message
_chance = random.Random(1)  # noqa: S311 (not a secret; the same run twice is the same)


class Orders:
    """Faults by count or by share: `3`, `0.1`, `3:131026`, `0.1:500`."""

    def __init__(self, text: Mapping[str, str]) -> None:
        self._left: dict[Fault, int] = {}
        self._share: dict[Fault, float] = {}
        self._details: dict[Fault, str] = {}
        for name, value in text.items():
            amount, _, self._details[Fault(name)] = str(value).partition(":")
            if "." in amount:
                self._share[Fault(name)] = float(amount)
            else:
                self._left[Fault(name)] = int(amount)

    def use_up(self) -> list[Trouble]:
        return [Trouble(fault, self._details[fault]) for fault in self._details if self._hits(fault)]

    def _hits(self, fault: Fault) -> bool:
        if fault in self._share:
            return _chance.random() < self._share[fault]
        left = self._left[fault]
        self._left[fault] = max(left - 1, 0)
        return left > 0


class Memory:
    """The exchange of a run: accepts everybody, keeps everything, forgets it at the end."""

    def __init__(self, base_url: str, secret: str, orders: Orders) -> None:
        self.base_url, self.secret, self.orders = base_url, secret, orders
        self.received: list[Taken] = []
        self.read: list[str] = []
        self.files: dict[str, StoredFile] = {}
        self.prepared: dict[str, Form] = {}
        self.lines: dict[str, Line] = {}
        self.wanted: list[tuple[Line, Taken]] = []  # messages whose statuses are to be told
        self.knocks: list[tuple[str, Post]] = []
        self.card_books = CardBooks()
        self.asked: Counter[str] = Counter()
        self.milliseconds = 0

    def account(self, vendor: str, key: str, secret: str) -> Account | None:
        if self.secret and not BY_PATH[vendor].signs_itself and secret != self.secret:
            return None
        name = key or secret
        return Account(name, name, secret or self.secret, lambda _given: True, whatsapp=True)

    def troubles(self, account: Account, to: str) -> Sequence[Trouble]:  # noqa: ARG002
        return self.orders.use_up()

    def take(self, taken: Taken) -> None:
        self.received.append(taken)
        line = self.lines.get(taken.account)
        if line:
            self.wanted.append((line, taken))

    def mark_read(self, account: Account, message_id: str) -> None:  # noqa: ARG002
        self.read.append(message_id)

    def mark_seen(self, account: Account, person: str) -> None:  # noqa: ARG002
        self.read.append(person)

    def last_said(self, account: Account, person: str) -> datetime | None:  # noqa: ARG002
        return datetime.now(UTC)  # here everybody has just written

    def keep_file(self, account: Account, file: StoredFile) -> str:  # noqa: ARG002
        name = str(10**15 + len(self.files))
        self.files[name] = file
        return name

    def file(self, account: Account, file_id: str) -> StoredFile | None:  # noqa: ARG002
        return self.files.get(file_id)

    def forms(self, account: Account) -> Sequence[Form]:  # noqa: ARG002
        """Whoever asks a second time finds it decided."""
        found = list(self.prepared.values())
        self.prepared |= {form.id: decided(form) for form in found if form.status == "PENDING"}
        return found

    def keep_form(self, account: Account, form: Form) -> None:  # noqa: ARG002
        self.prepared[form.id] = form

    def drop_form(self, account: Account, form: Form) -> None:  # noqa: ARG002
        self.prepared.pop(form.id, None)

    def said_since(self, account: Account, since: datetime | None) -> Sequence[Said]:  # noqa: ARG002
        return ()

    def telephony(self, account: Account) -> None:
        """Here are no phones."""

    def cards(self) -> CardBooks:
        return self.card_books

    def tries(self, what: str) -> int:
        self.asked[what] += 1
        return self.asked[what]

    def wait(self, milliseconds: int) -> None:
        self.milliseconds = milliseconds

    def knock(self, url: str, post: Post) -> None:
        self.knocks.append((url, post))


class Application:
    def __init__(self, memory: Memory) -> None:
        self.memory = memory
        self.mail = MemoryMail(memory)
        self._http = httpx.AsyncClient(timeout=20.0, trust_env=False)
        self._telling: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            given = await self._answer(await _call(scope, receive))
            await _reply(send, given)
        elif scope["type"] == "lifespan":
            await _live(receive, send)

    async def _answer(self, call: Call) -> Answer:
        respond = RESPONDERS.get(call.parts[1]) if call.parts[0] == "look-alike" and call.parts[1:] else None
        if respond is None:
            return self._control(call)
        given = respond(replace(call, path="/".join(call.parts[2:])), self.memory)
        wait, self.memory.milliseconds = self.memory.milliseconds, 0
        self._tell()
        if wait:
            await asyncio.sleep(wait / 1000)
        return given

    # --- statuses --------------------------------------------------------------------------------------

    def _tell(self) -> None:
        wanted, self.memory.wanted = self.memory.wanted, []
        for line, taken in wanted:
            task = asyncio.get_running_loop().create_task(self._tell_one(line, taken))
            self._telling.add(task)
            task.add_done_callback(self._telling.discard)

    async def _tell_one(self, line: Line, taken: Taken) -> None:
        fate = taken.fate
        states = ["sent", "failed" if fate.code else "delivered"]
        for state in states[::-1] if fate.shuffled else states:
            await asyncio.sleep(STATUS_PAUSE)
            code = fate.code if state == "failed" else ""
            handle = taken.callback or taken.opaque
            url, post = line.told(News(taken.id, state, datetime.now(UTC), taken.to, handle, code))
            for _copy in range((2 if fate.twice else 1) if url else 0):  # some vendors tell nothing
                await self._post(url, post.body, post.headers)

    async def _post(self, url: str, body: bytes, headers: Mapping[str, str]) -> None:
        """Again until it is taken, as providers do."""
        for attempt in range(10):
            try:
                if (await self._http.post(url, content=body, headers=dict(headers))).status_code < 500:
                    return
            except httpx.HTTPError:
                pass
            await asyncio.sleep(min(0.1 * 2**attempt, 5))

    # --- control ---------------------------------------------------------------------------------------

    def _control(self, call: Call) -> Answer:
        memory = self.memory
        if call.path == "received/count":
            return answer({"count": len(memory.received)})
        if call.path == "received" and call.method == "DELETE":
            memory.received.clear()
            return answer({"count": 0})
        if call.path == "received":
            rows = memory.received[int(call.query.get("since", "0")) :]
            return answer({"count": len(memory.received), "messages": [asdict(row) for row in rows]})
        if call.path == "cards":
            return answer([asdict(card) for card in memory.card_books.cards.values()])
        if call.path == "faults" and call.method == "POST":
            memory.orders = Orders(json.loads(call.body))
            return answer({"ok": True})
        if call.parts[0] == "mailbox" and call.method == "POST":
            return answer({"uid": self.mail.put(call.parts[-1], call.body)})
        if call.path == "hooks" and call.method == "POST":
            told = json.loads(call.body)
            memory.lines[told["account"]] = line_of(told["provider"], told["config"], told["url"])
            return answer({"ok": True})
        return answer({"error": "no such address"}, 404)


async def _call(scope: Scope, receive: Receive) -> Call:
    body, more = b"", True
    while more:
        event = await receive()
        body += event.get("body", b"")
        more = event.get("more_body", False)
    query = dict(parse_qsl(scope["query_string"].decode(), keep_blank_values=True))
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    return Call(scope["method"], scope["path"].strip("/"), query, headers, body)


async def _reply(send: Send, given: Answer) -> None:
    facts = {"content-type": given.mime, "content-length": str(len(given.body)), **given.headers}
    headers = [(name.encode(), value.encode()) for name, value in facts.items()]
    await send({"type": "http.response.start", "status": given.status, "headers": headers})
    await send({"type": "http.response.body", "body": given.body})


async def _live(receive: Receive, send: Send) -> None:
    while True:
        event = await receive()
        await send({"type": event["type"] + ".complete"})
        if event["type"] == "lifespan.shutdown":
            return


def _orders(text: str) -> Orders:
    pairs = [part.partition("=") for part in text.split(",") if part]
    return Orders({name: value for name, _, value in pairs})


def main() -> None:
    parser = argparse.ArgumentParser(description="Look-alikes of the providers, in memory.")
    parser.add_argument("--port", type=int, default=9100)
    parser.add_argument("--faults", type=_orders, default=Orders({}), help="such as rate=0.05,slow=20:500")
    parser.add_argument("--secret", default="", help="the only token that is good; any, if left out")
    parser.add_argument("--smtp", type=int, help="also take mail here")
    parser.add_argument("--imap", type=int, help="and show mailboxes here")
    given = parser.parse_args()
    application = Application(Memory(f"http://127.0.0.1:{given.port}", given.secret, given.faults))
    with opened(*_mail_doors(application.mail, given.smtp, given.imap)):
        uvicorn.run(application, host="127.0.0.1", port=given.port, log_level="error", access_log=False)


def _mail_doors(house: MemoryMail, smtp: int | None, imap: int | None) -> list[Door]:
    doors = [] if smtp is None else [smtp_door(house, smtp)]
    return doors if imap is None else [*doors, imap_door(house, imap)]


if __name__ == "__main__":
    main()
