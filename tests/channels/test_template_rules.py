"""What WhatsApp would refuse is said at its field, before anybody waits for an answer."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aidline.channels.contract import TemplateDraft, TemplateLimits
from aidline.channels.template_rules import faults, parameters_in

LIMITS = TemplateLimits()
GOOD = TemplateDraft(
    name="appointment_reminder",
    language="en",
    category="utility",
    body="Your appointment is on {{1}} at {{2}}, please come.",
    examples={"1": "Thursday", "2": "ten"},
    header="Reminder",
    footer="Harbour Aid",
    buttons=("I will come", "I cannot"),
)


def wrong(**changes: object) -> list[tuple[str, str]]:
    return faults(replace(GOOD, **changes), LIMITS)  # type: ignore[arg-type]


def test_a_good_one_has_no_faults() -> None:
    assert wrong() == []
    assert wrong(body="Your {{thing}} is ready.", examples={"thing": "paper"}) == []
    assert wrong(body="No fields at all", examples={}, header="", footer="", buttons=()) == []


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"name": "Appointment"}, ("name", "letters")),
        ({"name": ""}, ("name", "letters")),
        ({"name": "تذكير"}, ("name", "letters")),
        ({"name": "a" * 513}, ("name", "long")),
        ({"category": "authentication"}, ("category", "unknown")),
        ({"body": "  "}, ("body", "missing")),
        ({"body": "x" * 1025}, ("body", "long")),
        ({"body": "{{1}} is your day at {{2}}, come."}, ("body", "edge")),
        ({"body": "Come on {{1}} at {{2}}"}, ("body", "edge")),
        ({"body": "Come on {{1}} {{2}} please."}, ("body", "adjacent")),
        ({"body": "Come on {{1}} at {{3}} please.", "examples": {"1": "a", "3": "b"}}, ("body", "names")),
        ({"body": "Come on {{2}} at {{1}} please."}, ("body", "names")),
        (
            {"body": "Come on {{1}} at {{name}} please.", "examples": {"1": "a", "name": "b"}},
            ("body", "names"),
        ),
        ({"body": "Come on {{Day}} please.", "examples": {"Day": "a"}}, ("body", "names")),
        ({"body": "Come on {{1} at {{2}}, please."}, ("body", "braces")),
        ({"body": "Come on {{}}, please."}, ("body", "braces")),
        (
            {"body": "Or " + " or ".join(f"{{{{{at}}}}}" for at in range(1, 30)) + " so."},
            ("parameters", "many"),
        ),
        ({"examples": {"1": "Thursday", "2": " "}}, ("example:2", "missing")),
        ({"header": "x" * 61}, ("header", "long")),
        ({"header": "For {{1}} only"}, ("header", "parameter")),
        ({"header": "*Loud*"}, ("header", "plain")),
        ({"footer": "one\ntwo"}, ("footer", "plain")),
        ({"footer": "x" * 61}, ("footer", "long")),
        ({"buttons": ("a", "b", "c", "d")}, ("buttons", "many")),
        ({"buttons": ("Yes", "Yes")}, ("buttons", "same")),
        ({"buttons": ("Yes", "x" * 26)}, ("button:1", "long")),
        ({"buttons": ("Yes {{1}}",)}, ("button:0", "parameter")),
    ],
)
def test_each_fault_is_told_at_its_field(changes: dict[str, object], told: tuple[str, str]) -> None:
    assert told in wrong(**changes)


def test_limits_are_those_of_the_provider() -> None:
    tight = TemplateLimits(button=4, categories=("marketing",))
    assert {field for field, _ in faults(GOOD, tight)} == {"category", "button:0", "button:1"}


@given(st.text(max_size=60))
def test_any_text_is_judged_without_an_error_and_judged_alike_twice(body: str) -> None:
    draft = replace(GOOD, body=body, examples=dict.fromkeys(parameters_in(body), "x"))
    assert faults(draft, LIMITS) == faults(draft, LIMITS)


@given(st.lists(st.text("abc ", min_size=1, max_size=5).filter(str.strip), min_size=2, max_size=6))
def test_fields_between_words_are_always_good(words: list[str]) -> None:
    body = words[0] + "".join(f" {{{{{at}}}}} {word}" for at, word in enumerate(words[1:], 1))
    assert (
        faults(replace(GOOD, body=body.strip(), examples=dict.fromkeys(parameters_in(body), "x")), LIMITS)
        == []
    )
