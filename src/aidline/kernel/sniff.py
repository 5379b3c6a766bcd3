"""What a file is, judged by its bytes alone. What is not on the list is refused, and so is what could pass for
two things at once; names and types given by senders are not looked at."""

import io
import re
import zipfile
from collections.abc import Callable
from typing import Final, NamedTuple


class Sniffed(NamedTuple):
    kind: str  # image, video, audio or document
    mime: str
    extension: str


def sniff(content: bytes) -> Sniffed | None:
    for judge in _JUDGES:
        found = judge(content)
        if found:
            return found if _is_only_that(content, found) else None
    return None


def _is_only_that(content: bytes, found: Sniffed) -> bool:
    """Pictures are made anew from their pixels, which leaves nothing of a second file inside them."""
    if found.kind == "image" or found in _OFFICE.values():
        return True
    return not (_MARKUP.search(content[:1024]) or _ends_as_zip(content))


_MARKUP: Final = re.compile(
    rb"<\s*(!doctype|html|head|body|script|style|svg|iframe|object|embed|meta|link|img|\?xml|\?php|a\s+href)\b",
    re.IGNORECASE,
)


def _ends_as_zip(content: bytes) -> bool:
    """APPNOTE.TXT 4.3.16: the end record is 22 bytes and a comment of stated length, at the very end."""
    start = content.rfind(b"PK\x05\x06", max(0, len(content) - 22 - 65_535))
    if start < 0 or start + 22 > len(content):
        return False
    return start + 22 + int.from_bytes(content[start + 20 : start + 22], "little") == len(content)


# --- pictures --------------------------------------------------------------------------------------------


