"""What a shop and its tills are asked for."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy

from aidline.centres.models import Membership
from aidline.centres.queries import Seat, members_of
from aidline.centres.states import Role
from aidline.desk.programmes.forms import MoneyField, NameField
from aidline.vouchers.models import Cashier, Shop
from aidline.vouchers.queries import programmes_of

_INPUT = {"class": "input"}
_DEGREES = {"class": "input ltr", "inputmode": "decimal", "step": "any"}


class ShopForm(forms.Form):
    name = NameField(label=pgettext_lazy("of a thing", "Name"))
    place = forms.CharField(
        label=gettext_lazy("Where it is"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"class": "input", "dir": "auto", "autocomplete": "off"}),
    )
    programmes = forms.MultipleChoiceField(
        label=gettext_lazy("Programmes whose vouchers it takes"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    cashiers = forms.MultipleChoiceField(
        label=gettext_lazy("Cashiers"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Members with the role of a cashier; each works in one shop."),
    )
    guarantee_cents = MoneyField(
        label=gettext_lazy("Paid for vouchers that turn out overdrawn, at most"),
        help_text=gettext_lazy("Between two settlements, for what was taken without a network."),
    )
    opens = forms.TimeField(
        label=gettext_lazy("Usually opens at"),
        widget=forms.TimeInput(attrs={**_INPUT, "type": "time"}, format="%H:%M"),
    )
    closes = forms.TimeField(
        label=gettext_lazy("Usually closes at"),
        widget=forms.TimeInput(attrs={**_INPUT, "type": "time"}, format="%H:%M"),
    )
    latitude = forms.FloatField(
        label=gettext_lazy("Latitude"),
        required=False,
        min_value=-90,
        max_value=90,
        widget=forms.NumberInput(attrs=_DEGREES),
    )
    longitude = forms.FloatField(
        label=gettext_lazy("Longitude"),
        required=False,
        min_value=-180,
        max_value=180,
        widget=forms.NumberInput(attrs=_DEGREES),
    )
    is_active = forms.BooleanField(label=gettext_lazy("Takes vouchers"), required=False)

    def __init__(self, data: Any, *, seat: Seat, shop: Shop | None) -> None:
        self.offered = {str(row.pk): row for row in programmes_of(seat)}
        self.members = {str(row.pk): row for row in _free_cashiers(seat, shop)}
        super().__init__(data, initial=_initial(shop))
        _offer(self.fields["programmes"], [(pk, row.name) for pk, row in self.offered.items()])
        _offer(self.fields["cashiers"], [(pk, row.staff.name) for pk, row in self.members.items()])

    def changes(self) -> dict[str, Any]:
        given = {name: value for name, value in self.cleaned_data.items() if name != "cashiers"}
        return {
            **given,
            "opens": given["opens"].strftime("%H:%M"),
            "closes": given["closes"].strftime("%H:%M"),
            "programmes": [self.offered[pk] for pk in given["programmes"]],
        }


def _initial(shop: Shop | None) -> dict[str, Any]:
    row = shop or Shop()
    names = ("name", "place", "guarantee_cents", "opens", "closes", "latitude", "longitude", "is_active")
    there = {name: getattr(row, name) for name in names}
    if shop is None:
        return {**there, "programmes": [], "cashiers": []}
    programmes = [str(pk) for pk in shop.programmes.values_list("pk", flat=True)]
    cashiers = [str(pk) for pk in Cashier.objects.filter(shop=shop).values_list("membership_id", flat=True)]
    return {**there, "programmes": programmes, "cashiers": cashiers}


def _free_cashiers(seat: Seat, shop: Shop | None) -> list[Membership]:
    """With the role, and not in another shop."""
    others = Cashier.objects.exclude(shop=shop) if shop else Cashier.objects.all()
    taken = set(others.values_list("membership_id", flat=True))
    return [row for row in members_of(seat.centre, [Role.CASHIER]) if row.pk not in taken]


def _offer(field: forms.Field, choices: list[tuple[str, str]]) -> None:
    assert isinstance(field, forms.MultipleChoiceField)
    field.choices = choices


class TillForm(forms.Form):
    name = NameField(label=pgettext_lazy("of a thing", "Name"), help_text=gettext_lazy("Such as Till 2."))
    is_active = forms.BooleanField(label=gettext_lazy("In use"), required=False, initial=True)

    def clean_name(self) -> str:
        return str(self.cleaned_data["name"])[:40]


class NoteForm(forms.Form):
    note = forms.CharField(
        label=gettext_lazy("What you found"),
        max_length=400,
        widget=forms.TextInput(attrs={"class": "input", "dir": "auto", "autocomplete": "off"}),
    )
