"""Africa's Talking: short messages to a short code, nothing else."""

import secrets
from collections.abc import Mapping
from typing import Any

from aidline.simulator.lines import News, NotOnThisLine, Utterance, Writer
from aidline.simulator.lookalikes import africastalking as lookalike
from aidline.simulator.lookalikes.shapes import Account
from aidline.simulator.vendors.shapes import Skin, Vendor
from aidline.simulator.wire import Post, africastalking

SKIN = Skin(
    key="africastalking",
    label="Africa's Talking",
    glyph="sms",
    plain=True,
    places=False,
    photos=False,
    voices=False,
    limit=1600,
)


class AfricasTalkingLine:
    def __init__(self, config: Mapping[str, Any], hook: str) -> None:
        self.hook = hook
        self.sender = str(config.get("sender", ""))

    def new_id(self, *, file: bool = False) -> str:  # noqa: ARG002
        return africastalking.new_id()

    def said(self, writer: Writer, utterance: Utterance) -> Post:
        if utterance.kind not in ("text", "choice"):
            raise NotOnThisLine(utterance.kind)
        text = utterance.choice[1] if utterance.choice else utterance.text
        fields = africastalking.message(writer.address, self.sender, text, utterance.at, id=utterance.id)
        return africastalking.post(fields)

    def told(self, news: News) -> tuple[str, Post]:
        fields = africastalking.delivery(news.id, news.state, news.to, reason=news.code)
        return self.hook, africastalking.post(fields)


def _account(ref: str, config: Mapping[str, str]) -> Account:
    username = config["username"]
    return Account(
        key=username,
        ref=ref,
        secret=config["api_key"],
        owns=lambda given: given == username,
        number=config.get("sender", ""),
    )


def _demo(number: str, base_url: str) -> Mapping[str, str]:
    return {
        "username": "aid-" + secrets.token_hex(4),
        "api_key": "atsk_" + secrets.token_hex(32),
        "secret": secrets.token_urlsafe(24),
        "sender": number,
        "base_url": base_url,
    }


VENDOR = Vendor(
    provider="africastalking",
    path="africastalking",
    respond=lookalike.respond,
    line=AfricasTalkingLine,
    account=_account,
    skin=lambda _config: SKIN,
    demo=_demo,
    nobody="UserDoesNotExist",
    refusal="403",
    blocked="406",
    codes_are_words=True,
)
