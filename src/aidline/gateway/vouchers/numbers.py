"""Asking carriers about the numbers of programmes that wish it. Nothing waits for the answer."""

import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import httpx

from aidline import vault
from aidline.channels.contract import SendError
from aidline.channels.models import Channel
from aidline.gateway.lines import http_for
from aidline.jobs.services import enqueue
from aidline.vouchers.carriers import Carrier, carrier_of
from aidline.vouchers.models import Programme, Registration
from aidline.vouchers.states import LineKind, ProgrammeState, Status

log = logging.getLogger(__name__)

JOB = "voucher-numbers"
AT_ONCE, HANDS = 40, 4
_NEW = (Status.IMPORTED, Status.INVITED, Status.STARTED, Status.REGISTERED)
Answer = tuple[UUID, LineKind | SendError]


def find_new() -> int:
    """A job for each programme with numbers nobody has asked about."""
    wishing = Programme.objects.filter(state=ProgrammeState.OPEN, lookup_channel_id__isnull=False)
    due = [pk for pk in wishing.values_list("pk", flat=True) if _unasked(pk).exists()]
    return sum(bool(enqueue(JOB, {"programme": str(pk)}, unique_key=f"{JOB}:{pk}")) for pk in due)


def ask(payload: dict[str, Any]) -> None:
    """Until none is left, or the provider will not answer; then the next round tries again."""
    programme = Programme.objects.get(pk=payload["programme"])
    if programme.lookup_channel_id is None:
        return
    channel = Channel.objects.get(pk=programme.lookup_channel_id)
    carrier = carrier_of(channel)
    if carrier is None:
        return
    with http_for(channel) as http, ThreadPoolExecutor(HANDS) as hands:
        while _ask_some(programme, carrier, http, hands):
            pass


def _unasked(programme_id: UUID) -> Any:
    rows = Registration.objects.filter(programme=programme_id, status__in=_NEW, line="")
    return rows.exclude(phone_index=None)


def _ask_some(programme: Programme, carrier: Carrier, http: httpx.Client, hands: ThreadPoolExecutor) -> bool:
    """Whether it is worth going on. The database is not touched while the provider is waited for."""
    rows = list(_unasked(programme.pk).order_by("pk")[:AT_ONCE])
    vault.prefetch_person_keys(row.pk for row in rows)
    numbers = [(row.pk, row.phone) for row in rows]
    answers = list(hands.map(lambda one: _asked(carrier, http, *one), numbers))
    heard = [_keep(pk, said) for pk, said in answers if isinstance(said, LineKind)]
    for code in {said.code for _pk, said in answers if isinstance(said, SendError)}:
        log.warning("numbers of programme %s cannot be looked up: %s", programme.pk, code)
    return len(rows) == AT_ONCE and len(heard) == len(rows)


def _asked(carrier: Carrier, http: httpx.Client, pk: UUID, number: str) -> Answer:
    try:
        return pk, carrier.line_of(http, number)
    except SendError as error:
        return pk, error


def _keep(pk: UUID, said: LineKind) -> int:
    return Registration.objects.filter(pk=pk, line="").update(line=said)
