"""`inside`, and what a run with a payment asks besides: begin, how it stands, what each has, do the books agree."""

from collections.abc import Callable
from time import monotonic
from typing import Any

from django.db.models import Count
from tests.faults import inside

from aidline import vault
from aidline.centres.models import Centre, Staff
from aidline.centres.services import add_member, create_staff
from aidline.centres.states import Role
from aidline.kernel.ids import new_id
from aidline.vouchers.books.budget import fund
from aidline.vouchers.books.checks import verify
from aidline.vouchers.models import Issuer, Payment, Payout, Programme, Registration, Voucher
from aidline.vouchers.paying.approving import approve
from aidline.vouchers.paying.drafts import hand_in, prepare
from aidline.vouchers.paying.running import start
from aidline.vouchers.states import IssuerKind, ProgrammeState, Status

CENTS = 1500
AT_ONCE = 2_000


def begin(*, people: int, issuer_url: str = "", at_once: int = 32) -> dict[str, Any]:
    """Everybody included; prepared, approved and running. Our own vouchers where no issuer is named."""
    programme = _programme(people, issuer_url, at_once)
    for first in range(0, people, AT_ONCE):
        _include(programme, range(first, min(first + AT_ONCE, people)))
    officer, approver = _member(programme, Role.VOUCHER_OFFICER), _member(programme, Role.APPROVER)
    payment = prepare(by=officer, programme=programme)
    begun = monotonic()
    hand_in(by=officer, payment=payment)
    took = monotonic() - begun
    approve(by=approver, payment=payment, seen=payment.plan_hash, cents=payment.total_cents)
    start(by=officer, payment=payment)
    return {"payment": str(payment.pk), "handing in": round(took, 2)}


def _programme(people: int, issuer_url: str, at_once: int) -> Programme:
    centre = Centre.objects.get()
    number = Programme.objects.count() + 1
    kind = IssuerKind.GIFT_CARD if issuer_url else IssuerKind.OWN
    issuer = Issuer(centre=centre, kind=kind, name="Cards", base_url=issuer_url, most_at_once=at_once)
    issuer.config = {"key": "a word that is nobody's", "product": "food"}
    issuer.save()
    programme = Programme.objects.create(
        centre=centre,
        issuer=issuer,
        slug=f"food-{number}",
        name="Food",
        state=ProgrammeState.OPEN,
        amount_cents=CENTS,
    )
    fund(by=None, programme=programme, cents=CENTS * people)
    programme.refresh_from_db()
    return programme


def _include(programme: Programme, numbers: range) -> None:
    rows = [
        Registration(
            id=new_id(),
            centre_id=programme.centre_id,
            programme=programme,
            number=number + 1,
            status=Status.INCLUDED,
        )
        for number in numbers
    ]
    vault.new_person_keys([(row.pk, programme.centre_id) for row in rows])
    Registration.objects.bulk_create(rows)


def _member(programme: Programme, role: Role) -> Staff:
    name = f"{role}-{programme.slug}"
    organisation = programme.centre.organisation
    staff = create_staff(organisation=organisation, email=f"{name}@example.org", name=name)
    add_member(by=None, staff=staff, centre=programme.centre, role=role, languages=["en"])
    return staff


def standing(*, payment: str) -> dict[str, Any]:
    row = Payment.objects.get(pk=payment)
    counts = Payout.objects.filter(payment=row).values_list("state").annotate(count=Count("*")).order_by()
    return {"state": row.state, "reserved": row.reserved_cents, "payouts": dict(counts)}


def cards(*, payment: str) -> dict[str, dict[str, Any]]:
    """What our books hold, by reference."""
    rows = Voucher.objects.filter(payment=payment)
    return {
        str(row.pk): {"number": (row.card or {}).get("number", ""), "cents": row.balance_cents}
        for row in rows
    }


def differences() -> list[str]:
    """Of the books from the guarded columns, in every programme."""
    return [
        f"{one.what}: {one.books} and {one.row}" for row in Programme.objects.all() for one in verify(row)
    ]


MORE: dict[str, Callable[..., Any]] = {verb.__name__: verb for verb in (begin, standing, cards, differences)}

if __name__ == "__main__":
    inside.VERBS |= MORE
    inside.main()
