"""Choosing a file, and saying which column is what."""

from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aidline.channels.models import Channel
from aidline.vouchers.intake.reading import MOST_BYTES
from aidline.vouchers.models import Partner, Programme

_INPUT = {"class": "input"}


class FileForm(forms.Form):
    """`programmes` and `partners`: on offer to this member."""

    programme = forms.ModelChoiceField(
        label=_("Programme"), queryset=Programme.objects.none(), widget=forms.Select(attrs=_INPUT)
    )
    partner = forms.ModelChoiceField(
        label=_("From which partner"),
        queryset=Partner.objects.none(),
        required=False,
        empty_label=pgettext_lazy("partner", "None"),
        help_text=_("Then the people count as added by it."),
        widget=forms.Select(attrs=_INPUT),
    )
    file = forms.FileField(
        label=pgettext_lazy("file", "List"),
        help_text=_("Excel (.xlsx) or CSV, up to 100,000 rows and 25 MB. The first row holds the headings."),
        widget=forms.FileInput(attrs={**_INPUT, "accept": ".csv,.tsv,.txt,.xlsx"}),
    )

    def __init__(self, data: Any, files: Any, *, programmes: Any, partners: Any = None) -> None:
        super().__init__(data, files)
        _offer(self.fields["programme"], programmes)
        if partners is None:
            del self.fields["partner"]
        else:
            _offer(self.fields["partner"], partners)

    def clean_file(self) -> bytes:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("This file is too big. Up to 25 MB can be read."))
        return bytes(file.read())


def chosen_columns(posted: QueryDict, width: Iterable[int]) -> dict[int, str]:
    """`column_3=phone`."""
    found = {number: posted.get(f"column_{number}", "") for number in width}
    return {number: code for number, code in found.items() if code}


def _offer(field: forms.Field, rows: Any) -> None:
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = rows
    if field.required and len(rows) == 1:
        field.initial, field.empty_label = rows[0].pk, None


class AskForm(forms.Form):
    """For each programme the channel whose provider is asked about numbers, or nobody."""

    def __init__(self, data: Any, *, programmes: Iterable[Programme], channels: Iterable[Channel]) -> None:
        super().__init__(data)
        self.programmes = {f"ask_{programme.pk.hex}": programme for programme in programmes}
        self.channels = {str(channel.pk): channel for channel in channels}
        offered = [
            ("", pgettext_lazy("provider", "Nobody")),
            *((pk, channel.name) for pk, channel in self.channels.items()),
        ]
        for name, programme in self.programmes.items():
            self.fields[name] = forms.ChoiceField(
                label=programme.name,
                choices=offered,
                required=False,
                initial=str(programme.lookup_channel_id or ""),
                widget=forms.Select(attrs=_INPUT),
            )

    @property
    def changes(self) -> Iterator[tuple[Programme, Channel | None]]:
        for name, programme in self.programmes.items():
            if name in self.changed_data:
                yield programme, self.channels.get(self.cleaned_data[name])
