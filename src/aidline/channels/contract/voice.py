"""Phone calls: what a caller hears and presses, told once, and rendered by each provider in its own language.

A provider asks us what to do with a call and gets a `Script`; it does it from top to bottom and asks again at the
address that the script names. Every address in a script is absolute. A script never ends in silence: what comes
after its last verb is told by `then`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar, Protocol, runtime_checkable

import httpx

from aidline.channels.contract.calls import HookAnswer, HookRequest
from aidline.channels.contract.outbound import Fetched

# --- what a caller hears ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Say:
    """Read out by the provider's own voice, in a language of its `Voice.speaks`."""

    text: str
    language: str  # ours: "ar"


@dataclass(frozen=True, slots=True)
class Play:
    """A recording, or speech that we made; WAV, 8 kHz, mono, 16 bit."""

    url: str


@dataclass(frozen=True, slots=True)
class Pause:
    seconds: int = 1


Prompt = Say | Play | Pause

# --- what is done with a call ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Gather:
    """Prompts, then keys. `then` is asked with the keys pressed, and with none where nothing was pressed."""

    prompts: tuple[Prompt, ...]
    then: str
    most: int = 1  # keys
    seconds: int = 6  # of silence after which nothing was pressed
    finish: str = "#"


@dataclass(frozen=True, slots=True)
class Record:
    """The caller speaks after a tone. `then` is asked afterwards; `told` hears when the recording can be fetched."""

    then: str
    told: str
    prompts: tuple[Prompt, ...] = ()
    seconds: int = 180
    silence: int = 6
    finish: str = "#"


@dataclass(frozen=True, slots=True)
class Enqueue:
    """The caller waits: prompts and music of `seconds` at most, in which keys count; then `then` is asked."""

    prompts: tuple[Prompt, ...]
    then: str
    music: str = ""  # address of a WAV; silence without
    seconds: int = 20


class Part(StrEnum):
    """Who somebody is in a room."""

    CALLER = "caller"
    AGENT = "agent"
    CONSULT = "consult"  # a colleague asked in
    THIRD = "third"  # somebody by phone
    LISTENER = "listener"  # a supervisor whom nobody hears
    WHISPERER = "whisperer"  # whom only the agent hears
    BARGER = "barger"  # whom all hear


@dataclass(frozen=True, slots=True)
class Connect:
    """Into the room of a call: a conference named by our own id of the call."""

    room: str
    part: Part
    label: str  # our id of the leg
    told: str  # hears who joins, leaves, is held
    then: str  # asked when this leg has left the room
    music: str = ""  # while alone
    coached: str = ""  # provider's call id of whom a whisperer speaks to
    recorded_to: str = ""  # address that hears of the recording of the room; empty: not recorded


@dataclass(frozen=True, slots=True)
class Transfer:
    """Dials a number for this call alone, as the last way out. `then` is asked at the end, or if nobody answers."""

    number: str
    caller_id: str
    then: str
    seconds: int = 30


@dataclass(frozen=True, slots=True)
class Redirect:
    url: str


@dataclass(frozen=True, slots=True)
class Hangup:
    pass


@dataclass(frozen=True, slots=True)
class Reject:
    """Only as the first verb of the first script: nobody has answered, nobody pays."""

    busy: bool = False


Verb = Say | Play | Pause | Gather | Record | Enqueue | Connect | Transfer | Redirect | Hangup | Reject
Script = tuple[Verb, ...]

# --- what a provider asks and tells ----------------------------------------------------------------------


class Way(StrEnum):
    """Who began a call."""

    IN = "in"
    OUT = "out"
    SOFTPHONE = "softphone"  # an agent's browser


@dataclass(frozen=True, slots=True)
class CallRequest:
    """A provider asks what to do. `caller` and `called` are E.164, or empty where withheld or not a number."""

    call_id: str  # the provider's
    way: Way
    caller: str = ""
    called: str = ""
    digits: str = ""
    recording: str = ""  # the provider's id, if a recording was just made
    recorded_seconds: int = 0
    ended: bool = False  # nobody is there any more; the answer is not read
    identity: str = ""  # of a softphone
    parameters: Mapping[str, str] = field(default_factory=dict)  # of a softphone's connect


class CallState(StrEnum):
    """How far a call got at the provider, in the order of `ORDER`."""

    QUEUED = "queued"
    RINGING = "ringing"
    ANSWERED = "answered"
    COMPLETED = "completed"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    FAILED = "failed"
    CANCELLED = "cancelled"


OVER = frozenset(
    {CallState.COMPLETED, CallState.BUSY, CallState.NO_ANSWER, CallState.FAILED, CallState.CANCELLED}
)


@dataclass(frozen=True, slots=True)
class CallStatus:
    """An event of `parse`. Comes late, twice and in any order."""

    call_id: str
    state: CallState
    at: datetime | None = None
    seconds: int | None = None


