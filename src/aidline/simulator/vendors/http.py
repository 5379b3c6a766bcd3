"""Any gateway, as the channel's own settings describe it."""

import secrets
from collections.abc import Mapping
from typing import Any

from aidline.simulator.lines import News, NotOnThisLine, Utterance, Writer
from aidline.simulator.lookalikes import http as lookalike
from aidline.simulator.lookalikes.shapes import Account
from aidline.simulator.vendors.shapes import Skin, Vendor
from aidline.simulator.wire import Post, http

SKIN = Skin(
    key="http",
    label="Any gateway",
    glyph="swap",
    plain=True,
    named=True,
    places=False,
    limit=lookalike.LONGEST,
)

_NOT_HERE = frozenset({"reaction", "edit", "deletion", "unsupported"})


class HttpLine:
    """Calls that come as queries cannot be practised: a phone here posts."""

    def __init__(self, config: Mapping[str, Any], hook: str) -> None:
        self.hook = hook
        self.config = config
        self.base_url = str(config["base_url"]).rstrip("/")

    def new_id(self, *, file: bool = False) -> str:  # noqa: ARG002
        return http.new_id()

    def said(self, writer: Writer, utterance: Utterance) -> Post:
        if utterance.kind in _NOT_HERE or (utterance.file and not self.config.get("in_media")):
            raise NotOnThisLine(utterance.kind)
        files = [(f"{self.base_url}/files/{utterance.file}", utterance.mime)] if utterance.file else ()
        row = http.message(
            self.config,
            id=utterance.id,
            sender=writer.address,
            at=utterance.at,
            text=_words(utterance),
            name=writer.name,
            files=files,
        )
        return http.post(self.config, row)

    def told(self, news: News) -> tuple[str, Post]:
        """`handle` is the address that came with the message, or our own id of it."""
        named = news.handle.startswith("http")
        ours = "" if named else news.handle
        row = http.status(self.config, id=news.id, state=news.state, at=news.at, ours=ours, code=news.code)
        return news.handle if named else self.hook, http.post(self.config, row)


def _words(said: Utterance) -> str:
    if said.card:
        return "\n".join(said.card)
    if said.place:
        latitude, longitude, name, address = said.place
        return "\n".join(filter(None, (name, address, f"geo:{latitude},{longitude}")))
    return said.choice[1] if said.choice else said.text


def _account(ref: str, config: Mapping[str, str]) -> Account:
    key = config.get("key", "")
    return Account(key, ref, key, lambda given: given == key)


def _demo(_number: str, base_url: str) -> Mapping[str, str]:
    """A gateway with nested names, so that practice shows how they are given."""
    return {
        "base_url": base_url,
        "hook_word": secrets.token_urlsafe(24),
        "send_path": "/messages",
        "body": '{"to": "{to}", "text": "{text}", "file": "{media_url}", "reference": "{id}"}',
        "headers": "Authorization: Bearer {key}",
        "key": secrets.token_urlsafe(18),
        "id_name": "data.id",
        "success_name": "ok",
        "success_values": "true",
        "error_name": "error.code",
        "errors": "blocked = stop\nbroken = retry\ntoo-fast = retry\nwrong-key = down",
        "in_rows": "messages",
        "in_id": "id",
        "in_from": "contact.phone",
        "in_text": "content.text",
        "in_name": "contact.name",
        "in_time": "at",
        "in_media": "content.file",
        "in_media_type": "content.type",
        "status_name": "event",
        "status_id": "id",
        "status_our_id": "reference",
        "status_code": "reason",
    }


VENDOR = Vendor(
    provider="http",
    path="http",
    respond=lookalike.respond,
    line=HttpLine,
    account=_account,
    skin=lambda _config: SKIN,
    demo=_demo,
    nobody="no-such-number",
    refusal="not-possible",
    keyless=True,
    codes_are_words=True,
)
