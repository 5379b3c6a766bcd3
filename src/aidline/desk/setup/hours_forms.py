"""Forms of the hours: a week, the rules around it, special days, and closing a channel for now."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from babel import Locale, UnknownLocaleError
from django import forms
from django.utils.translation import get_language, gettext_lazy, pgettext, pgettext_lazy
from django.utils.translation import gettext as _

from aidline.centres import holidays
from aidline.centres.hours import DAYS, Interval, Promise
from aidline.centres.models import Centre, ChannelHours
from aidline.channels.models import Channel
from aidline.desk.inbox.snoozing import read_local
from aidline.desk.setup import hours
from aidline.kernel import languages
from aidline.kernel.clock import now

_INPUT = {"class": "input"}


class HoursField(forms.CharField):
    """Gives a list of intervals: `08:00-12:00, 13:00-17:00`."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"class": "input ltr", "placeholder": "08:00-12:00, 13:00-17:00"})
        super().__init__(required=False, max_length=100, widget=widget, **kwargs)

    def clean(self, value: Any) -> hours.Intervals:
        try:
            return hours.read(super().clean(value))
        except hours.NotHours:
            raise forms.ValidationError(_("Write hours as 08:00-12:00, 13:00-17:00.")) from None


class WeekForm(forms.Form):
    """A field for each day."""

    def __init__(self, data: Any, *, week: Mapping[str, Sequence[Interval]], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        for day in DAYS:
            written = hours.write([list(interval) for interval in week.get(day, ())])
            self.fields[f"hours_{day}"] = HoursField(label=hours.LABELS[day], initial=written)

    @property
    def week_fields(self) -> list[forms.BoundField]:
        return [self[f"hours_{day}"] for day in DAYS]

    def week(self) -> dict[str, hours.Intervals]:
        found = {day: self.cleaned_data[f"hours_{day}"] for day in DAYS}
        return {day: intervals for day, intervals in found.items() if intervals}


def country_choices() -> list[tuple[str, str]]:
    names = _territories()
    known = sorted(((code, names.get(code, code)) for code in holidays.countries()), key=lambda item: item[1])
    return [("", pgettext("country", "None")), *known]


def _territories() -> Mapping[str, str]:
    try:
        return Locale.parse((get_language() or "en").replace("-", "_")).territories
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en").territories


class CentreHoursForm(WeekForm):
    country = forms.ChoiceField(
        label=gettext_lazy("Closed on the public holidays of"),
        choices=country_choices,
        required=False,
        widget=forms.Select(attrs=_INPUT),
    )
    part = forms.CharField(
        label=gettext_lazy("Part of the country"),
        help_text=gettext_lazy("Only where it has holidays of its own."),
        required=False,
        max_length=9,
        widget=forms.TextInput(attrs={"class": "input ltr"}),
    )
    answer_promise = forms.ChoiceField(
        label=gettext_lazy("A message left by phone is answered"),
        choices=[
            (Promise.NEXT_DAY.value, gettext_lazy("by the end of the next working day")),
            (Promise.HOURS.value, gettext_lazy("within some hours")),
        ],
        help_text=gettext_lazy("Never in closed time: it is then due when you open."),
        widget=forms.Select(attrs=_INPUT),
    )
    answer_hours = forms.IntegerField(
        label=gettext_lazy("How many hours"),
        min_value=1,
        max_value=240,
        widget=forms.NumberInput(attrs=_INPUT),
    )

    def __init__(self, data: Any, *, centre: Centre) -> None:
        country, _sep, part = centre.holidays.partition("-")
        initial = {
            "country": country,
            "part": part,
            "answer_promise": centre.answer_promise,
            "answer_hours": centre.answer_hours,
        }
        super().__init__(data, week=centre.hours, initial=initial)

    @property
    def holiday_fields(self) -> list[forms.BoundField]:
        return [self["country"], self["part"]]

    @property
    def promise_fields(self) -> list[forms.BoundField]:
        return [self["answer_promise"], self["answer_hours"]]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        country, part = cleaned.get("country", ""), cleaned.get("part", "").strip()
        if country and part and part not in holidays.parts_of(country):
            known = ", ".join(holidays.parts_of(country)) or pgettext("parts of a country", "none")
            self.add_error("part", _("Known parts: %(parts)s") % {"parts": known})
        return cleaned

    def changes(self) -> dict[str, Any]:
        """For `change_centre`."""
        cleaned = self.cleaned_data
        code = "-".join(
            filter(None, (cleaned["country"], cleaned["part"].strip() if cleaned["country"] else ""))
        )
        kept = {name: cleaned[name] for name in ("answer_promise", "answer_hours")}
        return {"hours": self.week(), "holidays": code, **kept}


class ChannelHoursForm(WeekForm):
    own = forms.ChoiceField(
        label=pgettext_lazy("opening", "Hours"),
        choices=[
            ("", gettext_lazy("Those of the centre")),
            ("own", gettext_lazy("Its own")),
        ],
        required=False,
        widget=forms.RadioSelect,
    )
    on_special_days = forms.BooleanField(
        label=gettext_lazy("Closed on the holidays and special days of the centre too"), required=False
    )

    def __init__(self, data: Any, *, row: ChannelHours | None) -> None:
        initial = {
            "own": "own" if row and row.own else "",
            "on_special_days": row.on_special_days if row else True,
        }
        super().__init__(data, week=row.hours if row else {}, initial=initial)


class SpecialDayForm(forms.Form):
    day = forms.DateField(
        label=gettext_lazy("Day"), widget=forms.DateInput(attrs={**_INPUT, "type": "date"}, format="%Y-%m-%d")
    )
    intervals = HoursField(
        label=pgettext_lazy("opening", "Hours"), help_text=gettext_lazy("Nothing: closed the whole day.")
    )
    label = forms.CharField(
        label=gettext_lazy("Why"),
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={**_INPUT, "dir": "auto"}),
    )
    channel = forms.ChoiceField(
        label=pgettext_lazy("hours", "For"), required=False, widget=forms.Select(attrs=_INPUT)
    )

    def __init__(self, data: Any, *, channels: Sequence[Channel], today: date) -> None:
        super().__init__(data)
        self.today = today
        self.fields["day"].widget.attrs["min"] = today.isoformat()
        choices = [("", _("The whole centre")), *((str(channel.pk), channel.name) for channel in channels)]
        self.fields["channel"].choices = choices  # type: ignore[attr-defined]

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if day < self.today:
            raise forms.ValidationError(_("This day has passed."))
        return day


