"""The doors to programmes and to those who take part: 404 for what one may not know exists.

Cashiers and partners pass none of these but their own: `own_shop`, `own_partner`, `own_programmes`.
"""

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from aidline.centres.queries import Seat
from aidline.centres.states import Can
from aidline.vouchers.models import Cashier, ConsentText, Issuer, Partner, PartnerMember, Programme, Shop
from aidline.vouchers.states import ProgrammeState

KNOWS_PROGRAMMES = frozenset(
    {Can.RUN_PROGRAMMES, Can.SEE_REGISTRATIONS, Can.APPROVE_PAYMENTS, Can.SEE_BOOKS, Can.HELP_VOUCHERS}
)


# --- programmes ------------------------------------------------------------------------------------------


def access_programme(seat: Seat, programme_id: UUID, right: Can | None = None) -> Programme:
    """With `right`: only for who may do that. Without: for all who may know of programmes."""
    row = programmes_of(seat).filter(pk=programme_id).first()
    if row is None or (right and not seat.can(right)):
        raise Http404
    return row


def programmes_of(seat: Seat) -> QuerySet[Programme]:
    """All of the centre, by name; none for who may not know of them."""
    if not seat.rights & KNOWS_PROGRAMMES:
        return Programme.objects.none()
    rows = Programme.objects.filter(centre=seat.centre).select_related("centre", "issuer")
    return rows.order_by("name", "pk")


def running_programmes(seat: Seat) -> QuerySet[Programme]:
    return programmes_of(seat).filter(state__in=(ProgrammeState.OPEN, ProgrammeState.PAUSED))


def consent_of(programme: Programme) -> ConsentText | None:
    """What people agree to now."""
    return ConsentText.objects.filter(programme=programme).order_by("-version").first()


# --- who takes part ---------------------------------------------------------------------------------------


def partners_of(seat: Seat) -> QuerySet[Partner]:
    if not seat.can(Can.RUN_PROGRAMMES):
        return Partner.objects.none()
    return Partner.objects.filter(centre=seat.centre).order_by("-is_active", "name", "pk")


def access_partner(seat: Seat, partner_id: UUID) -> Partner:
    row = partners_of(seat).filter(pk=partner_id).first()
    if row is None:
        raise Http404
    return row


def issuers_of(seat: Seat) -> QuerySet[Issuer]:
    if not seat.can(Can.RUN_PROGRAMMES):
        return Issuer.objects.none()
    return Issuer.objects.filter(centre=seat.centre).order_by("-is_active", "name", "pk")


def access_issuer(seat: Seat, issuer_id: UUID) -> Issuer:
    row = issuers_of(seat).filter(pk=issuer_id).first()
    if row is None:
        raise Http404
    return row


# --- one's own --------------------------------------------------------------------------------------------


def own_partner(seat: Seat) -> Partner | None:
    """The organisation a member adds people for; nothing for who has none, or whose is not active."""
    if not seat.can(Can.ADD_PEOPLE) or seat.membership is None:
        return None
    rows = PartnerMember.objects.filter(membership=seat.membership, partner__is_active=True)
    member = rows.select_related("partner").first()
    return member.partner if member else None


def own_programmes(seat: Seat) -> QuerySet[Programme]:
    """Where a partner's member may add people."""
    partner = own_partner(seat)
    if partner is None:
        return Programme.objects.none()
    rows = Programme.objects.filter(centre=seat.centre, partner_places__partner=partner)
    return rows.filter(state=ProgrammeState.OPEN).select_related("centre").order_by("name", "pk")


def access_own_programme(seat: Seat, programme_id: UUID) -> Programme:
    row = own_programmes(seat).filter(pk=programme_id).first()
    if row is None:
        raise Http404
    return row


def own_shop(seat: Seat) -> Shop | None:
    """Where a cashier works; nothing for who has none, or whose is not active."""
    if not seat.can(Can.REDEEM) or seat.membership is None:
        return None
    rows = Cashier.objects.filter(membership=seat.membership, shop__is_active=True)
    cashier = rows.select_related("shop__centre").first()
    return cashier.shop if cashier else None
