"""A flow answers in a conversation: each message once, nobody is lost, and people come first."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from aidline.conversations.models import Conversation, Message, Topic
from aidline.conversations.sending import send_reply
from aidline.conversations.services import block_person
from aidline.flows import chat, tending
from aidline.flows.models import Entrance, Flow, Run, Version
from aidline.jobs.models import Job
from aidline.kernel.clock import now
from aidline.knowledge.articles import ArticleWords, save_article, save_category
from aidline.people.models import OptOut
from aidline.routing.models import Presence
from aidline.routing.services import distribute, set_presence, take
from aidline.routing.states import PresenceState
from factories import make_centre, make_channel, make_staff
from flows.chatting import FLOW, Visitor, make_door, make_flow, take_in, work

pytestmark = pytest.mark.django_db

QUESTION = "What is it about?"


@pytest.fixture
def visitor() -> Visitor:
    return Visitor(make_door())


def test_a_first_word_is_met_with_the_first_question(visitor: Visitor) -> None:
    (asked,) = visitor.says("hello")
    assert "Choose a language." in asked
    talk = visitor.talk
    assert (talk.in_flow, talk.waiting_since, talk.assignee) == (True, None, None)
    question = visitor.ours().get()
    assert (question.author, question.extra["menu"]) == (None, True)
    assert [one["id"] for one in question.extra["choices"]] == ["lang:en", "lang:ar", "lang:fr"]


def test_the_way_through_speaks_the_language_chosen_and_ends_with_a_goodbye(visitor: Visitor) -> None:
    Topic.objects.create(centre=visitor.channel.centre, code="health")
    visitor.says("hello")
    assert visitor.picks(2) == ["ما الموضوع؟"]
    assert (visitor.talk.language, visitor.talk.person.language) == ("ar", "ar")
    assert visitor.says("العيادة") == ["العيادة مفتوحة حتى الخامسة.", "مع السلامة."]
    talk = visitor.talk
    assert (talk.state, talk.outcome, talk.in_flow, talk.topic.code) == ("c", "answered", False, "health")
    assert (visitor.run.ending, visitor.run.ended_at is None) == ("goodbye", False)


def test_a_number_chooses_too(visitor: Visitor) -> None:
    visitor.says("hello")
    assert visitor.says("1") == [QUESTION]
    assert visitor.says("1")[0] == "The clinic is open until 5."


def test_who_asks_for_a_person_waits_for_one_with_what_they_chose_and_need(visitor: Visitor) -> None:
    visitor.says("hello")
    visitor.picks(1)
    assert visitor.picks(3) == ["Somebody will answer you here."]
    talk = visitor.talk
    assert (talk.state, talk.in_flow, talk.waiting_since is None) == ("o", False, False)
    assert [tag.name for tag in talk.tags.all()] == ["papers"]
    event = Message.objects.get(conversation=talk, kind="menu_person")
    assert event.extra["path"].split("\n") == ["English", "Somebody to talk to"]
    assert Message.objects.get(pk=talk.last_message_id).direction == "i"  # their words, in the queue
    assert visitor.says("Are you there?") == []  # no flow any more


def test_agents_are_offered_it_only_then(visitor: Visitor) -> None:
    _, member = make_staff(visitor.channel.centre, languages=["en", "ar", "fr"])
    set_presence(membership=member, state=PresenceState.AVAILABLE)
    visitor.says("hello")
    distribute([visitor.channel.centre_id])
    assert visitor.talk.assignee is None
    visitor.says("human")
    assert visitor.talk.assignee == member


@pytest.mark.parametrize("first", ["human", "0"])
def test_who_asks_for_a_person_at_once_is_not_asked_for_a_language(visitor: Visitor, first: str) -> None:
    assert visitor.says(first) == ["Somebody will answer you here."]
    assert not visitor.talk.in_flow


def test_danger_is_heard_in_the_first_words_and_told_to_the_agents(visitor: Visitor) -> None:
    assert visitor.says("danger") == ["We are getting somebody now."]
    assert [tag.name for tag in visitor.talk.tags.all()] == ["Risk: high"]


def test_several_quick_messages_are_met_by_one_greeting(visitor: Visitor) -> None:
    for words in ("hello", "is anybody there", "please"):
        visitor.writes(words)
    work()
    assert len(visitor.read()) == 1


def test_a_hurried_second_line_is_no_failed_answer(visitor: Visitor) -> None:
    visitor.says("hello")
    for words in ("well", "you see", "it is about"):
        visitor.writes(words)
    work()
    assert len(visitor.read()) == 3  # that it was not understood and the question, once and not three times
    assert visitor.talk.in_flow


def test_a_hurried_second_line_that_answers_counts(visitor: Visitor) -> None:
    visitor.says("hello")
    visitor.writes("well")
    visitor.writes("English")
    work()
    assert visitor.read()[-1] == QUESTION


def test_a_contact_card_beside_what_was_said_is_no_answer(visitor: Visitor) -> None:
    visitor.says("hello", contact={"phone": "+447700900123"})
    visitor.says("English", contact={"phone": "+447700900123"})
    assert visitor.read()[-1] == QUESTION


def test_nothing_is_answered_twice_by_a_job_that_comes_again(visitor: Visitor) -> None:
    visitor.says("hello")
    for _ in range(3):
        chat.take_turns({"conversation": str(visitor.talk.pk)})
    assert len(visitor.read()) == 1


@pytest.mark.parametrize("where", ["_move_on", "perform", "save"])
def test_killed_anywhere_the_message_is_answered_once(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """What a kill leaves is what the transaction leaves: nothing, and the job runs again."""

    class Killed(BaseException):
        pass

    visitor.says("hello")
    visitor.writes("English")
    take_in()
    owner: Any = Message if where == "save" else chat
    original, calls = getattr(owner, where), []

    def die(*args: Any, **more: Any) -> Any:
        result = original(*args, **more)
        calls.append(where)
        if len(calls) == 1:
            raise Killed
        return result

    monkeypatch.setattr(owner, where, die)
    turn = {"conversation": str(visitor.talk.pk)}
    with pytest.raises(Killed):
        chat.take_turns(turn)
    assert len(visitor.read()) == 1
    for _ in range(2):
        chat.take_turns(turn)
    assert visitor.read()[1:] == [QUESTION]


def test_whoever_read_the_run_before_it_moved_on_keeps_nothing(visitor: Visitor) -> None:
    visitor.says("hello")
    visitor.writes("English")
    take_in()
    stale = Run.objects.get()
    chat.take_turns({"conversation": str(visitor.talk.pk)})
    message = Message.objects.filter(direction="i").order_by("-seq")[0]
    with pytest.raises(chat.Overtaken):
        chat._move_on(stale, message, dict(stale.state))


# --- people come first -----------------------------------------------------------------------------------


def test_an_agent_who_takes_it_ends_the_run(visitor: Visitor) -> None:
    staff, member = make_staff(visitor.channel.centre)
    visitor.says("hello")
    assert take(by=staff, membership=member, conversation=visitor.talk)
    assert (visitor.run.ending, visitor.talk.in_flow) == ("taken", False)
    assert visitor.says("English") == []
    assert visitor.talk.waiting_since


def test_an_agent_who_writes_ends_the_run(visitor: Visitor) -> None:
    staff, _ = make_staff(visitor.channel.centre)
    visitor.says("hello")
    send_reply(by=staff, conversation=visitor.talk, text="Hello, I am Mira.")
    assert (visitor.run.ending, visitor.talk.in_flow) == ("taken", False)
    assert visitor.says("English") == []


def test_a_job_that_finds_an_agent_says_nothing(visitor: Visitor) -> None:
    staff, member = make_staff(visitor.channel.centre)
    visitor.says("hello")
    visitor.writes("English")
    take_in()
    take(by=staff, membership=member, conversation=visitor.talk)
    work()
    assert len(visitor.read()) == 1


def test_a_conversation_that_people_have_is_not_begun(visitor: Visitor) -> None:
    """Open and in nobody's flow: a channel that has just got an entrance does not break into talks."""
    Entrance.objects.update(messages=None)
    visitor.says("hello")
    Entrance.objects.update(messages=Flow.objects.get())
    assert visitor.says("are you there?") == []
    assert visitor.talk.waiting_since


