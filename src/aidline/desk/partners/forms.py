"""One person whom a partner adds by hand."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aidline.kernel import languages
from aidline.vouchers.intake import words
from aidline.vouchers.intake.checking import LONGEST_NAME, MOST_IN_HOUSEHOLD, Checker
from aidline.vouchers.intake.mapping import targets_of
from aidline.vouchers.models import Partner, Programme
from aidline.vouchers.registrations import NewPerson

_INPUT = {"class": "input", "autocomplete": "off"}


class PersonForm(forms.Form):
    """`person` after it was found in order."""

    programme = forms.ModelChoiceField(
        label=_("Programme"), queryset=Programme.objects.none(), widget=forms.Select(attrs=_INPUT)
    )
    name = forms.CharField(
        label=_("Name"),
        required=False,
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={**_INPUT, "dir": "auto"}),
    )
    phone = forms.CharField(
        label=_("Phone"),
        required=False,
        max_length=40,
        help_text=_("Such as +44 7700 900123. Without one a voucher is printed."),
        widget=forms.TextInput(attrs={**_INPUT, "class": "input ltr", "inputmode": "tel"}),
    )
    language = forms.ChoiceField(
        label=_("Language"), required=False, widget=forms.Select(attrs=_INPUT), help_text=_("For messages.")
    )
    household = forms.IntegerField(
        label=pgettext_lazy("list", "People in the household"),
        required=False,
        min_value=1,
        max_value=MOST_IN_HOUSEHOLD,
        widget=forms.NumberInput(attrs=_INPUT),
    )

    def __init__(self, data: Any, *, programmes: Any, partner: Partner) -> None:
        super().__init__(data)
        self._partner = partner
        self.person = NewPerson(name="")
        known = list(programmes)
        field = self.fields["programme"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = programmes
        if len(known) == 1:
            field.initial, field.empty_label = known[0].pk, None
        spoken = sorted({code for programme in known for code in programme.languages}, key=languages.name)
        tongues = self.fields["language"]
        assert isinstance(tongues, forms.ChoiceField)
        tongues.choices = [("", "–"), *((code, languages.name(code)) for code in spoken)]

    def clean(self) -> None:
        super().clean()
        programme = self.cleaned_data.get("programme")
        if programme is None or self.errors:
            return
        targets = targets_of(programme)
        checker = Checker(programme, targets, programme.centre.region, self._partner.pk)
        given = {code: str(value) for code, value in self.cleaned_data.items() if value and code in targets}
        checked = checker.values(given)
        if checked.person:
            self.person = checked.person
        for code, field in checked.faults:
            self.add_error(field or None, words.refused(code))
