"""A message that is refused, lost or never answered strands no voucher: reminders, the next way, then a person."""

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from aidline.channels.models import Template
from aidline.conversations.models import Conversation, Message
from aidline.conversations.states import ConversationState, Direction, MessageState
from aidline.kernel.clock import now
from aidline.people.services import opt_out
from aidline.simulator import saying
from aidline.vouchers.delivery import delivering, following, helpdesk
from aidline.vouchers.delivery.links import link
from aidline.vouchers.models import Programme, Voucher
from aidline.vouchers.states import DeliveryState, Status
from aidline.vouchers.verification.numbers import change_number
from vouchers.delivery.stage import codes_on, delivery, on_phone

if TYPE_CHECKING:
    from vouchers.delivery.stage import Stage

NUMBER = "+447700900123"
OTHER = "+447700900124"
HOURS = 48


def later(hours: int) -> None:
    """As if so much time had gone since."""
    Voucher.objects.update(delivery_at=now() - timedelta(hours=hours, minutes=1))


def refused(code: str = "131026") -> None:
    Message.objects.filter(direction=Direction.OUT).update(state=MessageState.FAILED, error_code=code)


def tasks() -> int:
    return Message.objects.filter(direction=Direction.EVENT, kind=helpdesk.UNDELIVERED).count()


@pytest.mark.parametrize("fate", [MessageState.FAILED, MessageState.CANCELLED])
def test_a_refused_question_takes_the_next_way(stage: "Stage", fate: MessageState) -> None:
    chat, sms = stage.practice.channel(), stage.practice.channel("twilio", "sms")
    phone = stage.practice.phone(sms, NUMBER)
    stage.approve(chat)
    voucher = stage.voucher(stage.holder(chat, NUMBER))
    delivering.tend()
    Message.objects.update(state=fate)
    following.follow()
    stage.work()
    (shown,) = on_phone(phone)
    assert link(voucher) in shown.text
    assert (delivery(voucher), voucher.failures) == (DeliveryState.DELIVERED, 1)
    assert not tasks()


def test_where_no_way_is_left_an_agent_is_asked_and_the_next_word_still_releases(stage: "Stage") -> None:
    chat = stage.practice.channel()
    phone = stage.practice.phone(chat, NUMBER)
    stage.approve(chat)
    voucher = stage.voucher(stage.holder(chat, NUMBER))
    delivering.tend()
    refused()
    stage.work()
    delivering.tend()
    assert delivery(voucher) == DeliveryState.FAILED
    talk = Conversation.objects.get()
    assert talk.state == ConversationState.OPEN
    assert talk.queued_since
    assert tasks() == 1
    stage.work()
    assert tasks() == 1

    saying.say(phone, "text", text="hello?")
    stage.practice.settle()
    stage.work()
    assert codes_on(phone) == {voucher.code}
    assert delivery(voucher) == DeliveryState.DELIVERED


def test_a_picture_that_is_refused_comes_as_a_link(stage: "Stage") -> None:
    chat, sms = stage.practice.channel(), stage.practice.channel("twilio", "sms")
    phone, other = stage.practice.phone(chat, NUMBER), stage.practice.phone(sms, NUMBER)
    stage.approve(chat)
    voucher = stage.voucher(stage.holder(chat, NUMBER))
    stage.work()
    saying.say(phone, "text", text="yes")
    stage.practice.settle()
    stage.jobs()
    from aidline.gateway.vouchers import claiming

    claiming.release()
    Message.objects.filter(kind="image").update(state=MessageState.FAILED)
    following.follow()
    stage.work()
    assert link(voucher) in on_phone(other)[-1].text
    assert delivery(voucher) == DeliveryState.DELIVERED


def test_one_of_which_nothing_is_known_is_sent_again_after_a_while(stage: "Stage") -> None:
    sms, second = stage.practice.channel("twilio", "sms"), stage.practice.channel("vonage", "sms")
    del second
    voucher = stage.voucher(stage.holder(sms, NUMBER))
    delivering.tend()
    Message.objects.update(state=MessageState.UNKNOWN)
    following.follow()
    assert delivery(voucher) == DeliveryState.SENT
    later(1)
    following.follow()
    assert (delivery(voucher), voucher.failures) == (DeliveryState.WAITING, 1)


