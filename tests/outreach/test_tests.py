"""A test goes to oneself. It is no way to write to people without their yes or without a second pair of eyes."""

from datetime import timedelta

import pytest

from aidline.audit.models import Entry
from aidline.centres.models import Staff
from aidline.conversations.models import Message
from aidline.kernel.clock import now, starting_at
from aidline.outreach.composing import lines_for
from aidline.outreach.services import CannotSend
from aidline.outreach.testing import MOST_A_DAY, send_test
from aidline.people.models import Address, Person
from aidline.people.services import opt_out
from outreach.stage import Stage, build

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def stage() -> Stage:
    return build()


def send(stage: Stage, number: int, by: Staff | None = None) -> None:
    send_test(
        by=by or stage.author,
        broadcast=stage.write(),
        line=lines_for(stage.centre)[stage.channel.pk],
        value=f"+44770090{number:04d}",
        language="en",
    )


def sent() -> int:
    return Message.objects.filter(purpose="test").count()


def test_a_member_sends_a_few_tests_a_day_whatever_they_are_tests_of(stage: Stage) -> None:
    for number in range(MOST_A_DAY):
        send(stage, number)
    for number in range(MOST_A_DAY, MOST_A_DAY + 3):
        with pytest.raises(CannotSend):
            send(stage, number)
    assert sent() == Entry.objects.filter(action="broadcast.test").count() == MOST_A_DAY
    assert Person.objects.count() == MOST_A_DAY  # of whom nothing was sent there is no file either
    send(stage, 90, by=stage.approver)
    with starting_at(now() + timedelta(days=1, minutes=1)):
        send(stage, 91)
    assert sent() == MOST_A_DAY + 2


def test_who_said_stop_gets_no_test_and_it_is_not_counted(stage: Stage) -> None:
    send(stage, 1)
    opt_out(address_id=Address.objects.get().pk, channel_id=stage.channel.pk, source="word")
    for _ in range(MOST_A_DAY):
        with pytest.raises(CannotSend):
            send(stage, 1)
    assert sent() == 1
    for number in range(2, MOST_A_DAY + 1):
        send(stage, number)
    assert sent() == MOST_A_DAY
