"""The list of people, filtered and searched."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from aidline.centres.rules import StaffRequest, requires
from aidline.centres.states import Can
from aidline.desk.registrations.wording import ACTS, NEEDS
from aidline.kernel import languages
from aidline.vouchers.models import Programme
from aidline.vouchers.queries import programmes_of
from aidline.vouchers.states import ProgrammeState, Status
from aidline.vouchers.verification.listing import MOST_COUNTED, Page, Wanted, count, page, partners_in


@requires(Can.SEE_REGISTRATIONS)
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: StaffRequest) -> HttpResponseBase:
    """A search is posted, as names and numbers stand in no address; all else may stand in a link."""
    asked = request.POST.dict() if request.method == "POST" else {**request.GET.dict(), "search": ""}
    programmes = list(programmes_of(request.seat))
    programme = chosen(programmes, asked.get("programme", ""))
    wanted = Wanted.read(asked)
    bulk = ids([request.GET.get("bulk", "")])
    context: dict[str, Any] = {
        "programmes": programmes,
        "programme": programme,
        "wanted": wanted,
        "bulk": bulk[0] if bulk else None,
    }
    if programme:
        context |= shown(programme, wanted, page(programme, wanted))
    return render(request, "desk/registrations/index.html", context)


def shown(programme: Programme, wanted: Wanted, found: Page) -> dict[str, Any]:
    query = {"programme": str(programme.pk), **wanted.query()}
    return {
        "rows": found.rows,
        "twice": found.twice,
        "query": query,
        "more": found.more,
        "count": min(count(programme, wanted), MOST_COUNTED),
        "many": MOST_COUNTED,
        "next": urlencode({**query, "before": found.more}) if found.more else "",
        "statuses": [(value, label) for value, label in Status.choices if value != Status.ERASED],
        "partners": partners_in(programme),
        "languages": [(code, languages.name(code)) for code in programme.languages],
        "needs": NEEDS.items(),
        "acts": ACTS.items(),
    }


def chosen(programmes: list[Programme], wanted: str) -> Programme | None:
    """The one asked for; else the first that is open, else any."""
    named = next((one for one in programmes if str(one.pk) == wanted), None)
    open_one = next((one for one in programmes if one.state == ProgrammeState.OPEN), None)
    return named or open_one or next(iter(programmes), None)


def ids(values: list[str]) -> list[UUID]:
    found = []
    for value in values:
        try:
            found.append(UUID(value))
        except ValueError:
            continue
    return found
