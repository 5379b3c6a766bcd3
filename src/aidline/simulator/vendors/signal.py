"""Signal by way of a bridge: people there have a uuid, and perhaps show their number."""

import secrets
from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

from aidline.simulator.lines import News, Utterance, Writer
from aidline.simulator.lookalikes import signal as lookalike
from aidline.simulator.lookalikes.shapes import Account
from aidline.simulator.vendors.shapes import Skin, Vendor
from aidline.simulator.wire import Post, signal

SKIN = Skin(
    key="signal",
    label="Signal",
    glyph="signal",
    named=True,
    reads=True,
    reacts=True,
    address="id",
    limit=2000,
)


class SignalLine:
    def __init__(self, config: Mapping[str, Any], hook: str) -> None:
        self.hook = hook
        self.number = str(config["number"])

    def new_id(self, *, file: bool = False) -> str:  # noqa: ARG002
        return signal.new_moment()

    def said(self, writer: Writer, utterance: Utterance) -> Post:
        word = _WORDS.get(utterance.kind, _media if utterance.file else _text)
        content = word(self, utterance)
        return signal.post(self.number, writer.address, writer.name, utterance.at, content)

    def told(self, news: News) -> tuple[str, Post]:
        """Signal tells that something arrived or was read, and nothing else."""
        if news.state in ("delivered", "read"):
            content = signal.receipt(news.id, news.at, read=news.state == "read")
        else:
            content = signal.sent_elsewhere(news.id)
        return self.hook, signal.post(self.number, news.to, "", news.at, content)

    def quoted(self, moment: str) -> Mapping[str, Any]:
        return {"quote": signal.quote(self.number, moment)} if moment.isdigit() else {}


def _text(line: SignalLine, said: Utterance) -> signal.Part:
    words = said.choice[1] if said.choice else said.text
    return signal.message(said.id, message=words, **line.quoted(said.reply_to))


def _media(line: SignalLine, said: Utterance) -> signal.Part:
    size, voice = len(said.content), said.kind == "voice"
    file = signal.attachment(said.file, said.mime, size, name=said.filename, voice=voice)
    return signal.message(
        said.id, message=said.text or None, attachments=[file], **line.quoted(said.reply_to)
    )


def _location(_line: SignalLine, said: Utterance) -> signal.Part:
    """Signal sends a picture of the map with a link; the link is what there is to read."""
    latitude, longitude, name, address = said.place or (0.0, 0.0, "", "")
    link = f"https://maps.google.com/maps?q={latitude}%2C{longitude}"
    return signal.message(said.id, message="\n".join(filter(None, (name, address, link))))


def _contacts(_line: SignalLine, said: Utterance) -> signal.Part:
    return signal.message(said.id, contacts=[signal.contact(*(said.card or ("", "")))])


def _reaction(line: SignalLine, said: Utterance) -> signal.Part:
    return signal.message(said.id, reaction=signal.reaction(line.number, said.target, said.text))


def _edit(_line: SignalLine, said: Utterance) -> signal.Part:
    return signal.edit(said.id, said.target, said.text)


def _deletion(_line: SignalLine, said: Utterance) -> signal.Part:
    return signal.message(said.id, remoteDelete={"timestamp": int(said.target)})


def _unsupported(_line: SignalLine, said: Utterance) -> signal.Part:
    return signal.message(said.id, **{said.raw_kind or "hologram": {"new": True}})


_WORDS: Mapping[str, Callable[[SignalLine, Utterance], signal.Part]] = {
    "location": _location,
    "contacts": _contacts,
    "reaction": _reaction,
    "edit": _edit,
    "deletion": _deletion,
    "unsupported": _unsupported,
}


def _account(ref: str, config: Mapping[str, str]) -> Account:
    key = config["number"].removeprefix("+")
    return Account(key, ref, "", lambda given: given == key)


def _demo(number: str, base_url: str) -> Mapping[str, str]:
    """The bridge knows no password: the number in its address tells the channels apart."""
    address = f"{base_url}/{number.removeprefix('+')}"
    return {"base_url": address, "number": number, "hook_word": secrets.token_urlsafe(24)}


VENDOR = Vendor(
    provider="signal",
    path="signal",
    respond=lookalike.respond,
    line=SignalLine,
    account=_account,
    skin=lambda _config: SKIN,
    demo=_demo,
    nobody="not-on-signal",
    refusal="untrusted-identity",
    signs_itself=True,
    codes_are_words=True,
    new_address=lambda: str(uuid4()),
    said_as=lambda address, id: f"{address}:{id}",
)
