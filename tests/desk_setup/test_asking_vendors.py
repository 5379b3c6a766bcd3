"""The set-up asks the vendor itself, over the same look-alikes as in practice, and tells what it said."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import httpx
import pytest
from django.test import Client

from aidline.audit.models import Entry
from aidline.channels.contract import ChannelDown, HookState
from aidline.channels.hooks import hook_url
from aidline.channels.models import Channel
from aidline.channels.providers.telegram import Telegram
from aidline.channels.registry import config_fields
from aidline.channels.services import create_channel
from aidline.desk.health.lights import Light, state_of
from aidline.gateway import vendors
from aidline.kernel.clock import now
from aidline.simulator.vendors import VENDORS

if TYPE_CHECKING:
    from staffed import House

Make = Callable[[str], Channel]


@pytest.fixture
def make(house: "House", monkeypatch: pytest.MonkeyPatch) -> Make:
    from aidline.simulator import hooks
    from simulator.practice import network_client  # settings are ready only now

    monkeypatch.setattr("aidline.gateway.vendors.http_for", lambda _channel: network_client())

    def made(provider: str) -> Channel:
        vendor = VENDORS[provider]
        config = vendor.demo("+447700900610", f"{hooks.public_url()}/look-alike/{vendor.path}")
        return create_channel(by=None, centre=house.centre, provider=provider, name=provider, config=config)

    return made


@pytest.fixture
def admin(house: "House") -> Client:
    return house.client("centre_admin")


def at(channel: Channel, page: str) -> str:
    return f"/c/port-merin/setup/channels/{channel.pk}/{page}/"


def test_good_keys_are_said_to_be_good_and_end_a_pause(make: Make, admin: Client) -> None:
    channel = make("telegram")
    Channel.objects.update(failures=7, open_until=now(), error_code="401", error_words="Unauthorized")
    page = admin.post(at(channel, "probe")).content.decode()
    assert "The provider accepts the keys." in page
    channel.refresh_from_db()
    assert (channel.failures, channel.open_until, channel.error_words) == (0, None, "")
    assert Entry.objects.filter(action="channel.probe").count() == 1


def test_a_refusal_is_told_in_our_words_and_the_vendors_without_numbers(
    make: Make, admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_self: object, _http: httpx.Client) -> str:
        raise ChannelDown("401", words="Unauthorized for +44 7700 900610, write to a@example.org")

    monkeypatch.setattr(Telegram, "probe", refuse)
    page = admin.post(at(make("telegram"), "probe")).content.decode()
    assert "Unauthorized for …, write to …" in page
    assert "900610" not in page


def test_our_address_is_given_to_the_vendor_and_the_light_says_so(make: Make, admin: Client) -> None:
    channel = make("telegram")
    page = admin.post(at(channel, "webhook")).content.decode()
    assert "The provider knows our address." in page
    channel.refresh_from_db()
    assert channel.hook["known"] is True
    assert hook_url(channel) not in str(channel.hook)


def test_what_the_vendor_says_of_its_last_call_is_on_the_light(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel = make("telegram")
    state = HookState(hook_url(channel), "Wrong response from the webhook: 502 Bad Gateway", now(), 3)
    monkeypatch.setattr(Telegram, "hook_state", lambda _self, _http: state)
    vendors.look(channel)
    channel.refresh_from_db()
    shown = state_of(channel)
    assert (shown.light, shown.hook_error) == (Light.DOWN, state.error)
    Channel.objects.update(last_in_at=now())
    channel.refresh_from_db()
    assert state_of(channel).light is not Light.DOWN


@pytest.mark.parametrize("provider", ["africastalking", "signal", "http", "infobip"])
def test_an_address_that_holds_a_password_is_shown_once_and_recorded(
    make: Make, admin: Client, provider: str
) -> None:
    channel = make(provider)
    page = admin.get(at(channel, "test")).content.decode()
    assert hook_url(channel) not in page
    field = next(name for name in ("secret", "hook_word") if name in channel.config)
    shown = admin.post(f"/c/port-merin/setup/channels/{channel.pk}/keys/{field}/show/").content.decode()
    assert hook_url(channel) in shown
    assert Entry.objects.filter(action="channel.secret_shown").count() == 1


@pytest.mark.parametrize("provider", sorted(VENDORS))
def test_every_provider_can_be_set_up_step_by_step(make: Make, admin: Client, provider: str) -> None:
    """With the keys that it has, nothing is lost and nothing is asked twice; no secret is in a page."""
    channel = make(provider)
    keys = admin.get(at(channel, "keys"))
    assert keys.status_code == 200
    stored = dict(channel.config)
    form = keys.context["form"]
    posted = {
        name: "" if form[name].field.initial == "" else form[name].value() or "" for name in form.fields
    }
    answer = admin.post(at(channel, "keys"), posted)
    assert answer.status_code == 302, answer.context["form"].errors
    channel.refresh_from_db()
    assert {name: channel.config.get(name) for name in stored} == stored
    text = keys.content.decode()
    secret = {field.name for field in config_fields(provider) if field.secret}
    values = [value for name, value in stored.items() if name in secret]
    assert not any(value in text for value in values)
    for page in ("test", "hours", "open"):
        assert admin.get(at(channel, page)).status_code == 200
    if vendors.can_probe(channel):
        assert admin.post(at(channel, "probe")).status_code == 200
    if vendors.can_register(channel):
        assert admin.post(at(channel, "webhook")).status_code == 200
