"""E-mail: people write with their mail program, the practice mail house carries it, we look into a mailbox."""

import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from aidline.simulator.lines import MAILBOX, News, Utterance, Writer
from aidline.simulator.lookalikes import mail as lookalike
from aidline.simulator.lookalikes.shapes import Account
from aidline.simulator.mailhouse.serving import HOST, ports_beside
from aidline.simulator.vendors.shapes import Skin, Vendor
from aidline.simulator.wire import Post, mail

SKIN = Skin(
    key="mail",
    label="E-mail",
    glyph="email",
    named=True,
    arrives=False,
    places=False,
    voices=False,
    subjects=True,
    address="mail",
)
PRACTICE = "practice."  # begins the domain of every practice address
_FIRST = ("amal", "dawit", "ilham", "marta", "noor", "olena", "rami", "sofia", "tariq", "yara")


class MailLine:
    def __init__(self, config: Mapping[str, Any], hook: str) -> None:
        self.address = str(config["address"])
        self.hook = MAILBOX + _channel(hook)

    def new_id(self, *, file: bool = False) -> str:  # noqa: ARG002
        return mail.new_id()

    def said(self, writer: Writer, utterance: Utterance) -> Post:
        return mail.said(self.address, writer, utterance)

    def told(self, news: News) -> tuple[str, Post]:
        """Only of failures; nobody tells that a mail arrived or was read."""
        if news.state != "failed":
            return "", Post(b"", {})
        return self.hook, mail.bounced(self.address, news)


def _channel(hook: str) -> str:
    """`/hooks/email/<channel>`: the mailbox is named like the channel."""
    return urlsplit(hook).path.partition("/hooks/email/")[2].split("/")[0]


def _account(ref: str, config: Mapping[str, str]) -> Account:
    address = config["address"]
    return Account(
        address, ref, config.get("smtp_password", ""), lambda given: given == address, number=address
    )


def _demo(number: str, base_url: str) -> Mapping[str, str]:
    """`number`: an address, or anything that gives one."""
    name = number.partition("@")[0].strip("+") or "help"
    address = number if "@" in number else f"help{name[-4:]}@{PRACTICE}example.org"
    smtp, imap = ports_beside(urlsplit(base_url).port or 8000)
    password = secrets.token_urlsafe(16)
    ways = {"host": HOST, "security": "none", "user": address, "password": password}
    return {
        "address": address,
        "name": "",
        **{f"smtp_{name}": value for name, value in ways.items()},
        **{f"imap_{name}": value for name, value in ways.items()},
        "smtp_port": str(smtp),
        "imap_port": str(imap),
    }


def new_address() -> str:
    return f"{secrets.choice(_FIRST)}.{secrets.randbelow(900) + 100}@example.net"


VENDOR = Vendor(
    provider="email",
    path="email",
    respond=lookalike.respond,
    line=MailLine,
    account=_account,
    skin=lambda _config: SKIN,
    demo=_demo,
    nobody="5.1.1",
    refusal="5.7.1",
    codes_are_words=True,
    new_address=new_address,
    is_practice=lambda config: config.get("smtp_host") == HOST and config.get("smtp_security") == "none",
)
