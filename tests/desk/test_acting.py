"""What agents do with conversations and persons."""

from datetime import datetime, timedelta

from django.utils import timezone

from aidline.conversations.models import Conversation, Message, Tag, Topic
from aidline.conversations.states import ConversationState, Outcome, Source
from aidline.kernel.clock import now
from aidline.people.models import Likeness, Merge, Person
from aidline.routing.models import Presence
from aidline.routing.services import take
from aidline.routing.states import PresenceState
from desk.stage import Stage
from factories import make_conversation, make_person


def fresh(talk: Conversation) -> Conversation:
    return Conversation.objects.get(pk=talk.pk)


def test_only_one_of_two_can_take(stage: Stage) -> None:
    url = stage.url("take", stage.talk.pk)
    assert stage.client(script=True).post(url).status_code == 204
    late = stage.client(stage.colleague, script=True).post(url)
    assert (late.status_code, late.content.decode()) == (422, "A colleague was faster.")
    assert fresh(stage.talk).assignee == stage.member


def test_one_passes_on_what_one_has_with_a_note(stage: Stage) -> None:
    client = stage.client(script=True)
    data = {"to": str(stage.colleague_member.pk), "note": "She speaks Tigrinya"}
    assert client.post(stage.url("pass_on", stage.talk.pk), data).status_code == 422
    take(by=stage.agent, membership=stage.member, conversation=stage.talk)
    assert client.post(stage.url("pass_on", stage.talk.pk), data).status_code == 204
    assert fresh(stage.talk).assignee == stage.colleague_member
    assert Message.objects.get(direction="n").text == "She speaks Tigrinya"


def test_a_supervisor_gives_what_nobody_has(stage: Stage) -> None:
    data = {"to": str(stage.colleague_member.pk)}
    stage.client(stage.supervisor).post(stage.url("pass_on", stage.talk.pk), data)
    assert fresh(stage.talk).assignee == stage.colleague_member


def test_a_member_of_another_centre_cannot_be_given_anything(stage: Stage) -> None:
    foreign = stage.elsewhere.memberships.get()
    answer = stage.client(stage.supervisor).post(stage.url("pass_on", stage.talk.pk), {"to": str(foreign.pk)})
    assert answer.status_code == 404
    assert fresh(stage.talk).assignee is None


def test_later_is_by_the_clock_of_the_centre(stage: Stage) -> None:
    client = stage.client(script=True)
    with timezone.override(stage.centre.time_zone):
        wanted = (timezone.localtime() + timedelta(days=2)).replace(
            hour=9, minute=30, second=0, microsecond=0
        )
    answer = client.post(stage.url("later", stage.talk.pk), {"until": wanted.strftime("%Y-%m-%dT%H:%M")})
    assert answer.status_code == 204
    assert fresh(stage.talk).snoozed_until == wanted
    assert fresh(stage.talk).state == ConversationState.SNOOZED


def test_the_past_is_not_later(stage: Stage) -> None:
    answer = stage.client(script=True).post(stage.url("later", stage.talk.pk), {"until": "2020-01-01T09:00"})
    assert answer.status_code == 422
    assert fresh(stage.talk).state == ConversationState.OPEN


def test_finished_with_topic_and_outcome_and_opened_again(stage: Stage) -> None:
    topic = Topic.objects.create(centre=stage.centre, code="health", labels={"en": "Health"})
    client = stage.client()
    client.post(stage.url("finish", stage.talk.pk), {"topic": str(topic.pk), "outcome": "passed_on"})
    talk = fresh(stage.talk)
    assert (talk.state, talk.topic, talk.outcome) == (ConversationState.CLOSED, topic, Outcome.PASSED_ON)
    assert "Finished by Mira Kessler: Passed on" in client.get(stage.url("talk", talk.pk)).content.decode()
    client.post(stage.url("reopen", talk.pk))
    assert fresh(talk).state == ConversationState.OPEN


def test_a_tag_is_added_once_and_taken_away(stage: Stage) -> None:
    client = stage.client(script=True)
    for name in ("Medicine", "medicine"):
        client.post(stage.url("add_tag", stage.talk.pk), {"name": name})
    tag = Tag.objects.get()
    assert list(stage.talk.tags.all()) == [tag]
    client.post(stage.url("remove_tag", stage.talk.pk, tag.pk))
    assert list(stage.talk.tags.all()) == []


def test_the_language_of_the_person_is_changed_for_what_comes_next(stage: Stage) -> None:
    stage.client(script=True).post(stage.url("language", stage.talk.pk), {"language": "ti"})
    assert (fresh(stage.talk).language, Person.objects.get().language) == ("ti", "ti")
    refused = stage.client(script=True).post(stage.url("language", stage.talk.pk), {"language": "xx"})
    assert refused.status_code == 422


