"""A call on a phone of the page, ready for its template."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aidline.simulator import phones
from aidline.simulator.lines import path_of
from aidline.simulator.models import Phone, PracticeCall
from aidline.simulator.states import CallState, Doing, Way
from aidline.simulator.telephone import rooms, rows, voices

KEYS = "123456789*0#"


class Look(models.TextChoices):
    """What somebody with the phone at their ear would say is going on."""

    RINGS = "rings", _("Somebody calls you")
    CALLING = "calling", pgettext_lazy("practice phone", "Ringing…")
    MENU = "menu", pgettext_lazy("practice phone", "Press a key")
    LISTENING = "listening", pgettext_lazy("practice phone", "Listen…")
    SPEAKING = "speaking", _("Speak after the tone")
    WAITING = "waiting", _("Waiting for a person")
    TALKING = "talking", _("Talking with a person")
    HELD = "held", _("On hold")
    OVER = "over", _("The call has ended")


_LOOKS = {
    Doing.GATHERING: Look.MENU,
    Doing.RECORDING: Look.SPEAKING,
    Doing.SAYING: Look.LISTENING,
    Doing.DIALLING: Look.WAITING,
}


@dataclass(frozen=True, slots=True)
class Heard:
    """A line: said or played (`sound` is its address), a key of one's own, or what one said."""

    number: int
    what: str
    text: str
    language: str
    sound: str
    more: Any = ""


@dataclass(frozen=True)
class CallScreen:
    call: PracticeCall
    phone: Phone

    @cached_property
    def look(self) -> Look:
        call = self.call
        if call.ended_at:
            return Look.OVER
        if call.state != CallState.GOING:
            return Look.RINGS if call.way == Way.OUT else Look.CALLING
        if call.doing == Doing.IN_ROOM:
            return self._in_room()
        if self._bridged():
            return Look.TALKING
        return _LOOKS.get(Doing(call.doing), Look.LISTENING) if call.doing else Look.TALKING

    def _in_room(self) -> Look:
        if self.call.held:
            return Look.HELD
        return Look.TALKING if rooms.talks(self.call) else Look.WAITING

    def _bridged(self) -> bool:
        children = PracticeCall.objects.filter(parent=self.call, ended_at=None, state=CallState.GOING)
        return self.call.doing == Doing.DIALLING and children.exists()

    @property
    def centre(self) -> str:
        return str(self.call.channel.centre.name)

    @property
    def seconds(self) -> int:
        return rows.seconds_of(self.call)

    @property
    def clock(self) -> str:
        return f"{self.seconds // 60}:{self.seconds % 60:02}"

    @property
    def ticks(self) -> bool:
        return self.call.answered_at is not None and self.call.ended_at is None

    @property
    def keys(self) -> str:
        return KEYS

    @cached_property
    def lines(self) -> list[Heard]:
        return [self._line(line) for line in self.call.heard or ()]

    def _line(self, line: dict[str, Any]) -> Heard:
        number = int(line["n"])
        if "say" in line:
            return Heard(number, "say", line["say"], line["language"], f"{number}")
        if "play" in line:
            text, language = voices.words_of(line["play"])
            return Heard(number, "play", text, language, path_of(line["play"]))
        return Heard(number, line["what"], "", "", "", line.get("key") or line.get("seconds", ""))

    @property
    def newest(self) -> int:
        return self.lines[-1].number if self.lines else 0


def screen_of(phone: Phone) -> CallScreen | None:
    call = rows.live_of(phone)
    return CallScreen(call, phone) if call else None


def can_call(phone: Phone) -> bool:
    return phone.address.startswith("+") and phones.takes_calls(phone.channel)
