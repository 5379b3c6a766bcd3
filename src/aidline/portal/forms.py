"""What a visitor sends: words, a file, and outside the hours a way to reach them."""

from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from aidline.kernel import phones
from aidline.kernel.text import clean

LONGEST_TEXT = 4000


class SayForm(forms.Form):
    id = forms.UUIDField()
    text = forms.CharField(required=False, max_length=LONGEST_TEXT)
    contact = forms.CharField(required=False, max_length=120)
    file = forms.FileField(required=False, allow_empty_file=False)
    choice = forms.CharField(required=False, max_length=60)  # a button of a question

    def __init__(self, *args: Any, region: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._region = region

    def clean_text(self) -> str:
        return clean(self.cleaned_data["text"]).strip()

    def clean_contact(self) -> dict[str, str]:
        """A phone number or an e-mail address, told apart by what it is."""
        given = clean(self.cleaned_data["contact"]).strip()
        if not given:
            return {}
        if "@" in given:
            return {"email": _email(given)}
        number = phones.normalise(given, self._region)
        if number is None:
            raise ValidationError(_("Write a phone number with its country code, or an e-mail address."))
        return {"phone": number}

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if not self.errors and not (said.get("text") or said.get("file") or said.get("choice")):
            raise ValidationError(_("Write something first, or choose a photo."))
        return said

    @property
    def first_error(self) -> str:
        return next((str(error) for errors in self.errors.values() for error in errors), "")


class SeenForm(forms.Form):
    """`ids`: our messages that their browser has; `read`: and that were in sight."""

    ids = forms.CharField(max_length=4000)
    read = forms.BooleanField(required=False)

    def clean_ids(self) -> list[UUID]:
        try:
            return [UUID(one) for one in self.cleaned_data["ids"].split(",")][:100]
        except ValueError:
            raise ValidationError("not ids") from None


def _email(given: str) -> str:
    try:
        validate_email(given)
    except ValidationError:
        raise ValidationError(_("This does not look like an e-mail address.")) from None
    return given
