"""The template by which people are asked whether they want their voucher now, drafted in a programme's languages."""

from aidline.centres.models import Staff
from aidline.channels.models import Channel, Template
from aidline.channels.templates import Taken, Wording, write_template
from aidline.kernel import money
from aidline.vouchers.delivery.lines import FAMILY
from aidline.vouchers.delivery.wording import name_of, say
from aidline.vouchers.models import Programme

_FIELDS = {"title": "{{title}}", "amount": "{{amount}}"}


def write_drafts(*, by: Staff | None, channel: Channel, programme: Programme) -> list[Template]:
    """Those there are already stay as they are."""
    made = (_draft(by, channel, programme, language) for language in _languages(programme))
    return [draft for draft in made if draft]


def _languages(programme: Programme) -> list[str]:
    return programme.languages or [programme.centre.default_language]


def _draft(by: Staff | None, channel: Channel, programme: Programme, language: str) -> Template | None:
    body = say(programme, "ready", language, _FIELDS)
    if body.language != language:
        return None
    wording = _wording(programme, body.text, language)
    try:
        return write_template(by=by, channel=channel, family=FAMILY, language=language, wording=wording)
    except Taken:
        return None


def _wording(programme: Programme, body: str, language: str) -> Wording:
    examples = {
        "title": name_of(programme, language),
        "amount": money.written(programme.amount_cents or 1000, programme.currency, language),
    }
    return Wording(body=body, examples=examples, buttons=(say(programme, "yes", language).text,))