@dataclass(frozen=True, slots=True)
class CallRecording:
    """An event of `parse`: a recording is there, or never will be (`failed`)."""

    recording_id: str
    ref: str  # what `fetch_recording` needs
    call_id: str = ""
    room: str = ""
    seconds: int | None = None
    failed: bool = False
    room_id: str = ""  # the provider's, where it tells only that
    our_call: str = ""  # our own id, where that travelled along; then the provider's may be missing


class Moment(StrEnum):
    STARTED = "started"
    JOINED = "joined"
    LEFT = "left"
    HELD = "held"
    UNHELD = "unheld"
    MUTED = "muted"
    UNMUTED = "unmuted"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class RoomChange:
    """An event of `parse`: who came into a room, who left it. `place` counts within the room."""

    room: str
    room_id: str  # the provider's
    moment: Moment
    call_id: str = ""
    label: str = ""
    place: int | None = None


# --- where it asks ---------------------------------------------------------------------------------------

VOICE, HOOKS = "/voice/", "/hooks/"


def voice_address(hook_url: str, what: str) -> str:
    """`/hooks/<provider>/<channel>[/<word>]` as `/voice/<provider>/<channel>/<what>[/<word>]`.

    A word that proves a call stays the last part, where `verify` looks for it.
    """
    before, _, tail = hook_url.rpartition(HOOKS)
    provider, channel, *word = tail.split("/")
    return before + VOICE + "/".join((provider, channel, what, *word))


# --- what a provider can do with calls -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Voice:
    """`speaks`: our languages that its own voice reads; others are played as speech that we make."""

    speaks: frozenset[str] = frozenset()
    rooms: bool = False  # conferences whose legs can be held, muted, coached
    softphone: str = (
        ""  # name of the browser's driver: "twilio", "simulated"; empty: agents answer by telephone
    )
    signed: bool = True  # requests prove themselves by a signature; otherwise by a word in the address
    tells_recordings: bool = (
        True  # by a `CallRecording`; otherwise `CallRequest.recording` itself is what `fetch_recording` needs
    )


@runtime_checkable
class TakesCalls(Protocol):
    """The requests that want an answer come to `/voice/<name>/<channel>/…`, all else to the hook as ever.

    `verify` of the provider proves both. Set by the configuration: `takes_calls` is False where an account only
    sends messages.
    """

    voice: ClassVar[Voice]

    @property
    def takes_calls(self) -> bool: ...

    def call_request(self, request: HookRequest) -> CallRequest:
        """Raises `Malformed` and nothing else."""
        ...

    def script(self, script: Script) -> HookAnswer:
        """The script in the provider's language."""
        ...


@dataclass(frozen=True, slots=True)
class Room:
    name: str  # ours
    id: str = ""  # the provider's, once it told


@dataclass(frozen=True, slots=True)
class Dialled:
    """A call that we begin. `answer_url` is asked once somebody answers."""

    to: str
    caller_id: str
    answer_url: str
    fallback_url: str
    status_url: str
    seconds: int = 30


@runtime_checkable
class ControlsCalls(TakesCalls, Protocol):
    """All raise a `SendError`. `Uncertain` only from `dial` and `invite`, which ring at somebody's."""

    def dial(self, http: httpx.Client, call: Dialled) -> str:
        """The provider's id of the call."""
        ...

    def redirect(self, http: httpx.Client, call_id: str, url: str) -> None:
        """The call drops what it does and asks at `url`."""
        ...

    def hang_up(self, http: httpx.Client, call_id: str) -> None:
        """A call that has ended already is no error."""
        ...

    def invite(self, http: httpx.Client, room: Room, call: Dialled, part: Part, label: str) -> str:
        """Somebody by telephone into the room; the provider's id of their call."""
        ...

    def change(
        self,
        http: httpx.Client,
        room: Room,
        call_id: str,
        *,
        held: bool | None = None,
        music: str = "",
        muted: bool | None = None,
        coached: str | None = None,  # provider's call id; "" ends whispering
        ends_room: bool | None = None,
    ) -> None: ...

    def remove(self, http: httpx.Client, room: Room, call_id: str) -> None: ...


@runtime_checkable
class Records(Protocol):
    """Recordings lie at the provider only until we have them."""

    def fetch_recording(self, http: httpx.Client, ref: str) -> Fetched: ...

    def delete_recording(self, http: httpx.Client, ref: str) -> None:
        """One that is not there any more is no error. `GiveUp("not-offered")` where the provider has no way to do it,
        here as in all below."""
        ...

    def record_room(self, http: httpx.Client, room: Room, *, told: str, announced: bool) -> str: ...

    def pause_recording(self, http: httpx.Client, room: Room, *, paused: bool) -> None:
        """For what must not be recorded, such as a number of a card."""
        ...


@runtime_checkable
class HasSoftphone(Protocol):
    def softphone_token(self, identity: str, lasts: timedelta, at: datetime) -> str:
        """For the browser's driver. `identity` is letters, digits and underscores, and tells nothing of a person."""
        ...
