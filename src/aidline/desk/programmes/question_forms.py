"""One question of a programme's form, in all its languages; gives the shape that `registering.form` reads."""

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from aidline.desk.programmes.forms import chosen, number
from aidline.kernel import languages
from aidline.kernel.text import clean
from aidline.vouchers.models import Programme
from aidline.vouchers.registering.form import HOUSEHOLD, BadForm, checked

TYPES = [
    ("text", pgettext_lazy("kind of question", "Text")),
    ("number", pgettext_lazy("kind of question", "Number")),
    ("date", pgettext_lazy("kind of question", "Date")),
    ("choice", pgettext_lazy("kind of question", "One of several answers")),
    ("yes_no", pgettext_lazy("kind of question", "Yes or no")),
    ("phone", pgettext_lazy("kind of question", "Phone number")),
]
FAULTS = {
    "bad_code": gettext_lazy("Small letters, digits and _ only, beginning with a letter."),
    "code_taken": gettext_lazy("Another question is called this already."),
    "no_label": gettext_lazy("Write the question in at least one language."),
    "bad_options": gettext_lazy("Write at least two different answers, the same number in each language."),
    "bad_range": gettext_lazy("The smallest number must not be above the largest."),
    "household_is_a_number": gettext_lazy("“household” counts people: it is a number."),
    "too_many": gettext_lazy("These are more questions than anybody answers."),
}
_PLACES = {"bad_code": "code", "code_taken": "code", "bad_range": "least", "household_is_a_number": "type"}
PARTS = {
    "labels": gettext_lazy("Question"),
    "helps": gettext_lazy("A line beneath it"),
    "whys": gettext_lazy("Why it is asked"),
}


class QuestionForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("Short name"),
        max_length=40,
        help_text=gettext_lazy("In lists and files, such as household for how many they are."),
        widget=forms.TextInput(attrs={"class": "input ltr", "autocomplete": "off"}),
    )
    type = chosen(gettext_lazy("Kind of answer"), TYPES)
    required = forms.BooleanField(label=gettext_lazy("Must be answered"), required=False)
    least = number(gettext_lazy("Smallest number"), 9999)
    most = number(gettext_lazy("Largest number"), 9999)

    def __init__(self, data: Any, *, programme: Programme, known: Mapping[str, Any] | None = None) -> None:
        self.programme, self.known = programme, known or {}
        self.options = list(self.known.get("options") or ())
        super().__init__(data, initial={"type": "text", "least": 0, "most": 9999, **self.known})
        for name in ("least", "most"):
            self.fields[name].required = False
        if known:
            self.fields["code"].disabled = True  # answers that were given are kept by it
        for language in programme.languages:
            self._add_words(language)

    def _add_words(self, language: str) -> None:
        for part, label in PARTS.items():
            initial = (self.known.get(part) or {}).get(language, "")
            self.fields[f"{part}_{language}"] = _words(language, label, initial, rows=2)
        lines = "\n".join(option["labels"].get(language, "") for option in self.options)
        self.fields[f"options_{language}"] = _words(
            language, gettext_lazy("Answers to choose from, one on each line"), lines, rows=4
        )

    @property
    def by_language(self) -> list[tuple[str, list[forms.BoundField]]]:
        names = [*PARTS, "options"]
        return [(code, [self[f"{name}_{code}"] for name in names]) for code in self.programme.languages]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors:
            self._check()
        return cleaned

    def _check(self) -> None:
        others = [one for one in self.programme.form if one["code"] != self.known.get("code")]
        try:
            checked([*others, self.question()])
        except BadForm as bad:
            self.add_error(_PLACES.get(bad.code), str(FAULTS.get(bad.code, FAULTS["no_label"])))

    def question(self) -> dict[str, Any]:
        given = self.cleaned_data
        row: dict[str, Any] = {name: given[name] for name in ("code", "type")}
        row["required"] = bool(given["required"])
        row |= {part: self._said(part) for part in PARTS}
        if given["type"] == "choice":
            row["options"] = self._options()
        if given["type"] == "number":
            least = given.get("least") or 0
            most = given.get("most")
            row |= {"least": least, "most": 9999 if most is None else most}
        return row

    def _said(self, part: str) -> dict[str, str]:
        kept = dict(self.known.get(part) or {})
        for code in self.programme.languages:
            kept[code] = clean(self.cleaned_data[f"{part}_{code}"]).strip()
        return {code: words for code, words in kept.items() if words}

    def _options(self) -> list[dict[str, Any]]:
        """Line by line, the languages side by side; an answer keeps the code that it was given under."""
        said = {code: self._lines(code) for code in self.programme.languages}
        count = max(map(len, said.values()), default=0)
        codes: list[str] = [option["code"] for option in self.options[:count]]
        rows = []
        for place in range(count):
            labels = {code: lines[place] for code, lines in said.items() if place < len(lines)}
            if place >= len(codes):
                codes.append(_code_for(next(iter(labels.values()), ""), codes))
            rows.append({"code": codes[place], "labels": labels})
        return rows

    def _lines(self, code: str) -> list[str]:
        lines = clean(self.cleaned_data[f"options_{code}"]).splitlines()
        return [" ".join(line.split()) for line in lines if line.strip()]


def starting_household() -> dict[str, Any]:
    """What a new question offers where the amount goes by household."""
    return {"code": HOUSEHOLD, "type": "number", "required": True, "least": 1, "most": 30}


def _code_for(label: str, taken: list[str]) -> str:
    base = re.sub(r"^[^a-z]+", "", slugify(label).replace("-", "_"))[:30] or "answer"
    number = 1
    while (code := base if number == 1 else f"{base}_{number}") in taken:
        number += 1
    return code


def _words(language: str, label: Any, initial: str, rows: int) -> forms.CharField:
    attributes = {
        "class": "input",
        "rows": rows,
        "lang": language,
        "dir": languages.direction(language),
    }
    return forms.CharField(
        label=label,
        required=False,
        max_length=2000,
        initial=initial,
        widget=forms.Textarea(attrs=attributes),
    )


def type_label(kind: str) -> str:
    return str(dict(TYPES).get(kind, _("Text")))