def test_stop_is_answered_by_no_flow_and_people_see_it() -> None:
    door = make_door(provider="simulator")
    visitor = Visitor(door, "+447700900150")
    visitor.says("hello")
    said = visitor.says("STOP")
    assert OptOut.objects.exists()
    assert not any("Choose" in words for words in said)
    assert (visitor.talk.in_flow, visitor.run.ending) == (False, "stopped")
    assert visitor.says("are you there?") == []


def test_a_first_word_that_is_stop_begins_no_flow() -> None:
    visitor = Visitor(make_door(provider="simulator"), "+447700900151")
    visitor.says("STOP")
    assert not visitor.talk.in_flow
    assert not Run.objects.exists()


def test_the_blocked_get_no_flow(visitor: Visitor) -> None:
    staff, _ = make_staff(visitor.channel.centre)
    visitor.says("hello")
    block_person(by=staff, person=visitor.talk.person, until=now() + timedelta(days=1), reason="threats")
    assert visitor.says("English") == []
    assert (visitor.talk.hidden, visitor.talk.in_flow, visitor.run.ending) == (True, False, "taken")


def test_where_a_flow_answers_nobody_else_asks_for_the_language() -> None:
    visitor = Visitor(make_door(asks_language=True))
    visitor.says("123456")
    assert len(visitor.read()) == 1
    assert not Job.objects.filter(kind="language.ask").exists()


