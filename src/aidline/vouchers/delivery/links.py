"""The address under which a person sees their own voucher, short enough for an SMS.

Whoever has it has the voucher, so it names nothing but a row, ends with the voucher, and dies at once when the
voucher is replaced or the person's number changes.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import timedelta
from hmac import compare_digest
from uuid import UUID

from django.conf import settings

from aidline import vault
from aidline.kernel.clock import now
from aidline.vouchers.models import Voucher
from aidline.vouchers.states import Status, VoucherState

AFTER_THE_END = timedelta(days=30)  # its history can still be read
_PROOF = 11  # bytes: 88 bits
_DEAD = (VoucherState.REPLACED, VoucherState.CANCELLED)


def link(voucher: Voucher) -> str:
    return f"{str(settings.PUBLIC_URL).rstrip('/')}/mine/v/{token(voucher)}/"


def token(voucher: Voucher) -> str:
    return urlsafe_b64encode(voucher.pk.bytes + _proof(voucher)).decode()


def holder(token: str) -> Voucher | None:
    """The voucher this leads to, with its programme and registration; None for whatever does not, or no longer."""
    try:
        raw = urlsafe_b64decode(token.encode())
    except ValueError:
        return None
    if (
        len(raw) != 16 + _PROOF or urlsafe_b64encode(raw).decode() != token
    ):  # one way to write it, one to count it
        return None
    rows = Voucher.objects.select_related("programme", "registration", "centre")
    voucher = rows.exclude(state__in=_DEAD).filter(pk=UUID(bytes=raw[:16])).first()
    return voucher if voucher and compare_digest(raw[16:], _proof(voucher)) and _is_of_use(voucher) else None


def _is_of_use(voucher: Voucher) -> bool:
    erased = voucher.registration.status == Status.ERASED
    return not erased and now() < voucher.valid_until + AFTER_THE_END


def _proof(voucher: Voucher) -> bytes:
    changed = voucher.registration.number_changed_at
    value = f"{voucher.pk} {changed.timestamp() if changed else ''}"
    return vault.blind_index(value, scope=voucher.centre_id, purpose="voucher-link")[:_PROOF]
