"""Running payments: payouts are claimed, issuers asked by several threads, vouchers written down in bulk.

One thread speaks to the database, the others to the issuer; no transaction is open during a call. Kill it anywhere:
a claim ends with its lease, and is looked up at the issuer before it is asked for again (`asking`).
"""

import logging
from collections import deque
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from time import monotonic
from uuid import UUID

import httpx
from django.conf import settings
from django.db import InterfaceError, OperationalError

from aidline.gateway.vouchers.asking import Asked, Desk
from aidline.gateway.vouchers.pace import Gate, Pace
from aidline.kernel import http
from aidline.vault import KeyGone
from aidline.vouchers.issuers.kinds import issuer_of
from aidline.vouchers.models import Payment
from aidline.vouchers.paying.claims import Claimed, Heard, claim, issue_own, put_aside, write_down
from aidline.vouchers.paying.moves import CannotPay
from aidline.vouchers.paying.running import due_payments, finish_if_done, start_due, stop
from aidline.vouchers.states import PaymentState, PayoutState

log = logging.getLogger(__name__)

OWN_AT_ONCE = 500  # vouchers in one transaction
TURN = 3.0  # seconds for a payment when others wait; alone it gets
LONG_TURN = 20.0
LOOK_AGAIN = 2.0  # seconds: who may be paid can change meanwhile
GATHER = 0.05  # seconds in which answers come together
_paces: dict[UUID, Pace] = {}


def tend() -> int:
    """Every payment that has something to ask for or to find out. How many payouts were dealt with."""
    start_due()
    due = due_payments()
    return sum(_tend_guarded(payment, TURN if len(due) > 1 else LONG_TURN) for payment in due)


def _tend_guarded(payment: Payment, seconds: float) -> int:
    """One that fails holds up no other; a database that is away is for the worker to wait for."""
    try:
        done = _tend(payment, monotonic() + seconds)
        finish_if_done(payment)
        return done
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("payment %s could not go on", payment.pk)
        return 0


def _tend(payment: Payment, until: float) -> int:
    row = payment.programme.issuer
    if row is None:
        return 0
    issuer = issuer_of(row)
    if issuer is None:
        return _own(payment, until)
    pace = _paces.setdefault(row.pk, Pace(row.most_at_once))
    with client_for(row.base_url) as client:
        desk = Desk(issuer, client, payment.programme.currency, payment.state)
        return _Round(payment, desk, pace, until).go()


def client_for(url: str) -> httpx.Client:
    """In practice our own look-alike may be called; in earnest the private hosts that the operator named."""
    try:
        mine = frozenset({http.origin(url), http.origin(settings.PUBLIC_URL)})
    except httpx.InvalidURL:
        mine = frozenset()
    return http.client(mine if settings.PRACTICE else settings.PRIVATE_HOSTS)


# --- our own ---------------------------------------------------------------------------------------------


def _own(payment: Payment, until: float) -> int:
    done = 0
    while monotonic() < until:
        _look(payment)
        claimed = claim(payment, OWN_AT_ONCE)
        if not claimed:
            break
        _make(payment, claimed)
        done += len(claimed)
    return done


def _make(payment: Payment, claimed: Sequence[Claimed]) -> None:
    """Of a payment that does not run, only claims of the dead come here: nobody was asked, nothing was made."""
    if payment.state == PaymentState.RUNNING:
        _make_running(payment, claimed)
        return
    cancelled = payment.state == PaymentState.CANCELLED
    state = PayoutState.CANCELLED if cancelled else PayoutState.PENDING
    write_down(payment, [Heard(one, state=state) for one in claimed])


def _make_running(payment: Payment, claimed: Sequence[Claimed]) -> None:
    """Together; one by one when somebody among them was erased in this moment."""
    try:
        issue_own(claimed)
    except KeyGone:
        if len(claimed) == 1:
            write_down(payment, [Heard(claimed[0], state=PayoutState.CANCELLED, why="erased")])
            return
        for one in claimed:
            _make_running(payment, [one])


def _look(payment: Payment) -> None:
    if payment.state == PaymentState.RUNNING:
        put_aside(payment)


def _write_down(payment: Payment, desk: Desk, heard: Sequence[Heard]) -> None:
    """One that cannot be written takes no other with it."""
    try:
        write_down(payment, heard)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        for one in heard:
            _write_alone(payment, desk, one)


def _write_alone(payment: Payment, desk: Desk, one: Heard) -> None:
    try:
        write_down(payment, [one])
    except (OperationalError, InterfaceError):
        raise
    except KeyGone:  # the person was erased while the issuer was asked: nobody is to have this card
        write_down(payment, [desk.take_back(one)])
    except Exception:
        log.exception("payout %s could not be written down", one.claimed.id)


# --- an issuer's -----------------------------------------------------------------------------------------


class _Round:
    """Some seconds of one payment."""

    def __init__(self, payment: Payment, desk: Desk, pace: Pace, until: float) -> None:
        self.payment, self.desk, self.pace, self.until = payment, desk, pace, until
        self.gate = Gate(pace)
        self.flying: set[Future[Asked]] = set()
        self.ready: deque[Claimed] = deque()
        self.looked_at = 0.0
        self.done = 0
        self.trouble = ""

    def go(self) -> int:
        with ThreadPoolExecutor(self.pace.most, thread_name_prefix="issue") as hands:
            while self._fill(hands) or self.flying:
                self._gather()
        if self.trouble:
            self._stop()
        return self.done

    def _fill(self, hands: ThreadPoolExecutor) -> bool:
        """Claimed a little ahead, so that no hand waits for the database."""
        if len(self.ready) < self.pace.at_once and self._goes_on():
            self._look()
            self.ready += claim(self.payment, 2 * self.pace.at_once - len(self.ready))
        if self.trouble:
            self._put_back()
        while self.ready and len(self.flying) < 2 * self.pace.at_once:
            self.flying.add(hands.submit(self._ask, self.ready.popleft()))
        return bool(self.ready)

    def _ask(self, claimed: Claimed) -> Asked:
        """In a thread of its own."""
        with self.gate:
            return self.desk.ask(claimed, self.pace.seconds)

    def _put_back(self) -> None:
        """What was claimed ahead and is not worth asking for any more."""
        states = {False: PayoutState.PENDING, True: PayoutState.UNKNOWN}
        write_down(self.payment, [Heard(one, state=states[one.asked]) for one in self.ready])
        self.ready.clear()

    def _goes_on(self) -> bool:
        return monotonic() < self.until and not self.trouble

    def _look(self) -> None:
        if monotonic() > self.looked_at + LOOK_AGAIN:
            self.looked_at = monotonic()
            _look(self.payment)

    def _gather(self) -> None:
        ended, self.flying = wait(self.flying, return_when=FIRST_COMPLETED)
        more, self.flying = wait(self.flying, timeout=GATHER)
        asked = [one.result() for one in ended | more]
        for one in asked:
            self._learn(one)
        _write_down(self.payment, self.desk, [one.heard for one in asked])
        self.done += len(asked)

    def _learn(self, asked: Asked) -> None:
        self.trouble = self.trouble or asked.trouble
        if asked.eases:
            self.pace.ease()
        elif asked.failed:
            self.pace.failed()
        elif not asked.trouble:
            self.pace.good(asked.seconds)

    def _stop(self) -> None:
        """Its key is refused or its cover gone: somebody has to act, and sees why."""
        if self.payment.state != PaymentState.RUNNING:
            return
        try:
            stop(by=None, payment=self.payment, trouble=self.trouble)
        except CannotPay:
            return
