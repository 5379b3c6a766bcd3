"""One channel seen from the provider's side: how it words what a person said and what became of ours."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import urlsplit

from aidline.simulator.wire import Post, meta, plain, twilio


@dataclass(frozen=True, slots=True)
class Writer:
    """Somebody with a phone: a number, or on WhatsApp perhaps nothing but a business-scoped id."""

    address: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Utterance:
    """One thing done on a phone. `kind` is a kind of `channels.contract`, or reaction, edit or deletion."""

    id: str
    kind: str
    at: datetime
    text: str = ""
    file: str = ""  # the provider's id of it
    mime: str = ""
    filename: str = ""
    content: bytes = b""
    place: tuple[float, float, str, str] | None = None
    card: tuple[str, str] | None = None
    choice: tuple[str, str] | None = None  # id and title
    from_list: bool = False
    reply_to: str = ""
    target: str = ""
    raw_kind: str = ""  # of what was pressed "template", of what we do not know the provider's word


@dataclass(frozen=True, slots=True)
class News:
    """What became of a message of ours. `handle` is what we had asked to be given back with it."""

    id: str
    state: str  # sent, delivered, read, failed
    at: datetime
    to: str
    handle: str = ""
    code: str = ""


class NotOnThisLine(Exception):
    """This provider has no way to say such a thing."""


class Line(Protocol):
    """`hook` is the public address of our webhook; a post's own address may differ from it."""

    hook: str

    def new_id(self, *, file: bool = False) -> str: ...

    def said(self, writer: Writer, utterance: Utterance) -> Post: ...

    def told(self, news: News) -> tuple[str, Post]: ...


def line_of(provider: str, config: Mapping[str, Any], hook: str) -> Line:
    """KeyError for a provider without a look-alike."""
    return _LINES[provider](config, hook)


# --- Meta ------------------------------------------------------------------------------------------------


class MetaLine:
    def __init__(self, config: Mapping[str, Any], hook: str) -> None:
        self.hook = hook
        self.number = meta.Number(
            waba_id=config["waba_id"],
            phone_number_id=config["phone_number_id"],
            display=config.get("display", config["phone_number_id"]),
            app_secret=config["app_secret"],
        )

    def new_id(self, *, file: bool = False) -> str:  # noqa: ARG002
        return meta.new_wamid()

    def said(self, writer: Writer, utterance: Utterance) -> Post:
        customer = _customer(writer)
        word = _META.get(utterance.kind, _meta_media)
        return meta.post(self.number, [meta.said(self.number, customer, [word(customer, utterance)])])

    def told(self, news: News) -> tuple[str, Post]:
        status = meta.status(
            news.id,
            news.state,
            news.at,
            _customer(Writer(news.to)),
            opaque=news.handle,
            code=int(news.code or 0),
            title="Message failed" if news.code else "",
        )
        return self.hook, meta.post(self.number, [meta.told(self.number, [status])])


def _customer(writer: Writer) -> meta.Customer:
    if writer.address.startswith("+"):
        return meta.Customer(wa_id=writer.address[1:], name=writer.name)
    return meta.Customer(user_id=writer.address, name=writer.name)


def _meta_text(customer: meta.Customer, said: Utterance) -> meta.Part:
    return meta.text(customer, said.at, said.text, id=said.id, reply_to=said.reply_to)


def _meta_media(customer: meta.Customer, said: Utterance) -> meta.Part:
    return meta.media(
        customer,
        said.at,
        said.kind,
        said.file,
        said.mime,
        content=said.content,
        caption=said.text,
        filename=said.filename if said.kind == "document" else "",
        id=said.id,
    )


def _meta_location(customer: meta.Customer, said: Utterance) -> meta.Part:
    latitude, longitude, name, address = said.place or (0.0, 0.0, "", "")
    return meta.location(customer, said.at, latitude, longitude, name=name, address=address, id=said.id)


def _meta_contacts(customer: meta.Customer, said: Utterance) -> meta.Part:
    name, phone = said.card or ("", "")
    return meta.contact(customer, said.at, name, phone, id=said.id)


def _meta_choice(customer: meta.Customer, said: Utterance) -> meta.Part:
    choice, title = said.choice or ("", "")
    if said.raw_kind == "template":
        return meta.template_button(customer, said.at, choice, title, said.reply_to, id=said.id)
    word = meta.list_reply if said.from_list else meta.button_reply
    return word(customer, said.at, choice, title, said.reply_to, id=said.id)


def _meta_reaction(customer: meta.Customer, said: Utterance) -> meta.Part:
    return meta.reaction(customer, said.at, said.target, said.text, id=said.id)


def _meta_edit(customer: meta.Customer, said: Utterance) -> meta.Part:
    return meta.edit(customer, said.at, said.target, said.text, id=said.id)


def _meta_deletion(customer: meta.Customer, said: Utterance) -> meta.Part:
    return meta.deletion(customer, said.at, said.target, id=said.id)


def _meta_unsupported(customer: meta.Customer, said: Utterance) -> meta.Part:
    return meta.unsupported(customer, said.at, said.raw_kind, id=said.id)


_META: Mapping[str, Callable[[meta.Customer, Utterance], meta.Part]] = {
    "text": _meta_text,
    "location": _meta_location,
    "contacts": _meta_contacts,
    "choice": _meta_choice,
    "reaction": _meta_reaction,
    "edit": _meta_edit,
    "deletion": _meta_deletion,
    "unsupported": _meta_unsupported,
}


# --- Twilio ----------------------------------------------------------------------------------------------


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


# --- our own ---------------------------------------------------------------------------------------------


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


_LINES: Mapping[str, Callable[[Mapping[str, Any], str], Line]] = {
    "whatsapp_cloud": MetaLine,
    "twilio": TwilioLine,
    "simulator": PlainLine,
    "webchat": PlainLine,
}


def has_line(provider: str) -> bool:
    return provider in _LINES


def path_of(url: str) -> str:
    """Path and query: a webhook is carried to this machine, whatever name it has outside."""
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
