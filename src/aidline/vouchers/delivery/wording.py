"""What people are told about their vouchers: the programme's own words where it has them, else ours.

In the person's language, else in the centre's, else in English. Money and dates are written as the language does.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from aidline.kernel import languages, money
from aidline.vouchers.models import Programme, Voucher
from aidline.vouchers.states import Rhythm

_SPOKEN_AS = {"en": "en_GB", "prs": "fa_AF", "kmr": "ku"}  # as Babel calls them

# What stands in {…} is filled in. Made when it is asked for, in the language that is active then.
DEFAULTS: Mapping[str, Callable[[], str]] = {
    "ready": lambda: _("A voucher of {amount} ({title}) is ready for you. Answer YES and you get it here."),
    "picture": lambda: _(
        "{title}: your voucher of {amount}, until {until}. Show this picture at the till; you can spend it in parts. "
        "What is left of it: {link}"
    ),
    "link": lambda: _(
        "{title}: your voucher of {amount}, until {until}. Open it and show it at the till: {link}"
    ),
    "balance": lambda: _("{title}: {left} of {amount} left, until {until}."),
    "none": lambda: _("There is no voucher for you at the moment."),
    "step1": lambda: pgettext("voucher", "Show this picture at the till."),
    "step2": lambda: pgettext("voucher", "The cashier scans it and enters the amount."),
    "step3": lambda: pgettext("voucher", "Spend it in parts until it is empty."),
    "step4": lambda: pgettext("voucher", "Keep it to yourself: whoever has the code can spend it."),
    "until": lambda: pgettext("voucher", "until {until}"),
    "left": lambda: pgettext("voucher", "left of {amount}"),
    "yes": lambda: pgettext("answer", "Yes"),
}
KEYS = tuple(DEFAULTS)
STEPS = ("step1", "step2", "step3", "step4")


@dataclass(frozen=True, slots=True)
class Words:
    """`language` is the one the text is really in."""

    text: str
    language: str


def say(programme: Programme, key: str, language: str, values: Mapping[str, str] | None = None) -> Words:
    own: Mapping[str, str] = programme.texts.get(key) or {}
    for code in candidates(programme, language):
        text = own.get(code) or (_default(key, code) if code in languages.INTERFACE else "")
        if text:
            return Words(_filled(text, values or {}), code)
    raise LookupError(key)


def candidates(programme: Programme, language: str) -> Iterator[str]:
    return iter(dict.fromkeys(filter(None, (language, programme.centre.default_language, "en"))))


def values_of(voucher: Voucher, language: str, *, link: str = "") -> dict[str, str]:
    programme = voucher.programme
    return {
        "title": title_of(voucher, language),
        "amount": money.written(voucher.amount_cents, programme.currency, language),
        "left": money.written(left_of(voucher), programme.currency, language),
        "until": day(voucher.valid_until, programme, language),
        "link": link,
    }


def left_of(voucher: Voucher) -> int:
    """What a shop holds for a while without a network is theirs all the same."""
    return voucher.balance_cents + voucher.held_cents


def title_of(voucher: Voucher, language: str) -> str:
    """With the number of the payment, where there are several."""
    name = name_of(voucher.programme, language)
    counted = voucher.payment is not None and voucher.programme.rhythm != Rhythm.ONCE
    return f"{name} · {voucher.payment.number}" if counted and voucher.payment else name


def name_of(programme: Programme, language: str) -> str:
    return next(
        (t for code in candidates(programme, language) if (t := programme.titles.get(code))), programme.name
    )


def brand_of(programme: Programme, language: str) -> str:
    names: Mapping[str, str] = programme.brand.get("name") or {}
    return next(
        (t for code in candidates(programme, language) if (t := names.get(code))), programme.centre.name
    )


def day(at: datetime, programme: Programme, language: str) -> str:
    local = at.astimezone(ZoneInfo(programme.centre.time_zone)).date()
    return format_date(local, "long", locale=_locale(language))


def _locale(language: str) -> Locale:
    try:
        return Locale.parse(_SPOKEN_AS.get(language, language))
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def _default(key: str, language: str) -> str:
    with translation.override(language):
        return DEFAULTS[key]()


def _filled(text: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        text = text.replace("{" + name + "}", value)
    return text.strip()