# --- nobody is lost --------------------------------------------------------------------------------------


def test_a_flow_that_cannot_be_read_gives_the_conversation_to_people(visitor: Visitor) -> None:
    Version.objects.update(source="no: flow")
    assert visitor.says("hello") == []
    _is_with_people(visitor)


def test_a_flow_that_breaks_gives_the_conversation_to_people(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: Any, **_more: Any) -> None:
        raise ZeroDivisionError

    visitor.says("hello")
    monkeypatch.setattr("aidline.flows.engine.hear", broken)
    assert visitor.says("English") == []
    _is_with_people(visitor)


def test_a_channel_that_cannot_answer_gives_the_conversation_to_people(visitor: Visitor) -> None:
    visitor.writes("hello")
    take_in()
    Conversation.objects.update(window_until=now())
    work()
    _is_with_people(visitor)


def test_a_job_that_died_gives_the_conversation_to_people(visitor: Visitor) -> None:
    visitor.writes("hello")
    take_in()
    chat.give_up({"conversation": str(visitor.talk.pk)})
    _is_with_people(visitor)
    work()
    assert visitor.read() == []


def _is_with_people(visitor: Visitor) -> None:
    talk = visitor.talk
    assert (talk.in_flow, talk.waiting_since is None, talk.state) == (False, False, "o")
    assert Message.objects.filter(conversation=talk, kind="menu_lost").count() == 1
    assert not Run.objects.filter(ended_at=None).exists()


def test_work_that_got_lost_is_given_out_again_and_then_to_people(visitor: Visitor) -> None:
    visitor.writes("hello")
    take_in()
    Job.objects.all().delete()
    with time_machine.travel(now() + timedelta(minutes=2), tick=False):
        tending.find_lost()
        assert Job.objects.filter(kind="flows.turn").count() == 1
    Job.objects.all().delete()
    with time_machine.travel(now() + timedelta(minutes=11), tick=False):
        assert tending.find_lost() == 1
    _is_with_people(visitor)


def test_after_a_day_of_silence_the_run_ends_and_the_next_word_begins_anew(visitor: Visitor) -> None:
    visitor.says("hello")
    visitor.picks(1)
    with time_machine.travel(now() + timedelta(hours=25), tick=False):
        assert tending.end_silent() == 1
        assert (visitor.talk.state, visitor.talk.outcome, visitor.run.ending) == ("c", "no_reply", "silence")
        (asked,) = visitor.says("hello again")
        assert "Choose a language." in asked
        assert Run.objects.count() == 2


def test_a_word_after_a_day_begins_anew_also_before_anybody_has_tidied_up(visitor: Visitor) -> None:
    visitor.says("hello")
    visitor.picks(1)
    with time_machine.travel(now() + timedelta(hours=25), tick=False):
        (asked,) = visitor.says("hello again")
        assert "Choose a language." in asked
        assert tending.end_silent() == 0


def test_a_word_after_the_goodbye_begins_anew(visitor: Visitor) -> None:
    visitor.says("hello")
    visitor.picks(1)
    visitor.picks(1)
    (asked,) = visitor.says("one more thing")
    assert "Choose a language." in asked
    assert len(visitor.talks()) == 1


def test_what_was_said_beside_the_goodbye_is_read_by_people(visitor: Visitor) -> None:
    visitor.says("hello")
    visitor.picks(1)
    visitor.writes("The clinic")
    visitor.writes("and my child is ill")
    work()
    talk = visitor.talk
    assert (talk.state, talk.in_flow, talk.waiting_since is None) == ("o", False, False)


def test_outside_the_hours_the_closed_words_are_told_and_the_conversation_waits() -> None:
    hours = {"mon": [["03:00", "03:01"]]}
    texts = {"offline": {"en": "We are here on Monday.", "ar": "نحن هنا يوم الاثنين."}}
    visitor = Visitor(make_door(hours=hours, texts=texts))
    visitor.says("hello")
    visitor.picks(2)
    assert visitor.says("0") == ["نحن هنا يوم الاثنين."]
    assert visitor.talk.waiting_since


