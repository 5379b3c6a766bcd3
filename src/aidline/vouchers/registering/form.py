"""The questions of a programme's form: how they are written down, and how answers are checked.

`Programme.form` is a JSON list of fields, asked in this order, each:

    {
      "code": "household",        lower-case letters, digits, "_", beginning with a letter; at most 40; unique
      "type": "number",           text | number | date | choice | yes_no | phone
      "required": true,           false when missing
      "labels": {"en": "…"},      the question, by language; at least in the centre's own
      "helps": {"en": "…"},       optional: a line beneath the question
      "whys": {"en": "…"},        optional: why it is asked, folded away
      "options": [{"code": "a", "labels": {"en": "…"}}],   of a choice only, two at least; codes as above
      "least": 1, "most": 30      optional, of a number only; 0 to 9,999 without
    }

Name and phone are built in and not part of the list: every form asks for them first. A number with the code
`household` is the size of the household (`Registration.household`); payments by member of the household read it.

Answers are kept by code, as text, in one form whoever gave them (a person, an officer, a list, an API): "4" for
a number, "2026-11-24" for a date, the option's code for a choice, "yes" or "no", +44… for a phone. A question that
was left open has no entry.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from aidline.kernel import phones
from aidline.kernel.text import clean

TYPES = ("text", "number", "date", "choice", "yes_no", "phone")
HOUSEHOLD = "household"
BUILT_IN = frozenset({"name", "phone", "language", "consent", "step", "token", "receipt"})
LONGEST_ANSWER = 400
MOST_FIELDS = 40

_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")
_LARGEST = 9_999
_FIRST_YEAR = 1900
_YES = {"yes", "true", "1", "y"}
_NO = {"no", "false", "0", "n"}
_NUMBER = re.compile(r"\d{1,6}")
_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")


@dataclass(frozen=True, slots=True)
class Option:
    code: str
    labels: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Field:
    code: str
    type: str
    required: bool
    labels: Mapping[str, str]
    helps: Mapping[str, str]
    whys: Mapping[str, str]
    options: tuple[Option, ...] = ()
    least: int = 0
    most: int = _LARGEST


@dataclass
class BadForm(Exception):
    """`code` of a fault, and of the field it stands in."""

    field: str
    code: str


@dataclass
class BadAnswer(Exception):
    """`code`: missing, not_a_number, too_small, too_large, not_a_date, not_a_choice, not_a_phone, too_long."""

    code: str


def fields_of(form: Sequence[Mapping[str, Any]]) -> list[Field]:
    """What is stored was checked when it was stored."""
    return [_field(raw) for raw in form]


def checked(form: Sequence[Mapping[str, Any]]) -> list[Field]:
    """The same, for what an editor brings. Raises `BadForm`."""
    if len(form) > MOST_FIELDS:
        raise BadForm("", "too_many")
    fields = fields_of(form)
    seen: set[str] = set(BUILT_IN)
    for field in fields:
        _check(field, seen)
        seen.add(field.code)
    return fields


def word(texts: Mapping[str, str], *languages: str) -> str:
    """In the first of these languages that has it, else in any."""
    wishes = [*languages, "en", *sorted(texts)]
    return next((texts[code] for code in wishes if texts.get(code)), "")


def answer(field: Field, raw: str, *, region: str = "") -> str:
    """One answer in its kept form; empty when the question may stay open. Raises `BadAnswer`."""
    given = clean(raw, LONGEST_ANSWER + 1).strip()
    if not given:
        if field.required:
            raise BadAnswer("missing")
        return ""
    match field.type:
        case "number":
            return _number(field, given)
        case "date":
            return _date(given)
        case "choice":
            return _choice(field, given)
        case "yes_no":
            return _yes_no(given)
        case "phone":
            return _phone(given, region)
        case _:
            return _text(given)


def answers(
    fields: Sequence[Field], given: Mapping[str, str], *, region: str = ""
) -> tuple[dict[str, str], dict[str, str]]:
    """What is kept, and the codes of what is not in order, both by field."""
    kept: dict[str, str] = {}
    faults: dict[str, str] = {}
    for field in fields:
        try:
            said = answer(field, given.get(field.code, ""), region=region)
        except BadAnswer as bad:
            faults[field.code] = bad.code
            continue
        if said:
            kept[field.code] = said
    return kept, faults


def household_in(kept: Mapping[str, str]) -> int | None:
    """How many they are, if the form asks."""
    said = kept.get(HOUSEHOLD, "")
    return int(said) if _NUMBER.fullmatch(said) else None


def _field(raw: Mapping[str, Any]) -> Field:
    return Field(
        code=str(raw.get("code", "")),
        type=str(raw.get("type", "text")),
        required=bool(raw.get("required", False)),
        labels=dict(raw.get("labels") or {}),
        helps=dict(raw.get("helps") or {}),
        whys=dict(raw.get("whys") or {}),
        options=tuple(Option(str(one["code"]), dict(one["labels"])) for one in raw.get("options") or ()),
        least=int(raw.get("least", 0)),
        most=int(raw.get("most", _LARGEST)),
    )


def _check(field: Field, seen: set[str]) -> None:
    if not _CODE.fullmatch(field.code):
        raise BadForm(field.code, "bad_code")
    if field.code in seen:
        raise BadForm(field.code, "code_taken")
    if field.type not in TYPES:
        raise BadForm(field.code, "unknown_type")
    if not any(field.labels.values()):
        raise BadForm(field.code, "no_label")
    if field.code == HOUSEHOLD and field.type != "number":
        raise BadForm(field.code, "household_is_a_number")
    if not 0 <= field.least <= field.most <= _LARGEST:
        raise BadForm(field.code, "bad_range")
    _check_options(field)


def _check_options(field: Field) -> None:
    if field.type != "choice":
        if field.options:
            raise BadForm(field.code, "options_without_choice")
        return
    codes = [option.code for option in field.options]
    if len(codes) < 2 or len(set(codes)) != len(codes):
        raise BadForm(field.code, "bad_options")
    for option in field.options:
        if not _CODE.fullmatch(option.code) or not any(option.labels.values()):
            raise BadForm(field.code, "bad_options")


def _text(given: str) -> str:
    if len(given) > LONGEST_ANSWER:
        raise BadAnswer("too_long")
    return given


def _number(field: Field, given: str) -> str:
    """Digits of any script."""
    digits = _latin_digits(given)
    if not _NUMBER.fullmatch(digits):
        raise BadAnswer("not_a_number")
    number = int(digits)
    if number < max(field.least, 1 if field.code == HOUSEHOLD else 0):
        raise BadAnswer("too_small")
    if number > field.most:
        raise BadAnswer("too_large")
    return str(number)


def _date(given: str) -> str:
    found = _DATE.fullmatch(_latin_digits(given).replace("/", "-").replace(".", "-"))
    try:
        day = date(*(int(part) for part in found.groups())) if found else None
    except ValueError:
        day = None
    if day is None or day.year < _FIRST_YEAR:
        raise BadAnswer("not_a_date")
    return day.isoformat()


def _choice(field: Field, given: str) -> str:
    """The option's code, or what it is called in one of the languages: lists of partners hold words."""
    wanted = given.casefold()
    for option in field.options:
        called = {option.code, *option.labels.values()}
        if wanted in {name.strip().casefold() for name in called}:
            return option.code
    raise BadAnswer("not_a_choice")


def _yes_no(given: str) -> str:
    said = given.casefold()
    if said not in _YES | _NO:
        raise BadAnswer("not_a_choice")
    return "yes" if said in _YES else "no"


def _phone(given: str, region: str) -> str:
    number = phones.normalise(given, region)
    if number is None:
        raise BadAnswer("not_a_phone")
    return number


def _latin_digits(given: str) -> str:
    return "".join(str(int(sign)) if sign.isdecimal() else sign for sign in given)
