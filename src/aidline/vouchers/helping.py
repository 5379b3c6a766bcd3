"""What the helpdesk may know of one person's vouchers, and do about the five things people ask for.

A person is whoever the registration names, or whose number it was made with. Agents see amounts and states, no name.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404

from aidline.audit.services import record
from aidline.centres.models import Staff
from aidline.centres.queries import Seat
from aidline.centres.states import Can
from aidline.channels.contract import Scheme
from aidline.kernel.clock import now
from aidline.people.models import Address, Person
from aidline.vouchers import indexes
from aidline.vouchers.delivery.delivering import Door
from aidline.vouchers.models import Redemption, Registration, Voucher
from aidline.vouchers.states import DeliveryState, Status, VoucherState
from aidline.vouchers.verification.numbers import held_until

_SHOWN = 4  # vouchers of one registration, the newest first
_USES = 3


class CannotSendAgain(Exception):
    """It is blocked, replaced or over; or money still waits for a new number."""


@dataclass(frozen=True, slots=True)
class Held:
    """A voucher, and where it was used last."""

    voucher: Voucher
    uses: Sequence[Redemption]

    @property
    def is_open(self) -> bool:
        return self.voucher.state == VoucherState.OPEN

    @property
    def can_be_replaced(self) -> bool:
        """Of a gift card the issuer's shops are the judges: we can neither stop it nor move what is on it."""
        ours = self.voucher.card_sealed is None
        return ours and self.voucher.state in (VoucherState.OPEN, VoucherState.BLOCKED)


@dataclass(frozen=True, slots=True)
class Holding:
    registration: Registration
    vouchers: Sequence[Held]
    held_until: datetime | None  # nothing is sent before: the number changed

    @property
    def latest(self) -> Held | None:
        return self.vouchers[0] if self.vouchers else None


# --- looking ---------------------------------------------------------------------------------------------


def holdings_of(seat: Seat, person: Person) -> list[Holding]:
    """Nothing for who may not know of vouchers."""
    if not seat.can(Can.HELP_VOUCHERS):
        return []
    return [_holding(row) for row in _registrations_of(person)]


def access_registration_of(seat: Seat, person: Person, registration_id: UUID) -> Registration:
    row = _registrations_of(person).filter(pk=registration_id).first()
    if row is None or not seat.can(Can.HELP_VOUCHERS):
        raise Http404
    return row


def access_voucher_of(seat: Seat, person: Person, voucher_id: UUID) -> Voucher:
    rows = Voucher.objects.select_related("programme__centre", "registration__address", "payment")
    row = rows.filter(pk=voucher_id, registration__in=_registrations_of(person)).first()
    if row is None or not seat.can(Can.HELP_VOUCHERS):
        raise Http404
    return row


def _registrations_of(person: Person) -> QuerySet[Registration]:
    theirs = Address.objects.filter(person=person)
    numbers = [
        indexes.phone_index(person.centre_id, address.value)
        for address in theirs
        if address.scheme == Scheme.PHONE
    ]
    mine = Q(person=person) | Q(address__in=theirs) | Q(phone_index__in=numbers)
    rows = Registration.objects.filter(mine, centre=person.centre_id).exclude(status=Status.ERASED)
    return rows.select_related("programme__centre").order_by("-changed_at")


def _holding(registration: Registration) -> Holding:
    rows = Voucher.objects.filter(registration=registration).exclude(state=VoucherState.REPLACED)
    vouchers = rows.select_related("programme__centre", "payment").order_by("-created_at")[:_SHOWN]
    held = [Held(voucher, _uses_of(voucher)) for voucher in vouchers]
    return Holding(registration, held, held_until(registration))


def _uses_of(voucher: Voucher) -> list[Redemption]:
    rows = Redemption.objects.filter(voucher=voucher, reversed_at=None).select_related("shop")
    return list(rows.order_by("-at")[:_USES])


# --- doing -----------------------------------------------------------------------------------------------


@transaction.atomic
def send_again(*, by: Staff, voucher: Voucher, door: Door, may_write: bool) -> None:
    """Into the conversation at `door` where one may write there; else people are asked first, as for a new one."""
    if held_until(voucher.registration):
        raise CannotSendAgain
    now_there = {"delivery": DeliveryState.RELEASED, "claimed_at": now(), "channel_id": door[1]}
    asked_again = {"delivery": DeliveryState.WAITING, "failures": 0}
    open_one = Voucher.objects.filter(pk=voucher.pk, state=VoucherState.OPEN)
    theirs = voucher.registration.address_id == door[0]
    if not open_one.update(delivery_at=now(), **(now_there if may_write and theirs else asked_again)):
        raise CannotSendAgain
    record(
        by=by,
        action="voucher.send_again",
        object_type="voucher",
        object_id=voucher.pk,
        centre=voucher.centre_id,
        fields="delivery",
    )
