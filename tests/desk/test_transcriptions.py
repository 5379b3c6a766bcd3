"""What a machine wrote down of a voicemail, under the recording: a draft; its troubles told, tried again if asked."""

from collections.abc import Iterator

import pytest

from aidline import vault
from aidline.conversations.models import Attachment, Conversation, Message
from aidline.conversations.sending import Upload
from aidline.gateway import media
from aidline.gateway.cleaning import clean_upload
from aidline.jobs.models import Job
from aidline.kernel import speech
from aidline.kernel.ids import new_id
from aidline.language import transcribing
from aidline.language.models import Transcription
from desk.stage import Stage
from factories import make_conversation
from language.speech_stage import speech_server, transcriber_at
from local_server import LocalServer


@pytest.fixture
def there() -> Iterator[LocalServer]:
    with speech_server() as found:
        yield found


@pytest.fixture
def talk(stage: Stage) -> Conversation:
    return make_conversation(stage.channel, ["…"], language="fr")


def leave_voicemail(talk: Conversation, **extra: object) -> Attachment:
    """As it is kept once it was fetched."""
    message = Message.objects.get(conversation=talk)
    message.kind, message.text, message.extra = "voice", "", {"voicemail": True, **extra}
    message.save()
    attachment = Attachment.objects.create(
        id=new_id(), message=message, centre_id=talk.centre_id, key_id=message.key_id, kind="voice"
    )
    media.keep(attachment, upload(message))
    return attachment


def upload(message: Message) -> Upload:
    said = speech.speech("Please call me back, it is about my papers.", "en")
    kind = media.Kind.VOICE
    return clean_upload(said, "voice.wav", key=message.key_id, scope=message.centre_id, kind=kind)


def work() -> None:
    for job in Job.objects.filter(kind=transcribing.TRANSCRIBE):
        transcribing.transcribe(job.payload)
        job.delete()


def page(stage: Stage, talk: Conversation) -> str:
    return stage.client().get(stage.url("talk", talk.pk)).content.decode()


def test_a_voicemail_that_was_kept_is_written_down_as_a_draft(
    stage: Stage, talk: Conversation, there: LocalServer
) -> None:
    transcriber_at(there.url, stage.centre)
    attachment = leave_voicemail(talk)
    assert "Is being written down" in page(stage, talk)
    work()
    shown = page(stage, talk)
    assert "Aucune machine" in shown
    assert "Draft by a machine (practice), may be wrong" in shown
    assert str(attachment.pk) in shown  # the recording stands above it


def test_without_a_server_there_is_only_the_recording(stage: Stage, talk: Conversation) -> None:
    leave_voicemail(talk)
    shown = page(stage, talk)
    assert "data-player" in shown
    assert "written down" not in shown
    assert not Job.objects.filter(kind=transcribing.TRANSCRIBE).exists()


def test_voice_notes_and_whole_calls_are_not_sent_anywhere(
    stage: Stage, talk: Conversation, there: LocalServer
) -> None:
    transcriber_at(there.url, stage.centre)
    leave_voicemail(talk, voicemail=False, call="some id")
    assert not Transcription.objects.exists()


def test_a_failure_is_told_and_an_agent_may_try_again(
    stage: Stage, talk: Conversation, there: LocalServer
) -> None:
    transcriber_at(there.url, stage.centre, model="unknown")
    leave_voicemail(talk)
    work()
    assert "does not know this model" in page(stage, talk)
    transcriber_at(there.url, stage.centre)
    answer = stage.client().post(stage.url("write_down", Transcription.objects.get().pk))
    assert answer.status_code in (204, 302)
    work()
    assert "Aucune machine" in page(stage, talk)


def test_a_machine_that_heard_nothing_says_so(stage: Stage, talk: Conversation, there: LocalServer) -> None:
    transcriber_at(there.url + "/silent", stage.centre)
    leave_voicemail(talk)
    work()
    assert "heard no words in it" in page(stage, talk)


def test_what_a_person_took_back_is_not_shown(stage: Stage, talk: Conversation, there: LocalServer) -> None:
    transcriber_at(there.url, stage.centre)
    attachment = leave_voicemail(talk)
    work()
    assert attachment.media_id
    assert vault.media.exists(attachment.media_id)
    Message.objects.filter(pk=attachment.message_id).update(deleted_at=attachment.message.at)
    assert "Aucune machine" not in page(stage, talk)
