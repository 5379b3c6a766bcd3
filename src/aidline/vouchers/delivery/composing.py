"""What a person gets about their vouchers on one way: a question, a picture, or a link."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aidline.channels.contract import Kind
from aidline.channels.models import Template
from aidline.kernel import languages, money
from aidline.vouchers.delivery.faces import drawn_language
from aidline.vouchers.delivery.lines import Line
from aidline.vouchers.delivery.links import link
from aidline.vouchers.delivery.wording import candidates, name_of, say, title_of, values_of
from aidline.vouchers.models import Voucher

HIDDEN = "•••"  # stands for the link wherever the text is kept


@dataclass(frozen=True, slots=True)
class Made:
    kind: Kind
    text: str
    language: str
    extra: dict[str, Any] | None = None


def question(vouchers: Sequence[Voucher], line: Line) -> Made | None:
    """One for all that wait for this person. None where there is no approved template for it."""
    programme, wanted = vouchers[0].programme, vouchers[0].registration.language
    template = line.template(programme, list(candidates(programme, wanted)))
    if template is None:
        return None
    language = languages.match(template.language) or wanted
    values = _asked(vouchers, language)
    given = dict(zip(template.parameters, _by_name_or_place(template, values), strict=True))
    extra: dict[str, Any] = {
        "template": {"name": template.name, "language": template.language, "parameters": given}
    }
    if template.buttons:
        extra["buttons"] = list(template.buttons)
    return Made(Kind.TEMPLATE, template.filled(given), language, extra)


def the_voucher(voucher: Voucher, line: Line) -> Made:
    """The picture, drawn when it leaves; or the link to it, where a channel has no pictures.

    The link, too, is put in when it leaves: whoever reads the conversation later has no voucher by it.
    """
    programme, extra = voucher.programme, {"voucher": str(voucher.pk)}
    language = drawn_language(programme, voucher.registration.language)
    values = values_of(voucher, language, link=HIDDEN)
    if not line.takes_pictures:
        words = say(programme, "link", language, values)
        return Made(Kind.TEXT, words.text, words.language, extra)
    words = say(programme, "picture", language, values)
    length = len(with_link(words.text, voucher))
    captioned = Kind.IMAGE in line.able.captioned and length <= line.able.caption_limit
    return Made(Kind.IMAGE, words.text if captioned else "", words.language, extra)


def with_link(text: str, voucher: Voucher) -> str:
    return text.replace(HIDDEN, link(voucher))


def _asked(vouchers: Sequence[Voucher], language: str) -> dict[str, str]:
    first = vouchers[0]
    cents = sum(voucher.balance_cents for voucher in vouchers)
    several = len(vouchers) > 1
    return {
        **values_of(first, language),
        "title": name_of(first.programme, language) if several else title_of(first, language),
        "amount": money.written(cents, first.programme.currency, language),
    }


def _by_name_or_place(template: Template, values: Mapping[str, str]) -> list[str]:
    """Those called by number are title, amount, until; a name of somebody else's is filled with the title."""
    places = dict(zip("123", (values["title"], values["amount"], values["until"]), strict=True))
    return [values.get(name) or places.get(name) or values["title"] for name in template.parameters]
