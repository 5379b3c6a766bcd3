"""Everything a broadcast is made of, on one page that works without a script."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aidline.centres.models import Centre
from aidline.kernel import languages
from aidline.kernel import text as words
from aidline.kernel.clock import now
from aidline.outreach.composing import Line, lines_for
from aidline.outreach.filters import FILTERS
from aidline.outreach.plan import ANY, Plan, Words

LONGEST = 4096
_INPUT = {"class": "input"}


class BroadcastForm(forms.Form):
    """`plan()` is what was typed; `problems` of it are shown with the preview and keep it from being handed in."""

    title = forms.CharField(
        label=gettext_lazy("Title"),
        max_length=120,
        help_text=gettext_lazy("For colleagues. People do not see it."),
        widget=forms.TextInput(attrs={**_INPUT, "dir": "auto", "autocomplete": "off"}),
    )
    channels = forms.MultipleChoiceField(
        label=gettext_lazy("By which channels"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Each person gets it once, where they wrote last."),
    )
    pace = forms.IntegerField(
        label=gettext_lazy("Messages a minute"),
        min_value=0,
        max_value=6000,
        initial=60,
        help_text=gettext_lazy(
            "0 means as fast as the channels allow. People may answer: give colleagues time."
        ),
        widget=forms.NumberInput(attrs=_INPUT),
    )
    quiet_from = forms.TimeField(label=gettext_lazy("Quiet from"), initial="20:00")
    quiet_until = forms.TimeField(label=gettext_lazy("Quiet until"), initial="08:00")
    start_at = forms.DateTimeField(
        label=gettext_lazy("Start at"),
        required=False,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        help_text=gettext_lazy("Empty: somebody starts it by hand after the approval."),
    )

    def __init__(
        self, data: Any, *, centre: Centre, plan: Plan | None = None, start_at: datetime | None = None
    ) -> None:
        super().__init__(data, initial=_initial(plan, start_at))
        self.centre = centre
        self.lines = lines_for(centre)
        channels = self.fields["channels"]
        assert isinstance(channels, forms.MultipleChoiceField)
        channels.choices = [(str(pk), line.channel.name) for pk, line in self.lines.items()]
        for name, kind in (("quiet_from", "time"), ("quiet_until", "time"), ("start_at", "datetime-local")):
            self.fields[name].widget = _clock(kind)
        self._add_filters()
        self._add_words(plan)

    # --- fields -------------------------------------------------------------------------------------

    def _add_filters(self) -> None:
        for one in FILTERS:
            choices = one.choices(self.centre)
            if choices:
                self.fields[f"filter_{one.key}"] = forms.MultipleChoiceField(
                    label=one.label, choices=choices, required=False, widget=forms.CheckboxSelectMultiple
                )

    def _add_words(self, plan: Plan | None) -> None:
        said = {(one.language, one.channel): one for one in plan.words} if plan else {}
        for code in self.centre.languages:
            self._add_text(code, ANY, said.get((code, ANY)))
            for pk, line in self.lines.items():
                known = said.get((code, str(pk)))
                self._add_text(code, str(pk), known)
                if line.able.templates:
                    self._add_template(code, line, known)

    def _add_text(self, code: str, channel: str, known: Words | None) -> None:
        attributes = {**_INPUT, "rows": 4, "lang": code, "dir": languages.direction(code)}
        self.fields[_name("text", code, channel)] = forms.CharField(
            label=languages.name(code),
            required=False,
            max_length=LONGEST,
            initial=known.text if known else "",
            widget=forms.Textarea(attrs=attributes),
        )

    def _add_template(self, code: str, line: Line, known: Words | None) -> None:
        channel = str(line.channel.pk)
        offered = [(f"{name}|{tongue}", f"{name} ({tongue})") for name, tongue in line.templates]
        chosen = f"{known.template}|{known.template_language}" if known and known.template else ""
        self.fields[_name("template", code, channel)] = forms.ChoiceField(
            label=gettext_lazy("Approved message, where free replies are over"),
            choices=[("", _("None")), *offered],
            required=False,
            initial=chosen,
            widget=forms.Select(attrs=_INPUT),
        )
        self.fields[_name("values", code, channel)] = forms.CharField(
            label=gettext_lazy("Its fill-ins, one on each line"),
            required=False,
            max_length=1000,
            initial="\n".join(known.values) if known else "",
            widget=forms.Textarea(attrs={**_INPUT, "rows": 2, "dir": "auto"}),
        )

    # --- for the page -------------------------------------------------------------------------------

    @property
    def filter_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("filter_")]

    @property
    def general_texts(self) -> list[forms.BoundField]:
        return [self[_name("text", code, ANY)] for code in self.centre.languages]

    @property
    def by_channel(self) -> list[tuple[Line, list[forms.BoundField], bool]]:
        """Words of one channel, and whether there are any."""
        return [(line, fields, any(map(_filled, fields))) for line, fields in self._of_channels()]

    def _of_channels(self) -> list[tuple[Line, list[forms.BoundField]]]:
        ends = {pk: f"_{UUID(str(pk)).hex}" for pk in self.lines}
        return [
            (line, [self[name] for name in self.fields if name.endswith(ends[pk])])
            for pk, line in self.lines.items()
        ]

    # --- what was typed -----------------------------------------------------------------------------

    def clean_start_at(self) -> datetime | None:
        at: datetime | None = self.cleaned_data["start_at"]
        if at and at <= now():
            raise forms.ValidationError(_("This time has passed."))
        return at

    def plan(self) -> Plan:
        cleaned = self.cleaned_data
        filters = {one.key: tuple(cleaned.get(f"filter_{one.key}", ())) for one in FILTERS}
        return Plan(
            title=words.clean(cleaned.get("title", "")).strip(),
            channels=tuple(UUID(pk) for pk in cleaned.get("channels", ())),
            filters={key: values for key, values in filters.items() if values},
            words=tuple(one for one in self._words() if not one.empty),
            pace=cleaned.get("pace") or 0,
            quiet_from=_minute(cleaned.get("quiet_from"), "20:00"),
            quiet_until=_minute(cleaned.get("quiet_until"), "08:00"),
        )

    def _words(self) -> list[Words]:
        channels = [ANY, *map(str, self.lines)]
        return [self._said(code, channel) for code in self.centre.languages for channel in channels]

    def _said(self, code: str, channel: str) -> Words:
        def typed(what: str) -> str:
            return words.clean(self.cleaned_data.get(_name(what, code, channel)) or "").strip()

        template, _bar, tongue = typed("template").partition("|")
        values = tuple(line.strip() for line in typed("values").splitlines() if line.strip())
        return Words(code, channel, typed("text"), template, tongue, values if template else ())


def _name(what: str, code: str, channel: str) -> str:
    return f"{what}_{code}_{UUID(channel).hex}" if channel else f"{what}_{code}"


def _filled(field: forms.BoundField) -> bool:
    return bool(field.value())


def _clock(kind: str) -> forms.Widget:
    widget = forms.TextInput(attrs={**_INPUT})
    widget.input_type = kind
    return widget


def _minute(time: Any, usual: str) -> str:
    return f"{time:%H:%M}" if time else usual


def _initial(plan: Plan | None, start_at: datetime | None) -> dict[str, Any]:
    if plan is None:
        return {}
    return {
        "title": plan.title,
        "channels": [str(pk) for pk in plan.channels],
        "pace": plan.pace,
        "quiet_from": plan.quiet_from,
        "quiet_until": plan.quiet_until,
        "start_at": f"{localtime(start_at):%Y-%m-%dT%H:%M}" if start_at else "",
        **{f"filter_{key}": list(values) for key, values in plan.filters.items()},
    }


class TestForm(forms.Form):
    """To an address of one's own."""

    channel = forms.ChoiceField(label=gettext_lazy("Channel"), widget=forms.Select(attrs=_INPUT))
    language = forms.ChoiceField(label=gettext_lazy("Language"), widget=forms.Select(attrs=_INPUT))
    address = forms.CharField(
        label=gettext_lazy("Your own number or address there"),
        max_length=120,
        help_text=gettext_lazy("Such as +44 7700 900123. It counts nowhere and is marked as a test."),
        widget=forms.TextInput(attrs={"class": "input ltr", "autocomplete": "off"}),
    )

    def __init__(self, data: Any, *, centre: Centre, lines: dict[UUID, Line]) -> None:
        super().__init__(data, auto_id="test_%s")
        self.lines = lines
        for name, choices in (
            ("channel", [(str(pk), line.channel.name) for pk, line in lines.items()]),
            ("language", [(code, languages.name(code)) for code in centre.languages]),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices
        self.region = centre.region

    @property
    def line(self) -> Line:
        return self.lines[UUID(self.cleaned_data["channel"])]


class CopyForm(forms.Form):
    centres = forms.MultipleChoiceField(
        label=gettext_lazy("Copy the words to"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: Any, *, centres: list[Centre]) -> None:
        super().__init__(data, auto_id="copy_%s")
        field = self.fields["centres"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(centre.slug, centre.name) for centre in centres]
        self.by_slug = {centre.slug: centre for centre in centres}

    @property
    def chosen(self) -> list[Centre]:
        return [self.by_slug[slug] for slug in self.cleaned_data["centres"]]
