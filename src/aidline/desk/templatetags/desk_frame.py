"""What surrounds every staff page: the rail, and the alarm that stays until it is solved."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.template import Context
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from aidline.centres.models import Centre, Staff
from aidline.centres.queries import Seat, centres_with, seat_in
from aidline.centres.states import Can
from aidline.desk.calls.lines import has_lines
from aidline.desk.health.lights import alarms_of

register = template.Library()

VOUCHER_PAGES = frozenset({"people", "payments", "programmes", "shops", "walk-in", "books"})


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the rail."""

    label: str
    icon: str
    url: str
    here: bool


@register.inclusion_tag("desk/rail.html", takes_context=True)
def rail(context: Context) -> dict[str, Any]:
    request = context["request"]
    seat = getattr(request, "seat", None) or _usual_seat(request.user)
    places = _of_centre(seat) if seat else []
    if request.user.organisation_admin:
        places += _of_organisation()[: 2 if seat else 3]  # a centre's own health stands for both
    path = _standing_for(request.path, seat)
    here = max((url for _, _, url in places if path.startswith(url)), key=len, default="")
    return {"places": [Place(*place, here=place[2] == here) for place in places]}


def _standing_for(path: str, seat: Seat | None) -> str:
    """For who has the whole voucher side under one entry of the rail, all of its pages are there."""
    parts = path.split("/")
    inside = len(parts) > 3 and parts[3] in VOUCHER_PAGES
    return _at(seat.centre, "vouchers") if inside and seat and seat.can(Can.ANSWER) else path


def _usual_seat(staff: Staff) -> Seat | None:
    rights = (Can.ANSWER, Can.TRANSLATE, Can.SEE_REGISTRATIONS, Can.REDEEM, Can.ADD_PEOPLE, Can.SEE_BOOKS)
    found = (centres_with(staff, right).first() for right in rights)
    centre = next((centre for centre in found if centre), None)
    return seat_in(staff, centre) if centre else None


def _of_centre(seat: Seat) -> list[tuple[str, str, str]]:
    pages = [
        (Can.ANSWER, (_("Desk"), "inbox", _at(seat.centre, "desk"))),
        (Can.ANSWER, (_("Articles"), "book", _at(seat.centre, "articles"))),
        (Can.OUTREACH, (_("Outreach"), "horn", _at(seat.centre, "outreach"))),
        (Can.TRANSLATE, (_("Translate"), "trans", _at(seat.centre, "translating"))),
        *_of_vouchers(seat),
        (Can.SEE_HEALTH, (pgettext("channels", "Health"), "zap", _at(seat.centre, "health"))),
        (Can.SET_UP, (_("Setup"), "gear", _at(seat.centre, "setup"))),
    ]
    places = [page for right, page in pages if seat.can(right)]
    if seat.can(Can.ANSWER) and has_lines(seat.centre):
        places.insert(1, (_("Calls"), "phone", _at(seat.centre, "calls")))
    return places


def _of_vouchers(seat: Seat) -> list[tuple[Can, tuple[str, str, str]]]:
    """Who also answers people finds the voucher side under one entry; for the others it is their whole work."""
    today = (_("Vouchers") if seat.can(Can.ANSWER) else _("Today"), "card", _at(seat.centre, "vouchers"))
    pages = [
        (Can.SEE_REGISTRATIONS, (_("People"), "users", _at(seat.centre, "people"))),
        (Can.SEE_REGISTRATIONS, (_("Payments"), "coins", _at(seat.centre, "payments"))),
        (Can.RUN_PROGRAMMES, (_("Shops"), "shop", _at(seat.centre, "shops"))),
        (Can.SEE_BOOKS, (_("Books"), "law", _at(seat.centre, "books"))),
        (Can.RUN_PROGRAMMES, (_("Setup"), "gear", _at(seat.centre, "programmes"))),
        (Can.REDEEM, (_("Till"), "scan", _at(seat.centre, "till"))),
        (Can.ADD_PEOPLE, (_("Lists"), "list", _at(seat.centre, "lists"))),
    ]
    return [(Can.SEE_REGISTRATIONS, today), *([] if seat.can(Can.ANSWER) else pages)]


def _of_organisation() -> list[tuple[str, str, str]]:
    return [
        (_("Centres"), "home", reverse("organisation:centres")),
        (_("Staff"), "users", reverse("organisation:staff")),
        (pgettext("channels", "Health"), "zap", reverse("organisation:health")),
    ]


def _at(centre: Centre, page: str) -> str:
    return f"/c/{centre.slug}/{page}/"


# Which right leads to which page of another centre, the first that fits.
_SECTIONS = {
    "desk": Can.ANSWER,
    "articles": Can.ANSWER,
    "calls": Can.ANSWER,
    "outreach": Can.OUTREACH,
    "health": Can.SEE_HEALTH,
    "setup": Can.SET_UP,
    "translating": Can.TRANSLATE,
    "vouchers": Can.SEE_REGISTRATIONS,
    "people": Can.SEE_REGISTRATIONS,
    "payments": Can.SEE_REGISTRATIONS,
    "programmes": Can.RUN_PROGRAMMES,
    "shops": Can.RUN_PROGRAMMES,
    "walk-in": Can.RUN_PROGRAMMES,
    "books": Can.SEE_BOOKS,
    "lists": Can.ADD_PEOPLE,
    "till": Can.REDEEM,
}


@register.inclusion_tag("desk/centre_switch.html", takes_context=True)
def centre_switch(context: Context) -> dict[str, Any]:
    """The same page of another centre, for who works in several."""
    request = context["request"]
    seat: Seat | None = getattr(request, "seat", None)
    if seat is None:
        return {}
    section = request.path.split("/")[3]
    centres = centres_with(request.user, _SECTIONS.get(section, Can.ANSWER))
    return {"here": seat.centre, "section": section, "centres": list(centres)}


@register.inclusion_tag("desk/alarm.html", takes_context=True)
def alarm(context: Context) -> dict[str, Any]:
    """For those who may see the health of the channels; one small query."""
    seat: Seat | None = getattr(context["request"], "seat", None)
    if seat is None or not seat.can(Can.SEE_HEALTH):
        return {}
    alarms = alarms_of(seat.centre)
    return {"first": alarms[0] if alarms else None, "more": len(alarms) - 1, "centre": seat.centre}
