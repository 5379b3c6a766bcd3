"""What is left on somebody's vouchers, told to whoever holds the address they were sent to, and to nobody else."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from aidline.kernel.clock import now
from aidline.vouchers.delivery.faces import with_everything
from aidline.vouchers.delivery.wording import say, values_of
from aidline.vouchers.models import Programme, Registration, Voucher
from aidline.vouchers.states import Status, VoucherState

_TOLD = (VoucherState.OPEN, VoucherState.EMPTY)
_EMPTY_FOR = timedelta(days=7)  # that much longer an empty one is told of
MOST = 6


def of_address(address_id: UUID, language: str) -> str:
    """Empty where nobody in a programme is reached there."""
    people = Registration.objects.filter(address=address_id).exclude(status=Status.ERASED)
    programmes = Programme.objects.filter(registrations__in=people).select_related("centre")
    programme = programmes.order_by("-created_at").first()
    if programme is None:
        return ""
    rows = Voucher.objects.filter(registration__in=people, state__in=_TOLD, valid_until__gt=now())
    vouchers = [one for one in with_everything(rows).order_by("-created_at")[:MOST] if _is_worth_telling(one)]
    return told(vouchers, language) or say(programme, "none", language).text


def told(vouchers: Sequence[Voucher], language: str) -> str:
    """A line for each."""
    return "\n".join(_line(voucher, language or voucher.registration.language) for voucher in vouchers)


def _line(voucher: Voucher, language: str) -> str:
    words = say(voucher.programme, "balance", language, values_of(voucher, language))
    if words.language == language:
        return words.text
    values = values_of(voucher, words.language)
    return say(voucher.programme, "balance", words.language, values).text


def _is_worth_telling(voucher: Voucher) -> bool:
    return voucher.state == VoucherState.OPEN or voucher.created_at > now() - _EMPTY_FOR
