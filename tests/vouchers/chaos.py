"""Devices that were offline come back: twice, in disorder, with wrong clocks, one of them stolen.

Beside the product runs a model of it, as simple as it can be said. Whatever came, both end with the same balances,
and the programme has lost no more than it agreed to risk.
"""

import json
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from unittest import mock
from uuid import UUID, uuid4

from aidline.vouchers.books.balance import of_kind, trial_balance
from aidline.vouchers.books.checks import verify
from aidline.vouchers.models import DeviceRecord, Programme, Redemption, Shop, Till, Trouble, Voucher
from aidline.vouchers.redeeming import changing, holds, pairing, replay, settling_records
from aidline.vouchers.redeeming.records import Signed
from aidline.vouchers.redeeming.refusals import Refused
from aidline.vouchers.redeeming.replay import take_in
from aidline.vouchers.redeeming.use import redeem
from aidline.vouchers.states import AccountKind
from vouchers import making
from vouchers.redeeming.playing import Ed25519Key, P256Key, Phone, phone

AMOUNT = 3_000
GUARANTEE = 10_000
LIMITS = {"offline_use_cents": 1_000, "offline_voucher_cents": 1_500, "offline_device_cents": 60_000}
SKEWS = (0, 0, 90, -90, 3_600, -86_400, 40_000_000, -2_000_000)
Record = tuple[int, int, bytes, UUID | None, Signed]  # counter, cents, serial, hold, as it was signed


@dataclass
class Found:
    faults: list[str]
    facts: dict[str, Any]


@dataclass
class Model:
    """What the books must say."""

    balance: dict[bytes, int] = field(default_factory=dict)
    alive: set[bytes] = field(default_factory=set)
    held: dict[UUID, int] = field(default_factory=dict)
    room: dict[UUID, int] = field(default_factory=dict)
    trusted: Counter[tuple[UUID, bytes]] = field(default_factory=Counter)
    guarantee: dict[UUID, int] = field(default_factory=dict)
    owed: Counter[UUID] = field(default_factory=Counter)
    seen: set[bytes] = field(default_factory=set)
    revoked: set[UUID] = field(default_factory=set)
    loss: int = 0

    def replay(self, row: Phone, shop: UUID, records: Sequence[Record]) -> None:
        for record in sorted(records, key=lambda one: one[0]):
            if record[4].digest not in self.seen:
                self.seen.add(record[4].digest)
                self._one(row.row.pk, shop, *record[1:4])

    def _one(self, device: UUID, shop: UUID, cents: int, serial: bytes, hold: UUID | None) -> None:
        if device in self.revoked:
            return
        if hold and self.held.get(hold, 0) >= cents:
            self.held[hold] -= cents
            self.owed[shop] += cents
            return
        over = cents > LIMITS["offline_use_cents"] or cents > self.room[device]
        if over or self.trusted[device, serial] + cents > LIMITS["offline_voucher_cents"]:
            return
        there = min(cents, self.balance[serial]) if serial in self.alive else 0
        paid = min(cents - there, self.guarantee[shop])
        self.balance[serial] -= there
        self.guarantee[shop] -= paid
        self.loss += paid
        self.owed[shop] += there + paid
        self.room[device] -= cents
        self.trusted[device, serial] += cents


def drops_what_is_overdrawn(device: Any, use: Any, at: Any, voucher: Voucher) -> tuple[str, None]:
    return "overdrawn", None


PLANTED: dict[str, tuple[Any, str, Callable[..., Any]]] = {
    "forgets_duplicates": (replay, "_seen", lambda *_: None),
    "believes_any_signature": (replay, "is_signed", lambda *_: True),
    "has_no_limits": (settling_records, "_over_limit", lambda *_: False),
    "drops_what_is_overdrawn": (settling_records, "_on_trust", drops_what_is_overdrawn),
}


def chaos(*, devices: int, records: int, seed: int, plant: str = "") -> Found:
    with ExitStack() as planted:
        if plant:
            planted.enter_context(mock.patch.object(*PLANTED[plant]))
        return _Chaos(devices, records, random.Random(seed)).run()


