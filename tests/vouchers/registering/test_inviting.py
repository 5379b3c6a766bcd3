"""Invitations leave in bulk, once, at the pace of their channel; reminders have a limit, links an end."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aidline.channels.models import Channel, Template
from aidline.conversations.models import Message
from aidline.conversations.states import MessageState
from aidline.gateway.vouchers import inviting
from aidline.kernel.clock import now
from aidline.people import services as people
from aidline.people.models import Address
from aidline.vouchers.models import Invite, Registration, StatusChange
from aidline.vouchers.registering.invitations import NotOpen, counts, expire, invite, revoke
from aidline.vouchers.states import ProgrammeState, Status
from factories import make_channel
from vouchers.registering.stage import PHONE, Stage, listed, sms


@pytest.fixture
def channel(stage: Stage) -> Channel:
    return sms(stage.centre)


def invited(stage: Stage, channel: Channel, **more: Any) -> int:
    return invite(by=None, programme=stage.programme, channel_id=channel.pk, **more)


def texts() -> list[str]:
    return [message.text for message in Message.objects.order_by("created_at", "pk")]


def link_in(text: str) -> str:
    found = re.search(r"/r/[^/]+/", text)
    assert found
    return found.group()


def test_an_invitation_reaches_the_number_and_opens_the_form(stage: Stage, channel: Channel) -> None:
    assert invited(stage, channel) == 1
    assert inviting.tend() == 1
    message = Message.objects.get()
    assert (message.state, message.purpose) == (MessageState.QUEUED, "service")
    assert message.conversation.address is not None
    assert message.conversation.address.value == PHONE
    assert "Food for families" in message.text
    row = stage.again()
    assert (row.status, row.channel_id) == (Status.INVITED, channel.pk)
    assert row.address_id == message.conversation.address_id
    assert stage.client.get(link_in(message.text)).status_code == 200
    assert Invite.objects.get().opened_at is not None
    assert StatusChange.objects.filter(registration=row, after=Status.INVITED).exists()


def test_nobody_is_invited_twice(stage: Stage, channel: Channel) -> None:
    assert invited(stage, channel) == 1
    assert invited(stage, channel) == 0
    assert (inviting.tend(), inviting.tend()) == (1, 0)
    assert Message.objects.count() == 1


def test_people_who_share_a_number_each_get_their_own_link(stage: Stage, channel: Channel) -> None:
    listed(stage.programme, "Somebody Else")
    assert invited(stage, channel) == 2
    assert inviting.tend() == 2
    assert len({link_in(text) for text in texts()}) == 2


def test_few_wait_at_a_time_and_the_rest_follows(
    stage: Stage, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(12):
        listed(stage.programme, f"Person {number}", f"+4477009002{number:02}")
    monkeypatch.setattr(inviting, "WAITING", 5)
    monkeypatch.setattr(inviting, "AT_ONCE", 3)
    assert invited(stage, channel) == 13
    assert inviting.tend() == 5
    assert inviting.tend() == 0
    Message.objects.update(state=MessageState.SENT)
    assert inviting.tend() == 5


def test_a_batch_takes_few_looks_whatever_its_size(stage: Stage, channel: Channel) -> None:
    """Per person: the invitation, their channel and address; nothing is read for each."""
    invited(stage, channel)
    with CaptureQueriesContext(connection) as one:
        inviting.tend()
    for number in range(5):
        listed(stage.programme, f"Person {number}", f"+4477009002{number:02}")
    invited(stage, channel)
    with CaptureQueriesContext(connection) as five:
        inviting.tend()
    assert len(five) - len(one) <= 4 * 4


def test_reminders_come_after_their_time_and_end(stage: Stage, channel: Channel) -> None:
    invited(stage, channel)
    inviting.tend()
    for hours, expected in ((47, 1), (49, 2), (98, 3), (200, 3)):
        with time_machine.travel(now() + timedelta(hours=hours), tick=False):
            inviting.tend()
        assert Message.objects.count() == expected, hours
    assert len({link_in(text) for text in texts()}) == 1
    assert "still register" in texts()[1]
    assert Invite.objects.get().reminders == 2


def test_whoever_registers_or_says_no_is_not_reminded(stage: Stage, channel: Channel) -> None:
    invited(stage, channel)
    inviting.tend()
    path = link_in(texts()[0])
    stage.fill(path)
    stage.hand_in(path)
    with time_machine.travel(now() + timedelta(hours=49), tick=False):
        assert inviting.tend() == 0


def test_who_wrote_stop_gets_nothing_and_it_is_told_why(stage: Stage, channel: Channel) -> None:
    invited(stage, channel)
    inviting.tend()
    people.opt_out(address_id=Address.objects.get().pk, channel_id=channel.pk, source="word")
    with time_machine.travel(now() + timedelta(hours=49), tick=False):
        assert inviting.tend() == 0
    assert Invite.objects.get().fault == "opted-out"
    assert counts(stage.programme).faulty == 1


def test_an_old_link_holds_no_secret_and_a_new_one_may_be_sent(stage: Stage, channel: Channel) -> None:
    invited(stage, channel)
    inviting.tend()
    with time_machine.travel(now() + timedelta(days=15), tick=False):
        assert expire() == 1
        assert Invite.objects.get().token_sealed is None
        assert counts(stage.programme).expired == 1
        assert invited(stage, channel) == 1
        assert inviting.tend() == 1


def test_a_revoked_link_is_dead(stage: Stage, channel: Channel) -> None:
    invited(stage, channel)
    inviting.tend()
    assert revoke(by=None, registration=stage.registration)
    assert stage.client.get(link_in(texts()[0])).status_code == 410
    assert not revoke(by=None, registration=stage.registration)


def test_only_an_open_programme_invites(stage: Stage, channel: Channel) -> None:
    invited(stage, channel)
    stage.programme.state = ProgrammeState.PAUSED
    stage.programme.save()
    assert inviting.tend() == 0
    with pytest.raises(NotOpen):
        invited(stage, channel)


def test_a_closed_channel_is_told_and_not_tried_for_ever(stage: Stage, channel: Channel) -> None:
    invited(stage, channel)
    Channel.objects.update(is_open=False)
    assert inviting.tend() == 0
    assert Invite.objects.get().fault == "channel"


def test_whatsapp_needs_an_approved_message(stage: Stage) -> None:
    whatsapp = make_channel(stage.centre)
    invited(stage, whatsapp)
    assert inviting.tend() == 0
    assert Invite.objects.get().fault == "no-template"
    Invite.objects.all().delete()
    Template.objects.create(
        channel=whatsapp,
        family="voucher_invitation",
        name="voucher_invitation",
        language="en",
        state=Template.State.APPROVED,
        body="{{1}} invites you to {{2}}: {{3}}",
        parameters=["1", "2", "3"],
    )
    invited(stage, whatsapp)
    assert inviting.tend() == 1
    message = Message.objects.get()
    assert message.kind == "template"
    assert message.text.startswith("Port Merin invites you to Food for families: http")


def test_the_receipt_is_sent_to_the_number_they_gave(stage: Stage, channel: Channel) -> None:
    invited(stage, channel)
    inviting.tend()
    path = link_in(texts()[0])
    stage.fill(path)
    stage.hand_in(path)
    inviting.tell_receipt({"registration": str(stage.registration.pk)})
    assert stage.again().receipt[:4] in texts()[-1]
    inviting.tell_receipt({"registration": str(stage.registration.pk)})
    assert Message.objects.count() == 2


def test_a_worker_that_comes_second_writes_nothing(
    stage: Stage, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another worker moves the invitation on between the look and the write: the whole batch is taken back."""
    invited(stage, channel)
    write = inviting.write_unasked

    def overtaken(**more: Any) -> None:
        Invite.objects.update(next_at=now() + timedelta(days=1))
        write(**more)

    monkeypatch.setattr(inviting, "write_unasked", overtaken)
    assert inviting.tend() == 0
    assert not Message.objects.exists()
    assert stage.again().status == Status.IMPORTED


def test_every_registration_of_a_list_can_be_chosen(stage: Stage, channel: Channel) -> None:
    other = listed(stage.programme, "Somebody Else", "+447700900456")
    assert invited(stage, channel, registrations=[other.pk]) == 1
    assert Registration.objects.filter(invites__isnull=False).get() == other
