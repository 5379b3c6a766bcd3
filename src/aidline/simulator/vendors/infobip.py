"""Infobip: short messages, and pictures from those who send them as MMS."""

import secrets
from collections.abc import Mapping
from typing import Any

from aidline.simulator.lines import News, NotOnThisLine, Utterance, Writer
from aidline.simulator.lookalikes import infobip as lookalike
from aidline.simulator.lookalikes.shapes import Account
from aidline.simulator.vendors.shapes import Skin, Vendor
from aidline.simulator.wire import Post, infobip

SKIN = Skin(
    key="infobip",
    label="Infobip",
    glyph="sms",
    plain=True,
    places=False,
    voices=False,
    limit=800,
)


class InfobipLine:
    def __init__(self, config: Mapping[str, Any], hook: str) -> None:
        self.hook = hook
        self.base_url = str(config["base_url"]).rstrip("/")
        self.account = infobip.Account(
            number=config["sender"],
            user=config.get("webhook_user", ""),
            password=config.get("webhook_password", ""),
        )

    def new_id(self, *, file: bool = False) -> str:  # noqa: ARG002
        return infobip.new_id()

    def said(self, writer: Writer, utterance: Utterance) -> Post:
        if utterance.kind not in _CAN_BE_SAID:
            raise NotOnThisLine(utterance.kind)
        if utterance.file:
            url = f"{self.base_url}/mms/1/media/{utterance.file}"
            what = (url, utterance.mime, utterance.text)
            picture = infobip.picture(self.account, writer.address, *what, utterance.at, id=utterance.id)
            return infobip.post(self.account, picture)
        text = utterance.choice[1] if utterance.choice else utterance.text
        said = infobip.message(self.account, writer.address, text, utterance.at, id=utterance.id)
        return infobip.post(self.account, said)

    def told(self, news: News) -> tuple[str, Post]:
        """Our own id is the id of the message too."""
        url = news.handle if news.handle.startswith("http") else self.hook
        report = infobip.report(news.id, news.state, news.to, news.at, error=news.code, data=news.id)
        return url, infobip.post(self.account, report)


_CAN_BE_SAID = frozenset({"text", "choice", "image", "video", "audio", "document"})


def _account(ref: str, config: Mapping[str, str]) -> Account:
    sender = config["sender"]
    return Account(ref, ref, config["api_key"], lambda given: given == sender, number=sender)


def _demo(number: str, base_url: str) -> Mapping[str, str]:
    return {
        "base_url": base_url,
        "api_key": secrets.token_hex(16),
        "sender": number.removeprefix("+"),
        "secret": secrets.token_urlsafe(24),
    }


VENDOR = Vendor(
    provider="infobip",
    path="infobip",
    respond=lookalike.respond,
    line=InfobipLine,
    account=_account,
    skin=lambda _config: SKIN,
    demo=_demo,
    nobody="EC_UNKNOWN_SUBSCRIBER",
    refusal="REJECTED_NETWORK",
    blocked="REJECTED_DESTINATION",
    keyless=True,
    codes_are_words=True,
)
