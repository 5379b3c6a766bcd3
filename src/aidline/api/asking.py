"""How a retailer's till asks: with its key, known fields only, and, for what changes anything, a key for once."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from aidline.api.answers import refusal, refused
from aidline.api.keys import key_in
from aidline.vouchers.api_keys import till_of
from aidline.vouchers.models import Till
from aidline.vouchers.redeeming.refusals import Refused

P = ParamSpec("P")
LONGEST_KEY = 255


class TillRequest(HttpRequest):
    """A request that came with a good key; `till` is the one it belongs to."""

    till: Till


class BadRequest(Exception):
    """What is wrong with it, as a code: `body`, `field`, `key_missing`, `day`."""


def with_till_key(view: Callable[Concatenate[TillRequest, P], HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    def asked(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        key = key_in(request)
        till = till_of(key) if key else None
        if till is None:
            return refusal("key", 401)
        till_request = cast(TillRequest, request)
        till_request.till = till
        timezone.activate(ZoneInfo(till.shop.centre.time_zone))
        try:
            return view(till_request, *args, **kwargs)
        except BadRequest as why:
            return refusal(str(why), 400)
        except Refused as why:
            return refused(why)

    return asked


def fields_of(request: HttpRequest, **wanted: type) -> dict[str, Any]:
    """Exactly these, each of its type. Anything else is refused: what was bought has no place here."""
    try:
        facts = json.loads(request.body or b"{}")
    except (ValueError, RecursionError):
        raise BadRequest("body") from None
    if not isinstance(facts, dict):
        raise BadRequest("body")
    good = facts.keys() == wanted.keys() and all(type(facts[name]) is kind for name, kind in wanted.items())
    if not good:
        raise BadRequest("field")
    return facts


def idempotency_key(request: HttpRequest) -> UUID:
    """A UUID is taken as it is; any other word of a till is made into one, the same each time."""
    given = request.headers.get("Idempotency-Key", "").strip().strip('"')
    if not 0 < len(given) <= LONGEST_KEY:
        raise BadRequest("key_missing")
    try:
        return UUID(given)
    except ValueError:
        return uuid5(cast(TillRequest, request).till.pk, given)
