"""Random flows. Sound ones, as a centre may publish them, and wild ones that no check would let through.

A sound flow is built from front to back: what goes on without an answer only leads further on, answers may lead back.
Each text tells which node of which flow it is of, and in which language.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from random import Random

from aidline.flows.known import Known, Limits
from aidline.flows.language import (
    Ask,
    Branch,
    Case,
    Choice,
    End,
    Flow,
    HandOver,
    Hours,
    Information,
    Medium,
    Menu,
    Message,
    Node,
    Set,
    SubFlow,
    Test,
    Text,
    Topic,
    Vouchers,
    Wanted,
    Words,
)
from aidline.flows.routes import reached
from aidline.kernel import languages

from .worlds import SmallWorld

LANGUAGES = ("en", "fr", "es", "ar", "uk", "nl", "fa", "ti", "so")
TOPICS = ("food", "papers", "shelter")
CATEGORIES = ("health", "money", "empty")
SKILLS = ("", "legal", "night")
ANSWERS = ("age", "place", "need")
RISKS = ("", "", "medium", "high", "imminent")


@dataclass
class Made:
    flow: Flow
    world: SmallWorld
    known: Known
    sound: bool
    forward: bool  # who says nothing is only led further on
    nodes: dict[str, Flow] = field(default_factory=dict)


def made(random: Random) -> Made:
    sound = random.random() < 0.85
    forward = not sound or random.random() < 0.8
    languages = tuple(random.sample(LANGUAGES, random.randint(1, 4)))
    media = tuple(random.sample(list(Medium), random.randint(1, 3)))
    maker = _Maker(random, languages, media, forward)
    inner = {slug: maker.flow(slug, ()) for slug in ("inner", "other")[: random.randint(0, 2)]}
    if len(inner) == 2 and random.random() < 0.3:
        inner["deep"] = maker.flow("deep", ("inner",))
    flow = maker.flow("main", tuple(inner))
    if not sound:
        flow = _wild(random, flow)
    purse = ["12 left"] if random.random() < 0.5 else []
    world = SmallWorld(inner, random.random() < 0.5, _shelf(random), purse=purse)
    return Made(flow, world, _known(inner, maker), sound, forward and sound)


def _shelf(random: Random) -> dict[str, list[str]]:
    counts = (random.choice((0, 1, 2, 3, 12)) for _ in CATEGORIES[:-1])
    return {
        code: [f"{code} {place}" for place in range(count)]
        for code, count in zip(CATEGORIES[:-1], counts, strict=True)
    }


def _known(inner: dict[str, Flow], maker: "_Maker") -> Known:
    limits = (Limits("WhatsApp", 10, 24, 4096), Limits("SMS", 0, 0, 1600))
    return Known(inner, TOPICS, CATEGORIES, SKILLS, maker.recorded, limits)


class _Maker:
    def __init__(
        self, random: Random, languages: Sequence[str], media: tuple[Medium, ...], forward: bool
    ) -> None:
        self.random, self.languages, self.media, self.forward = random, tuple(languages), media, forward
        self.recorded: set[tuple[str, str]] = set()
        self.wholly = random.random() < 0.1
        self.slug = self.name = ""

    def flow(self, slug: str, inner: tuple[str, ...]) -> Flow:
        self.slug, self.inner = slug, inner
        self.names = [f"n{place}" for place in range(self.random.randint(1, 14))]
        self.last = ["person", "bye"]
        nodes = {name: self.node(place, name) for place, name in enumerate(self.names)}
        nodes["person"] = self.hand_over("person", self.random.choice(["", "", "bye"]))
        nodes["bye"] = End("bye", self.text("bye"))
        danger = "danger" if self.random.random() < 0.7 else ""
        if danger:
            nodes["danger"] = replace(
                self.hand_over("danger", ""), risk=self.random.choice(["high", "imminent"])
            )
        flow = Flow(
            slug, f"Flow {slug}", self.languages, self.media, "n0", nodes, danger, recorded=self.wholly
        )
        return _without_the_unreached(flow)

    # --- texts ---

    def text(self, name: str) -> Text:
        return {code: self.words(f"{name}@{self.slug}|{code}", name, code) for code in self.languages}

    def own_name(self, code: str) -> Text:
        return {code: self.words(languages.name(code), code, code)} if self.wholly else {}

    def words(self, text: str, name: str, code: str) -> Words:
        recording = ""
        if self.wholly or self.random.random() < 0.1:
            recording = f"{name}-{self.slug}".replace(" ", "-")
            self.recorded.add((recording, code))
        return Words(text, self.random.choice(["", text]), recording)

    # --- ways ---

    def further(self, place: int) -> str:
        return self.random.choice([*self.names[place + 1 :], *self.last])

    def anywhere(self) -> str:
        return self.random.choice([*self.names, *self.last])

    def otherwise(self, place: int) -> str:
        return self.further(place) if self.forward else self.anywhere()

    # --- nodes ---

    def node(self, place: int, name: str) -> Node:
        kinds: list[Callable[[int, str], Node]] = [
            self.message,
            self.menu,
            self.menu,
            self.language_menu,
            self.ask,
            self.branch,
            self.set,
            self.topic,
            self.information,
            self.vouchers,
            self.hours,
            lambda _place, name: self.hand_over(name, self.further(place)),
            self.sub_flow if self.inner else self.menu,
        ]
        return self.random.choice(kinds)(place, name)

    def message(self, place: int, name: str) -> Node:
        return Message(name, self.text(name), self.further(place))

    def menu(self, place: int, name: str) -> Node:
        count = self.random.randint(1, 8 if Medium.PHONE in self.media else 10)
        keys = (
            self.random.sample(range(1, 9), count)
            if count <= 8 and self.random.random() < 0.3
            else [0] * count
        )
        ways = [self.further(place), *(self.anywhere() for _ in range(count - 1))]
        choices = tuple(
            Choice(f"c{n}", self.text(f"{name} c{n}"), way, key)
            for n, (way, key) in enumerate(zip(ways, keys, strict=True))
        )
        return Menu(name, self.text(name), choices, self.otherwise(place), self.kept(), self.tries())

    def language_menu(self, place: int, name: str) -> Node:
        choices = tuple(Choice(code, self.own_name(code), self.further(place)) for code in self.languages)
        return Menu(name, self.text(name), choices, self.otherwise(place), "language", self.tries())

    def ask(self, place: int, name: str) -> Node:
        wants = self.random.choice(list(Wanted))
        least, most = (
            sorted(self.random.sample(range(-3, 120), 2)) if self.random.random() < 0.5 else (None, None)
        )
        bounds = {"least": least, "most": most} if wants is Wanted.NUMBER else {}
        to, otherwise = self.anywhere(), self.further(place)
        return Ask(name, self.text(name), wants, to, otherwise, self.kept(), tries=self.tries(), **bounds)

    def branch(self, place: int, name: str) -> Node:
        cases = tuple(self.case(place) for _ in range(self.random.randint(1, 3)))
        return Branch(name, cases, self.further(place))

    def case(self, place: int) -> Case:
        what = self.random.choice([*ANSWERS, "language", "medium", "channel"])
        value = self.random.choice(["c0", "3", "fr", "phone", "17", "voice"])
        test = self.random.choice(list(Test))
        return Case(what, test, "5" if test in {Test.ABOVE, Test.BELOW} else value, self.further(place))

    def set(self, place: int, name: str) -> Node:
        language = {"language": self.random.choice(self.languages)} if self.random.random() < 0.3 else {}
        return Set(name, {self.random.choice(ANSWERS): "7", **language}, self.further(place))

    def topic(self, place: int, name: str) -> Node:
        return Topic(name, self.random.choice(TOPICS), self.further(place))

    def information(self, place: int, name: str) -> Node:
        category = self.random.choice(["", *CATEGORIES])
        return Information(name, self.text(name), category, self.otherwise(place), self.further(place))

    def vouchers(self, place: int, name: str) -> Node:
        return Vouchers(name, self.text(name), self.further(place), self.further(place))

    def hours(self, place: int, name: str) -> Node:
        return Hours(name, self.further(place), self.further(place))

    def hand_over(self, name: str, otherwise: str) -> HandOver:
        skill, risk = self.random.choice(SKILLS), self.random.choice(RISKS)
        return HandOver(name, self.text(name), otherwise, skill, risk, self.random.random() < 0.8)

    def sub_flow(self, place: int, name: str) -> Node:
        return SubFlow(name, self.random.choice(self.inner), self.further(place))

    def kept(self) -> str:
        return self.random.choice(["", *ANSWERS])

    def tries(self) -> int:
        return self.random.randint(1, 4)


def _without_the_unreached(flow: Flow) -> Flow:
    found = {*reached(flow, flow.start), *reached(flow, flow.danger)}
    return replace(flow, nodes={name: node for name, node in flow.nodes.items() if name in found})


# --- wild flows --------------------------------------------------------------------------------------------

_WAYS = ("to", "otherwise", "none", "open", "closed", "start")


def _wild(random: Random, flow: Flow) -> Flow:
    """Circles, ways into nothing, missing words, flows that are not there or go into themselves."""
    names = [*flow.nodes, "nowhere"]
    nodes = {name: _spoiled(random, node, names) for name, node in flow.nodes.items()}
    nodes["around"] = SubFlow("around", random.choice(["main", "not-there", "inner"]), random.choice(names))
    start = random.choice([*flow.nodes, "around"])
    return replace(flow, nodes=nodes, start=start, danger=random.choice(["", *names]))


def _spoiled(random: Random, node: Node, names: Sequence[str]) -> Node:
    ways = {way: random.choice(names) for way in _WAYS if getattr(node, way, "") and random.random() < 0.5}
    if hasattr(node, "text") and random.random() < 0.2:
        ways["text"] = {}
    if isinstance(node, Menu) and random.random() < 0.2:
        ways["choices"] = ()
    return replace(node, **ways)
