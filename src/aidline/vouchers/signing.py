"""The keys of a centre that sign the tokens in the QR codes of its vouchers."""

from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.db import IntegrityError, transaction

from aidline.audit.services import record
from aidline.centres.models import Centre, Staff
from aidline.kernel.clock import now
from aidline.vouchers.models import SigningKey


def current_key(centre: UUID) -> SigningKey:
    """The key that signs now; made where there is none yet."""
    return _current(centre) or _first(centre)


def private_key(row: SigningKey) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(row.private))


def public_keys(centre: UUID) -> dict[int, Ed25519PublicKey]:
    """By the number that stands in a token; those that sign no more, too: their tokens stay good."""
    rows = SigningKey.objects.filter(centre=centre).values_list("number", "public")
    return {number: Ed25519PublicKey.from_public_bytes(bytes(public)) for number, public in rows}


@transaction.atomic
def renew(*, by: Staff, centre: Centre) -> SigningKey:
    """A new key for what is signed from now on."""
    old = current_key(centre.pk)
    SigningKey.objects.filter(centre=centre, until=None).update(until=now())
    new = _make(centre.pk, old.number + 1)
    record(by=by, action="signing_key.renew", object_type="signing_key", object_id=new.pk, centre=centre.pk)
    return new


def _current(centre: UUID) -> SigningKey | None:
    return SigningKey.objects.filter(centre=centre, until=None).order_by("-number").first()


def _first(centre: UUID) -> SigningKey:
    """Two that make it at once end with the same: the number can be taken only once."""
    try:
        with transaction.atomic():
            return _make(centre, 1)
    except IntegrityError:
        return SigningKey.objects.get(centre=centre, number=1)


def _make(centre: UUID, number: int) -> SigningKey:
    secret = Ed25519PrivateKey.generate()
    row = SigningKey(centre_id=centre, number=number, public=secret.public_key().public_bytes_raw())
    row.private = secret.private_bytes_raw().hex()
    row.save(force_insert=True)
    return row
