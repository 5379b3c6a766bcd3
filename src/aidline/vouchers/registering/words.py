"""What people are told around a registration: the programme's own words, else ours, in their language.

Keys of `Programme.texts`, each by language; `{…}` is filled in where it stands:

    "why"         what the programme is for and who pays for it; shown before anything is asked
    "invitation"  the first message: {programme}, {centre}, {link}, {until}
    "reminder"    the same, when nobody has answered
    "registered"  what comes when they have handed in the form: {programme}, {centre}, {receipt}
    "templates"   {"invitation": "…", "reminder": "…"}: names of approved messages, for channels that need one
                  outside the reply window; without it `voucher_invitation`
"""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import formats, translation
from django.utils.translation import gettext as _

from aidline.centres.models import Centre
from aidline.kernel import languages
from aidline.vouchers.models import Programme
from aidline.vouchers.registering.form import word

TEMPLATE = "voucher_invitation"


def title(programme: Programme, language: str) -> str:
    """What people know the programme as."""
    return word(programme.titles, language, programme.centre.default_language) or programme.name


def own(programme: Programme, key: str, language: str) -> str:
    """The programme's own words in this language or the centre's; empty if it has none."""
    texts: Mapping[str, str] = programme.texts.get(key) or {}
    return str(texts.get(language) or texts.get(programme.centre.default_language) or "")


def template_name(programme: Programme, key: str) -> str:
    names: Mapping[str, str] = programme.texts.get("templates") or {}
    return str(names.get(key) or names.get("invitation") or TEMPLATE)


def invitation(programme: Programme, language: str, *, link: str, until: datetime, again: bool) -> str:
    centre = programme.centre
    values = {"programme": title(programme, language), "centre": centre.name, "link": link}
    with translation.override(spoken(language, centre)):
        values["until"] = day(until, centre)
        words = (
            own(programme, "reminder", language) if again else own(programme, "invitation", language)
        ) or _invitation(again=again)
    return _with_link(filled(words, values), link)


def registered(programme: Programme, language: str, *, receipt: str) -> str:
    centre = programme.centre
    values = {"programme": title(programme, language), "centre": centre.name, "receipt": receipt}
    with translation.override(spoken(language, centre)):
        words = own(programme, "registered", language) or _(
            "{centre}: you are registered for {programme}. Your receipt code is {receipt}. "
            "Send it to us at any time, and we answer where your registration stands."
        )
    return filled(words, values)


def filled(words: str, values: Mapping[str, str]) -> str:
    """Only what is known is filled in: a brace that somebody typed stays a brace."""
    for name, value in values.items():
        words = words.replace("{" + name + "}", value)
    return words


def spoken(language: str, centre: Centre) -> str:
    """Our own words are there in fewer languages than people speak."""
    wishes = (language, centre.default_language)
    return next((code for code in wishes if code in languages.INTERFACE), languages.INTERFACE[0])


def day(moment: datetime, centre: Centre) -> str:
    local = moment.astimezone(ZoneInfo(centre.time_zone))
    return formats.date_format(local, "j F")


def _invitation(*, again: bool) -> str:
    if again:
        return _("{centre}: you can still register for {programme}, until {until}: {link}")
    return _(
        "{centre}: you can register for {programme}. It is your own choice and costs nothing. "
        "Open this link until {until}: {link}"
    )


def _with_link(text: str, link: str) -> str:
    """Words of a programme that forgot it."""
    return text if link in text else f"{text}\n{link}"