def test_a_person_who_waits_goes_on_waiting_since_they_asked(visitor: Visitor) -> None:
    visitor.says("hello")
    at = now()
    visitor.says("human")
    assert visitor.talk.waiting_since >= at


# --- what a channel is -----------------------------------------------------------------------------------


def test_by_sms_the_same_flow_is_numbered_words_with_the_short_texts() -> None:
    source = FLOW.replace("{en: What is it about?,", "{en: {text: What is it about?, short: About?},")
    visitor = Visitor(make_door(source, provider="africastalking"), "+254711000150")
    door = visitor.channel
    _sms(door, "hello")
    (question,) = Message.objects.filter(direction="o")
    assert question.kind == "choice"
    _sms(door, "1")
    assert Message.objects.filter(direction="o").order_by("-seq")[0].text == "About?"


def _sms(channel: Any, text: str) -> None:
    from urllib.parse import urlencode
    from uuid import uuid4

    from aidline.gateway.deliveries import Raw, seal, store

    fields = {
        "from": "+254711000150",
        "to": "40404",
        "text": text,
        "id": uuid4().hex,
        "date": now().isoformat(),
    }
    raw = Raw(urlencode(fields).encode(), {"content-type": "application/x-www-form-urlencoded"})
    store([seal(channel_id=channel.pk, centre_id=channel.centre_id, raw=raw, at=now())])
    work()


def test_a_channel_without_a_flow_asks_one_small_question_more_for_a_whole_batch(
    django_assert_max_num_queries: Any,
) -> None:
    channel = make_channel(make_centre(), "webchat", "Web chat")
    for _ in range(10):
        Visitor(channel).writes("hello")
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(
        connection,
    ) as seen:
        take_in()
    about = [query["sql"] for query in seen if "flows_" in query["sql"]]
    assert len(about) == 1


def test_presence_is_not_needed(visitor: Visitor) -> None:
    assert not Presence.objects.exists()
    assert visitor.says("hello")


def test_a_retired_flow_begins_nowhere_and_who_is_in_it_goes_on(visitor: Visitor) -> None:
    visitor.says("hello")
    Flow.objects.update(published=None)
    assert visitor.picks(1) == [QUESTION]
    assert Visitor(visitor.channel).says("hello") == []


def test_a_run_stays_in_the_version_it_began_in(visitor: Visitor) -> None:
    visitor.says("hello")
    flow = Flow.objects.get()
    newer = Version.objects.create(flow=flow, number=2, source=FLOW.replace(QUESTION, "What do you need?"))
    Flow.objects.update(published=newer)
    assert visitor.picks(1) == [QUESTION]
    other = Visitor(visitor.channel)
    other.says("hello")
    assert other.picks(1) == ["What do you need?"]


def test_flows_of_another_centre_are_none_of_ours(visitor: Visitor) -> None:
    other = make_channel(make_centre("Velden", asks_language=False), "webchat", "Chat")
    assert Visitor(other).says("hello") == []
    make_flow(other.centre)
    assert Visitor(other).says("hello") == []


ARTICLES = """
flow: welcome
languages: [en, ar]
media: [chat]
start: read
nodes:
  read:
    kind: information
    category: health
    text: {en: What would you like to know?, ar: ماذا تريد أن تعرف؟}
    to: bye
    none: person
  bye:
    kind: end
    text: {en: Goodbye., ar: مع السلامة.}
  person:
    kind: hand_over
    text: {en: Somebody will answer you here., ar: سيجيبك شخص هنا.}
"""


def test_articles_are_chosen_and_read_as_the_centre_wrote_them() -> None:
    visitor = Visitor(make_door(ARTICLES))
    centre = visitor.channel.centre
    category = save_category(by=None, centre=centre, code="health", titles={"en": "Health"})
    for slug, title in (("clinic", "The clinic"), ("pharmacy", "The pharmacy")):
        words = {"en": ArticleWords(title, f"{title} is at the harbour.")}
        save_article(by=None, centre=centre, category=category, slug=slug, texts=words, is_published=True)
    visitor.says("hello")
    assert visitor.picks(2)[0] == "The pharmacy\n\nThe pharmacy is at the harbour."


def test_where_there_is_nothing_to_read_a_person_comes() -> None:
    visitor = Visitor(make_door(ARTICLES))
    assert visitor.says("hello") == ["Somebody will answer you here."]
    assert not visitor.talk.in_flow
