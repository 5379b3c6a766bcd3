"""Reading what strangers send: whatever is missing or of the wrong kind reads as empty, nothing raises.

Only a body that is not JSON at all is an error (`Malformed`).
"""

import json
import math
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from aidline.channels.contract import Malformed
from aidline.kernel.text import clean

_ID_LENGTH = 512
_LAST_SECOND = 4_102_444_800  # 2100-01-01


def document(body: bytes) -> dict[str, Any]:
    """RecursionError: JSON nested deeper than the interpreter's stack."""
    try:
        found = json.loads(body.decode())  # as text: bytes would be searched for other encodings first
    except (ValueError, RecursionError):
        raise Malformed("not JSON") from None
    if not isinstance(found, dict):
        raise Malformed("not a JSON object")
    return found


def part(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def parts(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def said(value: Any) -> str:
    return clean(value) if isinstance(value, str) else ""


def ident(value: Any) -> str:
    """An id or a code; providers disagree on whether these are strings or numbers."""
    if isinstance(value, str):
        return clean(value, _ID_LENGTH)
    return (
        str(value) if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 1 << 64 else ""
    )


def moment(value: Any) -> datetime | None:
    """Unix seconds, as number or digits."""
    try:
        seconds = int(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return datetime.fromtimestamp(seconds, UTC) if 0 < seconds < _LAST_SECOND else None


def written_moment(value: Any) -> datetime | None:
    """ISO 8601 with an offset; without one the time says nothing."""
    try:
        found = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return found.astimezone(UTC) if found.tzinfo else None


def degrees(value: Any, most: float) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) and abs(number) <= most else None


def count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 53 else None


def uuid(value: Any) -> UUID | None:
    try:
        return UUID(value)
    except (TypeError, ValueError, AttributeError):
        return None
