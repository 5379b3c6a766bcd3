"""What only the app on an Android phone has: its clock, its picture messages, its webhooks one by one, its health."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from aidline.channels import registry
from aidline.channels.contract import ChannelDown, Incoming, Kind, Pace, RetryLater, Unknown
from aidline.kernel import clock
from channels.conformance.bench import Bench, bench
from local_server import Answer, Seen
from payloads import android_sms
from payloads.android_sms import CONFIG, KITS, attached, mms, signed, sms, told

URL = "https://help.example/hooks/android_sms/0b5d3f1e-8a57-4c7e-9d7c-2f1f5a3b9c11"


@pytest.fixture
def phone() -> Iterator[Bench]:
    with bench(KITS[0]) as found:
        yield found


class App:
    """The webhooks and the health of an app, as its description tells."""

    def __init__(self, *hooks: dict[str, str], refuses: frozenset[str] = frozenset(), **devices: Any) -> None:
        self.hooks = {hook["id"]: hook for hook in hooks}
        self.refuses, self.devices, self.health = refuses, devices, {"status": "pass"}

    def __call__(self, seen: Seen) -> Answer:
        path = seen.path.partition("?")[0]
        if path == "/health":
            return Answer(body=json.dumps(self.health).encode())
        if "authorization" not in seen.headers:
            return Answer(401)
        if path == "/devices":
            rows = [{"id": key, "name": key, "lastSeen": seen} for key, seen in self.devices.items()]
            return Answer(body=json.dumps(rows).encode())
        if seen.method == "DELETE":
            del self.hooks[path.rpartition("/")[2]]
            return Answer(204)
        if seen.method == "POST":
            hook = json.loads(seen.body)
            if hook["event"] in self.refuses:
                return android_sms.refusal(400, "event")
            self.hooks[hook["id"]] = hook
            return Answer(201, seen.body)
        return Answer(body=json.dumps(list(self.hooks.values())).encode())


# --- clock -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("age", "good"),
    [
        (timedelta(0), True),
        (timedelta(hours=46), True),
        (timedelta(days=4), False),
        (timedelta(hours=-20), True),
        (timedelta(days=-2), False),
    ],
)
def test_a_late_try_is_good_and_an_ancient_one_is_not(phone: Bench, age: timedelta, good: bool) -> None:
    timestamp = str(int((clock.now() - age).timestamp()))
    assert phone.accepts(signed(CONFIG, sms("hello"), timestamp)) is good


def test_the_timestamp_is_part_of_what_is_signed(phone: Bench) -> None:
    request = phone.hook(sms("hello"))
    for wrong in (str(int(request.headers["x-timestamp"]) - 1), "", "soon"):
        headers = {**request.headers, "x-timestamp": wrong}
        assert not phone.accepts(replace(request, headers=headers))
    assert not phone.accepts(signed(CONFIG, sms("hello"), "soon"))
    assert not phone.accepts(signed(CONFIG, sms("hello"), "9" * 30))


def test_two_equal_texts_are_two_messages_though_the_app_gives_them_one_hash(phone: Bench) -> None:
    ids = ("event-1", "event-2")
    bodies = [sms("yes").replace(android_sms.EVENT.encode(), one.encode()) for one in ids]
    said = [phone.parse(body)[0] for body in bodies]
    assert [event.external_id for event in said if isinstance(event, Incoming)] == list(ids)


# --- picture messages ------------------------------------------------------------------------------------

ANNOUNCED = told("mms:received", messageId="t-1", transactionId="t-1", sender="+447700900123", subject="Look")
DOWNLOADED = mms(attached("image/jpeg"), body="Look")


@pytest.mark.parametrize(
    ("pictures", "kinds"), [("downloaded", [None, Kind.IMAGE]), ("announced", [Kind.UNSUPPORTED, None])]
)
def test_a_picture_message_comes_in_once_whichever_way_the_phone_can(
    phone: Bench, pictures: str, kinds: list[Kind | None]
) -> None:
    config = {**CONFIG, "pictures": pictures}
    events = [phone.parse(body, config)[0] for body in (ANNOUNCED, DOWNLOADED)]
    assert [event.kind if isinstance(event, Incoming) else None for event in events] == kinds
    assert sum(isinstance(event, Unknown) for event in events) == 1


def test_a_file_that_came_with_the_call_is_not_asked_for_again(phone: Bench) -> None:
    (event,) = phone.parse(DOWNLOADED)
    assert isinstance(event, Incoming)
    with phone.client() as client:
        fetched = phone.provider().fetch_media(client, event.media[0])
    assert (fetched.content, fetched.mime, phone.world.seen) == (b"the file", "image/jpeg", [])


def test_numbers_of_the_country_of_the_sim_are_made_whole(phone: Bench) -> None:
    (event,) = phone.parse(sms("hello", sender="07700 900123"), {**CONFIG, "country": "gb"})
    assert isinstance(event, Incoming)
    assert event.senders[0].value == "+447700900123"


# --- sending ---------------------------------------------------------------------------------------------


def test_a_known_id_is_as_good_as_taken(phone: Bench) -> None:
    """A call that seemed to fail had come in after all: sending it again must not send it twice, nor fail."""
    phone.answer_messages_with(android_sms.refusal(409, "Message with such ID already exists"))
    out = phone.out()
    assert phone.send(out).external_id == str(out.message)


def test_the_words_of_the_app_are_kept_for_the_health_page(phone: Bench) -> None:
    phone.answer_messages_with(android_sms.refusal(503, "queue limits exceeded"))
    with pytest.raises(RetryLater) as caught:
        phone.send(phone.out())
    assert (caught.value.code, caught.value.words) == ("http-503", "queue limits exceeded")
    assert "queue" not in str(caught.value)


def test_phone_and_sim_card_can_be_chosen(phone: Bench) -> None:
    with phone.client() as client:
        provider = phone.provider({**CONFIG, "device_id": "d-1", "sim_number": "2"})
        provider.send(client, phone.out())
    body = json.loads(phone.messages[0].body)
    assert (body["deviceId"], body["simNumber"], body["withDeliveryReport"]) == ("d-1", 2, True)


def test_a_token_goes_in_place_of_the_password(phone: Bench) -> None:
    with phone.client() as client:
        phone.provider({**CONFIG, "token": "a.jwt"}).send(client, phone.out())
    assert phone.messages[0].headers["authorization"] == "Bearer a.jwt"


# --- set-up ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("config", "field"),
    [
        ({"password": ""}, "password"),
        ({"login": "", "token": ""}, "password"),
        ({"seconds_between": "0"}, "seconds_between"),
        ({"seconds_between": "often"}, "seconds_between"),
        ({"seconds_between": "99999"}, "seconds_between"),
        ({"sim_number": "7"}, "sim_number"),
    ],
)
def test_what_cannot_work_is_found_at_set_up(config: dict[str, str], field: str) -> None:
    with pytest.raises(registry.BadConfig) as caught:
        registry.load("android_sms", {**CONFIG, "base_url": "http://127.0.0.1:1", **config})
    assert caught.value.field == field


def test_pace_and_destination_are_those_of_the_account() -> None:
    cloud = {**CONFIG, "base_url": "https://api.sms-gate.app/3rdparty/v1", "seconds_between": "5"}
    can = registry.capabilities_of("android_sms", cloud)
    assert can.pace == Pace(per_second=0.2)
    assert "sms-gate.app" in can.data_goes_to
    own = registry.capabilities_of(
        "android_sms", {**CONFIG, "base_url": "https://sms.example.org/3rdparty/v1"}
    )
    assert "sms-gate.app" not in own.data_goes_to


def test_registering_twice_changes_nothing_and_twins_are_taken_away(phone: Bench) -> None:
    """A second webhook for one event would bring every message twice, each time under another id."""
    stranger = {"id": "s", "url": "https://elsewhere.example.org/hook", "event": "sms:received"}
    app = App({"id": "twin", "url": URL, "event": "sms:received"}, stranger)
    phone.world.answer = app
    with phone.client() as client:
        for _time in range(2):
            phone.provider().register_hook(client, URL)
        state = phone.provider().hook_state(client)
    assert sorted(hook["event"] for hook in app.hooks.values() if hook["url"] == URL) == [
        "mms:downloaded",
        "sms:data-received",
        "sms:delivered",
        "sms:failed",
        "sms:received",
        "sms:sent",
    ]
    assert app.hooks["s"] == stranger
    assert (state.url, state.error) == (URL, "")


def test_a_new_domain_replaces_the_old_one(phone: Bench) -> None:
    app = phone.world.answer = App()
    with phone.client() as client:
        phone.provider().register_hook(client, URL)
        phone.provider().register_hook(client, URL.replace("help.example", "new.example"))
    assert {hook["url"] for hook in app.hooks.values()} == {URL.replace("help.example", "new.example")}


def test_an_old_app_that_knows_fewer_events_is_still_of_use(phone: Bench) -> None:
    phone.world.answer = App(refuses=frozenset({"mms:downloaded"}))
    with phone.client() as client:
        phone.provider().register_hook(client, URL)
        assert phone.provider().hook_state(client).error == "mms:downloaded"
        phone.world.answer = App(refuses=frozenset({"sms:received"}))
        with pytest.raises(Exception, match="http-400"):
            phone.provider().register_hook(client, URL)


def test_the_test_button_names_the_phone(phone: Bench) -> None:
    phone.world.answer = App(Mirabell=clock.now().isoformat())
    with phone.client() as client:
        assert phone.provider().probe(client) == "Mirabell"


@pytest.mark.parametrize("trouble", ["silent", "unhealthy", "missing"])
def test_the_test_button_tells_what_ails_the_phone(phone: Bench, trouble: str) -> None:
    seen = clock.now() - timedelta(hours=5) if trouble == "silent" else clock.now()
    app = phone.world.answer = App(Mirabell=seen.isoformat())
    config = {**CONFIG, "device_id": "another"} if trouble == "missing" else CONFIG
    if trouble == "unhealthy":
        app.health = {"status": "fail", "checks": {"battery:level": {"status": "fail", "observedValue": 3}}}
    with phone.client() as client, pytest.raises(ChannelDown) as caught:
        phone.provider(config).probe(client)
    expected = {"silent": "phone-silent", "unhealthy": "unhealthy", "missing": "no-such-device"}
    assert caught.value.code == expected[trouble]
    assert caught.value.words.partition(":")[0] == {"silent": "Mirabell", "unhealthy": "battery"}.get(
        trouble, ""
    )


def test_wrong_keys_are_told_though_the_health_is_public(phone: Bench) -> None:
    phone.world.answer = lambda seen: (
        Answer(body=b'{"status":"pass"}') if seen.path == "/health" else Answer(401)
    )
    with phone.client() as client, pytest.raises(ChannelDown):
        phone.provider().probe(client)