def _forged(record: Signed) -> Signed:
    """Somebody who has no key makes one more use of what he saw."""
    facts = {**json.loads(record.body), "key": str(uuid4()), "cents": 100, "hold": None}
    return Signed(json.dumps(facts, sort_keys=True, separators=(",", ":")).encode(), record.signature)


class _Chaos:
    def __init__(self, devices: int, records: int, chance: random.Random) -> None:
        self.chance, self.records = chance, records
        count = max(20, devices * records // 6)
        self.programme = making.programme(funded=count * AMOUNT, **LIMITS)
        self.shops = [making.shop(self.programme, guarantee_cents=GUARANTEE) for _ in range(3)]
        self.counters = {
            shop.pk: making.till(shop, "Counter") for shop in self.shops
        }  # no device stands there
        self.faults: list[str] = []
        people = [making.registration(self.programme) for _ in range(20)]
        self.vouchers = making.many_vouchers(self.programme, count, AMOUNT, people)
        self.phones = [self._phone(number) for number in range(devices)]
        self.model = Model()
        for voucher in self.vouchers:
            self.model.balance[bytes(voucher.serial)] = AMOUNT
            self.model.alive.add(bytes(voucher.serial))
        for shop in self.shops:
            self.model.guarantee[shop.pk] = GUARANTEE

    def _phone(self, number: int) -> Phone:
        till: Till = making.till(self.shops[number % 3], f"Till {number}")
        skew = timedelta(seconds=SKEWS[number % len(SKEWS)])
        return phone(till, P256Key if number % 4 == 3 else Ed25519Key, skew)

    def run(self) -> Found:
        self._lend()
        queues = [(row, [self._take(row) for _ in range(self.records)]) for row in self.phones]
        stolen = self.phones[-1]
        batches = [(row, batch) for row, queue in queues for batch in self._torn(queue)]
        self.chance.shuffle(batches)
        theft = len(batches) // 2
        for place, (row, batch) in enumerate(batches):
            if place == theft:
                self._revoke(stolen)
            self._online()
            self._deliver(row, batch)
        return self._compare()

    # --- what happens ---------------------------------------------------------------------------------

    def _lend(self) -> None:
        """Some of it is lent beforehand, to devices whose shops these people know."""
        for voucher in self.vouchers[:10]:
            self._use(voucher, self.shops[0], 100)
        for row in self.phones:
            for hold in holds.fetch(device=row.row)[:]:
                self.model.held[hold.pk] = hold.left_cents
                self.model.balance[bytes(hold.voucher.serial)] -= hold.left_cents
            self.model.room[row.row.pk] = LIMITS["offline_device_cents"]
        self.holds = defaultdict(list)
        for row in self.phones:
            self.holds[row.row.pk] = list(holds.open_holds(row.row).select_related("voucher"))

    def _take(self, row: Phone) -> Record:
        """Most of it small, some of it larger than our own till would take."""
        mine = self.holds[row.row.pk]
        hold = self.chance.choice(mine) if mine and self.chance.random() < 0.2 else None
        voucher = hold.voucher if hold else self.chance.choice(self.vouchers)
        cents = self.chance.choice((50, 100, 150, 250, 400, 900, 1_100))
        signed = row.take(voucher, cents, hold=hold.pk if hold else None)
        return (row.counter, cents, bytes(voucher.serial), hold.pk if hold else None, signed)

    def _torn(self, queue: list[Record]) -> list[list[Record]]:
        """In batches, some of them twice, some records in another batch as well; each in disorder."""
        size = max(5, len(queue) // 12)
        batches = [queue[start : start + size] for start in range(0, len(queue), size)]
        again = self.chance.sample(batches, max(1, len(batches) // 4))
        strays = [self.chance.sample(queue, min(size, len(queue))) for _ in range(max(1, len(batches) // 6))]
        mixed = [list(batch) for batch in (*batches, *again, *strays)]
        for batch in mixed:
            self.chance.shuffle(batch)
        return mixed

    def _deliver(self, row: Phone, batch: list[Record]) -> None:
        row.row.refresh_from_db()
        forged = [_forged(batch[0][4])]
        sent = [record[4] for record in batch] + (forged if self.chance.random() < 0.1 else [])
        take_in(device=row.row, records=sent, device_time=row.time)
        self.model.replay(row, row.row.till.shop_id, batch)

    def _online(self) -> None:
        voucher = self.chance.choice(self.vouchers)
        if self.chance.random() < 0.2:
            self._cancel(voucher)
        else:
            self._use(voucher, self.chance.choice(self.shops), self.chance.choice((100, 500, 900)))

    def _use(self, voucher: Voucher, shop: Shop, cents: int) -> None:
        serial = bytes(voucher.serial)
        good = serial in self.model.alive and self.model.balance[serial] >= cents
        till = self.counters[shop.pk]
        try:
            redeem(till=till, cashier=None, key=uuid4(), cents=cents, serial=serial)
        except Refused:
            self.faults += ["model: refused what was there"] if good else []
            return
        if not good:
            self.faults.append("model: took what was not there")
        self.model.balance[serial] -= cents
        self.model.owed[shop.pk] += cents

    def _cancel(self, voucher: Voucher) -> None:
        serial = bytes(voucher.serial)
        if serial in self.model.alive:
            changing.cancel(by=None, voucher=voucher, reason="chaos")
            self.model.alive.discard(serial)
            self.model.balance[serial] = 0

    def _revoke(self, row: Phone) -> None:
        """What it held goes back, where its voucher still lives."""
        for hold in self.holds[row.row.pk]:
            serial = bytes(hold.voucher.serial)
            self.model.balance[serial] += self.model.held[hold.pk] if serial in self.model.alive else 0
            self.model.held[hold.pk] = 0
        pairing.revoke(by=None, device=row.row, reason="stolen")
        self.model.revoked.add(row.row.pk)

    # --- what must be ---------------------------------------------------------------------------------

    def _compare(self) -> Found:
        programme = Programme.objects.get(pk=self.programme.pk)
        standings = trial_balance(programme)
        loss = -of_kind(standings, AccountKind.LOSS)
        owed = {one.shop_id: one.cents for one in standings if one.kind == AccountKind.SHOP}
        faults = self.faults + [f"books: {one.what} {one.books} {one.row}" for one in verify(programme)]
        faults += [
            f"model: shop {owed.get(pk, 0)} {cents}"
            for pk, cents in self.model.owed.items()
            if owed.get(pk, 0) != cents
        ]
        faults += self._vouchers()
        if loss != self.model.loss:
            faults.append(f"model: loss {loss} {self.model.loss}")
        if loss > len(self.shops) * GUARANTEE:
            faults.append(f"loss: {loss} is beyond what shops are guaranteed")
        if missing := self._dropped():
            faults.append(f"dropped: {missing} records")
        return Found(faults, self._facts(loss))

    def _vouchers(self) -> list[str]:
        rows = Voucher.objects.filter(programme=self.programme).values_list("serial", "balance_cents")
        return [
            f"model: voucher {balance} {self.model.balance[bytes(serial)]}"
            for serial, balance in rows
            if balance != self.model.balance[bytes(serial)]
        ]

    def _dropped(self) -> int:
        digests = {bytes(one) for one in DeviceRecord.objects.values_list("digest", flat=True)}
        return len(self.model.seen - digests)

    def _facts(self, loss: int) -> dict[str, Any]:
        outcomes = Counter(DeviceRecord.objects.values_list("outcome", flat=True))
        troubles = Trouble.objects.count()
        uses = Redemption.objects.filter(offline=True).count()
        return {
            "records": sum(outcomes.values()),
            "uses": uses,
            **outcomes,
            "troubles": troubles,
            "loss": loss,
        }
