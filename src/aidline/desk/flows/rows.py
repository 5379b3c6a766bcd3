"""The repeated parts of a step: the choices of a menu, the cases of a fork, the values of a note."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext as _

from aidline.desk.flows import words
from aidline.flows.language import Case, Choice, Flow, Node, Test, Words
from aidline.flows.text import is_name
from aidline.kernel import languages

if TYPE_CHECKING:
    from aidline.desk.flows.step_forms import StepForm

Fields = dict[str, forms.Field]


@dataclass(frozen=True, slots=True)
class Row:
    """One part on the page: what is seen at once, and what is asked for seldom."""

    place: int
    main: list[forms.BoundField]
    more: list[forms.BoundField]
    is_empty: bool


@dataclass(frozen=True, slots=True)
class Sort:
    """`field`: of the step. What is not filled in is no part of it."""

    field: str
    seldom: tuple[str, ...]
    put: Callable[[str, Any, Flow, Mapping[str, str]], Fields]
    take: Callable[[str, Mapping[str, Any], Flow], Any]

    def rows(self, node: Node) -> list[Any]:
        found = getattr(node, self.field)
        return list(found.items()) if isinstance(found, Mapping) else list(found)

    def fields(self, place: int, row: Any, flow: Flow, steps: Mapping[str, str]) -> Fields:
        return self.put(f"r{place}-", row, flow, steps)

    def shown(self, form: "StepForm", place: int) -> Row:
        prefix = f"r{place}-"
        names = [name for name in form.fields if name.startswith(prefix)]
        seldom = [name for name in names if name[len(prefix) :].split("-")[0] in self.seldom]
        main = [form[name] for name in names if name not in seldom]
        filled = any(field.value() for field in main if not isinstance(field.field, forms.ChoiceField))
        return Row(place, main, [form[name] for name in seldom], not filled)

    def read(self, said: Mapping[str, Any], count: int, flow: Flow) -> Any:
        found = [self.take(f"r{place}-", said, flow) for place in range(count)]
        kept = [one for one in found if one is not None]
        return dict(kept) if self.field == "values" else tuple(kept)


# --- choices ---------------------------------------------------------------------------------------------


def _put_choice(prefix: str, choice: Choice | None, flow: Flow, steps: Mapping[str, str]) -> Fields:
    known = choice or Choice("", {}, "")
    made: Fields = {}
    for code in flow.languages:
        made[f"{prefix}text-{code}"] = _line(code, languages.name(code), _text(known.text, code))
    made[f"{prefix}to"] = _select(words.label("", "to"), steps, known.to)
    made[f"{prefix}id"] = _input(
        _("Code"), known.id, _("For a choice of languages: “en”, “ar” … and no words.")
    )
    keys = {"0": _("In the order of the choices"), **{str(key): str(key) for key in range(1, 10)}}
    made[f"{prefix}key"] = _select(_("Key on the phone"), keys, str(known.key))
    for code in flow.languages:
        also = ", ".join(known.also.get(code, ()))
        label = _("Other words for it (%(language)s)") % {"language": languages.name(code)}
        made[f"{prefix}also-{code}"] = _line(code, label, also)
    return made


def _take_choice(prefix: str, said: Mapping[str, Any], flow: Flow) -> Choice | None:
    text = {code: Words(one) for code in flow.languages if (one := _said(said, f"{prefix}text-{code}"))}
    code = _said(said, f"{prefix}id")
    if not text and not code:
        return None
    also = {
        language: tuple(
            filter(None, (word.strip() for word in _said(said, f"{prefix}also-{language}").split(",")))
        )
        for language in flow.languages
    }
    return Choice(
        id=code if is_name(code) else _id_of(text),
        text=text,
        to=_said(said, f"{prefix}to"),
        key=int(_said(said, f"{prefix}key") or 0),
        also={language: listed for language, listed in also.items() if listed},
    )


def _id_of(text: Mapping[str, Words]) -> str:
    """From the words themselves, whatever their script."""
    first = text.get("en") or next(iter(text.values()), Words("choice"))
    return slugify(first.text, allow_unicode=True)[:40].strip("-_") or "choice"


def _text(text: Mapping[str, Words], code: str) -> str:
    return text[code].text if code in text else ""


# --- cases and values ------------------------------------------------------------------------------------


def _put_case(prefix: str, case: Case | None, _flow: Flow, steps: Mapping[str, str]) -> Fields:
    known = case or Case("", Test.IS, "", "")
    return {
        f"{prefix}what": _input(
            _("If"), known.what, _("What was remembered, or: language, medium, channel.")
        ),
        f"{prefix}test": _select(_("Comparison"), words.TESTS, known.test),
        f"{prefix}value": _input(_("Value"), known.value),
        f"{prefix}to": _select(words.label("", "to"), steps, known.to),
    }


def _take_case(prefix: str, said: Mapping[str, Any], _flow: Flow) -> Case | None:
    what = _said(said, f"{prefix}what")
    test = Test(_said(said, f"{prefix}test") or Test.IS)
    return Case(what, test, _said(said, f"{prefix}value"), _said(said, f"{prefix}to")) if what else None


def _put_value(prefix: str, pair: tuple[str, str] | None, _flow: Flow, _steps: Mapping[str, str]) -> Fields:
    name, value = pair or ("", "")
    return {f"{prefix}name": _input(_("Name"), name), f"{prefix}value": _input(_("Value"), value)}


def _take_value(prefix: str, said: Mapping[str, Any], _flow: Flow) -> tuple[str, str] | None:
    name = _said(said, f"{prefix}name")
    return (name, _said(said, f"{prefix}value")) if name else None


SORTS: Mapping[str, Sort] = {
    "choices": Sort("choices", ("id", "key", "also"), _put_choice, _take_choice),
    "cases": Sort("cases", (), _put_case, _take_case),
    "values": Sort("values", (), _put_value, _take_value),
}


# --- fields ----------------------------------------------------------------------------------------------


def _said(said: Mapping[str, Any], name: str) -> str:
    return str(said.get(name) or "").strip()


def _input(label: str, initial: str, hint: str = "") -> forms.CharField:
    widget = forms.TextInput(attrs={"class": "input", "dir": "auto", "autocomplete": "off"})
    return forms.CharField(
        label=label, required=False, max_length=200, initial=initial, help_text=hint, widget=widget
    )


def _line(code: str, label: str, initial: str) -> forms.CharField:
    attributes = {"class": "input", "lang": code, "dir": languages.direction(code), "data-live": ""}
    widget = forms.TextInput(attrs={**attributes, "autocomplete": "off"})
    return forms.CharField(label=label, required=False, max_length=1000, initial=initial, widget=widget)


def _select(label: str, choices: Mapping[str, Any], initial: str) -> forms.ChoiceField:
    offered = [(str(code), str(title)) for code, title in choices.items()]
    if initial not in dict(offered):
        offered.append((initial, initial))
    widget = forms.Select(attrs={"class": "input"})
    return forms.ChoiceField(label=label, required=False, choices=offered, initial=initial, widget=widget)
