"""Text from strangers made harmless, and long text cut where a reader would cut it."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

# Removed: control signs but tab and newline; lone surrogates (not storable); embeddings, overrides, isolates
# (they turn a name or a file's ending round). Kept: LRM, RLM, ALM, ZWJ, ZWNJ, which honest writing needs.
_HARMFUL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb]"
)
_NEWLINES = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_ACCENTS = "[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
# One look decides for nearly every text that nothing has to be done.
_SUSPECT = re.compile(f"{_HARMFUL.pattern}|[\u2028\u2029]|{_ACCENTS}{{5}}")
_FLOOD = re.compile(f"({_ACCENTS}{{4}}){_ACCENTS}+")

LONGEST = 65_536


def clean(raw: str, limit: int = LONGEST) -> str:
    """What can be stored and shown: no NUL, half signs, direction tricks or floods of accents."""
    text = raw if len(raw) <= limit else raw[:limit]
    if not _SUSPECT.search(text):
        return text
    text = _NEWLINES.sub("\n", text)
    text = _HARMFUL.sub("", text)
    return _FLOOD.sub(r"\1", text)


# --- cutting ---------------------------------------------------------------------------------------------

_ZWJ = "\u200d"
_BREAKS = (re.compile(r"\n\s*\n"), re.compile(r"\n"), re.compile(r"(?<=[.!?؟。।։])\s+"), re.compile(r"\s+"))


def split(text: str, limit: int, *, in_bytes: bool = False) -> list[str]:
    """Parts of at most `limit` UTF-16 units (what phones and providers count), cut between words if possible.

    A part is cut back to a paragraph, line or sentence end only if that still fills half of it. A few providers
    count the bytes of UTF-8 instead.
    """
    parts = []
    rest = text.strip()
    measure = _octets if in_bytes else _units
    while measure(rest) > limit:
        end, start = _cut(rest, _fitting(rest, limit, measure))
        parts.append(rest[:end])
        rest = rest[start:]
    return [*parts, rest] if rest else parts


def _units(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def _octets(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def _fitting(text: str, limit: int, measure: Callable[[str], int]) -> int:
    """How many signs fit into `limit`; a sign takes four bytes, or two units, at most."""
    head = text[:limit]
    while (over := measure(head) - limit) > 0:
        head = head[: -((over + 3) // 4)]
    return len(head)


def _cut(text: str, room: int) -> tuple[int, int]:
    """Where a part ends and where the next begins; between them only white space."""
    head = text[:room] + _leading_space(text, room)
    for position, pattern in enumerate(_BREAKS):
        gaps = [gap for gap in pattern.finditer(head) if gap.start() > 0]
        last_choice = position == len(_BREAKS) - 1
        if gaps and (last_choice or gaps[-1].start() > room // 2):
            return gaps[-1].start(), gaps[-1].end()
    whole = _grapheme_start(text, room)
    return whole, whole


def _leading_space(text: str, at: int) -> str:
    gap = _BREAKS[-1].match(text, at)
    return gap.group() if gap else ""


def _grapheme_start(text: str, at: int) -> int:
    """The nearest place at or before `at` that does not tear one visible sign apart."""
    place = at
    while place > 0 and _joined(text, place):
        place -= 1
    return place or at


def _joined(text: str, at: int) -> bool:
    before, after = text[at - 1], text[at]
    if _ZWJ in (before, after) or unicodedata.category(after)[0] == "M":
        return True
    if "\U0001f3fb" <= after <= "\U0001f3ff" or "\U000e0020" <= after <= "\U000e007f":
        return True
    return _flag(after) and _flags_before(text, at) % 2 == 1


def _flag(sign: str) -> bool:
    return "\U0001f1e6" <= sign <= "\U0001f1ff"


def _flags_before(text: str, at: int) -> int:
    place = at
    while place > 0 and _flag(text[place - 1]):
        place -= 1
    return at - place


# --- SMS segments ----------------------------------------------------------------------------------------

# GSM 03.38 default alphabet and its extension table (3GPP TS 23.038 section 6.2.1).
_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_EXTENSION = frozenset("\f^{}\\[~]|€")
_SIZES = {"GSM-7": (160, 153), "UCS-2": (70, 67)}


@dataclass(frozen=True, slots=True)
class Segments:
    """How a text travels as SMS: how many messages, and what is still free in the last."""

    count: int
    encoding: str
    used: int
    free: int


def segments(text: str) -> Segments:
    gsm = all(sign in _GSM or sign in _GSM_EXTENSION for sign in text)
    encoding = "GSM-7" if gsm else "UCS-2"
    widths = [_width(sign, gsm=gsm) for sign in text]
    single, part = _SIZES[encoding]
    used = sum(widths)
    if used <= single:
        return Segments(1 if text else 0, encoding, used, single - used)
    count, filled = _packed(widths, part)
    return Segments(count, encoding, used, part - filled)


def _width(sign: str, *, gsm: bool) -> int:
    if gsm:
        return 2 if sign in _GSM_EXTENSION else 1
    return 2 if sign > "\uffff" else 1


def _packed(widths: list[int], part: int) -> tuple[int, int]:
    """Neither an escaped sign nor a surrogate pair may be torn over two messages."""
    count, filled = 1, 0
    for width in widths:
        if filled + width > part:
            count, filled = count + 1, 0
        filled += width
    return count, filled


_LONG_NUMBER = re.compile(r"\+?\d[\d\s().-]{5,}\d")
_ADDRESS = re.compile(r"[^\s@<>]+@[^\s@<>]+")


def without_numbers(text: str) -> str:
    """Words of strangers for a page of ours: what may be a number or an e-mail address is taken out."""
    return _ADDRESS.sub("…", _LONG_NUMBER.sub("…", text))