def _picture(content: bytes) -> Sniffed | None:
    """HEIC is left out: it cannot be decoded here, so its GPS position could not be removed."""
    if content.startswith(b"\xff\xd8\xff"):
        return Sniffed("image", "image/jpeg", "jpg")
    if content.startswith(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"):
        return Sniffed("image", "image/png", "png")
    if content.startswith((b"GIF87a", b"GIF89a")):
        return Sniffed("image", "image/gif", "gif")
    if _riff(content) == b"WEBP":
        return Sniffed("image", "image/webp", "webp")
    return None


def _riff(content: bytes) -> bytes:
    """The form of a RIFF file whose stated length is its length."""
    stated = int.from_bytes(content[4:8], "little")
    return content[8:12] if content[:4] == b"RIFF" and len(content) - 9 <= stated <= len(content) - 8 else b""


# --- sound and moving pictures ---------------------------------------------------------------------------

# ISO 14496-12, brands as registered at https://mp4ra.org/registered-types/brands (read 2026-11).
_MP4: Final = Sniffed("video", "video/mp4", "mp4")
_M4A: Final = Sniffed("audio", "audio/mp4", "m4a")
_BRANDS: Final = {
    **dict.fromkeys((b"isom", b"iso2", b"iso3", b"iso4", b"iso5", b"iso6", b"iso7", b"iso8", b"iso9"), _MP4),
    **dict.fromkeys((b"mp41", b"mp42", b"avc1", b"MSNV", b"dash", b"M4V ", b"M4VP", b"M4VH"), _MP4),
    **dict.fromkeys((b"M4A ", b"M4B "), _M4A),
    **dict.fromkeys((b"3gp4", b"3gp5", b"3gp6", b"3gp7", b"3g2a"), Sniffed("video", "video/3gpp", "3gp")),
    b"avif": Sniffed("image", "image/avif", "avif"),
    b"qt  ": Sniffed("video", "video/quicktime", "mov"),
}
_SHOWS: Final = re.compile(rb"hdlr.{8}vide", re.DOTALL)
_SOUNDS: Final = re.compile(rb"hdlr.{8}soun", re.DOTALL)


def _boxes(content: bytes) -> Sniffed | None:
    """Browsers record voice notes under the brands of films; the tracks tell."""
    if content[4:8] != b"ftyp" or not 16 <= int.from_bytes(content[:4]) <= min(len(content), 512):
        return None
    found = _BRANDS.get(content[8:12])
    if found and found.kind == "video" and _SOUNDS.search(content) and not _SHOWS.search(content):
        return _M4A
    return found


def _webm(content: bytes) -> Sniffed | None:
    head = content[:4096]
    if not head.startswith(b"\x1a\x45\xdf\xa3") or b"\x42\x82\x84webm" not in head[:64]:
        return None
    if b"V_VP8" in head or b"V_VP9" in head or b"V_AV1" in head:
        return Sniffed("video", "video/webm", "webm")
    return Sniffed("audio", "audio/webm", "webm") if b"A_OPUS" in head or b"A_VORBIS" in head else None


def _ogg(content: bytes) -> Sniffed | None:
    known = (b"OpusHead", b"\x01vorbis", b"Speex   ", b"\x7fFLAC")
    if content.startswith(b"OggS\0\x02") and content[28:36].startswith(known):
        return Sniffed("audio", "audio/ogg", "ogg")
    return None


def _speech(content: bytes) -> Sniffed | None:
    if content.startswith((b"#!AMR\n", b"#!AMR-WB\n")):
        return Sniffed("audio", "audio/amr", "amr")
    if _riff(content) == b"WAVE" and content[12:16] in (b"fmt ", b"JUNK", b"bext", b"LIST"):
        return Sniffed("audio", "audio/wav", "wav")
    return None


def _mpeg_sound(content: bytes) -> Sniffed | None:
    start = _after_id3(content)
    if _frames_follow(content, start, _mp3_frame):
        return Sniffed("audio", "audio/mpeg", "mp3")
    if _frames_follow(content, start, _adts_frame):
        return Sniffed("audio", "audio/aac", "aac")
    return None


def _after_id3(content: bytes) -> int:
    """ID3v2: ten bytes, the last four a length of seven bits each (https://id3.org/id3v2.4.0-structure)."""
    if not content.startswith(b"ID3") or len(content) < 10 or max(content[6:10]) > 127:
        return 0
    a, b, c, d = content[6:10]
    return 10 + (a << 21 | b << 14 | c << 7 | d)


def _frames_follow(content: bytes, start: int, frame: Callable[[bytes], int]) -> bool:
    """Two whole frames, or one that ends the file: two set bits at the start alone prove nothing."""
    length = frame(content[start : start + 7])
    following = content[start + length : start + length + 7]
    return bool(length) and (bool(frame(following)) or start + length == len(content))


_MP3_RATES: Final = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
_MP3_KBITS: Final = {
    True: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    False: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}


def _mp3_frame(head: bytes) -> int:
    """The length of the layer III frame that starts here, 0 if none does (ISO 11172-3, 2.4.1.3)."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:
        return 0
    version, kbits, rate = head[1] >> 3 & 3, head[2] >> 4, head[2] >> 2 & 3
    if version == 1 or kbits in (0, 15) or rate == 3:
        return 0
    first = version == 3
    return (144 if first else 72) * _MP3_KBITS[first][kbits] * 1000 // _MP3_RATES[version][rate] + (
        head[2] >> 1 & 1
    )


def _adts_frame(head: bytes) -> int:
    """The length of the AAC frame that starts here, 0 if none does (ISO 13818-7, 6.2)."""
    if len(head) < 7 or head[0] != 0xFF or head[1] & 0xF6 != 0xF0 or head[2] >> 2 & 0xF > 12:
        return 0
    length = (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
    return length if length > 7 else 0


# --- documents -------------------------------------------------------------------------------------------


def _pdf(content: bytes) -> Sniffed | None:
    if re.match(rb"%PDF-[12]\.\d[\r\n ]", content) and b"%%EOF" in content[-1024:]:
        return Sniffed("document", "application/pdf", "pdf")
    return None


_TEXT: Final = Sniffed("document", "text/plain", "txt")
_NOT_WRITING: Final = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")


def _text(content: bytes) -> Sniffed | None:
    """UTF-8 writing only. What a browser or a shell might run is not plain text to us, nor is RTF."""
    try:
        text = content.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        return None
    if not text or text.startswith(("#!", "{\\rtf", "%!", "%PDF")) or _NOT_WRITING.search(text):
        return None
    return None if _MARKUP.search(content) else _TEXT


_OPEN_XML: Final = "application/vnd.openxmlformats-officedocument."
_ODF: Final = "application/vnd.oasis.opendocument."
_OFFICE: Final = {
    "word/document.xml": Sniffed("document", _OPEN_XML + "wordprocessingml.document", "docx"),
    "xl/workbook.xml": Sniffed("document", _OPEN_XML + "spreadsheetml.sheet", "xlsx"),
    "ppt/presentation.xml": Sniffed("document", _OPEN_XML + "presentationml.presentation", "pptx"),
    _ODF + "text": Sniffed("document", _ODF + "text", "odt"),
    _ODF + "spreadsheet": Sniffed("document", _ODF + "spreadsheet", "ods"),
    _ODF + "presentation": Sniffed("document", _ODF + "presentation", "odp"),
}
_ACTIVE: Final = re.compile(
    r"vbaproject|vbadata|activex|macrosheets|oleobject|^basic/|^scripts/|\.\.|^/|\\"
    r"|\.(exe|dll|js|vbs|html?|svg|jar|bat|cmd|ps1|lnk|zip)$",
    re.IGNORECASE,
)
_MOST_PARTS: Final = 2000
_LARGEST_PART: Final = 200 * 1024 * 1024


def _office(content: bytes) -> Sniffed | None:
    """A zip from its first byte to its last, with the parts of a document and none that could run."""
    if not content.startswith(b"PK\x03\x04") or not _ends_as_zip(content):
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _office_kind(archive) if _harmless(archive, len(content)) else None
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, RuntimeError, EOFError):
        return None


def _harmless(archive: zipfile.ZipFile, size: int) -> bool:
    parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    locked = any(part.flag_bits & 1 for part in parts)
    names = {part.filename for part in parts}
    return (
        not locked
        and not archive.comment
        and len(names) == len(parts) <= _MOST_PARTS
        and unpacked <= min(_LARGEST_PART, 1_000_000 + size * 200)
        and not any(_ACTIVE.search(name) for name in names)
    )


def _office_kind(archive: zipfile.ZipFile) -> Sniffed | None:
    names = archive.namelist()
    if names[0] == "mimetype" and archive.getinfo("mimetype").file_size < 100:
        return _OFFICE.get(archive.read("mimetype").decode("ascii", "replace"))
    if "[Content_Types].xml" not in names:
        return None
    return next((found for part, found in _OFFICE.items() if part in names), None)


_JUDGES: Final = (_picture, _boxes, _webm, _ogg, _speech, _mpeg_sound, _pdf, _office, _text)
