"""What a look-alike of a telephone company needs from whoever connects the calls."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from aidline.simulator.lookalikes.shapes import StoredFile


@dataclass(frozen=True, slots=True)
class CallFacts:
    sid: str
    caller: str
    called: str
    direction: str
    status: str
    began_at: datetime
    ended_at: datetime | None = None
    seconds: int | None = None
    parent: str = ""


@dataclass(frozen=True, slots=True)
class RoomFacts:
    sid: str
    name: str
    status: str
    began_at: datetime


@dataclass(frozen=True, slots=True)
class ParticipantFacts:
    call_sid: str
    room_sid: str
    label: str
    muted: bool
    held: bool
    coaching: str
    starts: bool
    ends: bool
    status: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RecordingFacts:
    sid: str
    call_sid: str
    room_sid: str
    status: str
    seconds: int
    source: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Ordered:
    """A call to be made. `conference` are the attributes of a room that it joins, its name under "name"."""

    to: str
    caller_id: str
    seconds: int = 60
    answer_url: str = ""
    twiml: str = ""
    status_url: str = ""
    status_events: str = "completed"
    conference: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wish:
    """What shall change of a participant; None: nothing."""

    held: bool | None = None
    muted: bool | None = None
    coaching: str | None = None
    ends: bool | None = None


class Telephony(Protocol):
    def order(self, ordered: Ordered) -> CallFacts: ...

    def call(self, sid: str) -> CallFacts | None: ...

    def redirect(self, sid: str, *, url: str, twiml: str) -> bool:
        """False: the call is not going on."""
        ...

    def end_call(self, sid: str, *, canceled: bool) -> bool: ...

    def rooms(self, name: str, status: str) -> Sequence[RoomFacts]: ...

    def room(self, sid: str) -> RoomFacts | None:
        """By its sid; by its name only one that goes on."""
        ...

    def end_room(self, sid: str) -> None: ...

    def participants(self, room_sid: str) -> Sequence[ParticipantFacts]: ...

    def wish(self, room_sid: str, call_sid: str, wish: Wish) -> bool: ...

    def remove(self, room_sid: str, call_sid: str) -> bool: ...

    def recordings(self, *, call_sid: str = "", room_sid: str = "") -> Sequence[RecordingFacts]: ...

    def recording(self, sid: str) -> RecordingFacts | None: ...

    def sound(self, sid: str) -> StoredFile | None: ...

    def delete_recording(self, sid: str) -> bool: ...

    def record(self, call_sid: str, told_to: str) -> RecordingFacts | None: ...

    def set_recording(self, sid: str, status: str) -> bool: ...
