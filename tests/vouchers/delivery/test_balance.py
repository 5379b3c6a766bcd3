"""What is left, on any channel and in any language, to whoever holds the address and to nobody else."""

from typing import TYPE_CHECKING

import pytest

from aidline.conversations.models import Conversation
from aidline.conversations.states import ConversationState
from aidline.kernel.languages import ALL
from aidline.simulator import saying
from aidline.vouchers.delivery.words import BALANCE_WORDS, asks_balance
from aidline.vouchers.models import Voucher
from aidline.vouchers.states import Status
from vouchers.delivery.stage import on_phone

if TYPE_CHECKING:
    from vouchers.delivery.stage import Stage

NUMBER = "+447700900123"


def test_there_is_a_word_in_every_language_and_it_is_understood_everywhere():
    assert BALANCE_WORDS.keys() == ALL.keys()
    for row in BALANCE_WORDS.values():
        for word in row.split("|"):
            assert asks_balance(f" {word}? ")
    assert asks_balance("BALANCE!")


@pytest.mark.parametrize("said", ["the balance is wrong", "saldo bitte nicht", "", "balance " * 30])
def test_a_word_in_a_sentence_is_for_a_person(said: str) -> None:
    assert not asks_balance(said)


@pytest.mark.parametrize(
    ("provider", "account", "word"),
    [
        ("whatsapp_cloud", "whatsapp", "BALANCE"),
        ("twilio", "sms", "الرصيد"),
        ("vonage", "sms", "залишок"),
    ],
)
def test_who_asks_is_told(stage: "Stage", provider: str, account: str, word: str) -> None:
    channel = stage.practice.channel(provider, account)
    phone = stage.practice.phone(channel, NUMBER)
    saying.say(phone, "text", text="hello")
    stage.practice.settle()
    talk = Conversation.objects.get()
    holder = stage.holder(channel, NUMBER, address=talk.address, person=talk.person)
    stage.voucher(holder)
    Voucher.objects.update(balance_cents=1840)
    stage.work()
    saying.say(phone, "text", text=word)
    stage.practice.settle()
    stage.work()
    answer = on_phone(phone)[-1].text
    assert "18.40" in answer
    assert "40.00" in answer


def test_who_has_nothing_is_told_so_and_a_stranger_meets_people(stage: "Stage") -> None:
    channel = stage.practice.channel("twilio", "sms")
    phone = stage.practice.phone(channel, NUMBER)
    saying.say(phone, "text", text="balance")
    stage.practice.settle()
    stage.work()
    assert not [one for one in on_phone(phone) if "voucher" in one.text]
    talk = Conversation.objects.get()
    assert talk.state == ConversationState.OPEN

    holder = stage.holder(channel, NUMBER, address=talk.address)
    saying.say(phone, "text", text="balance")
    stage.practice.settle()
    stage.work()
    assert on_phone(phone)[-1].text == "There is no voucher for you at the moment."

    holder.status = Status.ERASED
    holder.save()
    saying.say(phone, "text", text="balance")
    stage.practice.settle()
    stage.work()
    assert len([one for one in on_phone(phone) if "voucher" in one.text]) == 1
