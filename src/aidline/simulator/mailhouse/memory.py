"""The mail house of a fault run: mailboxes in memory, each under its owner's address, open to any password."""

import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from aidline.simulator.lines import News
from aidline.simulator.lookalikes import mail as lookalike
from aidline.simulator.lookalikes.shapes import Exchange, Taken
from aidline.simulator.mailhouse.imap import Entry
from aidline.simulator.mailhouse.smtp import Letter, Reply
from aidline.simulator.wire import mail


class MemoryMail:
    """Keeper and postmaster. Faults and what was taken are those of `exchange`."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = _InThread(exchange, self)
        self._boxes: dict[str, list[tuple[date, bytes]]] = defaultdict(list)
        self._guard = threading.Lock()

    def put(self, owner: str, content: bytes) -> int:
        """The UID it got."""
        with self._guard:
            self._boxes[owner].append((datetime.now(UTC).date(), content))
            return len(self._boxes[owner])

    def admits(self, user: str, password: str) -> bool:
        return self._exchange.account(lookalike.VENDOR, user, password) is not None

    def recipient(self, user: str, address: str) -> Reply | None:  # noqa: ARG002
        return None

    def take(self, letter: Letter) -> Reply:
        return lookalike.hand_in(letter, self._exchange)

    def mailbox(self, user: str, password: str) -> str | None:
        return user if self.admits(user, password) else None

    def validity(self, _owner: str) -> int:
        return 1

    def entries(self, owner: str) -> Sequence[Entry]:
        with self._guard:
            return [Entry(uid, day, len(content)) for uid, (day, content) in enumerate(self._boxes[owner], 1)]

    def mail(self, owner: str, uid: int) -> bytes | None:
        with self._guard:
            return self._boxes[owner][uid - 1][1] if 0 < uid <= len(self._boxes[owner]) else None


class _InThread:
    """The exchange as a caller's own thread needs it: waiting is waiting, and failures come back as mails."""

    def __init__(self, exchange: Exchange, house: MemoryMail) -> None:
        self._exchange, self._house = exchange, house

    def __getattr__(self, name: str) -> Any:
        return getattr(self._exchange, name)

    def wait(self, milliseconds: int) -> None:
        time.sleep(milliseconds / 1000)

    def take(self, taken: Taken) -> None:
        self._exchange.take(taken)
        if taken.fate.code:
            news = News(taken.id, "failed", datetime.now(UTC), taken.to, code=taken.fate.code)
            self._house.put(taken.account, mail.bounced(taken.account, news).body)
