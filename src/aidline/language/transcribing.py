"""Voicemails written down by a machine, as a draft beside the recording.

Nothing here raises a risk, routes or answers: about one sentence in a hundred is invented, most of all where
somebody is silent. So pauses are not sent, and a recording in which nobody speaks is not sent at all.
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F

from aidline import vault
from aidline.conversations.live import Hint, tell
from aidline.conversations.models import Attachment
from aidline.jobs.services import enqueue
from aidline.kernel.clock import now
from aidline.kernel.ids import new_id
from aidline.language.libretranslate import EngineError
from aidline.language.models import Transcriber, Transcription
from aidline.language.speech_server import Recording
from aidline.language.states import State
from aidline.language.transcriber import transcriber_of, write_down

TRANSCRIBE = "language.transcribe"
TRIES = 4
WORTH_TRYING = timedelta(hours=6)


@transaction.atomic
def want_transcription(*, attachment: Attachment) -> Transcription | None:
    """A recording was stored. Without a speech server nothing happens; a second time nothing happens either."""
    if attachment.media_id is None or transcriber_of(attachment.centre_id) is None:
        return None
    row, fresh = Transcription.objects.get_or_create(
        attachment=attachment,
        defaults={
            "id": new_id(),
            "message_id": attachment.message_id,
            "centre_id": attachment.centre_id,
            "key_id": attachment.key_id,
            "language": attachment.message.language or attachment.message.conversation.language,
        },
    )
    if fresh:
        _again(row.pk)
    return row


@transaction.atomic
def try_again(*, transcription: Transcription) -> None:
    """An agent asks for it once more."""
    failed = Transcription.objects.filter(pk=transcription.pk, state=State.FAILED)
    if failed.update(state=State.WAITING, error_code="", asked_at=now()):
        _again(transcription.pk)
        _tell(transcription)


def transcribe(payload: dict[str, str]) -> None:
    """The job. What fails is written on its row; nothing is raised."""
    rows = Transcription.objects.filter(pk=UUID(payload["transcription"]), state=State.WAITING)
    row = rows.select_related("message", "attachment").first()
    if row is None:
        return
    transcriber = transcriber_of(row.centre_id)
    try:
        _write_down(row, transcriber)
    except EngineError as error:
        tried = 0 if error.code == "resting" else 1
        _end(row, state=State.FAILED, error_code=error.code, attempts=F("attempts") + tried)


def retry_failed() -> None:
    """Every so often: what failed while the server was away is tried again, if it is not in trouble any more."""
    at = now()
    failed = Transcription.objects.filter(
        state=State.FAILED, attempts__lt=TRIES, asked_at__gt=at - WORTH_TRYING
    ).exclude(error_code__in=["not-offered", "off", "gone"])
    able = Transcriber.objects.filter(is_on=True).exclude(open_until__gt=at)
    for pk in failed.filter(centre__in=able.values("centre")).values_list("pk", flat=True)[:100]:
        with transaction.atomic():
            if failed.filter(pk=pk).update(state=State.WAITING):
                _again(pk)


@transaction.atomic
def forget(*, message_ids: Sequence[UUID]) -> None:
    """The recording went: what was made of it goes too."""
    Transcription.objects.filter(message__in=message_ids).delete()


class SwitchedOff(EngineError):
    code = "off"


class Gone(EngineError):
    """The recording is not there any more, or cannot be opened."""

    code = "gone"


def _write_down(row: Transcription, transcriber: Transcriber | None) -> None:
    if transcriber is None:
        raise SwitchedOff
    recording = _recording(row.attachment)
    text = write_down(transcriber, recording, row.language) if recording else ""
    row.text = text
    state = State.DONE if text else State.SAME
    _end(row, state=state, text_sealed=row.text_sealed, model=transcriber.model, error_code="", at=now())


def _recording(attachment: Attachment) -> Recording | None:
    """Without its pauses where it can be read; None where there is nothing to hear."""
    content = _content(attachment)
    if attachment.mime == "audio/wav":
        return _spoken_parts(content)
    name = f"recording.{attachment.name.rpartition('.')[2] or 'bin'}"  # servers go by the ending
    return Recording(content, attachment.mime, name)


def _content(attachment: Attachment) -> bytes:
    if attachment.media_id is None:
        raise Gone
    try:
        return vault.media.read(attachment.media_id, scope=attachment.centre_id)
    except vault.VaultError:
        raise Gone from None


def _spoken_parts(content: bytes) -> Recording | None:
    from aidline.kernel import sound  # with numpy: only where a recording is at hand

    try:
        heard = sound.without_pauses(sound.read(content))
    except sound.NotSound:
        return Recording(content, "audio/wav", "recording.wav")
    return Recording(sound.anew(heard), "audio/wav", "recording.wav") if heard.seconds else None


@transaction.atomic
def _end(row: Transcription, **changes: object) -> None:
    """Only a row that still waits: the message may have been taken back meanwhile."""
    waiting = Transcription.objects.filter(pk=row.pk, state=State.WAITING, asked_at=row.asked_at)
    if waiting.update(**changes):
        _tell(row)


def _tell(row: Transcription) -> None:
    tell([Hint(row.centre_id, "state", row.message.conversation_id)])


def _again(pk: UUID) -> None:
    enqueue(TRANSCRIBE, {"transcription": str(pk)}, unique_key=f"{TRANSCRIBE}:{pk}")
