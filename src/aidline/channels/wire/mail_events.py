"""What a mail means: words of a person, word of a machine, or news of a mail of ours that did not arrive.

RFC 3464 (delivery reports), RFC 3834 (automatic answers), RFC 5965 (complaints), read 2026-11-24.
"""

import hashlib
import re
from dataclasses import dataclass
from email.message import EmailMessage, Message
from email.parser import Parser
from uuid import UUID

from aidline.channels.contract import (
    Event,
    Incoming,
    Kind,
    MediaRef,
    Preference,
    Receipt,
    Scheme,
    Sender,
    Status,
    Unknown,
    Verdict,
)
from aidline.channels.wire import mail_folding, mail_reading
from aidline.channels.wire.mail_reading import header, headers, ids
from aidline.channels.wire.reading import uuid

LONGEST_TEXT = 60_000  # characters

_BULK = frozenset({"bulk", "junk", "list", "auto_reply", "auto-reply"})
_MACHINES = re.compile(
    r"^(?:mailer-daemon|postmaster|no-?reply|do-?not-?reply|donotreply|bounces?)(?:[+.\-].*)?@", re.I
)
_DIGITS = 32
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")


@dataclass(frozen=True, slots=True)
class Desk:
    """Who we are to a mail: our address, and the right side of the ids that we give."""

    address: str
    domain: str

    def id_of(self, message: UUID) -> str:
        return f"{message}@{self.domain}"

    def message_of(self, external_id: str) -> UUID | None:
        local, _, domain = external_id.rpartition("@")
        return uuid(local) if domain.lower() == self.domain else None


def events(mail: EmailMessage, desk: Desk) -> list[Event]:
    if mail.get_content_type() == "multipart/report":
        found = _report(mail, desk)
        if found:
            return [found]
    return [_foreign_bounce(mail, desk) or _said(mail, desk)]


# --- what a person said ----------------------------------------------------------------------------------


def _said(mail: EmailMessage, desk: Desk) -> Event:
    name, address = _writer(mail, desk)
    if not address:
        return Unknown("mail-from-nobody")
    if address.lower() == desk.address.lower():
        return Unknown("mail-from-ourselves")
    inside = mail_reading.content(mail)
    text, folded = mail_folding.fold(inside.text)
    files = (*inside.files, *_whole_text(inside.text))
    return Incoming(
        external_id=_id_of(mail, inside),
        senders=(Sender(Scheme.EMAIL, address),),
        kind=_kind(inside),
        text=text[:LONGEST_TEXT],
        sent_at=mail_reading.said_at(mail),
        profile_name=name,
        media=files,
        reply_to=_answered(mail, desk),
        raw_kind="encrypted" if inside.sealed else "",
        subject=header(mail, "subject")[:300],
        folded=folded[:LONGEST_TEXT],
        automatic=is_automatic(mail, address),
    )


def _whole_text(text: str) -> tuple[MediaRef, ...]:
    """What is longer than a message may be is kept whole, as a file."""
    if len(text) <= LONGEST_TEXT:
        return ()
    whole = text.encode("utf-8", "replace")
    return (MediaRef("text", Kind.DOCUMENT, "text/plain", "mail.txt", len(whole), content=whole),)


def _kind(inside: mail_reading.Content) -> Kind:
    if inside.sealed:
        return Kind.UNSUPPORTED
    return inside.files[0].kind if inside.files else Kind.TEXT


def _writer(mail: EmailMessage, desk: Desk) -> tuple[str, str]:
    """Where an answer shall go is who it is, never both: else who names a stranger's address in From and their own
    in Reply-To would read what we write to that stranger. The name is that of From.
    """
    written = [*mail_reading.addresses(mail, "from"), *mail_reading.addresses(mail, "sender")]
    answers = mail_reading.addresses(mail, "reply-to")
    name = written[0][0] if written else ""
    if len(answers) == 1 and answers[0][1].lower() != desk.address.lower():
        return name or answers[0][0], answers[0][1]
    return (name, written[0][1]) if written else ("", "")


def _id_of(mail: EmailMessage, inside: mail_reading.Content) -> str:
    """Its Message-ID, and after a space what tells it from another mail with the same one.

    Forms on web sites give all their mails one id, and whoever can guess an id could have a mail with it dropped as
    one that is known. The same mail is known by what does not change from one delivery to the next.
    """
    stable = [headers(mail, name) for name in ("from", "reply-to", "to", "date", "subject")] + [inside.text]
    digests = [hashlib.sha256(ref.content or b"").hexdigest() for ref in inside.files]
    whole = "\n".join([*stable, *digests]).encode("utf-8", "replace")
    digest = hashlib.sha256(whole).hexdigest()
    known = ids(mail, "message-id")
    return f"{known[0]} {digest[:_DIGITS]}" if known else f"sha256:{digest}"


def message_id(external_id: str) -> str:
    """As mail programs know it."""
    return external_id.partition(" ")[0]


