"""What the worker runs besides messages: kinds of jobs, and what is done again and again. Read by `config`."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction

from aidline.audit import chain
from aidline.calls.control import CONTROL, RECORDING
from aidline.calls.recordings import ask_again, tell_of_lost
from aidline.channels.models import Delivery
from aidline.channels.templates import REMOVE, SUBMIT
from aidline.conversations.models import LiveEvent, Looking
from aidline.conversations.services import end_blocks, wake_due
from aidline.flows import chat as flows
from aidline.flows import tending
from aidline.flows.entrances import TURN
from aidline.gateway import (
    attention,
    call_control,
    call_tending,
    fragments,
    media,
    outbound,
    polling,
    receipts,
    reconcile,
    recordings,
    silence,
    sounds,
    spool,
    templates,
    vendors,
)
from aidline.gateway.arriving import FETCH_MEDIA
from aidline.gateway.vouchers import duties as vouchers
from aidline.kernel.clock import now
from aidline.language import asking, machine, transcribing
from aidline.language.arrivals import ASK, TRANSLATE
from aidline.language.transcribing import TRANSCRIBE
from aidline.routing.services import return_abandoned

KEEP_DELIVERIES = timedelta(days=30)  # a provider may send the same call again for a week
KEEP_HINTS = timedelta(hours=1)

JOBS: Mapping[str, Callable[[dict[str, Any]], None]] = {
    FETCH_MEDIA: media.fetch_attachment,
    templates.SYNC: templates.sync_templates,
    SUBMIT: templates.submit,
    REMOVE: templates.remove,
    reconcile.RECONCILE: reconcile.reconcile,
    polling.POLL: polling.poll,
    attention.ATTEND: attention.attend,
    vendors.LOOK: vendors.look_job,
    CONTROL: call_control.do,
    RECORDING: recordings.bring,
    ASK: asking.ask_language,
    TRANSLATE: machine.translate_waiting,
    TRANSCRIBE: transcribing.transcribe,
    TURN: flows.take_turns,
    **vouchers.JOBS,
}

AFTER_DEATH: Mapping[str, Callable[[dict[str, Any]], None]] = {
    CONTROL: call_control.give_up,
    RECORDING: recordings.give_up,
    FETCH_MEDIA: media.give_up,
    SUBMIT: templates.give_up_submitting,
    REMOVE: templates.give_up_removing,
    TURN: flows.give_up,
    **vouchers.AFTER_DEATH,
}


def forget_old() -> None:
    """Deliveries and hints that nobody needs any more, in bites that hold no lock for long."""
    at = now()
    old = Delivery.objects.filter(received_at__lt=at - KEEP_DELIVERIES, state=Delivery.State.DONE)
    _delete(old.values_list("pk", flat=True)[:2000], Delivery)
    LiveEvent.objects.filter(at__lt=at - KEEP_HINTS).delete()
    Looking.objects.filter(until__lt=at - KEEP_HINTS).delete()
    receipts.forget_parked()
    fragments.forget_old()
    sounds.forget_unused()


@transaction.atomic
def _delete(keys: Any, model: Any) -> None:
    model.objects.filter(pk__in=list(keys)).delete()


SCHEDULE: Mapping[str, tuple[float, Callable[[], object]]] = {
    # name: (seconds between two runs, what is run)
    "spool": (2, spool.bring_in),
    "lost-calls": (15, outbound.give_up_on_lost),
    "parked-receipts": (10, receipts.match_parked),
    "incomplete": (60, fragments.release_incomplete),
    "abandoned": (15, return_abandoned),
    "calls": (1, call_tending.tend),
    "voicemails-untold": (60, tell_of_lost),
    "recordings-again": (3600, ask_again),
    "snoozed": (20, wake_due),
    "blocks": (60, end_blocks),
    "silence": (60, silence.watch),
    "reconcile": (300, reconcile.reconcile_all),
    "webhooks": (600, vendors.look_at_all),
    "flows-lost": (20, tending.find_lost),
    "flows-silent": (300, tending.end_silent),
    "translations": (4, machine.wake),
    "translations-again": (30, machine.retry_failed),
    "transcriptions-again": (60, transcribing.retry_failed),
    "polling": (2, polling.poll_due),
    "templates": (3600, templates.sync_all),
    "templates-waiting": (120, templates.sync_waiting),
    "forget": (600, forget_old),
    "audit-chain": (10, chain.extend),
    "audit-chain-whole": (3600, chain.extend_all),
    **vouchers.SCHEDULE,
}
