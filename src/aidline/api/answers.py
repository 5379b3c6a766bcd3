"""What the API answers: JSON, and for every refusal a code that stays the same in every version."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.http import HttpResponse, JsonResponse

from aidline.vouchers.redeeming.refusals import Refused

STATUSES: Mapping[str, int] = {
    "unknown": 404,
    "not_ours": 404,
    "locked_out": 429,
    "key_reused": 409,
    "reversed": 409,
    "bad_amount": 422,
}
LOCKED_OUT_SECONDS = 15 * 60


def answer(facts: Mapping[str, Any], status: int = 200) -> HttpResponse:
    return JsonResponse(facts, status=status)


def refusal(code: str, status: int, **more: Any) -> HttpResponse:
    return answer({"error": code, **more}, status)


def refused(why: Refused) -> HttpResponse:
    """422 for a voucher that cannot be used: the request was understood, and the answer is no."""
    more = {} if why.balance_cents is None else {"balance_cents": why.balance_cents}
    response = refusal(why.code, STATUSES.get(why.code, 422), **more)
    if why.code == "locked_out":
        response.headers["Retry-After"] = str(LOCKED_OUT_SECONDS)
    return response


def moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
