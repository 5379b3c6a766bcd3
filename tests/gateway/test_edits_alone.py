"""New words for a message that never came are shown as words; what else came with them is not lost either."""

import pytest

from aidline.channels.models import Channel, Delivery
from aidline.channels.services import create_channel
from aidline.conversations.models import Message
from aidline.gateway import alterations, inbound
from factories import CONFIGS
from gateway.stage import arrive, body, make_centre, make_channel, text_message
from gateway.test_later_names import FIRST, SECOND, THIRD, edited, taken_back, texts, wrote

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def channel() -> Channel:
    config = CONFIGS["signal"]
    return create_channel(by=None, centre=make_centre(), provider="signal", name="Signal", config=config)


def hear_for_long(channel: Channel, *bodies: bytes) -> None:
    """As often as it is tried, without the waits between."""
    arrive(channel, *bodies)
    for _ in range(inbound.PATIENCE):
        Delivery.objects.update(next_at=None)
        inbound.drain()
    assert not Delivery.objects.exclude(state=Delivery.State.DONE).exists()


def test_a_correction_of_what_never_came_becomes_a_message(channel: Channel) -> None:
    hear_for_long(channel, edited("the bridge at noon", target=FIRST, at=SECOND))
    message = Message.objects.get()
    assert (message.text, message.edited_at is None) == ("the bridge at noon", False)


def test_while_it_may_still_come_nothing_is_shown(channel: Channel) -> None:
    arrive(channel, edited("the bridge at noon", target=FIRST, at=SECOND))
    inbound.drain()
    assert texts() == []
    hear_for_long(channel, wrote("the brige"))
    assert texts() == ["the bridge at noon"]


def test_the_first_words_do_not_come_after_all_and_later_changes_find_it(channel: Channel) -> None:
    hear_for_long(channel, edited("the bridge", target=FIRST, at=SECOND))
    hear_for_long(channel, wrote("the brige"), edited("the bridge at noon", target=SECOND, at=THIRD))
    assert texts() == ["the bridge at noon"]
    hear_for_long(channel, taken_back(THIRD))
    assert texts() == [""]


def test_what_takes_back_a_message_that_never_came_is_let_go(channel: Channel) -> None:
    hear_for_long(channel, taken_back(FIRST))
    assert texts() == []


def reacted(wamid: str) -> dict[str, object]:
    reaction = {"message_id": wamid, "emoji": "👍"}
    return {**text_message("447700900123", "", "wamid.2"), "type": "reaction", "reaction": reaction}


@pytest.mark.parametrize("planted", [False, True])
def test_what_came_in_one_call_with_a_reaction_to_nothing_is_said(
    monkeypatch: pytest.MonkeyPatch, *, planted: bool
) -> None:
    """With a planted fault: letting go of the whole call."""
    if planted:
        monkeypatch.setattr(alterations, "apply_or_let_go", alterations.apply)
    arrive(
        make_channel(make_centre()), body(text_message("447700900123", "help", "wamid.1"), reacted("none"))
    )
    for _ in range(inbound.PATIENCE):
        Delivery.objects.update(next_at=None)
        inbound.drain()
    assert texts() == ([] if planted else ["help"])
