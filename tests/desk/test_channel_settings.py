"""A setting that cannot work is said where it was typed, before anybody relies on the channel."""

from typing import TYPE_CHECKING

from django.urls import reverse

from aidline.centres.states import Role
from factories import make_channel, make_staff

if TYPE_CHECKING:
    from desk.stage import Stage


def test_a_template_that_breaks_is_said_at_its_field_and_not_kept(stage: "Stage") -> None:
    admin, _ = make_staff(stage.centre, Role.CENTRE_ADMIN, name="Ada Quinn")
    channel = make_channel(stage.centre, "http", "Gateway")
    address = reverse("setup:channel_keys", args=[stage.centre.slug, channel.pk])
    typed = {
        "base_url": "https://sms.example.org",
        "send_path": "/send",
        "method": "POST",
        "body_type": "json",
        "format": "json",
        "body": '{"to": "{to}", "text": {text}}',
    }
    page = stage.client(admin).post(address, typed)
    errors = page.context["form"].errors
    assert list(errors) == ["body"]
    assert "not JSON" in errors["body"][0]
    channel.refresh_from_db()
    assert channel.config["base_url"] != "https://sms.example.org"
    good = stage.client(admin).post(address, {**typed, "body": '{"to": "{to}", "text": "{text}"}'})
    channel.refresh_from_db()
    assert (good.status_code, channel.config["base_url"]) == (302, "https://sms.example.org")
