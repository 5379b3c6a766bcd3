"""The till as a device of its own: paired once, fed with what it may take without a network, heard out afterwards."""

import binascii
import json
from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from aidline.centres.rules import StaffRequest, requires
from aidline.centres.states import Can
from aidline.portal.till.places import DEVICE_COOKIE, choose, place_of
from aidline.portal.till.screen import screen
from aidline.vouchers.models import Device
from aidline.vouchers.redeeming import pairing
from aidline.vouchers.redeeming.lists import Fetched, fetch_lists
from aidline.vouchers.redeeming.records import Signed
from aidline.vouchers.redeeming.refusals import Refused
from aidline.vouchers.redeeming.replay import Outcome, take_in
from aidline.vouchers.tills import access_device, access_own_shop

A_YEAR = 365 * 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Sent:
    """What a device sends in one go. With `more`, the next follows at once."""

    device: UUID
    at: datetime
    records: list[Signed]
    more: bool


@requires(Can.REDEEM)
@require_safe
def offline(request: StaffRequest) -> HttpResponseBase:
    till = place_of(request).till
    if till is None:
        return redirect("portal:till:till", request.seat.centre.slug)
    return render(request, "portal/till/offline.html", screen(request, till))


@requires(Can.REDEEM)
@require_safe
def state(request: StaffRequest) -> HttpResponse:
    """A page that was opened without a network has an old token; this is a fresh one."""
    return JsonResponse({"token": get_token(request)})


@requires(Can.REDEEM)
@require_POST
def pair(request: StaffRequest) -> HttpResponse:
    """The browser made the key; here its open half meets the code that the office gave for one till."""
    shop = access_own_shop(request.seat)
    code, algorithm = request.POST.get("code", ""), request.POST.get("algorithm", "")
    public = _bytes(request.POST.get("public", ""))
    try:
        device = pairing.pair(by=request.user, shop=shop, code=code, algorithm=algorithm, public=public)
    except Refused as why:
        return JsonResponse({"code": why.code}, status=422)
    choose(request, device.till)
    answer = JsonResponse({"device": str(device.pk)}, status=201)
    answer.set_cookie(
        *(DEVICE_COOKIE, str(device.pk), A_YEAR),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return answer


@requires(Can.REDEEM)
@require_POST
def sync(request: StaffRequest) -> HttpResponse:
    """Signed as a whole: only the device itself may spend what is lent to it or ask for more."""
    sent = _sent(request.body)
    device = access_device(request.seat, sent.device)
    signature = _bytes(request.headers.get("X-Device-Signature", ""))
    if not pairing.is_signed(device, signature, request.body):
        return JsonResponse({"code": "signature"}, status=403)
    outcomes = take_in(device=device, records=sent.records, device_time=sent.at)
    lists = None if sent.more else fetch_lists(device=device)
    return JsonResponse(_answer(device, outcomes, lists))


def _answer(device: Device, outcomes: list[Outcome], lists: Fetched | None) -> dict[str, Any]:
    return {
        "outcomes": [{"digest": one.digest, "code": one.code, "good": one.good} for one in outcomes],
        "revoked": device.revoked_at is not None,
        "list": lists and b64encode(lists.body).decode(),
        "signature": lists and b64encode(lists.signature).decode(),
        "number": lists and lists.number,
    }


def _sent(body: bytes) -> Sent:
    try:
        facts = json.loads(body)
        records = [Signed(_bytes(one["body"]), _bytes(one["signature"])) for one in facts["records"]]
        at = datetime.fromisoformat(facts["at"]).astimezone(UTC)
        return Sent(UUID(facts["device"]), at, records, bool(facts.get("more")))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError):
        raise BadRequest from None


def _bytes(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except binascii.Error:
        return b""
