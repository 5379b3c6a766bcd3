"""The timetable of a centre or of one of its channels, and what changes it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404

from aidline.audit.services import record
from aidline.centres.holidays import holidays_in, is_holiday
from aidline.centres.hours import Interval, Timetable
from aidline.centres.models import Centre, ChannelHours, HoursException, Staff, texts_in
from aidline.centres.queries import Seat
from aidline.kernel.clock import now

LOOK_AHEAD = timedelta(days=90)  # special days that end sooner are worth a word
_USED_LATELY = timedelta(days=400)


def timetable(centre: Centre, channel_id: UUID | None = None) -> Timetable:
    row = hours_of(channel_id) if channel_id else None
    own, keeps_days = bool(row and row.own), not (row and row.own and not row.on_special_days)
    return Timetable(
        time_zone=centre.time_zone,
        hours=row.hours if row and own else centre.hours,
        special=_special_days(centre, channel_id, keeps_days),
        **({"is_holiday": partial(is_holiday, centre.holidays)} if centre.holidays and keeps_days else {}),
        closed_until=row.closed_until if row else None,
    )


def hours_of(channel_id: UUID) -> ChannelHours | None:
    return ChannelHours.objects.filter(channel_id=channel_id).first()


def is_open(centre: Centre, channel_id: UUID | None = None, at: datetime | None = None) -> bool:
    return timetable(centre, channel_id).is_open(at or now())


def promised(centre: Centre, channel_id: UUID | None, at: datetime) -> datetime:
    """By when what was left at this moment is answered, as the centre has promised."""
    return timetable(centre, channel_id).due(at, centre.answer_promise, centre.answer_hours)


def closed_text(centre: Centre, channel_id: UUID | None, language: str) -> str:
    """What is told to who comes while it is closed: words of this closing, else those for outside the hours."""
    row = hours_of(channel_id) if channel_id else None
    if row and row.closed_until and row.closed_until > now():
        own = texts_in({"closed": row.closed_texts}, "closed", language, centre.default_language)
        if own:
            return own
    texts: dict[str, dict[str, str]] = centre.texts
    return texts_in(texts, "offline", language, centre.default_language)


def _special_days(
    centre: Centre, channel_id: UUID | None, keeps_days: bool
) -> dict[date, Sequence[Interval]]:
    """Those of the channel go before those of the centre."""
    whose = Q(channel_id=channel_id) if channel_id else Q(channel_id=None)
    if channel_id and keeps_days:
        whose |= Q(channel_id=None)
    rows = HoursException.objects.filter(whose, centre=centre)
    return {row.day: row.intervals for row in sorted(rows, key=lambda row: row.channel_id is not None)}


# --- what changes it -------------------------------------------------------------------------------------


@transaction.atomic
def close_until(
    *, by: Staff, centre: Centre, channel_id: UUID, until: datetime, texts: Mapping[str, str]
) -> ChannelHours:
    """Closes a channel for now; `texts` by language are told to who comes meanwhile."""
    kept = {language: text.strip() for language, text in texts.items() if text.strip()}
    row = _change(centre, channel_id, closed_until=until, closed_texts=kept)
    _record(by, centre, "channel.close_until", channel_id, "closed_until,closed_texts")
    return row


@transaction.atomic
def open_again(*, by: Staff, centre: Centre, channel_id: UUID) -> None:
    _change(centre, channel_id, closed_until=None)  # the words stay, for the next time
    _record(by, centre, "channel.open_again", channel_id)


@transaction.atomic
def set_channel_hours(
    *,
    by: Staff,
    centre: Centre,
    channel_id: UUID,
    own: bool,
    hours: Mapping[str, Any],
    on_special_days: bool = True,
) -> ChannelHours:
    """What was written as own hours is kept while the channel goes with the centre."""
    row = _change(centre, channel_id, own=own, hours=dict(hours), on_special_days=on_special_days)
    _record(by, centre, "channel.hours", channel_id, "own,hours,on_special_days")
    return row


@transaction.atomic
def save_special_day(
    *,
    by: Staff,
    centre: Centre,
    day: date,
    intervals: Sequence[Interval],
    label: str = "",
    channel_id: UUID | None = None,
) -> HoursException:
    """One per day, and per day and channel: the later word replaces the earlier one."""
    row, _created = HoursException.objects.update_or_create(
        centre=centre,
        channel_id=channel_id,
        day=day,
        defaults={"intervals": [list(interval) for interval in intervals], "label": label.strip()},
    )
    _record(by, centre, "hours.special_day", row.pk, "day,intervals,label")
    return row


@transaction.atomic
def remove_special_day(*, by: Staff, special: HoursException) -> None:
    _record(by, special.centre, "hours.special_day_removed", special.pk)
    special.delete()


def _change(centre: Centre, channel_id: UUID, **changes: Any) -> ChannelHours:
    row, _created = ChannelHours.objects.update_or_create(
        channel_id=channel_id, centre=centre, defaults=changes
    )
    return row


def _record(by: Staff, centre: Centre, action: str, object_id: UUID, fields: str = "") -> None:
    kind = "channel" if action.startswith("channel.") else "hours"
    record(by=by, action=action, object_type=kind, object_id=object_id, centre=centre.pk, fields=fields[:200])


# --- what is shown ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Closing:
    """A channel that is closed for now."""

    channel_id: UUID
    until: datetime
    texts: dict[str, str]


def closings_of(centre: Centre) -> dict[UUID, Closing]:
    rows = ChannelHours.objects.filter(centre=centre, closed_until__gt=now())
    return {
        row.channel_id: Closing(row.channel_id, row.closed_until, row.closed_texts)
        for row in rows
        if row.closed_until
    }


def special_days_of(centre: Centre) -> QuerySet[HoursException]:
    """From today on; those that have passed are kept for the record."""
    return HoursException.objects.filter(centre=centre, day__gte=today_in(centre)).order_by("day", "pk")


def access_special_day(seat: Seat, special_id: UUID) -> HoursException:
    row = HoursException.objects.filter(pk=special_id, centre=seat.centre).first()
    if row is None:
        raise Http404
    return row


def today_in(centre: Centre) -> date:
    return now().astimezone(ZoneInfo(centre.time_zone)).date()


def coming_holidays(centre: Centre, language: str = "", days: int = 366) -> list[tuple[date, str]]:
    today = today_in(centre)
    last = today + timedelta(days=days)
    years = {today.year, last.year} if centre.holidays else set()
    found = [item for year in sorted(years) for item in holidays_in(centre.holidays, year, language).items()]
    return [(day, name) for day, name in found if today <= day <= last]


def special_days_end(centre: Centre) -> date | None:
    """The last special day or holiday that is known, where it comes too soon; None if all is well or there are
    none at all."""
    today = today_in(centre)
    rows = HoursException.objects.filter(centre=centre, day__gte=today - _USED_LATELY)
    known = [*rows.values_list("day", flat=True), *(day for day, _name in coming_holidays(centre))]
    if centre.holidays and not known:
        return today
    return max(known) if known and max(known) < today + LOOK_AHEAD else None
