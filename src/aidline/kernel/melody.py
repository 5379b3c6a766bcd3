"""Sounds that are ours, made of sines: what is heard while waiting, and a tone where words are missing.

Without numpy, which the process that answers calls does not need for anything else.
"""

import math
import struct
from array import array
from collections.abc import Iterable
from functools import cache

RATE = 8000
_LOUD = 32_767

# Slow broken chords in A minor and its neighbours, soft enough to speak over: note, second it begins at.
_STEP = 0.75
_CHORDS = (
    (220.00, 261.63, 329.63, 440.00),
    (174.61, 220.00, 261.63, 349.23),
    (261.63, 329.63, 392.00, 523.25),
    (196.00, 246.94, 293.66, 392.00),
)
_ORDER = (0, 1, 2, 3, 2, 1, 2, 1)


def wav(samples: Iterable[int]) -> bytes:
    """8 kHz, mono, 16 bit."""
    data = array("h", samples)
    if struct.pack("=h", 1) != struct.pack("<h", 1):
        data.byteswap()
    return header(len(data) * 2) + data.tobytes()


def header(size: int, rate: int = RATE) -> bytes:
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, rate, rate * 2, 2, 16)
    return struct.pack("<4sI4s", b"RIFF", 36 + size, b"WAVE") + form + struct.pack("<4sI", b"data", size)


@cache
def music() -> bytes:
    """24 seconds that can be repeated without a seam."""
    length = int(len(_CHORDS) * len(_ORDER) * _STEP * RATE)
    mixed = [0.0] * length
    for place, pitch in enumerate(chord[one] for chord in _CHORDS for one in _ORDER):
        _pluck(mixed, int(place * _STEP * RATE), pitch)
    return wav(int(_LOUD * 0.16 * math.tanh(value)) for value in mixed)


def _pluck(mixed: list[float], start: int, pitch: float) -> None:
    """A soft string: quick in, slow out, two overtones; what rings on after the end rings at the beginning."""
    turn, length = 2 * math.pi * pitch / RATE, len(mixed)
    for place in range(2 * RATE):
        strength = min(1.0, place / 160) * math.exp(-place / (0.55 * RATE))
        wave = math.sin(turn * place) + 0.25 * math.sin(2 * turn * place) + 0.08 * math.sin(3 * turn * place)
        mixed[(start + place) % length] += strength * wave


@cache
def tone() -> bytes:
    """Two friendly notes of a second: something is there, though it cannot speak."""
    return wav(_note(523.25, 0.35) + _note(659.25, 0.65))


def _note(pitch: float, seconds: float) -> list[int]:
    length = int(seconds * RATE)
    edge = 200  # samples, so that it does not click
    return [
        int(_LOUD * 0.3 * min(1, at / edge, (length - at) / edge) * math.sin(2 * math.pi * pitch * at / RATE))
        for at in range(length)
    ]
