"""When the centre and its channels are open: the week, special days, and closing a channel for now."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from aidline.centres.hours import Timetable
from aidline.centres.models import Centre, HoursException
from aidline.centres.rules import StaffRequest, requires
from aidline.centres.services import change_centre
from aidline.centres.states import Can
from aidline.centres.timetables import (
    Closing,
    access_special_day,
    close_until,
    closings_of,
    coming_holidays,
    hours_of,
    open_again,
    remove_special_day,
    save_special_day,
    set_channel_hours,
    special_days_end,
    special_days_of,
    timetable,
    today_in,
)
from aidline.channels.models import Channel
from aidline.channels.queries import access_channel, channels_of
from aidline.conversations.promises import recompute_due
from aidline.desk.forms import posted, status_of
from aidline.desk.inbox.snoozing import EVENING, MORNING
from aidline.desk.setup import hours as written
from aidline.desk.setup.channels import step_page
from aidline.desk.setup.hours_forms import CentreHoursForm, ChannelHoursForm, PauseForm, SpecialDayForm
from aidline.kernel.clock import now

_AHEAD = 120  # days in which holidays are listed


@requires(Can.SET_UP)
@require_http_methods(["GET", "HEAD", "POST"])
def hours(request: StaffRequest) -> HttpResponseBase:
    centre = request.seat.centre
    form = CentreHoursForm(posted(request), centre=centre)
    if request.method == "POST" and form.is_valid():
        wanted = form.changes()
        changes = {name: value for name, value in wanted.items() if getattr(centre, name) != value}
        if changes:
            change_centre(by=request.user, centre=centre, changes=changes)
            recompute_due(centre)
        return redirect("setup:hours", centre.slug)
    return _page(request, form, _special_form(request, None))


@requires(Can.SET_UP)
@require_POST
def add_special_day(request: StaffRequest) -> HttpResponseBase:
    centre = request.seat.centre
    form = _special_form(request, request.POST)
    if not form.is_valid():
        return _page(request, CentreHoursForm(None, centre=centre), form)
    channel = form.cleaned_data["channel"]
    save_special_day(
        by=request.user,
        centre=centre,
        day=form.cleaned_data["day"],
        intervals=form.cleaned_data["intervals"],
        label=form.cleaned_data["label"],
        channel_id=UUID(channel) if channel else None,
    )
    recompute_due(centre)
    return redirect("setup:hours", centre.slug)


@requires(Can.SET_UP)
@require_POST
def remove_special(request: StaffRequest, special: UUID) -> HttpResponseBase:
    remove_special_day(by=request.user, special=access_special_day(request.seat, special))
    recompute_due(request.seat.centre)
    return redirect("setup:hours", request.seat.centre.slug)


@requires(Can.SET_UP)
@require_http_methods(["GET", "HEAD", "POST"])
def channel_hours(request: StaffRequest, channel: UUID) -> HttpResponseBase:
    row, centre = access_channel(request.seat, channel), request.seat.centre
    form = ChannelHoursForm(posted(request), row=hours_of(row.pk))
    if request.method == "POST" and form.is_valid():
        set_channel_hours(
            by=request.user,
            centre=centre,
            channel_id=row.pk,
            own=bool(form.cleaned_data["own"]),
            hours=form.week(),
            on_special_days=form.cleaned_data["on_special_days"],
        )
        recompute_due(centre)
        return redirect("setup:channel_hours", centre.slug, row.pk)
    context = {"form": form, "door": _door(row, closings_of(centre)), "pauses": pauses(row)}
    return step_page(request, row, "channel_hours", context)


@requires(Can.SET_UP)
@require_http_methods(["GET", "HEAD", "POST"])
def pause(request: StaffRequest, channel: UUID) -> HttpResponseBase:
    """A posted `when` is one tap: the words of the last time are told again."""
    row, centre = access_channel(request.seat, channel), request.seat.centre
    kept = hours_of(row.pk)
    texts = kept.closed_texts if kept else {}
    if "when" in request.POST:
        return _pause(request, row, _until(row, request.POST["when"]), texts)
    before = timezone.localtime(kept.closed_until) if kept and kept.closed_until else None
    until = before.strftime("%Y-%m-%dT%H:%M") if before and before > now() else ""
    form = PauseForm(posted(request), centre=centre, texts=texts, until=until)
    if request.method == "POST" and form.is_valid():
        return _pause(request, row, form.cleaned_data["until"], form.texts())
    context = {"tab": "hours", "form": form, "channel": row, "pauses": pauses(row)}
    return render(request, "desk/setup/pause.html", context, status=status_of(request))


@requires(Can.SET_UP)
@require_POST
def end_pause(request: StaffRequest, channel: UUID) -> HttpResponseBase:
    row = access_channel(request.seat, channel)
    open_again(by=request.user, centre=request.seat.centre, channel_id=row.pk)
    recompute_due(request.seat.centre)
    return _back(request, row)


def _pause(
    request: StaffRequest, channel: Channel, until: datetime, texts: dict[str, str]
) -> HttpResponseBase:
    close_until(by=request.user, centre=request.seat.centre, channel_id=channel.pk, until=until, texts=texts)
    recompute_due(request.seat.centre)
    return _back(request, channel)


def _back(request: StaffRequest, channel: Channel) -> HttpResponseBase:
    """To the page the button was on."""
    if request.POST.get("from") == "channel":
        return redirect("setup:channel_hours", request.seat.centre.slug, channel.pk)
    return redirect("setup:hours", request.seat.centre.slug)


# --- closing in one tap ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Pause:
    code: str
    words: Any
    at: datetime


def pauses(channel: Channel) -> list[Pause]:
    """Until this evening if it is still ahead, and until this channel opens tomorrow."""
    local = timezone.localtime(now())
    evening, tomorrow = _at(local.date(), EVENING), local.date() + timedelta(days=1)
    found = [Pause("evening", _("This evening"), evening)] if evening > local + timedelta(minutes=30) else []
    opens = _opening_on(timetable(channel.centre, channel.pk), tomorrow)
    return [*found, Pause("morning", _("Tomorrow morning"), opens or _at(tomorrow, MORNING))]


def _until(channel: Channel, code: str) -> datetime:
    for known in pauses(channel):
        if known.code == code:
            return known.at
    raise Http404


def _opening_on(table: Timetable, day: date) -> datetime | None:
    midnight = _at(day, time(0))
    opens = table.next_opening(midnight)
    return opens if opens and opens < midnight + timedelta(days=1) else None


def _at(day: date, clock: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, clock))


# --- what is shown ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Door:
    """A channel, or the centre itself, as it stands now."""

    channel: Channel | None
    is_open: bool
    changes_at: datetime | None
    closing: Closing | None = None
    has_own_hours: bool = False


def _door(channel: Channel, closings: dict[UUID, Closing]) -> Door:
    row = hours_of(channel.pk)
    return _seen(
        timetable(channel.centre, channel.pk), channel, closings.get(channel.pk), bool(row and row.own)
    )


def _seen(
    table: Timetable, channel: Channel | None, closing: Closing | None = None, own: bool = False
) -> Door:
    at = now()
    changes_at = table.next_closing(at) or table.next_opening(at)
    return Door(channel, table.is_open(at), changes_at, closing, own)


@dataclass(frozen=True, slots=True)
class Day:
    """A line of the list of days that are not like the others."""

    day: date
    label: str
    hours: str
    channel: Channel | None = None
    special: HoursException | None = None


def _days(centre: Centre, channels: list[Channel]) -> list[Day]:
    by_id: dict[UUID | None, Channel] = {channel.pk: channel for channel in channels}
    special = [row for row in special_days_of(centre) if row.channel_id is None or row.channel_id in by_id]
    found = [
        Day(row.day, row.label, written.write(row.intervals), by_id.get(row.channel_id), row)
        for row in special
    ]
    taken = {row.day for row in special if row.channel_id is None}
    holidays = coming_holidays(centre, get_language() or "", _AHEAD)
    found += [Day(day, name, "") for day, name in holidays if day not in taken]
    return sorted(found, key=lambda row: (row.day, row.channel is not None))


def _special_form(request: StaffRequest, data: Any) -> SpecialDayForm:
    centre = request.seat.centre
    return SpecialDayForm(data, channels=list(channels_of(centre)), today=today_in(centre))


def _page(request: StaffRequest, form: CentreHoursForm, special_form: SpecialDayForm) -> HttpResponse:
    centre = request.seat.centre
    channels = list(channels_of(centre).filter(is_open=True))
    closings = closings_of(centre)
    context = {
        "tab": "hours",
        "form": form,
        "special_form": special_form,
        "days": _days(centre, list(channels_of(centre))),
        "ends": special_days_end(centre),
        "centre_door": _seen(timetable(centre), None),
        "doors": [(_door(channel, closings), pauses(channel)) for channel in channels],
    }
    return render(request, "desk/setup/hours.html", context, status=status_of(request))
