"""Trying a flow out: the real engine over the draft. Where it stands travels in the page, signed; nothing is kept."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any
from uuid import UUID

from django.core import signing
from django.http import QueryDict

from aidline.centres.models import Centre
from aidline.flows import engine
from aidline.flows.language import (
    Act,
    Finish,
    Flow,
    Line,
    Medium,
    Offer,
    Option,
    Said,
    Tell,
    ToPerson,
    Want,
)
from aidline.flows.speaking import spoken
from aidline.flows.state import State, Turn, Waits
from aidline.flows.surroundings import Surroundings
from aidline.kernel import languages
from aidline.kernel.text import segments

LONGEST = 40  # lines on the page
SALT = "flows.preview"
_FILES = ("photo", "voice")
PLACE = (33.9, 35.5)


@dataclass(frozen=True, slots=True)
class Spoken:
    """A line of the talk. `who`: us, them, or what happens ("person", "end")."""

    who: str
    text: str = ""
    language: str = ""
    options: tuple[tuple[str, str, str], ...] = ()  # id, title, key
    recording: str = ""
    more: str = ""  # of a hand-over its risk and skill

    @property
    def direction(self) -> str:
        return languages.direction(self.language) if self.language else "auto"

    @property
    def parts(self) -> int:
        listed = "".join(f"\n{key}. {title}" for _id, title, key in self.options)
        return segments(self.text + listed).count


@dataclass(frozen=True, slots=True)
class Play:
    medium: Medium
    language: str = ""
    hours: str = ""  # "", "open", "closed"
    state: State | None = None
    lines: tuple[Spoken, ...] = field(default=())

    @property
    def waits(self) -> str:
        return str(self.state.waits) if self.state else ""

    @property
    def at(self) -> str:
        return self.state.at if self.state and not self.state.over else ""

    @property
    def options(self) -> tuple[tuple[str, str, str], ...]:
        """Those that stand open."""
        last = self.lines[-1] if self.lines else None
        return last.options if last and self.waits else ()


class _Pretended(Surroundings):
    """As the centre is now, or as if it were open or closed."""

    def __init__(self, centre: Centre, hours: str) -> None:
        super().__init__(centre)
        self._open = {"open": True, "closed": False}.get(hours)


def begin(centre: Centre, flow: Flow, medium: str, language: str, hours: str) -> Play:
    chosen = Medium(medium) if medium in flow.media else next(iter(flow.media), Medium.CHAT)
    play = Play(chosen, language if language in flow.languages else "", hours)
    world = _Pretended(centre, hours)
    turn = engine.begin(flow, medium=chosen, language=play.language, world=world, channel="preview")
    return _after(play, turn)


def go_on(centre: Centre, flow: Flow, play: Play, posted: QueryDict) -> Play:
    if play.state is None:
        return play
    world = _Pretended(centre, play.hours)
    if "nobody" in posted:
        return _after(play, engine.left_queue(flow, play.state, world))
    said, shown = _said(posted, play)
    turn = engine.hear(flow, play.state, said, world)
    return _after(replace(play, lines=(*play.lines, Spoken("them", shown))), turn)


def _said(posted: QueryDict, play: Play) -> tuple[Said, str]:
    """What goes to the engine, and what the page shows of it."""
    titles = {option[0]: option[1] for option in play.options}
    choice, kind = posted.get("choice", ""), posted.get("file", "")
    if choice in titles:
        return Said(text=titles[choice], choice=choice), titles[choice]
    if kind in _FILES:
        return Said(file=kind), f"[{kind}]"
    if kind == "location":
        return Said(place=PLACE), "[location]"
    text = posted.get("key", "") or posted.get("text", "")[:1000].strip()
    return Said(text=text), text


# --- what the engine wants done, as lines ------------------------------------------------------------------


def _after(play: Play, turn: Turn) -> Play:
    lines = [line for act in turn.acts for line in _shown(act, play.medium)]
    return replace(play, state=turn.state, lines=(*play.lines, *lines)[-LONGEST:])


def _shown(act: Act, medium: Medium) -> list[Spoken]:
    match act:
        case Tell(line):
            return [_ours(line)]
        case Want(line):
            return [_ours(line)]
        case Offer(line, options):
            return [_offered(line, options, medium)]
        case ToPerson():
            told = [_ours(act.line)] if act.line else []
            return [*told, Spoken("person", more=", ".join(filter(None, [act.skill, act.risk])))]
        case Finish():
            return [Spoken("end")]
        case _:
            return []


def _ours(line: Line) -> Spoken:
    return Spoken("us", line.text, line.language, recording=line.recording)


def _offered(line: Line, options: tuple[Option, ...], medium: Medium) -> Spoken:
    titles = [
        (option.id, spoken(option).text if medium is Medium.PHONE else option.line.text, option.key)
        for option in options
    ]
    return replace(_ours(line), options=tuple(titles))


# --- between two pages -----------------------------------------------------------------------------------


def packed(play: Play, flow_id: UUID) -> str:
    plain = {
        "medium": play.medium.value,
        "language": play.language,
        "hours": play.hours,
        "state": play.state.packed() if play.state else None,
        "lines": [_plain(line) for line in play.lines],
    }
    return signing.dumps(plain, salt=f"{SALT}:{flow_id}", compress=True)


def _plain(line: Spoken) -> dict[str, Any]:
    return {name: value for name, value in asdict(line).items() if value}


def unpacked(given: str, flow_id: UUID) -> Play | None:
    """None where it is not ours, or of another day."""
    try:
        plain: Mapping[str, Any] = signing.loads(given, salt=f"{SALT}:{flow_id}", max_age=86400)
        lines = tuple(_line(one) for one in plain["lines"])
        state = State.unpacked(plain["state"]) if plain["state"] else None
        return Play(Medium(plain["medium"]), plain["language"], plain["hours"], state, lines)
    except (signing.BadSignature, KeyError, TypeError, ValueError):
        return None


def _line(plain: Mapping[str, Any]) -> Spoken:
    options = tuple((str(one), str(title), str(key)) for one, title, key in plain.get("options", ()))
    return Spoken(**{**plain, "options": options})


def is_waiting_for_person(play: Play) -> bool:
    return play.waits == Waits.QUEUE
