"""A worker that does nothing but pay, killed with -9 again and again: `python -m tests.faults.paying_hands`.

Each life is a fork of this process, which has everything loaded; a life lasts some tenths of a second. The last one
lives until the payment is over. Leases are short here, so that the next life takes over from the last.
"""

import argparse
import json
import os
import random
import signal
import sys
import time
from datetime import timedelta

import django

django.setup()

from django.db import connections  # noqa: E402
from tests.faults.paying_mutants import MUTANTS  # noqa: E402

from aidline import vault  # noqa: E402
from aidline.gateway.vouchers import issuing  # noqa: E402
from aidline.vouchers.models import Payment  # noqa: E402
from aidline.vouchers.paying import claims  # noqa: E402
from aidline.vouchers.states import PaymentState  # noqa: E402

SHORTEST, LONGEST = 0.1, 0.6  # seconds of a life


def main() -> None:
    given = _arguments()
    vault.check_root()
    claims.LEASE = timedelta(seconds=given.lease)
    if given.mutant:
        MUTANTS[given.mutant]()
    dice, kills = random.Random(given.seed), 0
    until = time.monotonic() + given.patience
    while kills < given.kills and _is_open(given.payment):
        kills += _one_life(dice.uniform(SHORTEST, LONGEST))
    _last_life(given.payment, until)
    print(json.dumps({"kills": kills}), flush=True)


def _one_life(seconds: float) -> int:
    connections.close_all()
    child = os.fork()
    if child == 0:
        _live()
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return 1


def _live() -> None:
    issuing._paces.clear()
    while True:
        if not issuing.tend():
            time.sleep(0.05)


def _last_life(payment: str, until: float) -> None:
    while _is_open(payment) and time.monotonic() < until:
        if not issuing.tend():
            time.sleep(0.05)


def _is_open(payment: str) -> bool:
    found = Payment.objects.filter(pk=payment, state=PaymentState.RUNNING).exists()
    connections.close_all()
    return found


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("payment")
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--lease", type=float, default=1.5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--patience", type=float, default=120)
    parser.add_argument("--mutant", default="")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
