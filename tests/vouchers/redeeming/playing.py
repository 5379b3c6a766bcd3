"""A device that takes vouchers without a network, as the till's page does: it signs and chains what it takes."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from aidline.kernel.clock import now
from aidline.vouchers.models import Device, Till, Voucher
from aidline.vouchers.redeeming.pairing import pair, pair_code
from aidline.vouchers.redeeming.records import Signed


class Ed25519Key:
    name = "ed25519"

    def __init__(self) -> None:
        self._key = Ed25519PrivateKey.generate()
        self.public = self._key.public_key().public_bytes_raw()

    def sign(self, body: bytes) -> bytes:
        return self._key.sign(body)


class P256Key:
    name = "p256"

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self.public = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def sign(self, body: bytes) -> bytes:
        r, s = decode_dss_signature(self._key.sign(body, ec.ECDSA(SHA256())))
        return r.to_bytes(32) + s.to_bytes(32)


@dataclass
class Phone:
    """`ahead`: how wrong its clock is."""

    row: Device
    key: Any
    ahead: timedelta = timedelta(0)
    counter: int = 0
    prev: str = ""
    queue: list[Signed] = field(default_factory=list)

    def take(self, voucher: Voucher, cents: int, *, hold: UUID | None = None, **more: Any) -> Signed:
        facts = {
            "at": (more.pop("at", None) or now() + self.ahead).isoformat(),
            "cents": cents,
            "counter": self.counter + 1,
            "device": str(self.row.pk),
            "hold": str(hold) if hold else None,
            "key": str(uuid4()),
            "prev": self.prev,
            "serial": bytes(voucher.serial).hex(),
            **more,
        }
        body = json.dumps(facts, sort_keys=True, separators=(",", ":")).encode()
        self.counter, self.prev = facts["counter"], hashlib.sha256(body).hexdigest()
        signed = Signed(body, self.key.sign(body))
        self.queue.append(signed)
        return signed

    @property
    def time(self) -> datetime:
        return now() + self.ahead


def phone(till: Till, kind: type = Ed25519Key, ahead: timedelta = timedelta(0)) -> Phone:
    key = kind()
    code = pair_code(by=None, till=till)
    return Phone(pair(by=None, shop=till.shop, code=code, algorithm=key.name, public=key.public), key, ahead)
