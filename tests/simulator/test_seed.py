"""The demo's day: enough of everything, true to itself, and made once."""

from collections import Counter

import pytest

from aidline.centres.models import Centre, Membership, Organisation, SignInLink
from aidline.channels.models import Channel, Delivery, Template
from aidline.conversations.models import Conversation, Message
from aidline.conversations.states import ConversationState, Direction, MessageState
from aidline.outreach.models import Broadcast
from aidline.outreach.report import report_of
from aidline.outreach.states import BroadcastState
from aidline.people.models import Consent, Person
from aidline.routing.models import Presence
from aidline.simulator import phones
from aidline.simulator.models import Phone, PhoneMessage
from aidline.simulator.seed import LAID_OUT, seed
from aidline.simulator.vendors import VENDORS

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


def test_the_day_holds_everything_and_a_second_time_changes_nothing() -> None:
    told: list[float] = []
    result = seed(lambda _words, part: told.append(part))
    assert result.made
    assert told[-1] == 1.0
    _has_enough_of_everything()
    _is_true_to_itself()
    before = _counts()
    again = seed()
    assert (again.made, _counts()) == (False, before)
    assert len(again.entrances) == len(result.entrances)
    assert {entrance.link for entrance in again.entrances}.isdisjoint(
        entrance.link for entrance in result.entrances
    )


def _has_enough_of_everything() -> None:
    assert Centre.objects.count() == 3
    answering = ("agent", "supervisor")
    assert Membership.objects.filter(role__in=answering).values("staff").distinct().count() >= 11
    assert Person.objects.count() >= 60
    languages = set(Conversation.objects.values_list("language", flat=True))
    assert len(languages) >= 6
    assert set(Conversation.objects.values_list("state", flat=True)) == set(ConversationState)
    assert set(Channel.objects.values_list("provider", flat=True)) == {*VENDORS, "webchat"} - {"simulator"}
    assert Template.objects.filter(state="approved").count() >= 20
    kinds = set(Message.objects.filter(direction=Direction.IN).values_list("kind", flat=True))
    assert kinds >= {"text", "image", "voice", "document", "location", "sticker", "contacts", "unsupported"}
    out = Counter(Message.objects.filter(direction=Direction.OUT).values_list("state", flat=True))
    wanted = {"QUEUED", "SENT", "DELIVERED", "READ", "FAILED", "UNKNOWN"}
    assert set(out) == {MessageState[name] for name in wanted}
    assert Message.objects.filter(direction=Direction.NOTE).exists()
    assert Conversation.objects.filter(state="o", assignee=None).exists()
    assert Conversation.objects.filter(state="o", assignee__isnull=False).exists()
    assert Conversation.objects.exclude(source="").exists()


def _is_true_to_itself() -> None:
    assert not Delivery.objects.exclude(state=Delivery.State.DONE).exists()
    for conversation in Conversation.objects.filter(state=ConversationState.CLOSED):
        assert conversation.closed_at is not None
        assert conversation.opened_at <= conversation.closed_at
    finished, waiting = Broadcast.objects.order_by("created_at")
    assert (finished.state, waiting.state) == (BroadcastState.FINISHED, BroadcastState.AWAITING)
    report = report_of(finished)
    assert report.total == report.audience
    assert {fate.key for fate in report.fates} == {"sent", "delivered", "unknown", "failed", "left_out"}
    assert Consent.objects.filter(given=False).exists()
    assert not Presence.objects.filter(state="available").exists()  # or the waiting would be given away
    looks = [phones.skin_of(phone.channel).key for phone in phones.shown()]
    assert looks == [*LAID_OUT]
    answered = Channel.objects.filter(last_out_at__isnull=False).values_list("provider", flat=True)
    assert {*VENDORS} - {*answered} == {"simulator", "android_sms", "http"}  # nobody answered there yet
    somebodys = {phone.channel_id for phone in Phone.objects.all()}
    assert {channel.pk for channel in phones.practice_channels()} == somebodys
    assert PhoneMessage.objects.filter(own=True).exists()


def _counts() -> list[int]:
    models = (Organisation, Centre, Membership, Person, Conversation, Message, Phone, PhoneMessage, Delivery)
    assert SignInLink.objects.exists()
    return [model.objects.count() for model in models]
