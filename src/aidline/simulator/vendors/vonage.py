"""Vonage: short messages, in the words of its older or its newer interface, as the channel is set."""

import secrets
from collections.abc import Mapping
from typing import Any

from aidline.simulator.lines import News, NotOnThisLine, Utterance, Writer
from aidline.simulator.lookalikes import vonage as lookalike
from aidline.simulator.lookalikes.shapes import Account
from aidline.simulator.vendors.shapes import Skin, Vendor
from aidline.simulator.wire import Post, vonage

SKIN = Skin(
    key="vonage",
    label="Vonage",
    glyph="sms",
    plain=True,
    places=False,
    photos=False,
    voices=False,
    limit=1600,
)

_SMS_STATES = {"sent": "accepted", "delivered": "delivered", "read": "delivered", "failed": "failed"}
_MESSAGES_STATES = {"sent": "submitted", "delivered": "delivered", "read": "read", "failed": "rejected"}
_FILES = {"image": "image", "audio": "audio", "voice": "audio", "video": "video", "document": "file"}


class VonageLine:
    def __init__(self, config: Mapping[str, Any], hook: str) -> None:
        self.hook = hook
        self.media = str(config.get("api_url", "")).rstrip("/") + "/v3/media/"
        self.account = vonage.Account(
            key=config["api_key"],
            number=config["sender"],
            signature_secret=config.get("signature_secret", ""),
            method=config.get("signature_method", "md5hash"),
            by_messages=config.get("api") == "messages",
        )

    def new_id(self, *, file: bool = False) -> str:  # noqa: ARG002
        return vonage.new_id(self.account)

    def said(self, writer: Writer, utterance: Utterance) -> Post:
        if self.account.by_messages:
            return vonage.document(self.account, self._inbound(writer, utterance))
        if utterance.kind not in ("text", "choice"):
            raise NotOnThisLine(utterance.kind)
        text = utterance.choice[1] if utterance.choice else utterance.text
        fields = vonage.message(self.account, writer.address, text, utterance.at, id=utterance.id)
        return vonage.form(self.account, fields)

    def _inbound(self, writer: Writer, said: Utterance) -> dict[str, Any]:
        who = (self.account, writer.address, said.at)
        if said.kind in ("text", "choice"):
            text = said.choice[1] if said.choice else said.text
            return vonage.inbound(*who, "text", id=said.id, text=text)
        if said.kind not in _FILES:
            raise NotOnThisLine(said.kind)
        kind = _FILES[said.kind]
        file = {"url": self.media + said.file, "name": said.filename, "caption": said.text}
        filled = {name: value for name, value in file.items() if value}
        return {**vonage.inbound(*who, kind, id=said.id, channel="mms"), kind: filled}

    def told(self, news: News) -> tuple[str, Post]:
        callback, _, reference = news.handle.partition("#")
        url, known = callback or self.hook, {"ref": reference}
        if self.account.by_messages:
            code = lookalike.IN_FOUR_DIGITS.get(news.code, news.code)
            state = _MESSAGES_STATES[news.state]
            whole = vonage.status(self.account, news.id, state, news.to, news.at, code=code, **known)
            return url, vonage.document(self.account, whole)
        state = _SMS_STATES[news.state]
        fields = vonage.delivery(self.account, news.id, state, news.to, news.at, code=news.code, **known)
        return url, vonage.form(self.account, fields)


def _account(ref: str, config: Mapping[str, str]) -> Account:
    key = config["api_key"]
    return Account(key, ref, config["api_secret"], lambda given: given == key, number=config["sender"])


def _demo(number: str, base_url: str) -> Mapping[str, str]:
    return {
        "api_key": secrets.token_hex(4),
        "api_secret": secrets.token_urlsafe(12),
        "sender": number.removeprefix("+"),
        "secret": secrets.token_urlsafe(24),
        "signature_secret": secrets.token_urlsafe(24),
        "signature_method": "sha256",
        "base_url": base_url,
        "api_url": base_url,
    }


VENDOR = Vendor(
    provider="vonage",
    path="vonage",
    respond=lookalike.respond,
    line=VonageLine,
    account=_account,
    skin=lambda _config: SKIN,
    demo=_demo,
    nobody="3",
    refusal="6",
    blocked="7",
)
