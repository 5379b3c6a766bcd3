"""A run while one turn of it is worked out: the state taken apart, what is to be done, and how it goes on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from aidline.channels.contract import Choice as Title
from aidline.flows import answers
from aidline.flows.language import (
    Act,
    Finish,
    Flow,
    Line,
    Medium,
    Offer,
    Option,
    Said,
    SpeakLanguage,
    Tell,
    Text,
    Want,
    Wanted,
)
from aidline.flows.phrases import line, phrase
from aidline.flows.state import Frame, State, Step, Turn, Waits
from aidline.flows.world import World

KEYS = 8  # choices on the phone, and articles of one list: 0 is a person, 9 repeats
MORE = "-more"
RISKS = ("", "medium", "high", "imminent")


class Run:
    def __init__(self, root: Flow, state: State, world: World) -> None:
        self.root, self.world = root, world
        self.medium, self.channel, self.language = state.medium, state.channel, state.language
        self.is_theirs = state.is_theirs
        self.waits, self.before = state.waits, state.before
        self.inside, self.at, self.frames = state.flow, state.at, list(state.frames)
        self.kept, self.told = dict(state.kept), list(state.told)
        self.offered, self.keys = state.offered, state.keys
        self.page, self.tries, self.inputs = state.page, state.tries, state.inputs
        self.step, self.category, self.article, self.risk = (
            state.step,
            state.category,
            state.article,
            state.risk,
        )
        self.acts: list[Act] = []
        self.flow = self.flow_called(self.inside) or _gone(root)

    def turn(self) -> Turn:
        return Turn(
            State(
                medium=self.medium,
                language=self.language,
                is_theirs=self.is_theirs,
                channel=self.channel,
                waits=self.waits,
                flow=self.inside,
                at=self.at,
                frames=tuple(self.frames),
                kept=self.kept,
                told=tuple(self.told),
                offered=self.offered,
                keys=self.keys,
                page=self.page,
                tries=self.tries,
                step=self.step,
                category=self.category,
                article=self.article,
                before=self.before,
                risk=self.risk,
                inputs=self.inputs,
            ),
            tuple(self.acts),
        )

    # --- flows inside flows ---

    def flow_called(self, slug: str) -> Flow | None:
        return self.world.flow(slug) if slug else self.root

    def go_into(self, flow: Flow, to: str) -> None:
        self.frames.append(Frame(self.inside, to))
        self.inside, self.flow, self.told = flow.slug, flow, []

    def come_back(self) -> str | None:
        """Where the outer flow goes on; None where that flow is not there any more."""
        frame = self.frames.pop()
        flow = self.flow_called(frame.flow)
        if flow is None:
            return None
        self.inside, self.flow, self.told = frame.flow, flow, []
        return frame.to

    def is_in(self, slug: str) -> bool:
        return slug in {self.root.slug, self.inside, *(frame.flow for frame in self.frames)}

    # --- saying ---

    def words(self, text: Text) -> Line:
        """In the language of the run, or the first of the flow, or any there is."""
        for code in (self.language, *self.flow.languages, *text):
            if code in text:
                return line(text[code], code, self.medium)
        return Line("", self.language)

    def phrase(self, name: str) -> Line:
        flow = self.flow if name in self.flow.phrases else self.root
        return phrase(name, self.language, flow, self.medium)

    def tell(self, said: Line) -> None:
        if said.text or said.recording:
            self.acts.append(Tell(said))

    def speak(self, language: str) -> None:
        self.language, self.is_theirs = language, True
        self.acts.append(SpeakLanguage(language))

    # --- asking ---

    def offer(self, question: Line, options: Sequence[Option], *, paged: bool = True) -> None:
        """Numbers are given in the order of what stands there; more than fit are turned over like pages."""
        if paged or self.medium is Medium.PHONE:
            options = self._page(options)
        shown = _numbered(options)
        self.offered = tuple(option.id for option in shown)
        self.keys = tuple(option.key for option in shown)
        self.acts.append(Offer(question, tuple(shown)))

    def picked(
        self, said: Said, options: Sequence[Option], also: Mapping[str, Sequence[str]] = {}
    ) -> str | None:
        """Which of those that stand before the person they mean."""
        titles = {option.id: option.line.text for option in options}
        if MORE in self.offered:
            titles[MORE] = self.phrase("more").text
        offered = [Title(id, titles.get(id, "")) for id in self.offered]
        return answers.picked(said, offered, self.keys, also)

    def _page(self, options: Sequence[Option]) -> Sequence[Option]:
        if len(options) <= KEYS:
            return options
        size = KEYS - 1
        pages = -(-len(options) // size)
        begin = (self.page % pages) * size
        shown = [Option(option.id, option.line) for option in options[begin : begin + size]]
        return [*shown, Option(MORE, self.phrase("more"))]

    def want(self, question: Line, wants: Wanted, *, digits: int = 0, seconds: int = 180) -> None:
        self.offered, self.keys = (), ()
        self.acts.append(Want(question, wants, digits, seconds))

    def arrive(self, name: str) -> None:
        self.wait_for(Waits.ANSWER)
        self.at, self.step, self.category, self.article = name, Step.NONE, "", ""

    def raise_risk(self, risk: str) -> None:
        self.risk = max(self.risk, risk, key=RISKS.index)

    def finish(self) -> None:
        self.wait_for(Waits.NOTHING)
        self.acts.append(Finish())

    def wait_for(self, what: Waits) -> None:
        self.waits, self.before, self.tries, self.page = what, Waits.NOTHING, 0, 0
        self.offered, self.keys = (), ()


@dataclass(frozen=True, slots=True)
class Missed:
    """Not understood: asked again until the tries are used up."""

    tries: int
    otherwise: str = ""  # empty: a person


Next = str | Missed | None  # a node, or None where the run waits already


def _gone(root: Flow) -> Flow:
    """In place of a flow that is not published any more: nothing of it is there, so a person comes."""
    return replace(root, nodes={}, danger="")


def _numbered(options: Sequence[Option]) -> list[Option]:
    """Keys as the flow sets them; to the others the free ones in order."""
    taken = {option.key for option in options}
    free = (str(key) for key in range(1, len(options) + len(taken) + 1) if str(key) not in taken)
    return [option if option.key else Option(option.id, option.line, next(free)) for option in options]
