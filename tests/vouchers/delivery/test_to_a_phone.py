"""A voucher's whole way to a fictional phone: asked, answered, drawn, seen, used."""

import io
from typing import TYPE_CHECKING, Any

import pytest
import zxingcpp
from PIL import Image

from aidline.centres.states import Role
from aidline.channels.models import Channel, Template
from aidline.channels.templates import submit_template
from aidline.conversations.models import Attachment, Conversation, Message
from aidline.conversations.states import ConversationState, Direction
from aidline.gateway.duties import AFTER_DEATH, JOBS
from aidline.gateway.vouchers import claiming
from aidline.jobs.models import Job
from aidline.jobs.work import run_due
from aidline.kernel.clock import now
from aidline.simulator import saying
from aidline.simulator.models import Phone, PhoneFile, PhoneMessage
from aidline.vouchers.codes.code import normalise
from aidline.vouchers.codes.token import is_token, read
from aidline.vouchers.delivery import delivering, following
from aidline.vouchers.delivery.templates import write_drafts
from aidline.vouchers.signing import public_keys
from aidline.vouchers.states import DeliveryState
from vouchers import making

if TYPE_CHECKING:
    from simulator.practice import Practice

NUMBER = "+447700900123"


def work(practice: "Practice") -> None:
    """What the worker does within a few seconds."""
    Job.objects.filter(state="ready").update(run_at=now())
    run_due(JOBS, AFTER_DEATH)
    delivering.tend()
    claiming.release()
    practice.send_due()
    practice.settle()
    following.follow()


def approved(practice: "Practice", channel: Channel, programme: Any) -> None:
    for draft in write_drafts(by=None, channel=channel, programme=programme):
        submit_template(by=making.staff(practice.centre, Role.CENTRE_ADMIN), template=draft)
    Job.objects.filter(state="ready").update(run_at=now())
    run_due(JOBS, AFTER_DEATH)
    practice.settle()
    assert set(Template.objects.values_list("state", flat=True)) == {"approved"}


def on_phone(phone: Phone) -> list[PhoneMessage]:
    return list(PhoneMessage.objects.filter(phone=phone, own=False).order_by("at", "pk"))


def seen_in(message: PhoneMessage) -> set[str]:
    file = PhoneFile.objects.get(pk=message.file_id)
    return {one.text for one in zxingcpp.read_barcodes(Image.open(io.BytesIO(file.content)).convert("L"))}


@pytest.mark.parametrize("account", ["whatsapp_cloud"])
def test_after_yes_the_picture_is_on_the_phone(practice: "Practice", account: str) -> None:
    channel = practice.channel(account, "whatsapp")
    phone = practice.phone(channel, NUMBER)
    programme = making.programme(practice.centre, titles={"en": "Food", "ar": "طعام"})
    approved(practice, channel, programme)
    holder = making.registration(programme, phone=NUMBER, channel_id=channel.pk)
    voucher = making.voucher(programme, 4000, holder=holder)

    work(practice)
    voucher.refresh_from_db()
    assert voucher.delivery == DeliveryState.ASKED
    (asked,) = on_phone(phone)
    assert "€40.00" in asked.text

    saying.say(phone, "text", text="YES")
    practice.settle()
    voucher.refresh_from_db()
    assert (voucher.delivery, bool(voucher.claimed_at)) == (DeliveryState.RELEASED, True)
    work(practice)
    voucher.refresh_from_db()
    shown = on_phone(phone)[-1]
    found = seen_in(shown)
    tokens = [text for text in found if is_token(text)]
    assert {normalise(text) for text in found if not is_token(text)} == {voucher.code}
    token = read(tokens[0], public_keys(practice.centre.pk))
    assert token is not None
    assert (token.serial, token.cents) == (bytes(voucher.serial), 4000)
    assert "until" in shown.text
    assert voucher.delivery == DeliveryState.DELIVERED

    talk = Conversation.objects.get()
    assert talk.state == ConversationState.CLOSED  # nobody needs to answer a yes
    assert not Attachment.objects.exists()
    said = " ".join(message.text for message in Message.objects.filter(direction=Direction.OUT))
    assert voucher.code not in said.replace("-", "")
