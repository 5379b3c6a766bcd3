"""The form of one step: its fields are those of its kind, so that a new kind needs no form of its own."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, dataclass, fields
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.text import slugify
from django.utils.translation import gettext as _

from aidline.desk.flows import words
from aidline.desk.flows.rows import SORTS, Row, Sort
from aidline.flows.editing import LINKS
from aidline.flows.language import NODES, Flow, Medium, Node, Wanted, Words
from aidline.flows.text import LONGEST_NAME, is_name
from aidline.kernel import languages

SPARE = 1  # empty rows below those there are


@dataclass(frozen=True, slots=True)
class Kit:
    """What a step of this centre can name. Each is a list to choose from: a code and its title."""

    language: str  # of the screen
    topics: Mapping[str, str]
    categories: Mapping[str, str]
    flows: Mapping[str, str]
    prompts: Mapping[str, str]


class StepForm(forms.Form):
    def __init__(
        self,
        data: QueryDict | None,
        *,
        flow: Flow,
        kit: Kit,
        kind: str,
        node: Node | None = None,
        name: str = "",
        rows: int = 0,
    ) -> None:
        """`node`: what stands in it; `name`: of the step as it is kept, empty for a new one."""
        super().__init__(data)
        self.flow, self.kit, self.kind, self.was, self.shown_node = flow, kit, kind, name, node
        self.given = {field.name: field for field in fields(NODES[kind]) if field.name != "name"}
        self.sort: Sort | None = next((SORTS[one] for one in self.given if one in SORTS), None)
        self.count = self._count(rows, node)
        self.fields["name"] = _code(_("Name of the step"), node.name if node else name)
        for one in self.given:
            self._put(one, node)

    def _count(self, rows: int, node: Node | None) -> int:
        if self.sort is None:
            return 0
        known = len(self.sort.rows(node)) if node else 0
        typed = self.data.get("rows", "") if self.is_bound else ""
        return int(typed) if typed.isdecimal() and int(typed) <= 60 else max(rows, known + SPARE)

    def _put(self, name: str, node: Node | None) -> None:
        value = getattr(node, name) if node else _usual(self.given[name])
        if name == "text":
            self._put_text(value or {})
        elif self.sort and name == self.sort.field:
            known = self.sort.rows(node) if node else []
            for place in range(self.count):
                row = known[place] if place < len(known) else None
                self.fields |= self.sort.fields(place, row, self.flow, self.steps())
        else:
            self.fields[name] = _FIELDS.get(name, _plain)(self, name, value)

    def _put_text(self, text: Mapping[str, Words]) -> None:
        for code in self.flow.languages:
            known = text.get(code, Words(""))
            self.fields[f"text-{code}"] = _words(code, languages.name(code), known.text, rows=2)
            if Medium.SMS in self.flow.media:
                self.fields[f"short-{code}"] = _words(code, _("Shorter, for SMS"), known.short, rows=2)
            if Medium.PHONE in self.flow.media:
                self.fields[f"recording-{code}"] = _chosen(
                    _("Recording for the phone"),
                    {"": _("None: it is read out"), **self.kit.prompts},
                    known.recording,
                )

    def steps(self) -> dict[str, str]:
        return {"": _("Not decided yet"), **words.titles(self.flow, self.kit.language)}

    # --- for the page ---

    @property
    def languages(self) -> Iterator[tuple[str, forms.BoundField, list[forms.BoundField]]]:
        """For each language its words, and what else there is of them."""
        if "text" in self.given:
            for code in self.flow.languages:
                more = [self[name] for name in (f"short-{code}", f"recording-{code}") if name in self.fields]
                yield code, self[f"text-{code}"], more

    @property
    def rows(self) -> list[Row]:
        return [self.sort.shown(self, place) for place in range(self.count)] if self.sort else []

    @property
    def settings(self) -> list[forms.BoundField]:
        return [self[name] for name in self.given if name in self.fields and name not in LINKS]

    @property
    def ways(self) -> list[forms.BoundField]:
        """Where it goes on."""
        return [self[name] for name in self.given if name in self.fields and name in LINKS]

    # --- what was typed ---

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"].strip()
        if not is_name(name):
            raise forms.ValidationError(_("Letters, digits, “-” and “_” only."))
        if name != self.was and name in self.flow.nodes:
            raise forms.ValidationError(_("Another step has this name."))
        return name

    def node(self) -> Node:
        """What stands in the form, good or not."""
        if not self.is_bound:
            raise ValueError("nothing was typed")
        self.errors  # noqa: B018 (cleans)
        said = self.cleaned_data
        values = {name: self._value(name, said) for name in self.given}
        name = said.get("name") or self.data.get("name", "") or self.was or "step"
        node: Node = NODES[self.kind](name=name, **values)
        return node

    def _value(self, name: str, said: Mapping[str, Any]) -> Any:
        if name == "text":
            return self._text(said)
        if self.sort and name == self.sort.field:
            return self.sort.read(said, self.count, self.flow)
        value = said.get(name)
        return _usual(self.given[name]) if value in (None, "") else value

    def _text(self, said: Mapping[str, Any]) -> dict[str, Words]:
        found = {
            code: Words(
                said.get(f"text-{code}", "").strip(),
                said.get(f"short-{code}", "").strip(),
                said.get(f"recording-{code}", ""),
            )
            for code in self.flow.languages
        }
        return {code: one for code, one in found.items() if one != Words("")}


# --- fields ----------------------------------------------------------------------------------------------


def _usual(field: Any) -> Any:
    """What a field is while nothing is said; what is still to be decided is empty."""
    if field.default is not MISSING:
        return field.default
    return Wanted.TEXT if field.name == "wants" else ""


def _plain(form: StepForm, name: str, value: Any) -> forms.Field:
    return _code(words.label(form.kind, name), value or "", required=False, hint=words.hint(form.kind, name))


def _link(form: StepForm, name: str, value: Any) -> forms.Field:
    return _chosen(words.label(form.kind, name), form.steps(), value or "")


def _number(form: StepForm, name: str, value: Any) -> forms.Field:
    least, most = {"tries": (1, 9), "seconds": (1, 3600)}.get(name, (-(10**12), 10**12))
    return forms.IntegerField(
        label=words.label(form.kind, name),
        required=False,
        initial=value,
        min_value=least,
        max_value=most,
        widget=forms.NumberInput(attrs={"class": "input"}),
    )


def _from(choices: Callable[[StepForm], Mapping[str, Any]]) -> Callable[[StepForm, str, Any], forms.Field]:
    return lambda form, name, value: _chosen(words.label(form.kind, name), choices(form), value or "")


def _wants(form: StepForm, name: str, value: Any) -> forms.Field:
    field = _chosen(words.label(form.kind, name), words.WANTED, value or Wanted.TEXT)
    return forms.TypedChoiceField(
        label=field.label, choices=field.choices, initial=field.initial, widget=field.widget, coerce=Wanted
    )


def _yes(form: StepForm, name: str, value: Any) -> forms.Field:
    return forms.BooleanField(label=words.label(form.kind, name), required=False, initial=value is not False)


_FIELDS: Mapping[str, Callable[[StepForm, str, Any], forms.Field]] = {
    **dict.fromkeys(LINKS, _link),
    **dict.fromkeys(("tries", "seconds", "least", "most"), _number),
    "wants": _wants,
    "code": _from(lambda form: form.kit.topics),
    "category": _from(lambda form: {"": _("All of them"), **form.kit.categories}),
    "flow": _from(lambda form: form.kit.flows),
    "risk": _from(lambda _form: words.RISKS),
    "same_language": _yes,
}


def _code(label: str, initial: str, *, required: bool = True, hint: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=LONGEST_NAME,
        initial=initial,
        help_text=hint,
        widget=forms.TextInput(attrs={"class": "input", "dir": "auto", "autocomplete": "off"}),
    )


def _words(code: str, label: str, initial: str, *, rows: int) -> forms.CharField:
    attributes = {
        "class": "input",
        "lang": code,
        "dir": languages.direction(code),
        "rows": rows,
        "data-live": "",
    }
    return forms.CharField(
        label=label,
        required=False,
        max_length=10_000,
        initial=initial,
        widget=forms.Textarea(attrs=attributes),
    )


def _chosen(label: str, choices: Mapping[str, Any], initial: str) -> forms.ChoiceField:
    """What is kept and is no more to be had can still be seen, and stays."""
    offered = [(str(code), str(title)) for code, title in choices.items()]
    if initial not in dict(offered):
        offered.append((initial, initial))
    return forms.ChoiceField(
        label=label,
        required=False,
        choices=offered,
        initial=initial,
        widget=forms.Select(attrs={"class": "input"}),
    )


def fresh_name(flow: Flow, kind: str, title: str = "") -> str:
    """Free, and short."""
    first = slugify(title)[:30] or kind
    names = (first, *(f"{first}{number}" for number in range(2, 1001)))
    return next(name for name in names if name not in flow.nodes)
