"""Twilio: SMS or WhatsApp, as the number of the channel says."""

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from aidline.simulator.lines import News, NotOnThisLine, Utterance, Writer
from aidline.simulator.lookalikes import twilio as lookalike
from aidline.simulator.lookalikes.shapes import Account
from aidline.simulator.vendors.shapes import SMS, Skin, Vendor
from aidline.simulator.wire import Post, twilio

WHATSAPP = Skin(
    key="whatsapp",
    label="WhatsApp",
    glyph="whatsapp",
    named=True,
    reads=True,
    window=timedelta(hours=24),
    without_number=True,
)


class TwilioLine:
    def __init__(self, config: Mapping[str, Any], hook: str) -> None:
        self.hook = hook
        self.base_url = str(config["base_url"])
        sender = config["sender"]
        self.account = twilio.Account(
            sid=config["account_sid"],
            auth_token=config["auth_token"],
            number=sender.removeprefix("whatsapp:"),
            whatsapp=sender.startswith("whatsapp:"),
        )

    def new_id(self, *, file: bool = False) -> str:
        return twilio.new_sid("MM" if file else "SM")

    def said(self, writer: Writer, utterance: Utterance) -> Post:
        if utterance.kind in _NOT_AT_TWILIO:
            raise NotOnThisLine(utterance.kind)
        fields = self._fields(writer, utterance)
        if utterance.reply_to:
            fields["OriginalRepliedMessageSid"] = utterance.reply_to
        return twilio.post(self.account, self.hook, fields)

    def _fields(self, writer: Writer, said: Utterance) -> twilio.Fields:
        who = {"sid": said.id, "name": writer.name}
        if said.file:
            url = twilio.media_url(self.base_url, self.account, said.id, said.file)
            return twilio.media(self.account, writer.address, [(url, said.mime)], said.text, **who)
        if said.place:
            latitude, longitude, label, address = said.place
            return twilio.location(
                self.account, writer.address, latitude, longitude, label=label, address=address, **who
            )
        if said.choice:
            choice, title = said.choice
            word = twilio.list_reply if said.from_list else twilio.button_reply
            return word(self.account, writer.address, choice, title, said.reply_to, **who)
        return self._plain(writer, said, who)

    def _plain(self, writer: Writer, said: Utterance, who: Mapping[str, str]) -> twilio.Fields:
        kind = {"MessageType": said.raw_kind} if said.kind == "unsupported" else {}
        text = f"{said.card[0]}\n{said.card[1]}" if said.card else said.text
        return twilio.message(self.account, writer.address, text, sid=who["sid"], name=who["name"], **kind)

    def told(self, news: News) -> tuple[str, Post]:
        url = news.handle or self.hook
        state = "undelivered" if news.state == "failed" else news.state
        fields = twilio.status(self.account, news.id, state, news.to, code=news.code)
        return url, twilio.post(self.account, url, fields)


# Twilio passes none of them on (twilio.com/docs/whatsapp/api, read 2026-11-22).
_NOT_AT_TWILIO = frozenset({"reaction", "edit", "deletion"})


def _account(ref: str, config: Mapping[str, str]) -> Account:
    sid, sender = config["account_sid"], config["sender"]
    return Account(
        key=sid,
        ref=ref,
        secret=config["auth_token"],
        owns=lambda given: given == sid,
        number=sender.removeprefix("whatsapp:"),
        whatsapp=sender.startswith("whatsapp:"),
        also=(config.get("api_key_sid", ""), config.get("api_key_secret", "")),
    )


def _skin(config: Mapping[str, Any]) -> Skin:
    return WHATSAPP if str(config.get("sender", "")).startswith("whatsapp:") else SMS


def _demo(number: str, base_url: str) -> Mapping[str, str]:
    return {
        "account_sid": "AC" + secrets.token_hex(16),
        "auth_token": secrets.token_hex(16),
        "sender": number,
        "base_url": base_url,
        "content_url": base_url,
    }


def _demo_calls() -> Mapping[str, str]:
    return {
        "api_key_sid": "SK" + secrets.token_hex(16),
        "api_key_secret": secrets.token_hex(16),
        "twiml_app_sid": "AP" + secrets.token_hex(16),
    }


VENDOR = Vendor(
    provider="twilio",
    path="twilio",
    respond=lookalike.respond,
    line=TwilioLine,
    account=_account,
    skin=_skin,
    demo=_demo,
    demo_calls=_demo_calls,
    nobody="30003",
    refusal="30008",
    too_late="63016",
    blocked="21610",
)
