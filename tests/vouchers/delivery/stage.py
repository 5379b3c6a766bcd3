"""A programme, its people's phones, and the few seconds in which the worker does its part."""

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import zxingcpp
from PIL import Image

from aidline.centres.states import Role
from aidline.channels.models import Channel, Template
from aidline.channels.templates import submit_template
from aidline.gateway import unwanted
from aidline.gateway.duties import AFTER_DEATH, JOBS
from aidline.gateway.vouchers import claiming
from aidline.jobs.models import Job
from aidline.jobs.work import run_due
from aidline.kernel.clock import now
from aidline.simulator.models import Phone, PhoneFile, PhoneMessage
from aidline.vouchers.codes.code import normalise
from aidline.vouchers.delivery import delivering, following
from aidline.vouchers.delivery.templates import write_drafts
from aidline.vouchers.models import Programme, Registration, Voucher
from vouchers import making

if TYPE_CHECKING:
    from simulator.practice import Practice


@dataclass
class Stage:
    practice: "Practice"
    programme: Programme

    def work(self) -> None:
        """What the worker does within a few seconds."""
        self.jobs()
        delivering.tend()
        claiming.release()
        unwanted.refuse()
        self.practice.send_due()
        self.practice.settle()
        following.follow()

    def jobs(self) -> None:
        Job.objects.filter(state="ready").update(run_at=now())
        run_due(JOBS, AFTER_DEATH)

    def approve(self, channel: Channel) -> None:
        """The question, in the programme's languages, as the provider takes it."""
        for draft in write_drafts(by=None, channel=channel, programme=self.programme):
            submit_template(by=making.staff(self.practice.centre, Role.CENTRE_ADMIN), template=draft)
        self.jobs()
        self.practice.settle()
        assert set(Template.objects.filter(channel=channel).values_list("state", flat=True)) == {"approved"}

    def holder(self, channel: Channel, phone: str, **more: Any) -> Registration:
        return making.registration(self.programme, phone=phone, channel_id=channel.pk, **more)

    def voucher(self, holder: Registration, cents: int = 4000) -> Voucher:
        return making.voucher(self.programme, cents, holder=holder)


def build(practice: "Practice", **more: Any) -> Stage:
    settings = {"titles": {"en": "Food", "ar": "طعام"}, "languages": ["en"], **more}
    return Stage(practice, making.programme(practice.centre, **settings))


def delivery(voucher: Voucher) -> str:
    voucher.refresh_from_db()
    return voucher.delivery


def on_phone(phone: Phone) -> list[PhoneMessage]:
    return list(PhoneMessage.objects.filter(phone=phone, own=False).order_by("at", "pk"))


def scanned(message: PhoneMessage) -> set[str]:
    file = PhoneFile.objects.get(pk=message.file_id)
    return {one.text for one in zxingcpp.read_barcodes(Image.open(io.BytesIO(file.content)).convert("L"))}


def codes_on(phone: Phone) -> set[str]:
    """The codes in all pictures that lie on this phone."""
    found = (normalise(text) for one in on_phone(phone) if one.file_id for text in scanned(one))
    return {code for code in found if code}
