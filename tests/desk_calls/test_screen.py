"""Who sees calls, what they see of them, and never a number."""

import re

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from aidline.calls import callbacks, ending
from aidline.calls.models import Leg, Recording
from aidline.calls.states import Ending
from aidline.conversations.models import Conversation
from aidline.conversations.topics import save_topic
from aidline.kernel.clock import now
from aidline.kernel.ids import new_id
from desk_calls.stage import Stage

PAGES = ["index", "lists", "strip", "phone", "check"]


@pytest.mark.parametrize("page", PAGES)
def test_a_colleague_of_another_centre_does_not_know_that_there_are_calls(stage: Stage, page: str) -> None:
    assert stage.client().get(stage.url(page)).status_code == 200
    assert stage.client(stage.elsewhere).get(stage.url(page)).status_code == 404


def test_the_screen_tells_who_waits_and_why_and_shows_no_number(stage: Stage) -> None:
    topic = save_topic(by=None, centre=stage.centre, code="food", labels={"en": "Food and water"})
    grave, other = stage.caller(risk="high"), stage.caller()
    Conversation.objects.filter(pk=grave.conversation_id).update(topic=topic)
    stage.ring(grave, stage.colleague_member)
    page = stage.client().get(stage.url("index")).content.decode()
    aliases = [call.conversation.person.alias("en") for call in (grave, other)]
    assert page.index(aliases[0]) < page.index(aliases[1])  # the graver one comes first
    for words in ("High risk", "Food and water", "Offered to Noor Amari", "Waits for somebody to be free"):
        assert words in page
    assert not re.search(
        r"\+?\d{8,}", re.sub(r'data-\w+="\d+"|[0-9a-f]{8}-[0-9a-f-]{27}|value="\w+"', "", page)
    )


def test_calls_that_ended_tell_how(stage: Stage) -> None:
    ending.end(stage.talking(), seconds=372)
    missed = stage.caller()
    ending.end(missed)
    with transaction.atomic():
        callbacks.ask_back(stage.caller())
    page = stage.client().get(stage.url("index")).content.decode()
    for words in ("Answered", "6:12", "Hung up", "To call back", "Try 1"):
        assert words in page


def test_voicemail_is_listed_until_somebody_answers_it(stage: Stage) -> None:
    call = stage.caller()
    ending.end(call, Ending.MESSAGE_LEFT)
    Recording.objects.create(
        call=call,
        centre_id=call.centre_id,
        key_id=call.key_id,
        use="voicemail",
        external_index=new_id().bytes,
    )
    waiting = Conversation.objects.filter(pk=call.conversation_id)
    waiting.update(waiting_since=now(), due_at=now())
    assert "was due" in stage.client().get(stage.url("lists")).content.decode()
    waiting.update(waiting_since=None)
    assert "All voicemail is answered." in stage.client().get(stage.url("lists")).content.decode()


def test_the_screen_asks_the_same_number_of_questions_for_one_and_for_three(stage: Stage) -> None:
    client = stage.client()

    def asked() -> int:
        with CaptureQueriesContext(connection) as found:
            client.get(stage.url("lists"))
        return len(found)

    def more() -> None:
        stage.ring(stage.caller(), stage.colleague_member)
        ending.end(stage.talking())
        Leg.objects.update(wrap_until=None)

    more()
    asked()
    one = asked()
    for _ in range(2):
        stage.caller()
        ending.end(stage.talking())
    assert asked() == one


def test_only_supervisors_are_offered_to_help_and_told_that_it_is_in_the_log(stage: Stage) -> None:
    stage.talking()
    assert "Whisper" not in stage.client(stage.colleague).get(stage.url("index")).content.decode()
    page = stage.client(stage.supervisor).get(stage.url("index")).content.decode()
    assert all(words in page for words in ("Listen", "Whisper", "Join in", "Take over", "written in the log"))


def test_a_centre_without_a_line_has_neither_the_rail_entry_nor_the_strip(stage: Stage) -> None:
    own = stage.client().get("/c/port-merin/desk/").content.decode()
    other = stage.client(stage.elsewhere).get("/c/velden/desk/").content.decode()
    assert ('/c/port-merin/calls/"' in own, 'id="phone"' in own) == (True, True)
    assert ('/c/velden/calls/"' in other, 'id="phone"' in other) == (False, False)
    assert "No telephone line" in stage.client(stage.elsewhere).get("/c/velden/calls/phone/").content.decode()


def test_only_the_phone_window_may_speak_to_twilio(stage: Stage) -> None:
    client = stage.client()
    allowed = client.get(stage.url("phone")).headers["Content-Security-Policy"]
    assert "connect-src 'self' https://*.twilio.com wss://*.twilio.com;" in allowed
    assert "media-src 'self' mediastream: blob:;" in allowed
    assert "twilio" not in client.get(stage.url("index")).headers["Content-Security-Policy"]
