"""Today: what waits for this member, and the way to everything else of the voucher side."""

from dataclasses import dataclass
from typing import Any

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from aidline.centres.queries import Seat
from aidline.centres.rules import StaffRequest, requires
from aidline.centres.states import Can
from aidline.vouchers.queries import running_programmes
from aidline.vouchers.states import Status
from aidline.vouchers.today import Task, counts_of, tasks_for


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to do, in words, and where."""

    words: str
    where: str
    icon: str
    url: str


@requires(Can.SEE_REGISTRATIONS)
@require_safe
def today(request: StaffRequest) -> HttpResponseBase:
    seat = request.seat
    counts = counts_of(seat)
    programmes = [(row, _people(counts.get(row.pk, {}))) for row in running_programmes(seat)]
    context = {
        "lines": [line_of(task, seat.centre.slug) for task in tasks_for(seat)],
        "programmes": programmes,
        "places": places_of(seat),
    }
    return render(request, "desk/vouchers/today.html", context)


def line_of(task: Task, slug: str) -> Line:
    where = task.programme.name if task.programme else ""
    return Line(_words(task), where, _ICONS[task.kind], f"/c/{slug}/{_page(task)}")


def places_of(seat: Seat) -> list[tuple[str, str, str]]:
    """For who answers people, these are in no rail."""
    pages = (
        (Can.SEE_REGISTRATIONS, "people", "users", _("People")),
        (Can.SEE_REGISTRATIONS, "payments", "coins", _("Payments")),
        (Can.RUN_PROGRAMMES, "walk-in", "hands", _("Walk-in desk")),
        (Can.RUN_PROGRAMMES, "shops", "shop", _("Shops")),
        (Can.SEE_BOOKS, "books", "law", _("Books")),
        (Can.RUN_PROGRAMMES, "programmes", "gear", _("Programmes")),
    )
    slug = seat.centre.slug
    return [(label, icon, f"/c/{slug}/{page}/") for right, page, icon, label in pages if seat.can(right)]


_ICONS = {
    "approve": "coins",
    "sent_back": "undo",
    "start": "play",
    "stopped": "stop",
    "failed": "warn",
    "verify": "users",
    "pairs": "copy",
    "undelivered": "warn",
    "uploads": "file",
    "troubles": "shop",
    "draft": "card",
    "budget": "coins",
}
_PAGES = {
    "verify": f"people/?status={Status.REGISTERED.value}",
    "pairs": "people/duplicates/",
    "undelivered": "people/",
    "uploads": "people/lists/",
    "troubles": "shops/troubles/",
}


def _page(task: Task) -> str:
    if task.payment:
        return f"payments/{task.payment.pk}/"
    if task.kind == "budget" and task.programme:
        return f"programmes/{task.programme.pk}/money/"
    if task.kind == "draft" and task.programme:
        return f"programmes/{task.programme.pk}/"
    return _PAGES[task.kind]


def _words(task: Task) -> str:
    number = task.payment.number if task.payment else 0
    told = {
        "approve": _("Payment %(number)s waits for your approval"),
        "sent_back": _("Payment %(number)s came back to you with a comment"),
        "start": _("Payment %(number)s is approved and can be started"),
        "stopped": _("Payment %(number)s was stopped"),
        "draft": _("This programme is a draft and not open yet"),
        "budget": _("The budget does not pay everybody once more"),
    }
    return (told.get(task.kind) or _counted(task)) % {"number": number, "count": task.count}


def _counted(task: Task) -> str:
    count = task.count
    told: dict[str, Any] = {
        "failed": lambda: ngettext(
            "Payment %(number)s: %(count)s voucher failed",
            "Payment %(number)s: %(count)s vouchers failed",
            count,
        ),
        "verify": lambda: ngettext(
            "%(count)s registration to verify", "%(count)s registrations to verify", count
        ),
        "pairs": lambda: ngettext("%(count)s possible double", "%(count)s possible doubles", count),
        "undelivered": lambda: ngettext(
            "%(count)s voucher could not be delivered", "%(count)s vouchers could not be delivered", count
        ),
        "uploads": lambda: ngettext(
            "%(count)s list waits for its columns", "%(count)s lists wait for their columns", count
        ),
        "troubles": lambda: ngettext(
            "%(count)s thing at a till to look at", "%(count)s things at tills to look at", count
        ),
    }
    return str(told[task.kind]())


def _people(counts: dict[str, int]) -> list[tuple[str, int]]:
    return [(str(status.label), counts[status]) for status in Status if counts.get(status)]
