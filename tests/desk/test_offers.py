"""When free replies are over, approved messages are offered and shown as the person will read them."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from aidline.centres.queries import seat_in
from aidline.channels.models import Template
from aidline.conversations.models import Conversation, Message
from aidline.desk.inbox.offers import Choice, choices
from aidline.kernel.clock import now

if TYPE_CHECKING:
    from desk.stage import Stage


@pytest.fixture(autouse=True)
def shut(stage: "Stage") -> None:
    Conversation.objects.filter(pk=stage.talk.pk).update(
        language="ar", window_until=now() - timedelta(hours=1)
    )
    stage.talk.refresh_from_db()


def make(stage: "Stage", family: str, language: str, **more: Any) -> Template:
    common = {
        "channel": stage.channel,
        "family": family,
        "name": family,
        "language": language,
        "state": "approved",
        "body": "Come on {{1}}, says {{2}}.",
        "parameters": ["1", "2"],
        "examples": {"1": "Thursday"},
        "fields": {"1": {"label": "Day"}, "2": {"label": "Your name", "fill": "agent"}},
    }
    return Template.objects.create(**{**common, **more})


def offered(stage: "Stage") -> list[Choice]:
    seat = seat_in(stage.agent, stage.centre)
    return choices(seat, stage.talk)


def test_the_persons_language_comes_first_then_the_centres_then_the_others(stage: "Stage") -> None:
    for language in ("fr", "en", "ar"):
        make(stage, "appointment", language)
    make(stage, "a_french_one", "fr")
    make(stage, "b_english_one", "en")
    make(stage, "b_english_one", "fr")
    found = offered(stage)
    assert [(choice.title, choice.best.language, choice.fits) for choice in found] == [
        ("Appointment", "ar", True),
        ("A french one", "fr", False),
        ("B english one", "en", False),
    ]
    assert [offer.language for offer in found[0].others] == ["en", "fr"]


def test_a_providers_code_with_a_country_counts_as_the_language(stage: "Stage") -> None:
    make(stage, "appointment", "ar_EG")
    assert offered(stage)[0].fits


def test_fields_have_names_for_people_and_suggestions(stage: "Stage") -> None:
    make(stage, "appointment", "ar")
    (choice,) = offered(stage)
    assert [(slot.label, slot.example, slot.value) for slot in choice.best.slots] == [
        ("Day", "Thursday", ""),
        ("Your name", "", "Mira"),
    ]
    assert choice.best.bubble.body == "Come on \u2068[Day]\u2069, says Mira."


def test_only_what_is_approved_is_offered(stage: "Stage") -> None:
    for state in Template.State.values:
        make(stage, f"message_{state}", "ar", state=state)
    assert [choice.title for choice in offered(stage)] == ["Message approved"]


def test_the_thread_shows_what_the_person_reads_with_its_buttons(stage: "Stage") -> None:
    template = make(
        stage,
        "appointment",
        "ar",
        header="A reminder",
        footer="Harbour Aid",
        buttons=["I will come", "I cannot"],
    )
    client = stage.client(script=True)
    data = {
        "template": str(template.pk),
        "client_key": str(uuid4()),
        "value-1": "Monday\n\tat  ten",
        "value-2": "Mira",
    }
    shown = client.post(stage.url("template", stage.talk.pk), data).content.decode()
    message = Message.objects.get(direction="o")
    assert message.text == "A reminder\n\nCome on Monday at ten, says Mira.\n\nHarbour Aid"
    assert message.extra["template"] == {
        "name": "appointment",
        "language": "ar",
        "parameters": {"1": "Monday at ten", "2": "Mira"},
    }
    for page in (shown, stage.client().get(stage.url("talk", stage.talk.pk)).content.decode()):
        assert "I will come</li>" in page
        assert "I cannot</li>" in page


def test_the_sheet_works_as_a_page_and_names_the_families(stage: "Stage") -> None:
    make(stage, "appointment_reminder", "ar", buttons=["Yes"])
    page = stage.client().get(stage.url("templates", stage.talk.pk)).content.decode()
    assert "Appointment reminder" in page
    assert '<div class="bub" lang="ar" dir="rtl">' in page
    assert ">Yes</li>" in page
