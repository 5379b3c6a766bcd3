"""Voice notes as soft tones in the rhythm of speech; nobody's voice.

Phones send voice notes as `audio/ogg`. The standard library can write WAV only, so the tones are laid
uncompressed into FLAC frames inside Ogg pages: real files that browsers play, and no codec needed.
Formats: RFC 3533 (Ogg), RFC 9639 (FLAC, with its mapping to Ogg in section 10.1).
"""

import io
import math
import struct
import wave
from collections.abc import Iterator
from functools import cache

_RATE = 8000  # samples a second: a telephone's
_BLOCK = 4000  # samples in a frame: half a second
_SERIAL = 0x41494D  # of the one stream in the file
_FIRST, _LAST = 2, 4  # flags of an Ogg page


def ogg(seconds: int) -> bytes:
    samples = struct.pack(f"{seconds * _RATE}b", *_samples(seconds))
    blocks = [samples[at : at + _BLOCK] for at in range(0, len(samples), _BLOCK)]
    pages = [_page(_FIRST, 0, 0, _opening(len(samples))), _page(0, 0, 1, _comment())]
    for number, block in enumerate(blocks):
        flag = _LAST if number == len(blocks) - 1 else 0
        pages.append(_page(flag, (number + 1) * _BLOCK, number + 2, _frame(number, block)))
    return b"".join(pages)


def wav(seconds: int) -> bytes:
    """As a telephone records it: 8 kHz, mono, 16 bit."""
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(_RATE)
        sound.writeframes(struct.pack(f"<{seconds * _RATE}h", *(256 * one for one in _samples(seconds))))
    return file.getvalue()


def _samples(seconds: int) -> Iterator[int]:
    return (_sample(number / _RATE) for number in range(seconds * _RATE))


def _sample(at: float) -> int:
    pitch = (174.6, 196.0, 220.0, 196.0, 164.8)[int(at * 3) % 5]
    swell = max(0.0, math.sin(math.pi * (at * 3 % 1.0))) * (0.35 if at % 2.5 > 2.1 else 1.0)
    return int(60 * swell * math.sin(2 * math.pi * pitch * at))


# --- FLAC ------------------------------------------------------------------------------------------------


def _opening(samples: int) -> bytes:
    """The stream's facts: sizes of blocks; rate (20 bits), channels - 1 (3), bits - 1 (5), samples (36)."""
    facts = _RATE << 44 | 0 << 41 | 7 << 36 | samples
    info = struct.pack(">HH6xQ16x", _BLOCK, _BLOCK, facts)
    return b"\x7fFLAC\x01\x00" + struct.pack(">H", 1) + b"fLaC" + struct.pack(">I", len(info)) + info


def _comment() -> bytes:
    maker = b"Aidline practice"
    body = struct.pack("<I", len(maker)) + maker + struct.pack("<I", 0)
    return struct.pack(">I", 0x84 << 24 | len(body)) + body


def _frame(number: int, block: bytes) -> bytes:
    """Sync; size of block written out and 8 kHz; one channel of 8 bits; then the samples as they are."""
    head = struct.pack(">HBBBH", 0xFFF8, 0x74, 0x02, number, len(block) - 1)
    frame = head + bytes([_checksum(head, 8, 0x07)]) + b"\x02" + block
    return frame + struct.pack(">H", _checksum(frame, 16, 0x8005))


# --- Ogg -------------------------------------------------------------------------------------------------


def _page(flag: int, position: int, number: int, packet: bytes) -> bytes:
    lacing = bytes([255] * (len(packet) // 255) + [len(packet) % 255])
    parts = b"OggS", struct.pack("<BBqII", 0, flag, position, _SERIAL, number), bytes([len(lacing)])
    before, after = parts[0] + parts[1], parts[2] + lacing + packet
    checksum = _checksum(before + bytes(4) + after, 32, 0x04C11DB7)
    return before + struct.pack("<I", checksum) + after


def _checksum(data: bytes, width: int, polynomial: int) -> int:
    table, shift, mask = _table(width, polynomial), width - 8, (1 << width) - 1
    value = 0
    for byte in data:
        value = (value << 8 & mask) ^ table[(value >> shift) ^ byte]
    return value


@cache
def _table(width: int, polynomial: int) -> tuple[int, ...]:
    top, mask = 1 << (width - 1), (1 << width) - 1
    rows = []
    for byte in range(256):
        value = byte << (width - 8)
        for _ in range(8):
            value = (value << 1 ^ (polynomial if value & top else 0)) & mask
        rows.append(value)
    return tuple(rows)
