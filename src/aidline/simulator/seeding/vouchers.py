"""Vouchers of the demonstration: two weeks paid, used in part, and a third one that waits for its approval.

Everything goes through the services that staff use, at the hours at which it would have happened. The three whose
phones lie on the Phones page take part too: the third voucher reaches them once somebody has approved it.
"""

import tomllib
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from aidline.centres.models import Staff
from aidline.kernel.clock import starting_at
from aidline.kernel.phones import normalise
from aidline.simulator.models import Phone
from aidline.simulator.seeding.network import World
from aidline.vouchers import partners, programmes, registrations
from aidline.vouchers.books import budget
from aidline.vouchers.models import Partner, Payment, Programme, Registration, Shop, Till, Voucher
from aidline.vouchers.paying import approving, claims, drafts, running
from aidline.vouchers.redeeming.use import redeem
from aidline.vouchers.states import DeliveryState, Status
from aidline.vouchers.verification import comparing

_CONTENT = Path(__file__).parent.parent / "content" / "vouchers.toml"
_PHONES = 3
_BEGAN, _FIRST_WEEK, _THIS_WEEK = timedelta(days=21), timedelta(days=10), timedelta(days=3)

S = Status
_WAY = (S.IMPORTED, S.INVITED, S.STARTED, S.REGISTERED, S.VERIFIED, S.INCLUDED)


def give_out(world: World, base: datetime) -> None:
    story = _Story(world, tomllib.loads(_CONTENT.read_text(encoding="utf-8")))
    with starting_at(base - _BEGAN):
        story.found()
        story.register()
    with starting_at(base - _FIRST_WEEK):
        story.pay()
    with starting_at(base - _FIRST_WEEK + timedelta(days=1)):
        story.shop_around()
    with starting_at(base - _THIS_WEEK):
        story.reach_phones()
        story.pay()
        story.rest()
    with starting_at(base - timedelta(hours=2)):
        story.prepare()


