"""Who takes part in programmes beside ourselves: partners, issuers, and members who work for a partner or a shop."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from aidline.audit.services import record
from aidline.centres.models import Centre, Membership, Staff
from aidline.centres.states import Role
from aidline.kernel.ids import new_id
from aidline.vouchers.models import Cashier, Issuer, Partner, PartnerMember, PartnerPlace, Programme, Shop


@transaction.atomic
def save_partner(
    *, by: Staff, centre: Centre, name: str, is_active: bool = True, partner: Partner | None = None
) -> Partner:
    row = partner or Partner(centre=centre)
    row.name, row.is_active = name, is_active
    row.save()
    action = "partner.change" if partner else "partner.create"
    record(
        by=by,
        action=action,
        object_type="partner",
        object_id=row.pk,
        centre=centre.pk,
        fields="name,is_active",
    )
    return row


@transaction.atomic
def set_places(*, by: Staff, programme: Programme, quotas: Mapping[UUID, int]) -> None:
    """Which partners may add people to a programme, each up to so many (0: no limit)."""
    known = dict(programme.partner_places.values_list("partner_id", "quota"))
    if known == dict(quotas):
        return
    PartnerPlace.objects.filter(programme=programme).exclude(partner__in=quotas).delete()
    for partner, quota in quotas.items():
        PartnerPlace.objects.update_or_create(
            programme=programme, partner_id=partner, defaults={"quota": quota}
        )
    record(
        by=by,
        action="programme.change",
        object_type="programme",
        object_id=programme.pk,
        centre=programme.centre_id,
        fields="partners",
    )


@transaction.atomic
def save_issuer(
    *, by: Staff, centre: Centre, changes: Mapping[str, Any], issuer: Issuer | None = None
) -> Issuer:
    """`config` is what the issuer's interface needs; it is sealed, and left out it stays as it is."""
    row = issuer or Issuer(id=new_id(), centre=centre)
    for name, value in changes.items():
        setattr(row, name, value)
    row.save()
    record(
        by=by,
        action="issuer.change" if issuer else "issuer.create",
        object_type="issuer",
        object_id=row.pk,
        centre=centre.pk,
        fields=",".join(sorted(changes)),
    )
    return row


@dataclass(frozen=True, slots=True)
class Place:
    partner_id: UUID | None
    shop_id: UUID | None


NOWHERE = Place(None, None)
PLACED = frozenset({Role.PARTNER, Role.CASHIER})


def place_of(membership: Membership) -> Place:
    """Where a member works on the voucher side."""
    partner = PartnerMember.objects.filter(membership=membership).values_list("partner_id", flat=True).first()
    shop = Cashier.objects.filter(membership=membership).values_list("shop_id", flat=True).first()
    return Place(partner, shop)


def partners_in(centre: Centre) -> dict[str, Partner]:
    """Those a member may be put to, by id."""
    return {str(row.pk): row for row in Partner.objects.filter(centre=centre).order_by("name", "pk")}


def shops_in(centre: Centre) -> dict[str, Shop]:
    return {str(row.pk): row for row in Shop.objects.filter(centre=centre).order_by("name", "pk")}


@transaction.atomic
def place_member(
    *, by: Staff, membership: Membership, partner: Partner | None = None, shop: Shop | None = None
) -> None:
    """Where a member works: for a partner with that role, in a shop as a cashier, else in neither."""
    partner = partner if membership.role == Role.PARTNER else None
    shop = shop if membership.role == Role.CASHIER else None
    _replace(PartnerMember, membership, "partner", partner)
    _replace(Cashier, membership, "shop", shop)
    record(
        by=by,
        action="member.place",
        object_type="staff",
        object_id=membership.staff_id,
        centre=membership.centre_id,
        fields="partner,shop",
    )


def _replace(model: Any, membership: Membership, name: str, wanted: Partner | Shop | None) -> None:
    if wanted is None:
        model.objects.filter(membership=membership).delete()
    else:
        model.objects.update_or_create(membership=membership, defaults={name: wanted})
