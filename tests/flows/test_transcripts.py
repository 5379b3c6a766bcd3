"""Tests that authors write: told when they hold, and where they do not."""

import pytest

from aidline.flows.problems import FlowError
from aidline.flows.transcripts import Difference, play_all, read

from .examples import example, transcripts_of_the_example
from .worlds import SmallWorld

WORLD = SmallWorld(shelf={"food": ["Where to eat", "Food parcels"], "papers": ["Passport"]})


def differences(lines: str, **more: str) -> list[tuple[str, str, str]]:
    head = "\n".join(f"  {key}: {value}" for key, value in ({"medium": "chat"} | more).items())
    body = "\n".join(f"    {line}" for line in lines.splitlines())
    source = f"- title: t\n{head}\n  lines: |\n{body}\n"
    return [(one.said, one.expected, one.found) for one in play_all(example(), source, WORLD)]


def test_those_of_the_book_hold() -> None:
    assert len(read(transcripts_of_the_example())) > 3
    assert play_all(example(), transcripts_of_the_example(), WORLD) == []


def test_a_wrong_word_is_told() -> None:
    assert differences("> 1\nWhat is it for?") == [("1", "What is it for?", "What is it about?")]


def test_what_was_not_expected_is_told() -> None:
    found = differences("> 1\n> 1\n> 2\nAll about Food parcels, chat")
    assert found == [("2", "", "What would you like to do now?")]


def test_what_never_came_is_told() -> None:
    assert differences("> 1\nWhat is it about?\n1 Food\n[end]") == [("1", "[end]", "")]


def test_the_rest_may_be_left_out() -> None:
    assert differences("> 1\nWhat is …") == []
    assert differences("> 1\n> 1\n> 2\n…\n3 A person") == []
    assert differences("> 1\n> 1\n> 2\n…\n7 A dog") == [("2", "7 A dog", "")]
    assert differences("…\n> 1") == []


def test_the_hours_are_those_of_the_test() -> None:
    assert differences("> 1\n> 3\nWe are closed now. …\n…", hours="closed") == []
    assert differences("> 1\n> 3\nPlease wait, a person will answer you.\n[person]", hours="open") == []


def test_what_has_no_words_can_be_said() -> None:
    lines = (
        "> 1\n> [nothing]\nWhat is it about?\n> 0\n[person]\n> [nobody came]\nLeave us …\n> [voice]\n…\n[end]"
    )
    assert (
        differences(lines.replace("[person]", "Please wait, a person will answer you."), medium="phone") == []
    )


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("- {title: t, medium: fax, lines: a}", "not_one_of"),
        ("- {title: t, medium: chat}", "missing"),
        ("- {title: t, medium: chat, lines: ''}", "too_few_lines"),
        ("title: t", "not_a_list"),
    ],
)
def test_what_is_no_test_is_told(source: str, code: str) -> None:
    with pytest.raises(FlowError) as caught:
        read(source)
    assert caught.value.problems[0].code == code


def test_a_difference_says_where() -> None:
    source = "- title: Papers\n  medium: sms\n  lines: |\n    Hello\n"
    assert play_all(example(), source, WORLD) == [
        Difference("Papers", "", "Hello", "Welcome to Port Merin. Choose your language.")
    ]
    assert read("") == []
