"""Messenger and Instagram as a phone speaks them."""

from collections.abc import Callable, Mapping
from typing import Any

from aidline.simulator.lines import News, NotOnThisLine, Utterance, Writer, path_of
from aidline.simulator.wire import Post
from aidline.simulator.wire import meta_messaging as wire


class PageLine:
    """Files of people lie at an address of the look-alike that holds the channel and the file, and no key."""

    def __init__(self, page: wire.Page, hook: str, base_url: str, silent: frozenset[str]) -> None:
        self.page, self.hook, self.silent = page, hook, silent
        self.files = f"{base_url}/cdn/{path_of(hook).split('/')[-1]}"

    def new_id(self, *, file: bool = False) -> str:  # noqa: ARG002
        return wire.new_mid(self.page.thing)

    def said(self, writer: Writer, utterance: Utterance) -> Post:
        if utterance.kind in self.silent:
            raise NotOnThisLine(utterance.kind)
        word = _WORDS.get(utterance.kind, _file)
        return wire.post(self.page, [word(self, writer.address, utterance)], utterance.at)

    def told(self, news: News) -> tuple[str, Post]:
        """Of a message that fails later neither says a word; Instagram is silent on arrival too."""
        told = _TOLD[self.page.thing].get(news.state)
        if told is None:
            return self.hook, wire.nothing(self.page)
        return self.hook, wire.post(self.page, [told(self.page, news)], news.at)


def _text(line: PageLine, who: str, said: Utterance) -> wire.Part:
    return wire.message(line.page, who, said.at, id=said.id, text=said.text, reply_to=said.reply_to)


def _file(line: PageLine, who: str, said: Utterance) -> wire.Part:
    file = wire.attachment(said.kind, f"{line.files}/{said.file}", said.filename)
    return wire.message(line.page, who, said.at, id=said.id, text=said.text, attachments=[file])


def _location(line: PageLine, who: str, said: Utterance) -> wire.Part:
    latitude, longitude, name, _address = said.place or (0.0, 0.0, "", "")
    spot = wire.location(latitude, longitude, name)
    return wire.message(line.page, who, said.at, id=said.id, attachments=[spot])


def _choice(line: PageLine, who: str, said: Utterance) -> wire.Part:
    choice, title = said.choice or ("", "")
    return wire.message(line.page, who, said.at, id=said.id, text=title, quick_reply={"payload": choice})


def _reaction(line: PageLine, who: str, said: Utterance) -> wire.Part:
    return wire.reaction(line.page, who, said.at, said.target, said.text)


def _edit(line: PageLine, who: str, said: Utterance) -> wire.Part:
    return wire.edit(line.page, who, said.at, said.target, said.text)


def _deletion(line: PageLine, who: str, said: Utterance) -> wire.Part:
    return wire.message(line.page, who, said.at, id=said.target, is_deleted=True)


def _unsupported(line: PageLine, who: str, said: Utterance) -> wire.Part:
    return wire.message(line.page, who, said.at, id=said.id, is_unsupported=True)


_WORDS: Mapping[str, Callable[[PageLine, str, Utterance], wire.Part]] = {
    "text": _text,
    "location": _location,
    "choice": _choice,
    "reaction": _reaction,
    "edit": _edit,
    "deletion": _deletion,
    "unsupported": _unsupported,
}

Telling = Callable[[wire.Page, News], wire.Part]


def _echo(page: wire.Page, news: News) -> wire.Part:
    return wire.echo(page, news.to, news.at, news.id, news.handle)


def _delivered(page: wire.Page, news: News) -> wire.Part:
    return wire.delivery(page, news.to, news.at, news.id)


def _read(page: wire.Page, news: News) -> wire.Part:
    return wire.read(page, news.to, news.at, news.id if page.thing == wire.INSTAGRAM else "")


_TOLD: Mapping[str, Mapping[str, Telling]] = {
    wire.MESSENGER: {"sent": _echo, "delivered": _delivered, "read": _read},
    wire.INSTAGRAM: {"sent": _echo, "read": _read},
}


def page_of(thing: str, id_field: str, config: Mapping[str, Any]) -> wire.Page:
    return wire.Page(thing, str(config[id_field]), str(config["app_secret"]), str(config.get("app_id", "")))
