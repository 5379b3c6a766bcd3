"""For the tills of retailers: look at a voucher, use it, take a use back, the report of a day. docs/api.md."""

from datetime import date
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from aidline.api.answers import answer, moment
from aidline.api.asking import BadRequest, TillRequest, fields_of, idempotency_key, with_till_key
from aidline.centres.rules import public
from aidline.vouchers.models import Redemption
from aidline.vouchers.redeeming.reversing import reverse
from aidline.vouchers.redeeming.use import Used, look_up, redeem
from aidline.vouchers.scanned import named
from aidline.vouchers.tills import totals_on, uses_on


@csrf_exempt
@public
@require_POST
@with_till_key
def looking_up(request: TillRequest) -> HttpResponse:
    facts = fields_of(request, code=str)
    seen = look_up(till=request.till, cashier=None, **named(facts["code"], request.till.shop.centre_id).asked)
    return answer(
        {
            "programme": seen.programme,
            "currency": seen.currency,
            "balance_cents": seen.balance_cents,
            "valid_until": moment(seen.valid_until),
            "usable": not seen.state,
            "reason": seen.state or None,
        }
    )


@csrf_exempt
@public
@require_POST
@with_till_key
def redemptions(request: TillRequest) -> HttpResponse:
    facts = fields_of(request, code=str, cents=int)
    used = redeem(
        till=request.till,
        cashier=None,
        key=idempotency_key(request),
        cents=facts["cents"],
        **named(facts["code"], request.till.shop.centre_id).asked,
    )
    return _used(used)


@csrf_exempt
@public
@require_POST
@with_till_key
def reversal(request: TillRequest, use: UUID) -> HttpResponse:
    fields_of(request)
    key = idempotency_key(request)
    return _used(reverse(till=request.till, cashier=None, key=key, redemption_id=use))


@public
@require_GET
@with_till_key
def day(request: TillRequest, day: str) -> HttpResponse:
    try:
        wanted = date.fromisoformat(day)
    except ValueError:
        raise BadRequest("day") from None
    totals = totals_on(request.till, wanted)
    return answer(
        {
            "day": wanted.isoformat(),
            "time_zone": timezone.get_current_timezone_name(),
            "totals": [{"currency": one.currency, "uses": one.uses, "cents": one.cents} for one in totals],
            "uses": [_line(row) for row in uses_on(request.till, wanted)],
        }
    )


def _used(used: Used) -> HttpResponse:
    facts = {
        "id": str(used.redemption_id),
        "receipt": used.receipt,
        "cents": used.cents,
        "balance_cents": used.balance_cents,
        "currency": used.currency,
        "at": moment(used.at),
        "again": used.again,
    }
    return answer(facts, status=200 if used.again else 201)


def _line(row: Redemption) -> dict[str, object]:
    return {
        "id": str(row.pk),
        "receipt": row.receipt,
        "cents": row.cents,
        "currency": row.programme.currency,
        "at": moment(row.at),
        "reversed_at": moment(row.reversed_at) if row.reversed_at else None,
    }
