"""The set-up form of a channel, made from its provider's `Config`."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aidline.centres.models import Centre
from aidline.channels.contract import Capabilities
from aidline.channels.models import Channel
from aidline.channels.registry import PROVIDERS, ConfigField, capabilities_of, config_fields

ONLY_IN_PRACTICE = ("simulator",)
LONGEST = 8000  # characters of a setting: a private key, a template of a body


def provider_choices() -> list[tuple[str, str]]:
    names = [name for name in PROVIDERS if settings.PRACTICE or name not in ONLY_IN_PRACTICE]
    return [(name, _(capabilities_of(name).label)) for name in names]


class AccountForm(forms.Form):
    """Step 1: where the account is, and what we call it. The provider stays as it was chosen."""

    provider = forms.ChoiceField(
        label=gettext_lazy("Where is the account?"), choices=provider_choices, widget=forms.RadioSelect
    )
    name = forms.CharField(
        label=gettext_lazy("What colleagues call it"),
        max_length=80,
        help_text=gettext_lazy("Such as “WhatsApp Port Merin”."),
        widget=forms.TextInput(attrs={"class": "input", "dir": "auto", "autocomplete": "off"}),
    )

    def __init__(self, data: Any, *, centre: Centre, channel: Channel | None = None) -> None:
        super().__init__(data, initial={"name": channel.name if channel else ""})
        self.centre, self.channel = centre, channel
        if channel:
            del self.fields["provider"]

    @property
    def accounts(self) -> list[tuple[Any, Capabilities]]:
        """Each account one may choose, with what is known of it."""
        return [(option, capabilities_of(option.data["value"])) for option in self["provider"]]

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"].strip()
        rows = Channel.objects.filter(centre=self.centre, name=name)
        if (rows.exclude(pk=self.channel.pk) if self.channel else rows).exists():
            raise forms.ValidationError(_("Another channel of this centre has this name."))
        return name


class KeysForm(forms.Form):
    """Step 2. A stored secret is not in the page; leaving its field empty keeps it."""

    def __init__(self, data: Any, *, channel: Channel) -> None:
        super().__init__(data)
        self.channel = channel
        stored = channel.config or {}
        self.folded = {field.name for field in config_fields(channel.provider) if field.expert}
        for field in config_fields(channel.provider):
            self.fields[field.name] = self._field(field, stored.get(field.name, ""))

    def _field(self, field: ConfigField, stored: str) -> forms.Field:
        if field.options:
            return self._options(field, stored)
        has_one = bool(stored) or field.made_by_us
        return forms.CharField(
            label=_(field.label),
            help_text=self._hint(field, stored),
            required=field.required and not (field.secret and has_one),
            max_length=LONGEST,
            strip=True,
            initial="" if field.secret else stored or field.default,
            widget=_widget(field, kept=bool(stored)),
        )

    def _options(self, field: ConfigField, stored: str) -> forms.ChoiceField:
        return forms.ChoiceField(
            label=_(field.label),
            help_text=_(field.help) if field.help else "",
            choices=[(option, _(option)) for option in field.options],
            initial=stored or field.default,
            required=field.required,
            widget=forms.Select(attrs={"class": "input"}),
        )

    def _hint(self, field: ConfigField, stored: str) -> str:
        words = _(field.help) if field.help else ""
        if field.secret and stored:
            return " ".join(filter(None, (words, _("One is stored. Leave this empty to keep it."))))
        if field.made_by_us:
            return " ".join(filter(None, (words, _("Leave this empty and we make one."))))
        return words

    @property
    def usual(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if not self._is_expert(name)]

    @property
    def expert(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if self._is_expert(name)]

    def _is_expert(self, name: str) -> bool:
        return (name in self.folded or name.startswith("previous_")) and not self.fields[name].required


def _widget(field: ConfigField, *, kept: bool) -> forms.Widget:
    attributes = {"class": "input ltr", "autocomplete": "off", "spellcheck": "false"}
    if field.long:  # a textarea has no way to hide a stored secret but to leave it out, which is done
        return forms.Textarea(attrs={**attributes, "rows": "5"})
    if not field.secret:
        return forms.TextInput(attrs=attributes)
    attributes |= {"autocomplete": "new-password", **({"placeholder": "••••••••••••"} if kept else {})}
    return forms.PasswordInput(attrs=attributes)
