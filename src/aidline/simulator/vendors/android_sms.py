"""A telephone of one's own with the app SMS Gateway for Android."""

import secrets
from collections.abc import Mapping
from typing import Any

from aidline.simulator.lines import News, NotOnThisLine, Utterance, Writer
from aidline.simulator.lookalikes import android_sms as lookalike
from aidline.simulator.lookalikes.shapes import Account
from aidline.simulator.vendors.shapes import Skin, Vendor
from aidline.simulator.wire import Post, android_sms

SKIN = Skin(key="android_sms", label="SMS (own phone)", glyph="sms", plain=True, places=False, limit=1600)

_NOT_ON_A_SIM = frozenset({"reaction", "edit", "deletion"})


class AndroidLine:
    def __init__(self, config: Mapping[str, Any], hook: str) -> None:
        self.hook = hook
        self.key = str(config["signing_key"])

    def new_id(self, *, file: bool = False) -> str:  # noqa: ARG002
        return android_sms.new_id()

    def said(self, writer: Writer, utterance: Utterance) -> Post:
        if utterance.kind in _NOT_ON_A_SIM:
            raise NotOnThisLine(utterance.kind)
        event, payload = _told(writer, utterance)
        return android_sms.post(self.key, event, payload, id=utterance.id)

    def told(self, news: News) -> tuple[str, Post]:
        """The message's id is the one we gave."""
        payload = android_sms.outcome(news.id, news.state, news.at, news.to, reason=news.code)
        return self.hook, android_sms.post(self.key, f"sms:{news.state}", payload)


def _told(writer: Writer, said: Utterance) -> tuple[str, android_sms.Payload]:
    who = writer.address
    if said.file:
        payload = android_sms.mms(who, said.at, said.content, said.mime, name=said.filename, text=said.text)
        return "mms:downloaded", payload
    if said.kind == "unsupported":
        return "sms:data-received", android_sms.data_sms(who, said.at, said.raw_kind.encode())
    return "sms:received", android_sms.sms(who, said.at, _words(said))


def _words(said: Utterance) -> str:
    if said.card:
        return "\n".join(said.card)
    if said.place:
        latitude, longitude, name, address = said.place
        return "\n".join(filter(None, (name, address, f"geo:{latitude},{longitude}")))
    return said.choice[1] if said.choice else said.text


def _account(ref: str, config: Mapping[str, str]) -> Account:
    login = config["login"]
    return Account(login, ref, config["password"], lambda given: given == login)


def _demo(_number: str, base_url: str) -> Mapping[str, str]:
    return {
        "base_url": base_url,
        "signing_key": secrets.token_urlsafe(12),
        "login": secrets.token_hex(3).upper(),
        "password": secrets.token_urlsafe(12),
        "seconds_between": "1",
    }


VENDOR = Vendor(
    provider="android_sms",
    path="android_sms",
    respond=lookalike.respond,
    line=AndroidLine,
    account=_account,
    skin=lambda _config: SKIN,
    demo=_demo,
    nobody="RESULT_NETWORK_REJECT",
    refusal="RESULT_NETWORK_ERROR",
    codes_are_words=True,
)
