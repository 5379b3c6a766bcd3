"""Writing down a contact that came another way: at a walk-in desk, on a private phone."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from aidline.centres.rules import StaffRequest, requires
from aidline.centres.states import Can
from aidline.conversations.services import record_contact
from aidline.conversations.states import Source
from aidline.desk.inbox.answers import talk_url
from aidline.kernel import languages
from aidline.kernel.clock import now
from aidline.people.models import Person
from aidline.people.queries import access_person

_INPUT = {"class": "input"}


class ContactForm(forms.Form):
    source = forms.ChoiceField(
        label=_("How did they come?"), choices=[choice for choice in Source.choices if choice[0]]
    )
    at = forms.DateTimeField(
        label=_("When was it?"),
        widget=forms.DateTimeInput({"class": "input", "type": "datetime-local"}, "%Y-%m-%dT%H:%M"),
    )
    language = forms.ChoiceField(label=_("Their language"), required=False)
    text = forms.CharField(
        label=_("What did they say?"), widget=forms.Textarea({"class": "input", "rows": 5, "dir": "auto"})
    )

    def __init__(self, *args: Any, codes: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rest = [code for code in languages.ALL if code not in codes]
        listed = [(code, languages.name(code)) for code in [*codes, *rest]]
        self.fields["language"].choices = [("", _("Not known")), *listed]  # type: ignore[attr-defined]
        for name in ("source", "language"):
            self.fields[name].widget.attrs.update(_INPUT)

    def clean_at(self) -> Any:
        at = self.cleaned_data["at"]
        if at > now():
            raise forms.ValidationError(_("This time has not come yet."))
        return at


@requires(Can.ANSWER)
@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: StaffRequest) -> HttpResponseBase:
    person = _person(request)
    form = ContactForm(
        request.POST or None, codes=list(request.seat.centre.languages), initial=_initial(person)
    )
    if request.method == "POST" and form.is_valid():
        conversation = record_contact(
            by=request.seat.staff,
            centre=request.seat.centre,
            source=Source(form.cleaned_data["source"]),
            text=form.cleaned_data["text"],
            at=form.cleaned_data["at"],
            person=person,
            language=form.cleaned_data["language"],
        )
        return redirect(talk_url(request, conversation.pk))
    return render(request, "desk/inbox/contact.html", {"form": form, "person": person})


def _initial(person: Person | None) -> dict[str, Any]:
    return {"at": timezone.localtime(now()), "language": person.language if person else ""}


def _person(request: StaffRequest) -> Person | None:
    raw = request.GET.get("person") or request.POST.get("person") or ""
    if not raw:
        return None
    try:
        return access_person(request.seat, UUID(raw))
    except ValueError:
        raise Http404 from None
