"""What a programme tells people: what they agree to, messages of its own, name and colour on the voucher."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from aidline.centres.rules import StaffRequest, requires
from aidline.centres.states import Can
from aidline.desk.forms import posted
from aidline.desk.programmes.pages import change, page
from aidline.kernel import languages
from aidline.kernel.text import clean
from aidline.vouchers import programmes
from aidline.vouchers.codes.picture import too_long
from aidline.vouchers.delivery import faces
from aidline.vouchers.models import Programme
from aidline.vouchers.queries import access_programme, consent_of

# Of `Programme.texts`. An empty one means our own words, which are there in every language of the screens.
TEXTS = {
    "why": gettext_lazy("Who gives this, what for and who pays"),
    "invitation": gettext_lazy("Invitation. {programme}, {centre}, {link} and {until} are filled in"),
    "reminder": gettext_lazy("Reminder of the invitation"),
    "registered": gettext_lazy("After registering. {programme}, {centre} and {receipt} are filled in"),
    "ready": gettext_lazy("A voucher is ready. {title} and {amount} are filled in"),
    "picture": gettext_lazy("With the picture of it. {title}, {amount}, {until} and {link} are filled in"),
    "link": gettext_lazy("Where no picture can be sent. {title}, {amount}, {until} and {link} are filled in"),
    "step1": gettext_lazy("On the voucher: how to use it, first picture"),
    "step2": gettext_lazy("Second picture"),
    "step3": gettext_lazy("Third picture"),
    "step4": gettext_lazy("Fourth picture"),
}
TEMPLATES = {
    ("templates", "invitation"): gettext_lazy("Approved message for the invitation"),
    ("templates", "reminder"): gettext_lazy("Approved message for the reminder"),
    ("template", "family"): gettext_lazy("Approved message for a voucher that is ready"),
}


@requires(Can.RUN_PROGRAMMES)
@require_http_methods(["GET", "HEAD", "POST"])
def consent(request: StaffRequest, programme: UUID) -> HttpResponseBase:
    row = access_programme(request.seat, programme, Can.RUN_PROGRAMMES)
    form = ConsentForm(posted(request), programme=row)
    if request.method == "POST" and form.is_valid():
        programmes.write_consent(by=request.user, programme=row, texts=form.texts())
        messages.success(request, _("Saved."))
        return redirect("programmes:consent", request.seat.centre.slug, row.pk)
    versions = row.consent_texts.select_related("by").order_by("-version")
    return page(request, row, "consent", {"form": form, "versions": versions})


@requires(Can.RUN_PROGRAMMES)
@require_http_methods(["GET", "HEAD", "POST"])
def words(request: StaffRequest, programme: UUID) -> HttpResponseBase:
    row = access_programme(request.seat, programme, Can.RUN_PROGRAMMES)
    form = WordsForm(posted(request), programme=row)
    if request.method == "POST" and form.is_valid() and change(request, row, form, form.changes()):
        return redirect("programmes:words", request.seat.centre.slug, row.pk)
    pictures = [(code, _cut(row, code)) for code in row.languages]
    return page(request, row, "words", {"form": form, "pictures": pictures})


@requires(Can.RUN_PROGRAMMES)
@require_safe
def picture(request: StaffRequest, programme: UUID, language: str) -> HttpResponseBase:
    """How a voucher will look in one of its languages; the codes on it mean nothing."""
    row = access_programme(request.seat, programme, Can.RUN_PROGRAMMES)
    if language not in row.languages:
        raise Http404
    answer = HttpResponse(faces.preview(row, language), content_type="image/png")
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _cut(row: Programme, language: str) -> list[str]:
    """Words that do not fit into the picture."""
    return too_long(faces.preview_face(row, language))


class ConsentForm(forms.Form):
    def __init__(self, data: Any, *, programme: Programme) -> None:
        super().__init__(data)
        self.programme = programme
        known = consent_of(programme)
        self.known = known.texts if known else {}
        usual = programmes.usual_consent(programme)
        for code in programme.languages:
            label = languages.name(code)
            self.fields[code] = _written_in(code, label, self.known.get(code) or usual.get(code, ""), 5)

    def texts(self) -> dict[str, str]:
        said = {code: clean(self.cleaned_data[code]).strip() for code in self.programme.languages}
        return {code: text for code, text in {**self.known, **said}.items() if text}


class WordsForm(forms.Form):
    """Gives `texts` and `brand` as a whole; words in a language that was switched off are kept."""

    colour = forms.RegexField(
        r"^#[0-9a-fA-F]{6}$",
        label=gettext_lazy("Colour of the voucher"),
        help_text=gettext_lazy("Words on it are made dark or light, whichever can be read."),
        widget=forms.TextInput(attrs={"class": "input", "type": "color"}),
    )

    def __init__(self, data: Any, *, programme: Programme) -> None:
        super().__init__(data, initial={"colour": programme.brand.get("colour", "#0f5257")})
        self.programme = programme
        for (group, key), label in TEMPLATES.items():
            name = programme.texts.get(group, {}).get(key, "")
            self.fields[f"template_{key}"] = _template(label, name)
        for code in programme.languages:
            self._add_words(code)

    def _add_words(self, code: str) -> None:
        name = self.programme.brand.get("name", {}).get(code, "")
        label = gettext_lazy("Name on the voucher")
        self.fields[f"name_{code}"] = _written_in(code, label, name, rows=1)
        for key, label in TEXTS.items():
            text = self.programme.texts.get(key, {}).get(code, "")
            self.fields[f"{key}_{code}"] = _written_in(code, label, text, rows=3)

    @property
    def by_language(self) -> list[tuple[str, list[forms.BoundField]]]:
        keys = ["name", *TEXTS]
        return [(code, [self[f"{key}_{code}"] for key in keys]) for code in self.programme.languages]

    @property
    def template_fields(self) -> list[forms.BoundField]:
        return [self[f"template_{key}"] for _group, key in TEMPLATES]

    def changes(self) -> dict[str, Any]:
        texts = {key: self._said(key, self.programme.texts.get(key, {})) for key in TEXTS}
        for group, key in TEMPLATES:
            name = self.cleaned_data[f"template_{key}"].strip()
            texts.setdefault(group, {}).update({key: name} if name else {})
        kept = {key: value for key, value in self.programme.texts.items() if key not in texts}
        names = self._said("name", self.programme.brand.get("name", {}))
        brand = {**self.programme.brand, "colour": self.cleaned_data["colour"].lower(), "name": names}
        told = {key: value for key, value in texts.items() if value}
        return {"texts": {**kept, **told}, "brand": brand}

    def _said(self, key: str, known: dict[str, str]) -> dict[str, str]:
        said = {code: clean(self.cleaned_data[f"{key}_{code}"]).strip() for code in self.programme.languages}
        return {code: text for code, text in {**known, **said}.items() if text}


def _written_in(code: str, label: Any, initial: str, rows: int) -> forms.CharField:
    attributes = {"class": "input", "rows": rows, "lang": code, "dir": languages.direction(code)}
    return forms.CharField(
        label=label,
        required=False,
        max_length=2000,
        initial=initial,
        widget=forms.Textarea(attrs=attributes),
    )


def _template(label: Any, initial: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        max_length=100,
        initial=initial,
        help_text=gettext_lazy(
            "Its name at the provider, for channels that let nobody write first in free words."
        ),
        widget=forms.TextInput(attrs={"class": "input ltr", "autocomplete": "off"}),
    )
