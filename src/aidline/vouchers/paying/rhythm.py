"""When the next payment of a programme is due."""

from calendar import monthrange
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from aidline.vouchers.models import Payment, Programme
from aidline.vouchers.states import PaymentState, Rhythm

_DAYS = {Rhythm.WEEKLY: 7, Rhythm.FORTNIGHTLY: 14}
_STARTED = (PaymentState.RUNNING, PaymentState.STOPPED, PaymentState.FINISHED)


def due_on(programme: Programme) -> date | None:
    """After the last one that was started; None before the first, and after the only one."""
    rows = Payment.objects.filter(programme=programme, state__in=_STARTED)
    zone = ZoneInfo(programme.centre.time_zone)  # midnight there is another day by our clock
    began = rows.order_by("started_at").values_list("valid_from", flat=True)
    days = [at.astimezone(zone).date() for at in began]
    return following(Rhythm(programme.rhythm), days[-1], days[0].day) if days else None


def following(rhythm: Rhythm, last: date, day: int = 0) -> date | None:
    """`day` of the month is kept where the month has it: a 31st goes to the 30th and back."""
    if rhythm is Rhythm.ONCE:
        return None
    if rhythm is Rhythm.MONTHLY:
        year, month = last.year + last.month // 12, last.month % 12 + 1
        return date(year, month, min(day or last.day, monthrange(year, month)[1]))
    return last + timedelta(days=_DAYS[rhythm])
