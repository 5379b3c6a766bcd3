"""The pages of a form, and what stands on each: consent, who, the programme's questions, a last look."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aidline.kernel import phones
from aidline.vouchers.models import Programme
from aidline.vouchers.registering.filling import Draft
from aidline.vouchers.registering.form import HOUSEHOLD, Field, fields_of, word

CONSENT, YOU, REVIEW = "consent", "you", "review"
MOST_ON_A_PAGE = 3
LONGEST_NAME = 120

FAULTS = {
    "missing": gettext_lazy("Please answer this, or it cannot go on."),
    "not_a_number": gettext_lazy("Write a number, such as 4."),
    "too_small": gettext_lazy("This number is too small."),
    "too_large": gettext_lazy("This number is too large."),
    "not_a_date": gettext_lazy("Write a date, such as 1990-12-31."),
    "not_a_choice": gettext_lazy("Choose one of the answers."),
    "not_a_phone": gettext_lazy("Write a phone number with its country code, such as +44 7700 900123."),
    "too_long": gettext_lazy("This is too long. Write it in fewer words."),
}


@dataclass(frozen=True, slots=True)
class Step:
    code: str
    title: str
    fields: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    code: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Question:
    """A field in one language, with what was answered and what is wrong with it."""

    code: str
    type: str
    label: str
    help: str
    why: str
    required: bool
    value: str
    fault: str
    choices: tuple[Choice, ...]
    least: int | None
    most: int | None


def steps_of(programme: Programme) -> list[Step]:
    fields = fields_of(programme.form)
    pages = [fields[at : at + MOST_ON_A_PAGE] for at in range(0, len(fields), MOST_ON_A_PAGE)]
    return [
        Step(CONSENT, _("Your choice")),
        Step(YOU, _("You")),
        *(Step(f"q{at}", _page_title(page), tuple(page)) for at, page in enumerate(pages, 1)),
        Step(REVIEW, _("A last look")),
    ]


def _page_title(fields: Sequence[Field]) -> str:
    return _("Your household") if any(one.code == HOUSEHOLD for one in fields) else _("A few questions")


def current(steps: Sequence[Step], draft: Draft, wanted: str) -> Step:
    """The one asked for, if what comes before it is answered; else the first that is not."""
    for step in steps:
        if step.code == wanted or not is_done(step, draft):
            return step
    return steps[-1]


def is_done(step: Step, draft: Draft) -> bool:
    if step.code == CONSENT:
        return bool(draft.consent)
    if step.code == YOU:
        return bool(draft.name) and step.code in draft.seen
    if step.code == REVIEW:
        return False
    answered = all(one.code in draft.answers for one in step.fields if one.required)
    return answered and step.code in draft.seen


def before(steps: Sequence[Step], step: Step) -> Step | None:
    place = steps.index(step)
    return steps[place - 1] if place else None


def after(steps: Sequence[Step], step: Step) -> Step:
    return steps[min(steps.index(step) + 1, len(steps) - 1)]


def questions(
    fields: Iterable[Field],
    language: str,
    *,
    given: Any,
    faults: dict[str, str],
    fallback: str,
) -> list[Question]:
    return [_question(one, (language, fallback), given, faults.get(one.code, "")) for one in fields]


def _question(field: Field, tongues: tuple[str, str], given: Any, fault: str) -> Question:
    value = str(given.get(field.code, ""))
    is_number = field.type == "number"
    return Question(
        code=field.code,
        type=field.type,
        label=word(field.labels, *tongues),
        help=word(field.helps, *tongues),
        why=word(field.whys, *tongues),
        required=field.required,
        value=value,
        fault=str(FAULTS[fault]) if fault else "",
        choices=_choices(field, tongues, value),
        least=max(field.least, 1 if field.code == HOUSEHOLD else 0) if is_number else None,
        most=field.most if is_number else None,
    )


def _choices(field: Field, tongues: tuple[str, str], value: str) -> tuple[Choice, ...]:
    if field.type == "yes_no":
        return (Choice("yes", _("Yes"), value == "yes"), Choice("no", _("No"), value == "no"))
    return tuple(Choice(one.code, word(one.labels, *tongues), one.code == value) for one in field.options)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the last look."""

    step: str
    label: str
    value: str
    own: bool = True  # the label is the programme's, in the person's language


def lines(steps: Sequence[Step], draft: Draft, language: str, fallback: str, phone: str) -> list[Line]:
    told = [
        Line(YOU, _("Name"), draft.name, own=False),
        Line(YOU, _("Phone number"), phone or _("None"), own=False),
    ]
    for step in steps:
        for one in questions(step.fields, language, given=draft.answers, faults={}, fallback=fallback):
            told.append(Line(step.code, one.label, _in_words(one)))
    return told


def _in_words(question: Question) -> str:
    chosen = next((one.label for one in question.choices if one.chosen), "")
    return chosen or question.value or "–"


def shown_phone(draft: Draft, known: str) -> str:
    """What they typed themselves in full; what a list gave us covered: others may have this link."""
    if draft.phone is None:
        return phones.mask(known) if known else ""
    return draft.phone