class PauseForm(forms.Form):
    """Until when, and what is told meanwhile in each language of the centre. Nothing written: the usual words."""

    until = forms.CharField(
        label=gettext_lazy("Closed until"),
        widget=forms.TextInput(attrs={"class": "input ltr", "type": "datetime-local"}),
    )

    def __init__(self, data: Any, *, centre: Centre, texts: Mapping[str, str], until: str = "") -> None:
        super().__init__(data, initial={"until": until})
        self.languages = list(dict.fromkeys((*centre.languages, *texts)))
        for code in self.languages:
            attributes = {**_INPUT, "rows": 2, "lang": code, "dir": languages.direction(code)}
            self.fields[f"text_{code}"] = forms.CharField(
                label=languages.name(code),
                required=False,
                max_length=500,
                initial=texts.get(code, ""),
                widget=forms.Textarea(attrs=attributes),
            )

    @property
    def text_fields(self) -> list[forms.BoundField]:
        return [self[f"text_{code}"] for code in self.languages]

    def clean_until(self) -> Any:
        at = read_local(self.cleaned_data["until"])
        if at is None or at <= now():
            raise forms.ValidationError(_("Choose a time that lies ahead."))
        return at

    def texts(self) -> dict[str, str]:
        return {code: self.cleaned_data[f"text_{code}"] for code in self.languages}
