"""Who read or changed what in this centre. Looking here is written down, too."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from aidline.audit import chain
from aidline.audit.models import Entry
from aidline.audit.queries import entries_of, reason_of
from aidline.audit.services import record
from aidline.centres.models import Centre, Staff
from aidline.centres.queries import all_members_of
from aidline.centres.rules import StaffRequest, requires
from aidline.centres.states import Can

PAGE = 50


@dataclass(frozen=True, slots=True)
class Line:
    at: datetime
    who: str
    action: str
    fields: str
    short_id: str  # enough to see which lines belong together
    reason: str


@requires(Can.SET_UP)
@require_safe
def log(request: StaffRequest) -> HttpResponseBase:
    centre = request.seat.centre
    form = LogForm(request.GET, centre=centre)
    found = entries_of(centre.pk, count=PAGE + 1, **form.wanted())
    record(by=request.user, action="audit.read", object_type="audit", object_id=None, centre=centre.pk)
    context = {
        "tab": "log",
        "form": form,
        "lines": _lines(found[:PAGE]),
        "older": form.older(found[PAGE - 1].pk) if len(found) > PAGE else "",
        "head": chain.head(),
    }
    return render(request, "desk/setup/log.html", context)


def _lines(entries: Any) -> list[Line]:
    actors = {entry.actor_id for entry in entries if entry.actor_id}
    names = {staff.pk: staff.name for staff in Staff.objects.filter(pk__in=actors)}
    return [_line(entry, names) for entry in entries]


def _line(entry: Entry, names: dict[UUID, str]) -> Line:
    who = names.get(entry.actor_id, "") if entry.actor_id else _("Aidline itself")
    short = entry.object_id.hex[-8:] if entry.object_id else ""
    return Line(entry.at, who, entry.action, entry.fields, short, reason_of(entry))


class LogForm(forms.Form):
    who = forms.ChoiceField(
        label=gettext_lazy("Who"), required=False, widget=forms.Select(attrs={"class": "input"})
    )
    looks = forms.BooleanField(label=gettext_lazy("Only looks at what is covered"), required=False)
    before = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, centre: Centre) -> None:
        super().__init__(data)
        members = {str(one.staff_id): one.staff.name for one in all_members_of(centre)}
        field = self.fields["who"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Everybody")), *sorted(members.items(), key=lambda pair: pair[1])]

    def wanted(self) -> dict[str, Any]:
        """Of what cannot be understood, nothing is asked."""
        self.is_valid()
        given = self.cleaned_data
        who = given.get("who")
        return {
            "before": given.get("before") or 0,
            "actor": UUID(who) if who else None,
            "looks": bool(given.get("looks")),
        }

    def older(self, last: int) -> str:
        query = self.data.copy()
        query["before"] = str(last)
        return str(query.urlencode())