class _Story:
    def __init__(self, world: World, content: dict[str, Any]) -> None:
        self.world, self.content = world, content
        self.centre = world.centres[content["centre"]]
        self.officer: Staff = world.staff[content["officer"]]
        self.approver: Staff = world.staff[content["approver"]]
        self.programme: Programme
        self.partner: Partner
        self.shops: dict[str, Shop] = {}

    # --- setting up ---

    def found(self) -> None:
        content = self.content
        self.programme = programmes.create(
            by=self.officer,
            centre=self.centre,
            name=content["name"],
            titles=content["titles"],
            amount_cents=content["amount_cents"],
            form=content["question"],
            texts={"template": {"family": "food_voucher"}},
            payments_planned=12,
            valid_days=30,
        )
        budget.fund(by=self.officer, programme=self.programme, cents=content["budget_cents"])
        for shape in content["shop"]:
            self._open_shop(shape)
        programmes.choose_shops(by=self.officer, programme=self.programme, shops=list(self.shops.values()))
        self._let_partner_in(**content["partner"])
        self.programme.refresh_from_db()
        programmes.start(by=self.officer, programme=self.programme)
        self.programme.refresh_from_db()

    def _open_shop(self, shape: dict[str, Any]) -> None:
        shop = Shop.objects.create(
            centre=self.centre,
            **{name: shape[name] for name in ("name", "place", "latitude", "longitude")},
        )
        Till.objects.bulk_create(Till(shop=shop, name=name) for name in shape["tills"])
        self.shops[shop.name] = shop
        membership = self.world.members[(self.centre.slug, shape["cashier"])]
        partners.place_member(by=self.officer, membership=membership, shop=shop)

    def _let_partner_in(self, *, name: str, member: str, quota: int) -> None:
        self.partner = partners.save_partner(by=self.officer, centre=self.centre, name=name)
        partners.set_places(by=self.officer, programme=self.programme, quotas={self.partner.pk: quota})
        membership = self.world.members[(self.centre.slug, member)]
        partners.place_member(by=self.officer, membership=membership, partner=self.partner)

    # --- people ---

    def register(self) -> None:
        people = [self._listed(place, row) for place, row in enumerate(self.content["person"])]
        made = registrations.make(
            by=self.world.staff[self.content["partner"]["member"]],
            programme=self.programme,
            partner=self.partner,
            rows=people,
            why="upload",
        )
        for pk, row in zip(made.ids, self.content["person"], strict=True):
            assert pk is not None
            self._bring_to(Registration.objects.get(pk=pk), row["status"])
        comparing.compare_waiting()

    def _listed(self, place: int, row: dict[str, Any]) -> registrations.NewPerson:
        return registrations.NewPerson(
            name=row["name"],
            phone=f"+4477009009{place + 10}",
            language=row["language"],
            household=row["household"],
            key=row["name"],
        )

    def _bring_to(self, row: Registration, wanted: str) -> None:
        """As far as they have come; those who left had been taken in before."""
        before_leaving = {"declined": S.REGISTERED, "paused": S.INCLUDED}
        end = before_leaving.get(wanted) or next(one for one in S if one.name.lower() == wanted)
        for status in _WAY[1 : _WAY.index(end) + 1]:
            by = self.officer if status in (S.VERIFIED, S.INCLUDED) else None
            registrations.move(by=by, registrations=[row], to=status, why="form" if by is None else "desk")
        if wanted == "declined":
            registrations.move(by=self.officer, registrations=[row], to=S.DECLINED, why="desk")

    def rest(self) -> None:
        """Somebody asked for a pause after the first week."""
        names = {row["name"] for row in self.content["person"] if row["status"] == "paused"}
        rows = [row for row in self._included() if row.name in names]
        registrations.move(by=self.officer, registrations=rows, to=S.PAUSED, why="desk")

    def _included(self) -> list[Registration]:
        return list(Registration.objects.filter(programme=self.programme, status=S.INCLUDED))

    # --- money ---

    def pay(self) -> None:
        payment = self.prepare()
        approving.approve(
            by=self.approver, payment=payment, seen=payment.plan_hash, cents=payment.total_cents
        )
        payment.refresh_from_db()
        running.start(by=self.officer, payment=payment)
        payment.refresh_from_db()
        claims.issue_own(claims.claim(payment, payment.people))
        running.finish_if_done(payment)
        # Nobody's phone is there to take these: they were printed at the walk-in desk.
        Voucher.objects.filter(payment=payment).update(delivery=DeliveryState.PRINTED)

    def prepare(self) -> Payment:
        payment = drafts.prepare(by=self.officer, programme=self.programme)
        drafts.hand_in(by=self.officer, payment=payment)
        payment.refresh_from_db()
        return payment

    def shop_around(self) -> None:
        uses = {row["name"]: row.get("uses", ()) for row in self.content["person"]}
        for voucher in Voucher.objects.filter(programme=self.programme).select_related("registration"):
            for shop, cents in uses[voucher.registration.name]:
                self._use(voucher, self.shops[shop], cents)

    def _use(self, voucher: Voucher, shop: Shop, cents: int) -> None:
        cashiers = {shape["name"]: shape["cashier"] for shape in self.content["shop"]}
        redeem(
            till=shop.tills.order_by("name")[0],
            cashier=self.world.staff[cashiers[shop.name]],
            key=uuid4(),
            code=voucher.code,
            cents=cents,
        )

    # --- on the Phones page ---

    def reach_phones(self) -> None:
        """They registered themselves, and were looked at."""
        channel = self.world.channels["pm-whatsapp"]
        rows = [
            registrations.NewPerson(
                name=phone.label,
                phone=number,
                language=phone.language,
                status=S.INCLUDED,
                channel_id=channel.pk,
                key=number,
            )
            for phone, number in self._numbers(channel.pk)
        ]
        registrations.make(by=None, programme=self.programme, partner=None, rows=rows, why="form")

    def _numbers(self, channel_id: Any) -> Iterator[tuple[Phone, str]]:
        shown = Phone.objects.filter(channel=channel_id, opted_out=False).order_by("-shown", "pk")
        for phone in shown[:_PHONES]:
            number = normalise(f"+{phone.address.lstrip('+')}")
            if number:
                yield phone, number
