"""A person's vouchers beside the conversation: seen by who may, answered and acted on in five ways."""

from uuid import uuid4

import pytest

from aidline.audit.models import Entry
from aidline.centres.models import Membership
from aidline.conversations.models import Message
from aidline.conversations.states import Direction
from aidline.vouchers import indexes
from aidline.vouchers.models import Registration, Voucher
from aidline.vouchers.states import DeliveryState, VoucherState
from desk.stage import Stage
from vouchers import making

pytestmark = pytest.mark.django_db


@pytest.fixture
def theirs(stage: Stage) -> Voucher:
    programme = making.programme(stage.centre)
    person, address = stage.talk.person, stage.talk.address
    holder = making.registration(programme, person=person, address=address, channel_id=stage.channel.pk)
    return making.voucher(programme, 4000, holder=holder)


def panel(stage: Stage) -> str:
    return stage.client().get(stage.url("person", stage.talk.pk)).content.decode()


def act(stage: Stage, voucher: Voucher, what: str) -> int:
    answer = stage.client(script=True).post(stage.url("voucher_act", stage.talk.pk, voucher.pk, what))
    voucher.refresh_from_db()
    return answer.status_code


def test_the_card_tells_what_is_left_and_no_name(stage: Stage, theirs: Voucher) -> None:
    shown = panel(stage)
    assert "€40.00" in shown
    assert "Not received" in shown
    assert theirs.registration.name not in shown
    assert theirs.code not in shown
    assert theirs.registration.phone not in shown


def test_who_has_not_the_right_sees_nothing_of_it(stage: Stage, theirs: Voucher) -> None:
    Membership.objects.filter(pk=stage.member.pk).update(role="analyst")
    assert stage.client().get(stage.url("person", stage.talk.pk)).status_code == 404
    assert act(stage, theirs, "block") == 404


def test_a_voucher_of_somebody_else_is_not_found(stage: Stage, theirs: Voucher) -> None:
    strange = making.voucher(theirs.programme)
    assert act(stage, strange, "block") == 404
    assert strange.state == VoucherState.OPEN


def test_it_is_found_by_the_number_too(stage: Stage, theirs: Voucher) -> None:
    assert stage.talk.address
    row = theirs.registration
    Registration.objects.filter(pk=row.pk).update(person=None, address=None)
    number = stage.talk.address.value
    index = indexes.phone_index(stage.centre.pk, number)
    other = making.registration(theirs.programme, phone=number, phone_index=index)
    making.voucher(theirs.programme, 1234, holder=other)
    assert "€12.34" in panel(stage)


def test_it_is_sent_again_into_this_conversation(stage: Stage, theirs: Voucher) -> None:
    Voucher.objects.filter(pk=theirs.pk).update(delivery=DeliveryState.SENT)
    assert act(stage, theirs, "again") == 204
    assert (theirs.delivery, theirs.channel_id) == (DeliveryState.RELEASED, stage.channel.pk)
    assert Entry.objects.filter(action="voucher.send_again", actor_id=stage.agent.pk).count() == 1


def test_a_link_goes_to_the_holder_only(stage: Stage, theirs: Voucher) -> None:
    assert act(stage, theirs, "link") == 204
    said = Message.objects.get(direction=Direction.OUT)
    assert "/mine/v/" in said.text
    Registration.objects.filter(pk=theirs.registration_id).update(address=None)
    assert act(stage, theirs, "link") == 422


def test_a_lost_phone_is_answered_with_a_new_code(stage: Stage, theirs: Voucher) -> None:
    assert act(stage, theirs, "block") == 204
    assert theirs.state == VoucherState.BLOCKED
    assert act(stage, theirs, "unblock") == 204
    assert act(stage, theirs, "replace") == 204
    assert theirs.state == VoucherState.REPLACED
    assert Voucher.objects.get(replaces=theirs).balance_cents == 4000
    assert act(stage, theirs, "replace") == 422


def test_a_new_number_stops_money_for_a_day(stage: Stage, theirs: Voucher) -> None:
    url = stage.url("voucher_number", stage.talk.pk, theirs.registration_id)
    assert stage.client(script=True).post(url, {"phone": "12"}).status_code == 422
    assert stage.client(script=True).post(url, {"phone": "+447700900999"}).status_code == 204
    assert "The number changed" in panel(stage)
    assert act(stage, theirs, "again") == 422
    assert act(stage, theirs, "link") == 422


def test_what_is_left_is_told_in_their_language(stage: Stage, theirs: Voucher) -> None:
    stage.talk.language = "fr"
    stage.talk.save()
    url = stage.url("voucher_answer", stage.talk.pk, theirs.registration_id, "how_much")
    assert stage.client(script=True).post(url).status_code == 204
    assert "40,00" in Message.objects.get(direction=Direction.OUT).text
    nothing = stage.url("voucher_answer", stage.talk.pk, theirs.registration_id, "cannot_open")
    assert stage.client(script=True).post(nothing).status_code == 422
    strange = stage.url("voucher_answer", stage.talk.pk, uuid4(), "how_much")
    assert stage.client(script=True).post(strange).status_code == 404


def test_while_a_new_number_cools_down_no_amount_is_sent(stage: Stage, theirs: Voucher) -> None:
    """Neither to the old number nor to the new one."""
    stage.client(script=True).post(
        stage.url("voucher_number", stage.talk.pk, theirs.registration_id), {"phone": "+447700900777"}
    )
    before = Message.objects.filter(direction=Direction.OUT).count()
    for code in ("how_much", "refused"):
        stage.client(script=True).post(
            stage.url("voucher_answer", stage.talk.pk, theirs.registration_id, code)
        )
    assert Message.objects.filter(direction=Direction.OUT).count() == before


def test_what_a_shop_holds_for_a_while_is_theirs_all_the_same(stage: Stage, theirs: Voucher) -> None:
    Voucher.objects.filter(pk=theirs.pk).update(balance_cents=2500, held_cents=1500)
    assert "€40.00" in panel(stage)
    assert "€25.00" not in panel(stage)
