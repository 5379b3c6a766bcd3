"""One address at a vendor may serve accounts of several centres: none keeps the words of another's people."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

import pytest

from aidline.channels.models import Channel, Delivery
from aidline.channels.registry import load
from aidline.channels.services import create_channel
from aidline.conversations.models import Message
from aidline.gateway import inbound
from aidline.gateway.deliveries import unseal
from aidline.gateway.intake import Intake
from gateway.stage import make_centre, make_organisation, text_message
from gateway.test_intake import one
from payloads import instagram, messenger, whatsapp_cloud

pytestmark = pytest.mark.django_db(transaction=True)

ACCOUNT = {"whatsapp_cloud": "phone_number_id", "messenger": "page_id", "instagram": "account_id"}
KITS = {kit.provider: kit for made in (whatsapp_cloud, messenger, instagram) for kit in made.KITS}
OURS, OTHERS, NOBODYS = "100000000000101", "100000000000102", "100000000000103"
SECRET = "an app secret of both"


def of_whatsapp(*said: tuple[str, str]) -> bytes:
    def change(account: str, words: str) -> dict[str, Any]:
        message = text_message("447700900123", words, f"wamid.{words}")
        value = {"metadata": {"phone_number_id": account}, "messages": [message]}
        return {"field": "messages", "value": value}

    changes = [change(account, words) for account, words in said]
    entry = {"id": KITS["whatsapp_cloud"].config["waba_id"], "changes": changes}
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()


def of_meta(thing: str) -> Callable[..., bytes]:
    def entry(account: str, words: str) -> dict[str, Any]:
        sent = {
            "sender": {"id": "5001"},
            "recipient": {"id": account},
            "timestamp": 1795356000000,
            "message": {"mid": f"m.{words}", "text": words},
        }
        return {"id": account, "time": 1795356000000, "messaging": [sent]}

    def made(*said: tuple[str, str]) -> bytes:
        return json.dumps({"object": thing, "entry": [entry(*one) for one in said]}).encode()

    return made


BODIES = {"whatsapp_cloud": of_whatsapp, "messenger": of_meta("page"), "instagram": of_meta("instagram")}


def channels(provider: str, other_secret: str = SECRET) -> tuple[Channel, Channel]:
    organisation = make_organisation()

    def made(slug: str, account: str, secret: str) -> Channel:
        centre = make_centre(organisation, slug)
        config = {**KITS[provider].config, "base_url": "http://127.0.0.1:1"}
        config |= {"app_secret": secret, ACCOUNT[provider]: account}
        return create_channel(by=None, centre=centre, provider=provider, name=slug, config=config)

    return made("port-merin", OURS, SECRET), made("hill-town", OTHERS, other_secret)


def call(channel: Channel, *contents: bytes) -> None:
    async def all_of_them() -> list[int]:
        intake = Intake()
        await intake.start()
        try:
            path = f"/hooks/{channel.provider}/{channel.pk}"
            given = [(raw, hmac.new(SECRET.encode(), raw, hashlib.sha256).hexdigest()) for raw in contents]
            return [(await one(intake, path, raw, "POST", "", f"sha256={mac}"))[0] for raw, mac in given]
        finally:
            await asyncio.to_thread(intake.stop)

    assert set(asyncio.run(all_of_them())) == {200}


def kept(channel: Channel) -> list[str]:
    rows = Delivery.objects.filter(channel=channel)
    opened = (
        unseal(sealed=bytes(row.sealed or b""), centre_id=channel.centre_id, row=row.pk) for row in rows
    )
    return sorted(raw.body.decode() for raw in opened)


@pytest.mark.parametrize("provider", sorted(BODIES))
def test_a_call_for_two_centres_is_kept_by_each_as_far_as_it_is_its_own(provider: str) -> None:
    ours, theirs = channels(provider)
    whole = BODIES[provider]((OURS, "to-ours"), (OTHERS, "to-others"), (OURS, "again-ours"))
    call(ours, whole, whole)  # a replay, as after an answer that got lost
    call(theirs, whole)
    (at_ours,), (at_theirs,) = kept(ours), kept(theirs)
    assert ("to-ours" in at_ours, "again-ours" in at_ours, "to-others" in at_ours) == (True, True, False)
    assert ("to-ours" in at_theirs, "again-ours" in at_theirs, "to-others" in at_theirs) == (
        False,
        False,
        True,
    )
    inbound.drain()
    said = Message.objects.order_by("pk")
    assert sorted((row.centre_id, row.text) for row in said) == sorted(
        [(ours.centre_id, "to-ours"), (ours.centre_id, "again-ours"), (theirs.centre_id, "to-others")]
    )


@pytest.mark.parametrize("provider", sorted(BODIES))
def test_what_is_nobodys_stays_where_it_was_brought(provider: str) -> None:
    """An account whose channel is not set up yet, or with a slip in its number: nothing is lost by it."""
    ours, theirs = channels(provider)
    call(ours, BODIES[provider]((OTHERS, "to-others"), (NOBODYS, "to-nobody")))
    (at_ours,), (at_theirs,) = kept(ours), kept(theirs)
    assert ("to-others" in at_ours, "to-nobody" in at_ours) == (False, True)
    assert ("to-others" in at_theirs, "to-nobody" in at_theirs) == (True, False)


@pytest.mark.parametrize("provider", sorted(BODIES))
def test_who_holds_another_secret_is_given_nothing_and_takes_nothing_away(provider: str) -> None:
    ours, theirs = channels(provider, other_secret="another app's")
    whole = BODIES[provider]((OURS, "to-ours"), (OTHERS, "to-others"))
    call(ours, whole)
    assert (kept(ours), kept(theirs)) == ([whole.decode()], [])


@pytest.mark.parametrize("provider", sorted(BODIES))
def test_a_call_for_one_alone_is_kept_to_the_byte(provider: str) -> None:
    ours, _ = channels(provider)
    whole = BODIES[provider]((OURS, "to-ours")).replace(b": ", b" :  ") + b"\n"
    call(ours, whole)
    assert kept(ours) == [whole.decode()]


@pytest.mark.parametrize("provider", sorted(BODIES))
@pytest.mark.parametrize(
    "raw",
    [b"", b"{", b"7", b"\xff", b"[" * 100_000, b'{"entry": [7, {"changes": [7]}]}', b'{"x": "\\ud800"}'],
)
def test_what_cannot_be_read_is_not_cut(provider: str, raw: bytes) -> None:
    made: Any = load(provider, KITS[provider].config)
    assert made.without(raw, frozenset({OTHERS})) == raw
