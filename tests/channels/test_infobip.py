"""What only Infobip has: an address per account, reports of two kinds of proof, files behind our key."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from aidline.channels.contract import (
    BadSignature,
    ChannelDown,
    GiveUp,
    Kind,
    MediaRef,
    Place,
    SendError,
    Uncertain,
)
from aidline.channels.registry import load
from channels.conformance.bench import Bench, bench
from local_server import Answer
from payloads.infobip import CONFIG, KITS, OUT, WITH_PASSWORD, hook, inbound, results, taken
from payloads.kit import NUMBER

HOOK = "https://help.example/hooks/infobip/1/word"


@pytest.fixture
def world() -> Iterator[Bench]:
    with bench(KITS[0]) as found:
        yield found


def send(world: Bench, config: dict[str, str] = CONFIG, **more: object) -> dict[str, Any]:
    kind = more.pop("kind", Kind.TEXT)
    with world.client() as http:
        world.provider(config).send(http, world.out(kind, **more))  # type: ignore[arg-type]
    (message,) = json.loads(world.messages[-1].body)["messages"]
    return dict(message)


def test_a_message_is_worded_as_the_vendors_own_client_words_it(world: Bench) -> None:
    assert send(world, text="hello", status_url=HOOK) == {
        "sender": "447700900999",
        "destinations": [{"to": NUMBER[1:], "messageId": OUT}],
        "content": {"text": "hello"},
        "webhooks": {
            "delivery": {"url": HOOK, "intermediateReport": True},
            "contentType": "application/json",
            "callbackData": OUT,
        },
    }
    seen = world.messages[-1]
    assert (seen.path, seen.headers["authorization"]) == ("/sms/3/messages", f"App {CONFIG['api_key']}")


def test_with_a_password_reports_come_through_the_subscription(world: Bench) -> None:
    webhooks = send(world, WITH_PASSWORD, status_url=HOOK)["webhooks"]
    assert webhooks["delivery"] == {"intermediateReport": True}
    assert webhooks["callbackData"] == OUT


def test_a_password_is_demanded_besides_the_word_in_the_address() -> None:
    provider = load("infobip", WITH_PASSWORD)
    good = hook(WITH_PASSWORD, results(inbound()))
    provider.verify(good)
    for wrong in (
        replace(good, url="https://help.example/hooks/infobip/1/another"),
        replace(good, headers={}),
        replace(good, headers={"authorization": good.headers["authorization"].lower()}),
    ):
        with pytest.raises(BadSignature):
            provider.verify(wrong)


def test_an_address_without_a_scheme_is_meant_to_be_secure() -> None:
    provider = load("infobip", {**CONFIG, "base_url": "xxxxx.api.infobip.com/"})
    assert provider.api == "https://xxxxx.api.infobip.com"  # type: ignore[attr-defined]


def test_an_id_that_came_twice_leaves_open_what_became_of_the_first(world: Bench) -> None:
    world.answer_messages_with(taken("REJECTED_DUPLICATE_MESSAGE_ID"))
    with pytest.raises(Uncertain):
        world.send(world.out())


def test_our_key_stays_with_the_vendor(world: Bench) -> None:
    world.world.answer = lambda _: Answer(body=b"the file", headers={"Content-Type": "image/png"})
    with world.client() as http:
        provider = world.provider(address={"base_url": "https://xxxxx.api.infobip.com"})
        provider.fetch_media(http, MediaRef(f"{world.world.url}/elsewhere", Kind.IMAGE))
    assert "authorization" not in world.world.seen[-1].headers


def test_a_place_is_words_and_a_line_that_needs_no_map_service(world: Bench) -> None:
    message = send(world, kind=Kind.LOCATION, place=Place(38.2, -10.4, "Gate", "Quay 2"))
    assert message["content"]["text"] == "Gate\nQuay 2\ngeo:38.2,-10.4"


def test_what_the_vendor_says_of_the_account_is_kept_and_told_to_nobody(world: Bench) -> None:
    words = f"No credits left, said {NUMBER}"
    status = {"groupName": "REJECTED", "name": "REJECTED_NOT_ENOUGH_CREDITS", "description": words}
    world.answer_messages_with(taken(status=status))
    with pytest.raises(ChannelDown) as refused:
        world.send(world.out())
    assert (refused.value.code, refused.value.words) == ("REJECTED_NOT_ENOUGH_CREDITS", words)
    assert NUMBER not in str(refused.value) + repr(refused.value)


def test_the_test_button_asks_for_the_balance_and_tells_whose_it_is(world: Bench) -> None:
    world.world.answer = lambda _: Answer(200, b'{"balance": 47.79, "currency": "EUR"}')
    assert probe(world) == "127.0.0.1"
    assert world.world.seen[-1].path == "/account/1/balance"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Answer(401, b'{"errorCode": "E401"}'), ChannelDown),
        (Answer(200, b"<html>"), GiveUp),
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
        return world.provider().probe(http)  # type: ignore[attr-defined, no-any-return]
