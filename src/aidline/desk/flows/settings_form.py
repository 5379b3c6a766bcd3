"""What holds for a whole flow: its name, languages, media, where it begins, and where danger leads."""

from dataclasses import replace
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from aidline.centres.models import Centre
from aidline.desk.flows import words
from aidline.flows.language import Flow, Medium
from aidline.kernel import languages


class SettingsForm(forms.Form):
    """Languages are those of the centre; what the flow speaks besides stays until it is taken out."""

    def __init__(self, data: QueryDict | None, *, flow: Flow, centre: Centre, language: str) -> None:
        super().__init__(data)
        self._flow = flow
        steps = {"": _("Not decided yet"), **words.titles(flow, language)}
        others = [code for code in centre.languages if code not in flow.languages]
        spoken = [(code, languages.name(code)) for code in (*flow.languages, *others)]
        self.fields |= {
            "title": forms.CharField(
                label=_("Name"),
                max_length=120,
                initial=flow.title,
                widget=forms.TextInput(attrs={"class": "input", "dir": "auto"}),
            ),
            "media": forms.MultipleChoiceField(
                label=_("Where it runs"),
                choices=[(code, str(label)) for code, label in words.MEDIA.items()],
                initial=list(flow.media),
                widget=forms.CheckboxSelectMultiple,
            ),
            "first": _select(_("Language it begins in"), dict(spoken), next(iter(flow.languages), "en")),
            "languages": forms.MultipleChoiceField(
                label=_("Languages"),
                choices=spoken,
                initial=list(flow.languages),
                widget=forms.CheckboxSelectMultiple,
            ),
            "start": _select(_("First step"), steps, flow.start),
            "danger": _select(_("Where danger leads"), steps, flow.danger),
            "danger_key": _select(_("Key for danger on the phone"), {"*": "*", "#": "#"}, flow.danger_key),
            "recorded": forms.BooleanField(
                label=_("On the phone every text must be a recording"), required=False, initial=flow.recorded
            ),
        }

    def flow(self) -> Flow:
        said: dict[str, Any] = self.cleaned_data
        spoken = [
            said["first"],
            *(code for code in self._ordered(said["languages"]) if code != said["first"]),
        ]
        return replace(
            self._flow,
            title=said["title"].strip(),
            languages=tuple(spoken),
            media=tuple(medium for medium in Medium if medium in said["media"]),
            start=said["start"],
            danger=said["danger"],
            danger_key=said["danger_key"],
            recorded=said["recorded"],
        )

    def _ordered(self, chosen: list[str]) -> list[str]:
        known = [code for code in self._flow.languages if code in chosen]
        return [*known, *(code for code in chosen if code not in known)]


def _select(label: str, choices: dict[str, Any], initial: str) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        required=False,
        choices=[(code, str(title)) for code, title in choices.items()],
        initial=initial,
        widget=forms.Select(attrs={"class": "input"}),
    )
