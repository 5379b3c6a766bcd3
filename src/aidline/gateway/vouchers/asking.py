"""One payout at the issuer: runs in a thread of its own, knows no database, and never loses what it heard."""

import logging
from dataclasses import dataclass
from datetime import timedelta
from random import uniform
from time import monotonic

import httpx

from aidline.vouchers.issuers.contract import (
    AccountTrouble,
    Busy,
    Card,
    Issuer,
    IssuerError,
    NotCancellable,
    Order,
    Refused,
    Uncertain,
)
from aidline.vouchers.paying.claims import FIRST_WAIT, LONGEST_WAIT, Claimed, Heard
from aidline.vouchers.states import PaymentState, PayoutState

log = logging.getLogger(__name__)

LATE = 60.0  # seconds after which a call that nobody heard has certainly ended at the issuer
SURE = 3  # times it said that it knows nothing


@dataclass(frozen=True, slots=True)
class Asked:
    heard: Heard
    seconds: float
    eases: bool = False  # it wants to be called less often
    failed: bool = False
    trouble: str = ""  # of the account: nothing else is worth asking


@dataclass(frozen=True, slots=True)
class Desk:
    """Who is asked, for what kind of payment. `seconds` as `Pace` says now."""

    issuer: Issuer
    http: httpx.Client
    currency: str
    state: str

    def ask(self, claimed: Claimed, seconds: float) -> Asked:
        began = monotonic()
        try:
            return Asked(self._ask(claimed, seconds), monotonic() - began)
        except Busy as error:
            return Asked(_later(claimed, error), monotonic() - began, eases=True)
        except Uncertain as error:
            return Asked(_unknown(claimed, error.code), monotonic() - began, failed=True)
        except AccountTrouble as error:
            return Asked(_waits(claimed, error.code), monotonic() - began, trouble=error.code)
        except Refused as error:
            return Asked(Heard(claimed, state=PayoutState.FAILED, why=error.code), monotonic() - began)
        except Exception:
            log.exception("payout %s could not be asked for", claimed.id)
            return Asked(_unknown(claimed, "our-fault"), monotonic() - began, failed=True)

    def take_back(self, heard: Heard) -> Heard:
        """A card that nobody can be given."""
        try:
            self.issuer.cancel(self.http, heard.claimed.id)
        except IssuerError as error:
            return _unknown(heard.claimed, error.code)
        return Heard(heard.claimed, state=PayoutState.CANCELLED, why="erased")

    def _ask(self, claimed: Claimed, seconds: float) -> Heard:
        """What may have been made is looked for before it is asked for again."""
        known = self.issuer.find(self.http, claimed.id, seconds) if claimed.asked else None
        if self.state == PaymentState.CANCELLED:
            return self._called_off(claimed, known)
        if known:
            return Heard(claimed, card=known)
        if self.state != PaymentState.RUNNING:
            return _not_made(claimed, PayoutState.PENDING)
        order = Order(claimed.id, claimed.cents, self.currency, seconds)
        return Heard(claimed, card=self.issuer.issue(self.http, order))

    def _called_off(self, claimed: Claimed, known: Card | None) -> Heard:
        if known is None:
            return _not_made(claimed, PayoutState.CANCELLED)
        try:
            self.issuer.cancel(self.http, claimed.id)
        except NotCancellable:
            return Heard(claimed, card=known)
        return Heard(claimed, state=PayoutState.CANCELLED)


def _not_made(claimed: Claimed, state: PayoutState) -> Heard:
    """A call whose answer was lost may still be under way: only after a while is nothing really nothing."""
    if claimed.attempts < SURE:
        return Heard(claimed, state=PayoutState.UNKNOWN, again_in=LATE / SURE)
    return Heard(claimed, state=state)


def _later(claimed: Claimed, error: Busy) -> Heard:
    wait = max(_wait(claimed.attempts), (error.retry_after or timedelta()).total_seconds())
    state = PayoutState.UNKNOWN if claimed.asked else PayoutState.PENDING
    return Heard(claimed, state=state, why=error.code, again_in=wait)


def _unknown(claimed: Claimed, code: str) -> Heard:
    """Looked up at once the first time: mostly only the answer was lost."""
    wait = 0.0 if claimed.attempts == 1 else _wait(claimed.attempts)
    return Heard(claimed, state=PayoutState.UNKNOWN, why=code, again_in=wait)


def _waits(claimed: Claimed, code: str) -> Heard:
    state = PayoutState.UNKNOWN if claimed.asked else PayoutState.PENDING
    return Heard(claimed, state=state, why=code, again_in=_wait(claimed.attempts))


def _wait(attempts: int) -> float:
    """Full jitter: those that failed together do not come back together."""
    return uniform(0, min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(attempts, 12)))  # noqa: S311 (not a secret)
