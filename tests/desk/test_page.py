"""Who sees the desk, and what it shows."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aidline.audit.models import Entry
from aidline.conversations import services
from aidline.conversations.models import Attachment, Conversation, Message
from aidline.conversations.sending import add_note
from aidline.conversations.states import Outcome
from aidline.kernel.clock import now
from aidline.kernel.ids import new_id
from desk.stage import Stage
from factories import make_conversation

PLACES = ["home", "queue", "filters", "keys", "contact"]
OF_A_TALK = ["talk", "head", "lines", "person", "composer", "prepared", "colleagues", "templates", "same"]


def test_an_agent_sees_who_waits_and_opens_the_conversation(stage: Stage) -> None:
    client = stage.client()
    page = client.get(stage.url("home")).content.decode()
    assert stage.talk.person.alias("en") in page
    assert "<title>(1) Desk · Aidline</title>" in page
    assert "Is the clinic open today?" in client.get(stage.url("talk", stage.talk.pk)).content.decode()


@pytest.mark.parametrize("place", PLACES)
def test_a_colleague_of_another_centre_does_not_know_that_the_desk_exists(stage: Stage, place: str) -> None:
    assert stage.client().get(stage.url(place)).status_code == 200
    assert stage.client(stage.elsewhere).get(stage.url(place)).status_code == 404


@pytest.mark.parametrize("place", OF_A_TALK)
def test_a_conversation_is_behind_one_door(stage: Stage, place: str) -> None:
    url = stage.url(place, stage.talk.pk)
    assert stage.client().get(url).status_code == 200
    assert stage.client(stage.elsewhere).get(url).status_code == 404
    assert stage.client().get(stage.url(place, new_id())).status_code == 404


def test_a_conversation_cannot_be_reached_through_the_desk_of_another_centre(stage: Stage) -> None:
    from aidline.centres.models import Centre

    client = stage.client(stage.elsewhere)
    own = Centre.objects.get(slug="velden")
    assert client.get(f"/c/{own.slug}/desk/").status_code == 200
    assert client.get(f"/c/{own.slug}/desk/{stage.talk.pk}/").status_code == 404


def test_a_stranger_is_asked_to_sign_in(stage: Stage) -> None:
    from django.test import Client

    answer = Client().get(stage.url("home"))
    assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (302, "/sign-in/")


def test_the_queue_asks_the_same_number_of_questions_for_one_and_for_three(stage: Stage) -> None:
    client = stage.client()

    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as found:
            client.get(stage.url("queue"))
        return len(found)

    asked()
    one = asked()
    for _ in range(2):
        other = make_conversation(stage.channel, ["Good evening"])
        services.look(by=stage.colleague, conversation=other, typing=False)
        add_note(by=stage.agent, conversation=other, text="Known to us")
    assert asked() == one


def test_the_thread_asks_the_same_number_of_questions_for_one_and_for_three(stage: Stage) -> None:
    client = stage.client()

    def asked() -> int:
        with CaptureQueriesContext(connection) as found:
            client.get(stage.url("lines", stage.talk.pk))
        return len(found)

    asked()
    one = asked()
    for words in ("First", "Second"):
        add_note(by=stage.agent, conversation=stage.talk, text=words)
    assert asked() == one


def test_opening_a_conversation_is_recorded(stage: Stage) -> None:
    stage.client().get(stage.url("talk", stage.talk.pk))
    entry = Entry.objects.get(action="conversation.open")
    assert (entry.actor_id, entry.object_id) == (stage.agent.pk, stage.talk.pk)


def test_who_looks_is_shown_to_colleagues_and_not_to_oneself(stage: Stage) -> None:
    stage.client().get(stage.url("talk", stage.talk.pk))
    head = stage.url("head", stage.talk.pk)
    assert "Mira Kessler is looking too" in stage.client(stage.colleague).get(head).content.decode()
    assert "is looking too" not in stage.client().get(head).content.decode()


def test_a_part_that_did_not_change_costs_nothing(stage: Stage) -> None:
    client = stage.client()
    first = client.get(stage.url("lines", stage.talk.pk))
    again = client.get(stage.url("lines", stage.talk.pk), headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    add_note(by=stage.colleague, conversation=stage.talk, text="Closed on Friday")
    changed = client.get(stage.url("lines", stage.talk.pk), headers={"If-None-Match": first.headers["ETag"]})
    assert "Closed on Friday" in changed.content.decode()


def test_what_came_since_a_line_comes_with_the_ticks_before_it(stage: Stage) -> None:
    stage.reply(stage.client())
    sent = Message.objects.get(direction="o")
    add_note(by=stage.colleague, conversation=stage.talk, text="Newest")
    Message.objects.filter(pk=sent.pk).update(state="dl")
    page = stage.client().get(stage.url("lines", stage.talk.pk), {"after": sent.seq}).content.decode()
    assert "Newest" in page
    assert "Arrived" in page


def test_numbers_are_masked_until_somebody_says_why(stage: Stage) -> None:
    client = stage.client()
    number = stage.talk.address.value
    page = client.get(stage.url("talk", stage.talk.pk)).content.decode()
    assert number not in page
    show = stage.url("show_address", stage.talk.pk, stage.talk.address.pk)
    assert number not in client.post(show, {"reason": ""}, follow=True).content.decode()
    assert not Entry.objects.filter(action="address.show").exists()
    assert number in client.post(show, {"reason": "The ambulance asks"}).content.decode()
    assert Entry.objects.get(action="address.show").actor_id == stage.agent.pk


def test_a_supervisor_may_look_without_a_reason_and_is_recorded(stage: Stage) -> None:
    show = stage.url("show_address", stage.talk.pk, stage.talk.address.pk)
    assert stage.talk.address.value in stage.client(stage.supervisor).post(show).content.decode()
    assert Entry.objects.filter(action="address.show", actor_id=stage.supervisor.pk).exists()


def test_the_queue_can_be_cut_to_what_one_looks_for(stage: Stage) -> None:
    arabic = make_conversation(stage.channel, ["مرحبا"], language="ar")
    page = stage.client().get(stage.url("home"), {"language": "ar"}).content.decode()
    assert f"q-{arabic.pk}" in page
    assert f"q-{stage.talk.pk}" not in page


def test_what_closes_soon_comes_first(stage: Stage) -> None:
    soon = make_conversation(stage.channel, ["Quick"], window=timedelta(minutes=50), at=now())
    page = stage.client().get(stage.url("queue")).content.decode()
    assert page.index(f"q-{soon.pk}") < page.index(f"q-{stage.talk.pk}")
    longest = stage.client().get(stage.url("queue"), {"order": "longest"}).content.decode()
    assert longest.index(f"q-{stage.talk.pk}") < longest.index(f"q-{soon.pk}")


def test_a_saved_filter_is_kept_for_its_owner_alone(stage: Stage) -> None:
    client = stage.client()
    client.post(stage.url("keep_filter"), {"name": "Arabic, late", "language": "ar"})
    assert "Arabic, late" in client.get(stage.url("home")).content.decode()
    assert "Arabic, late" not in stage.client(stage.colleague).get(stage.url("home")).content.decode()


def test_a_file_is_an_attachment_with_a_name_that_tells_nothing(stage: Stage) -> None:
    from aidline.vault import media

    message = stage.talk.messages.get()
    file = Attachment(
        id=new_id(), message=message, centre_id=stage.centre.pk, key_id=stage.talk.person_id, kind="document"
    )
    file.name, file.mime, file.media_id, file.state = "Passport of Amal.html", "text/html", new_id(), "r"
    file.save()
    media.put(b"<script>1</script>", key=stage.talk.person_id, scope=stage.centre.pk, media=file.media_id)
    answer = stage.client().get(stage.url("file", file.pk))
    assert answer.content == b"<script>1</script>"
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="aidline-')
    assert "Amal" not in answer.headers["Content-Disposition"]
    assert Entry.objects.filter(action="attachment.open", object_id=file.pk).exists()
    part = stage.client().get(stage.url("file", file.pk), headers={"Range": "bytes=1-6"})
    assert (part.status_code, part.content) == (206, b"script")
    assert stage.client(stage.elsewhere).get(stage.url("file", file.pk)).status_code == 404


def test_earlier_conversations_of_the_person_are_beside_this_one(stage: Stage) -> None:
    old = make_conversation(stage.channel, ["Winter clothes?"])
    services.close(by=stage.agent, conversation=old, topic=None, outcome=Outcome.PASSED_ON)
    Conversation.objects.filter(pk=old.pk).update(person=stage.talk.person)
    page = stage.client().get(stage.url("person", stage.talk.pk)).content.decode()
    assert str(old.pk) in page
    assert "Passed on" in page
