"""One channel whose configuration cannot be read stops nothing that is done for all."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from aidline.channels.contract import Fragment, Incoming, Kind, Scheme, Sender
from aidline.channels.models import Channel, Piece
from aidline.conversations.models import Message
from aidline.gateway import fragments, reconcile, templates, vendors
from aidline.gateway.lines import provider_of
from aidline.jobs.models import Job
from aidline.kernel.clock import now
from factories import make_centre, make_channel

pytestmark = pytest.mark.django_db(transaction=True)

DUTIES = [
    (templates.sync_all, "whatsapp_cloud"),
    (reconcile.reconcile_all, "twilio"),
    (vendors.look_at_all, "telegram"),
]


def two(provider: str) -> tuple[Channel, Channel]:
    """One that will not be readable, and one that is."""
    centre = make_centre()
    return make_channel(centre, provider, "First"), make_channel(centre, provider, "Second")


def spoil(channel: Channel, way: str) -> None:
    if way == "setting":
        channel.config = {"nonsense": "1"}
        channel.save()
    else:
        Channel.objects.filter(pk=channel.pk).update(config_sealed=b"no sealed thing")


@pytest.mark.parametrize("way", ["setting", "seal"])
@pytest.mark.parametrize(("duty", "provider"), DUTIES)
def test_the_others_are_looked_after(duty: Callable[[], Any], provider: str, way: str) -> None:
    first, second = two(provider)
    spoil(first, way)
    duty()
    assert [job.payload for job in Job.objects.all()] == [{"channel": str(second.pk)}]


def piece(channel: Channel, minutes: int, group: str = "g") -> None:
    said = Incoming(
        f"{channel.name}-{group}", (Sender(Scheme.PHONE, "+447700900123"),), Kind.TEXT, text="half"
    )
    event = Fragment(group, 1, 2, said)
    at = now() - timedelta(minutes=minutes)
    fragments.join([fragments.Heard(channel.pk, channel.centre_id, provider_of(channel), event, at)])


def test_pieces_of_other_channels_are_shown_and_its_own_are_kept() -> None:
    first, second = two("whatsapp_cloud")
    piece(first, 30)
    piece(second, 20)
    spoil(first, "setting")
    assert fragments.release_incomplete() == 1
    assert Message.objects.get().channel_id == second.pk
    assert Piece.objects.get(joined=False).channel == first


def test_a_piece_that_cannot_be_read_stops_no_other() -> None:
    _, channel = two("whatsapp_cloud")
    piece(channel, 30, "g-1")
    piece(channel, 20, "g-2")
    Piece.objects.filter(pk=Piece.objects.order_by("received_at")[0].pk).update(said_sealed=b"nothing sealed")
    assert fragments.release_incomplete() == 1
    assert Message.objects.count() == 1
    assert Piece.objects.filter(joined=False).count() == 1
