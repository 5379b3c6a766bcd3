"""One example of everything on the voucher side of a centre; a cashier and a partner who work there have theirs."""

from uuid import uuid4

from aidline.centres.models import Centre, Membership
from aidline.centres.states import Role
from aidline.people.models import Person
from aidline.vouchers.models import (
    ApiKey,
    Cashier,
    Pair,
    Partner,
    PartnerMember,
    PartnerPlace,
    Redemption,
    Settlement,
    Trouble,
    Upload,
)
from aidline.vouchers.paying.drafts import prepare
from vouchers import making

QUESTION = "district"


def things(centre: Centre, asks: Person) -> dict[str, str]:
    question = {"code": QUESTION, "type": "text", "labels": {"en": "Where?"}}
    programme = making.programme(centre, form=[question])
    person = making.registration(programme, person=asks)
    voucher = making.voucher(programme, holder=person)
    partner, shop = _partner(centre), making.shop(programme)
    PartnerPlace.objects.create(partner=partner, programme=programme)
    till = making.till(shop)
    _works(centre, Role.CASHIER, lambda member: Cashier.objects.create(membership=member, shop=shop))
    rows = {
        "programme": programme,
        "registration": person,
        "pair": Pair.objects.create(
            centre=centre, first=person, second=making.registration(programme), score=90, reasons=["similar"]
        ),
        "voucher": voucher,
        "payment": prepare(by=None, programme=programme),  # each role may do with it what its right says
        "partner": partner,
        "issuer": programme.issuer,
        "key": ApiKey.objects.create(
            centre=centre, name="Kobo", programme=programme, token_hash=uuid4().bytes * 2
        ),
        "shop": shop,
        "till": till,
        "device": making.device(till),
        "upload": Upload.objects.create(
            centre=centre, programme=programme, partner=partner, kind="csv", state="do"
        ),
        "redemption": Redemption.objects.create(
            centre=centre,
            programme=programme,
            voucher=voucher,
            shop=shop,
            till=till,
            key=uuid4(),
            body_hash=b"0" * 32,
            cents=100,
            receipt=1,
        ),
        "settlement": Settlement.objects.create(
            shop=shop, programme=programme, number=1, until=programme.created_at
        ),
        "till_key": ApiKey.objects.create(
            centre=centre, name="Till", till=till, token_hash=uuid4().bytes * 2
        ),
        "trouble": Trouble.objects.create(centre=centre, kind="overdrawn", shop=shop),
    }
    words = {"code": QUESTION, "export": "weeks", "suffix": "csv"}
    return {**words, **{name: str(row.pk) for name, row in rows.items() if row is not None}}


def _partner(centre: Centre) -> Partner:
    partner = Partner.objects.create(centre=centre, name="Harbour Kitchen")
    _works(
        centre, Role.PARTNER, lambda member: PartnerMember.objects.create(membership=member, partner=partner)
    )
    return partner


def _works(centre: Centre, role: Role, place: object) -> None:
    for member in Membership.objects.filter(centre=centre, role=role):
        place(member)  # type: ignore[operator]
