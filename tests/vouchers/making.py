"""A programme with its people, vouchers, shops and tills; made through the services themselves where they exist."""

from collections.abc import Iterator, Sequence
from itertools import count
from typing import Any

from aidline import vault
from aidline.centres.models import Centre, Membership, Staff
from aidline.centres.states import Role
from aidline.vouchers.books import budget
from aidline.vouchers.models import (
    Approval,
    Cashier,
    Device,
    Issuer,
    Payment,
    Payout,
    Programme,
    Registration,
    Shop,
    Till,
    Voucher,
)
from aidline.vouchers.redeeming import issue
from aidline.vouchers.states import IssuerKind, PaymentState, PayoutState, ProgrammeState, Status
from factories import make_centre, make_staff

_numbers: Iterator[int] = count(1)


def programme(
    centre: Centre | None = None, *, funded: int = 10_000_00, kind: str = IssuerKind.OWN, **more: Any
) -> Programme:
    """Open, weekly, 15.00 for each person; `funded` cents in its budget."""
    of = centre or make_centre(f"Port Merin {next(_numbers)}")
    issuer = Issuer.objects.create(centre=of, kind=kind, name="Our own")
    settings = {
        "slug": f"food-{next(_numbers)}",
        "name": "Food for families",
        "state": ProgrammeState.OPEN,
        "amount_cents": 1500,
        "languages": ["en", "ar"],
        **more,
    }
    row = Programme.objects.create(centre=of, issuer=issuer, **settings)
    if funded:
        budget.fund(by=None, programme=row, cents=funded)
        row.refresh_from_db()
    return row


def staff(of: Programme | Centre, role: Role, name: str = "") -> Staff:
    centre = of.centre if isinstance(of, Programme) else of
    return make_staff(centre, role, name or f"{role.label} {next(_numbers)}")[0]


def registration(of: Programme, name: str = "Amira Haddad", phone: str = "", **more: Any) -> Registration:
    """Included, unless told otherwise. A fictional number of the range that is nobody's."""
    number = next(_numbers)
    settings = {"status": Status.INCLUDED, "language": "en", "number": number, **more}
    row = Registration(centre=of.centre, programme=of, **settings)
    vault.new_person_key(row.pk, of.centre_id)
    row.name = name
    row.phone = phone or f"+4477009{number % 100_000:05}"
    row.save()
    return row


def payment(of: Programme, cents: int, people: int = 1, **more: Any) -> Payment:
    """Approved and running, its money reserved; by the steps that the database asks for."""
    author, other = (staff(of, role) for role in (Role.VOUCHER_OFFICER, Role.APPROVER))
    row = Payment.objects.create(programme=of, number=next(_numbers), created_by=author, **more)
    frozen = {"plan_hash": "0" * 64, "people": people, "total_cents": cents, "submitted_by": author}
    this = Payment.objects.filter(pk=row.pk)
    this.update(state=PaymentState.AWAITING, **frozen)
    Approval.objects.create(payment=row, plan_hash="0" * 64, made_by=author, submitted_by=author, by=other)
    this.update(state=PaymentState.APPROVED, given=1)
    this.update(state=PaymentState.RUNNING)
    row.refresh_from_db()
    budget.reserve(payment=row)
    return row


def vouchers(
    of: Programme, how_many: int, cents: int = 1500, *, each: Registration | None = None
) -> list[Voucher]:
    """So many open vouchers, issued through one payment; each of its own person, or all of `each`."""
    paid = payment(of, cents * how_many, how_many)
    people = [each or registration(of) for _ in range(how_many)]
    if each is not None:
        people = [each, *(registration(of) for _ in range(how_many - 1))]
    payouts = [
        Payout(payment=paid, registration=person, cents=cents, state=PayoutState.ISSUING) for person in people
    ]
    Payout.objects.bulk_create(payouts)
    issue.issue(payout_ids=[one.pk for one in payouts])
    return list(Voucher.objects.filter(payment=paid).order_by("pk"))


def many_vouchers(of: Programme, how_many: int, cents: int, people: Sequence[Registration]) -> list[Voucher]:
    """Of a few people, in as many payments as that takes: quicker than a person for each."""
    made: list[Voucher] = []
    while len(made) < how_many:
        some = list(people)[: how_many - len(made)]
        paid = payment(of, cents * len(some), len(some))
        payouts = [
            Payout(payment=paid, registration=one, cents=cents, state=PayoutState.ISSUING) for one in some
        ]
        Payout.objects.bulk_create(payouts)
        ids = issue.issue(payout_ids=[one.pk for one in payouts])
        made += Voucher.objects.filter(pk__in=ids).order_by("pk")
    return made


def voucher(of: Programme, cents: int = 1500, *, holder: Registration | None = None) -> Voucher:
    return vouchers(of, 1, cents, each=holder)[0]


def shop(of: Programme, name: str = "", **more: Any) -> Shop:
    row = Shop.objects.create(centre=of.centre, name=name or f"Corner shop {next(_numbers)}", **more)
    row.programmes.add(of)
    return row


def till(of: Shop, name: str = "Till 1") -> Till:
    return Till.objects.create(shop=of, name=name)


def cashier(of: Shop, name: str = "") -> Staff:
    who = staff(of.centre, Role.CASHIER, name)
    Cashier.objects.create(membership=Membership.objects.get(staff=who, centre=of.centre), shop=of)
    return who


def device(of: Till, **more: Any) -> Device:
    """Made but not paired."""
    return Device.objects.create(till=of, **more)
