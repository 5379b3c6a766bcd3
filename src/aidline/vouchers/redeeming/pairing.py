"""A phone or computer becomes a device of a till: with a code for once, and a key that never leaves it."""

import hashlib
import secrets
from datetime import timedelta

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from django.db import transaction

from aidline.audit.services import record
from aidline.centres.models import Staff
from aidline.kernel.clock import now
from aidline.vouchers.models import Device, Shop, Till
from aidline.vouchers.redeeming.holds import end_all
from aidline.vouchers.redeeming.refusals import Refused

CODE_GOOD = timedelta(minutes=15)
ED25519, P256 = "ed25519", "p256"
_LENGTHS = {ED25519: 32, P256: 65}
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@transaction.atomic
def pair_code(*, by: Staff | None, till: Till) -> str:
    """To be typed or scanned on the device within minutes; good once."""
    code = "".join(secrets.choice(_LETTERS) for _ in range(12))
    row = Device.objects.create(
        till=till, pairing_hash=_hash(code), pairing_until=now() + CODE_GOOD, paired_by=by
    )
    _told(by, "device.invite", row)
    return code


@transaction.atomic
def pair(*, by: Staff | None, shop: Shop, code: str, algorithm: str, public: bytes) -> Device:
    """Raises `Refused("pairing")`: wrong, used, too old, or of another shop."""
    if len(public) != _LENGTHS.get(algorithm):
        raise Refused("pairing")
    _check_key(algorithm, public)
    waiting = Device.objects.filter(pairing_hash=_hash(code), pairing_until__gt=now(), till__shop=shop)
    row = waiting.select_related("till__shop").first()
    change = {"algorithm": algorithm, "public": public, "paired_at": now(), "pairing_hash": None}
    if row is None or not waiting.update(**change, synced_at=now()):
        raise Refused("pairing")
    row.refresh_from_db()
    _told(by, "device.pair", row)
    return row


@transaction.atomic
def revoke(*, by: Staff | None, device: Device, reason: str) -> None:
    """What it holds goes back to the vouchers; what it sends from now on waits for a human."""
    if Device.objects.filter(pk=device.pk, revoked_at=None).update(revoked_at=now(), pairing_hash=None):
        end_all(device)
        _told(by, "device.revoke", device, reason)


def is_signed(device: Device, signature: bytes, body: bytes) -> bool:
    """By this device's key. A P-256 signature is r and s, 32 bytes each, as browsers make it."""
    if device.public is None or len(signature) != 64:
        return False
    try:
        _verify(device.algorithm, bytes(device.public), signature, body)
    except (InvalidSignature, ValueError):
        return False
    return True


def _verify(algorithm: str, public: bytes, signature: bytes, body: bytes) -> None:
    if algorithm == ED25519:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, body)
        return
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public)
    numbers = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
    key.verify(encode_dss_signature(*numbers), body, ec.ECDSA(SHA256()))


def _check_key(algorithm: str, public: bytes) -> None:
    try:
        if algorithm == P256:
            ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public)
    except ValueError:
        raise Refused("pairing") from None


def _hash(code: str) -> bytes:
    letters = "".join(letter for letter in code.upper() if letter.isalnum())
    return hashlib.sha256(letters.encode()).digest()


def _told(by: Staff | None, action: str, device: Device, reason: str = "") -> None:
    centre = device.till.shop.centre_id
    record(by=by, action=action, object_type="device", object_id=device.pk, centre=centre, reason=reason)
