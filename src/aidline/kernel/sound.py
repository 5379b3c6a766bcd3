"""Recordings: read from WAV, made fit for the telephone, looked at for their shape.

Imported only where a recording is at hand: numpy takes its memory.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from aidline.kernel import melody

Samples = np.ndarray[Any, np.dtype[Any]]  # float32

RATE = melody.RATE
PEAKS = 64
LONGEST = 30 * 60  # seconds


class NotSound(Exception):
    """No WAV that can be read: other formats, a broken file, nothing in it."""


@dataclass(frozen=True, slots=True)
class Sound:
    """One channel, from -1 to 1."""

    samples: Samples
    rate: int

    @property
    def seconds(self) -> float:
        return len(self.samples) / self.rate

    @staticmethod
    def of_16_bit(content: bytes, rate: int) -> "Sound":
        return Sound(np.frombuffer(content, "<i2").astype(np.float32) / 32_768, rate)


# --- reading ---------------------------------------------------------------------------------------------

_PCM, _FLOAT, _A_LAW, _MU_LAW, _EXTENSIBLE = 1, 3, 6, 7, 0xFFFE


def read(content: bytes) -> Sound:
    """PCM of 8 to 32 bits, floats, A-law and µ-law; channels are mixed. Raises `NotSound`."""
    parts = _parts(content)
    form, data = parts.get(b"fmt "), parts.get(b"data")
    if form is None or not data or len(form) < 16:
        raise NotSound
    code, channels, rate, bits = (_int(form[a:b]) for a, b in ((0, 2), (2, 4), (4, 8), (14, 16)))
    if code == _EXTENSIBLE and len(form) >= 26:
        code = _int(form[24:26])
    if (
        not 1 <= channels <= 8
        or not 4000 <= rate <= 192_000
        or len(data) > rate * channels * bits // 8 * LONGEST
    ):
        raise NotSound
    return Sound(_mixed(_numbers(data, code, bits), channels), rate)


def _parts(content: bytes) -> dict[bytes, bytes]:
    """The chunks of a RIFF file. Recorders that stream write no lengths: the data then goes to the end."""
    if content[:4] != b"RIFF" or content[8:12] != b"WAVE":
        raise NotSound
    found: dict[bytes, bytes] = {}
    at = 12
    while at + 8 <= len(content):
        name, length = content[at : at + 4], _int(content[at + 4 : at + 8])
        found.setdefault(name, content[at + 8 : at + 8 + length])
        at += 8 + length + length % 2
    return found


def _int(content: bytes) -> int:
    return int.from_bytes(content, "little")


def _numbers(data: bytes, code: int, bits: int) -> Samples:
    width = bits // 8
    whole = data[: len(data) // width * width] if width else b""
    if not whole:
        raise NotSound
    match code, bits:
        case (1, 8):
            return (np.frombuffer(whole, "u1").astype(np.float32) - 128) / 128
        case (1, 16):
            return np.frombuffer(whole, "<i2").astype(np.float32) / 32_768
        case (1, 24):
            return _24_bit(whole)
        case (1, 32):
            return (np.frombuffer(whole, "<i4") / 2_147_483_648).astype(np.float32)
        case (3, 32 | 64):
            return _floats(whole, f"<f{width}")
        case (6 | 7, 8):
            return _LAWS[code].take(np.frombuffer(whole, "u1"))
    raise NotSound


def _floats(whole: bytes, form: str) -> Samples:
    numbers: Samples = np.nan_to_num(np.frombuffer(whole, form)).clip(-1, 1)
    return numbers.astype(np.float32)


def _24_bit(whole: bytes) -> Samples:
    bytes_ = np.frombuffer(whole, "u1").reshape(-1, 3).astype(np.int32)
    numbers = bytes_[:, 0] | bytes_[:, 1] << 8 | bytes_[:, 2] << 16
    return (((numbers ^ 0x800000) - 0x800000) / 8_388_608).astype(np.float32)


def _mu_law(code: int) -> float:
    """ITU-T G.711."""
    code = ~code & 0xFF
    size = (((code & 0x0F) << 3) + 0x84 << ((code & 0x70) >> 4)) - 0x84
    return (-size if code & 0x80 else size) / 32_768


def _a_law(code: int) -> float:
    code ^= 0x55
    step, size = (code & 0x70) >> 4, ((code & 0x0F) << 4) + 8
    size = size + 0x100 << step - 1 if step else size
    return (size if code & 0x80 else -size) / 32_768


_LAWS = {
    _A_LAW: np.array([_a_law(code) for code in range(256)], np.float32),
    _MU_LAW: np.array([_mu_law(code) for code in range(256)], np.float32),
}


def _mixed(numbers: Samples, channels: int) -> Samples:
    whole = numbers[: len(numbers) // channels * channels]
    if not len(whole):
        raise NotSound
    return whole if channels == 1 else whole.reshape(-1, channels).mean(axis=1, dtype=np.float32)


# --- writing ---------------------------------------------------------------------------------------------

_LOUDEST = 0.7  # about -3 dB: loud on any telephone, and nothing is cut
_FAINT = 0.003  # below this there is only hum, which is not made louder
_WIDE = 16_000  # more is not in a voice


def telephone(sound: Sound) -> bytes:
    """WAV, 8 kHz, mono, 16 bit, as loud as others."""
    return _written(sound, RATE)


def anew(sound: Sound) -> bytes:
    """WAV, mono, 16 bit, as good as a voice needs: what a recorder or a stranger put into the file beside it is
    gone."""
    return _written(sound, min(sound.rate, _WIDE))


def _written(sound: Sound, rate: int) -> bytes:
    samples = _at_rate(sound, rate)
    peak = float(np.abs(samples).max(initial=0))
    if peak > _FAINT:
        samples = samples * np.float32(_LOUDEST / peak)
    data: bytes = np.rint(samples.clip(-1, 1) * 32_767).astype("<i2").tobytes()
    return melody.header(len(data), rate) + data


def _at_rate(sound: Sound, rate: int) -> Samples:
    if sound.rate == rate:
        return sound.samples
    samples = _below(sound, rate) if sound.rate > rate else sound.samples
    wanted = max(1, int(len(samples) * rate / sound.rate))
    places = np.arange(wanted) * (sound.rate / rate)
    between: Samples = np.interp(places, np.arange(len(samples)), samples)
    return between.astype(np.float32)


def _below(sound: Sound, rate: int) -> Samples:
    """What the lower rate cannot hold would come back as noise: a windowed sinc takes it away first."""
    taps = 2 * (24 * sound.rate // rate) + 1
    middle = np.arange(taps) - taps // 2
    kernel = np.sinc(0.9 * rate / sound.rate * middle) * np.hamming(taps)
    smooth: Samples = np.convolve(sound.samples, (kernel / kernel.sum()).astype(np.float32), "same")
    return smooth[: len(sound.samples)]


_BREATH = 0.15  # seconds that stay before the first and after the last word


def trimmed(sound: Sound) -> Sound:
    """Without the quiet before somebody speaks and after they have looked for the button."""
    loud = np.abs(sound.samples)
    heard = np.flatnonzero(loud > 0.03 * float(loud.max(initial=0)))
    if not len(heard):
        return sound
    breath = int(_BREATH * sound.rate)
    return Sound(sound.samples[max(0, heard[0] - breath) : heard[-1] + breath], sound.rate)


_FRAME = 0.02  # seconds in which loudness is looked at
_PAUSE = 0.4  # of a longer pause so much stays


def without_pauses(sound: Sound) -> Sound:
    """Only where somebody is heard, and a little around it; nothing at all if nobody is."""
    frame = max(1, int(_FRAME * sound.rate))
    count = len(sound.samples) // frame
    whole = sound.samples[: count * frame].reshape(count, frame)
    loudness = np.sqrt(np.mean(np.square(whole), axis=1)) if count else np.zeros(0)
    voice = float(np.percentile(loudness, 95)) if count else 0.0
    if voice <= _FAINT:
        return Sound(sound.samples[:0], sound.rate)
    reach = int(_PAUSE / 2 / _FRAME)
    loud = np.convolve(loudness > max(_FAINT, 0.1 * voice), np.ones(2 * reach + 1), "same") > 0.5
    return Sound(whole[loud].reshape(-1), sound.rate)


# --- looking ---------------------------------------------------------------------------------------------


def is_heard(sound: Sound) -> bool:
    return float(np.abs(sound.samples).max(initial=0)) > _FAINT


def peaks(sound: Sound) -> list[int]:
    """The shape for a player: 64 heights from 0 to 100, the loudest 100."""
    edges = np.linspace(0, len(sound.samples), PEAKS + 1).astype(int)
    heights = [_loudness(sound.samples[a : max(b, a + 1)]) for a, b in pairwise(edges)]
    most = max(heights)
    return [round(100 * height / most) if most > _FAINT else 0 for height in heights]


def _loudness(samples: Samples) -> float:
    return float(np.sqrt(np.mean(np.square(samples)))) if len(samples) else 0.0
