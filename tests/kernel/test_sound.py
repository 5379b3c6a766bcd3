"""Recordings in every form recorders write, and files that only say they are recordings."""

import io
import math
import struct
import wave
from array import array

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aidline.kernel import melody, sound


def tune(rate: int, pitch: float = 440.0, seconds: float = 0.5, loud: float = 0.5) -> list[float]:
    return [loud * math.sin(2 * math.pi * pitch * at / rate) for at in range(int(rate * seconds))]


def riff(data: bytes, *, code: int = 1, channels: int = 1, rate: int = 16_000, bits: int = 16) -> bytes:
    width = channels * bits // 8
    form = struct.pack("<HHIIHH", code, channels, rate, rate * width, width, bits)
    body = b"fmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WAVE" + body


def pcm16(numbers: list[float]) -> bytes:
    return array("h", (int(32_767 * value) for value in numbers)).tobytes()


def pitch_of(wav: bytes) -> float:
    """By counting how often it crosses nothing upwards."""
    heard = sound.read(wav)
    ups = sum(1 for a, b in zip(heard.samples, heard.samples[1:], strict=False) if a < 0 <= b)
    return ups / heard.seconds


@pytest.mark.parametrize("rate", [8000, 11_025, 16_000, 22_050, 44_100, 48_000])
def test_any_rate_becomes_that_of_the_telephone(rate: int) -> None:
    wav = sound.telephone(sound.read(riff(pcm16(tune(rate)), rate=rate)))
    with wave.open(io.BytesIO(wav)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (8000, 1, 2)
    assert sound.read(wav).seconds == pytest.approx(0.5, abs=0.01)
    assert pitch_of(wav) == pytest.approx(440, abs=8)


def test_what_the_telephone_cannot_hold_does_not_come_back_as_noise() -> None:
    wav = sound.read(riff(pcm16(tune(48_000, 440, loud=0.1)), rate=48_000))
    shrill = sound.read(riff(pcm16(tune(48_000, 7000, loud=0.9)), rate=48_000))
    both = sound.Sound(wav.samples + shrill.samples, 48_000)
    assert pitch_of(sound.telephone(both)) == pytest.approx(440, abs=8)


def _forms() -> list[tuple[bytes, dict[str, int]]]:
    numbers = tune(16_000)
    ints = [int(value * (1 << 23)) for value in numbers]
    return [
        (bytes(int(128 + 127 * value) for value in numbers), {"bits": 8}),
        (pcm16(numbers), {"bits": 16}),
        (b"".join(value.to_bytes(3, "little", signed=True) for value in ints), {"bits": 24}),
        (array("i", (value << 8 for value in ints)).tobytes(), {"bits": 32}),
        (array("f", numbers).tobytes(), {"code": 3, "bits": 32}),
        (array("d", numbers).tobytes(), {"code": 3, "bits": 64}),
        (pcm16([value for value in numbers for _ in range(2)]), {"channels": 2}),
    ]


@pytest.mark.parametrize(("data", "form"), _forms())
def test_every_form_of_numbers_is_read(data: bytes, form: dict[str, int]) -> None:
    heard = sound.read(riff(data, **form))
    assert heard.seconds == pytest.approx(0.5)
    assert float(abs(heard.samples).max()) == pytest.approx(0.5, abs=0.01)
    assert pitch_of(sound.anew(heard)) == pytest.approx(440, abs=8)


@pytest.mark.parametrize(
    ("code", "byte", "value"),
    [
        (7, 0x00, -32_124),
        (7, 0x80, 32_124),
        (7, 0xFF, 0),
        (6, 0x2A, -32_256),
        (6, 0xAA, 32_256),
        (6, 0xD5, 8),
    ],
)
def test_the_laws_of_telephones_are_those_of_g711(code: int, byte: int, value: int) -> None:
    heard = sound.read(riff(bytes([byte]) * 8, code=code, bits=8, rate=8000))
    assert round(float(heard.samples[0]) * 32_768) == value


def test_lengths_that_a_stream_could_not_know_do_not_matter() -> None:
    whole = riff(pcm16(tune(8000)), rate=8000)
    for length in (b"\0\0\0\0", b"\xff\xff\xff\xff"):
        assert sound.read(whole[:4] + length + whole[8:40] + b"\xff\xff\xff\xff" + whole[44:]).seconds == 0.5


def test_nothing_but_sound_is_kept() -> None:
    hidden = riff(pcm16(tune(8000)), rate=8000) + b"LIST\x10\0\0\0INFOmade at home" + b"<script>"
    made = sound.anew(sound.read(hidden))
    assert b"home" not in made
    assert len(made) == 44 + 8000


def test_a_voice_keeps_what_it_needs() -> None:
    assert sound.read(sound.anew(sound.read(riff(pcm16(tune(48_000)), rate=48_000)))).rate == 16_000
    assert sound.read(sound.anew(sound.read(riff(pcm16(tune(8000)), rate=8000)))).rate == 8000


def test_a_faint_voice_becomes_as_loud_as_others_and_hum_stays_hum() -> None:
    faint = sound.read(sound.telephone(sound.read(riff(pcm16(tune(8000, loud=0.02)), rate=8000))))
    assert float(abs(faint.samples).max()) == pytest.approx(0.7, abs=0.01)
    hum = sound.read(riff(pcm16(tune(8000, loud=0.001)), rate=8000))
    assert not sound.is_heard(sound.read(sound.telephone(hum)))
    assert sound.peaks(hum) == [0] * 64


def test_peaks_tell_the_shape() -> None:
    numbers = [*tune(8000, seconds=1), *[0.0] * 8000, *tune(8000, seconds=1, loud=0.25), *[0.0] * 8000]
    heights = sound.peaks(sound.read(riff(pcm16(numbers), rate=8000)))
    assert len(heights) == 64
    assert heights[4:12] == [100] * 8
    assert heights[20:28] == [0] * 8
    assert all(45 <= height <= 55 for height in heights[36:44])


def test_a_very_short_sound_has_peaks_too() -> None:
    assert max(sound.peaks(sound.read(riff(pcm16([0.5, -0.5]))))) == 100


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"RIFF",
        b"OggS" + bytes(60),
        melody.tone()[:44],
        riff(b""),
        riff(b"\0\0", bits=12),
        riff(b"\0\0" * 99, channels=0),
        riff(b"\0\0" * 99, channels=9),
        riff(b"\0\0" * 99, rate=1),
        riff(b"\0\0" * 99, code=49),
    ],
)
def test_what_is_no_sound_is_refused(content: bytes) -> None:
    with pytest.raises(sound.NotSound):
        sound.read(content)


SPOILT = st.binary(min_size=1, max_size=8) | st.sampled_from([bytes(2), bytes(4), b"\xff\xff", b"\xff" * 4])


@given(st.binary(max_size=200), st.integers(0, 48), SPOILT)
@settings(max_examples=300, deadline=None)
def test_no_file_breaks_the_reader(tail: bytes, place: int, change: bytes) -> None:
    content = bytearray(riff(pcm16(tune(8000, seconds=0.02)), rate=8000) + tail)
    content[place : place + len(change)] = change
    try:
        heard = sound.read(bytes(content))
        sound.telephone(heard)
        assert len(sound.peaks(heard)) == 64
    except sound.NotSound:
        pass
