"""What is typed for a payment."""

from datetime import datetime, time
from typing import Any

from django import forms
from django.utils.timezone import get_current_timezone, localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aidline.desk.payments.totals import typed
from aidline.kernel.clock import now
from aidline.vouchers.models import Payment

_INPUT = {"class": "input"}
_TIMES = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]


class DatesForm(forms.Form):
    valid_from = forms.DateField(label=gettext_lazy("Good from"))
    valid_until = forms.DateField(
        label=gettext_lazy("Good until"),
        required=False,
        help_text=gettext_lazy("Empty: as many days as the programme says."),
    )
    start_at = forms.DateTimeField(
        label=gettext_lazy("Pay at"),
        required=False,
        input_formats=_TIMES,
        help_text=gettext_lazy("Empty: somebody starts it by hand after the approval."),
    )

    def __init__(self, data: Any, *, payment: Payment) -> None:
        super().__init__(data, initial=_initial(payment), auto_id="dates_%s")
        for name, kind in (("valid_from", "date"), ("valid_until", "date"), ("start_at", "datetime-local")):
            widget = forms.TextInput(attrs=_INPUT)
            widget.input_type = kind
            self.fields[name].widget = widget

    def clean_start_at(self) -> datetime | None:
        at: datetime | None = self.cleaned_data["start_at"]
        if at and at <= now():
            raise forms.ValidationError(_("This time has passed."))
        return at

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("valid_from"), cleaned.get("valid_until")
        if first and last and last < first:
            self.add_error("valid_until", _("This is before it begins."))
        return cleaned

    def dates(self) -> dict[str, datetime | None]:
        """The first day from its beginning, the last to its end."""
        cleaned = self.cleaned_data
        return {
            "valid_from": _at(cleaned["valid_from"], time.min),
            "valid_until": _at(cleaned["valid_until"], time(23, 59, 59)),
            "start_at": cleaned["start_at"],
        }


def _at(day: Any, clock: time) -> datetime | None:
    return datetime.combine(day, clock, get_current_timezone()) if day else None


def _initial(payment: Payment) -> dict[str, Any]:
    return {
        "valid_from": localtime(payment.valid_from).date().isoformat(),
        "valid_until": localtime(payment.valid_until).date().isoformat() if payment.valid_until else "",
        "start_at": f"{localtime(payment.start_at):%Y-%m-%dT%H:%M}" if payment.start_at else "",
    }


class ApprovalForm(forms.Form):
    """`total` in cents is None where it could not be read."""

    seen = forms.CharField(required=False)
    total = forms.CharField(label=gettext_lazy("Type the total to approve"), required=False, max_length=30)
    comment = forms.CharField(label=gettext_lazy("Comment (optional)"), required=False, max_length=500)

    def clean_total(self) -> int | None:
        return typed(self.cleaned_data["total"])