def test_silence_is_answered_by_reminders_then_by_the_next_way(stage: "Stage") -> None:
    chat, sms = stage.practice.channel(), stage.practice.channel("twilio", "sms")
    phone, other = stage.practice.phone(chat, NUMBER), stage.practice.phone(sms, NUMBER)
    stage.approve(chat)
    voucher = stage.voucher(stage.holder(chat, NUMBER))
    stage.work()
    for count in (1, 2):
        following.remind()
        assert delivery(voucher) == DeliveryState.ASKED
        assert voucher.reminders == count - 1  # not before it is time
        later(HOURS)
        following.remind()
        stage.work()
        voucher.refresh_from_db()
        assert voucher.reminders == count
        assert len(on_phone(phone)) == 1 + count
    later(HOURS)
    following.remind()
    stage.work()
    assert link(voucher) in on_phone(other)[-1].text
    assert len(on_phone(phone)) == 3


@pytest.mark.parametrize("hindrance", ["number", "paused", "over"])
def test_who_is_not_to_get_it_now_is_not_reminded(stage: "Stage", hindrance: str) -> None:
    chat = stage.practice.channel()
    phone, new = stage.practice.phone(chat, NUMBER), stage.practice.phone(chat, OTHER)
    stage.approve(chat)
    voucher = stage.voucher(holder := stage.holder(chat, NUMBER))
    stage.work()
    holder.refresh_from_db()
    if hindrance == "number":
        change_number(by=None, registration=holder, phone=OTHER)
    elif hindrance == "paused":
        type(holder).objects.update(status=Status.PAUSED)
    else:
        Voucher.objects.update(valid_until=now())
    later(HOURS)
    following.remind()
    stage.work()
    assert delivery(voucher) == DeliveryState.ASKED
    assert len(on_phone(phone)) == 1
    assert not on_phone(new)
    holder.refresh_from_db()
    assert hindrance != "number" or holder.address_id is None  # so "balance" tells the new number nothing yet


def test_a_programme_says_how_often(stage: "Stage") -> None:
    Programme.objects.update(reminders=0, reminder_hours=1)
    chat = stage.practice.channel()
    stage.approve(chat)
    voucher = stage.voucher(stage.holder(chat, NUMBER))
    stage.work()
    later(2)
    following.remind()
    stage.work()
    assert delivery(voucher) == DeliveryState.FAILED
    assert tasks() == 1


def test_without_an_approved_question_the_next_way_is_taken_at_once(stage: "Stage") -> None:
    chat, sms = stage.practice.channel(), stage.practice.channel("twilio", "sms")
    phone = stage.practice.phone(sms, NUMBER)
    assert not Template.objects.exists()
    voucher = stage.voucher(stage.holder(chat, NUMBER))
    stage.work()
    assert link(voucher) in on_phone(phone)[0].text


def test_who_said_stop_is_not_asked_and_a_person_is_told(stage: "Stage") -> None:
    sms = stage.practice.channel("twilio", "sms")
    phone = stage.practice.phone(sms, NUMBER)
    holder = stage.holder(sms, NUMBER)
    saying.say(phone, "text", text="hello")
    stage.practice.settle()
    address = Conversation.objects.get().address_id
    assert address
    opt_out(address_id=address, channel_id=sms.pk, source="word")
    voucher = stage.voucher(holder)
    stage.work()
    stage.work()
    assert delivery(voucher) == DeliveryState.FAILED
    assert not on_phone(phone)
    assert tasks() == 1


def test_a_channel_that_was_closed_is_no_way(stage: "Stage") -> None:
    sms = stage.practice.channel("twilio", "sms")
    voucher = stage.voucher(stage.holder(sms, NUMBER))
    type(sms).objects.update(is_open=False)
    stage.work()
    assert delivery(voucher) == DeliveryState.FAILED
    assert tasks() == 1
    assert Conversation.objects.get().state == ConversationState.OPEN
