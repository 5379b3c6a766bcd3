"""Approved messages are written, looked at, handed in and followed by those who set a centre up."""

import re
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from aidline.channels.models import Channel, Template
from aidline.channels.services import create_channel
from aidline.jobs.models import Job
from aidline.kernel.clock import now
from factories import CONFIGS

if TYPE_CHECKING:
    from staffed import House

WORDS = {
    "name": "Appointment reminder",
    "language": "ar",
    "category": "utility",
    "header": "تذكير",
    "body": "موعدكم {{1}} في العيادة.",
    "footer": "Harbour Aid",
    "button_0": "سآتي",
    "button_1": "لا أستطيع",
    "button_2": "",
    "example_1": "يوم الخميس",
    "label_1": "Day of the appointment",
    "fill_1": "date",
}


@pytest.fixture
def channel(house: "House") -> Channel:
    return create_channel(
        by=None,
        centre=house.centre,
        provider="whatsapp_cloud",
        name="WhatsApp",
        config=CONFIGS["whatsapp_cloud"],
    )


@pytest.fixture
def admin(house: "House") -> Client:
    return house.client("centre_admin")


@pytest.fixture
def at(channel: Channel) -> str:
    return f"/c/port-merin/setup/channels/{channel.pk}/templates/"


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def write(admin: Client, at: str, act: str = "keep", **changes: str) -> Template:
    answer = admin.post(at + "new/", {**WORDS, "act": act, **changes})
    assert answer.status_code == 302, answer.content.decode()
    return Template.objects.latest("pk")


def test_a_message_is_written_kept_and_shown_as_the_person_sees_it(admin: Client, at: str) -> None:
    assert "No message yet" in page(admin, at)
    template = write(admin, at)
    assert (template.family, template.language, template.state) == ("appointment_reminder", "ar", "draft")
    assert template.buttons == ["سآتي", "لا أستطيع"]
    assert template.fields == {"1": {"label": "Day of the appointment", "fill": "date"}}
    assert Job.objects.count() == 0
    shown = page(admin, f"{at}{template.pk}/")
    assert "موعدكم يوم الخميس في العيادة." in shown
    assert '<div class="thread" lang="ar" dir="rtl">' in shown
    assert "Appointment reminder" in page(admin, at)


def test_handing_in_is_work_of_the_worker(admin: Client, at: str) -> None:
    template = write(admin, at, "submit")
    assert template.state == "sending"
    assert Job.objects.get().payload == {"template": str(template.pk)}
    shown = page(admin, f"{at}{template.pk}/")
    assert "It is being handed in" in shown
    assert '<form class="split"' not in shown


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "حروف"}, "name"),
        ({"body": ""}, "body"),
        ({"body": "{{1}} is the day."}, "body"),
        ({"body": "Come {{1} now."}, "body"),
        ({"example_1": ""}, "example_1"),
        ({"header": "x" * 61}, "header"),
        ({"footer": "with {{1}}"}, "footer"),
        ({"button_1": "x" * 26}, "button_1"),
        ({"button_1": "سآتي"}, "button_0"),
        ({"category": "nonsense"}, "category"),
        ({"body": "Come " + " or ".join(f"{{{{{at}}}}}" for at in range(1, 30)) + " please."}, "body"),
    ],
)
def test_what_would_be_refused_is_said_at_its_field_and_nothing_is_lost(
    admin: Client, at: str, changes: dict[str, str], field: str
) -> None:
    answer = admin.post(at + "new/", {**WORDS, "act": "submit", **changes})
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert re.findall(r'id="id_(\w+)_error"', shown) == [field]
    assert "Harbour Aid" in shown or "footer" in changes
    assert Template.objects.count() == 0


def test_the_same_name_twice_in_a_language_is_said_at_the_language(admin: Client, at: str) -> None:
    write(admin, at)
    answer = admin.post(at + "new/", {**WORDS, "act": "keep"})
    assert answer.status_code == 422
    assert 'id="id_language_error"' in answer.content.decode()
    assert Template.objects.count() == 1


def test_without_a_script_a_button_shows_the_preview_and_the_new_fields_and_judges_nothing(
    admin: Client, at: str
) -> None:
    typed = {
        **WORDS,
        "act": "look",
        "body": "Come on {{1}} to {{2}}, please",
        "example_2": "",
        "language": "en",
    }
    answer = admin.post(at + "new/", typed)
    shown = answer.content.decode()
    assert answer.status_code == 200
    assert "Come on يوم الخميس to {{2}}, please" in shown
    assert 'name="example_2"' in shown
    assert "_error" not in shown
    assert '<div class="thread" lang="en" dir="ltr">' in shown
    assert Template.objects.count() == 0


def test_with_a_script_the_same_comes_as_two_parts(admin: Client, at: str) -> None:
    answer = admin.post(at + "new/", {**WORDS, "act": "look"}, headers={"HX-Request": "true"})
    shown = answer.content.decode()
    assert re.findall(r'^<div id="(\w+)"|><div id="(\w+)"', shown.replace("\n", "")) == [
        ("parameters", ""),
        ("", "preview"),
    ]
    assert "<html" not in shown


def test_a_language_is_added_with_the_fields_of_the_first(admin: Client, at: str, house: "House") -> None:
    template = write(admin, at)
    form = page(admin, f"{at}{template.pk}/language/")
    assert WORDS["body"] in form
    assert re.findall(r'<option value="(\w+)"', form.split('name="language"')[1].split("</select>")[0]) == [
        "en"
    ]
    body = {
        **WORDS,
        "language": "en",
        "body": "Your day is {{1}}, please come.",
        "example_1": "Thursday",
        "act": "keep",
    }
    assert admin.post(f"{at}{template.pk}/language/", body).status_code == 302
    english = Template.objects.get(language="en")
    assert (english.family, english.fields) == (template.family, template.fields)
    assert "Your day is Thursday" in page(admin, f"{at}{template.pk}/")
    assert page(admin, at).count("Appointment reminder") == 1


