"""Run beside the demonstration, with its settings: prints JSON.

links COUNT  one-time links, as many rounds as wanted: {"noor": "link link"}
undo SECONDS how long a reply can be taken back: the usual six would be waited for in every story
shut ID      the reply window of a conversation closed an hour ago
night SLUG   the telephones of a centre keep hours that are over, or have not begun
day SLUG     and those of the centre again
due SLUG     when its newest conversation must be answered, and the end of its next working day
voucher LANGUAGE  one that was used in parts and is open: its holder's link and the code a cashier types
"""

import json
import os
import sys
from datetime import timedelta
from zoneinfo import ZoneInfo

os.environ |= {"DJANGO_SETTINGS_MODULE": "aidline.config.settings", "AIDLINE_PROCESS": "test"}

import django

from aidline.config import sqlite_library  # noqa: F401  (before Django meets a database)

django.setup()

from aidline.calls.models import PhoneLine  # noqa: E402
from aidline.centres.models import Centre, Staff  # noqa: E402
from aidline.centres.services import create_sign_in_link  # noqa: E402
from aidline.centres.timetables import set_channel_hours, timetable  # noqa: E402
from aidline.conversations.models import Conversation  # noqa: E402
from aidline.kernel.clock import now  # noqa: E402
from aidline.simulator import hooks  # noqa: E402
from aidline.vouchers.delivery import faces  # noqa: E402
from aidline.vouchers.delivery.links import link as link_of  # noqa: E402
from aidline.vouchers.models import Voucher  # noqa: E402
from aidline.vouchers.states import VoucherState  # noqa: E402

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def links(count: str) -> dict[str, str]:
    return {staff.name.split()[0].lower(): _links(staff, int(count)) for staff in Staff.objects.all()}


def _links(staff: Staff, count: int) -> str:
    tokens = [create_sign_in_link(staff=staff) for _ in range(count)]
    return " ".join(f"{hooks.public_url()}/enter/{token}/" for token in tokens)


def undo(seconds: str) -> dict[str, str]:
    Centre.objects.update(undo_seconds=int(seconds))
    return {}


def shut(conversation: str) -> dict[str, str]:
    closed = now() - timedelta(hours=1)
    Conversation.objects.filter(pk=conversation).update(window_until=closed)
    return {}


def night(slug: str) -> dict[str, str]:
    """Two hours a day, away from now."""
    centre = Centre.objects.get(slug=slug)
    hour = now().astimezone(ZoneInfo(centre.time_zone)).hour
    first = hour + 3 if hour < 19 else hour - 6
    hours = {day: [[f"{first:02}:00", f"{first + 2:02}:00"]] for day in DAYS}
    _keep_hours(centre, hours)
    return {}


def day(slug: str) -> dict[str, str]:
    _keep_hours(Centre.objects.get(slug=slug), None)
    return {}


def _keep_hours(centre: Centre, hours: dict[str, list[list[str]]] | None) -> None:
    by = Staff.objects.earliest("created_at")
    for line in PhoneLine.objects.filter(channel__centre=centre):
        set_channel_hours(
            by=by, centre=centre, channel_id=line.channel_id, own=hours is not None, hours=hours or {}
        )


def due(slug: str) -> dict[str, str]:
    centre = Centre.objects.get(slug=slug)
    newest = Conversation.objects.filter(centre=centre, due_at__isnull=False).latest("waiting_since")
    hours = timetable(centre, newest.channel_id)
    opens = hours.next_opening(newest.waiting_since)
    closes = hours.next_closing(opens) - timedelta(minutes=1)
    return {"due": newest.due_at.isoformat(), "next working day": closes.isoformat()}


def voucher(language: str) -> dict[str, str]:
    used = faces.with_everything(Voucher.objects.filter(state=VoucherState.OPEN, uses__gt=0))
    one = used.filter(registration__language=language).latest("balance_cents")
    return {"link": link_of(one), "code": faces.face_of(one).groups}


if __name__ == "__main__":
    command, *arguments = sys.argv[1:]
    known = {
        "links": links,
        "undo": undo,
        "shut": shut,
        "night": night,
        "day": day,
        "due": due,
        "voucher": voucher,
    }
    print(json.dumps(known[command](*arguments)))
