"""`seed(progress)`: the demo's network and its day. In one transaction: all of it is there, or nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext_noop as _

from aidline.centres.models import Membership, Organisation, Staff
from aidline.centres.services import create_sign_in_link
from aidline.centres.states import Role
from aidline.gateway.arriving import FETCH_MEDIA
from aidline.jobs.models import Job
from aidline.kernel.clock import now, starting_at
from aidline.simulator import hooks, phones
from aidline.simulator.content import load
from aidline.simulator.content.shapes import Content
from aidline.simulator.models import Phone
from aidline.simulator.seeding.day import Day
from aidline.simulator.seeding.line import open_lines
from aidline.simulator.seeding.network import FIRST_DAY, found, seat
from aidline.simulator.seeding.outreach import reach_out
from aidline.simulator.seeding.understanding import understand
from aidline.simulator.seeding.vouchers import give_out

SERVING_AFTER = timedelta(seconds=15)  # files can be fetched from the look-alikes only once they are served

LAID_OUT = ("whatsapp", "sms", "telegram", "viber", "signal", "mail")  # the other phones lie in the list

Progress = Callable[[str, float], object]  # what is being done, and how much of it (0 to 1)


@dataclass(frozen=True, slots=True)
class Entrance:
    """How one member gets in: a link that works once. Order: as they are listed for a newcomer."""

    name: str
    role: str
    centre: str
    language: str
    link: str


@dataclass(frozen=True, slots=True)
class SeedResult:
    made: bool  # False: the day was there already
    entrances: tuple[Entrance, ...]
    phones: str  # address of the Phones page


def seed(progress: Progress = lambda _words, _part: None) -> SeedResult:
    """A second time it makes nothing but fresh links, because the first ones may be used up."""
    made = not Organisation.objects.exists()
    if made:
        _make(load(), progress)
    return SeedResult(made, entrances(), f"{hooks.public_url()}/phones/")


@transaction.atomic
def _make(content: Content, progress: Progress) -> None:
    base = now()
    progress(_("Founding three centres"), 0.0)
    with starting_at(base - FIRST_DAY):
        world = found(content.network)
    day = Day(world, content, base)
    day.live(lambda part: progress(_("Living through a day"), part))
    reach_out(world, base)
    seat(world, content.network)
    understand(world, content.network)
    open_lines(world, content.network)
    _lay_out(content)
    give_out(world, base)
    Job.objects.filter(kind=FETCH_MEDIA).update(run_at=base + SERVING_AFTER)
    progress(_("Ready"), 1.0)


def _lay_out(content: Content) -> None:
    """A few phones lie on the page, each another kind, with talks that go on in different languages."""
    for look in LAID_OUT:
        found_phones = [phone for phone in _going_on(content) if phones.skin_of(phone.channel).key == look]
        spoken = set(Phone.objects.filter(shown=True).values_list("language", flat=True))
        found_phones.sort(key=lambda phone: (not phones.takes_calls(phone.channel), phone.language in spoken))
        phones.show(found_phones[0])


def _going_on(content: Content) -> list[Phone]:
    names = {
        person.name
        for person in content.people
        if person.talk.state in ("assigned", "waiting") and not person.opted_out
    }
    rows = Phone.objects.select_related("channel").order_by("pk")
    return [phone for phone in rows if phone.label in names]


def entrances() -> tuple[Entrance, ...]:
    rows = (
        Membership.objects.filter(is_active=True)
        .select_related("staff", "centre")
        .order_by("created_at", "pk")
    )
    of_staff: dict[Staff, list[Membership]] = {}
    for row in rows:
        of_staff.setdefault(row.staff, []).append(row)
    return tuple(_entrance(staff, posts) for staff, posts in of_staff.items())


def _entrance(staff: Staff, posts: list[Membership]) -> Entrance:
    role = "Organisation admin" if staff.organisation_admin else str(Role(posts[0].role).label)
    return Entrance(
        name=staff.name,
        role=role,
        centre=", ".join(post.centre.name for post in posts),
        language=staff.language,
        link=f"{hooks.public_url()}/enter/{create_sign_in_link(staff=staff)}/",
    )
