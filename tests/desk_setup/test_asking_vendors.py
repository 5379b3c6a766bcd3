"""The set-up asks the vendor itself, over the same look-alikes as in practice, and tells what it said."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import httpx
import pytest
from django.test import Client

from aidline.audit.models import Entry
from aidline.channels.contract import ChannelDown, HookState, RetryLater, StopContacting, Uncertain
from aidline.channels.hooks import hook_url
from aidline.channels.models import Channel
from aidline.channels.providers.telegram import Telegram
from aidline.channels.registry import BadConfig, config_fields, load
from aidline.channels.services import create_channel
from aidline.desk.health.lights import Light, state_of
from aidline.gateway import vendors
from aidline.kernel.clock import now
from aidline.kernel.http import TargetRefused
from aidline.simulator.vendors import VENDORS
from factories import CONFIGS

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


# --- vendors that misbehave ------------------------------------------------------------------------------

WRONGS: list[Exception] = [
    ValueError("https://api.example.org/bot-secret"),
    TypeError("no"),
    KeyError("result"),
    RecursionError(),
    OverflowError("port must be 0-65535"),
    UnicodeError("label too long"),
    OSError("no route"),
    httpx.InvalidURL("bad"),
    httpx.ReadTimeout("late"),
    TargetRefused("address not allowed"),
    RetryLater("unreachable"),
    Uncertain("no-answer"),
    StopContacting("21610"),
]


@pytest.mark.parametrize("wrong", WRONGS, ids=lambda wrong: type(wrong).__name__)
@pytest.mark.parametrize(("page", "verb"), [("probe", "probe"), ("webhook", "register_hook")])
def test_whatever_goes_wrong_at_the_vendor_is_a_refusal_in_words(
    make: Make,
    admin: Client,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    page: str,
    verb: str,
    wrong: Exception,
) -> None:
    def fail(*_: object) -> None:
        raise wrong

    channel = make("telegram")
    monkeypatch.setattr(Telegram, verb, fail)
    answer = admin.post(at(channel, page))
    assert answer.status_code == 200
    assert 'role="alert"' in answer.content.decode()
    assert "bot-secret" not in caplog.text + answer.content.decode()
    assert Entry.objects.filter(action__startswith="channel.", fields__gt="").exists()


@pytest.mark.parametrize("page", ["probe", "webhook"])
@pytest.mark.parametrize("sealed", [b"not a sealed value at all, but long", None])
def test_a_channel_whose_keys_cannot_be_read_asks_nobody(
    make: Make, admin: Client, page: str, sealed: bytes | None
) -> None:
    channel = make("telegram")
    Channel.objects.filter(pk=channel.pk).update(config_sealed=sealed)
    assert admin.post(at(channel, page)).status_code == 302
    assert admin.get(at(channel, "test")).status_code == 200


@pytest.mark.parametrize(
    "url", ["http://[", "http://a b", "http://a:99999", f"https://{'x' * 80}.org", "https://ä..b"]
)
def test_an_address_that_is_none_is_said_to_be_none(
    house: "House", admin: Client, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over the real client of practice, which allows each channel its own address."""
    channel = create_channel(
        by=None, centre=house.centre, provider="telegram", name="T", config=CONFIGS["telegram"]
    )
    channel.config = {**channel.config, "base_url": url}
    channel.save()
    for page in ("probe", "webhook"):
        answer = admin.post(at(channel, page))
        assert (answer.status_code, 'role="alert"' in answer.content.decode()) == (200, True)


def test_settings_of_an_older_release_break_no_page(make: Make, admin: Client) -> None:
    channel = make("telegram")
    channel.config = {"a_setting": "that is gone"}
    channel.save()
    for page in ("probe", "webhook"):
        assert admin.post(at(channel, page), follow=True).status_code == 200


def test_signs_that_nobody_can_store_or_show_break_no_page(
    make: Make, admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel = make("telegram")
    odd = "Har\x00bour \ud800"

    def refuse(*_: object) -> None:
        raise ChannelDown(odd, words=odd)

    monkeypatch.setattr(Telegram, "probe", lambda *_: odd)
    monkeypatch.setattr(Telegram, "hook_state", lambda *_: HookState("", odd, now()))
    for page in ("probe", "webhook"):
        assert admin.post(at(channel, page)).status_code == 200
    for verb in ("probe", "register_hook"):
        monkeypatch.setattr(Telegram, verb, refuse)
    for page in ("probe", "webhook"):
        assert admin.post(at(channel, page)).status_code == 200


def test_after_an_answer_that_tells_nothing_what_was_known_stays(
    make: Make, admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel = make("telegram")
    Channel.objects.update(hook={"known": True})
    monkeypatch.setattr(Telegram, "hook_state", lambda *_: None)
    assert "The provider knows our address." in admin.post(at(channel, "webhook")).content.decode()
    channel.refresh_from_db()
    assert channel.hook == {"known": True}


def test_a_phone_at_an_address_that_is_none_is_refused_at_its_field() -> None:
    with pytest.raises(BadConfig) as caught:
        load("android_sms", {**CONFIGS["android_sms"], "base_url": "http://["})
    assert caught.value.field == "base_url"


# --- pages with a secret in them -------------------------------------------------------------------------


@pytest.mark.parametrize("provider", ["whatsapp_cloud", "http"])
def test_a_page_that_shows_a_secret_is_kept_nowhere_and_tells_nobody_where_it_was(
    make: Make, admin: Client, provider: str
) -> None:
    channel = make(provider)
    field = "verify_token" if provider == "whatsapp_cloud" else "hook_word"
    for answer in (
        admin.post(f"/c/port-merin/setup/channels/{channel.pk}/keys/{field}/show/"),
        admin.get(at(channel, "test")),
        admin.post(at(channel, "probe")),
    ):
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] in ("same-origin", "no-referrer")
