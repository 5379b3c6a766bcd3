"""Forms of the translation server and of the glossary."""

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aidline.centres.models import Centre
from aidline.kernel import http, languages
from aidline.language.models import Engine, GlossaryTerm

_INPUT = {"class": "input"}


class EngineForm(forms.Form):
    """What it gives is what `change_engine` takes. A stored key is not in the page."""

    url = forms.CharField(
        label=gettext_lazy("Address of the LibreTranslate server"),
        help_text=gettext_lazy("Best on a machine of your own: it reads what people write."),
        max_length=200,
        widget=forms.URLInput(attrs={"class": "input ltr", "placeholder": "https://translate.example.org"}),
    )
    key = forms.CharField(
        label=gettext_lazy("Key"),
        required=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"class": "input ltr", "autocomplete": "off"}),
    )
    into = forms.ChoiceField(
        label=gettext_lazy("What people write is translated into"), widget=forms.Select(attrs=_INPUT)
    )
    seconds = forms.IntegerField(
        label=gettext_lazy("Seconds to wait for an answer"),
        help_text=gettext_lazy(
            "Messages never wait for it. A reply you are about to send does, at most this long."
        ),
        min_value=1,
        max_value=20,
        widget=forms.NumberInput(attrs=_INPUT),
    )
    is_on = forms.BooleanField(label=gettext_lazy("Translate what people write"), required=False)

    def __init__(self, data: Any, *, centre: Centre, engine: Engine | None) -> None:
        initial = {"into": centre.default_language, "seconds": 5, "is_on": True}
        stored = (engine.config if engine else None) or {}
        if engine:
            initial = {"into": engine.into, "seconds": engine.seconds, "is_on": engine.is_on}
        super().__init__(data, initial={**initial, "url": stored.get("url", "")})
        into = self.fields["into"]
        assert isinstance(into, forms.ChoiceField)
        into.choices = _codes(centre)
        keep, new = _("One is stored. Leave this empty to keep it."), _("If the server asks for one.")
        self.fields["key"].help_text = keep if stored.get("key") else new

    def clean_url(self) -> str:
        return server_address(self.cleaned_data["url"], _("Write it as https://translate.example.org."))


def server_address(written: str, example: str) -> str:
    """Not a URLField: servers on a network of one's own have names without a dot."""
    url = written.strip()
    try:
        parts = urlsplit(url)
        fits = parts.scheme in ("http", "https") and parts.hostname and not parts.username
    except ValueError:
        fits = False
    if not fits:
        raise forms.ValidationError(example)
    if not settings.PRACTICE and http.in_clear(url, settings.PRIVATE_HOSTS):
        raise forms.ValidationError(_("Write https://. What is sent to http:// can be read on the way."))
    return url


def _codes(centre: Centre) -> list[tuple[str, str]]:
    first = dict.fromkeys([centre.default_language, *centre.languages, *languages.INTERFACE])
    return [(code, languages.name(code)) for code in first]


class TermForm(forms.Form):
    """A word, and its form in languages that have one of their own."""

    word = forms.CharField(
        label=gettext_lazy("Name or term"),
        help_text=gettext_lazy("It stays as it is in every language without a form of its own below."),
        max_length=80,
        widget=forms.TextInput(attrs={**_INPUT, "dir": "auto", "autocomplete": "off"}),
    )

    def __init__(self, data: Any, *, centre: Centre, known: GlossaryTerm | None) -> None:
        content: dict[str, Any] = known.content if known else {"word": "", "forms": {}}
        super().__init__(data, initial={"word": content["word"]})
        stored = content["forms"]
        for code in dict.fromkeys([*centre.languages, *stored]):
            self.fields[f"form_{code}"] = forms.CharField(
                label=languages.name(code),
                required=False,
                max_length=80,
                initial=stored.get(code, ""),
                widget=forms.TextInput(attrs={**_INPUT, "lang": code, "dir": languages.direction(code)}),
            )

    @property
    def form_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("form_")]

    def forms(self) -> dict[str, str]:
        found = self.cleaned_data.items()
        return {name.removeprefix("form_"): value for name, value in found if name.startswith("form_")}
