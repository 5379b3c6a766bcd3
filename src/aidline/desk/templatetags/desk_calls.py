"""The phone on the pages of the desk, and the words of calls."""

from typing import Any

from django import template
from django.template import Context

from aidline.calls import ending
from aidline.calls.models import Call, Leg, Offer
from aidline.conversations.states import RISKS
from aidline.desk.calls import contexts, wording
from aidline.desk.calls.lines import may_answer
from aidline.desk.calls.words_for_scripts import words_for_phone
from aidline.desk.inbox.wording import length

register = template.Library()

register.simple_tag(contexts.key, name="strip_key")
register.simple_tag(wording.title, name="ringing_title")
register.simple_tag(wording.says, name="ringing_says")
register.simple_tag(wording.leg, name="leg_words")
register.simple_tag(wording.state, name="call_state")
register.simple_tag(wording.callback, name="callback_state")
register.filter("wanted", wording.wanted)
register.filter("talking_since", wording.since)
register.filter("goes_on", ending.goes_on)


@register.inclusion_tag("desk/calls/bar.html", takes_context=True)
def phone_bar(context: Context) -> dict[str, Any]:
    """The strip under the bar, for members who may answer the phone."""
    request = context["request"]
    if not may_answer(getattr(request, "seat", None)):
        return {}
    return {
        "request": request,
        "may_answer": True,
        "phone_words": words_for_phone(),
        **contexts.strip_part(request),
    }


@register.inclusion_tag("desk/calls/chip.html", takes_context=True)
def phone_chip(context: Context) -> dict[str, Any]:
    request = context["request"]
    return {"request": request, "may_answer": may_answer(getattr(request, "seat", None))}


@register.inclusion_tag("desk/calls/risk.html")
def urgency_chip(urgency: int) -> dict[str, object]:
    return risk_chip(RISKS[urgency])


@register.inclusion_tag("desk/calls/risk.html")
def risk_chip(risk: str) -> dict[str, object]:
    """In words; colour and sign come second."""
    return {"words": wording.RISKS.get(risk), "is_grave": risk != "medium"}


@register.simple_tag
def call_length(call: Call) -> str:
    return length(call.seconds)


@register.simple_tag
def own_length(leg: Leg) -> str:
    """How long this member was in the call, which may have lasted longer."""
    return (
        length(round((leg.left_at - leg.joined_at).total_seconds())) if leg.left_at and leg.joined_at else ""
    )


@register.simple_tag
def waiting_state(offer: Offer | None) -> str:
    return wording.waiting(offer.membership.staff.name if offer else "")
