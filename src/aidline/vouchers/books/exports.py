"""What leaves the books as a file. No name and no number of a person is in any of them, and no basket anywhere."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from aidline.vouchers.books.balance import trial_balance
from aidline.vouchers.books.figures import CELLS, Cell, Week, weekly
from aidline.vouchers.books.tables import Table, Value, money
from aidline.vouchers.models import Posting, Programme, Redemption, Voucher
from aidline.vouchers.states import DeliveryState, PostingKind, VoucherState

HIDDEN = "<5"
AT_ONCE = 2_000


def by_week(programme: Programme) -> Table:
    """For donors and coordination: hashtags of HXL 1.1, small cells hidden."""
    headings = [
        *(_("Week from"), _("Currency"), _("Budget given")),
        *(heading for label in _labels().values() for heading in label),
        _("Uses"),
    ]
    tags = ["#date+start", "#currency+code", "#value+funding", *_TAGS, "#activity+uses+num"]
    rows = (_week(week, programme.currency) for week in weekly(programme))
    return Table("weeks", headings, rows, tags, _zone(programme))


_TAGS = [tag for name in CELLS for tag in (f"#beneficiary+vouchers+{name}+num", f"#value+vouchers+{name}")]


def _labels() -> Mapping[str, tuple[str, str]]:
    return {
        "issued": (_("Issued, people"), _("Issued, amount")),
        "delivered": (_("Delivered, people"), _("Delivered, amount")),
        "used": (_("Used, people"), _("Used, amount")),
        "unused": (_("Unused, people"), _("Unused, amount")),
        "expired": (_("Expired, people"), _("Expired, amount")),
        "returned": (_("Returned, people"), _("Returned, amount")),
    }


def _week(week: Week, currency: str) -> Sequence[Value]:
    cells = [value for name in CELLS for value in _pair(getattr(week, name))]
    start: Value = week.start or _("All weeks")
    return [start, currency, money(week.budget_cents), *cells, HIDDEN if week.used.hidden else week.uses]


def _pair(cell: Cell) -> tuple[Value, Value]:
    return (HIDDEN, HIDDEN) if cell.hidden else (cell.people, money(cell.cents))


def standings(programme: Programme) -> Table:
    headings = [_("Account"), _("Shop"), _("In"), _("Out"), _("Balance")]
    rows: list[Sequence[Value]] = [
        [str(row.kind.label), row.shop, money(row.into), money(row.out), money(row.cents)]
        for row in trial_balance(programme)
    ]
    return Table("balance", headings, rows, zone=_zone(programme))


def postings(programme: Programme) -> Table:
    """The journal: every line of the books."""
    headings = [_("Time"), _("Kind"), _("From"), _("To"), _("Amount"), _("Shop"), _("Voucher")]
    return Table("postings", headings, _postings(programme), zone=_zone(programme))


def _postings(programme: Programme) -> Iterator[Sequence[Value]]:
    rows = Posting.objects.filter(programme=programme).select_related("source__shop", "target__shop")
    for row in rows.order_by("at", "pk").iterator(AT_ONCE):
        shop = row.source.shop or row.target.shop
        kinds = (PostingKind(row.kind).label, row.source.get_kind_display(), row.target.get_kind_display())
        ends = (shop.name if shop else "", str(row.voucher_id or ""))
        yield [row.at, *map(str, kinds), money(row.cents), *ends]


def uses(programme: Programme) -> Table:
    """Whether, where and how often; never what was bought."""
    headings = [
        *(_("Time"), _("Shop"), _("Till"), _("Receipt"), _("Amount"), _("Without network")),
        *(_("Not on the voucher"), _("Not paid"), _("Taken back"), _("Settlement"), _("Voucher")),
    ]
    return Table("uses", headings, _uses(programme), zone=_zone(programme))


def _uses(programme: Programme) -> Iterator[Sequence[Value]]:
    rows = Redemption.objects.filter(programme=programme).select_related("shop", "till", "settlement")
    for row in rows.order_by("at", "pk").iterator(AT_ONCE):
        number = row.settlement.number if row.settlement else None
        yield [
            *(row.at, row.shop.name, row.till.name, row.receipt, money(row.cents), _yes(row.offline)),
            *(
                money(row.overdrawn_cents),
                money(row.unpaid_cents),
                row.reversed_at,
                number,
                str(row.voucher_id),
            ),
        ]


def vouchers(programme: Programme) -> Table:
    headings = [
        *(_("Voucher"), _("Person, number"), _("Payment"), pgettext("voucher", "State"), _("Delivery")),
        *(_("Amount"), _("Left"), _("Uses"), _("Issued"), _("Valid until")),
    ]
    return Table("vouchers", headings, _vouchers(programme), zone=_zone(programme))


def _vouchers(programme: Programme) -> Iterator[Sequence[Value]]:
    rows = Voucher.objects.filter(programme=programme).select_related("registration", "payment")
    rows = rows.defer("code_sealed", "card_sealed", "registration__answers_sealed")
    for row in rows.order_by("pk").iterator(AT_ONCE):
        state, delivery = str(VoucherState(row.state).label), str(DeliveryState(row.delivery).label)
        yield [
            *(str(row.pk), row.registration.number, row.payment.number if row.payment else None),
            *(state, delivery, money(row.amount_cents), money(row.balance_cents + row.held_cents)),
            *(row.uses, row.created_at, row.valid_until),
        ]


def _yes(value: bool) -> str:
    return _("yes") if value else ""


def _zone(programme: Programme) -> ZoneInfo:
    return ZoneInfo(programme.centre.time_zone)


EXPORTS: Mapping[str, Callable[[Programme], Table]] = {
    "weeks": by_week,
    "balance": standings,
    "uses": uses,
    "vouchers": vouchers,
    "postings": postings,
}
