"""A template's whole way: written, handed in, decided, sent when the window is shut, answered by its button."""

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.urls import reverse

from aidline.centres.states import Role
from aidline.channels.models import Template
from aidline.channels.templates import Wording, remove_template, submit_template, write_template
from aidline.conversations.models import Conversation, Message
from aidline.conversations.sending import send_template
from aidline.conversations.states import Direction
from aidline.gateway import templates
from aidline.gateway.duties import AFTER_DEATH, JOBS
from aidline.jobs.models import Job
from aidline.jobs.work import run_due
from aidline.kernel.clock import now
from aidline.simulator import saying
from aidline.simulator.models import PhoneMessage, VendorForm
from factories import make_staff

if TYPE_CHECKING:
    from simulator.practice import Practice

WORDING = Wording(
    body="Your appointment is on {{1}}, please tell us if you can come.",
    examples={"1": "Thursday"},
    header="A reminder",
    footer="Harbour Aid",
    buttons=("I will come", "I cannot"),
)


def work() -> None:
    Job.objects.filter(state="ready").update(run_at=now())
    run_due(JOBS, AFTER_DEATH)


def template(family: str = "appointment") -> Template:
    return Template.objects.get(family=family)


@pytest.mark.parametrize(("provider", "account"), [("whatsapp_cloud", "whatsapp"), ("twilio", "whatsapp")])
def test_from_the_first_word_to_the_persons_answer(practice: "Practice", provider: str, account: str) -> None:
    channel = practice.channel(provider, account)
    phone = practice.phone(channel)
    admin, _ = make_staff(practice.centre, Role.CENTRE_ADMIN)
    saying.say(phone, "text", text="hello")
    practice.settle()
    Conversation.objects.update(window_until=now() - timedelta(hours=1))

    row = write_template(by=admin, channel=channel, family="appointment", language="en", wording=WORDING)
    submit_template(by=admin, template=row)
    work()
    assert template().state == "pending"
    practice.settle()  # the decision; Meta calls, at Twilio we look
    if provider == "twilio":
        templates.sync_waiting()
        work()
    assert (template().state, template().buttons) == ("approved", ["I will come", "I cannot"])

    conversation = Conversation.objects.get()
    send_template(by=admin, conversation=conversation, template=template(), values={"1": "Monday"})
    Message.objects.filter(direction=Direction.OUT).update(due_at=now())
    practice.send_due()
    practice.settle()
    shown = PhoneMessage.objects.get(own=False)
    assert shown.text == Message.objects.get(direction=Direction.OUT).text
    assert shown.text.startswith("A reminder\n\nYour appointment is on Monday,")

    Client().post(reverse("simulator:press", args=[phone.pk, shown.pk]), {"option": "I will come"})
    practice.settle()
    answer = Message.objects.get(direction=Direction.IN, kind="choice")
    assert (answer.text, answer.extra["choice"]["id"]) == ("I will come", "I will come")
    assert answer.reply_to == Message.objects.get(direction=Direction.OUT)

    remove_template(by=admin, template=template())
    work()
    assert not Template.objects.filter(family="appointment").exists()
    assert VendorForm.objects.get().status == "DELETED"


@pytest.mark.parametrize("provider", ["whatsapp_cloud", "twilio"])
def test_a_refusal_comes_back_in_words(practice: "Practice", provider: str) -> None:
    channel = practice.channel(provider, "whatsapp")
    admin, _ = make_staff(practice.centre, Role.CENTRE_ADMIN)
    money = Wording(body="You win a prize on {{1}}, please come.", examples={"1": "Thursday"})
    row = write_template(by=admin, channel=channel, family="appointment", language="en", wording=money)
    submit_template(by=admin, template=row)
    work()
    practice.settle()
    templates.sync_all()
    work()
    assert template().state == "rejected"
    assert "money" in template().refusal
