"""A mail as it stands on the wire (RFC 5322, MIME), read with mercy: whatever is missing or broken reads as empty.

Mails of real life have no date, no subject, two senders, sets of characters nobody knows, files without names and
bodies that stop in the middle. None of that may lose a word.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.headerregistry import Address
from email.message import EmailMessage, Message
from email.policy import default
from email.utils import getaddresses, parsedate_to_datetime

import idna

from aidline.channels.contract import Kind, MediaRef
from aidline.channels.wire import mail_html
from aidline.kernel.text import clean

CUT = "X-Aidline-Cut"  # put before a mail of which we fetched only the beginning; its value is the whole size
TOO_LARGE = "too-large"

_LIKE_A_MAIL = ("from", "to", "date", "received", "message-id", "subject", "return-path", "mime-version")
_KINDS = {"image": Kind.IMAGE, "video": Kind.VIDEO, "audio": Kind.AUDIO}
_PROOFS = frozenset(
    {"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"}
)
_ID = re.compile(r"<([^<>\s]{3,250})>")
_ADDRESS = re.compile(r"[^\s<>\"(),;:@]+@[^\s<>\"(),;:@]+")
_SUFFIX = {"text/calendar": "ics", "message/rfc822": "eml", "text/vcard": "vcf", "text/html": "html"}
_LONGEST_HEADER = 2_000
_LONGEST_RAW = 20_000  # the library takes seconds for a header of some hundred kB


class NotAMail(Exception):
    """Nothing in it looks like a header."""


def read(raw: bytes) -> EmailMessage:
    """Line ends may be of either kind. Headers of any name are taken; one of the usual ones must be there."""
    found = message_from_bytes(raw, policy=default)
    if not any(has(found, name) for name in _LIKE_A_MAIL):
        raise NotAMail
    return readable(found)


def readable(mail: EmailMessage) -> EmailMessage:
    for part in mail.walk():
        _name_characters(part)
    return mail


def _name_characters(part: Message) -> None:
    """Headers with eight bits, which nobody may send and many do: read as UTF-8, else as Latin 1.

    The library would put a question mark for each of their letters.
    """
    heads = part._headers  # type: ignore[attr-defined] # noqa: SLF001 (the only way to see them as they came)
    part._headers = [(name, _readable(value)) for name, value in heads]  # type: ignore[attr-defined] # noqa: SLF001


def _readable(value: object) -> object:
    if not isinstance(value, str):
        return value
    value = value[:_LONGEST_RAW]
    if value.isascii():
        return value
    raw = value.encode("utf-8", "surrogateescape")
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


# --- headers ---------------------------------------------------------------------------------------------


def header(mail: Message, name: str) -> str:
    """The first of that name, decoded. The library raises on some broken ones; then they are read as they are."""
    try:
        value = mail.get(name)
    except Exception:
        value = next((raw for known, raw in mail.raw_items() if known.lower() == name.lower()), "")
    return clean(" ".join(str(value or "")[:_LONGEST_HEADER].split()))


def headers(mail: Message, name: str) -> str:
    """All of that name in one line."""
    found = (str(raw) for known, raw in mail._headers if known.lower() == name.lower())  # type: ignore[attr-defined] # noqa: SLF001
    return " ".join(" ".join(found).split())


def has(mail: Message, *names: str) -> bool:
    return any(name in mail for name in names)


def ids(mail: Message, name: str) -> list[str]:
    """Message ids in their order, without brackets; also where several stand in a header that may hold one."""
    return list(dict.fromkeys(_ID.findall(headers(mail, name))))


def addresses(mail: Message, name: str) -> list[tuple[str, str]]:
    """(display name, address) of a header; only what can be written to. In a broken one, what looks like one."""
    pairs = getaddresses([header(mail, name)])
    found = [(shown, known) for shown, raw in pairs if (known := normal(raw))]
    if found:
        return found
    return [("", known) for raw in _ADDRESS.findall(headers(mail, name)) if (known := normal(raw))]


def normal(raw: str) -> str:
    """An address in its one form: the domain in small letters and ASCII (IDNA); "" if it is none."""
    local, at, domain = clean(raw.strip(), 320).rpartition("@")
    domain = domain.rstrip(".").lower()
    if not at or not local or not domain or re.search(r"[\s<>(),;]", local + domain):
        return ""
    if not domain.isascii():
        domain = _ascii(domain)
    return f"{local}@{domain}" if domain else ""


def _ascii(domain: str) -> str:
    try:
        return idna.encode(domain, uts46=True).decode()
    except (idna.IDNAError, UnicodeError):
        return ""


def display(name: str, address: str) -> str:
    """As it stands in a header; the name is encoded, the address is not touched."""
    local, _, domain = address.rpartition("@")
    return str(Address(display_name=name, username=local, domain=domain))


def said_at(mail: Message) -> datetime | None:
    """When our own mail server took it (the uppermost Received), else what the sender's clock says.

    The first cannot be forged or wrong by years, and order in a conversation is made from it.
    """
    received = header(mail, "received").rpartition(";")[2]
    return _moment(received) or _moment(header(mail, "date"))


def _moment(written: str) -> datetime | None:
    """-0000 says that the zone is not known: the time is UTC all the same (RFC 5322 section 3.3)."""
    try:
        found = parsedate_to_datetime(written.strip())
        found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (TypeError, ValueError, OverflowError, IndexError):
        return None
    return found if 1980 < found.year < 2100 else None


# --- what is in it ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Content:
    text: str
    files: tuple[MediaRef, ...]
    sealed: bool = False  # encrypted for somebody else: there is nothing to read


def content(mail: EmailMessage) -> Content:
    """Plain text first, else the words of the HTML; everything else is a file."""
    texts: list[str] = []
    files: list[Message] = []
    _sort(mail, texts, files)
    total = header(mail, CUT)
    refs = tuple(ref for at, part in enumerate(files, 1) if (ref := _file(part, at, cut=bool(total))))
    if total and not refs:
        refs = (MediaRef(f"{TOO_LARGE}-0", Kind.DOCUMENT, size=int(total) if total.isdigit() else None),)
    sealed = mail.get_content_type() in ("multipart/encrypted", "application/pkcs7-mime")
    return Content("\n\n".join(text for text in texts if text.strip()), refs, sealed)


def _sort(part: Message, texts: list[str], files: list[Message]) -> None:
    kind = part.get_content_type()
    if kind == "multipart/alternative":
        _best(part, texts, files)
    elif part.is_multipart() and kind != "message/rfc822":
        for inner in part.iter_parts() if isinstance(part, EmailMessage) else ():
            _sort(inner, texts, files)
    elif kind in _PROOFS:
        return
    elif _is_body(part, kind):
        texts.append(words(part))
    else:
        files.append(part)


def _best(part: Message, texts: list[str], files: list[Message]) -> None:
    """The same thing said in several ways: the plain one, unless it is empty. Files beside them are kept."""
    plain: list[str] = []
    rich: list[str] = []
    for inner in part.iter_parts() if isinstance(part, EmailMessage) else ():
        is_plain = inner.get_content_type() == "text/plain"
        _sort(inner, plain if is_plain else rich, files)
    texts += plain if any(text.strip() for text in plain) else rich


def _is_body(part: Message, kind: str) -> bool:
    """A name in Content-Type alone makes no attachment: some programs give one to the text itself."""
    named = part.get_param("filename", header="content-disposition") is not None
    return (
        kind in ("text/plain", "text/html") and not named and part.get_content_disposition() != "attachment"
    )


def words(part: Message) -> str:
    text = _decoded(part)
    text = mail_html.words_of(text) if part.get_content_type() == "text/html" else text
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return clean("\n".join(line.rstrip(" ") if line != "-- " else line for line in lines), 1_000_000).strip(
        "\n"
    )


def _decoded(part: Message) -> str:
    """In the set of characters it names; in UTF-8 or Latin 1 where it names none or a wrong one."""
    raw = payload(part)
    named = str(part.get_param("charset") or "").strip("'\"").lower()
    for charset in (named, "utf-8"):
        try:
            return raw.decode(charset or "utf-8")
        except (LookupError, UnicodeError, ValueError):
            continue
    return raw.decode("cp1252", "replace")


def payload(part: Message) -> bytes:
    if part.get_content_type() == "message/rfc822":
        inner = part.get_payload()
        return _written(inner[0]) if isinstance(inner, list) and inner else b""
    found = part.get_payload(decode=True)
    return found if isinstance(found, bytes) else b""


def _written(mail: object) -> bytes:
    """A mail in a mail. What cannot be written again is kept without what breaks it."""
    assert isinstance(mail, Message)
    try:
        return mail.as_bytes()
    except Exception:
        return mail.as_string().encode("utf-8", "replace") if mail.is_multipart() else payload(mail)


def _file(part: Message, at: int, *, cut: bool) -> MediaRef | None:
    mime = part.get_content_type()
    kind = _KINDS.get(part.get_content_maintype(), Kind.DOCUMENT)
    name = _name(part) or _usual_name(part, mime)
    if cut:
        return MediaRef(f"{TOO_LARGE}-{at}", kind, mime, name)
    inside = payload(part)
    return MediaRef(str(at), kind, mime, name, len(inside), content=inside)


def _name(part: Message) -> str:
    try:
        return clean(str(part.get_filename() or ""), 200)
    except Exception:
        return ""


def _usual_name(part: Message, mime: str) -> str:
    inner = part.get_payload() if mime == "message/rfc822" else None
    subject = header(inner[0], "subject") if isinstance(inner, list) and inner else ""  # type: ignore[arg-type]
    return f"{subject[:80] or 'file'}.{_SUFFIX[mime]}" if mime in _SUFFIX else ""
