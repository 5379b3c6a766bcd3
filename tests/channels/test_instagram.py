"""What only Instagram has: two ways in, bytes for letters, files by address, a heart by name."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from aidline.channels import registry
from aidline.channels.contract import ChannelDown, GiveUp, Kind
from aidline.kernel import text
from channels.conformance.bench import FILE_URL, Bench, bench
from local_server import Answer, Seen
from payloads import instagram

CONFIG = instagram.CONFIG


@pytest.fixture
def account() -> Iterator[Bench]:
    with bench(instagram.KITS[0]) as found:
        yield found


@pytest.fixture
def by_page() -> Iterator[Bench]:
    with bench(replace(instagram.KITS[0], config={**CONFIG, "login": "facebook"})) as found:
        yield found


def body(seen: Seen) -> dict[str, Any]:
    return json.loads(seen.body)


@pytest.mark.parametrize(
    ("more", "api"),
    [
        ({}, "https://graph.instagram.com/v25.0"),
        ({"login": "facebook"}, "https://graph.facebook.com/v25.0"),
        ({"base_url": "https://relay.example.org/"}, "https://relay.example.org/v25.0"),
    ],
)
def test_each_way_in_has_its_own_address(more: dict[str, str], api: str) -> None:
    assert registry.load("instagram", {**CONFIG, **more}).api == api  # type: ignore[attr-defined]


def test_an_unknown_way_in_is_refused() -> None:
    with pytest.raises(registry.BadConfig) as caught:
        registry.load("instagram", {**CONFIG, "login": "letter"})
    assert (caught.value.field, caught.value.problem) == ("login", "not-an-option")


def test_the_whole_request_for_an_answer(account: Bench) -> None:
    account.send(account.out(text="hello", reply_to="m_theirs"))
    (seen,) = account.messages
    assert (seen.path, seen.headers["authorization"]) == (
        "/v25.0/me/messages",
        "Bearer CANARYTOKEN-instagram",
    )
    assert body(seen) == {
        "recipient": {"id": instagram.IGSID},
        "message": {"text": "hello"},
        "reply_to": {"mid": "m_theirs"},
    }


def test_a_part_fills_a_thousand_bytes_and_no_more(account: Bench) -> None:
    parts = text.split("مساعدة " * 400, account.can.text_limit, in_bytes=account.can.text_in_bytes)
    sizes = [len(part.encode()) for part in parts]
    assert max(sizes) <= 1000
    assert min(sizes[:-1]) > 900


def test_files_are_fetched_by_meta_from_our_address(account: Bench) -> None:
    account.send(account.out(Kind.VOICE))
    (seen,) = account.world.seen
    assert body(seen)["message"] == {"attachment": {"type": "audio", "payload": {"url": FILE_URL}}}
    with pytest.raises(GiveUp) as caught:
        account.send(account.out(Kind.IMAGE, file=replace(account.file(Kind.IMAGE), url="")))
    assert caught.value.code == "no-public-address"


@pytest.mark.parametrize(("emoji", "told"), [("❤️", "love"), ("🙏", "🙏")])
def test_a_heart_goes_by_its_name(account: Bench, emoji: str, told: str) -> None:
    with account.client() as client:
        account.provider().react(client, account.out().to, "m_1", emoji)  # type: ignore[attr-defined]
    assert body(account.messages[0])["payload"] == {"message_id": "m_1", "reaction": told}


def probe(bench: Bench, answer: object) -> str:
    bench.world.answer = lambda _: Answer(body=json.dumps(answer).encode())
    with bench.client() as client:
        return bench.provider().probe(client)  # type: ignore[attr-defined]


def test_a_probe_asks_for_the_id_that_webhooks_name(account: Bench) -> None:
    found = {"id": "2", "user_id": CONFIG["account_id"], "username": "harbour.aid"}
    assert probe(account, found) == "harbour.aid"
    assert account.world.seen[0].path == "/v25.0/me?fields=user_id%2Cusername"
    with pytest.raises(ChannelDown):
        probe(account, {"id": CONFIG["account_id"], "user_id": "2", "username": "x"})


def test_with_the_token_of_a_page_its_account_is_asked_for(by_page: Bench) -> None:
    found = {"instagram_business_account": {"id": CONFIG["account_id"], "username": "harbour.aid"}}
    assert probe(by_page, found) == "harbour.aid"
    with pytest.raises(ChannelDown):
        probe(by_page, {"id": "1"})


@pytest.mark.parametrize(
    ("way_in", "fields"),
    [
        ("account", {"messages", "messaging_postbacks", "messaging_seen", "message_reactions"}),
        ("by_page", {"messages"}),
    ],
)
def test_events_are_asked_for_in_fields_that_the_way_in_knows(
    request: pytest.FixtureRequest, way_in: str, fields: set[str]
) -> None:
    bench: Bench = request.getfixturevalue(way_in)
    with bench.client() as client:
        bench.provider().register_hook(client, "https://help.example/hooks/instagram/1")  # type: ignore[attr-defined]
    (seen,) = bench.world.seen
    assert seen.path == "/v25.0/me/subscribed_apps"
    assert set(body(seen)["subscribed_fields"].split(",")) == fields
