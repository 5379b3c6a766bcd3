"""Somebody pressed "this is spam": it counts if they had a mail of ours, and nobody can press it for them."""

from uuid import UUID, uuid4

import pytest

from aidline.channels.contract import QUERY
from aidline.channels.models import Channel
from aidline.conversations.models import Conversation, Message
from aidline.conversations.states import Direction, MessageState
from aidline.conversations.timeline import append
from aidline.gateway import inbound
from aidline.gateway.deliveries import Raw, seal, store
from aidline.kernel.clock import now
from aidline.people.models import Address, OptOut
from factories import make_centre, make_channel
from payloads.email import COMPLAINT, PERSON, plain
from payloads.kit import MESSAGE

pytestmark = pytest.mark.django_db(transaction=True)

OTHER = "basim@example.com"


@pytest.fixture
def channel() -> Channel:
    channel = make_channel(make_centre(), "email", "Mail")
    for who in (PERSON, OTHER):
        bring(channel, plain("Hello", From=who, Reply_To=who, Message_ID=f"<1.{who}>"))
    return channel


def bring(channel: Channel, *raws: bytes) -> None:
    rows = [
        seal(channel_id=channel.pk, centre_id=channel.centre_id, raw=Raw(raw, {QUERY: ""}), at=now())
        for raw in raws
    ]
    store(rows)
    while inbound.drain():
        pass


def answered(who: str, channel: Channel) -> UUID:
    conversation = next(one for one in Conversation.objects.all() if one.address and one.address.value == who)
    message = append(
        conversation,
        direction=Direction.OUT,
        kind="text",
        state=MessageState.SENT,
        author=None,
        text="Yes",
        at=now(),
    )
    Message.objects.filter(pk=message.pk).update(channel_id=channel.pk)
    return message.pk


def about(message: UUID) -> bytes:
    return COMPLAINT.replace(str(MESSAGE).encode(), str(message).encode())


def silent() -> list[str]:
    return [wish.address.value for wish in OptOut.objects.select_related("address")]


def test_who_complains_of_a_mail_of_ours_is_left_alone(channel: Channel) -> None:
    bring(channel, about(answered(PERSON, channel)))
    assert silent() == [PERSON]


def test_a_forged_complaint_silences_nobody(channel: Channel) -> None:
    answered(PERSON, channel)
    theirs = answered(OTHER, channel)  # whoever forges it may have a mail of their own
    said = Message.objects.filter(direction=Direction.IN).first()
    assert said
    bring(channel, about(uuid4()), about(theirs), about(said.pk))
    assert silent() == []


def test_a_mail_of_another_channel_proves_nothing(channel: Channel) -> None:
    ours = answered(PERSON, channel)
    other = make_channel(channel.centre, "email", "Other mail")
    bring(other, about(ours))
    assert silent() == []


def test_a_wish_of_somebody_unknown_makes_no_person(channel: Channel) -> None:
    ours = answered(PERSON, channel)
    bring(channel, about(ours).replace(f"<{PERSON}>".encode(), b"<nobody@example.com>"))
    assert sorted(address.value for address in Address.objects.all()) == [OTHER, PERSON]
    assert silent() == []
