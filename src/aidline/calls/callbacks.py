"""Somebody hangs up and keeps their place: once in a conversation at a time."""

from django.db import IntegrityError, transaction

from aidline.calls import offering, telling
from aidline.calls.models import Call, Callback, Offer
from aidline.calls.states import CallbackState
from aidline.centres.models import Staff
from aidline.conversations.states import RISKS
from aidline.kernel.clock import now


def ask_back(call: Call, number: str = "") -> Callback:
    """Inside the caller's turn. Asking again changes nothing but the risk, and that only upwards."""
    callback = Callback(
        centre_id=call.centre_id,
        channel_id=call.channel_id,
        conversation=call.conversation,
        key_id=call.key_id,
        wanted_language=call.wanted_language,
        skill=call.skill,
        risk=call.risk,
        wait_since=call.wait_since or now(),
    )
    if number:
        callback.number = number
    try:
        with transaction.atomic():
            callback.save(force_insert=True)
    except IntegrityError:
        return _kept(call)
    telling.line(call, "call_asked")
    return callback


def _kept(call: Call) -> Callback:
    rows = Callback.objects.filter(
        conversation=call.conversation, state__in=[CallbackState.WAITING, CallbackState.DIALLING]
    )
    lower = RISKS[: RISKS.index(call.risk)] if call.risk in RISKS else ()
    rows.filter(risk__in=lower).update(risk=call.risk)
    return rows[0]


@transaction.atomic
def cancel(*, by: Staff, callback: Callback) -> bool:
    rows = Callback.objects.filter(pk=callback.pk, state=CallbackState.WAITING)
    done = bool(rows.update(state=CallbackState.CANCELLED))
    if done:
        offering.withdraw(Offer.objects.filter(callback=callback))
        telling.record_callback(callback, by=by)
    return done
