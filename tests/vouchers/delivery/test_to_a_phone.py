"""A voucher's whole way to a fictional phone: asked, answered, drawn, seen, and nothing of it kept."""

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from aidline.centres.states import Role
from aidline.conversations.models import Attachment, Conversation, Message
from aidline.conversations.states import ConversationState, Direction
from aidline.gateway.outfiles import sign
from aidline.kernel.clock import now
from aidline.simulator import saying
from aidline.vouchers.codes.token import is_token, read
from aidline.vouchers.delivery import delivering
from aidline.vouchers.delivery.acting import send_again
from aidline.vouchers.delivery.links import link
from aidline.vouchers.models import Voucher
from aidline.vouchers.signing import public_keys
from aidline.vouchers.states import DeliveryState, ProgrammeState, Status, VoucherState
from aidline.vouchers.verification.numbers import change_number
from vouchers import making
from vouchers.delivery.stage import codes_on, delivery, on_phone, scanned

if TYPE_CHECKING:
    from vouchers.delivery.stage import Stage

NUMBER = "+447700900123"


def test_after_yes_the_picture_is_on_the_phone(stage: "Stage") -> None:
    channel = stage.practice.channel()
    phone = stage.practice.phone(channel, NUMBER)
    stage.approve(channel)
    voucher = stage.voucher(stage.holder(channel, NUMBER))

    stage.work()
    assert delivery(voucher) == DeliveryState.ASKED
    (asked,) = on_phone(phone)
    assert "€40.00" in asked.text

    saying.say(phone, "text", text="YES")
    stage.practice.settle()
    assert delivery(voucher) == DeliveryState.RELEASED
    assert voucher.claimed_at
    stage.work()
    assert delivery(voucher) == DeliveryState.DELIVERED

    shown = on_phone(phone)[-1]
    tokens = [text for text in scanned(shown) if is_token(text)]
    token = read(tokens[0], public_keys(stage.practice.centre.pk))
    assert token is not None
    assert (token.serial, token.cents) == (bytes(voucher.serial), 4000)
    assert codes_on(phone) == {voucher.code}
    assert link(voucher) in shown.text
    assert Conversation.objects.get().state == ConversationState.CLOSED  # nobody needs to answer a yes


def test_neither_code_nor_link_nor_picture_is_kept_in_the_conversation(stage: "Stage") -> None:
    channel = stage.practice.channel("telegram", "telegram")
    voucher = stage.voucher(stage.holder(channel, NUMBER))
    stage.work()
    said = " ".join(message.text for message in Message.objects.filter(direction=Direction.OUT))
    assert "•••" in said
    assert "/mine/v/" not in said
    assert voucher.code not in said.replace("-", "")
    assert not Attachment.objects.exists()


def test_an_answer_in_any_words_releases_all_that_wait_and_stays_for_an_agent(stage: "Stage") -> None:
    channel = stage.practice.channel()
    phone = stage.practice.phone(channel, NUMBER)
    stage.approve(channel)
    holder = stage.holder(channel, NUMBER)
    vouchers = [stage.voucher(holder, cents) for cents in (1000, 2000)]
    sister = stage.voucher(stage.holder(channel, NUMBER), 3000)  # they share the phone
    stage.work()
    assert [delivery(one) for one in (*vouchers, sister)] == [DeliveryState.ASKED] * 3
    (asked,) = on_phone(phone)  # once, for all of it
    assert "€60.00" in asked.text

    saying.say(phone, "text", text="Hello, my son is ill, can somebody call me?")
    stage.practice.settle()
    stage.work()
    assert codes_on(phone) == {one.code for one in (*vouchers, sister)}
    talk = Conversation.objects.get()
    assert talk.state == ConversationState.OPEN
    assert talk.waiting_since


@pytest.mark.parametrize("word", ["نعم", "Так", "oui", "SÍ", "ja!", "አዎ", "evet", "👍"])
def test_yes_is_understood_in_every_language(stage: "Stage", word: str) -> None:
    channel = stage.practice.channel()
    phone = stage.practice.phone(channel, NUMBER)
    stage.approve(channel)
    voucher = stage.voucher(stage.holder(channel, NUMBER, language="ar"))
    stage.work()
    saying.say(phone, "text", text=word)
    stage.practice.settle()
    stage.work()
    assert codes_on(phone) == {voucher.code}


def test_stop_releases_nothing(stage: "Stage") -> None:
    channel = stage.practice.channel()
    phone = stage.practice.phone(channel, NUMBER)
    stage.approve(channel)
    voucher = stage.voucher(stage.holder(channel, NUMBER))
    stage.work()
    saying.say(phone, "text", text="STOP")
    stage.practice.settle()
    stage.work()
    assert delivery(voucher) == DeliveryState.ASKED
    assert not codes_on(phone)


def test_by_sms_the_link_comes_at_once(stage: "Stage") -> None:
    channel = stage.practice.channel("twilio", "sms")
    phone = stage.practice.phone(channel, NUMBER)
    voucher = stage.voucher(stage.holder(channel, NUMBER))
    stage.work()
    (shown,) = on_phone(phone)
    assert link(voucher) in shown.text
    assert voucher.code not in shown.text
    assert delivery(voucher) == DeliveryState.DELIVERED


def test_a_voucher_that_was_blocked_meanwhile_does_not_leave(stage: "Stage") -> None:
    channel = stage.practice.channel("twilio", "sms")
    phone = stage.practice.phone(channel, NUMBER)
    voucher = stage.voucher(stage.holder(channel, NUMBER))
    delivering.tend()
    Voucher.objects.filter(pk=voucher.pk).update(state=VoucherState.BLOCKED)
    stage.work()
    assert not on_phone(phone)
    assert Message.objects.get().error_code == "voucher-gone"


