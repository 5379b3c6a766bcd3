"""What only Africa's Talking has: the premium short code, the probe, and refusals that call themselves a success."""

import json
from collections.abc import Iterator
from urllib.parse import parse_qs

import httpx
import pytest

from aidline.channels.contract import ChannelDown, Choice, GiveUp, Incoming, Kind, Place, SendError
from aidline.channels.registry import load
from channels.conformance.bench import Bench, bench
from local_server import Answer
from payloads.africastalking import CONFIG, IN, KITS, LINK, inbound, refusal
from payloads.kit import NUMBER, RECEIVED, WORDS

PREMIUM = {**CONFIG, "keyword": "help"}


@pytest.fixture
def world() -> Iterator[Bench]:
    with bench(KITS[0]) as found:
        yield found


def form_of(world: Bench) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(world.messages[-1].body.decode()).items()}


def send(world: Bench, config: dict[str, str], **more: object) -> dict[str, str]:
    kind = more.pop("kind", Kind.TEXT)
    with world.client() as http:
        world.provider(config).send(http, world.out(kind, **more))  # type: ignore[arg-type]
    return form_of(world)


def test_a_message_is_a_form_with_the_key_in_a_header(world: Bench) -> None:
    assert send(world, CONFIG, text="hello") == {
        "username": "harbouraid",
        "to": NUMBER,
        "message": "hello",
        "from": "22384",
        "bulkSMSMode": "1",
        "enqueue": "1",
    }
    seen = world.messages[-1]
    assert (seen.path, seen.headers["apikey"]) == ("/version1/messaging", CONFIG["api_key"])
    assert seen.headers["accept"] == "application/json"


def test_the_shared_sender_is_named_by_nobody(world: Bench) -> None:
    assert "from" not in send(world, {**CONFIG, "sender": ""})


def test_on_a_premium_code_the_last_thing_the_person_wrote_is_answered(world: Bench) -> None:
    (first,) = load("africastalking", PREMIUM).parse(inbound(), {}, RECEIVED)
    (second,) = load("africastalking", PREMIUM).parse(inbound(id="in-2", linkId="Second"), {}, RECEIVED)
    assert isinstance(first, Incoming)
    assert isinstance(second, Incoming)
    thread = (first.external_id, second.external_id, "ATXid_ours")
    form = send(world, PREMIUM, thread=thread, reply_to="")
    assert (form["bulkSMSMode"], form["keyword"], form["linkId"]) == ("0", "help", "Second")
    assert "enqueue" not in form
    assert send(world, PREMIUM, thread=thread, reply_to=first.external_id)["linkId"] == LINK


def test_without_anything_to_answer_a_premium_code_sends_at_our_cost(world: Bench) -> None:
    assert send(world, PREMIUM, reply_to="")["bulkSMSMode"] == "1"


def test_without_a_keyword_the_link_is_no_part_of_a_message(world: Bench) -> None:
    (said,) = world.provider().parse(inbound(), {}, RECEIVED)
    assert isinstance(said, Incoming)
    assert said.external_id == IN


def test_a_place_is_words_and_a_line_that_needs_no_map_service(world: Bench) -> None:
    form = send(world, CONFIG, kind=Kind.LOCATION, text="Here", place=Place(38.2, -10.4, "Gate", "Quay 2"))
    assert form["message"] == "Here\nGate\nQuay 2\ngeo:38.2,-10.4"


def test_choices_are_numbers_to_type(world: Bench) -> None:
    choices = (Choice("f", "Food"), Choice("s", "Shelter"))
    form = send(world, CONFIG, kind=Kind.CHOICE, text="What?", choices=choices)
    assert form["message"] == "What?\n\n1. Food\n2. Shelter"


def test_what_the_vendor_says_of_the_account_is_kept_and_told_to_nobody(world: Bench) -> None:
    world.answer_messages_with(refusal(405, f"InsufficientBalance {NUMBER}"))
    with pytest.raises(ChannelDown) as refused:
        world.send(world.out())
    assert (refused.value.code, refused.value.words) == ("405", f"InsufficientBalance {NUMBER}")
    assert NUMBER not in str(refused.value) + repr(refused.value)


def test_the_test_button_asks_for_the_account(world: Bench) -> None:
    def data(_: object) -> Answer:
        return Answer(200, json.dumps({"UserData": {"balance": "KES 1785.50"}}).encode())

    world.world.answer = data
    assert probe(world) == "harbouraid"
    assert world.world.seen[-1].path == "/version1/user?username=harbouraid"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Answer(401, b"The supplied authentication is invalid"), ChannelDown),
        (Answer(200, b"<html>"), GiveUp),
        (Answer(200, b'{"UserData": null}'), GiveUp),
    ],
)
def test_a_wrong_key_is_found_by_the_test_button(
    world: Bench, answer: Answer, expected: type[SendError]
) -> None:
    world.world.answer = lambda _: answer
    with pytest.raises(expected):
        probe(world)


def probe(world: Bench) -> str:
    with world.client() as http:
        assert isinstance(http, httpx.Client)
        return world.provider().probe(http)  # type: ignore[attr-defined, no-any-return]


def test_the_whole_text_survives_a_form() -> None:
    for text in (WORDS, "a+b&c=d%20 é\n\nline", "😀" * 70):
        (said,) = load("africastalking", CONFIG).parse(inbound(text=text), {}, RECEIVED)
        assert isinstance(said, Incoming)
        assert said.text == text
