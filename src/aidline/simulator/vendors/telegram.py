"""Telegram: how the phone looks, how it words things, and who may call its look-alike."""

import secrets
from collections.abc import Callable, Mapping
from typing import Any

from aidline.simulator.lines import News, NotOnThisLine, Utterance, Writer
from aidline.simulator.lookalikes import telegram as lookalike
from aidline.simulator.lookalikes.shapes import Account
from aidline.simulator.vendors.shapes import Skin, Vendor
from aidline.simulator.wire import Post, telegram

SKIN = Skin(
    key="telegram",
    label="Telegram",
    glyph="telegram",
    named=True,
    arrives=False,
    reacts=True,
    takes_back=False,
    address="id",
)


class TelegramLine:
    def __init__(self, config: Mapping[str, Any], hook: str) -> None:
        self.hook = hook
        self.bot = telegram.Bot(config["token"], config["secret_token"])

    def new_id(self, *, file: bool = False) -> str:  # noqa: ARG002
        return telegram.new_message_id()

    def said(self, writer: Writer, utterance: Utterance) -> Post:
        if utterance.kind == "deletion":
            raise NotOnThisLine(utterance.kind)
        user = telegram.User(writer.address, writer.name)
        word = _WORDS.get(utterance.kind, _message)
        return telegram.post(self.bot, **word(self.bot, user, utterance))

    def told(self, news: News) -> tuple[str, Post]:  # noqa: ARG002
        """What it took counts as sent, and no more is ever heard of it."""
        return "", Post(b"", {})


def _message(_bot: telegram.Bot, user: telegram.User, said: Utterance) -> dict[str, Any]:
    content = _content(said)
    return {"message": telegram.message(user, said.at, id=said.id, reply_to=said.reply_to, **content)}


def _content(said: Utterance) -> dict[str, Any]:
    if said.file:
        size, words = len(said.content), {"caption": said.text} if said.text else {}
        return {**telegram.file(said.kind, said.file, said.mime, size=size, name=said.filename), **words}
    if said.place:
        return telegram.place(*said.place)
    if said.card:
        return telegram.contact(*said.card)
    if said.kind == "unsupported":
        return {said.raw_kind or "dice": {"emoji": "🎲", "value": 4}}
    return {"text": said.text}


def _choice(bot: telegram.Bot, user: telegram.User, said: Utterance) -> dict[str, Any]:
    data, title = said.choice or ("", "")
    under = said.reply_to or telegram.new_message_id()
    query = telegram.pressed(bot, user, said.at, under, [(data, title)], data)
    return {"callback_query": query}


def _reaction(_bot: telegram.Bot, user: telegram.User, said: Utterance) -> dict[str, Any]:
    return {"message_reaction": telegram.reaction(user, said.at, said.target, said.text)}


def _edit(_bot: telegram.Bot, user: telegram.User, said: Utterance) -> dict[str, Any]:
    return {"edited_message": telegram.edited(user, said.at, said.target, said.text)}


_WORDS: Mapping[str, Callable[[telegram.Bot, telegram.User, Utterance], dict[str, Any]]] = {
    "choice": _choice,
    "reaction": _reaction,
    "edit": _edit,
}


def _account(ref: str, config: Mapping[str, str]) -> Account:
    token = config["token"]
    return Account(key=token, ref=ref, secret=token, owns=lambda given: given == token)


def _demo(_number: str, base_url: str) -> Mapping[str, str]:
    return {
        "token": f"{telegram.new_user_id()}:{secrets.token_urlsafe(26)}",
        "secret_token": secrets.token_urlsafe(24),
        "base_url": base_url,
    }


VENDOR = Vendor(
    provider="telegram",
    path="telegram",
    respond=lookalike.respond,
    line=TelegramLine,
    account=_account,
    skin=lambda _config: SKIN,
    demo=_demo,
    nobody="400",
    refusal="400",
    blocked="403",
    keyless=True,
    new_address=telegram.new_user_id,
    known_as=lambda address, id: f"{address}:{id}",
)
