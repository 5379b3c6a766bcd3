"""Voicemails written down by a machine: a draft, apart from everything, gone with the recording."""

import io
import time
import wave
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from aidline import vault
from aidline.centres.models import Centre
from aidline.conversations.models import Attachment, Message
from aidline.jobs.models import Job
from aidline.kernel import melody, speech
from aidline.kernel.clock import now
from aidline.kernel.ids import new_id
from aidline.language import machine, transcribing
from aidline.language.libretranslate import EngineError
from aidline.language.models import Transcriber, Transcription
from aidline.language.queries import transcriptions_of
from aidline.language.transcriber import change_transcriber, check_transcriber
from factories import make_centre, make_channel, make_conversation, make_staff
from language.speech_stage import parts_of, speech_server, transcriber_at
from local_server import Answer, LocalServer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def there() -> Iterator[LocalServer]:
    with speech_server() as found:
        yield found


@pytest.fixture
def centre() -> Centre:
    return make_centre()


def voicemail(
    centre: Centre, content: bytes | None = None, language: str = "en", mime: str = "audio/wav"
) -> Attachment:
    channel = centre.channels.first() or make_channel(centre)
    conversation = make_conversation(channel, ["…"], language=language)
    message = Message.objects.get(conversation=conversation)
    Message.objects.filter(pk=message.pk).update(language=language)
    media = new_id()
    sound = content or speech.speech("Please call me back, it is about my papers.", "en")
    vault.media.put(sound, key=message.key_id, scope=centre.pk, media=media)
    attachment = Attachment(
        id=new_id(),
        message=message,
        centre_id=centre.pk,
        key_id=message.key_id,
        kind="voice",
        state=Attachment.State.READY,
        media_id=media,
        mime=mime,
    )
    attachment.name = "voicemail.ogg" if mime != "audio/wav" else "voicemail.wav"
    attachment.save()
    return attachment


def work() -> None:
    for job in Job.objects.filter(kind=transcribing.TRANSCRIBE, state="ready"):
        Job.objects.filter(pk=job.pk).delete()
        transcribing.transcribe(job.payload)


def only() -> Transcription:
    return Transcription.objects.get()


def test_without_a_server_nothing_happens(centre: Centre) -> None:
    assert transcribing.want_transcription(attachment=voicemail(centre)) is None
    assert not Job.objects.filter(kind=transcribing.TRANSCRIBE).exists()


def test_a_voicemail_is_written_down_sealed_and_says_by_which_model(
    there: LocalServer, centre: Centre
) -> None:
    transcriber_at(there.url, centre, key="abc")
    attachment = voicemail(centre, language="fr")
    transcribing.want_transcription(attachment=attachment)
    transcribing.want_transcription(attachment=attachment)
    work()
    row = only()
    assert (row.state, row.model, row.error_code) == ("d", "practice", "")
    assert row.text.startswith("Exercice. Aucune machine")
    assert b"Exercice" not in bytes(row.text_sealed or b"")
    assert transcriptions_of([row.message])[attachment.pk].text == row.text
    assert len(there.seen) == 1
    assert there.seen[0].headers["authorization"] == "Bearer abc"
    asked = parts_of(there.seen[0])
    assert asked["language"] == b"fr"
    assert asked["model"] == b"practice"
    with wave.open(io.BytesIO(asked["file"])) as file:
        assert file.getnchannels() == 1


def test_pauses_are_not_sent(there: LocalServer, centre: Centre) -> None:
    transcriber_at(there.url, centre)
    spoken = speech.speech("Please call me back.", "en")
    quiet = melody.wav([0] * 8000 * 20)
    wav = melody.header(2 * len(spoken) + len(quiet) - 132) + spoken[44:] + quiet[44:] + spoken[44:]
    transcribing.want_transcription(attachment=voicemail(centre, wav))
    work()
    sent = len(parts_of(there.seen[0])["file"])
    assert len(spoken) < sent < 2 * len(spoken) + 16_000


def test_where_nobody_speaks_no_machine_is_asked(there: LocalServer, centre: Centre) -> None:
    transcriber_at(there.url, centre)
    transcribing.want_transcription(attachment=voicemail(centre, melody.wav([3, -3] * 20_000)))
    work()
    assert only().state == "s"
    assert there.seen == []


def test_other_forms_are_sent_as_they_are(there: LocalServer, centre: Centre) -> None:
    transcriber_at(there.url, centre)
    ogg = b"OggS" + bytes(60)
    transcribing.want_transcription(attachment=voicemail(centre, ogg, mime="audio/ogg"))
    work()
    assert only().state == "d"
    assert parts_of(there.seen[0])["file"] == ogg


@pytest.mark.parametrize("language", ["ckb", "ti", ""])
def test_a_language_the_model_may_not_know_is_not_told(
    there: LocalServer, centre: Centre, language: str
) -> None:
    transcriber_at(there.url, centre)
    transcribing.want_transcription(attachment=voicemail(centre, language=language))
    work()
    assert only().state == "d"
    assert "language" not in parts_of(there.seen[0])


def test_what_was_heard_as_nothing_is_told_as_nothing(there: LocalServer, centre: Centre) -> None:
    transcriber_at(there.url + "/silent", centre)
    transcribing.want_transcription(attachment=voicemail(centre))
    work()
    assert (only().state, only().text) == ("s", "")


