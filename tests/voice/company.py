"""What is spoken between a telephone company and whoever answers its questions: documents, legs, orders, news."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from aidline.channels.contract.calls import HookRequest

HOST = "https://help.example"


class Fault(Exception):
    def __init__(self, kind: str, words: str) -> None:
        super().__init__(f"{kind}: {words}")
        self.kind = kind


# --- what documents say ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Heard:
    pass


@dataclass(frozen=True)
class Keys:
    url: str
    most: int = 1


@dataclass(frozen=True)
class Speak:
    url: str
    told: str = ""
    mark: str = ""


@dataclass(frozen=True)
class Enter:
    room: str
    then: str
    label: str = ""
    told: str = ""
    begins: bool = True


@dataclass(frozen=True)
class Ring:
    number: str
    then: str


@dataclass(frozen=True)
class Go:
    url: str
    mark: str = ""


@dataclass(frozen=True)
class End:
    refused: bool = False


Step = Heard | Keys | Speak | Enter | Ring | Go | End


@dataclass
class Leg:
    """One call at the company."""

    id: str
    number: str
    out: bool = False  # ours: it rings at somebody's
    softphone: str = ""
    parameters: dict[str, str] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    document: bytes = b""
    url: str = ""
    room: Enter | None = None
    over: bool = False
    heard: bool = False  # something, ever
    greeted: bool = False  # was in a room, or was heard
    seconds: int = 0
    asked: int = 0
    quiet: bool = True  # nothing has happened since it was asked last


class Tongue(Protocol):
    """One company: how it asks and tells, and how its documents read."""

    name: str
    rooms: bool
    config: dict[str, str]
    hook_url: str

    def complaints(self, document: bytes) -> list[str]: ...
    def read(self, document: bytes) -> list[Step]: ...
    def ask(self, leg: Leg, url: str, **what: str) -> HookRequest:
        """`keys`, `recording`, `seconds`, `mark`, `ended`, `dialled`."""
        ...

    def state(self, leg: Leg, word: str) -> HookRequest | None: ...
    def moved(self, leg: Leg, room: Enter, word: str, place: int) -> HookRequest | None: ...
    def recorded(self, leg: Leg, step: Speak, recording: str, *, failed: bool) -> HookRequest | None: ...


@dataclass(frozen=True)
class Order:
    """What the company is told to do: redirect, hang_up, remove, dial, invite, softphone, other."""

    does: str
    call_id: str = ""
    url: str = ""
    room: str = ""
    parameters: dict[str, str] = field(default_factory=dict)
    label: str = ""
    told: str = ""
    identity: str = "agent_1"  # of a softphone


class Office(Protocol):
    """Whoever answers."""

    answer_url: str
    softphone_url: str

    def meet(self, legs: list[Leg]) -> None:
        """Which calls there are at the company, now and later."""
        ...

    def answer(self, request: HookRequest) -> bytes: ...
    def tell(self, request: HookRequest) -> None: ...
    def acts(self) -> list[Callable[[], None]]:
        """What colleagues may do now."""
        ...

    def orders(self) -> list[Order]:
        """Since the last time."""
        ...

    def begun(self, order: Order, call_id: str) -> None:
        """The company's id of a call that was ordered."""
        ...

    def wait(self, seconds: int) -> None: ...
    def is_live(self, call_id: str) -> bool: ...
    def is_waiting(self, call_id: str) -> bool:
        """In a queue, where one may stay as long as one likes, and which 1 leads out of."""
        ...

    def left_over(self) -> list[str]:
        """What is believed to go on once everything is over."""
        ...

    def close(self) -> None:
        """Everybody goes home, nobody takes a call any more."""
        ...


# --- what was done -----------------------------------------------------------------------------------------


@dataclass
class Figures:
    walks: int = 0
    asked: int = 0
    told: int = 0
    twice: int = 0
    old: int = 0
    orders: int = 0
    rooms: int = 0
    recordings: int = 0

    def add(self, other: "Figures") -> None:
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)
