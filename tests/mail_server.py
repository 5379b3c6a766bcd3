"""A real SMTP server on this machine that plays the outside world: what it was handed, scripted answers."""

from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aidline.simulator.mailhouse.serving import opened, smtp_door
from aidline.simulator.mailhouse.smtp import Letter, Reply
from local_server import Answer, LocalServer, Seen

# What HTTP says of a busy or broken server, in the numbers of SMTP.
_BUSY = {429: 450, 500: 451, 502: 451, 503: 421, 504: 451}
TAKEN = Answer(250, b"2.0.0 taken")


class MailWorld(LocalServer):
    """A keeper of the mail house who lets everybody in and answers each mail as the test wants it."""

    def __init__(self) -> None:
        super().__init__(0)
        self.letters: list[Letter] = []
        self.refused: dict[str, Reply] = {}  # by the recipient's address
        self.locked = False

    def admits(self, user: str, password: str) -> bool:
        return not self.locked

    def recipient(self, user: str, address: str) -> Reply | None:
        return self.refused.get(address)

    def take(self, letter: Letter) -> Reply:
        self.letters.append(letter)
        seen = Seen("MAIL", "/", {"from": letter.sender, "to": ",".join(letter.to)}, letter.data)
        self.seen.append(seen)
        return _reply(self.answer(seen))


def _reply(answer: Answer) -> Reply:
    """A status of 200 is HTTP's: its body stands for whatever is no answer at all in SMTP."""
    if answer.status == 0 or answer.drip:
        return Reply(0, raw=b"", drip=answer.drip)
    if answer.status == 200:
        return Reply(0, raw=answer.body and answer.body + b"\r\n")
    if answer.body.startswith(b"<html>"):
        return Reply(_BUSY[answer.status], "4.3.0 busy")
    return Reply(answer.status, answer.body.decode())


@contextmanager
def mail_serving(**more: Any) -> Iterator[MailWorld]:
    world = MailWorld()
    door = smtp_door(world, **more)
    world.port = door.port
    with opened(door):
        yield world


def read(raw: bytes) -> EmailMessage:
    found = message_from_bytes(raw, policy=default)
    assert isinstance(found, EmailMessage)
    return found


def text_of(raw: bytes) -> str:
    body = read(raw).get_body(("plain",))
    return str(body.get_content()).replace("\r\n", "\n").rstrip("\n") if body else ""
