"""What a programme is asked for: name, money, rhythm, rules and times."""

from typing import Any

from babel.numbers import list_currencies
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from aidline.centres.models import Centre
from aidline.centres.queries import Seat
from aidline.kernel import languages, money
from aidline.kernel.text import clean
from aidline.vouchers.models import Programme
from aidline.vouchers.queries import issuers_of
from aidline.vouchers.states import Rhythm, Rule

_INPUT = {"class": "input"}
_OWN_WORDS = {"class": "input", "dir": "auto", "autocomplete": "off"}
_HOURS_MOST, _DAYS_MOST = 24 * 60, 3650


class MoneyField(forms.CharField):
    """Cents, typed as people write amounts."""

    def __init__(self, **kwargs: Any) -> None:
        attributes = {"class": "input ltr", "inputmode": "decimal", "autocomplete": "off"}
        super().__init__(max_length=20, widget=forms.TextInput(attrs=attributes), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return f"{value // 100}.{value % 100:02}" if isinstance(value, int) else value

    def clean(self, value: Any) -> Any:
        text = str(super().clean(value)).strip()
        if not text:
            return 0
        cents = money.typed(text)
        if cents is None:
            raise forms.ValidationError(_("Write an amount such as 17.50."))
        return cents


class NameField(forms.CharField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=80, widget=forms.TextInput(attrs=_OWN_WORDS), **kwargs)

    def clean(self, value: Any) -> str:
        return " ".join(clean(str(super().clean(value))).split())


def number(label: Any, most: int, help_text: Any = "", least: int = 0) -> forms.IntegerField:
    widget = forms.NumberInput(attrs=_INPUT)
    return forms.IntegerField(
        label=label, min_value=least, max_value=most, help_text=help_text, widget=widget
    )


def chosen(label: Any, choices: Any, **kwargs: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, widget=forms.Select(attrs=_INPUT), **kwargs)


def currencies() -> list[tuple[str, str]]:
    return [(code, code) for code in sorted(list_currencies())]


def language_choices(codes: Any) -> list[tuple[str, str]]:
    return [(code, languages.name(code)) for code in codes]


class NewProgrammeForm(forms.Form):
    name = NameField(label=pgettext_lazy("of a thing", "Name"), help_text=gettext_lazy("For colleagues."))
    currency = chosen(gettext_lazy("Currency"), currencies, initial="EUR")
    amount_cents = MoneyField(label=gettext_lazy("Amount of a voucher"))
    rhythm = chosen(gettext_lazy("How often"), Rhythm.choices, initial=Rhythm.WEEKLY)


class CopyForm(forms.Form):
    name = NameField(label=gettext_lazy("Name of the copy"))


class SettingsForm(forms.Form):
    """What `programmes.change` takes, and no more; titles are told to people, by language."""

    name = NameField(label=pgettext_lazy("of a thing", "Name"), help_text=gettext_lazy("For colleagues."))
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("Languages people register in"), widget=forms.CheckboxSelectMultiple
    )
    issuer = chosen(gettext_lazy("Where the vouchers come from"), ())
    currency = chosen(gettext_lazy("Currency"), currencies)
    rule = chosen(gettext_lazy("Who gets how much"), Rule.choices)
    amount_cents = MoneyField(label=gettext_lazy("Amount"))
    most_cents = MoneyField(
        label=gettext_lazy("Most on one voucher"), required=False, help_text=gettext_lazy("0: no limit.")
    )
    rhythm = chosen(gettext_lazy("How often"), Rhythm.choices)
    payments_planned = number(
        gettext_lazy("Payments for each person"), 1000, gettext_lazy("0: until the programme is closed.")
    )
    valid_days = number(gettext_lazy("Days a voucher is good"), 1100, least=1)

    def __init__(self, data: Any, *, seat: Seat, programme: Programme) -> None:
        self.programme, self.issuers = programme, {str(one.pk): one for one in issuers_of(seat)}
        initial = {name: getattr(programme, name) for name in self.base_fields if name != "issuer"}
        super().__init__(data, initial={**initial, "issuer": str(programme.issuer_id or "")})
        _offer(self.fields["languages"], language_choices(_spoken(programme.centre, programme)))
        _offer(self.fields["issuer"], [(pk, one.name) for pk, one in self.issuers.items()])
        for code in programme.languages:
            self.fields[f"title_{code}"] = _title(code, programme.titles.get(code, ""))

    @property
    def title_fields(self) -> list[forms.BoundField]:
        return [self[f"title_{code}"] for code in self.programme.languages]

    @property
    def money_fields(self) -> list[forms.BoundField]:
        names = ("currency", "amount_cents", "rule", "most_cents")
        return [self[name] for name in names]

    @property
    def rhythm_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("rhythm", "payments_planned", "valid_days")]

    def changes(self) -> dict[str, Any]:
        given = {name: self.cleaned_data[name] for name in self.base_fields}
        titles = {code: self.cleaned_data[f"title_{code}"].strip() for code in self.programme.languages}
        kept = {code: words for code, words in self.programme.titles.items() if code not in titles}
        told = {code: words for code, words in titles.items() if words}
        return {**given, "issuer": self.issuers[given["issuer"]], "titles": {**kept, **told}}


