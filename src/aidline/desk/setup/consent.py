"""What people are asked to agree to: a text per language, in versions that stay."""

from typing import Any

from django import forms
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from aidline.centres.models import Centre
from aidline.centres.rules import StaffRequest, requires
from aidline.centres.states import Can
from aidline.desk.forms import posted, status_of
from aidline.kernel import languages
from aidline.people.consents import current_wording, wordings_of, write_wording
from aidline.people.models import Wording
from aidline.people.states import ASKED_FOR, Purpose


class WordingForm(forms.Form):
    def __init__(self, data: Any, *, centre: Centre, current: Wording | None) -> None:
        super().__init__(data)
        texts = current.texts if current else {}
        for code in dict.fromkeys((*centre.languages, *texts)):
            attributes = {"class": "input", "rows": 3, "lang": code, "dir": languages.direction(code)}
            self.fields[code] = forms.CharField(
                label=languages.name(code),
                required=False,
                max_length=1000,
                initial=texts.get(code, ""),
                widget=forms.Textarea(attrs=attributes),
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not any(text.strip() for text in cleaned.values()):
            self.add_error(None, _("Write it in at least one language."))
        return cleaned


@requires(Can.SET_UP)
@require_safe
def index(request: StaffRequest) -> HttpResponseBase:
    found = [(purpose, rows[0] if rows else None) for purpose, rows in _wordings(request).items()]
    return render(request, "desk/setup/consents.html", {"tab": "consents", "wordings": found})


@requires(Can.SET_UP)
@require_http_methods(["GET", "HEAD", "POST"])
def wording(request: StaffRequest, purpose: str) -> HttpResponseBase:
    if purpose not in {known.value for known in ASKED_FOR}:
        raise Http404
    centre, known = request.seat.centre, Purpose(purpose)
    current = current_wording(centre.pk, known)
    form = WordingForm(posted(request), centre=centre, current=current)
    if request.method == "POST" and form.is_valid():
        write_wording(by=request.user, centre=centre, purpose=known, texts=form.cleaned_data)
        return redirect("setup:consents", centre.slug)
    context = {
        "tab": "consents",
        "form": form,
        "purpose": known,
        "current": current,
        "earlier": _wordings(request)[known][1:],
    }
    return render(request, "desk/setup/consent.html", context, status=status_of(request))


def _wordings(request: StaffRequest) -> dict[Purpose, list[Wording]]:
    return wordings_of(request.seat.centre.pk)
