"""Speech that is made here: heard in every language, also after the speaker has fallen over."""

import io
import os
import signal
import wave
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from aidline.kernel import languages, melody, sound, speech
from aidline.kernel.spoken import LONGEST, spoken
from aidline.kernel.voices import OWN, reader


@pytest.fixture(autouse=True, scope="module")
def _ended() -> Iterator[None]:
    yield
    speech._reader.end()


@pytest.mark.parametrize("language", languages.ALL)
def test_every_language_is_heard(language: str) -> None:
    wav = speech.read(languages.name(language) * 3, language)
    with wave.open(io.BytesIO(wav)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (8000, 1, 2)
        assert file.getnframes() > 4000
    assert sound.is_heard(sound.read(wav))
    assert max(sound.peaks(sound.read(wav))) == 100


def test_a_language_we_do_not_know_is_heard_too() -> None:
    assert sound.is_heard(sound.read(speech.read("Sawubona", "zu")))
    assert speech.quality("zu") == speech.Quality.NONE


def test_neighbours_read_what_they_know() -> None:
    assert reader("ckb", "کوردستان وڵات یەک") == ("ku", "kurdstan wlat yek")
    assert reader("ps", "ښه راغلاست")[0] == "fa"
    assert reader("so", "caafimaad xun") == ("om", "'aafimaad hun")
    assert not set("ټډړږښګڼځڅېۍ") & set(reader("ps", "ټډړږښګڼځڅېۍ")[1])
    assert all(speech.quality(code) == speech.Quality.OWN for code in OWN)


@pytest.mark.parametrize("text", ["", "   ", "🙂 🙂", "\u200e\u200f", "***"])
def test_nothing_to_say_is_a_tone(text: str) -> None:
    assert speech.speech(text, "en") == melody.tone()
    assert sound.is_heard(sound.read(melody.tone()))


def test_without_the_library_there_is_a_tone(monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = speech._Reader()
    monkeypatch.setattr(speech, "_reader", fresh)
    monkeypatch.setattr(speech, "MODULE", "aidline.kernel.no_such_module")
    assert speech.speech("Hello", "en") == melody.tone()
    fresh.end()


def test_a_speaker_that_fell_over_is_replaced() -> None:
    before = speech.read("Hello", "en")
    process = speech._reader._process
    assert process
    os.kill(process.pid, signal.SIGSEGV)
    process.wait()
    assert _alike(speech.read("Hello", "en"), before)


def test_a_speaker_that_hangs_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    before = speech.read("Hello", "en")
    process = speech._reader._process
    assert process
    os.kill(process.pid, signal.SIGSTOP)
    monkeypatch.setattr(speech, "PATIENCE", 1)
    assert _alike(speech.read("Hello", "en"), before)
    assert process.returncode == -signal.SIGKILL


def _alike(one: bytes, other: bytes) -> bool:
    """Breath is random: the same words are never quite the same sound."""
    return abs(len(one) - len(other)) < 0.02 * len(one)


def test_threads_hear_their_own_words() -> None:
    texts = ["one two three " * (n % 6 + 1) for n in range(24)]
    alone = [speech.read(text, "en") for text in texts]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda text: speech.read(text, "en"), texts))
    assert all(map(_alike, together, alone))


def test_the_speaker_knows_no_settings() -> None:
    speech.read("Hello", "en")
    process = speech._reader._process
    assert process
    with open(f"/proc/{process.pid}/environ", "rb") as file:
        assert b"AIDLINE" not in file.read()


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Ring +44 7700 900 123.", "Ring + 4 4, 7 7 0 0, 9 0 0, 1 2 3 ."),
        ("رقم ٠٧٧٠٠٩٠٠١٢٣", "رقم 0 7 7 0 0 9 0 0 1 2 3"),
        ("(020) 7946-0018", "0 2 0, 7 9 4 6, 0 0 1 8"),
        ("Code AB-12C4", "Code A B, 1 2 C 4"),
        ("since 2026, 1 000 000 people, on 24.11.2026", "since 2026, 1 000 000 people, on 24.11.2026"),
        ("09.00-17.00", "09.00-17.00"),
        ("Step 4. 1 of 2", "Step 4. 1 of 2"),
        ("Line\nnext!\nlast", "Line. next! last"),
        ("https://aidline.example/x?y=1 *now* 🙂", "aidline.example now"),
        ("می‌خواهم", "می‌خواهم"),
    ],
)
def test_numbers_are_read_digit_by_digit(written: str, read: str) -> None:
    assert spoken(written) == read


def test_long_texts_end_after_a_sentence() -> None:
    text = spoken("Water is given out every day. " * 400)
    assert len(text) <= LONGEST
    assert text.endswith("day.")
