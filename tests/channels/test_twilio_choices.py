"""Choices by WhatsApp through Twilio are buttons and lists, prepared once, and nothing personal stays behind."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs

import pytest
from twilio.rest.content.v1.content import ContentList

from aidline.channels.contract import Choice, Kind, Outgoing, RetryLater
from aidline.channels.wire import twilio_contents
from channels.conformance.bench import Bench, bench
from local_server import Answer, Seen
from payloads import twilio

THREE = tuple(Choice(f"id-{at}", title) for at, title in enumerate(("Food", "Shelter", "Both")))
TEN = tuple(Choice(f"id-{at}", f"Choice {at}", "More about it" if at else "") for at in range(10))


@pytest.fixture
def whatsapp() -> Iterator[Bench]:
    twilio_contents._KNOWN.clear()
    with bench(twilio.KITS[1]) as found:
        yield found


def ask(bench: Bench, *choices: Choice, text: str = "What do you need?", **more: Any) -> dict[str, str]:
    bench.send(bench.out(Kind.CHOICE, choices=choices, text=text, **more))
    return form_of(bench.messages[-1])


def form_of(seen: Seen) -> dict[str, str]:
    return {name: words[0] for name, words in parse_qs(seen.body.decode()).items()}


def contents(bench: Bench) -> list[dict[str, Any]]:
    made = [seen for seen in bench.world.seen if seen.path == "/v1/Content" and seen.method == "POST"]
    return [json.loads(seen.body) for seen in made]


def shown(content: dict[str, Any], form: dict[str, str]) -> Any:
    """What the person reads: the Content with the variables of the message in it."""
    text = json.dumps(content["types"], ensure_ascii=False)
    for name, words in json.loads(form["ContentVariables"]).items():
        assert words.strip()
        assert not set(words) & set("\n\t")
        text = text.replace("{{" + name + "}}", json.dumps(words, ensure_ascii=False)[1:-1])
    assert "{{" not in text
    return json.loads(text)


def test_three_short_choices_are_buttons(whatsapp: Bench) -> None:
    form = ask(whatsapp, *THREE)
    assert "Body" not in form
    assert form["ContentSid"] == twilio.HX
    (content,) = contents(whatsapp)
    assert shown(content, form) == {
        "twilio/quick-reply": {
            "body": "What do you need?",
            "actions": [{"type": "QUICK_REPLY", "title": one.title, "id": one.id} for one in THREE],
        }
    }


def test_up_to_ten_are_a_list_and_a_long_title_is_told_below(whatsapp: Bench) -> None:
    long = Choice("long", "A title that is much too long for its row")
    form = ask(whatsapp, *TEN[:9], long, menu_label="Choose")
    (content,) = contents(whatsapp)
    picker = shown(content, form)["twilio/list-picker"]
    assert (picker["button"], len(picker["items"])) == ("Choose", 10)
    assert picker["items"][0] == {"item": "Choice 0", "id": "id-0"}
    assert picker["items"][9] == {
        "item": "A title that is much to…",
        "id": "long",
        "description": "A title that is much too long for its row",
    }


@pytest.mark.parametrize(
    "choices", [(), (*TEN, Choice("x", "Eleven")), (Choice("a", "Same"), Choice("b", "Same"))]
)
def test_what_does_not_fit_is_typed_as_numbers(whatsapp: Bench, choices: tuple[Choice, ...]) -> None:
    form = ask(whatsapp, *choices)
    assert form["Body"].startswith("What do you need?\n\n") or not choices
    assert "ContentSid" not in form
    assert contents(whatsapp) == []


def test_by_sms_choices_stay_numbers() -> None:
    with bench(twilio.KITS[0]) as sms:
        form = ask(sms, *THREE)
        assert form["Body"] == "What do you need?\n\n1. Food\n2. Shelter\n3. Both"
        assert [seen.path for seen in sms.world.seen] == [sms.messages[0].path]


def test_what_stays_at_twilio_holds_no_words_of_ours(whatsapp: Bench) -> None:
    text = "Ilham, we found\tthis:\n\nLantern Street 4\nwhich     one?"
    form = ask(whatsapp, *THREE, text=text)
    kept = json.dumps(contents(whatsapp), ensure_ascii=False)
    assert not any(word in kept for word in ("Ilham", "Lantern", "Food", "id-0"))
    body = shown(contents(whatsapp)[0], form)["twilio/quick-reply"]["body"]
    assert body == "Ilham, we found   this:\n\nLantern Street 4\nwhich   one?"


def test_one_shape_is_prepared_once(whatsapp: Bench) -> None:
    ask(whatsapp, *THREE)
    ask(whatsapp, Choice("x", "Yes"), Choice("y", "No"), Choice("z", "Later"), text="Shall we call you?")
    assert len(contents(whatsapp)) == 1
    assert len([seen for seen in whatsapp.world.seen if seen.method == "GET"]) == 1
    ask(whatsapp, *THREE[:2])
    assert len(contents(whatsapp)) == 2


def test_what_was_prepared_before_is_found_again(whatsapp: Bench) -> None:
    ask(whatsapp, *THREE)
    (content,) = contents(whatsapp)
    twilio_contents._KNOWN.clear()
    listed = json.dumps({"contents": [{**content, "sid": "HX" + "7" * 32}]}).encode()
    usual = whatsapp.kit.answers
    whatsapp.world.answer = lambda seen: Answer(body=listed) if seen.method == "GET" else usual(seen)
    assert ask(whatsapp, *THREE)["ContentSid"] == "HX" + "7" * 32
    assert len(contents(whatsapp)) == 1


def test_choices_get_through_as_numbers_where_content_is_refused(whatsapp: Bench) -> None:
    usual = whatsapp.kit.answers
    for status in (400, 403):
        twilio_contents._KNOWN.clear()
        whatsapp.world.answer = lambda seen, status=status: (
            Answer(status, b'{"code": 20403}') if "/v1/" in seen.path else usual(seen)
        )
        assert ask(whatsapp, *THREE)["Body"].endswith("3. Both")


def test_a_busy_content_api_is_tried_again_and_no_message_has_left(whatsapp: Bench) -> None:
    usual = whatsapp.kit.answers
    for answer in (Answer(429), Answer(503), Answer(0)):
        twilio_contents._KNOWN.clear()
        whatsapp.world.answer = lambda seen, answer=answer: answer if "/v1/" in seen.path else usual(seen)
        with pytest.raises(RetryLater):
            ask(whatsapp, *THREE)
    assert whatsapp.messages == []


def test_a_content_that_somebody_deleted_costs_one_try_and_no_message(whatsapp: Bench) -> None:
    ask(whatsapp, *THREE)
    whatsapp.answer_messages_with(Answer(400, b'{"code": 21655}'))
    with pytest.raises(RetryLater):
        ask(whatsapp, *THREE)
    whatsapp.world.answer = whatsapp.kit.answers
    assert ask(whatsapp, *THREE)["Body"].endswith("3. Both")


def test_twilios_own_library_knows_every_field(whatsapp: Bench) -> None:
    ask(whatsapp, *THREE)
    ask(whatsapp, *TEN, menu_label="Choose")
    for content in contents(whatsapp):
        told = ContentList.ContentCreateRequest(content).to_dict()["types"]
        (kind,) = content["types"]
        assert {name: one for name, one in told[kind].items() if one is not None} == (
            content["types"][kind]
            if "actions" in content["types"][kind]
            else _with_empty_descriptions(content)
        )


def _with_empty_descriptions(content: dict[str, Any]) -> dict[str, Any]:
    picker = content["types"]["twilio/list-picker"]
    return {**picker, "items": [{"description": None, **one} for one in picker["items"]]}


def test_many_lines_are_numbers_rather_than_too_many_variables(whatsapp: Bench) -> None:
    out: Outgoing = whatsapp.out(Kind.CHOICE, choices=THREE, text="\n".join("x" for _ in range(120)))
    whatsapp.send(out)
    assert "ContentSid" not in form_of(whatsapp.messages[-1])
