"""Words of payments for their templates."""

from django import template

from aidline.desk.payments import wording
from aidline.vouchers.models import Payment
from aidline.vouchers.paying.choosing import Group

register = template.Library()
register.filter("code_words", wording.code_words)
register.filter("group_icon", wording.group_icon)


@register.simple_tag
def group_words(group: Group, payment: Payment) -> str:
    return str(wording.group_words(group, payment.programme.amount_cents))


@register.filter
def chip_tone(payment: Payment) -> str:
    return wording.STATE_CHIPS[payment.state][0]


@register.filter
def chip_icon(payment: Payment) -> str:
    return wording.STATE_CHIPS[payment.state][1]


@register.filter
def payout_icon(state: str) -> str:
    return wording.PAYOUT_ICONS.get(state, "clock")


@register.filter
def signed(number: int) -> str:
    """More or fewer, with its sign."""
    return f"+ {number}" if number > 0 else f"− {-number}" if number < 0 else "0"
