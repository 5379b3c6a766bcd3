"""The look-alike of a mail server is as strict as a careful one, and there for this machine only."""

from typing import Any

import pytest

from aidline.simulator.lookalikes import mail as lookalike
from aidline.simulator.lookalikes.shapes import Account
from aidline.simulator.mailhouse.serving import opened, ports_beside, smtp_door
from aidline.simulator.mailhouse.smtp import Letter, Reply
from aidline.simulator.standalone import Memory, Orders
from mail_server import MailWorld

GOOD = (
    "From: Aid <help@aid.example.org>\r\nTo: amal@example.net\r\nSubject: x\r\n"
    "Date: Mon, 23 Nov 2026 10:00:00 +0000\r\nMessage-ID: <1@aid.example.org>\r\n"
    "MIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\nhello\r\n"
)


class Everybody(Memory):
    """The memory of a run, whose account may only write as one address."""

    def account(self, vendor: str, key: str, secret: str) -> Any:
        return Account(key, "1", secret, lambda given: given == "help@aid.example.org")


def hand_in(data: str, sender: str = "help@aid.example.org", to: str = "amal@example.net") -> Reply:
    memory = Everybody("", "", Orders({}))
    return lookalike.hand_in(Letter("u", "p", sender, (to,), data.encode("latin-1")), memory)


def test_a_good_mail_is_taken() -> None:
    assert hand_in(GOOD).code == 250


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Date: Mon, 23 Nov 2026 10:00:00 +0000\r\n", ""),
        ("Message-ID: <1@aid.example.org>\r\n", ""),
        ("Subject: x", "Subject: x\r\nSubject: y"),
        ("Subject: x", "Subject: x\r\nX-Mailer: Aidline"),
        ("Subject: x", "Subject: x\r\nReceived: from this-machine"),
        ("help@aid", "other@aid"),
        ("To: amal", "To: somebody"),
        ("hello", "hello\nbare"),
        ("hello", "caf\xe9"),
        ("hello", "x" * 999),
        ("text/plain", "text/html"),
    ],
)
def test_what_a_careful_server_refuses_is_refused(old: str, new: str) -> None:
    assert hand_in(GOOD.replace(old, new)).code == 554


def test_the_doors_are_open_on_this_machine_only() -> None:
    door = smtp_door(MailWorld(), 0)
    with opened(door):
        assert door._server.server_address[0] == "127.0.0.1"


def test_ports_stand_beside_that_of_the_pages() -> None:
    assert ports_beside(8000) == (8025, 8143)
    assert all(port < 65_536 for port in ports_beside(65_535))
