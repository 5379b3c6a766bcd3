"""Asking a carrier about numbers, over a real connection."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from aidline.centres.states import Role
from aidline.channels.models import Channel
from aidline.channels.services import create_channel
from aidline.gateway.vouchers import numbers
from aidline.jobs.models import Job
from aidline.vouchers.carriers import ask_through, askable, carrier_of
from aidline.vouchers.indexes import row_key
from aidline.vouchers.models import Programme, Registration
from aidline.vouchers.registrations import NewPerson, make
from aidline.vouchers.states import LineKind
from factories import CONFIGS, make_centre
from local_server import Answer, LocalServer, Seen, serving
from vouchers import making

pytestmark = pytest.mark.django_db
TYPES = {"0": "mobile", "1": "landline", "2": "nonFixedVoip", "3": None}


@pytest.fixture
def world() -> Iterator[LocalServer]:
    with serving() as server:
        server.answer = _twilio
        yield server


def _twilio(seen: Seen) -> Answer:
    last = seen.path.split("?")[0][-1]
    facts: dict[str, Any] = {"valid": last != "9", "line_type_intelligence": {"type": TYPES.get(last)}}
    return Answer(body=json.dumps(facts).encode())


def a_programme(world: LocalServer) -> tuple[Programme, Channel]:
    programme = making.programme(make_centre(), funded=0)
    config = {**CONFIGS["twilio"], "base_url": world.url}
    channel = create_channel(by=None, centre=programme.centre, provider="twilio", name="SMS", config=config)
    make(
        by=None,
        programme=programme,
        partner=None,
        rows=[
            NewPerson(name=f"P{end}", phone=f"+4477009000{end}", key=row_key(f"+4477009000{end}", ""))
            for end in ("10", "11", "12", "13", "19")
        ]
        + [NewPerson(name="Without")],
        why="upload",
    )
    return programme, channel


def asked(programme: Programme) -> None:
    numbers.find_new()
    numbers.ask(Job.objects.latest("pk").payload)


def test_nobody_is_asked_unless_the_programme_wishes_it(world: LocalServer) -> None:
    a_programme(world)
    assert numbers.find_new() == 0
    assert world.seen == []


def test_what_the_carrier_says_is_kept_and_not_asked_again(world: LocalServer) -> None:
    programme, channel = a_programme(world)
    assert askable(programme.centre) == [channel]
    ask_through(by=making.staff(programme, Role.VOUCHER_OFFICER), programme=programme, channel=channel)
    asked(programme)
    said = list(Registration.objects.order_by("number").values_list("line", flat=True))
    kinds = LineKind.MOBILE, LineKind.FIXED, LineKind.INTERNET, LineKind.UNKNOWN, LineKind.NOT_IN_USE, ""
    assert said == list(kinds)
    assert world.seen[0].path.startswith("/v2/PhoneNumbers/%2B4477009000")
    assert world.seen[0].headers["authorization"].startswith("Basic ")
    assert len(world.seen) == 5
    assert numbers.find_new() == 0


@pytest.mark.parametrize(
    "answer",
    [Answer(429), Answer(500, b"x"), Answer(200, b"no json"), Answer(404, b"{}"), Answer(200, b"[]")],
)
def test_a_provider_that_does_not_answer_is_asked_another_time(world: LocalServer, answer: Answer) -> None:
    programme, channel = a_programme(world)
    ask_through(by=making.staff(programme, Role.VOUCHER_OFFICER), programme=programme, channel=channel)
    world.answer = lambda _seen: answer
    asked(programme)
    assert not Registration.objects.exclude(line="").exists()
    world.answer = _twilio
    asked(programme)
    assert Registration.objects.exclude(line="").count() == 5


def test_an_officer_chooses_who_is_asked(world: LocalServer) -> None:
    programme, channel = a_programme(world)
    client = Client()
    client.force_login(making.staff(programme, Role.VOUCHER_OFFICER))
    address = f"/c/{programme.centre.slug}/people/lists/numbers/"
    assert client.get(address).status_code == 200
    client.post(address, {f"ask_{programme.pk.hex}": str(channel.pk)})
    programme.refresh_from_db()
    assert programme.lookup_channel_id == channel.pk
    asked(programme)
    assert "Landline" in client.get(address).content.decode()
    client.post(address, {f"ask_{programme.pk.hex}": ""})
    programme.refresh_from_db()
    assert programme.lookup_channel_id is None


def test_other_providers_cannot_be_asked(world: LocalServer) -> None:
    centre = make_centre()
    chat = create_channel(by=None, centre=centre, provider="webchat", name="Chat", config={})
    assert carrier_of(chat) is None
    assert askable(centre) == []
