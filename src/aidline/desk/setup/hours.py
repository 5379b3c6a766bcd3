"""Opening hours as people write them: `08:00-12:00, 14:00-18:00`."""

import re

from django.utils.dates import WEEKDAYS

from aidline.centres.hours import DAYS

Intervals = list[list[str]]

LABELS = {day: WEEKDAYS[number] for number, day in enumerate(DAYS)}

_INTERVAL = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*[-–—]\s*(\d{1,2})(?:[:.](\d{2}))?")
_BETWEEN = re.compile(r"[\s,;]*")


class NotHours(ValueError):
    pass


def read(text: str) -> Intervals:
    """Raises `NotHours` for anything that is not whole intervals."""
    found = [[_clock(a, b), _clock(c, d)] for a, b, c, d in _INTERVAL.findall(text)]
    if _BETWEEN.fullmatch(_INTERVAL.sub("", text)) is None:
        raise NotHours
    return found


def write(intervals: Intervals) -> str:
    return ", ".join(f"{start}-{end}" for start, end in intervals)


def _clock(hour: str, minute: str) -> str:
    hours, minutes = int(hour), int(minute or 0)
    if hours == 24 and minutes == 0:
        hours = 0
    if hours > 23 or minutes > 59:
        raise NotHours
    return f"{hours:02}:{minutes:02}"
