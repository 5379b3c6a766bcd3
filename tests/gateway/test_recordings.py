"""A voicemail is kept as a voice and nothing else, with its length and its shape."""

import pytest

from aidline import vault
from aidline.centres.models import Centre
from aidline.channels.contract import Kind
from aidline.conversations.sending import Upload
from aidline.gateway.cleaning import Refused, clean_upload
from aidline.kernel import melody, sound
from gateway.stage import make_centre


@pytest.fixture
def centre(db: None) -> Centre:
    return make_centre()


def clean(centre: Centre, content: bytes, kind: Kind | None = Kind.VOICE) -> Upload:
    return clean_upload(content, "RE00.mp3", key=centre.pk, scope=centre.pk, kind=kind)


def test_a_voicemail_has_a_length_and_a_shape(centre: Centre) -> None:
    made = clean(centre, melody.music())
    assert (made.kind, made.mime, made.name, made.seconds) == (Kind.VOICE, "audio/wav", "RE00.wav", 24)
    assert len(made.peaks) == 64
    assert max(made.peaks) == 100
    kept = vault.media.read(made.media_id, scope=centre.pk)
    assert len(kept) == made.size
    assert sound.is_heard(sound.read(kept))


def test_nothing_rides_along_in_a_recording(centre: Centre) -> None:
    made = clean(centre, melody.tone() + b"LIST\x08\0\0\0<script>PK\x05\x06" + bytes(18))
    assert b"script" not in vault.media.read(made.media_id, scope=centre.pk)


def test_a_recording_of_unknown_length_is_kept(centre: Centre) -> None:
    """Recorders that stream write no lengths; as any other file it would be refused."""
    streamed = melody.tone()[:4] + b"\xff\xff\xff\xff" + melody.tone()[8:]
    assert clean(centre, streamed).seconds == 1
    with pytest.raises(Refused):
        clean(centre, streamed, kind=None)


def test_a_codec_we_cannot_read_is_kept_as_it_came(centre: Centre) -> None:
    gsm = melody.tone()[:20] + b"\x31\0" + melody.tone()[22:]
    made = clean(centre, gsm)
    assert (made.kind, made.peaks, made.seconds) == (Kind.VOICE, (), None)
    assert vault.media.read(made.media_id, scope=centre.pk) == gsm


def test_music_that_somebody_sends_stays_what_it_is(centre: Centre) -> None:
    made = clean(centre, melody.music(), kind=None)
    assert (made.kind, made.peaks) == (Kind.AUDIO, ())
    assert vault.media.read(made.media_id, scope=centre.pk) == melody.music()
