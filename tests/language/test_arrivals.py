"""The language of what arrives: chosen, guessed, suspected, and never switched behind anybody's back."""

import json
from typing import Any

import pytest

from aidline.centres.models import Centre
from aidline.channels.models import Channel
from aidline.conversations.models import Conversation, Message
from aidline.gateway import inbound
from aidline.jobs.models import Job
from aidline.language.arrivals import ASK, TRANSLATE
from aidline.language.models import LanguageDoubt, Translation
from aidline.language.queries import seems_to_write
from aidline.language.services import turn_down
from aidline.people.models import Person
from gateway.stage import arrive, body, make_agent, make_centre, make_channel, text_message
from language.stage import engine_at

pytestmark = pytest.mark.django_db(transaction=True)

AMAL = "447700900123"
ENGLISH = "I need some help with the school of my two children please"
FRENCH = "Bonjour, je voudrais savoir si le bureau est ouvert demain matin"
_ids = iter(range(1, 10_000))


@pytest.fixture
def centre() -> Centre:
    return make_centre()  # Arabic, French and English


@pytest.fixture
def channel(centre: Centre) -> Channel:
    return make_channel(centre)


def say(channel: Channel, *texts: str, number: str = AMAL) -> None:
    for text in texts:
        arrive(channel, body(text_message(number, text, f"wamid.{next(_ids)}")))
    inbound.drain()


def press(channel: Channel, choice: str, title: str = "français") -> None:
    message: dict[str, Any] = text_message(AMAL, "", f"wamid.{next(_ids)}")
    del message["text"]
    reply = {"type": "button_reply", "button_reply": {"id": choice, "title": title}}
    arrive(channel, body({**message, "type": "interactive", "interactive": reply}))
    inbound.drain()


def languages() -> tuple[str, str]:
    return Person.objects.get().language, Conversation.objects.get().language


def test_the_first_text_that_tells_decides_even_when_it_is_the_second(channel: Channel) -> None:
    say(channel, "hi")
    assert languages() == ("", "")
    say(channel, FRENCH)
    assert languages() == ("fr", "fr")
    assert [message.language for message in Message.objects.order_by("seq")] == ["", "fr"]


def test_a_language_that_the_centre_does_not_speak_is_not_taken_for_one_that_it_does(
    channel: Channel,
) -> None:
    say(channel, "Waan rabaa caawimaad cunto iyo guri, carruurtayda way gaajaysan yihiin")
    assert languages() == ("", "")


def test_a_stored_language_is_never_switched_by_what_is_written(channel: Channel) -> None:
    say(channel, FRENCH)
    say(channel, "ok thanks", ENGLISH, ENGLISH, ENGLISH)
    assert languages() == ("fr", "fr")


def test_two_long_texts_in_another_language_are_a_question_to_the_agent_and_one_is_not(
    channel: Channel,
) -> None:
    say(channel, FRENCH)
    say(channel, "yes please", "thank you")
    say(channel, ENGLISH)
    assert seems_to_write(Person.objects.get()) == ""
    say(channel, ENGLISH)
    assert seems_to_write(Person.objects.get()) == "en"


def test_a_long_text_in_the_known_language_in_between_ends_the_suspicion(channel: Channel) -> None:
    say(channel, FRENCH)
    say(channel, ENGLISH)
    say(channel, FRENCH)
    say(channel, ENGLISH)
    assert seems_to_write(Person.objects.get()) == ""


def test_a_suspicion_that_an_agent_turned_down_does_not_come_back(centre: Centre, channel: Channel) -> None:
    say(channel, FRENCH)
    say(channel, ENGLISH)
    say(channel, ENGLISH)
    staff, _ = make_agent(centre, "Mira")
    turn_down(by=staff, person=Person.objects.get())
    say(channel, ENGLISH)
    say(channel, ENGLISH)
    assert seems_to_write(Person.objects.get()) == ""


def test_a_chosen_language_counts_at_once_and_against_what_was_stored(channel: Channel) -> None:
    say(channel, ENGLISH)
    press(channel, "lang:fr")
    assert languages() == ("fr", "fr")
    assert json.dumps(Message.objects.latest("seq").extra["choice"]["title"]) == json.dumps("français")


@pytest.mark.parametrize("choice", ["lang:uk", "lang:", "lang:xx", "appointment"])
def test_a_choice_that_names_no_language_of_the_centre_changes_nothing(channel: Channel, choice: str) -> None:
    say(channel, ENGLISH)
    press(channel, choice)
    assert languages() == ("en", "en")


def test_who_does_not_tell_is_asked_and_who_tells_is_not(channel: Channel) -> None:
    say(channel, "hi", "hi again")
    assert Job.objects.filter(kind=ASK).count() == 1
    say(channel, FRENCH, number="447700900456")
    assert Job.objects.filter(kind=ASK).count() == 1


@pytest.mark.parametrize("text", ["STOP", "arrêt"])
def test_who_asks_not_to_be_written_to_is_not_asked(channel: Channel, text: str) -> None:
    say(channel, text)
    assert not Job.objects.filter(kind=ASK).exists()


def test_a_centre_that_does_not_want_it_asks_nobody(centre: Centre, channel: Channel) -> None:
    Centre.objects.filter(pk=centre.pk).update(asks_language=False)
    say(channel, "hi")
    assert not Job.objects.filter(kind=ASK).exists()


def test_what_is_in_another_language_waits_for_the_engine_and_nothing_else_does(
    centre: Centre, channel: Channel
) -> None:
    engine_at("http://127.0.0.1:1", centre)
    say(channel, FRENCH, "Merci !", "🙂 12")
    say(channel, ENGLISH, number="447700900456")
    assert Translation.objects.filter(state="w", source="fr", language="en").count() == 2
    assert Job.objects.filter(kind=TRANSLATE).count() == 1


def test_a_centre_without_an_engine_translates_nothing(channel: Channel) -> None:
    say(channel, FRENCH)
    assert not Translation.objects.exists()
    assert not LanguageDoubt.objects.exists()
