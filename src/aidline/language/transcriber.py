"""The speech server of a centre: setting it up, trying it out."""

from uuid import UUID

from django.db import transaction

from aidline.audit.services import record
from aidline.centres.models import Centre, Staff
from aidline.kernel import speech
from aidline.kernel.clock import now
from aidline.kernel.ids import new_id
from aidline.language.libretranslate import EngineError, NotOffered
from aidline.language.models import Transcriber
from aidline.language.serving import calling
from aidline.language.speech_server import Recording, SpeechServer

SAMPLE = "Water is given out every morning at the harbour gate."


def transcriber_of(centre_id: UUID) -> Transcriber | None:
    """If there is one and it is switched on."""
    row = Transcriber.objects.filter(centre=centre_id, is_on=True).first()
    return row if row and row.config_sealed else None


@transaction.atomic
def change_transcriber(
    *, by: Staff | None, centre: Centre, url: str, key: str, model: str, is_on: bool, seconds: int
) -> Transcriber:
    """A key that comes empty stays as it is stored, as long as the address is the same."""
    row = Transcriber.objects.filter(centre=centre).first() or Transcriber(id=new_id(), centre=centre)
    before = (row.config or {}) if row.config_sealed else {}
    url = url.strip().rstrip("/")
    moved = url != before.get("url")
    row.config = {"url": url, "key": key or ("" if moved else before.get("key", ""))}
    row.model, row.is_on, row.seconds = model.strip(), is_on, seconds
    row.failures, row.open_until, row.error_code = 0, None, ""
    row.heard, row.heard_at = "", None
    row.save()
    _record(by, row, "speech_server.change", "url" if moved else "")
    return row


def check_transcriber(*, by: Staff, transcriber: Transcriber) -> str:
    """Has a sentence of ours written down, and gives what came. It calls the server, so not in a transaction; raises
    `EngineError`."""
    transcriber.open_until = None  # somebody wants to know it now
    sample = Recording(_sample(), "audio/wav", "sample.wav")
    heard = write_down(transcriber, sample, "en")[:200]
    with transaction.atomic():
        changes = {"heard": heard, "heard_at": now(), "failures": 0, "open_until": None, "error_code": ""}
        Transcriber.objects.filter(pk=transcriber.pk).update(**changes)
        _record(by, transcriber, "speech_server.test")
    return heard


def _sample() -> bytes:
    try:
        return speech.speech(SAMPLE, "en")
    except speech.NoSpeech:
        raise EngineError("no voice of ours to try it with") from None


def write_down(transcriber: Transcriber, recording: Recording, language: str) -> str:
    """Never inside a transaction. Raises `EngineError`."""
    config = transcriber.config
    with calling(transcriber, blameless=(NotOffered,)) as client:
        server = SpeechServer(
            client, config["url"], config.get("key", ""), transcriber.model, transcriber.seconds
        )
        return server.write_down(recording, language)


def _record(by: Staff | None, row: Transcriber, action: str, fields: str = "") -> None:
    record(
        by=by,
        action=action,
        object_type="speech_server",
        object_id=row.pk,
        centre=row.centre_id,
        fields=fields,
    )
