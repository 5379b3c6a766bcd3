"""Testing the keys and registering our address at WhatsApp and Twilio, against a server and their look-alikes."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from aidline.channels.contract import ChannelDown, GiveUp, HookState, RetryLater
from aidline.channels.registry import load
from aidline.kernel import http
from channels.conformance.bench import Bench, bench
from local_server import Answer
from payloads import twilio, whatsapp_cloud
from payloads.kit import Kit
from simulator.practice import network_client

if TYPE_CHECKING:
    from simulator.practice import Practice

OURS = "https://help.example/hooks/x/1"


@pytest.fixture
def meta() -> Iterator[Bench]:
    with bench(whatsapp_cloud.KITS[0]) as found:
        yield found


@pytest.fixture
def sms() -> Iterator[Bench]:
    with bench(twilio.SMS) as found:
        yield found


def ask(bench: Bench, verb: str, answer: object, *arguments: object, status: int = 200) -> Any:
    bench.world.answer = lambda _: Answer(status, json.dumps(answer).encode())
    with bench.client() as client:
        return getattr(bench.provider(), verb)(client, *arguments)


def test_a_probe_of_a_whatsapp_number_tells_its_name_and_what_is_wrong_with_it(meta: Bench) -> None:
    found = {"verified_name": "Harbour Aid", "display_phone_number": "+44 7700 900610"}
    assert ask(meta, "probe", {**found, "quality_rating": "GREEN"}) == "Harbour Aid +44 7700 900610"
    assert ask(meta, "probe", {**found, "quality_rating": "RED"}) == "Harbour Aid +44 7700 900610 (RED)"
    assert meta.world.seen[0].path.startswith("/v25.0/100000000000001?fields=")


def test_a_refused_key_comes_with_the_words_of_the_vendor(meta: Bench, sms: Bench) -> None:
    error = {"error": {"code": 190, "message": "Error validating access token"}}
    with pytest.raises(ChannelDown) as caught:
        ask(meta, "probe", error, status=401)
    assert (caught.value.code, caught.value.words) == ("190", "Error validating access token")
    with pytest.raises(ChannelDown) as caught:
        ask(sms, "probe", {"code": 20003, "message": "Authenticate"}, status=401)
    assert (caught.value.code, caught.value.words) == ("20003", "Authenticate")


def test_our_address_is_registered_for_the_whatsapp_account(meta: Bench) -> None:
    ask(meta, "register_hook", {"success": True}, OURS)
    (seen,) = meta.world.seen
    assert (seen.method, seen.path) == ("POST", "/v25.0/200000000000002/subscribed_apps")
    assert json.loads(seen.body) == {
        "override_callback_uri": OURS,
        "verify_token": whatsapp_cloud.CONFIG["verify_token"],
    }


def test_an_address_that_meta_could_not_reach_is_told_in_its_words(meta: Bench) -> None:
    error = {"error": {"code": 2200, "message": "Callback verification failed"}}
    with pytest.raises(GiveUp) as caught:
        ask(meta, "register_hook", error, OURS, status=400)
    assert caught.value.words == "Callback verification failed"


@pytest.mark.parametrize(
    ("apps", "state"),
    [
        ([{"whatsapp_business_api_data": {"id": "1"}, "override_callback_uri": OURS}], HookState(OURS)),
        ([{"whatsapp_business_api_data": {"id": "1"}}], HookState("", tells_address=False)),
        ([], HookState("")),
    ],
)
def test_what_meta_knows_of_our_address(meta: Bench, apps: list, state: HookState) -> None:
    assert ask(meta, "hook_state", {"data": apps}) == state


def test_a_suspended_twilio_account_is_down(sms: Bench) -> None:
    assert ask(sms, "probe", {"friendly_name": "Harbour Aid", "status": "active"}) == "Harbour Aid"
    with pytest.raises(ChannelDown) as caught:
        ask(sms, "probe", {"friendly_name": "Harbour Aid", "status": "suspended"})
    assert caught.value.code == "account-suspended"


def test_the_number_is_found_and_changed_and_no_other(sms: Bench) -> None:
    number = {"sid": "PN1", "sms_url": OURS}
    ask(sms, "register_hook", {"incoming_phone_numbers": [number]}, OURS)
    asked, changed = sms.world.seen
    assert "PhoneNumber=%2B" in asked.path
    assert changed.path.endswith("/IncomingPhoneNumbers/PN1.json")
    assert ask(sms, "hook_state", {"incoming_phone_numbers": [number]}) == HookState(OURS)
    with pytest.raises(GiveUp) as caught:
        ask(sms, "hook_state", {"incoming_phone_numbers": []})
    assert caught.value.code == "no-such-number"


def test_a_whatsapp_sender_at_twilio_is_set_by_hand() -> None:
    kit = next(kit for kit in twilio.KITS if kit.config["sender"].startswith("whatsapp:"))
    with bench(kit) as found:
        with pytest.raises(GiveUp) as caught:
            ask(found, "register_hook", {}, OURS)
        assert (caught.value.code, found.world.seen) == ("by-hand", [])


@pytest.mark.parametrize("kit", [whatsapp_cloud.KITS[0], twilio.SMS], ids=lambda kit: kit.label)
@pytest.mark.parametrize(
    ("verb", "arguments"), [("probe", ()), ("register_hook", (OURS,)), ("hook_state", ())]
)
def test_a_vendor_that_is_away_may_be_asked_again(kit: Kit, verb: str, arguments: tuple[str, ...]) -> None:
    provider = load(kit.provider, {**kit.config, "base_url": "http://127.0.0.1:1"})
    with http.client(frozenset({"127.0.0.1:1"})) as client, pytest.raises(RetryLater):
        getattr(provider, verb)(client, *arguments)


@pytest.mark.parametrize(
    ("provider", "account", "name"),
    [("whatsapp_cloud", "whatsapp", "Practice"), ("twilio", "sms", "Practice")],
)
def test_practice_channels_can_be_tested_and_registered(
    practice: "Practice", provider: str, account: str, name: str
) -> None:
    channel = practice.channel(provider, account)
    made: Any = load(channel.provider, channel.config)
    with network_client() as client:
        assert made.probe(client).startswith(name)
        assert made.hook_state(client).url.endswith(f"/hooks/{provider}/{channel.pk}")
        made.register_hook(client, OURS)
        assert made.hook_state(client).url == OURS
