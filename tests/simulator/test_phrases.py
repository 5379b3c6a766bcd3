"""The phrase book of the demo's translation server, and the server's manners."""

import json
from typing import Any

import pytest

from aidline.simulator.content import load
from aidline.simulator.content.phrases import phrases, say_in
from aidline.simulator.lookalikes import libretranslate
from aidline.simulator.lookalikes.shapes import Answer, Call
from language.stage import Nowhere


def ask(path: str = "translate", **asked: Any) -> Answer:
    content = {"q": "hello", "source": "en", "target": "fr", **asked}
    call = Call("POST", path, {}, {}, json.dumps(content).encode())
    return libretranslate.respond(call, Nowhere())  # type: ignore[arg-type]


def said(path: str = "translate", **asked: Any) -> Any:
    return json.loads(ask(path, **asked).body)["translatedText"]


def test_every_phrase_has_the_same_names_in_every_language() -> None:
    for phrase in phrases():
        assert len({text.count("{") for text in phrase.values()}) == 1, phrase


def test_every_name_in_a_phrase_is_one_that_the_glossary_guards() -> None:
    known = load().network.glossary
    forms = {form for word, own in known.items() for form in (word, *own.values())}
    named = {
        part.split("}")[0] for phrase in phrases() for text in phrase.values() for part in text.split("{")[1:]
    }
    assert named - forms == {"Ліхтарній вулиці"}  # declined: the glossary does not know grammar, and says so


def test_a_mark_takes_the_place_of_the_name() -> None:
    assert say_in("There is a lift at [4]. It is open until six.", "fr") == (
        "Il y a un ascenseur à [4]. C'est ouvert jusqu'à six heures."
    )
    assert "Lantern Street" in say_in("يوجد مصعد في شارع الفانوس. وهو مفتوح حتى السادسة.", "en")


def test_what_the_book_does_not_have_is_visibly_invented() -> None:
    assert said(q="never heard of [1] 12") == "‹never› ‹heard› ‹of› [1] 12"


def test_a_list_is_answered_with_a_list_and_a_text_with_a_text() -> None:
    assert said(q=["a", "b"]) == ["‹a›", "‹b›"]
    assert said(q="a") == "‹a›"


def test_of_auto_it_says_what_it_found() -> None:
    answer = json.loads(ask(q=["مرحبا", "hello"], source="auto").body)
    assert [one["language"] for one in answer["detectedLanguage"]] == ["ar", "en"]


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"q": ""}, 400),
        ({"source": "xx"}, 400),
        ({"target": ""}, 400),
        ({"colour": "blue"}, 400),
        ({"format": "pdf"}, 400),
        ({"q": ["a"] * 51}, 400),
        ({"q": "a" * 5001}, 400),
    ],
)
def test_it_refuses_what_the_real_one_refuses_and_names_it_does_not_know(
    asked: dict[str, Any], status: int
) -> None:
    assert ask(**asked).status == status


TROUBLES = [
    ("key-good/translate", "", 403),
    ("key-good/translate", "good", 200),
    ("busy/translate", "", 429),
    ("broken/translate", "", 500),
    ("garbage/translate", "", 200),
    ("nothing", "", 404),
]


@pytest.mark.parametrize(("path", "key", "status"), TROUBLES)
def test_its_troubles_are_asked_for_in_the_address(path: str, key: str, status: int) -> None:
    assert ask(path, **({"api_key": key} if key else {})).status == status
