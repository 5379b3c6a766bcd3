"""What the bench of tills asks of the installation. Runs in its environment."""

import random
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from tests.faults import inside

from aidline.centres.models import Centre, Staff
from aidline.vouchers.api_keys import make_key
from aidline.vouchers.books.checks import verify
from aidline.vouchers.models import Programme, Redemption, Shop, Till, Voucher
from aidline.vouchers.redeeming.refusals import Refused
from aidline.vouchers.redeeming.use import redeem
from vouchers import making, year


def stock(*, vouchers: int, cents: int, shops: int) -> dict[str, Any]:
    """Vouchers of people who have many, and a till with a key in every shop."""
    programme = making.programme(Centre.objects.get(), funded=vouchers * cents)
    people = [making.registration(programme) for _ in range(min(1_000, vouchers))]
    made = making.many_vouchers(programme, vouchers, cents, people)
    tills = [making.till(making.shop(programme)) for _ in range(shops)]
    by = Staff.objects.all()[0]
    keys = [make_key(by=by, name="bench", till=till)[1] for till in tills]
    return {"codes": [voucher.code for voucher in made], "keys": keys}


def alone(*, seconds: float) -> dict[str, Any]:
    """One thread, no HTTP: what the statements themselves cost."""
    tills = list(Till.objects.select_related("shop"))
    codes = [voucher.code for voucher in Voucher.objects.order_by("-pk")[:2_000]]
    chance, took, refused = random.Random(1), [], 0
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        till, code, begun = chance.choice(tills), chance.choice(codes), time.monotonic()
        try:
            redeem(till=till, cashier=None, key=uuid4(), cents=1, code=code)
        except Refused:
            refused += 1
        took.append(time.monotonic() - begun)
    return {"per second": round(len(took) / sum(took)), "refused": refused}


def books() -> dict[str, Any]:
    programme = Programme.objects.order_by("created_at").last()
    assert programme
    return {
        "differences": len(verify(programme)),
        "uses": Redemption.objects.count(),
        "shops": Shop.objects.count(),
        "below nothing": Voucher.objects.filter(balance_cents__lt=0).count(),
    }


def one_year(*, people: int, weeks: int) -> dict[str, Any]:
    begun = time.monotonic()
    found = year.replay(people=people, weeks=weeks, seed=52)
    return {**found, "s": round(time.monotonic() - begun, 1)}


VERBS: dict[str, Callable[..., Any]] = {verb.__name__: verb for verb in (stock, alone, books, one_year)}

if __name__ == "__main__":
    inside.VERBS.update(VERBS)
    inside.main()
