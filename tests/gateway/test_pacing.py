"""As fast as the provider wants: counted over all workers, fair to the clock, and nothing lost by waiting."""

from datetime import timedelta

import pytest

from aidline.channels.contract import Pace
from aidline.channels.models import Channel
from aidline.conversations.models import Message
from aidline.conversations.sending import send_reply
from aidline.conversations.states import MessageState
from aidline.gateway import pacing
from aidline.kernel import clock
from aidline.kernel.clock import now
from factories import make_centre, make_channel, make_conversation, make_staff

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def messages() -> list[Message]:
    centre = make_centre(undo_seconds=0)
    channel, (staff, _) = make_channel(centre), make_staff(centre)
    talks = [make_conversation(channel) for _ in range(8)]
    return [send_reply(by=staff, conversation=talk, text="Yes.")[0] for talk in talks]


def test_a_second_of_burst_and_then_one_after_the_other(messages: list[Message]) -> None:
    with clock.starting_at(now()):
        turns = [pacing.turn(message, Pace(per_second=4)) for message in messages]
    assert turns == [True] * 5 + [False] * 3


def test_who_waits_takes_nothing_from_the_line(messages: list[Message]) -> None:
    pacing.pause(messages[0].channel_id or Channel().pk, timedelta(seconds=30))
    stood = Channel.objects.get().next_out_at
    assert stood
    assert not pacing.turn(messages[0], Pace(per_second=4))
    assert Channel.objects.get().next_out_at == stood
    with clock.starting_at(stood - pacing.BURST):
        assert pacing.turn(messages[0], Pace(per_second=4))


def test_a_shorter_pause_does_not_end_a_longer_one(messages: list[Message]) -> None:
    channel = Channel.objects.get()
    pacing.pause(channel.pk, timedelta(seconds=30))
    stood = Channel.objects.get().next_out_at
    pacing.pause(channel.pk, timedelta(seconds=1))
    assert Channel.objects.get().next_out_at == stood


def test_one_person_is_not_written_to_faster_than_allowed(messages: list[Message]) -> None:
    first = messages[0]
    (staff,) = {first.author}
    second = send_reply(by=staff, conversation=first.conversation, text="And yes.")[0]
    pace = Pace(per_second=30, each=timedelta(seconds=6))
    assert pacing.own_turn(second, pace) is None
    Message.objects.filter(pk=first.pk).update(state=MessageState.SENT, sent_at=now())
    turn = pacing.own_turn(second, pace)
    assert turn
    assert timedelta(seconds=5) < turn - now() <= timedelta(seconds=6)
    assert pacing.own_turn(messages[1], pace) is None
