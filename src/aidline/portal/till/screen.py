"""What stands around every step: whose till it is, what it took today, and what its scripts need to know."""

from typing import Any

from django.middleware.csrf import get_token
from django.utils import timezone

from aidline.centres.rules import StaffRequest
from aidline.portal.till.forms import CodeForm
from aidline.portal.till.places import paired_as
from aidline.portal.till.words import REFUSALS
from aidline.vouchers.models import Till
from aidline.vouchers.tills import device_at, most_without_network, totals_on


def screen(request: StaffRequest, till: Till) -> dict[str, Any]:
    today = timezone.localdate()
    return {
        "till": till,
        "centre": request.seat.centre,
        "today": today,
        "totals": totals_on(till, today),
        "most": most_without_network(till.shop),
        "paired": device_at(till.shop, paired_as(request)),
        "words": {code: str(words) for code, words in REFUSALS.items()},
        "token": get_token(request),
        "empty_form": CodeForm(),
    }
