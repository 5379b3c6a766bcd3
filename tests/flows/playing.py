"""A person, or what a person may do to it, in a random flow; and what must be true of every turn."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from aidline.flows import engine
from aidline.flows.language import (
    Act,
    Ask,
    Finish,
    Flow,
    HandOver,
    Line,
    Medium,
    Offer,
    Read,
    Said,
    Tell,
    ToPerson,
    Want,
    Wanted,
)
from aidline.flows.state import State, Turn, Waits
from aidline.kernel import languages

from .making import Made

RISKS = ("", "medium", "high", "imminent")
ENDS = (Offer, Want, ToPerson, Finish)
MOST_TURNS = engine.INPUTS + 40  # a caller may wait a while for the person they were given
MOST_ACTS = 120

PERSON = ("human", "Une personne", "شخص", "help")
REPEAT = ("repeat", "encore", "كرر")
LANGUAGE = ("language", "langue", "اللغة")
RUBBISH = (
    "?",
    "x" * 300,
    "🙂",
    "0 0 0",
    "\u202e1",
    "ls -la",
    "1; 2",
    "7",
    "88",
    "-",
    "٩٩٩",
    "no",
    "null",
    "*#0",
    "12,5",
)


class Wrong(AssertionError):
    """An invariant that did not hold."""


def must(holds: bool, what: str, *details: object) -> None:
    if not holds:
        raise Wrong(what + "".join(f" | {detail!r}" for detail in details))


@dataclass
class Ended:
    how: str
    turns: int
    steps: int


class Player:
    """One run. `said` is everything that was said, so that a fault can be played again."""

    def __init__(self, random: Random, made: Made) -> None:
        self.random, self.made = random, made
        self.medium = random.choice(made.flow.media)
        self.manner = random.choice(_MANNERS)
        self.patience = random.choice((0, 3, 10, 30))
        self.turns = self.steps = self.silences = 0
        self.risk = ""
        self.has_read = False
        self.said: list[Any] = []

    def play(self) -> Ended:
        known = self.random.choice(["", "xx", *self.made.flow.languages])
        self.see(
            engine.begin(
                self.made.flow, medium=self.medium, language=known, world=self.made.world, channel="line"
            )
        )
        while not (end := self.ended()):
            self.go_on()
        return Ended(end, self.turns, self.steps)

    def ended(self) -> str:
        last = self.last
        if self.state.over:
            goodbye = "article and goodbye" if self.has_read else "goodbye"
            return "person" if isinstance(last, ToPerson) else goodbye
        if isinstance(last, ToPerson) and self.random.random() < 0.5:
            return "person"  # an agent took the call
        return ""

    def go_on(self) -> None:
        if self.random.random() < 0.05:
            self.made.world.opened = not self.made.world.opened
        if self.random.random() < 0.05 and not self.made.sound:
            self.change_flows()
        if self.state.waits is Waits.QUEUE and self.random.random() < 0.7:
            return self.leave_queue()
        said = self.manner(self)
        self.silences = self.silences + 1 if said == Said() else 0
        must(self.silences <= self.bound(), "silence does not end", self.silences)
        before, last = self.state, self.last
        self.hear(said)
        self.check_what_always_works(said, before, last)

    def bound(self) -> int:
        """Who says nothing is led on and on; only a flow that leads back may go on until the budget is used up."""
        flows = (self.made.flow, *self.made.world.flows.values())
        questions = sum(len(flow.nodes) for flow in flows) * 2  # a flow may be gone into twice and more
        return 4 * questions + 12 if self.made.forward else MOST_TURNS

    def change_flows(self) -> None:
        """Somebody publishes or takes away what we may be in."""
        flows = self.made.world.flows
        slugs = list(flows)
        if slugs and self.random.random() < 0.3:
            flows.pop(slugs[0])
        elif len(slugs) > 1:
            flows[slugs[0]], flows[slugs[1]] = flows[slugs[1]], flows[slugs[0]]

    # --- turns ---

    def hear(self, said: Said) -> None:
        self.said.append(said)
        self.see(engine.hear(self.made.flow, self.state, said, self.made.world))

    def leave_queue(self) -> None:
        self.said.append("nobody came")
        node, before = self.node(), self.state
        self.see(engine.left_queue(self.made.flow, self.state, self.made.world))
        if not self.made.sound or before.inputs >= engine.INPUTS:
            return
        voicemail = self.state.waits is Waits.VOICEMAIL
        must(isinstance(node, HandOver) or before.at == "", "waits where no hand-over is", before)
        goes_on = isinstance(node, HandOver) and bool(node.otherwise)
        must(voicemail is not goes_on, "who leaves the queue goes where it says", before, self.state)

    def see(self, turn: Turn) -> None:
        """What must be true of every turn."""
        self.turns += 1
        self.steps += len(turn.acts)
        self.turn, self.last = turn, turn.acts[-1]
        state = State.unpacked(json.loads(json.dumps(turn.state.packed())))
        must(state == turn.state, "the state is not what was packed", state, turn.state)
        self.state = state
        must(self.turns <= MOST_TURNS, "does not end", self.turns)
        must(0 < len(turn.acts) <= MOST_ACTS, "too much in one turn", len(turn.acts))
        kinds = [isinstance(act, ENDS) for act in turn.acts]
        must(kinds[-1] and not any(kinds[:-1]), "waits on the last act and only there", turn.acts)
        over = isinstance(self.last, Finish) or (
            isinstance(self.last, ToPerson) and self.medium is not Medium.PHONE
        )
        must(state.over is over, "is over when it says so", state)
        queues = isinstance(self.last, ToPerson) and self.medium is Medium.PHONE
        must((state.waits is Waits.QUEUE) is queues, "is in the queue when it says so", state)
        must(RISKS.index(state.risk) >= RISKS.index(self.risk), "risk never falls", self.risk, state)
        self.risk = state.risk
        self.has_read |= any(isinstance(act, Read) for act in turn.acts)
        self.check_words(turn.acts)
        self.check_offer()
        if isinstance(self.last, Finish) and self.made.sound:
            must(any(isinstance(act, Tell) for act in turn.acts), "ends without a word")

    def check_words(self, acts: Sequence[Act]) -> None:
        """In the language of the line, and the line in that of the run."""
        if not self.made.sound:
            return
        for line in _lines(acts):
            must(bool(line.text), "nothing is said", acts)
            _, mark, language = line.text.partition("\n")[0].rpartition("|")
            if mark:
                must(language == line.language, "another language than it says", line)
            must(
                line.language in (*self.made.flow.languages, "en"), "a language that is not the flow's", line
            )
            must(self.medium is Medium.PHONE or not line.recording, "a recording in writing", line)

    def check_offer(self) -> None:
        if not isinstance(self.last, Offer) or not (self.last.options or self.made.sound):
            return
        keys = [option.key for option in self.last.options]
        must(
            tuple(option.id for option in self.last.options) == self.state.offered,
            "offered is kept",
            self.state,
        )
        must(len(set(keys)) == len(keys) > 0, "a key for each", keys)
        must(len(set(self.state.offered)) == len(keys), "choices twice", self.state.offered)
        if self.medium is Medium.PHONE:
            must(set(keys) <= set("12345678"), "keys there are", keys)

    # --- what always works ---

    def check_what_always_works(self, said: Said, before: State, last: Act) -> None:
        if said.choice in before.offered or before.inputs >= engine.INPUTS:
            return
        if said.text in PERSON:
            must(isinstance(self.last, ToPerson), "a person is one word away", before, self.last)
        if said.text in REPEAT and self.made.sound:
            must(self.last == last, "the same question again", last, self.last)
        if said.text == "*":
            self.check_danger(before)

    def check_danger(self, before: State) -> None:
        if self.made.sound:
            must(isinstance(self.last, ToPerson), "in danger a person comes", before, self.last)
            assert isinstance(self.last, ToPerson)
            must(RISKS.index(self.last.risk) >= RISKS.index("high"), "with the risk told", self.last)
            must(
                RISKS.index(self.last.risk) >= RISKS.index(before.risk), "risk never falls", self.last, before
            )

    # --- what a person may look at ---

    def node(self) -> object:
        flow: Flow | None = self.made.flow
        if self.state.flow:
            flow = self.made.world.flow(self.state.flow)
        return flow.nodes.get(self.state.at) if flow else None


def _lines(acts: Sequence[Act]) -> list[Line]:
    lines = [act.line for act in acts if isinstance(act, Tell | Offer | Want | ToPerson) and act.line]
    return lines + [option.line for act in acts if isinstance(act, Offer) for option in act.options]


# --- manners of people -------------------------------------------------------------------------------------


def _answers(player: Player) -> Said:
    """What was asked for, in one of the ways there are."""
    last, random = player.last, player.random
    if isinstance(last, Offer) and last.options:
        option = random.choice(last.options)
        return random.choice(
            [Said(option.key), Said(choice=option.id), Said(option.line.text), Said(option.line.text.upper())]
        )
    if isinstance(last, Want) and player.random.random() < 0.8:
        return _ANSWERS[last.wants](player)
    return _anything(player)


def _number(player: Player) -> Said:
    node = player.node()
    low, high = (node.least or 0, node.most or 9) if isinstance(node, Ask) else (0, 9)
    return Said(str(player.random.randint(min(low, high) - 1, max(low, high) + 1)))


_ANSWERS: Mapping[Wanted, Callable[[Player], Said]] = {
    Wanted.TEXT: lambda player: Said("My roof is gone since Tuesday"),
    Wanted.NUMBER: _number,
    Wanted.LOCATION: lambda player: Said(place=(35.5, -12.25)),
    Wanted.PHOTO: lambda player: Said(file="photo"),
    Wanted.VOICE: lambda player: Said(file="voice"),
}


def _anything(player: Player) -> Said:
    random = player.random
    words = random.choice((PERSON, REPEAT, LANGUAGE, RUBBISH, RUBBISH, tuple("0123456789*#")))
    named = [languages.name(code) for code in player.made.flow.languages]
    return random.choice(
        [
            Said(random.choice(words)),
            Said(random.choice(named)),
            Said(file=random.choice(["photo", "voice", "file"])),
            Said(place=(0.0, 0.0)),
            Said(choice=random.choice(["c0", "c7", "-more", "-human", "en", "ar", "no such"])),
            Said(),
        ]
    )


def _silent(player: Player) -> Said:
    return Said()


def _tires(player: Player) -> Said:
    """Answers for a while, and then no more."""
    return _answers(player) if player.turns <= player.patience else Said()


def _stubborn(player: Player) -> Said:
    """Whatever keeps it going."""
    return Said(player.random.choice(("repeat", "language", "#", "repeat", "9")))


def _mixed(player: Player) -> Said:
    return (_answers if player.random.random() < 0.7 else _anything)(player)


_MANNERS: Sequence[Callable[[Player], Said]] = tuple(
    manner
    for manner, times in {
        _answers: 80,
        _mixed: 80,
        _anything: 40,
        _tires: 60,
        _silent: 20,
        _stubborn: 2,  # each of theirs takes all the turns there are
    }.items()
    for _ in range(times)
)
