"""A file of a shop or an issuer, and the days it tells of."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from aidline.vouchers.models import Programme, Shop


class FileForm(forms.Form):
    shop = forms.ModelChoiceField(
        Shop.objects.none(), required=False, label=_("From"), empty_label=_("The issuer of the vouchers")
    )
    since = forms.DateField(
        required=False, label=_("From day"), widget=forms.DateInput(attrs={"type": "date", "class": "input"})
    )
    until = forms.DateField(
        required=False, label=_("To day"), widget=forms.DateInput(attrs={"type": "date", "class": "input"})
    )
    file = forms.FileField(
        label=_("File (CSV or Excel)"),
        help_text=_(
            "It is compared and not kept. A column for the receipt or the reference, and one for the amount."
        ),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,.txt", "class": "input"}),
    )

    def __init__(self, *args: Any, programme: Programme, **more: Any) -> None:
        super().__init__(*args, **more)
        field = self.fields["shop"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = programme.shops.order_by("name")
        field.widget.attrs["class"] = "input"

    def days(self) -> tuple[datetime, datetime]:
        """By the clock of the centre; without an end, until now."""
        since, until = self.cleaned_data["since"], self.cleaned_data["until"]
        start = timezone.make_aware(datetime.combine(since, time())) if since else timezone.make_aware(_FIRST)
        last = until or timezone.localdate()
        return start, timezone.make_aware(datetime.combine(last + timedelta(days=1), time()))


_FIRST = datetime(2000, 1, 1)  # noqa: DTZ001 made aware where it is used
