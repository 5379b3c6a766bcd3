"""What an officer types for somebody who is there, and by which channel people are invited."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from aidline.kernel import languages, phones
from aidline.kernel.clock import now
from aidline.kernel.text import clean
from aidline.outreach.composing import Line
from aidline.vouchers.models import ConsentText, Programme, Registration
from aidline.vouchers.registering.desk import AtDesk
from aidline.vouchers.registering.filling import Said
from aidline.vouchers.registering.form import Field, answers, fields_of, word

_INPUT = {"class": "input"}
PRINTED = ""
FAULTS = {
    "missing": gettext_lazy("Ask this; it is needed."),
    "not_a_number": gettext_lazy("Write a number, such as 4."),
    "too_small": gettext_lazy("This number is too small."),
    "too_large": gettext_lazy("This number is too large."),
    "not_a_date": gettext_lazy("Write a date, such as 1990-12-31."),
    "not_a_choice": gettext_lazy("Choose one of the answers."),
    "not_a_phone": gettext_lazy("Write a phone number with its country code, such as +44 7700 900123."),
    "too_long": gettext_lazy("This is too long. Write it in fewer words."),
}


class WalkInForm(forms.Form):
    key = forms.UUIDField(widget=forms.HiddenInput)
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the person"), widget=forms.Select(attrs=_INPUT)
    )
    name = forms.CharField(
        label=pgettext_lazy("person", "Name"),
        max_length=120,
        widget=forms.TextInput(attrs={**_INPUT, "dir": "auto", "autocomplete": "off"}),
    )
    phone = forms.CharField(
        label=gettext_lazy("Phone number"),
        required=False,
        max_length=40,
        help_text=gettext_lazy("Empty for somebody without a phone: their vouchers are printed."),
        widget=forms.TextInput(attrs={"class": "input ltr", "inputmode": "tel", "autocomplete": "off"}),
    )
    channel = forms.ChoiceField(
        label=gettext_lazy("Vouchers come by"), required=False, widget=forms.Select(attrs=_INPUT)
    )
    consent = forms.BooleanField(
        label=gettext_lazy("I have read the text to them, and they said yes"),
        error_messages={"required": gettext_lazy("Nobody is registered without their yes.")},
    )

    def __init__(
        self,
        data: Any,
        *,
        programme: Programme,
        lines: Mapping[UUID, Line],
        consent: ConsentText | None,
        known: Registration | None = None,
    ) -> None:
        super().__init__(data, initial=_initial(programme, known))
        self.programme, self._consent = programme, consent
        self.asked = fields_of(programme.form)
        self._choose("language", [(code, languages.name(code)) for code in programme.languages])
        channels = [(str(pk), line.channel.name) for pk, line in lines.items() if line.channel.is_open]
        self._choose("channel", [(PRINTED, _("Printed, at this desk")), *channels])
        for one in self.asked:
            self.fields[_named(one)] = _field_for(one, programme.centre.default_language)
        self.order_fields(
            ["key", "language", "name", "phone", "channel", *map(_named, self.asked), "consent"]
        )

    def _choose(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def clean_name(self) -> str:
        return " ".join(clean(self.cleaned_data["name"]).split())

    def clean_phone(self) -> str:
        typed = self.cleaned_data["phone"].strip()
        number = phones.normalise(typed, self.programme.centre.region) if typed else ""
        if number is None:
            raise forms.ValidationError(FAULTS["not_a_phone"])
        return number

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        given = {one.code: str(said.get(_named(one)) or "") for one in self.asked}
        self._answers, faults = answers(self.asked, given, region=self.programme.centre.region)
        for code, fault in faults.items():
            self.add_error(f"answer_{code}", str(FAULTS[fault]))
        if said.get("channel") and not said.get("phone") and "phone" not in self.errors:
            self.add_error("phone", _("Without a number nothing can be sent. Choose printed vouchers."))
        return said

    def person(self) -> AtDesk:
        said = self.cleaned_data
        told = Said(
            name=said["name"],
            phone=said["phone"],
            language=said["language"],
            answers=self._answers,
            consent=self._consent.pk if self._consent else None,
            consent_at=now(),
        )
        channel = UUID(said["channel"]) if said["channel"] else None
        return AtDesk(said=told, channel_id=channel, key=str(said["key"]))


def _initial(programme: Programme, known: Registration | None) -> dict[str, Any]:
    language = known.language if known else ""
    return {"key": uuid4(), "language": language or programme.centre.default_language}


def _named(field: Field) -> str:
    """So that a question of a programme is never taken for one of ours."""
    return f"answer_{field.code}"


def _field_for(field: Field, language: str) -> forms.Field:
    """What is checked is checked by `answers`, the same for everybody."""
    label, hint = word(field.labels, language), word(field.helps, language)
    widget: forms.Widget = forms.TextInput(attrs={**_INPUT, "dir": "auto", "autocomplete": "off"})
    choices = [(one.code, word(one.labels, language)) for one in field.options]
    if field.type == "yes_no":
        choices = [("yes", _("Yes")), ("no", _("No"))]
    if choices:
        widget = forms.Select(attrs=_INPUT, choices=[("", "–"), *choices])
    elif field.type == "date":
        widget = forms.DateInput(attrs={**_INPUT, "type": "date"})
    elif field.type == "number":
        widget = forms.TextInput(attrs={**_INPUT, "inputmode": "numeric"})
    return forms.CharField(label=label, help_text=hint, required=False, max_length=400, widget=widget)


class InviteForm(forms.Form):
    channel = forms.ChoiceField(
        label=gettext_lazy("Send by"),
        widget=forms.Select(attrs=_INPUT),
        help_text=gettext_lazy("Each person gets a link of their own, and reminders if they do not answer."),
    )

    def __init__(self, data: Any, *, lines: Mapping[UUID, Line]) -> None:
        super().__init__(data)
        field = self.fields["channel"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(str(pk), line.channel.name) for pk, line in lines.items() if line.channel.is_open]