class RulesForm(forms.Form):
    four_eyes = forms.BooleanField(label=gettext_lazy("Two members verify each registration"), required=False)
    cooldown_hours = number(
        gettext_lazy("Hours without payment after a change of number"),
        _HOURS_MOST,
        gettext_lazy("Time to notice when somebody else changed it."),
    )
    invitation_days = number(gettext_lazy("Days an invitation is good"), 365, least=1)
    reminders = number(gettext_lazy("Reminders at most"), 5)
    reminder_hours = number(gettext_lazy("Hours between reminders"), _HOURS_MOST, least=1)
    keep_unanswered_days = number(
        gettext_lazy("Days until an invitation without an answer is erased"), _DAYS_MOST, least=1
    )
    keep_declined_days = number(gettext_lazy("Days until who was declined is erased"), _DAYS_MOST, least=1)
    keep_ended_days = number(
        gettext_lazy("Days until who has left is erased"),
        _DAYS_MOST,
        gettext_lazy("Counted from the last change, and never while a voucher can still be used."),
        least=1,
    )
    reversal_minutes = number(gettext_lazy("Minutes in which a shop can take a use back"), 1440)
    offline_use_cents = MoneyField(
        label=gettext_lazy("Most for one use without a network"),
        required=False,
        help_text=gettext_lazy("0: tills take nothing without a network."),
    )
    offline_voucher_cents = MoneyField(
        label=gettext_lazy("Most of one voucher without a network"), required=False
    )
    offline_device_cents = MoneyField(
        label=gettext_lazy("Most on one device until it is connected again"),
        required=False,
        help_text=gettext_lazy("What may be lost at most when a device is stolen."),
    )
    offline_hours = number(gettext_lazy("Hours a device may be without a network"), 24 * 7)
    offline_records = number(gettext_lazy("Uses a device may keep until it is connected again"), 5000)
    ean_prefix = forms.RegexField(
        r"^\d{0,8}$",
        label=gettext_lazy("Digits at the beginning of an EAN"),
        required=False,
        help_text=gettext_lazy("Only where a retailer gave you a range. Empty: Code 128."),
        widget=forms.TextInput(attrs={"class": "input ltr", "inputmode": "numeric"}),
    )

    GROUPS = {
        gettext_lazy("Registering"): (
            *("four_eyes", "cooldown_hours", "invitation_days", "reminders", "reminder_hours"),
        ),
        gettext_lazy("How long data is kept"): (
            *("keep_unanswered_days", "keep_declined_days", "keep_ended_days"),
        ),
        gettext_lazy("At the till"): ("reversal_minutes", "ean_prefix"),
        gettext_lazy("Without a network"): (
            *("offline_use_cents", "offline_voucher_cents", "offline_device_cents"),
            *("offline_hours", "offline_records"),
        ),
    }

    def __init__(self, data: Any, *, programme: Programme) -> None:
        super().__init__(data, initial={name: getattr(programme, name) for name in self.base_fields})

    @property
    def groups(self) -> list[tuple[Any, list[forms.BoundField]]]:
        return [(title, [self[name] for name in names]) for title, names in self.GROUPS.items()]


class BudgetForm(forms.Form):
    cents = MoneyField(label=gettext_lazy("Amount"))
    way = chosen(
        gettext_lazy("What happens"),
        [("in", gettext_lazy("The budget grows")), ("out", gettext_lazy("Money goes back to the funders"))],
    )

    def clean_cents(self) -> int:
        cents: int = self.cleaned_data["cents"]
        if cents <= 0:
            raise forms.ValidationError(_("Write an amount such as 17.50."))
        return cents


class BandsForm(forms.Form):
    """How many approvals a payment needs, by its total. Without a line: one."""

    LINES = 4

    def __init__(self, data: Any, *, programme: Programme) -> None:
        super().__init__(data)
        bands = list(programme.bands.order_by("from_cents").values_list("from_cents", "approvals"))
        for line in range(max(self.LINES, len(bands) + 1)):
            cents, approvals = bands[line] if line < len(bands) else ("", 1)
            self.fields[f"from_{line}"] = MoneyField(
                label=gettext_lazy("From a total of"), required=False, initial=cents
            )
            self.fields[f"approvals_{line}"] = number(gettext_lazy("Approvals"), 5, least=1)
            self.fields[f"approvals_{line}"].initial = approvals

    @property
    def lines(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        count = len(self.fields) // 2
        return [(self[f"from_{line}"], self[f"approvals_{line}"]) for line in range(count)]

    def bands(self) -> list[tuple[int, int]]:
        given = self.cleaned_data
        lines = range(len(self.fields) // 2)
        pairs = ((given[f"from_{line}"], given[f"approvals_{line}"]) for line in lines)
        return [(cents, approvals) for cents, approvals in pairs if cents]


def _spoken(centre: Centre, programme: Programme) -> list[str]:
    return sorted({*centre.languages, *programme.languages})


def _title(code: str, initial: str) -> forms.CharField:
    attributes = {"class": "input", "lang": code, "dir": languages.direction(code), "autocomplete": "off"}
    return forms.CharField(
        label=languages.name(code),
        required=False,
        max_length=80,
        initial=initial,
        widget=forms.TextInput(attrs=attributes),
    )


def _offer(field: forms.Field, choices: list[tuple[str, str]]) -> None:
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices
