"""Our own JSON: the generic practice provider, and web chat, which has no phone."""

import secrets
from collections.abc import Mapping
from typing import Any

from aidline.simulator.lines import News, Utterance, Writer
from aidline.simulator.lookalikes import plain as lookalike
from aidline.simulator.lookalikes.shapes import Account
from aidline.simulator.vendors.shapes import Skin, Vendor
from aidline.simulator.wire import Post, plain

SKIN = Skin(key="simulator", label="Simulator", glyph="phone", named=True, reads=True, reacts=True)


class PlainLine:
    """The generic practice provider, and web chat (whose "webhook" is a body that is stored at once)."""

    def __init__(self, config: Mapping[str, Any], hook: str) -> None:
        self.hook = hook
        self.secret = str(config["secret"])

    def new_id(self, *, file: bool = False) -> str:  # noqa: ARG002
        return plain.new_id()

    def said(self, writer: Writer, utterance: Utterance) -> Post:
        return plain.post(self.secret, _plain_event(writer, utterance))

    def told(self, news: News) -> tuple[str, Post]:
        receipt = plain.receipt(news.id, news.state, news.at, code=news.code, message=news.handle)
        return self.hook, plain.post(self.secret, receipt)


def _plain_event(writer: Writer, said: Utterance) -> plain.Event:
    if said.kind == "reaction":
        return plain.reaction(writer.address, said.at, said.target, said.text)
    if said.kind in ("edit", "deletion"):
        return plain.event(said.kind, writer.address, said.at, target=said.target, text=said.text)
    names = ("latitude", "longitude", "name", "address")
    file = {"ref": said.file, "kind": said.kind, "mime": said.mime, "name": said.filename}
    card = {"name": said.card[0], "phones": [said.card[1]]} if said.card else None
    return plain.message(
        writer.address,
        said.at,
        said.raw_kind if said.kind == "unsupported" else said.kind,
        id=said.id,
        name=writer.name,
        text=said.text,
        media=[file] if said.file else [],
        place=dict(zip(names, said.place, strict=True)) if said.place else None,
        cards=[card] if card else [],
        choice={"id": said.choice[0], "title": said.choice[1]} if said.choice else None,
        reply_to=said.reply_to,
    )


def _account(ref: str, config: Mapping[str, str]) -> Account:
    return Account(ref, ref, config["secret"], lambda given: given == ref)


def _demo(_number: str, base_url: str) -> Mapping[str, str]:
    return {"secret": secrets.token_urlsafe(24), "base_url": base_url}


VENDOR = Vendor(
    provider="simulator",
    path="simulator",
    respond=lookalike.respond,
    line=PlainLine,
    account=_account,
    skin=lambda _config: SKIN,
    demo=_demo,
    nobody="no-such-person",
    signs_itself=True,
    codes_are_words=True,
)
