"""On Signal an edit gives the message a new name, and whatever comes next speaks of it by that one."""

import json
from typing import Any

import pytest

from aidline.channels.models import Channel
from aidline.channels.services import create_channel
from aidline.conversations.models import LaterName, Message
from aidline.gateway import inbound, names
from factories import CONFIGS
from gateway.stage import arrive, make_centre
from payloads.signal import AT, data, envelope, reacted, wrapped

pytestmark = pytest.mark.django_db(transaction=True)

ACCOUNT = CONFIGS["signal"]["number"]
FIRST, SECOND, THIRD = AT, AT + 1000, AT + 2000


@pytest.fixture
def channel() -> Channel:
    config = CONFIGS["signal"]
    return create_channel(by=None, centre=make_centre(), provider="signal", name="Signal", config=config)


def wrote(text: str, at: int = FIRST, **more: Any) -> bytes:
    return wrapped(envelope(timestamp=at, dataMessage=data(message=text, timestamp=at, **more)), ACCOUNT)


def edited(text: str, *, target: int, at: int) -> bytes:
    edit = {"targetSentTimestamp": target, "dataMessage": data(message=text, timestamp=at)}
    return wrapped(envelope(timestamp=at, editMessage=edit), ACCOUNT)


def taken_back(target: int) -> bytes:
    gone = data(remoteDelete={"timestamp": target}, timestamp=THIRD + 1)
    return wrapped(envelope(timestamp=THIRD + 1, dataMessage=gone), ACCOUNT)


def once_more(body: bytes) -> bytes:
    """The same event in another call."""
    return json.dumps({**json.loads(body), "again": True}).encode()


def hear(channel: Channel, *bodies: bytes) -> None:
    arrive(channel, *bodies)
    while inbound.drain():
        pass


def texts() -> list[str]:
    return [message.text for message in Message.objects.order_by("seq")]


STORY = (
    wrote("the brige"),
    edited("the bridge", target=FIRST, at=SECOND),
    edited("the bridge at noon", target=SECOND, at=THIRD),
)


@pytest.mark.parametrize("together", [True, False])
def test_a_second_edit_that_names_the_first_one_changes_the_message(
    channel: Channel, *, together: bool
) -> None:
    for bodies in [STORY] if together else [[body] for body in STORY]:
        hear(channel, *bodies)
    assert texts() == ["the bridge at noon"]


def test_without_following_the_new_name_the_second_edit_is_lost(
    channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A planted fault."""
    monkeypatch.setattr(names, "name_later", lambda *_: None)
    hear(channel, *STORY)
    assert texts() != ["the bridge at noon"]


def test_what_comes_twice_changes_nothing_and_older_words_do_not_return(channel: Channel) -> None:
    hear(channel, *STORY)
    before = list(Message.objects.values()), list(LaterName.objects.values())
    hear(channel, *map(once_more, STORY), *map(once_more, reversed(STORY)))
    assert (list(Message.objects.values()), list(LaterName.objects.values())) == before
    assert texts() == ["the bridge at noon"]


@pytest.mark.parametrize("target", [FIRST, SECOND, THIRD])
def test_any_of_its_names_takes_it_back_for_good(channel: Channel, target: int) -> None:
    hear(channel, *STORY, taken_back(target))
    hear(channel, *map(once_more, STORY))
    message = Message.objects.get()
    assert (message.text, message.deleted_at is None) == ("", False)


def test_a_reaction_and_an_answer_find_it_by_its_latest_name(channel: Channel) -> None:
    hear(channel, *STORY)
    uuid = envelope()["sourceUuid"]
    reaction = json.loads(
        reacted(targetAuthor=uuid, targetAuthorUuid=uuid, targetAuthorNumber=None, targetSentTimestamp=THIRD)
    )
    reaction["params"]["account"] = ACCOUNT
    quote = {"id": THIRD, "author": uuid, "authorUuid": uuid, "text": "theirs"}
    hear(channel, json.dumps(reaction).encode(), wrote("I mean this", THIRD + 5, quote=quote))
    first, answer = Message.objects.order_by("seq")
    assert (first.reaction, answer.reply_to) == ("👍", first)
