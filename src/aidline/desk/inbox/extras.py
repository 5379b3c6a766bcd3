"""What agents type to offer choices or a place, read into our shapes."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from aidline.channels.contract import Choice, Place

# "50.8466, 4.3528" as maps copy it; also with a decimal comma and degree signs.
_PAIR = re.compile(r"\s*(-?\d{1,3}(?:[.,]\d+)?)\s*°?\s*[;,\s]\s*(-?\d{1,3}(?:[.,]\d+)?)\s*°?\s*")


def choices_from(titles: Sequence[str]) -> list[Choice]:
    """Empty fields in between are left out; the number is the id."""
    filled = [title.strip() for title in titles if title.strip()]
    return [Choice(str(place), title) for place, title in enumerate(filled, 1)]


class PlaceForm(forms.Form):
    name = forms.CharField(
        label=_("What is there?"),
        max_length=100,
        widget=forms.TextInput(attrs={"class": "input", "dir": "auto", "autocomplete": "off"}),
        help_text=_("Such as “Clinic, second door”."),
    )
    address = forms.CharField(
        label=_("Address"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"class": "input", "dir": "auto", "autocomplete": "off"}),
    )
    spot = forms.CharField(
        label=_("Coordinates"),
        max_length=60,
        widget=forms.TextInput(attrs={"class": "input ltr", "autocomplete": "off", "inputmode": "text"}),
        help_text=_("Copied from a map, such as 50.8466, 4.3528."),
    )

    def clean_spot(self) -> tuple[float, float]:
        found = _PAIR.fullmatch(self.cleaned_data["spot"])
        pair = tuple(float(part.replace(",", ".")) for part in found.groups()) if found else ()
        if len(pair) != 2 or abs(pair[0]) > 90 or abs(pair[1]) > 180:
            raise forms.ValidationError(_("Write two numbers: latitude, then longitude."))
        return pair[0], pair[1]

    def place(self) -> Place:
        data: dict[str, Any] = self.cleaned_data
        latitude, longitude = data["spot"]
        return Place(latitude, longitude, data["name"].strip(), data["address"].strip())

    def all_errors(self) -> Iterator[str]:
        for errors in self.errors.values():
            yield from map(str, errors)
