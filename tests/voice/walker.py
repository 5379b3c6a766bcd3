"""Plays a telephone company at random against whoever answers its questions, and says what is wrong with the answers.

It follows each document to its end, presses keys, speaks or stays silent, lets colleagues come and go, hangs up
anywhere; it asks twice, asks again what was asked long ago, and tells what happened late, twice and out of order.
What a document says is read by a `Tongue` of each company, which knows nothing of our renderers.

What must not happen, by the word a `Fault` begins with:
rules (not the company's language), relative (an address that is none), step (a question that came twice did two
things), dumb (ended without a word to the caller), lost (a caller whom nobody answers and nothing will), endless (a
silent caller is asked for ever), stale (who answers believes a call is there that is over, or the other way round).
"""

import re
from collections.abc import Callable, Iterator
from random import Random

from aidline.channels.contract.calls import HookRequest
from voice.company import (
    HOST,
    End,
    Enter,
    Fault,
    Figures,
    Go,
    Heard,
    Keys,
    Leg,
    Office,
    Order,
    Ring,
    Speak,
    Step,
    Tongue,
)

MOST_TURNS = 60
PATIENCE = 150  # questions to a caller who says nothing
_STEP = re.compile(r"[?&]at=(\d+)")


class Walk:
    def __init__(self, tongue: Tongue, office: Office, random: Random) -> None:
        self.tongue, self.office, self.random = tongue, office, random
        self.figures = Figures(walks=1)
        self.caller = self._leg("+4477009001" + f"{random.randrange(100):02}")
        self.legs: list[Leg] = [self.caller]
        self.news: list[HookRequest] = []
        self.past: list[tuple[Leg, HookRequest]] = []
        self.places: dict[str, int] = {}
        self.log: list[str] = []
        office.meet(self.legs)

    def run(self) -> Figures:
        self._question(self.caller, self.office.answer_url, first=True)
        for _ in range(self.random.randrange(3, MOST_TURNS)):
            self._turn()
            if self.caller.over:
                break
        self._settle()
        return self.figures

    def _turn(self) -> None:
        self._obey()
        what = self.random.random()
        if what < 0.40:
            self._disturb(what)
        else:
            self._go_on(self.random.choice(self._live()))

    def _disturb(self, what: float) -> None:
        if what < 0.12:
            self._deliver()
        elif what < 0.30:
            self._act()
        elif what < 0.34:
            self._ask_old()
        elif what < 0.37:
            self._wait(self._while())
        elif what > 0.38:
            self._hang_up(self.random.choice(self._live()))

    def _live(self) -> list[Leg]:
        return [leg for leg in self.legs if not leg.over] or [self.caller]

    def _act(self) -> None:
        acts = self.office.acts()
        if acts:
            self._noise()
            self.random.choice(acts)()
            self._obey()

    def _noise(self) -> None:
        """From now on a call may lead elsewhere without having asked."""
        for leg in self.legs:
            leg.quiet = False

    def _while(self) -> int:
        """A company asks again every few seconds, but for those who talk."""
        return self.random.choice((1, 60, 300) if self.caller.room or self.caller.over else (1, 5, 15))

    def _wait(self, seconds: int) -> None:
        self._noise()
        self.office.wait(seconds)
        self._obey()

    # --- questions ---

    def _question(self, leg: Leg, url: str, *, first: bool = False, **what: str) -> None:
        """The answer is followed from its first step. Sometimes it got lost, and the same is asked again."""
        if not url.startswith(HOST + "/"):
            raise Fault("relative", url[:80])
        request = self.tongue.ask(leg, url, **what)
        document = self._answered(request)
        if self.random.random() < 0.12:
            self.figures.twice += 1
            again = self._answered(request)
            self._check_same(document, again, "asked twice")
            document = again
        leg.url, leg.document, leg.asked = url, document, leg.asked + 1
        leg.seconds, leg.quiet = leg.seconds + 7, True
        self.past.append((leg, request))
        leg.steps = self._read(leg, document)
        self.log.append(f"{leg.id[-6:]} {url.removeprefix(HOST)[:90]} {what} -> {leg.steps}")
        if first:
            self._tell_state(leg, "ringing", "answered")

    def _answered(self, request: HookRequest) -> bytes:
        self.figures.asked += 1
        return self.office.answer(request)

    def _read(self, leg: Leg, document: bytes) -> list[Step]:
        wrong = self.tongue.complaints(document)
        if wrong:
            kind = "relative" if any("'/" in one or "''" in one for one in wrong) else "rules"
            raise Fault(kind, f"{wrong} in {document[:300]!r}")
        return self.tongue.read(document)

    def _check_same(self, one: bytes, other: bytes, how: str) -> None:
        if steps_of(one) != steps_of(other):
            raise Fault("step", f"{how}: {sorted(steps_of(one))} became {sorted(steps_of(other))}")

    def _ask_old(self) -> None:
        """Late and lost: whatever was asked before is asked again, and the answer falls to the ground."""
        if not self.past:
            return
        leg, request = self.random.choice(self.past)
        if leg.over or self._ends(leg):
            return
        self.figures.old += 1
        answer = self._answered(request)
        if leg.quiet:
            self._check_same(leg.document, answer, "asked again, long ago")

    def _ends(self, leg: Leg) -> bool:
        """The call is over once this document is."""
        return not any(isinstance(step, Go | Keys | Speak | Enter | Ring) for step in leg.steps)

    # --- steps ---

    def _go_on(self, leg: Leg) -> None:
        if leg.over or leg.room:
            return
        step = leg.steps.pop(0) if leg.steps else End()
        match step:
            case Heard():
                leg.heard = True
            case Keys():
                self._keys(leg, step)
            case Speak():
                self._speak(leg, step)
            case Enter():
                self._enter(leg, step)
            case Ring():
                self._ring(leg, step)
            case Go():
                self._question(leg, step.url, mark=step.mark)
            case End():
                self._end(leg, step)

    def _keys(self, leg: Leg, step: Keys) -> None:
        leg.heard = True
        if self.random.random() < 0.3:
            self._silent(leg, step)
            return
        many = self.random.randint(1, step.most)
        keys = "".join(self.random.choice("1234567890*#123120") for _ in range(many))
        self._question(leg, step.url, keys=keys)

    def _silent(self, leg: Leg, step: Keys) -> None:
        """Some companies ask without keys, some go on to what follows: both happen."""
        if self.random.random() < 0.5:
            self._question(leg, step.url, keys="")

    def _speak(self, leg: Leg, step: Speak) -> None:
        what = self.random.random()
        if what < 0.15:
            return  # nothing was said: what follows comes
        self.figures.recordings += 1
        recording = self._id("RE")
        self._queue(self.tongue.recorded(leg, step, recording, failed=what < 0.25))
        if what > 0.85:
            self._last_words(leg, step, recording)
        elif not step.mark:  # else what follows tells of it
            self._question(leg, step.url, recording=recording, seconds=str(self.random.randint(1, 90)))

    def _last_words(self, leg: Leg, step: Speak, recording: str) -> None:
        """Hung up while speaking: that is told as the end of the recording."""
        self._over(leg)
        if not step.mark:
            self._answered(self.tongue.ask(leg, step.url, recording=recording, seconds="3", ended="1"))

    def _enter(self, leg: Leg, step: Enter) -> None:
        self.figures.rooms += 1
        leg.room, leg.greeted = step, True
        self._tell_moved(leg, step, "join")

    def _ring(self, leg: Leg, step: Ring) -> None:
        leg.greeted = True
        dialled = self.random.choice(("completed", "busy", "no-answer", "failed"))
        if step.then:  # else what follows comes
            self._question(leg, step.then, dialled=dialled)

    def _end(self, leg: Leg, step: End) -> None:
        if leg is self.caller and not (leg.heard or leg.greeted or step.refused):
            raise Fault("dumb", f"{leg.url} {leg.document[:200]!r}")
        self._over(leg)

    def _hang_up(self, leg: Leg) -> None:
        if leg.over:
            return
        self._over(leg)
        if self.random.random() < 0.5 and not leg.room:
            self._answered(self.tongue.ask(leg, leg.url, ended="1"))  # some companies ask once more

    def _over(self, leg: Leg) -> None:
        leg.over = True
        if leg.room:
            self._tell_moved(leg, leg.room, "leave")
            leg.room = None
        self._tell_state(leg, "completed")

    def _leave(self, leg: Leg) -> None:
        """Put out of a room, on with what follows."""
        room, leg.room = leg.room, None
        if room and not leg.over:
            self._tell_moved(leg, room, "leave")
            if room.then:
                self._question(leg, room.then)

    # --- orders ---

    def _obey(self) -> None:
        for order in self.office.orders():
            self.figures.orders += 1
            self.log.append(f"order {order}")
            self._noise()
            self._do(order)

    def _do(self, order: Order) -> None:
        leg = next((one for one in self.legs if one.id == order.call_id), None)
        match order.does:
            case "redirect" if leg and not leg.over:
                self._drop(leg)
                self._question(leg, order.url)
            case "hang_up" if leg and not leg.over:
                self._over(leg)
            case "remove" if leg and leg.room:
                self._leave(leg)
            case "softphone":
                self._connect(order)
            case "dial" | "invite":
                self._begin(order)

    def _drop(self, leg: Leg) -> None:
        if leg.room:
            self._tell_moved(leg, leg.room, "leave")
            leg.room = None

    def _connect(self, order: Order) -> None:
        leg = self._leg("", softphone=order.identity, parameters=order.parameters)
        self.legs.append(leg)
        self.office.begun(order, leg.id)
        self._question(leg, self.office.softphone_url, first=True)

    def _begin(self, order: Order) -> None:
        """It rings somewhere; somebody answers, or nobody does."""
        leg = self._leg("+447700900500", out=True)
        leg.id = order.call_id or leg.id
        self.office.begun(order, leg.id)
        if self.random.random() < 0.3:
            self._queue(self.tongue.state(leg, self.random.choice(("busy", "no-answer", "failed"))))
            return
        self.legs.append(leg)
        if order.does == "dial":
            self._question(leg, order.url, first=True)
        else:
            self._enter(leg, Enter(order.room, "", order.label, order.told))

    # --- news ---

    def _tell_state(self, leg: Leg, *words: str) -> None:
        for word in words:
            self._queue(self.tongue.state(leg, word))

    def _tell_moved(self, leg: Leg, room: Enter, word: str) -> None:
        self.places[room.room] = self.places.get(room.room, 0) + 1
        self._queue(self.tongue.moved(leg, room, word, self.places[room.room]))

    def _queue(self, news: HookRequest | None) -> None:
        if news:
            self.news += [news] * self.random.choice((1, 1, 1, 2))

    def _deliver(self) -> None:
        """In any order."""
        for _ in range(min(len(self.news), self.random.randint(1, 4))):
            self._tell(self.news.pop(self.random.randrange(len(self.news))))

    def _tell(self, news: HookRequest) -> None:
        self.figures.told += 1
        self.log.append(f"told {news.body[:400]!r}")
        self._noise()
        self.office.tell(news)
        self._obey()

    # --- the end of it ---

    def _settle(self) -> None:
        """Everybody goes home and the caller says nothing more: then all is told, and time passes."""
        self.office.close()
        self._all_gone()
        if not self.caller.over:
            self._wait_out()
        if not self.caller.over:
            self._over(self.caller)
        self._all_gone()
        self._wait(4 * 3600)
        self._all_gone()
        if self.office.is_live(self.caller.id):
            raise Fault("stale", "the caller has hung up, and the call goes on")
        if left := self.office.left_over():
            raise Fault("stale", f"left over: {left}")

    def _all_gone(self) -> None:
        """All but the caller hang up, also whoever is still rung meanwhile."""
        self._all_told()
        while others := [leg for leg in self.legs[1:] if not leg.over]:
            for leg in others:
                self._over(leg)
            self._all_told()

    def _wait_out(self) -> None:
        """Whoever says nothing any more is led to an end, and is alone in a room for no longer than a moment."""
        self._be_silent(PATIENCE)
        if self._in_queue() and not self._can_leave():
            raise Fault("endless", f"no way out of the queue, {self.caller.document[:200]!r}")
        if not self.caller.over:
            raise Fault("endless", f"{self.caller.url} {self.caller.document[:200]!r}")

    def _be_silent(self, patience: int) -> None:
        for _ in range(patience):
            if self.caller.over or self._in_queue():
                return
            if self.caller.room:
                self._wait(300)
                self._all_told()
            if self.caller.room and not self.caller.over:
                raise Fault("lost", f"alone in a room, {self.caller.document[:200]!r}")
            if not self.office.is_live(self.caller.id) and not self._ends(self.caller):
                raise Fault("stale", "the caller is there, and the call is thought to be over")
            self._silent_step(self.caller)

    def _in_queue(self) -> bool:
        first = next((step for step in self.caller.steps if not isinstance(step, Heard)), None)
        return isinstance(first, Keys) and self.office.is_waiting(self.caller.id)

    def _can_leave(self) -> bool:
        """By the key for a message."""
        keys = next(step for step in self.caller.steps if isinstance(step, Keys))
        self._question(self.caller, keys.url, keys="1")
        self._be_silent(PATIENCE)
        return self.caller.over

    def _silent_step(self, leg: Leg) -> None:
        step = leg.steps[0] if leg.steps else End()
        if isinstance(step, Keys):
            leg.steps.pop(0)
            leg.heard = True
            if not any(isinstance(one, Go) for one in leg.steps):
                raise Fault("lost", f"silence leads nowhere, {leg.document[:200]!r}")
        elif isinstance(step, Speak):
            leg.steps.pop(0)
        else:
            self._go_on(leg)
        self._wait(15)

    def _all_told(self) -> None:
        while self.news:
            self._tell(self.news.pop(self.random.randrange(len(self.news))))
        self._obey()

    # --- ids ---

    def _leg(self, number: str, **more: object) -> Leg:
        return Leg(self._id("CA"), number, **more)  # type: ignore[arg-type]

    def _id(self, kind: str) -> str:
        return kind + "".join(self.random.choice("0123456789abcdef") for _ in range(32))


def steps_of(document: bytes) -> frozenset[str]:
    """Where a document leads, by the number of the step: what was asked twice leads to the same place."""
    return frozenset(_STEP.findall(document.decode().replace("&amp;", "&")))


def walks(
    tongue: Tongue, office: Callable[[Random], Office], many: int, seed: int
) -> Iterator[tuple[int, Walk, Fault | None]]:
    for number in range(seed, seed + many):
        random = Random(number)
        walk = Walk(tongue, office(random), random)
        try:
            walk.run()
        except Fault as fault:
            yield number, walk, fault
        else:
            yield number, walk, None
