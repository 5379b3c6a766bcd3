"""Random histories of callers, agents and a telephone company that repeats itself: what must hold, always holds.

A planted fault must be found, or the search means nothing.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from django.db import transaction

from aidline.calls import connecting, ending, legs, offering, queueing
from aidline.calls.models import Call, Callback, Leg, Offer
from aidline.calls.states import CallbackState, LegState, OfferState, Stage
from aidline.conversations.models import Conversation, Message
from aidline.gateway import call_tending, inbound, talking
from aidline.kernel.clock import now
from aidline.routing.services import set_presence
from aidline.routing.states import PresenceState
from calls.exchange import Phone
from calls.stage import Agent, House

pytestmark = pytest.mark.django_db

NUMBERS = [f"+44770090{n:04}" for n in range(200, 206)]
STEPS, HISTORIES, UNTIL_FOUND = 36, 3, 40


class Found(AssertionError):
    pass


class History:
    """One run. Every choice comes from one random number, so that it can be played again."""

    def __init__(self, house: House, seed: int) -> None:
        self.house, self.random = house, Random(seed)
        self.phones: list[Phone] = []
        self.since: dict[Any, datetime] = {}
        self.risks: dict[Any, int] = {}
        self.story: list[str] = []

    @property
    def agents(self) -> list[Agent]:
        return [self.house.mira, self.house.noor, self.house.sol]

    def run(self, steps: int = STEPS) -> None:
        acts: list[Callable[[], object]] = [
            *(self.dial,) * 2,
            *(self.press,) * 5,
            *(self.hang_up,) * 2,
            *(self.repeat,) * 2,
            self.late,
            *(self.accept,) * 4,
            self.reject,
            self.leave,
            self.vanish,
            self.presence,
            self.hold,
            *(self.pass_on,) * 2,
            self.give_back,
            self.listen,
            self.time_passes,
            *(self.work,) * 3,
            self.told_again,
        ]
        self.house.mira.is_there()
        self.house.noor.is_there()
        for number in NUMBERS[:3]:
            self.phones.append(self.house.waiting_caller(number))
        for _ in range(steps):
            act = self.random.choice(acts)
            self.story.append(act.__name__)
            act()
            self.check()
        self.finish()

    # --- callers ---

    def _live(self) -> list[Phone]:
        return [phone for phone in self.phones if not phone.over]

    def dial(self) -> None:
        if len(self._live()) < 4:
            self.phones.append(self.house.phone(self.random.choice(NUMBERS)).dial())

    def _one(self) -> Phone | None:
        live = self._live()
        return self.random.choice(live) if live else None

    def press(self) -> None:
        phone = self._one()
        if phone is None or phone.verb is None:
            return
        if phone.verb.tag == "Record":
            phone.speak(self.random.choice([1, 9]), told=self.random.random() < 0.5)
        elif phone.verb.tag == "Gather":
            phone.press(self.random.choice(["1", "1", "1", "2", "0", "9", "*", ""]))

    def hang_up(self) -> None:
        phone = self._one()
        if phone:
            phone.hang_up(told=self.random.random() < 0.8)

    def repeat(self) -> None:
        phone = self._one()
        if phone:
            phone.again()

    def late(self) -> None:
        phone = self._one()
        if phone and "at=" in phone.url:
            self.house.exchange.post(phone.url, phone._fields({"Digits": "2"}))

    # --- agents ---

    def _agent(self) -> Agent:
        return self.random.choice(self.agents)

    def accept(self) -> None:
        rung = [agent for agent in self.agents if agent.rings()]
        if rung:
            self.random.choice(rung).accept()

    def reject(self) -> None:
        agent = self._agent()
        offer = agent.rings()
        if offer:
            talking.reject(agent.seat, offer.pk)

    def leave(self) -> None:
        agent = self._agent()
        call = talking.call_of(agent.seat)
        if call:
            talking.leave(agent.seat, call)

    def vanish(self) -> None:
        agent = self._agent()
        if agent.browser:
            agent.browser.hang_up(told=self.random.random() < 0.7)

    def presence(self) -> None:
        state = self.random.choice([PresenceState.AVAILABLE, PresenceState.AVAILABLE, PresenceState.AWAY])
        set_presence(membership=self._agent().membership, state=state)

    def _owned(self) -> tuple[Agent, Call] | None:
        rows = Leg.objects.filter(part="agent", membership__isnull=False).exclude(state="left")
        found = list(rows.select_related("call").order_by("pk"))
        if not found:
            return None
        leg = self.random.choice(found)
        return next(agent for agent in self.agents if agent.membership.pk == leg.membership_id), leg.call

    def hold(self) -> None:
        if found := self._owned():
            talking.hold(found[0].seat, found[1], self.random.random() < 0.5)

    def pass_on(self) -> None:
        found = self._owned()
        if found is None:
            return
        agent, call = found
        with suppress(talking.CannotCall):  # a call that went round too often
            self._pass_on(agent, call)

    def _pass_on(self, agent: Agent, call: Call) -> None:
        to = self.random.choice([one for one in self.agents if one is not agent])
        way = self.random.randrange(4)
        if way == 1:
            talking.transfer(agent.seat, call, to.membership)
        elif way == 2:
            talking.consult(agent.seat, call, to.membership)
        elif way == 3:
            talking.finish_transfer(agent.seat, call)
        else:
            talking.give_up_transfer(agent.seat, call)

    def give_back(self) -> None:
        if found := self._owned():
            with suppress(talking.CannotCall):
                talking.transfer(found[0].seat, found[1], None)

    def listen(self) -> None:
        call = Call.objects.filter(stage=Stage.CONNECTED).first()
        if call:
            way = self.random.choice([talking.supervise, talking.take_over])
            ticket = (
                way(self.house.sol.seat, call, "listener")
                if way is talking.supervise
                else way(self.house.sol.seat, call)
            )  # type: ignore[operator]
            if ticket:
                self.house.sol.connect(ticket)

    # --- the world ---

    def time_passes(self) -> None:
        back = timedelta(seconds=self.random.choice([6, 30, 100]))
        for row in Call.objects.filter(stage__in=[Stage.LEFT, Stage.QUEUED]):
            Call.objects.filter(pk=row.pk).update(turn_at=row.turn_at - back)
        for leg in Leg.objects.filter(state=LegState.INVITED):
            Leg.objects.filter(pk=leg.pk).update(since=leg.since - back)
        for offer in Offer.objects.filter(state=OfferState.PENDING):
            Offer.objects.filter(pk=offer.pk).update(deadline=offer.deadline - back)
        Leg.objects.filter(wrap_until__isnull=False).update(wrap_until=now())

    def work(self) -> None:
        self.house.work(rounds=1)

    def told_again(self) -> None:
        """In another order, and as other deliveries."""
        told = list(self.house.exchange.told)
        self.random.shuffle(told)
        mark = f"&Again={self.random.random()}".encode()
        self.house.exchange.bring(*(body + mark for body in told[:6]))
        inbound.drain()

    # --- what must hold ---

    def check(self) -> None:
        for call in Call.objects.exclude(stage=Stage.OVER):
            owners = Leg.objects.filter(call=call, part="agent").exclude(state=LegState.LEFT).count()
            self._say(owners <= 1, "I1: one answers for a call")
            waits = call.stage == Stage.QUEUED
            self._say(not (waits and owners), "I1: nobody owns a call that waits")
            pending = Offer.objects.filter(call=call, state=OfferState.PENDING).count()
            self._say(pending <= 1, "I2: one live offer")
            kinds = {Stage.QUEUED: ("ring",), Stage.CONNECTED: ("consult", "transfer", "help")}
            wrong = Offer.objects.filter(call=call, state=OfferState.PENDING)
            self._say(
                not wrong.exclude(kind__in=kinds.get(Stage(call.stage), ())).exists(),
                f"I6: an offer of a call that is {call.stage}",
            )
            if call.wait_since:
                before = self.since.setdefault(call.pk, call.wait_since)
                self._say(call.wait_since <= before, "I9: the wait never begins later")
        over = Call.objects.filter(stage=Stage.OVER).values("pk")
        self._say(
            not Leg.objects.filter(call__in=over).exclude(state="left").exists(), "a leg without a call"
        )
        self._say(
            not Offer.objects.filter(call__in=over, state="pending").exists(), "an offer of what is over"
        )
        self._say(not Call.objects.filter(stage=Stage.OVER, ending="").exists(), "an end without a reason")
        self._exclusive()
        self._once()

    def _exclusive(self) -> None:
        for agent in self.agents:
            here = Leg.objects.filter(membership=agent.membership).exclude(state=LegState.LEFT).count()
            asked = Offer.objects.filter(membership=agent.membership, state="pending")
            self._say(here <= 1, "I3: voice is exclusive")
            rings = asked.filter(kind__in=["ring", "callback"]).count()
            self._say(not (here and rings), "I3: it rings at somebody who talks")

    def _once(self) -> None:
        for conversation in Conversation.objects.all():
            open_ones = Callback.objects.filter(
                conversation=conversation, state__in=[CallbackState.WAITING, CallbackState.DIALLING]
            )
            self._say(open_ones.count() <= 1, "I20: one callback of a conversation")
        ends = Message.objects.filter(kind__in=["call_ended"])
        self._say(ends.count() <= Call.objects.filter(stage=Stage.OVER).count(), "I17: one end of a call")
        numbers = Call.objects.filter(external_index__isnull=False).values_list("external_index", flat=True)
        self._say(len(set(map(bytes, numbers))) == len(numbers), "I17: one call of a line")

    def finish(self) -> None:
        """No orphans: once everybody has hung up and time has passed, all is over and everybody is free."""
        for phone in [*self.phones, *self.house.exchange.lines.values()]:
            phone.hang_up(told=self.random.random() < 0.7)
        for _ in range(6):
            self.house.work(rounds=1)
            Call.objects.exclude(stage=Stage.OVER).update(turn_at=now() - timedelta(hours=5))
            Leg.objects.filter(state=LegState.INVITED).update(since=now() - timedelta(minutes=5))
            Offer.objects.filter(state="pending").update(deadline=now() - timedelta(seconds=1))
            Callback.objects.filter(state="waiting").update(next_at=now() + timedelta(days=1))
        self.check()
        self._say(not Call.objects.exclude(stage=Stage.OVER).exists(), "I6: an orphan")
        self._say(not Leg.objects.exclude(state=LegState.LEFT).exists(), "I6: somebody is left in a room")
        self._say(not Callback.objects.filter(state="dialling").exists(), "I6: a callback that nobody dials")

    def _say(self, holds: bool, what: str) -> None:
        if not holds:
            raise Found(what, self.story[-8:])


def play(house: House, seeds: range) -> None:
    for seed in seeds:
        with undone():
            house.exchange.lines.clear()
            house.exchange.told.clear()
            house.exchange.later.clear()
            History(house, seed).run()


@contextmanager
def undone() -> Iterator[None]:
    """Each history begins in the same house."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def test_what_must_hold_holds_in_every_history(house: House) -> None:
    play(house, range(HISTORIES))


def _forgets_offers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offering, "withdraw", lambda offers: None)


def _forgets_legs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ending, "_part", lambda call, at: None)


def _begins_the_wait_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queueing, "begin_waiting", lambda call, at: now())


def _rings_the_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offering, "free", lambda centre, at: offering.present(centre))


def _leaves_the_owner(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connecting, "empty", lambda call: None)


def _loses_the_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(call_tending, "_without_agents", lambda: None)
    monkeypatch.setattr(call_tending, "_silent", lambda: None)


def _never_tires(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(call_tending, "_never_joined", lambda: None)
    monkeypatch.setattr(legs, "live", lambda call: [])


FAULTS = (
    _forgets_offers,
    _forgets_legs,
    _begins_the_wait_anew,
    _rings_the_busy,
    _leaves_the_owner,
    _loses_the_lost,
    _never_tires,
)


@pytest.mark.parametrize("plant", FAULTS, ids=lambda fault: fault.__name__.strip("_"))
def test_a_planted_fault_is_found(
    house: House, monkeypatch: pytest.MonkeyPatch, plant: Callable[[pytest.MonkeyPatch], None]
) -> None:
    plant(monkeypatch)
    with pytest.raises((Found, AssertionError)):
        play(house, range(UNTIL_FOUND))
