"""What the Phones page shows, ready for its templates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from aidline.centres.models import Centre
from aidline.channels.queries import centres_with_web_chat
from aidline.kernel import text as words
from aidline.kernel.clock import now
from aidline.simulator import phones
from aidline.simulator.call_screens import CallScreen, can_call, screen_of
from aidline.simulator.models import Phone, PhoneMessage
from aidline.simulator.states import Tick
from aidline.simulator.vendors.shapes import Skin

SHOWN = 60  # messages of a phone
EMOJI = ("👍", "❤️", "🙏", "😢")
PHOTOS = {
    "prescription": _("A prescription"),
    "letter": _("A letter"),
    "door": _("A door, with the place in the file"),
    "form": _("A form"),
    "heater": _("A broken heater"),
}
PLACES = {
    "harbour": (38.2, -10.4, _("Harbour gate"), _("Quay 2, Port Merin")),
    "station": (38.21, -10.41, _("Old station"), _("Platform side, Port Merin")),
}
_TICKS = {Tick.GOING: "", Tick.SENT: "✓", Tick.DELIVERED: "✓✓", Tick.READ: "✓✓", Tick.FAILED: ""}


@dataclass(frozen=True, slots=True)
class Option:
    id: str
    title: str
    description: str


@dataclass(frozen=True)
class Line:
    """One message on the screen of a phone."""

    message: PhoneMessage
    time_zone: ZoneInfo
    newest: bool
    language: str

    @cached_property
    def detail(self) -> dict[str, Any]:
        return self.message.detail or {}

    @property
    def text(self) -> str:
        return self.message.text or self.choice_title

    @property
    def subject(self) -> str:
        return str(self.detail.get("subject", ""))

    @property
    def choice_title(self) -> str:
        return str(self.detail["choice"][1]) if "choice" in self.detail else ""

    @property
    def at(self) -> datetime:
        return self.message.at.astimezone(self.time_zone)

    @property
    def is_today(self) -> bool:
        return self.at.date() == now().astimezone(self.time_zone).date()

    @property
    def ticks(self) -> str:
        return _TICKS[Tick(self.message.tick)] if self.message.own else ""

    @property
    def state(self) -> Any:
        return Tick(self.message.tick).label

    @property
    def failed(self) -> bool:
        return self.message.tick == Tick.FAILED

    @property
    def options(self) -> list[Option]:
        return [Option(*option) for option in self.detail.get("options", ())] if self.newest else []

    @property
    def as_list(self) -> bool:
        return bool(self.detail.get("as_list"))

    @property
    def menu_label(self) -> str:
        return str(self.detail.get("menu_label", ""))

    @property
    def place(self) -> list[Any] | None:
        return self.detail.get("place")

    @property
    def file_kind(self) -> str:
        """image, audio, video or other; empty without a file."""
        if self.message.file is None:
            return ""
        family = self.message.file.mime.partition("/")[0]
        return family if family in ("image", "audio", "video") else "other"


@dataclass(frozen=True)
class Screen:
    """A phone on the page."""

    phone: Phone

    @cached_property
    def skin(self) -> Skin:
        return phones.skin_of(self.phone.channel)

    @property
    def label(self) -> str:
        return self.phone.label

    @property
    def number(self) -> str:
        address = self.phone.address
        return f"{address[:3]} {address[3:7]} {address[7:]}" if address.startswith("+44") else address

    @property
    def mark(self) -> str:
        return f"{self.phone.changed_at.timestamp():.6f}"

    @property
    def limit(self) -> int:
        """How many characters one SMS of this language holds."""
        return 160 if words.segments(self.phone.label).encoding == "GSM-7" else 70

    @property
    def initials(self) -> str:
        name = self.phone.channel.centre.name
        return "".join(word[0] for word in name.split()[:2]).upper()

    @cached_property
    def lines(self) -> list[Line]:
        rows = (
            PhoneMessage.objects.filter(phone=self.phone).select_related("file").defer("file__content_sealed")
        )
        recent = list(rows.order_by("-at", "-pk")[:SHOWN])[::-1]
        zone = ZoneInfo(self.phone.channel.centre.time_zone)
        last = len(recent) - 1
        return [Line(row, zone, place == last, self.phone.language) for place, row in enumerate(recent)]

    @cached_property
    def call(self) -> CallScreen | None:
        return screen_of(self.phone)

    @cached_property
    def can_call(self) -> bool:
        return can_call(self.phone)

    @property
    def clock(self) -> datetime:
        return now().astimezone(ZoneInfo(self.phone.channel.centre.time_zone))


def screens() -> list[Screen]:
    return [Screen(phone) for phone in phones.shown()]


def web_chats() -> Sequence[Centre]:
    return list(centres_with_web_chat())


def photos() -> list[tuple[str, Any]]:
    return list(PHOTOS.items())
