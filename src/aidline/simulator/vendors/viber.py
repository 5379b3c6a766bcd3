"""Viber: how the phone looks, how it words things, and who may call its look-alike."""

import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from aidline.simulator.lines import News, NotOnThisLine, Utterance, Writer
from aidline.simulator.lookalikes import viber as lookalike
from aidline.simulator.lookalikes.shapes import Account
from aidline.simulator.vendors.shapes import Skin, Vendor
from aidline.simulator.wire import Post, viber

SKIN = Skin(
    key="viber",
    label="Viber",
    glyph="viber",
    named=True,
    reads=True,
    voices=False,
    address="id",
    limit=7000,
)


class ViberLine:
    def __init__(self, config: Mapping[str, Any], hook: str) -> None:
        self.hook = hook
        self.token = str(config["auth_token"])
        self.base_url = str(config["base_url"]).rstrip("/")

    def new_id(self, *, file: bool = False) -> str:  # noqa: ARG002
        return viber.new_token()

    def said(self, writer: Writer, utterance: Utterance) -> Post:
        if utterance.kind in _NOT_AT_VIBER:
            raise NotOnThisLine(utterance.kind)
        user = viber.User(writer.address, writer.name)
        return viber.message(self.token, user, utterance.at, self._content(utterance), id=utterance.id)

    def _content(self, said: Utterance) -> dict[str, Any]:
        if said.file:
            return self._file(said)
        if said.place:
            latitude, longitude, _name, address = said.place
            return {"type": "location", "location": {"lat": latitude, "lon": longitude, "address": address}}
        if said.card:
            return {"type": "contact", "contact": {"name": said.card[0], "phone_number": said.card[1]}}
        if said.choice:
            return {"type": "text", "text": said.choice[0]}
        if said.kind == "unsupported":
            return {"type": said.raw_kind or "rich_media"}
        return {"type": "text", "text": said.text}

    def _file(self, said: Utterance) -> dict[str, Any]:
        kind = _TYPES.get(said.kind, "file")
        url = f"{self.base_url}/media/{quote(self.token, safe='')}/{said.file}"
        made: dict[str, Any] = {"type": kind, "media": url, "size": len(said.content)}
        made |= {"file_name": said.filename} if said.filename else {}
        made |= {"text": said.text} if said.text and kind == "picture" else {}
        return made

    def told(self, news: News) -> tuple[str, Post]:
        """That it was sent, its answer has said already."""
        event = _EVENTS.get(news.state)
        if event is None:
            return "", Post(b"", {})
        return self.hook, viber.receipt(self.token, event, news.at, news.id, news.to)


# Viber passes none of them on (Callbacks, read 2026-11-24).
_NOT_AT_VIBER = frozenset({"reaction", "edit", "deletion"})
_TYPES: Mapping[str, str] = {"image": "picture", "video": "video", "sticker": "sticker"}
_EVENTS: Mapping[str, str] = {"delivered": "delivered", "read": "seen", "failed": "failed"}


def _account(ref: str, config: Mapping[str, str]) -> Account:
    token = config["auth_token"]
    return Account(key=token, ref=ref, secret=token, owns=lambda given: given == token)


def _demo(_number: str, base_url: str) -> Mapping[str, str]:
    return {
        "auth_token": "-".join(secrets.token_hex(8) for _part in range(3)),
        "sender_name": "Practice",
        "base_url": base_url,
    }


VENDOR = Vendor(
    provider="viber",
    path="viber",
    respond=lookalike.respond,
    line=ViberLine,
    account=_account,
    skin=lambda _config: SKIN,
    demo=_demo,
    nobody="5",
    refusal="3",
    blocked="6",
    keyless=True,
    new_address=viber.new_user_id,
)