def test_the_blocked_are_out_of_the_queue_and_come_back(stage: Stage) -> None:
    client = stage.client()
    client.post(stage.url("block", stage.talk.pk), {"days": "7", "reason": "Threats"})
    row = f"q-{stage.talk.pk}"
    assert row not in client.get(stage.url("home")).content.decode()
    assert row in client.get(stage.url("home"), {"view": "blocked"}).content.decode()
    client.post(stage.url("unblock", stage.talk.pk))
    assert row in client.get(stage.url("home")).content.decode()


def test_two_files_become_one_and_two_again(stage: Stage) -> None:
    other = make_conversation(stage.channel, ["It is me again"])
    client = stage.client(script=True)
    assert client.post(stage.url("merge", stage.talk.pk), {"person": str(other.person_id)}).status_code == 204
    assert fresh(other).person_id == stage.talk.person_id
    again = client.post(stage.url("merge", stage.talk.pk), {"person": str(other.person_id)})
    assert again.status_code == 422
    client.post(stage.url("undo_merge", stage.talk.pk, Merge.objects.get().pk))
    assert fresh(other).person_id == other.person_id


def test_a_person_is_found_by_the_name_on_the_desk(stage: Stage) -> None:
    other = make_conversation(stage.channel, ["Hello"])
    client = stage.client(script=True)
    page = client.get(stage.url("same", stage.talk.pk), {"q": other.person.alias("en")}).content.decode()
    assert f'value="{other.person_id}"' in page
    nobody = client.get(stage.url("same", stage.talk.pk), {"q": "Nobody"}).content.decode()
    assert f'value="{other.person_id}"' not in nobody


def test_alike_is_asked_and_can_be_denied(stage: Stage) -> None:
    other, _ = make_person(stage.centre)
    Likeness.objects.create(
        centre_id=stage.centre.pk, person=stage.talk.person, other=other, reason="variant"
    )
    client = stage.client(script=True)
    assert "Perhaps the same person" in client.get(stage.url("person", stage.talk.pk)).content.decode()
    client.post(stage.url("not_same", stage.talk.pk), {"person": str(other.pk)})
    assert "Perhaps the same person" not in client.get(stage.url("person", stage.talk.pk)).content.decode()


def test_a_contact_at_the_walk_in_desk_has_its_real_time(stage: Stage) -> None:
    with timezone.override(stage.centre.time_zone):
        at = (timezone.localtime() - timedelta(hours=3)).replace(second=0, microsecond=0)
    data = {
        "source": "walk_in",
        "at": at.strftime("%Y-%m-%dT%H:%M"),
        "text": "Asked for shoes",
        "language": "fr",
    }
    answer = stage.client().post(stage.url("contact"), data)
    talk = Conversation.objects.get(source=Source.WALK_IN)
    assert answer.headers["Location"] == stage.url("talk", talk.pk)
    assert talk.messages.get().at == at
    page = stage.client().get(stage.url("talk", talk.pk)).content.decode()
    assert "There is no channel to answer on" in page


def test_a_contact_in_the_future_is_refused(stage: Stage) -> None:
    data = {"source": "walk_in", "at": "2099-01-01T10:00", "text": "Later"}
    page = stage.client().post(stage.url("contact"), data)
    assert "This time has not come yet." in page.content.decode()
    assert not Conversation.objects.filter(source=Source.WALK_IN).exists()


def test_presence_is_chosen_and_kept_alive_by_the_desk(stage: Stage) -> None:
    client = stage.client(script=True)
    client.post(stage.url("presence"), {"state": "available"})
    Presence.objects.update(seen_at=datetime(2026, 1, 1, tzinfo=now().tzinfo))
    assert (
        client.post(stage.url("beat"), {"conversation": str(stage.talk.pk), "typing": "1"}).status_code == 204
    )
    presence = Presence.objects.get(membership=stage.member)
    assert presence.state == PresenceState.AVAILABLE
    assert now() - presence.seen_at < timedelta(minutes=1)
    head = stage.client(stage.colleague).get(stage.url("head", stage.talk.pk)).content.decode()
    assert "Mira Kessler is writing" in head
    client.post(stage.url("beat"), {"conversation": str(stage.talk.pk), "away": "1"})
    head = stage.client(stage.colleague).get(stage.url("head", stage.talk.pk)).content.decode()
    assert "is writing" not in head
    assert "is looking" not in head
