"""Long messages that come in pieces: whole in any order, shown with a gap rather than never, never twice."""

from datetime import timedelta
from itertools import permutations

import pytest
from django.db import transaction

from aidline.channels.contract import Fragment, Incoming, Kind, Scheme, Sender
from aidline.channels.models import Channel, Piece
from aidline.conversations.models import Message
from aidline.gateway import arriving, fragments
from aidline.gateway.lines import provider_of
from aidline.kernel.clock import now
from gateway.stage import make_centre, make_channel

pytestmark = pytest.mark.django_db(transaction=True)

TEXTS = ("أحتاج إلى مكان ", "للنوم هذه الليلة ", "مع طفلين")


@pytest.fixture
def channel() -> Channel:
    return make_channel(make_centre())


def heard(channel: Channel, place: int, group: str = "g-1") -> fragments.Heard:
    said = Incoming(
        f"{group}-{place}", (Sender(Scheme.PHONE, "+447700900123"),), Kind.TEXT, text=TEXTS[place - 1]
    )
    return fragments.Heard(
        channel.pk, channel.centre_id, provider_of(channel), Fragment(group, place, len(TEXTS), said), now()
    )


def come(channel: Channel, *places: int) -> None:
    for place in places:
        with transaction.atomic():
            arriving.take_in(fragments.join([heard(channel, place)]))


def texts() -> list[str]:
    return [message.text for message in Message.objects.order_by("seq")]


@pytest.mark.parametrize("order", list(permutations((1, 2, 3))))
def test_in_whatever_order_they_come_the_message_is_whole(channel: Channel, order: tuple[int, ...]) -> None:
    come(channel, *order)
    assert texts() == ["".join(TEXTS).strip()]


def test_pieces_that_come_twice_change_nothing_before_and_after(channel: Channel) -> None:
    come(channel, 2, 2, 1, 1, 3, 3, 1, 2)
    assert texts() == ["".join(TEXTS).strip()]


def test_two_long_messages_do_not_mix(channel: Channel) -> None:
    said = fragments.join([heard(channel, place, group) for place in (1, 2, 3) for group in ("g-1", "g-2")])
    assert [one.event.text for one in said] == ["".join(TEXTS)] * 2


def test_a_missing_piece_leaves_a_gap_and_comes_late_by_itself(channel: Channel) -> None:
    come(channel, 1, 3)
    assert texts() == []
    assert fragments.release_incomplete() == 0
    Piece.objects.update(received_at=now() - fragments.PATIENCE - timedelta(seconds=1))
    assert fragments.release_incomplete() == 1
    assert texts() == [f"{TEXTS[0]}{fragments.GAP}{TEXTS[2]}"]
    come(channel, 2)
    assert len(texts()) == 2
    assert TEXTS[1].strip() in texts()[1]
    assert fragments.release_incomplete() == 0


def test_what_waits_is_sealed_and_what_was_joined_is_forgotten(channel: Channel) -> None:
    come(channel, 1)
    assert "مكان".encode() not in bytes(Piece.objects.get().said_sealed)
    come(channel, 2, 3)
    Piece.objects.update(received_at=now() - fragments.KEEP_JOINED - timedelta(seconds=1))
    assert fragments.forget_old() == 3


@pytest.mark.parametrize("last", [1, 2, 3])
def test_a_piece_that_comes_while_the_others_are_just_shown_is_a_message_of_its_own(
    channel: Channel, monkeypatch: pytest.MonkeyPatch, last: int
) -> None:
    keep = fragments._keep
    come(channel, *{1, 2, 3} - {last})
    Piece.objects.update(received_at=now() - fragments.PATIENCE - timedelta(seconds=1))

    def overtaken(one: fragments.Heard, index: bytes) -> Piece:
        fragments.release_incomplete()
        return keep(one, index)

    monkeypatch.setattr(fragments, "_keep", overtaken)
    come(channel, last)
    assert len(texts()) == 2
    assert TEXTS[last - 1].strip() in texts()[1]
    assert not Piece.objects.filter(joined=False).exists()


def test_of_those_only_in_part_shown_nothing_is_left_behind(
    channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = fragments._keep
    come(channel, 1, 2)
    Piece.objects.filter(place=1).update(received_at=now() - fragments.PATIENCE - timedelta(seconds=1))

    def overtaken(one: fragments.Heard, index: bytes) -> Piece:
        fragments.release_incomplete()
        return keep(one, index)

    monkeypatch.setattr(fragments, "_keep", overtaken)
    come(channel, 3)
    assert [text.split(fragments.GAP.strip()) for text in texts()] == [
        [" ", f" {TEXTS[0]} ", ""],
        [" ", f" {TEXTS[1]}{TEXTS[2]}"],
    ]