def test_a_number_that_changed_meanwhile_gets_nothing(stage: "Stage") -> None:
    channel = stage.practice.channel("twilio", "sms")
    phone = stage.practice.phone(channel, NUMBER)
    holder = stage.holder(channel, NUMBER)
    stage.voucher(holder)
    delivering.tend()
    holder.refresh_from_db()
    holder.address, holder.phone = None, "+447700900199"
    holder.save()
    stage.practice.send_due()
    stage.practice.settle()
    assert not on_phone(phone)


@pytest.mark.parametrize(
    "hindrance", ["paused", "erased", "programme", "later", "over", "paper", "new number"]
)
def test_who_is_not_to_get_it_now_does_not(stage: "Stage", hindrance: str) -> None:
    channel = stage.practice.channel("twilio", "sms")
    voucher = stage.voucher(holder := stage.holder(channel, NUMBER))
    if hindrance in ("paused", "erased"):
        holder.status = Status.PAUSED if hindrance == "paused" else Status.ERASED
    if hindrance == "paper":
        holder.channel_id, holder.phone = None, ""
    if hindrance == "new number":
        holder.number_changed_at = now() - timedelta(hours=23)
    holder.save()
    if hindrance == "programme":
        type(stage.programme).objects.update(state=ProgrammeState.PAUSED)
    if hindrance == "over":
        Voucher.objects.update(valid_until=now())
    if hindrance == "later":
        Voucher.objects.update(valid_from=now() + timedelta(days=1))
    stage.work()
    assert delivery(voucher) == DeliveryState.WAITING
    assert not Message.objects.exists()


def test_a_provider_that_fetches_by_itself_finds_the_picture_while_it_may(stage: "Stage") -> None:
    channel = stage.practice.channel("telegram", "telegram")
    voucher = stage.voucher(stage.holder(channel, NUMBER))
    delivering.tend()
    path = sign(Message.objects.get().pk) + ".png"
    found = Client().get(path)
    assert (found.status_code, found["Content-Type"]) == (200, "image/png")
    assert found["Cache-Control"] == "no-store"
    Voucher.objects.filter(pk=voucher.pk).update(state=VoucherState.CANCELLED)
    assert Client().get(path).status_code == 404


def test_nor_does_it_find_the_picture_once_the_number_is_somebody_elses(stage: "Stage") -> None:
    channel = stage.practice.channel("telegram", "telegram")
    holder = stage.holder(channel, NUMBER)
    stage.voucher(holder)
    delivering.tend()
    holder.refresh_from_db()
    change_number(by=None, registration=holder, phone="+447700900124")
    assert Client().get(sign(Message.objects.get().pk) + ".png").status_code == 404


def test_after_the_cool_down_it_goes_to_the_new_number(stage: "Stage") -> None:
    channel = stage.practice.channel("twilio", "sms")
    phone = stage.practice.phone(channel, NUMBER)
    holder = stage.holder(channel, NUMBER, number_changed_at=now() - timedelta(hours=25))
    holder.channel_id = None  # as after a change: any way to the number will do
    holder.save()
    voucher = stage.voucher(holder)
    stage.work()
    assert link(voucher) in on_phone(phone)[0].text


def test_nobody_claims_by_a_number_that_was_given_a_moment_ago(stage: "Stage") -> None:
    channel = stage.practice.channel()
    phone = stage.practice.phone(channel, NUMBER)
    saying.say(phone, "text", text="hello")
    stage.practice.settle()
    address = Conversation.objects.get().address
    voucher = stage.voucher(stage.holder(channel, NUMBER, address=address, number_changed_at=now()))
    saying.say(phone, "text", text="yes")
    stage.practice.settle()
    stage.work()
    assert delivery(voucher) == DeliveryState.WAITING
    assert not codes_on(phone)


def test_two_workers_at_once_send_it_once(stage: "Stage", monkeypatch: pytest.MonkeyPatch) -> None:
    assert sent_by_two(stage, monkeypatch) == 1


def test_a_worker_that_does_not_ask_the_row_is_caught(
    stage: "Stage", monkeypatch: pytest.MonkeyPatch
) -> None:
    def carelessly(vouchers, _before, after, at, **more):
        ids = [voucher.pk for voucher in vouchers]
        Voucher.objects.filter(pk__in=ids).update(delivery=after, delivery_at=at, **more)

    monkeypatch.setattr(delivering, "move", carelessly)
    assert sent_by_two(stage, monkeypatch) == 2


def sent_by_two(stage: "Stage", monkeypatch: pytest.MonkeyPatch) -> int:
    channel = stage.practice.channel("twilio", "sms")
    phone = stage.practice.phone(channel, NUMBER)
    stage.voucher(stage.holder(channel, NUMBER))
    due = delivering._due

    def overtaken(at):
        found = due(at)
        monkeypatch.setattr(delivering, "_due", due)
        delivering.tend()  # the other one, between our look and our writing
        return found

    monkeypatch.setattr(delivering, "_due", overtaken)
    delivering.tend()
    stage.work()
    return len(on_phone(phone))


def test_an_agent_can_send_it_again(stage: "Stage") -> None:
    channel = stage.practice.channel("twilio", "sms")
    phone = stage.practice.phone(channel, NUMBER)
    voucher = stage.voucher(stage.holder(channel, NUMBER))
    stage.work()
    agent = making.staff(stage.programme, Role.SUPERVISOR)
    assert send_again(by=agent, voucher=voucher)
    stage.work()
    assert len(on_phone(phone)) == 2
    Voucher.objects.update(state=VoucherState.BLOCKED)
    assert not send_again(by=agent, voucher=voucher)
