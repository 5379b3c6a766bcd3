"""The practice mail house over the rows of this installation. The web process opens it, on loopback."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from uuid import UUID

from django.conf import settings
from django.db import connection

from aidline.simulator import mailbox
from aidline.simulator.lookalikes import mail
from aidline.simulator.lookalikes.shapes import Account
from aidline.simulator.mailhouse.imap import Entry
from aidline.simulator.mailhouse.serving import Door, imap_door, ports_beside, smtp_door
from aidline.simulator.mailhouse.smtp import Letter, Reply
from aidline.simulator.office import Office

log = logging.getLogger(__name__)


def open_doors(smtp: int | None = None, imap: int | None = None) -> list[Door]:
    """Ports beside that of the pages, as practice channels are set up with them. 0 takes a free one."""
    usual = ports_beside(settings.ENVIRONMENT.bind[1])
    room = Mailroom()
    try:
        return [
            smtp_door(room, usual[0] if smtp is None else smtp),
            imap_door(room, usual[1] if imap is None else imap),
        ]
    except OSError as problem:
        log.warning("the practice mail house stays shut: %s", type(problem).__name__)
        return []


class Mailroom:
    """Keeper of what is handed in, and master of the mailboxes: each is a channel, found by its own address.

    Every caller has a thread of their own; none holds a connection to the database between two commands.
    """

    # --- SMTP --------------------------------------------------------------------------------------------

    def admits(self, user: str, password: str) -> bool:
        with _released():
            return Office().account(mail.VENDOR, user, password) is not None

    def recipient(self, user: str, address: str) -> Reply | None:  # noqa: ARG002
        return None

    def take(self, letter: Letter) -> Reply:
        with _released():
            return mail.hand_in(letter, Office())

    # --- IMAP --------------------------------------------------------------------------------------------

    def mailbox(self, user: str, password: str) -> str | None:
        with _released():
            account = _account(user, password)
            return account.ref if account else None

    def validity(self, _mailbox: str) -> int:
        return mailbox.VALIDITY

    def entries(self, name: str) -> Sequence[Entry]:
        with _released():
            return mailbox.entries(UUID(name))

    def mail(self, name: str, uid: int) -> bytes | None:
        with _released():
            return mailbox.content(UUID(name), uid)


def _account(user: str, password: str) -> Account | None:
    return Office().account(mail.VENDOR, user, password)


@contextmanager
def _released() -> Iterator[None]:
    try:
        yield
    finally:
        connection.close()
