"""The doors to channels, and what is known of their health."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.http import Http404

from aidline.centres.models import Centre
from aidline.centres.queries import Seat
from aidline.channels.models import Channel, Delivery, Template
from aidline.kernel.clock import now


def channels_of(centre: Centre) -> QuerySet[Channel]:
    return Channel.objects.filter(centre=centre).order_by("-is_open", "name")


def access_channel(seat: Seat, channel_id: UUID) -> Channel:
    row = channels_of(seat.centre).filter(pk=channel_id).first()
    if row is None:
        raise Http404
    return row


def access_delivery(seat: Seat, delivery_id: UUID) -> Delivery:
    """Only deliveries that were set aside are shown to anyone."""
    row = quarantined(seat.centre).filter(pk=delivery_id).first()
    if row is None:
        raise Http404
    return row


def access_channel_template(channel: Channel, template_id: UUID) -> Template:
    row = Template.objects.select_related("channel").filter(channel=channel, pk=template_id).first()
    if row is None:
        raise Http404
    return row


@dataclass(frozen=True, slots=True)
class Family:
    """One template in all its languages."""

    name: str
    rows: tuple[Template, ...]

    @property
    def title(self) -> str:
        """Providers allow small letters and underscores only; people read words."""
        words = self.name.replace("_", " ").strip()
        return words[:1].upper() + words[1:]

    @property
    def first(self) -> Template:
        return self.rows[0]

    @property
    def labelled(self) -> bool:
        return any(row.parameters for row in self.rows)


def families(rows: Iterable[Template]) -> list[Family]:
    """In the order of their names; inside, in the order given."""
    sorted_rows = sorted(rows, key=lambda row: row.family)
    return [Family(name, tuple(inside)) for name, inside in groupby(sorted_rows, key=lambda row: row.family)]


def families_of(channel: Channel) -> list[Family]:
    return families(Template.objects.filter(channel=channel).order_by("language"))


def family_of(template: Template) -> Family:
    rows = Template.objects.filter(channel=template.channel_id, family=template.family).order_by("language")
    return Family(template.family, tuple(rows))


def quarantined(centre: Centre) -> QuerySet[Delivery]:
    channels = channels_of(centre).order_by().values("pk")
    rows = Delivery.objects.filter(channel__in=channels, state=Delivery.State.QUARANTINED)
    return rows.select_related("channel").order_by("-pk")


def centres_with_web_chat() -> QuerySet[Centre]:
    chats = Channel.objects.filter(provider="webchat", is_open=True)
    return Centre.objects.filter(pk__in=chats.values("centre")).order_by("name")


def latest_delivery(channel: Channel) -> Delivery | None:
    """What came last, for the test step; ids rise with time."""
    return Delivery.objects.filter(channel=channel).order_by("-pk").first()


def quarantined_counts(centre: Centre) -> dict[UUID, int]:
    rows = quarantined(centre).order_by().values("channel_id").annotate(count=Count("pk"))
    return {row["channel_id"]: row["count"] for row in rows}


def centres_with_trouble(organisation_id: UUID) -> QuerySet[Centre]:
    """All centres, with `open_channels` and `trouble` counted."""
    at = now()
    is_open = Q(channels__is_open=True)
    troubled = is_open & (Q(channels__silent_since__isnull=False) | Q(channels__open_until__gt=at))
    troubled |= is_open & Q(channels__poll_failures__gte=2)
    return (
        Centre.objects.filter(organisation_id=organisation_id)
        .annotate(open_channels=Count("channels", filter=is_open), trouble=Count("channels", filter=troubled))
        .order_by("name")
    )
