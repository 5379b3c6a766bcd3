"""Looking for the marked values in bytes, however they are written down."""

import gzip
import json
import zlib
from base64 import b64encode
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote

from .marks import NUMBERS, PLAIN_WORD, WORD

GZIP, ZLIB = b"\x1f\x8b\x08", (b"\x78\x01", b"\x78\x9c", b"\x78\xda")
LARGEST_INFLATED = 8 * 1024 * 1024
DEEPEST = 3


def patterns() -> dict[bytes, str]:
    """What a marked value looks like in a file: bytes, and the name of the way it is written."""
    found: dict[bytes, str] = {}
    for word in (WORD, PLAIN_WORD, *NUMBERS):
        for name, written in _ways(word):
            found.setdefault(written, name)
    return found


def _ways(word: str) -> Iterator[tuple[str, bytes]]:
    raw = word.encode()
    yield "UTF-8", raw
    yield "Latin-1", word.encode("latin-1")
    yield "UTF-16-LE", word.encode("utf-16-le")
    yield "UTF-16-BE", word.encode("utf-16-be")
    yield "JSON", json.dumps(word).strip('"').encode()
    yield "URL", quote(word).encode()
    yield "URL, every byte", "".join(f"%{byte:02X}" for byte in raw).encode()
    yield "hex", raw.hex().encode()
    yield "HEX", raw.hex().upper().encode()
    for shift in range(3):
        yield f"base64 after {shift}", _base64_inside(raw, shift)


def _base64_inside(raw: bytes, shift: int) -> bytes:
    """The characters that depend on the word alone, wherever it stands in what was encoded."""
    encoded = b64encode(b"\0" * shift + raw)
    start = -(-shift * 4 // 3)
    end = (shift + len(raw)) * 8 // 6
    return encoded[start:end]


class Finding(str):
    """`file: way: what stands around it`; the surroundings are there to find the place in the product."""

    __slots__ = ()


def search(folders: Iterable[Path]) -> list[Finding]:
    wanted = patterns()
    return [
        Finding(f"{path}: {found}")
        for folder in folders
        for path in sorted(folder.rglob("*") if folder.is_dir() else [folder])
        if path.is_file() and not path.is_symlink()
        for found in search_bytes(path.read_bytes(), wanted)
    ]


def search_bytes(content: bytes, wanted: dict[bytes, str] | None = None, depth: int = 0) -> list[str]:
    wanted = wanted or patterns()
    found = [
        f"{name}: {_around(content, place)}"
        for written, name in wanted.items()
        for place in _places(content, written)
    ]
    if depth < DEEPEST:
        for inner in inflated(content):
            found += [f"inflated, {one}" for one in search_bytes(inner, wanted, depth + 1)]
    return found


def _places(content: bytes, written: bytes, most: int = 5) -> Iterator[int]:
    place = content.find(written)
    while place >= 0 and most:
        yield place
        most -= 1
        place = content.find(written, place + 1)


def _around(content: bytes, place: int) -> str:
    return content[max(0, place - 40) : place + 60].decode("utf-8", "replace")


def inflated(content: bytes) -> Iterator[bytes]:
    """Every stream of gzip or zlib that begins anywhere in it."""
    for start in _places(content, GZIP, most=2000):
        yield from _inflate(content[start:], zlib.MAX_WBITS | 16)
    for magic in ZLIB:
        for start in _places(content, magic, most=2000):
            yield from _inflate(content[start:], zlib.MAX_WBITS)


def _inflate(content: bytes, bits: int) -> Iterator[bytes]:
    """As much as can be read, also of a stream that was cut off."""
    try:
        out = zlib.decompressobj(bits).decompress(content, LARGEST_INFLATED)
    except (zlib.error, gzip.BadGzipFile):
        return
    if len(out) > 8:
        yield out
