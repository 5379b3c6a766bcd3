"""Four eyes, held by the database too; and what was approved is what is sent, or nothing is."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from aidline.channels.models import Channel, Template
from aidline.channels.registry import load
from aidline.conversations.models import Conversation, Message
from aidline.gateway import outbound
from aidline.kernel.clock import now, starting_at
from aidline.outreach.audience import choose
from aidline.outreach.composing import Composer, Line
from aidline.outreach.models import Broadcast, Recipient
from aidline.outreach.plan import Words, read
from aidline.outreach.release import tend
from aidline.outreach.services import (
    CannotSend,
    approve_broadcast,
    discard_broadcast,
    start_due,
    submit_broadcast,
    write_broadcast,
)
from aidline.outreach.states import BroadcastState
from factories import CONFIGS
from outreach.stage import Stage, build

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def stage() -> Stage:
    return build()


@pytest.fixture
def whatsapp() -> Stage:
    made = build("whatsapp_cloud")
    Template.objects.create(
        channel=made.channel,
        name="news",
        language="en",
        state=Template.State.APPROVED,
        body="News for {{1}}: write to us to read it.",
        parameters=["1"],
    )
    return made


def test_the_database_knows_no_approver_who_wrote_it(stage: Stage) -> None:
    broadcast = stage.approved()
    rows = Broadcast.objects.filter(pk=broadcast.pk)
    for who in ("created_by", "changed_by"):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(approved_by=getattr(broadcast, who))
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(approved_by=None)  # approved by nobody
    with pytest.raises(IntegrityError), transaction.atomic():
        Broadcast.objects.filter(pk=stage.write().pk).update(state=BroadcastState.RUNNING)


def test_only_one_step_after_the_other(stage: Stage) -> None:
    broadcast = stage.write()
    with pytest.raises(CannotSend):
        approve_broadcast(by=stage.approver, broadcast=broadcast)  # never handed in
    submit_broadcast(by=stage.author, broadcast=broadcast)
    with pytest.raises(CannotSend):
        submit_broadcast(by=stage.author, broadcast=broadcast)
    approve_broadcast(by=stage.approver, broadcast=broadcast)
    stage.people(1)
    started = stage.started()
    with pytest.raises(CannotSend):
        discard_broadcast(by=stage.author, broadcast=started)
    with pytest.raises(CannotSend):
        write_broadcast(by=stage.author, centre=stage.centre, plan=stage.plan(), broadcast=started)


def test_it_starts_by_itself_at_its_hour_and_not_before(stage: Stage) -> None:
    stage.people(2)
    broadcast = write_broadcast(
        by=stage.author, centre=stage.centre, plan=stage.plan(), start_at=now() + timedelta(hours=1)
    )
    submit_broadcast(by=stage.author, broadcast=broadcast)
    approve_broadcast(by=stage.approver, broadcast=broadcast)
    assert start_due() == 0
    with starting_at(now() + timedelta(hours=2)):
        assert start_due() == 1
        assert start_due() == 0
    broadcast.refresh_from_db()
    assert (broadcast.state, broadcast.started_by, Recipient.objects.count()) == ("ru", None, 2)


def test_a_template_that_says_something_else_by_then_sends_it_back(whatsapp: Stage) -> None:
    words = (Words("en", str(whatsapp.channel.pk), "", "news", "en", ("you",)),)
    broadcast = write_broadcast(
        by=whatsapp.author,
        centre=whatsapp.centre,
        plan=whatsapp.plan(words=words),
        start_at=now() + timedelta(hours=1),
    )
    submit_broadcast(by=whatsapp.author, broadcast=broadcast)
    approve_broadcast(by=whatsapp.approver, broadcast=broadcast)
    Template.objects.update(body="Buy now, {{1}}!")
    with starting_at(now() + timedelta(hours=2)):
        start_due()
    broadcast.refresh_from_db()
    assert (broadcast.state, broadcast.approved_by) == (BroadcastState.DRAFT, None)
    assert "not what was approved" in broadcast.refusal
    assert not Recipient.objects.exists()


def test_an_open_window_gets_the_text_a_shut_one_the_template_and_without_one_nothing(
    whatsapp: Stage,
) -> None:
    shut, opened = whatsapp.people(2)
    Conversation.objects.create(
        centre=whatsapp.centre,
        channel=whatsapp.channel,
        person_id=opened.person_id,
        address=opened,
        window_until=now() + timedelta(hours=5),
    )
    free = Words("en", text="Water on Friday.")
    approved = Words("en", str(whatsapp.channel.pk), "", "news", "en", ("you",))
    assert made(whatsapp, free, approved) == {
        shut.pk: "News for you: write to us to read it.",
        opened.pk: "Water on Friday.",
    }
    assert made(whatsapp, free) == {shut.pk: "window", opened.pk: "Water on Friday."}
    Template.objects.update(state=Template.State.PAUSED)
    assert made(whatsapp, free, approved)[shut.pk] == "window"


@pytest.mark.parametrize("provider", ["messenger", "instagram"])
def test_a_week_for_people_who_answer_is_still_a_day_for_a_broadcast(provider: str) -> None:
    able = load(provider, {**CONFIGS[provider], "human_agent": "yes"}).capabilities
    line, wrote, week = Line(Channel(), able, {}), now(), timedelta(days=7)
    assert line.window_open(wrote + week, wrote + timedelta(hours=23))
    assert not line.window_open(wrote + week, wrote + timedelta(hours=24))
    without = Line(Channel(), load(provider, CONFIGS[provider]).capabilities, {})
    assert without.window_open(wrote + timedelta(days=1), wrote + timedelta(hours=23))


def test_a_provider_is_told_that_no_person_answers_with_a_broadcast(stage: Stage) -> None:
    stage.people(1)
    stage.started()
    tend()
    message = Message.objects.get()
    assert outbound._outgoing(message).automatic
    Message.objects.update(author=stage.author, purpose="service")
    assert outbound._outgoing(Message.objects.get()).automatic
    Message.objects.update(purpose="")
    assert not outbound._outgoing(Message.objects.get()).automatic


def made(stage: Stage, *words: Words) -> dict[object, str]:
    plan = stage.plan(words=words)
    audience = choose(Composer(stage.centre, plan), "outreach")
    return {one.address_id: one.why or one.made.text for one in audience.chosen}  # type: ignore[union-attr]


def test_the_plan_is_read_as_it_was_written(stage: Stage) -> None:
    plan = stage.plan(filters={"language": ("ar", "fr")}, pace=7)
    broadcast = write_broadcast(by=stage.author, centre=stage.centre, plan=plan)
    found = Broadcast.objects.get(pk=broadcast.pk)
    assert read(found.title, found.plan_json) == plan
    assert b"Water" not in bytes(found.plan_sealed) + bytes(found.title_sealed)
