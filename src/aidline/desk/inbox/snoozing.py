"""When to come back to a conversation: a few usual times, or any, by the centre's clock."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from aidline.kernel.clock import now

EVENING = time(18)
MORNING = time(9)


@dataclass(frozen=True, slots=True)
class Preset:
    code: str
    words: Promise
    at: datetime


def presets() -> list[Preset]:
    local = timezone.localtime(now())
    evening = _at(local, EVENING)
    found = [Preset("hour", _("In an hour"), now() + timedelta(hours=1))]
    if evening > local + timedelta(minutes=30):
        found.append(Preset("evening", _("This evening"), evening))
    return [*found, Preset("morning", _("Tomorrow morning"), _at(local + timedelta(days=1), MORNING))]


def chosen(code: str, written: str) -> datetime | None:
    """The time of a preset, or of a date-and-time field; None unless it lies ahead."""
    for preset in presets():
        if preset.code == code:
            return preset.at
    at = read_local(written)
    return at if at and at > now() else None


def read_local(written: str) -> datetime | None:
    """A `datetime-local` field, by the clock of the centre."""
    try:
        naive = datetime.fromisoformat(written)
    except ValueError:
        return None
    return naive if naive.tzinfo else timezone.make_aware(naive)


def _at(day: datetime, wanted: time) -> datetime:
    return timezone.make_aware(datetime.combine(day.date(), wanted))
