"""What is not sent now although it could be: a condition on vouchers."""

from datetime import datetime, timedelta

from django.db.models import Q

from aidline.vouchers.models import Programme
from aidline.vouchers.states import ProgrammeState, Status, VoucherState

_HELD_BACK = (Status.PAUSED, Status.ERASED)
_GOING_ON = (ProgrammeState.OPEN, ProgrammeState.CLOSED)  # a closed one still hands out what it made


def sendable(at: datetime) -> Q:
    """Of use now, to somebody who is to have it now, at a number that was not changed a moment ago."""
    useful = Q(state=VoucherState.OPEN, valid_from__lte=at, valid_until__gt=at)
    going_on = Q(programme__state__in=_GOING_ON)
    return useful & going_on & ~Q(registration__status__in=_HELD_BACK) & ~_cooling_down(at)


def _cooling_down(at: datetime) -> Q:
    found = Q(pk=None)
    for hours in set(Programme.objects.values_list("cooldown_hours", flat=True)):
        since = at - timedelta(hours=hours)
        found |= Q(programme__cooldown_hours=hours, registration__number_changed_at__gt=since)
    return found
