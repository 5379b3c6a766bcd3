"""A year of weekly payments, with what a year brings: people come, go, lose phones, change numbers, are paused.

Runs through the services on the database it finds, and ends with books that balance to the cent.
"""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from aidline import vault
from aidline.kernel.clock import now, starting_at
from aidline.vouchers.books import budget
from aidline.vouchers.books.balance import of_kind, trial_balance
from aidline.vouchers.books.checks import verify
from aidline.vouchers.books.settling import NothingOwed, settle
from aidline.vouchers.models import Payment, Payout, Programme, Registration, Till, Voucher
from aidline.vouchers.redeeming import changing
from aidline.vouchers.redeeming.issue import issue
from aidline.vouchers.redeeming.refusals import Refused
from aidline.vouchers.redeeming.use import redeem, reverse
from aidline.vouchers.states import AccountKind, PayoutState, Status, VoucherState
from vouchers import making

AMOUNT = 850
VALID_DAYS = 21
MUTATIONS = 50
AT_ONCE = 500


class _Year:
    def __init__(self, people: int, weeks: int, seed: int) -> None:
        self.chance = random.Random(seed)
        self.weeks = weeks
        self.start = now() - timedelta(weeks=weeks + 4)
        with starting_at(self.start):
            self.programme = making.programme(funded=people * weeks * AMOUNT, valid_days=VALID_DAYS)
            self.shops = [making.shop(self.programme) for _ in range(6)]
            self.tills: list[Till] = [making.till(shop) for shop in self.shops]
            self.people = [self._person() for _ in range(people)]
        self.done: Counter[str] = Counter()

    def _person(self) -> Registration:
        return making.registration(self.programme)

    # --- a week -----------------------------------------------------------------------------------

    def run(self) -> None:
        for week in range(self.weeks):
            with starting_at(self.start + timedelta(weeks=week)):
                self._mutate()
                vouchers = self._pay()
            self._shop(vouchers, self.start + timedelta(weeks=week, days=1))
            with starting_at(self.start + timedelta(weeks=week, days=6)):
                self._expire()
                if week % 4 == 3:
                    self._settle()
        with starting_at(self.start + timedelta(weeks=self.weeks + 4)):
            self._expire()
            self._settle()

    def _pay(self) -> list[Voucher]:
        ids = [person.pk for person in self.people]
        included = Registration.objects.filter(pk__in=ids, status=Status.INCLUDED)
        people = list(included.values_list("pk", flat=True))
        if self.programme_available() < len(people) * AMOUNT:
            budget.fund(by=None, programme=self.programme, cents=len(people) * AMOUNT)
            self.done["funded again"] += 1
        paid = making.payment(self.programme, len(people) * AMOUNT, len(people))
        payouts = [
            Payout(payment=paid, registration_id=pk, cents=AMOUNT, state=PayoutState.ISSUING) for pk in people
        ]
        stopped = self.chance.random() < 0.05
        Payout.objects.bulk_create(payouts)
        wanted = payouts[: len(payouts) // 2] if stopped else payouts
        for start in range(0, len(wanted), AT_ONCE):
            issue(payout_ids=[one.pk for one in wanted[start : start + AT_ONCE]])
        if stopped:
            self._stop(paid, payouts[len(wanted) :])
        self.done["vouchers"] += len(wanted)
        return list(Voucher.objects.filter(payment=paid))

    def programme_available(self) -> int:
        return Programme.objects.values_list("available_cents", flat=True).get(pk=self.programme.pk)

    def _stop(self, paid: Payment, rest: list[Payout]) -> None:
        """A payment that is stopped half-way gives the rest back."""
        Payout.objects.filter(pk__in=[one.pk for one in rest]).update(state=PayoutState.CANCELLED)
        budget.release(payment=paid, cents=len(rest) * AMOUNT, key=paid.pk)
        self.done["stopped payments"] += 1

    def _shop(self, vouchers: list[Voucher], at: datetime) -> None:
        """Two thirds of it is used, in one to three parts."""
        vault.prefetch_person_keys([voucher.registration_id for voucher in vouchers])
        with starting_at(at):
            for voucher in vouchers:
                if self.chance.random() < 0.67:
                    self._use(voucher)

    def _use(self, voucher: Voucher) -> None:
        left = AMOUNT
        for _ in range(self.chance.choice((1, 1, 2, 3))):
            cents = left if self.chance.random() < 0.5 else self.chance.randrange(1, AMOUNT)
            till = self.chance.choice(self.tills)
            try:
                used = redeem(till=till, cashier=None, key=uuid4(), cents=cents, serial=bytes(voucher.serial))
            except Refused:
                self.done["refused"] += 1
                return
            self.done["uses"] += 1
            left = used.balance_cents
            if self.chance.random() < 0.01:
                reverse(till=till, cashier=None, key=uuid4(), redemption_id=used.redemption_id)
                self.done["taken back"] += 1
                return
            if not left:
                return

    def _expire(self) -> None:
        while changed := changing.expire_due():
            self.done["expired"] += changed

    def _settle(self) -> None:
        for shop in self.shops:
            try:
                settle(by=None, shop=shop, programme=self.programme)
            except NothingOwed:
                continue
            self.done["settlements"] += 1

    # --- what a week brings -----------------------------------------------------------------------

    def _mutate(self) -> None:
        for _ in range(max(1, MUTATIONS * len(self.people) // 1_000)):
            name, act = self.chance.choice(list(self._acts()))
            if act(self.chance.choice(self.people)):
                self.done[name] += 1

    def _acts(self) -> Iterator[tuple[str, Any]]:
        yield "paused", lambda person: self._turn(person, Status.INCLUDED, Status.PAUSED)
        yield "went on", lambda person: self._turn(person, Status.PAUSED, Status.INCLUDED)
        yield "left", self._leave
        yield "changed number", self._move
        yield "lost phone", self._lose
        yield "cancelled", self._cancel

    def _turn(self, person: Registration, old: Status, new: Status) -> bool:
        return bool(Registration.objects.filter(pk=person.pk, status=old).update(status=new))

    def _leave(self, person: Registration) -> bool:
        """And somebody else comes."""
        Registration.objects.filter(pk=person.pk).update(status=Status.ENDED)
        self.people.remove(person)
        self.people.append(self._person())
        return True

    def _move(self, person: Registration) -> bool:
        return bool(Registration.objects.filter(pk=person.pk).update(number_changed_at=now()))

    def _lose(self, person: Registration) -> bool:
        voucher = self._open(person)
        if voucher:
            changing.reissue(by=None, voucher=voucher, reason="lost phone")
        return voucher is not None

    def _cancel(self, person: Registration) -> bool:
        voucher = self._open(person)
        if voucher:
            changing.cancel(by=None, voucher=voucher, reason="in error")
        return voucher is not None

    def _open(self, person: Registration) -> Voucher | None:
        rows = Voucher.objects.filter(registration=person, state=VoucherState.OPEN).select_related(
            "programme"
        )
        return rows.first()


def replay(*, people: int, weeks: int, seed: int) -> dict[str, Any]:
    year = _Year(people, weeks, seed)
    year.run()
    standings = trial_balance(year.programme)
    programme = Programme.objects.get(pk=year.programme.pk)
    spent = of_kind(standings, AccountKind.PAID)
    return {
        **year.done,
        "differences": len(verify(programme)),
        "unaccounted cents": programme.budget_cents - programme.available_cents - spent,
    }
