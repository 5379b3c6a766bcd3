"""`inside`, and what a race for vouchers asks besides."""

from collections.abc import Callable
from typing import Any

from django.core.management import call_command
from tests.faults import inside

from aidline import vault
from aidline.vouchers.books.checks import verify
from aidline.vouchers.models import Programme, Redemption, Voucher
from vouchers import making
from vouchers.chaos import chaos


def make_vouchers(*, vouchers: int, cents: int, tills: int) -> dict[str, Any]:
    """So many vouchers, and a till for each client, ten in a shop."""
    call_command("migrate", interactive=False, verbosity=0)
    vault.check_root()
    programme = making.programme(funded=vouchers * cents)
    made = making.vouchers(programme, vouchers, cents)
    shops = [making.shop(programme) for _ in range(-(-tills // 10))]
    return {
        "codes": [voucher.code for voucher in made],
        "tills": [str(making.till(shops[number // 10], f"Till {number}").pk) for number in range(tills)],
    }


def books() -> dict[str, Any]:
    """Of the newest programme: what does not agree, and each use by its key."""
    programme = Programme.objects.latest("created_at")
    rows = Redemption.objects.filter(programme=programme).values_list("key", "cents")
    negative = Voucher.objects.filter(balance_cents__lt=0).count()
    return {
        "differences": [f"{one.what} {one.books} {one.row}" for one in verify(programme)],
        "uses": {str(key): cents for key, cents in rows},
        "negative": negative,
    }


def offline(*, devices: int, records: int, seed: int, plant: str = "") -> dict[str, Any]:
    call_command("migrate", interactive=False, verbosity=0)
    vault.check_root()
    found = chaos(devices=devices, records=records, seed=seed, plant=plant)
    return {"faults": found.faults, "facts": found.facts}


VERBS: dict[str, Callable[..., Any]] = {verb.__name__: verb for verb in (make_vouchers, books, offline)}

if __name__ == "__main__":
    inside.VERBS.update(VERBS)
    inside.main()
