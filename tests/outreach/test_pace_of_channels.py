"""A broadcast on a channel that wants to be called slowly: it waits without work, and a reply goes before it."""

from time import monotonic, sleep
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection

from aidline.channels.contract import Pace, Sent
from aidline.channels.models import Channel
from aidline.conversations.models import Message
from aidline.conversations.sending import send_reply
from aidline.conversations.states import MessageState
from aidline.gateway import outbound, pacing
from aidline.kernel import clock
from aidline.kernel.clock import now
from aidline.outreach.release import tend
from factories import make_conversation
from outreach.stage import Stage, build

pytestmark = pytest.mark.django_db(transaction=True)

SECONDS = 2.5


SLOW = SimpleNamespace(capabilities=SimpleNamespace(pace=Pace(per_second=2.0)))


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Stage:
    def taken(message: Message, _provider: Any) -> outbound.Answer:
        return outbound.Answer(MessageState.SENT, sent=Sent(str(message.pk)))

    stage = build()
    stage.people(100)
    stage.started(pace=0)
    tend()
    monkeypatch.setattr(outbound, "_call", taken)
    monkeypatch.setattr(outbound, "_provider", lambda _message: SLOW)
    return stage


def work() -> dict[str, int]:
    """What the broadcasting loop does in this time."""
    done = {"sent": 0, "tries": 0, "writes": 0}

    def count(execute: Any, sql: str, *rest: Any) -> Any:
        done["writes"] += sql.startswith("UPDATE")
        return execute(sql, *rest)

    until = monotonic() + SECONDS
    with connection.execute_wrapper(count):
        while monotonic() < until:
            for message in outbound.due_broadcasts(32):
                done["tries"] += 1
                done["sent"] += outbound.send(message)
            sleep(0.05)
    return done


def test_what_waits_for_its_turn_is_left_alone(stage: Stage) -> None:
    done = work()
    assert 4 <= done["sent"] <= 8
    assert done["tries"] <= 32 * done["sent"]
    assert done["writes"] <= 8 * done["sent"]  # its place in line, claim, answer, the channel's health


def test_a_refused_turn_changes_nothing(stage: Stage) -> None:
    pacing.pause(stage.channel.pk, pacing.BURST)
    before = list(Message.objects.values())
    waiting = Message.objects.filter(state=MessageState.QUEUED).values_list("pk", flat=True)
    assert not any(outbound.send(message) for message in waiting[:20])
    assert list(Message.objects.values()) == before


def test_a_reply_sees_the_line_open_before_any_broadcast(stage: Stage) -> None:
    pacing.pause(stage.channel.pk, pacing.BURST)
    talk = make_conversation(stage.channel)
    (reply,) = send_reply(by=stage.author, conversation=talk, text="Come now.")
    full = Channel.objects.get().next_out_at
    assert full
    assert (outbound.due(), outbound.due_broadcasts()) == ([], [])
    with clock.starting_at(full - pacing.BURST):
        assert (outbound.due(), outbound.due_broadcasts()) == ([reply.pk], [])
        assert outbound.send(reply.pk)
        assert outbound.due_broadcasts() == []
    with clock.starting_at(now() + pacing.BURST * 2):
        assert len(outbound.due_broadcasts()) == 50
