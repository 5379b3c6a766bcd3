"""What was recorded: known by the provider's name, told of once, in its conversation, and gone at the provider."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Value
from django.db.models.functions import Coalesce, Greatest

from aidline import vault
from aidline.calls import ending, telling
from aidline.calls.control import ask_for_recording
from aidline.calls.lines import line_of
from aidline.calls.models import Call, Recording
from aidline.calls.states import Ending
from aidline.centres.timetables import promised
from aidline.conversations.models import Attachment, Conversation, Message
from aidline.conversations.states import Direction, MessageState
from aidline.conversations.timeline import append
from aidline.kernel.clock import now

SHORTEST = 2  # seconds; what is shorter is a receiver put down
UNTOLD = timedelta(minutes=10)
_MADE, _TOLD, _FETCHED = Recording.State.MADE, Recording.State.TOLD, Recording.State.FETCHED
_ENDED_WITHOUT = ("", Ending.ABANDONED, Ending.SELF_SERVED, Ending.CLOSED)


def recording_index(centre_id: UUID, external_id: str) -> bytes:
    return vault.blind_index(external_id, scope=centre_id, purpose="recording")


def made(call: Call, external_id: str, use: Recording.Use, seconds: int | None = None) -> Recording:
    """The caller has spoken; the file is told of later. The same one is one row, whoever tells of it first."""
    index = recording_index(call.centre_id, external_id)
    found = Recording.objects.filter(call=call, external_index=index).first()
    if found:
        return found
    row = Recording(
        call=call,
        centre_id=call.centre_id,
        key_id=call.key_id,
        use=use,
        external_index=index,
        seconds=seconds,
    )
    row.ref = external_id
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        return Recording.objects.get(call=call, external_index=index)
    return row


def told(recording: Recording, *, ref: str, seconds: int | None, failed: bool, at: datetime) -> bool:
    """There is a file, or there never will be one. Told twice, it counts once."""
    recording.ref = ref or recording.ref
    seconds = seconds if seconds is not None else recording.seconds
    empty = failed or (seconds is not None and seconds < SHORTEST)
    state = Recording.State.FAILED if failed else _FETCHED if empty else _TOLD
    rows = Recording.objects.filter(pk=recording.pk, state=_MADE)
    if not rows.update(state=state, ref_sealed=recording.ref_sealed, seconds=seconds):
        return False
    recording.state, recording.seconds = state, seconds
    if empty:
        _nothing_said(recording.call, recording)
    else:
        _into_conversation(recording, at)
    if not failed:
        ask_for_recording(recording.pk)  # too short: deleted at the provider all the same
    return True


def _nothing_said(call: Call, recording: Recording) -> None:
    """No message; but somebody rang, and the centre may want to call back."""
    if recording.use == Recording.Use.CALL:
        return
    telling.line(call, "call_missed", ending="silent")
    conversation = Conversation.objects.select_related("centre").get(pk=call.conversation_id)
    if conversation.address_id and line_of(call.channel).missed_calls_wait:
        ending.wait(conversation, call.began_at, channel_id=call.channel_id, risk=call.risk)


# --- in the conversation ---------------------------------------------------------------------------------


def _into_conversation(recording: Recording, at: datetime) -> None:
    call = recording.call
    conversation = Conversation.objects.select_related("centre").get(pk=call.conversation_id)
    is_call = recording.use == Recording.Use.CALL
    message = append(
        conversation,
        direction=Direction.EVENT if is_call else Direction.IN,
        kind="call_record" if is_call else "voice",
        state=MessageState.RECEIVED,
        extra=_extra(recording),
        at=at,
    )
    Recording.objects.filter(pk=recording.pk).update(message=message)
    recording.message = message
    _attach(recording, message)
    if not is_call:
        _waits(call, conversation, at)


def _extra(recording: Recording) -> dict[str, Any]:
    extra: dict[str, Any] = {"call": str(recording.call_id), "seconds": recording.seconds}
    return extra if recording.use == Recording.Use.CALL else {**extra, "voicemail": True}


def _attach(recording: Recording, message: Message) -> None:
    attachment = Attachment(
        message=message,
        centre_id=message.centre_id,
        key_id=message.key_id,
        kind="voice",
        mime="audio/wav",
        seconds=recording.seconds,
    )
    attachment.source = {"recording": str(recording.pk)}
    attachment.save(force_insert=True)


def _waits(call: Call, conversation: Conversation, at: datetime) -> None:
    """Due by the promise of the centre, from the first word that nobody has answered."""
    ending.wait(conversation, at, channel_id=call.channel_id, risk=call.risk)
    rows = Conversation.objects.filter(pk=conversation.pk)
    rows.update(last_in_at=Greatest(Coalesce("last_in_at", Value(at)), Value(at)))
    Call.objects.filter(pk=call.pk, ending__in=_ENDED_WITHOUT).update(ending=Ending.MESSAGE_LEFT)
    telling.hint(call)


def due(call: Call, at: datetime) -> datetime:
    """By when a message that is left now is answered."""
    return promised(call.conversation.centre, call.channel_id, at)


# --- what never comes ------------------------------------------------------------------------------------


@transaction.atomic
def tell_of_lost() -> int:
    """Somebody spoke, and the provider never told of the file. It is asked for all the same: a word is not lost."""
    rows = Recording.objects.filter(state=_MADE, made_at__lt=now() - UNTOLD).select_related("call__channel")
    return sum(
        told(row, ref="", seconds=max(row.seconds or SHORTEST, SHORTEST), failed=False, at=row.made_at)
        for row in rows[:50]
    )


def ask_again() -> int:
    """What still lies at a provider is fetched or deleted until it is gone."""
    rows = Recording.objects.filter(state__in=[_TOLD, _FETCHED], made_at__lt=now() - UNTOLD)
    ids = list(rows.values_list("pk", flat=True)[:100])
    for pk in ids:
        ask_for_recording(pk)
    return len(ids)
