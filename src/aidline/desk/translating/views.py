"""The list of what waits, and one text at a time."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from aidline.centres.rules import StaffRequest, requires
from aidline.centres.states import Can
from aidline.desk.forms import posted, status_of
from aidline.kernel import languages
from aidline.language import human
from aidline.language.models import Translation
from aidline.language.queries import WORK_LIMIT, access_work, work_of


class AnswerForm(forms.Form):
    text = forms.CharField(label=gettext_lazy("Your translation"), max_length=8000, widget=forms.Textarea)

    def __init__(self, data: Any, *, language: str) -> None:
        super().__init__(data)
        self.fields["text"].widget.attrs |= {
            "class": "input",
            "rows": 6,
            "lang": language,
            "dir": languages.direction(language),
        }


@requires(Can.TRANSLATE)
@require_safe
def index(request: StaffRequest) -> HttpResponseBase:
    return render(request, "desk/translating/index.html", {"waiting": work_of(request.seat)[:WORK_LIMIT]})


@requires(Can.TRANSLATE)
@require_http_methods(["GET", "HEAD", "POST"])
def work(request: StaffRequest, work: UUID) -> HttpResponseBase:
    row = access_work(request.seat, work)
    form = AnswerForm(posted(request), language=row.language)
    if request.method == "POST" and form.is_valid():
        return _answered(request, row, form.cleaned_data["text"])
    context = {"work": row, "text": human.read(by=request.user, translation=row), "form": form}
    return render(request, "desk/translating/work.html", context, status=status_of(request))


def _answered(request: StaffRequest, row: Translation, text: str) -> HttpResponseBase:
    if human.answer(by=request.user, translation=row, text=text):
        messages.success(request, _("Thank you. It is with the person who asked."))
    else:
        messages.error(request, _("Somebody was quicker, or it is not needed any more."))
    return redirect("translating:index", request.seat.centre.slug)
