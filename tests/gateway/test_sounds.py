"""What a caller hears: the centre's recording, the provider's voice, speech of ours; never silence."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext

from aidline import vault
from aidline.centres.models import Centre
from aidline.channels.contract.voice import Pause, Play, Prompt, Say, Voice
from aidline.flows.language import Line
from aidline.flows.models import Prompt as Recording
from aidline.flows.models import Sound
from aidline.gateway import sounds
from aidline.gateway.sound_door import Sounds
from aidline.kernel import melody, sound, speech
from aidline.kernel.clock import now
from aidline.kernel.ids import new_id
from gateway.stage import make_centre

ENGLISH = Voice(speaks=frozenset({"en"}))
SILENT = Voice()
WELCOME = Line("Welcome", "en")
MARHABA = Line("مرحبا بكم", "ar")


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    sounds._known.clear()
    sounds._remembered.clear()
    yield
    speech._reader.end()


@pytest.fixture
def centre(transactional_db: None) -> Centre:
    return make_centre()


def record(centre: Centre, name: str, language: str, wav: bytes) -> Recording:
    media = new_id()
    vault.media.put(wav, key=centre.pk, scope=centre.pk, media=media)
    return Recording.objects.create(
        centre=centre, name=name, language=language, media_id=media, words="Welcome, as recorded"
    )


def fetch(prompt: Prompt, asked_range: str = "") -> sounds.Answer:
    assert isinstance(prompt, Play)
    assert prompt.url.startswith("http")
    return sounds.serve(urlsplit(prompt.url).path, asked_range)


def test_the_recording_comes_first(centre: Centre) -> None:
    wav = melody.tone()
    record(centre, "welcome", "en", wav)
    heard = sounds.prompt(ENGLISH, centre.pk, Line("Welcome", "en", "welcome"))
    assert fetch(heard)[::2] == (200, wav)
    assert sounds.prompt(ENGLISH, centre.pk, Line("Welcome", "en", "another")) == Say("Welcome", "en")


def test_a_recording_of_another_language_or_centre_is_not_played(centre: Centre) -> None:
    record(centre, "welcome", "en", melody.tone())
    arabic = sounds.prompt(ENGLISH, centre.pk, Line("مرحبا", "ar", "welcome"))
    assert isinstance(arabic, Play)
    assert "/r" not in urlsplit(arabic.url).path
    other = make_centre(centre.organisation, slug="velden")
    assert isinstance(sounds.prompt(ENGLISH, other.pk, Line("Welcome", "en", "welcome")), Say)


def test_the_voice_of_the_provider_reads_numbers_digit_by_digit(centre: Centre) -> None:
    said = sounds.prompt(ENGLISH, centre.pk, Line("Ring +44 7700 900123", "en"))
    assert said == Say("Ring + 4 4, 7 7 0 0, 9 0 0 1 2 3", "en")


def test_what_nobody_recorded_and_no_provider_speaks_is_made_here(centre: Centre) -> None:
    status, headers, body = fetch(sounds.prompt(ENGLISH, centre.pk, MARHABA))
    assert status == 200
    assert dict(headers)["content-type"] == "audio/wav"
    assert "immutable" in dict(headers)["cache-control"]
    assert 0.5 < sound.read(body).seconds < 4
    assert sound.is_heard(sound.read(body))


def test_an_address_tells_nothing_and_is_the_same_next_time(centre: Centre) -> None:
    one, again = (sounds.prompt(SILENT, centre.pk, MARHABA) for _ in range(2))
    other = sounds.prompt(SILENT, make_centre(centre.organisation, slug="velden").pk, MARHABA)
    assert one == again != other
    assert Sound.objects.count() == 2
    assert Sound.objects.get(centre=centre).text == MARHABA.text
    assert MARHABA.text.encode() not in bytes(Sound.objects.get(centre=centre).text_sealed)


def test_another_process_answers_the_address(centre: Centre) -> None:
    told = sounds.prompt(SILENT, centre.pk, MARHABA)
    sounds._known.clear()
    sounds._remembered.clear()
    assert sound.is_heard(sound.read(fetch(told)[2]))


def test_words_told_in_a_turn_that_was_undone_are_written_next_time(centre: Centre) -> None:
    with transaction.atomic():
        sounds.prompt(SILENT, centre.pk, MARHABA)
        transaction.set_rollback(True)
    told = sounds.prompt(SILENT, centre.pk, MARHABA)
    assert Sound.objects.count() == 1
    assert fetch(told)[0] == 200


def test_a_menu_asks_the_database_once(centre: Centre) -> None:
    record(centre, "welcome", "en", melody.tone())
    lines = [Line("Welcome", "en", "welcome"), *(Line(f"رقم {n}", "ar", f"choice-{n}") for n in range(9))]
    sounds.prompts(ENGLISH, centre.pk, lines)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        heard = sounds.prompts(ENGLISH, centre.pk, lines)
    assert len(queries) == 1
    assert all(isinstance(one, Play) for one in heard)


def test_nothing_to_say_is_a_pause(centre: Centre) -> None:
    assert sounds.prompt(SILENT, centre.pk, Line(" ", "ar")) == Pause()


def test_a_lost_recording_is_read(centre: Centre) -> None:
    recording = record(centre, "welcome", "en", melody.tone())
    told = sounds.prompt(ENGLISH, centre.pk, Line("Welcome", "en", "welcome"))
    vault.media.delete(recording.media_id)
    heard = sound.read(fetch(told)[2])
    assert sound.is_heard(heard)
    assert heard.seconds > 1


def _deleted(centre: Centre, told: Prompt, monkeypatch: pytest.MonkeyPatch) -> None:
    Sound.objects.all().delete()


def _speechless(centre: Centre, told: Prompt, monkeypatch: pytest.MonkeyPatch) -> None:
    speech._reader.end()
    monkeypatch.setattr(speech, "MODULE", "aidline.kernel.no_such_module")


@pytest.mark.parametrize("misfortune", [_deleted, _speechless])
def test_never_silence(
    centre: Centre, misfortune: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    told = sounds.prompt(SILENT, centre.pk, MARHABA)
    misfortune(centre, told, monkeypatch)
    status, headers, body = fetch(told)
    assert (status, body) == (200, melody.tone())
    assert dict(headers)["cache-control"] == "no-store"  # heard again once it can be made


def test_sounds_of_our_own_need_no_database() -> None:
    for url in (sounds.music_url(), sounds.tone_url()):
        assert sound.is_heard(sound.read(fetch(Play(url))[2]))
    music = sound.read(fetch(Play(sounds.music_url()))[2])
    assert music.seconds == 24
    assert abs(float(music.samples[0]) - float(music.samples[-1])) < 0.05  # no click where it begins again
    assert float(abs(music.samples).max()) < 0.4


@pytest.mark.parametrize("path", ["/voice/sound/", "/voice/sound/../../etc/passwd", "/voice/sound/abc.wav"])
def test_other_addresses_are_not_found(path: str) -> None:
    assert sounds.serve(path)[0] == 404


@pytest.mark.parametrize(
    ("asked", "status", "place"),
    [
        ("bytes=0-1", 206, slice(0, 2)),
        ("bytes=100-", 206, slice(100, None)),
        ("bytes=-50", 206, slice(-50, None)),
        ("bytes=9999999-", 416, slice(0, 0)),
        ("bytes=-", 200, slice(None)),
        ("lines=1-2", 200, slice(None)),
    ],
)
def test_browsers_may_ask_for_a_part(asked: str, status: int, place: slice) -> None:
    told, headers, body = fetch(Play(sounds.tone_url()), asked)
    assert (told, body) == (status, melody.tone()[place])
    assert dict(headers)["content-length"] == str(len(body))


def ask(path: str, method: str = "GET", **headers: str) -> tuple[int, dict[bytes, bytes], bytes]:
    """Through the door, as a server calls it."""
    told: list[Any] = []

    async def send(event: Any) -> None:
        told.append(event)

    named = [(name.encode(), value.encode()) for name, value in headers.items()]
    door = Sounds()
    asyncio.run(door({"method": method, "path": path, "headers": named}, send))
    door.stop()
    return told[0]["status"], dict(told[0]["headers"]), told[1]["body"]


def test_the_door_gives_sounds_and_parts_of_them() -> None:
    path = urlsplit(sounds.tone_url()).path
    status, headers, body = ask(path)
    assert (status, body, headers[b"content-type"]) == (200, melody.tone(), b"audio/wav")
    assert ask(path, range="bytes=0-3")[::2] == (206, b"RIFF")
    assert ask(path, method="HEAD")[1][b"content-length"] == str(len(body)).encode()
    assert ask(path, method="HEAD")[2] == b""
    assert ask(path, method="POST")[0] == 405


@pytest.mark.parametrize("trouble", [OperationalError, RuntimeError])
def test_whatever_fails_the_door_gives_a_tone(
    trouble: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_given: object) -> None:
        raise trouble

    monkeypatch.setattr(sounds, "serve", fails)
    status, headers, body = ask("/voice/sound/" + "0" * 32 + ".wav")
    assert (status, body, headers[b"cache-control"]) == (200, melody.tone(), b"no-store")


def test_what_no_flow_says_any_more_is_forgotten(centre: Centre) -> None:
    sounds.prompts(SILENT, centre.pk, [WELCOME, MARHABA])
    Sound.objects.filter(language="ar").update(used_at=now() - timedelta(days=61))
    sounds.forget_unused()
    assert Sound.objects.get().language == "en"


def test_what_is_said_again_is_kept(centre: Centre) -> None:
    sounds.prompts(SILENT, centre.pk, [MARHABA])
    Sound.objects.update(used_at=now() - timedelta(days=59))
    sounds._known.clear()  # an hour later
    sounds.prompt(SILENT, centre.pk, MARHABA)
    assert Sound.objects.get().used_at > now() - timedelta(minutes=1)
