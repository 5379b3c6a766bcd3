"""Reading a small multipart form (RFC 7578) without a web framework."""

import re
from dataclasses import dataclass

_NAME = re.compile(rb'name="([^"]*)"')
_FILENAME = re.compile(rb'filename="([^"]*)"')
_TYPE = re.compile(rb"content-type:\s*([^\r\n]+)", re.IGNORECASE)
_BOUNDARY = re.compile(r'boundary="?([^";]+)"?')


@dataclass(frozen=True, slots=True)
class Part:
    content: bytes
    filename: str = ""
    mime: str = ""


def read(content_type: str, body: bytes) -> dict[str, Part]:
    """Parts by name; empty if it is no multipart form."""
    found = _BOUNDARY.search(content_type)
    if not content_type.startswith("multipart/form-data") or found is None:
        return {}
    pieces = (b"\r\n" + body).split(b"\r\n--" + found.group(1).encode())
    return dict(_part(piece) for piece in pieces[1:] if b"\r\n\r\n" in piece)


def _part(piece: bytes) -> tuple[str, Part]:
    head, _, content = piece.partition(b"\r\n\r\n")
    return _first(_NAME, head), Part(content, _first(_FILENAME, head), _first(_TYPE, head))


def _first(pattern: re.Pattern[bytes], head: bytes) -> str:
    found = pattern.search(head)
    return found.group(1).decode("utf-8", "replace").strip() if found else ""
