"""What every act on a payment does: whoever was second hears why nothing happened."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from aidline.centres.rules import StaffRequest
from aidline.vouchers.models import Payment
from aidline.vouchers.paying.moves import CannotPay


def tried(
    request: StaffRequest, payment: Payment, act: Callable[[], Any], words: str = ""
) -> HttpResponseBase:
    """Without `words` the act says itself what it did."""
    try:
        said = act()
    except CannotPay as refused:
        messages.error(request, str(refused.message))
    else:
        messages.success(request, words or str(said))
    return redirect("payments:payment", request.seat.centre.slug, payment.pk)
