"""A channel is set up in five steps; its secrets go in and do not come out unrecorded."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from aidline.audit.models import Entry
from aidline.channels.models import Channel, Delivery, Template
from aidline.channels.registry import PROVIDERS, BadConfig, config_fields, load
from aidline.channels.services import IN_CLEAR, NotReady, change_channel, create_channel, open_channel
from aidline.jobs.models import Job
from factories import CONFIGS
from staffed import House

KEYS = {
    "phone_number_id": "104",
    "waba_id": "105",
    "access_token": "token-of-the-account",
    "app_secret": "secret-of-the-app",
    "verify_token": "",
    "previous_app_secret": "",
    "base_url": "https://graph.facebook.com",
    "api_version": "v25.0",
}
AT = "/c/port-merin/setup/channels/"


@pytest.fixture
def admin(house: House) -> Client:
    return house.client("centre_admin")


@pytest.fixture
def channel(house: House) -> Channel:
    config = {name: value for name, value in KEYS.items() if value}
    return create_channel(
        by=None, centre=house.centre, provider="whatsapp_cloud", name="WhatsApp", config=config
    )


def page(client: Client, path: str) -> str:
    return client.get(path).content.decode()


def test_five_steps_lead_to_an_open_channel(admin: Client) -> None:
    answer = admin.post(AT + "new/", {"provider": "whatsapp_cloud", "name": "WhatsApp Port Merin"})
    channel = Channel.objects.get()
    at = f"{AT}{channel.pk}/"
    assert (answer["Location"], channel.is_open, channel.config) == (at + "keys/", False, None)
    assert admin.post(at + "keys/", KEYS)["Location"] == at + "test/"
    assert f"/hooks/whatsapp_cloud/{channel.pk}" in page(admin, at + "test/")
    assert admin.get(at + "hours/").status_code == 200
    admin.post(at + "open/")
    channel.refresh_from_db()
    assert channel.is_open
    assert load("whatsapp_cloud", channel.config)
    assert channel.config["verify_token"]  # we made it
    actions = Entry.objects.order_by("pk").values_list("action", flat=True)
    assert list(actions)[-3:] == ["channel.create", "channel.change", "channel.open"]


def test_a_channel_without_keys_is_not_opened(house: House, admin: Client) -> None:
    draft = create_channel(by=None, centre=house.centre, provider="twilio", name="SMS")
    with pytest.raises(NotReady):
        open_channel(by=house.staff["centre_admin"], channel=draft)
    assert admin.post(f"{AT}{draft.pk}/open/")["Location"] == f"{AT}{draft.pk}/keys/"
    assert not Channel.objects.get().is_open


def test_missing_keys_are_told_at_their_fields_and_nothing_is_stored(house: House, admin: Client) -> None:
    draft = create_channel(by=None, centre=house.centre, provider="twilio", name="SMS")
    answer = admin.post(f"{AT}{draft.pk}/keys/", {"account_sid": "AC1", "sender": ""})
    assert answer.status_code == 422
    assert 'id="id_auth_token_error"' in answer.content.decode()
    assert 'value="AC1"' in answer.content.decode()  # what was typed is kept
    assert Channel.objects.get().config is None


def test_stored_secrets_are_in_no_page_and_an_empty_field_keeps_them(admin: Client, channel: Channel) -> None:
    at = f"{AT}{channel.pk}/"
    for path in (AT, at, at + "keys/", at + "test/", at + "hours/", at + "open/"):
        found = page(admin, path)
        assert "WhatsApp" in found
        assert not any(KEYS[name] in found for name in ("access_token", "app_secret"))
        assert channel.config["verify_token"] not in found
    admin.post(at + "keys/", {**KEYS, "phone_number_id": "999", "access_token": "", "app_secret": ""})
    after = Channel.objects.get().config
    assert (after["phone_number_id"], after["access_token"]) == ("999", KEYS["access_token"])
    assert after["app_secret"] == KEYS["app_secret"]
    assert Entry.objects.get(action="channel.change").fields == "phone_number_id"


def test_a_look_at_a_secret_shows_it_once_and_is_recorded(
    house: House, admin: Client, channel: Channel
) -> None:
    path = f"{AT}{channel.pk}/keys/access_token/show/"
    assert KEYS["access_token"] in admin.post(path).content.decode()
    entry = Entry.objects.get(action="channel.secret_shown")
    assert (entry.actor_id, entry.fields) == (house.staff["centre_admin"].pk, "access_token")
    assert KEYS["access_token"] not in page(admin, f"{AT}{channel.pk}/keys/")
    assert admin.get(path).status_code == 405
    assert admin.post(f"{AT}{channel.pk}/keys/phone_number_id/show/").status_code == 404


def test_secrets_are_sealed_in_the_row_and_absent_from_the_audit(channel: Channel) -> None:
    change_channel(by=channel.centre.organisation.staff_set.first(), channel=channel, config=channel.config)
    assert b"token-of-the-account" not in bytes(Channel.objects.get().config_sealed)
    assert "token-of-the-account" not in str(list(Entry.objects.values()))


def test_an_unknown_provider_and_an_unknown_setting_are_refused(house: House) -> None:
    with pytest.raises(BadConfig):
        create_channel(by=None, centre=house.centre, provider="pigeon", name="P", config={})
    with pytest.raises(BadConfig):
        create_channel(by=None, centre=house.centre, provider="webchat", name="W", config={"wings": "2"})
    assert not Channel.objects.exists()


def test_a_web_chat_needs_no_keys_from_anyone(admin: Client) -> None:
    admin.post(AT + "new/", {"provider": "webchat", "name": "Chat"})
    channel = Channel.objects.get()
    assert admin.post(f"{AT}{channel.pk}/keys/", {"secret": "", "origins": ""}).status_code == 302
    channel.refresh_from_db()
    assert len(channel.config["secret"]) >= 32


def test_the_test_step_says_whether_something_arrived(admin: Client, channel: Channel) -> None:
    at = f"{AT}{channel.pk}/test/"
    assert "Nothing yet" in page(admin, at)
    Delivery.objects.create(
        channel=channel, centre_id=channel.centre_id, shard=0, key=b"1" * 16, received_at=timezone.now()
    )
    assert "Arrived" in page(admin, at)


def test_approved_messages_are_listed_and_fetched_by_the_worker(admin: Client, channel: Channel) -> None:
    Template.objects.create(channel=channel, name="reminder", language="ar", state="pending", body="مرحبا")
    at = f"{AT}{channel.pk}/templates/"
    assert "Being looked at" in page(admin, at)
    for _ in range(2):
        assert admin.post(at + "fetching/").status_code == 302
    assert Job.objects.get().payload == {"channel": str(channel.pk)}


@pytest.mark.parametrize(
    ("provider", "field"),
    [
        (name, field.name)
        for name in PROVIDERS
        for field in config_fields(name)
        if field.name.endswith("_url")
    ],
)
def test_passwords_and_words_go_to_no_vendor_in_clear(
    house: House, settings: Any, provider: str, field: str
) -> None:
    settings.PRACTICE, settings.PRIVATE_HOSTS = False, frozenset({"gateway.internal:80"})
    known = CONFIGS.get(provider, {})

    def made(url: str) -> Channel:
        config = {**known, field: url}
        return create_channel(by=None, centre=house.centre, provider=provider, name=url, config=config)

    with pytest.raises(BadConfig) as caught:
        made("http://gateway.example.org")
    assert (caught.value.field, caught.value.words) == (field, IN_CLEAR)
    for url in ("http://gateway.internal", "http://127.0.0.1:8080", "https://gateway.example.org"):
        assert made(url).config[field] == url


def test_at_the_field_it_is_said_why(admin: Client, channel: Channel, settings: Any) -> None:
    settings.PRACTICE = False
    answer = admin.post(f"{AT}{channel.pk}/keys/", {**KEYS, "base_url": "http://graph.example.org"})
    assert answer.context["form"].errors == {"base_url": [IN_CLEAR]}
