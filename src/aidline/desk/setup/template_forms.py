"""The form of a template in one language, and that of the names of its fields."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aidline.channels.contract import TemplateDraft, TemplateLimits
from aidline.channels.models import Template
from aidline.channels.template_rules import faults, parameters_in
from aidline.channels.templates import Wording
from aidline.desk.bubble import Bubble, filled
from aidline.desk.setup.template_words import CATEGORIES, FILLS, fault_words
from aidline.kernel import languages


@dataclass(frozen=True, slots=True)
class Start:
    """What the form begins with: a new one, a known one, or what was typed so far."""

    wording: Wording = field(default_factory=lambda: Wording(""))
    name: str = ""
    language: str = ""  # ours; empty while it is to be chosen
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # of the fields


def start_of(template: Template, language: str = "") -> Start:
    """With another `language` it is the beginning of a translation."""
    wording = Wording(
        body=template.body,
        category=template.category,
        header=template.header,
        footer=template.footer,
        buttons=tuple(template.buttons),
        examples=template.examples,
    )
    return Start(wording, template.family, language or languages.match(template.language), template.fields)


class TemplateForm(forms.Form):
    """Its fields for examples follow the words: there is one set for each `{{1}}` in them."""

    category = forms.ChoiceField(label=gettext_lazy("What is it about?"), widget=forms.RadioSelect)

    def __init__(
        self,
        data: QueryDict | None,
        *,
        limits: TemplateLimits,
        start: Start,
        offered: list[str] | None = None,
        named: bool = False,
    ) -> None:
        """`offered`: languages to choose from; `named`: the name is settled."""
        super().__init__(data)
        self.limits, self.start = limits, start
        self.written_in = self.said("language", start.language) if offered is not None else start.language
        if not named:
            self.fields["name"] = _name(start)
        if offered is not None:
            self.fields["language"] = _language(offered, start)
        self._put_words()
        names = parameters_in(self.said("body", start.wording.body))
        self._put_parameters(names[: limits.parameters])
        self.order_fields(["name", "language", "category"])

    def said(self, name: str, known: str) -> str:
        """As it was typed, or as it is known where nothing was typed yet."""
        return str(self.data.get(name, "")) if self.is_bound else known

    def _put_words(self) -> None:
        wording, limits = self.start.wording, self.limits
        category = self.fields["category"]
        assert isinstance(category, forms.ChoiceField)
        category.choices = [(code, str(CATEGORIES[code])) for code in limits.categories]
        category.initial = wording.category
        if limits.header:
            self.fields["header"] = self._words(_("Title"), wording.header)
        self.fields["body"] = self._body(wording.body)
        if limits.footer:
            self.fields["footer"] = self._words(_("Small line below"), wording.footer)
        for place in range(limits.buttons):
            known = wording.buttons[place] if place < len(wording.buttons) else ""
            label = _("Button %(number)s") % {"number": place + 1}
            self.fields[f"button_{place}"] = self._words(label, known)

    def _body(self, initial: str) -> forms.CharField:
        return forms.CharField(
            label=_("Words"),
            required=False,
            initial=initial,
            widget=forms.Textarea(attrs={**self._attributes(), "rows": 5, "data-live": ""}),
            help_text=_(
                "Write {{1}}, {{2}} … where something is filled in, with words before, between and after."
            ),
        )

    def _words(self, label: str, initial: str, *, hint: str = "", **attributes: str) -> forms.CharField:
        widget = forms.TextInput(attrs={**self._attributes(), **attributes, "data-live": ""})
        return forms.CharField(label=label, required=False, initial=initial, help_text=hint, widget=widget)

    def _attributes(self) -> dict[str, str]:
        code = self.written_in
        named = {"lang": code, "dir": languages.direction(code)} if code else {"dir": "auto"}
        return {"class": "input", "autocomplete": "off", **named}

    def _put_parameters(self, names: list[str]) -> None:
        self.parameters = names
        for name in names:
            example = self.start.wording.examples.get(name, "")
            self.fields[f"example_{name}"] = self._words(_("Example"), example)
            self.fields |= name_fields(name, self.start.names.get(name, {}))

    def typed(self) -> Start:
        """What was typed so far, as a beginning."""
        names = {
            name: {kind: self.said(f"{kind}_{name}", "") for kind in ("label", "fill")}
            for name in self.parameters
        }
        return Start(self.wording, self.said("name", self.start.name), self.written_in, names)

    @property
    def rows(self) -> list[tuple[str, list[forms.BoundField]]]:
        """For each parameter what it is called, an example, and what is suggested."""
        kinds = ("label", "example", "fill")
        return [(name, [self[f"{kind}_{name}"] for kind in kinds]) for name in self.parameters]

    @property
    def bubble(self) -> Bubble:
        """As the person will see it, with the examples in it."""
        wording = self.wording
        header, body, footer = (
            filled(words, wording.examples) for words in (wording.header, wording.body, wording.footer)
        )
        return Bubble(self.written_in, header, body, footer, tuple(filter(None, wording.buttons)))

    @property
    def button_fields(self) -> list[forms.BoundField]:
        return [self[f"button_{place}"] for place in range(self.limits.buttons)]

    def clean_name(self) -> str:
        words: str = self.cleaned_data["name"]
        return "_".join(words.lower().split())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for where, what in faults(self._draft(), self.limits):
            self._tell(where, fault_words(where, what, self.limits))
        return cleaned

    def _tell(self, where: str, words: str) -> None:
        """At its field; what has none here, such as a name that is settled, above all fields."""
        known = {"buttons": "button_0", "parameters": "body"}
        name = known.get(where, where.replace(":", "_"))
        if name not in self.fields:
            self.add_error(None, words)
        elif name not in self.errors:
            self.add_error(name, words)

    def _draft(self) -> TemplateDraft:
        wording = self.wording
        name = self.cleaned_data.get("name", self.start.name)
        return TemplateDraft(
            name=name,
            language=self.written_in,
            category=wording.category,
            body=wording.body,
            examples=wording.examples,
            header=wording.header,
            footer=wording.footer,
            buttons=tuple(words for words in wording.buttons if words),
        )

    @property
    def wording(self) -> Wording:
        """What stands in the form now, good or not."""
        known = self.start.wording
        buttons = (
            known.buttons[place] if place < len(known.buttons) else "" for place in range(self.limits.buttons)
        )
        examples = {
            name: self.said(f"example_{name}", known.examples.get(name, "")) for name in self.parameters
        }
        return Wording(
            body=self.said("body", known.body),
            category=self.said("category", known.category),
            header=self.said("header", known.header).strip(),
            footer=self.said("footer", known.footer).strip(),
            buttons=tuple(self.said(f"button_{place}", words).strip() for place, words in enumerate(buttons)),
            examples={name: words.strip() for name, words in examples.items()},
        )

    @property
    def names(self) -> dict[str, dict[str, str]]:
        return names_in(self)


class NamesForm(forms.Form):
    """What the fields of a known template are called for staff, in all its languages."""

    def __init__(self, data: QueryDict | None, *, template: Template) -> None:
        super().__init__(data)
        self.parameters = list(template.parameters)
        for name in self.parameters:
            self.fields |= name_fields(name, template.fields.get(name, {}))

    @property
    def rows(self) -> list[tuple[str, list[forms.BoundField]]]:
        return [(name, [self[f"label_{name}"], self[f"fill_{name}"]]) for name in self.parameters]

    @property
    def names(self) -> dict[str, dict[str, str]]:
        return names_in(self)


def name_fields(parameter: str, known: Mapping[str, str]) -> dict[str, forms.Field]:
    label = forms.CharField(
        label=_("What staff fill in"),
        required=False,
        max_length=60,
        initial=known.get("label", ""),
        widget=forms.TextInput(attrs={"class": "input", "dir": "auto", "autocomplete": "off"}),
    )
    fill = forms.ChoiceField(
        label=_("Suggested"),
        required=False,
        choices=[(code, str(words)) for code, words in FILLS.items()],
        initial=known.get("fill", ""),
        widget=forms.Select(attrs={"class": "input"}),
    )
    return {f"label_{parameter}": label, f"fill_{parameter}": fill}


def names_in(form: "TemplateForm | NamesForm") -> dict[str, dict[str, str]]:
    found = {}
    for name in form.parameters:
        told = {kind: form.cleaned_data.get(f"{kind}_{name}", "").strip() for kind in ("label", "fill")}
        found[name] = {kind: words for kind, words in told.items() if words}
    return {name: told for name, told in found.items() if told}


def _name(start: Start) -> forms.CharField:
    return forms.CharField(
        label=_("Name"),
        max_length=512,
        initial=start.name,
        help_text=_("For staff, such as “appointment reminder”. Small letters and numbers."),
        widget=forms.TextInput(attrs={"class": "input ltr", "autocomplete": "off"}),
    )


def _language(offered: list[str], start: Start) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("Language"),
        choices=[(code, languages.name(code)) for code in offered],
        initial=start.language or (offered[0] if offered else ""),
        widget=forms.Select(attrs={"class": "input", "data-live": ""}),
    )