def _answered(mail: EmailMessage, desk: Desk) -> str:
    """The latest of our own mails that it names; else the one that it answers."""
    direct, earlier = ids(mail, "in-reply-to"), ids(mail, "references")
    ours = [known for known in (*direct, *reversed(earlier)) if desk.message_of(known)]
    return next(iter((*ours, *direct)), "")


def is_automatic(mail: Message, address: str) -> bool:
    auto = header(mail, "auto-submitted").lower().partition(";")[0].strip()
    if auto not in ("", "no") or header(mail, "precedence").lower() in _BULK:
        return True
    if mail_reading.has(mail, "list-id", "list-unsubscribe", "x-auto-response-suppress", "x-autoreply"):
        return True
    if mail_reading.has(mail, "x-autorespond", "x-auto-reply-from", "x-mail-autoreply", "feedback-id"):
        return True
    return header(mail, "return-path") == "<>" or bool(_MACHINES.match(address))


# --- reports ---------------------------------------------------------------------------------------------


def _report(mail: EmailMessage, desk: Desk) -> Event | None:
    for part in mail.walk():
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            return _delivery(mail, part, desk)
        if kind == "message/feedback-report":
            return _complaint(mail, part, desk)
        if kind == "message/disposition-notification":
            return Unknown("mail-disposition")  # we never ask who has read what
    return None


def _delivery(mail: EmailMessage, report: Message, desk: Desk) -> Event:
    """`Action` decides: a server that only warns goes on trying, whatever its number says."""
    blocks = _blocks(report)
    envelope = next(
        (block["original-envelope-id"] for block in blocks if "original-envelope-id" in block), ""
    )
    ours = _original(mail, desk, str(envelope or ""))
    failed = next((block for block in blocks if _is_final(block)), None)
    if failed is None or ours is None:
        return Unknown("mail-report" if ours else "mail-report-of-others")
    return _failure(ours, desk, _code(failed), mail)


def _blocks(report: Message) -> list[Message]:
    inner = report.get_payload()
    if isinstance(inner, list):
        return [block for block in inner if isinstance(block, Message)]
    text = mail_reading.payload(report).decode("utf-8", "replace").replace("\r\n", "\n")
    return [Parser().parsestr(block, headersonly=True) for block in text.split("\n\n") if block.strip()]


def _is_final(block: Message) -> bool:
    action = header(block, "action").lower()
    return action == "failed" or (not action and header(block, "status").startswith("5"))


def _code(block: Message) -> str:
    found = _STATUS.search(header(block, "status")) or _STATUS.search(header(block, "diagnostic-code"))
    return found[1] if found else "bounced"


def _original(mail: EmailMessage, desk: Desk, envelope: str) -> UUID | None:
    """Our mail that did not arrive: named by its own headers, by the envelope, or by what the report answers."""
    for part in mail.walk():
        if part is mail:
            continue
        for known in ids(_heads_in(part), "message-id"):
            if ours := desk.message_of(known):
                return ours
    answered = (desk.message_of(known) for name in ("in-reply-to", "references") for known in ids(mail, name))
    return uuid(envelope.strip()) or next((ours for ours in answered if ours), None)


def _heads_in(part: Message) -> Message:
    """A report shows our mail whole, or its headers as text."""
    if part.get_content_type() not in ("text/rfc822-headers", "message/rfc822-headers"):
        return part
    text = mail_reading.payload(part).decode("utf-8", "replace")
    return Parser().parsestr(text, headersonly=True)


def _failure(ours: UUID, desk: Desk, code: str, mail: EmailMessage) -> Receipt:
    """Given up for this mail only. An address that does not exist has asked for nothing: it is not a wish to be
    left alone, and who answers here may still be written to.
    """
    at = mail_reading.said_at(mail)
    return Receipt(desk.id_of(ours), Status.FAILED, at, code, Verdict.GIVE_UP, ours)


def _complaint(mail: EmailMessage, report: Message, desk: Desk) -> Event:
    """Somebody pressed "this is spam" at a provider that tells us. It must show a mail of ours, or anybody could
    make us fall silent towards somebody.
    """
    for block in _blocks(report):
        address = mail_reading.normal(header(block, "original-rcpt-to").strip("<>"))
        wished = address and header(block, "feedback-type").lower() == "abuse"
        if wished and (ours := _original(mail, desk, "")):
            return Preference((Sender(Scheme.EMAIL, address),), opted_out=True, message=ours)
    return Unknown("mail-complaint")


def _foreign_bounce(mail: EmailMessage, desk: Desk) -> Event | None:
    """Reports from before the standard: from a mail daemon, our own id and a final code somewhere in the text."""
    writers = mail_reading.addresses(mail, "from")
    local = writers[0][1].lower() if writers else ""
    if not local.startswith(("mailer-daemon@", "postmaster@")):
        return None
    text = "\n".join(
        mail_reading.words(part) for part in mail.walk() if part.get_content_maintype() == "text"
    )
    ours = next(
        (known for word in re.findall(r"[\w-]{36}@[\w.-]+", text) if (known := desk.message_of(word))), None
    )
    code = next((word for word in _STATUS.findall(text) if word.startswith("5")), "")
    return _failure(ours, desk, code, mail) if ours and code else None
