"""WhatsApp at Meta: how the phone looks, how it words things, and who may call its look-alike."""

import secrets
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from aidline.simulator.lines import News, Utterance, Writer
from aidline.simulator.lookalikes import meta as lookalike
from aidline.simulator.lookalikes.shapes import Account
from aidline.simulator.vendors.shapes import Skin, Vendor
from aidline.simulator.wire import Post, meta

SKIN = Skin(
    key="whatsapp",
    label="WhatsApp",
    glyph="whatsapp",
    named=True,
    reads=True,
    reacts=True,
    window=timedelta(hours=24),
    without_number=True,
)


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


def _account(ref: str, config: Mapping[str, str]) -> Account:
    own = frozenset({config["phone_number_id"], config["waba_id"]})
    return Account(config["phone_number_id"], ref, config["access_token"], own.__contains__, whatsapp=True)


def _demo(_number: str, base_url: str) -> Mapping[str, str]:
    return {
        "phone_number_id": str(secrets.randbelow(9 * 10**14) + 10**14),
        "waba_id": str(secrets.randbelow(9 * 10**14) + 10**14),
        "access_token": "EAA" + secrets.token_urlsafe(32),
        "app_secret": secrets.token_hex(16),
        "verify_token": secrets.token_urlsafe(16),
        "base_url": base_url,
    }


VENDOR = Vendor(
    provider="whatsapp_cloud",
    path="meta",
    respond=lookalike.respond,
    line=MetaLine,
    account=_account,
    skin=lambda _config: SKIN,
    demo=_demo,
    nobody="131026",
    too_late="131047",
    keyless=True,
)
