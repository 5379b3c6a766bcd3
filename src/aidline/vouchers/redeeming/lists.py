"""What a device takes along: its holds, the limits, the keys of the tokens, and which vouchers not to believe.

Signed and dated by the centre, so that a device can tell a list of ours from any other, and how old it is.
"""

import hashlib
import json
from base64 import b64encode
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Q, Sum
from django.db.models.functions import Coalesce

from aidline.kernel.clock import now
from aidline.vouchers.codes.token import short_id
from aidline.vouchers.models import Device, Hold, Programme, Redemption, Voucher
from aidline.vouchers.redeeming.holds import fetch
from aidline.vouchers.signing import current_key, private_key, public_keys
from aidline.vouchers.states import ProgrammeState, VoucherState

DEAD = (VoucherState.BLOCKED, VoucherState.REPLACED, VoucherState.CANCELLED)
MOST_REVOKED = 20_000
ROLLING = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Fetched:
    """`body` holds all the rest and the time, as canonical JSON; the key with `number` signed it (Ed25519)."""

    holds: list[dict[str, Any]]
    limits: dict[str, Any]
    body: bytes
    signature: bytes
    number: int


def fetch_lists(*, device: Device) -> Fetched:
    holds = [_hold(row) for row in fetch(device=device)]
    limits = _limits(device)
    key = current_key(device.till.shop.centre_id)
    body = canonical({"at": now().isoformat(), "device": str(device.pk), "holds": holds, "limits": limits})
    return Fetched(holds, limits, body, private_key(key).sign(body), key.number)


def canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def _hold(row: Hold) -> dict[str, Any]:
    """`code`: a hash of the voucher's code, by which it is known when it is typed."""
    return {
        "id": str(row.pk),
        "serial": bytes(row.voucher.serial).hex(),
        "code": hashlib.sha256(row.voucher.code.encode()).hexdigest(),
        "currency": row.voucher.programme.currency,
        "left": row.left_cents,
        "until": _milliseconds(row.until),
    }


def _limits(device: Device) -> dict[str, Any]:
    shop = device.till.shop
    open_ones = shop.programmes.filter(state=ProgrammeState.OPEN, offline_use_cents__gt=0)
    programmes = [_programme(device, row) for row in open_ones.order_by("pk")]
    keys = [
        {"number": number, "public": b64encode(key.public_bytes_raw()).decode()}
        for number, key in public_keys(shop.centre_id).items()
    ]
    return {"keys": keys, "programmes": programmes, "revoked": revoked(device)}


def _programme(device: Device, row: Programme) -> dict[str, Any]:
    return {
        "short": short_id(row.pk).hex(),
        "currency": row.currency,
        "use_cents": row.offline_use_cents,
        "voucher_cents": row.offline_voucher_cents,
        "device_cents": room(device, row),
        "hours": row.offline_hours,
        "records": row.offline_records,
    }


def room(device: Device, programme: Programme) -> int:
    """What this device may still take on tokens alone. It counts a whole day by our clock, so that neither many
    visits nor a wrong clock make it larger."""
    taken = Redemption.objects.filter(device=device, programme=programme, hold=None)
    taken = taken.filter(received_at__gt=now() - ROLLING)
    sum_of = taken.aggregate(total=Coalesce(Sum("cents"), 0))["total"]
    return max(0, programme.offline_device_cents - int(sum_of))


def revoked(device: Device) -> list[str]:
    """Serials that still look good: their tokens are signed and not over."""
    rows = Voucher.objects.filter(programme__in=device.till.shop.programmes.all(), valid_until__gt=now())
    dead = rows.filter(Q(state__in=DEAD) | Q(state=VoucherState.EMPTY)).order_by("-created_at")
    return [bytes(serial).hex() for serial in dead.values_list("serial", flat=True)[:MOST_REVOKED]]


def _milliseconds(at: Any) -> int:
    return int(at.timestamp() * 1000)