@pytest.mark.parametrize(
    ("path", "more", "code"),
    [
        ("/busy", {}, "busy"),
        ("/broken", {}, "unreachable"),
        ("/garbage", {}, "no-sense"),
        ("/key-right", {"key": "wrong"}, "key-refused"),
        ("", {"model": "unknown"}, "not-offered"),
        ("/nowhere/v1", {}, "not-offered"),
    ],
)
def test_what_fails_is_on_the_row_and_nothing_is_raised(
    there: LocalServer, centre: Centre, path: str, more: dict[str, Any], code: str
) -> None:
    if path == "/nowhere/v1":
        there.answer = lambda _seen: Answer(404, b"{}", {})
    transcriber_at(there.url + path, centre, **more)
    transcribing.want_transcription(attachment=voicemail(centre))
    work()
    assert (only().state, only().error_code, only().attempts) == ("f", code, 1)


def test_a_slow_server_costs_its_seconds_and_no_more(there: LocalServer, centre: Centre) -> None:
    def late(_seen: object) -> Answer:
        time.sleep(1.5)
        return Answer(200, b'{"text": "late"}')

    there.answer = late
    transcriber_at(there.url, centre, seconds=1)
    transcribing.want_transcription(attachment=voicemail(centre))
    work()
    assert only().error_code == "too-slow"


def test_it_is_tried_again_when_the_server_is_well(there: LocalServer, centre: Centre) -> None:
    transcriber_at(there.url + "/broken", centre)
    transcribing.want_transcription(attachment=voicemail(centre))
    work()
    transcribing.retry_failed()
    work()
    assert len(there.seen) == 1  # it rests
    transcriber_at(there.url, centre)
    with time_machine.travel(now() + timedelta(minutes=5)):
        transcribing.retry_failed()
        work()
    assert only().state == "d"


def test_what_no_retry_can_help_is_not_tried_again(there: LocalServer, centre: Centre) -> None:
    transcriber_at(there.url, centre, model="unknown")
    transcribing.want_transcription(attachment=voicemail(centre))
    work()
    transcribing.retry_failed()
    work()
    assert len(there.seen) == 1
    transcribing.try_again(transcription=only())  # an agent may
    work()
    assert len(there.seen) == 2


def test_switched_off_meanwhile(there: LocalServer, centre: Centre) -> None:
    transcriber_at(there.url, centre)
    transcribing.want_transcription(attachment=voicemail(centre))
    transcriber_at(there.url, centre, is_on=False)
    work()
    assert (only().state, only().error_code) == ("f", "off")
    assert there.seen == []


def test_a_recording_that_went_takes_its_text_with_it(there: LocalServer, centre: Centre) -> None:
    transcriber_at(there.url, centre)
    attachment = voicemail(centre)
    transcribing.want_transcription(attachment=attachment)
    work()
    machine.forget(message_ids=[attachment.message_id])
    assert not Transcription.objects.exists()


def test_what_is_heard_after_the_recording_went_is_not_kept(there: LocalServer, centre: Centre) -> None:
    transcriber_at(there.url, centre)
    attachment = voicemail(centre)
    transcribing.want_transcription(attachment=attachment)

    def gone(_seen: object) -> Answer:
        machine.forget(message_ids=[attachment.message_id])
        return Answer(200, b'{"text": "too late"}', {})

    there.answer = gone
    work()
    assert not Transcription.objects.exists()


def test_a_missing_file_is_told(there: LocalServer, centre: Centre) -> None:
    transcriber_at(there.url, centre)
    attachment = voicemail(centre)
    transcribing.want_transcription(attachment=attachment)
    assert attachment.media_id
    vault.media.delete(attachment.media_id)
    work()
    assert only().error_code == "gone"


def test_nothing_else_of_the_message_is_touched(there: LocalServer, centre: Centre) -> None:
    """A draft beside the recording: no risk, no words of the message, no state of the conversation."""
    transcriber_at(there.url, centre)
    attachment = voicemail(centre)
    message = Message.objects.filter(pk=attachment.message_id)
    conversations = type(attachment.message.conversation).objects.filter(
        pk=attachment.message.conversation_id
    )
    before = (message.values().get(), conversations.values().get())
    transcribing.want_transcription(attachment=attachment)
    work()
    assert (message.values().get(), conversations.values().get()) == before


def test_private_addresses_are_not_called_unless_the_operator_names_them(
    there: LocalServer, centre: Centre, settings: Any
) -> None:
    settings.PRACTICE, settings.PRIVATE_HOSTS = False, frozenset()
    transcriber_at(there.url, centre)
    transcribing.want_transcription(attachment=voicemail(centre))
    work()
    assert (only().error_code, there.seen) == ("unreachable", [])
    settings.PRIVATE_HOSTS = frozenset({there.origin})
    Transcriber.objects.update(open_until=None)
    transcribing.try_again(transcription=only())
    work()
    assert only().state == "d"


def test_the_key_stays_while_the_address_does(centre: Centre) -> None:
    more = {"by": None, "centre": centre, "model": "m", "is_on": True, "seconds": 9}
    change_transcriber(url="https://speech.example.org/v1", key="abc", **more)  # type: ignore[arg-type]
    row = change_transcriber(url="https://speech.example.org/v1/", key="", **more)  # type: ignore[arg-type]
    assert row.config == {"url": "https://speech.example.org/v1", "key": "abc"}
    row = change_transcriber(url="https://elsewhere.example.org", key="", **more)  # type: ignore[arg-type]
    assert row.config["key"] == ""


def test_where_we_have_no_voice_trying_it_says_so(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    row = transcriber_at("http://127.0.0.1:1", centre)
    staff, _ = make_staff(centre)

    def silent(*_: object) -> bytes:
        raise speech.NoSpeech("no library")

    monkeypatch.setattr(speech, "speech", silent)
    with pytest.raises(EngineError):
        check_transcriber(by=staff, transcriber=row)