def test_a_refused_one_shows_why_in_our_words_and_theirs_and_can_be_mended(admin: Client, at: str) -> None:
    template = write(admin, at)
    Template.objects.update(
        state="rejected", reason="PROMOTIONAL", refusal="It reads like an advertisement.", external_id="5"
    )
    elsewhere = page(admin, f"{at}{template.pk}/")
    assert "Change it there." in elsewhere
    assert 'value="submit"' not in elsewhere
    Template.objects.update(submitted_at=now())
    shown = page(admin, f"{at}{template.pk}/")
    assert "It was taken for advertising" in shown
    assert "It reads like an advertisement." in shown
    mended = {**WORDS, "body": "نذكركم: {{1}} في العيادة.", "act": "submit"}
    assert admin.post(f"{at}{template.pk}/", mended).status_code == 302
    template.refresh_from_db()
    assert (template.state, template.external_id, template.reason) == ("sending", "5", "")


def test_an_unknown_one_says_so_and_offers_nothing_that_could_double_it(admin: Client, at: str) -> None:
    template = write(admin, at)
    Template.objects.update(state="unknown", reason="no-answer")
    shown = page(admin, f"{at}{template.pk}/")
    assert "We do not know whether it arrived." in shown
    assert 'value="submit"' not in shown
    assert admin.post(f"{at}{template.pk}/", {**WORDS, "act": "submit"}).status_code == 409
    assert Job.objects.count() == 0


def test_the_page_looks_again_by_itself_while_it_is_on_its_way(admin: Client, at: str) -> None:
    template = write(admin, at, "submit")
    assert "hx-trigger" in page(admin, f"{at}{template.pk}/")
    assert "hx-trigger" in page(admin, f"{at}{template.pk}/?standing=sending")
    Template.objects.update(state="pending")
    answer = admin.get(f"{at}{template.pk}/?standing=sending")
    assert (answer.status_code, answer["HX-Refresh"]) == (204, "true")


def test_deleting_asks_once_more(admin: Client, at: str) -> None:
    template = write(admin, at)
    assert "Delete this message?" in page(admin, f"{at}{template.pk}/removal/")
    assert Template.objects.count() == 1
    assert admin.post(f"{at}{template.pk}/removal/").status_code == 302
    assert Template.objects.count() == 0


def test_one_on_its_way_is_not_deleted_and_the_page_says_so(admin: Client, at: str) -> None:
    template = write(admin, at, "submit")
    answer = admin.post(f"{at}{template.pk}/removal/")
    assert answer.status_code == 422
    assert "It is on its way" in answer.content.decode()


def test_fields_of_a_message_from_elsewhere_get_names(admin: Client, at: str, channel: Channel) -> None:
    template = Template.objects.create(
        channel=channel,
        family="a",
        name="a",
        language="en",
        state="approved",
        body="On {{1}}.",
        parameters=["1"],
    )
    assert 'name="label_1"' in page(admin, f"{at}{template.pk}/fields/")
    assert admin.post(f"{at}{template.pk}/fields/", {"label_1": "Day", "fill_1": ""}).status_code == 302
    assert Template.objects.get().fields == {"1": {"label": "Day"}}
    assert "Day" in page(admin, f"{at}{template.pk}/")


def test_every_state_has_its_word(admin: Client, at: str) -> None:
    template = write(admin, at)
    for state, words in (
        ("draft", "Draft"),
        ("sending", "On its way"),
        ("unknown", "Not known"),
        ("pending", "Being looked at"),
        ("approved", "Approved"),
        ("rejected", "Refused"),
        ("paused", "Stopped"),
        ("disabled", "Stopped"),
        ("removing", "Being deleted"),
    ):
        Template.objects.update(state=state)
        assert words in page(admin, at)
        assert words in page(admin, f"{at}{template.pk}/")


def test_the_list_asks_as_often_for_three_families_as_for_one(
    admin: Client, at: str, django_assert_num_queries: Any
) -> None:
    write(admin, at)
    page(admin, at)  # what is kept for later pages is kept
    with CaptureQueriesContext(connection) as for_one:
        page(admin, at)
        asked = len(for_one)
    for name in ("second", "third"):
        write(admin, at, name=name)
        write(admin, at, name=name, language="en")
    with django_assert_num_queries(asked):
        page(admin, at)


def test_another_channels_template_and_none_at_all_are_not_found(
    house: "House", admin: Client, at: str, channel: Channel
) -> None:
    other = create_channel(
        by=None,
        centre=house.centre,
        provider="whatsapp_cloud",
        name="Second",
        config=CONFIGS["whatsapp_cloud"],
    )
    theirs = Template.objects.create(channel=other, family="a", name="a", language="en", state="approved")
    for key in (theirs.pk, uuid4()):
        for tail in ("", "language/", "fields/", "removal/"):
            assert admin.get(f"{at}{key}/{tail}").status_code == 404


def test_where_messages_are_made_elsewhere_nothing_can_be_written(house: "House", admin: Client) -> None:
    plain = create_channel(by=None, centre=house.centre, provider="webchat", name="Chat", config={})
    at = f"/c/port-merin/setup/channels/{plain.pk}/templates/"
    assert "New message" not in page(admin, at)
    assert admin.get(at + "new/").status_code == 404
