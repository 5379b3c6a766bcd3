"""A centre's own settings, its words in every language, and its logo."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from aidline.centres.models import Centre
from aidline.kernel import images, languages

LARGEST_LOGO = 4 * 1024 * 1024
_INPUT = {"class": "input"}


def language_choices() -> list[tuple[str, str]]:
    return [(code, language.name) for code, language in languages.ALL.items()]


def zone_choices() -> list[tuple[str, str]]:
    zones = (
        zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "posix/"))
    )
    return [("UTC", "UTC"), *((zone, zone.replace("_", " ")) for zone in sorted(zones))]


class LanguagesField(forms.MultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=language_choices, **kwargs)


class NewCentreForm(forms.Form):
    name = forms.CharField(
        label=pgettext_lazy("of a thing", "Name"),
        max_length=120,
        widget=forms.TextInput(attrs={**_INPUT, "dir": "auto"}),
    )
    slug = forms.SlugField(
        label=gettext_lazy("Name in addresses"),
        max_length=40,
        help_text=gettext_lazy("Small letters, digits and hyphens: the web chat is at /chat/this-name/."),
        widget=forms.TextInput(attrs={"class": "input ltr"}),
    )
    languages = LanguagesField(label=gettext_lazy("Languages people are answered in"))
    default_language = forms.ChoiceField(
        label=gettext_lazy("If a person's language is not known"),
        choices=language_choices,
        widget=forms.Select(attrs=_INPUT),
    )
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"), choices=zone_choices, widget=forms.Select(attrs=_INPUT)
    )
    region = forms.RegexField(
        r"^[A-Za-z]{2}$",
        label=gettext_lazy("Country of phone numbers written without +"),
        help_text=gettext_lazy("Two letters, such as GB or LB."),
        required=False,
        widget=forms.TextInput(attrs={"class": "input ltr", "maxlength": "2"}),
    )

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"].lower()
        if Centre.objects.filter(slug=slug).exists():
            raise forms.ValidationError(_("Another centre has this name already."))
        return slug

    def clean_region(self) -> str:
        return str(self.cleaned_data["region"]).upper()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        spoken, fallback = cleaned.get("languages"), cleaned.get("default_language")
        if spoken and fallback and fallback not in spoken:
            self.add_error("default_language", _("Choose one of the languages above."))
        return cleaned


class CentreForm(NewCentreForm):
    """Made with `of(centre)`. What it gives is what `change_centre` takes."""

    undo_seconds = forms.IntegerField(
        label=gettext_lazy("Seconds in which a sent message can be taken back"),
        min_value=0,
        max_value=30,
        widget=forms.NumberInput(attrs=_INPUT),
    )
    reopen_hours = forms.IntegerField(
        label=gettext_lazy("Hours in which a new message reopens a finished conversation"),
        min_value=0,
        max_value=720,
        widget=forms.NumberInput(attrs=_INPUT),
    )
    away_minutes = forms.IntegerField(
        label=gettext_lazy("Minutes after which an absent agent's conversations return to the queue"),
        min_value=1,
        max_value=120,
        widget=forms.NumberInput(attrs=_INPUT),
    )
    silence_minutes = forms.IntegerField(
        label=gettext_lazy("Minutes without any message until a channel counts as silent"),
        help_text=gettext_lazy("0: learnt from what is usual."),
        min_value=0,
        max_value=10_080,
        widget=forms.NumberInput(attrs=_INPUT),
    )
    asks_language = forms.BooleanField(
        label=gettext_lazy("Ask for the language with a menu when a first message does not tell"),
        required=False,
    )
    quick_exit_url = forms.URLField(
        label=gettext_lazy("Where the quick exit of the web chat leads"),
        help_text=gettext_lazy("A site that gives nothing away."),
        assume_scheme="https",
        widget=forms.URLInput(attrs={"class": "input ltr"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["slug"]  # it is in links that people keep

    @classmethod
    def of(cls, centre: Centre, data: Any = None) -> "CentreForm":
        names = [name for name in cls.base_fields if name != "slug"]
        initial: dict[str, Any] = {name: getattr(centre, name) for name in names}
        return cls(data, initial=initial)

    @property
    def plain_fields(self) -> list[forms.BoundField]:
        own = ("name", "default_language", "time_zone", "region")
        return [self[name] for name in own]

    @property
    def rule_fields(self) -> list[forms.BoundField]:
        own = (
            "asks_language",
            "undo_seconds",
            "reopen_hours",
            "away_minutes",
            "silence_minutes",
            "quick_exit_url",
        )
        return [self[name] for name in own]


class TextsForm(forms.Form):
    """The centre's own words, each in every language of the centre. Gives the whole of `Centre.texts`."""

    KINDS = {
        "greeting": gettext_lazy("Greeting"),
        "offline": gettext_lazy("Outside the opening hours"),
        "privacy": gettext_lazy("What happens with what is written here"),
    }

    def __init__(self, data: Any, *, centre: Centre) -> None:
        super().__init__(data)
        self.centre = centre
        for kind, language in self._places():
            self.fields[f"{kind}_{language}"] = forms.CharField(
                label=self.KINDS[kind],
                required=False,
                max_length=2000,
                initial=centre.texts.get(kind, {}).get(language, ""),
                widget=_writing_in(language),
            )

    def _places(self) -> list[tuple[str, str]]:
        return [(kind, language) for language in self.centre.languages for kind in self.KINDS]

    @property
    def by_language(self) -> list[tuple[str, list[forms.BoundField]]]:
        return [
            (language, [self[f"{kind}_{language}"] for kind in self.KINDS])
            for language in self.centre.languages
        ]

    def texts(self) -> dict[str, dict[str, str]]:
        """Words in a language that was switched off are kept for the day it comes back."""
        texts = {kind: dict(self.centre.texts.get(kind, {})) for kind in self.KINDS}
        for kind, language in self._places():
            texts[kind][language] = self.cleaned_data[f"{kind}_{language}"].strip()
        return {kind: {code: text for code, text in by.items() if text} for kind, by in texts.items()}


def _writing_in(language: str) -> forms.Textarea:
    return forms.Textarea(
        attrs={"class": "input", "rows": 3, "lang": language, "dir": languages.direction(language)}
    )


class LogoForm(forms.Form):
    logo = forms.FileField(
        label=gettext_lazy("Logo"),
        help_text=gettext_lazy(
            "PNG or JPEG, at most 4 MB. It is made anew, so that nothing hidden in it stays."
        ),
        widget=forms.ClearableFileInput(attrs={**_INPUT, "accept": "image/png,image/jpeg,image/webp"}),
    )

    def clean_logo(self) -> images.Picture:
        upload: UploadedFile[bytes] = self.cleaned_data["logo"]
        if (upload.size or 0) > LARGEST_LOGO:
            raise forms.ValidationError(_("This picture is too large. The limit is 4 MB."))
        try:
            return images.thumbnail(upload.read())
        except images.BadImage:
            raise forms.ValidationError(_("This picture cannot be read.")) from None
