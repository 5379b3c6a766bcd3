"""One message of ours as a mail: plain text, our own id, the thread it belongs to, and nothing that tells more.

No program name, no name of this machine, no time zone of the office, no HTML, no pictures that report who looked.
"""

import re
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from aidline.channels.contract import GiveUp, Kind, Outgoing, Place
from aidline.channels.wire import mail_reading
from aidline.channels.wire.mail_events import Desk, message_id
from aidline.channels.wire.menus import numbered
from aidline.kernel.text import clean

LARGEST = 25 * 1024 * 1024  # of the whole mail with its files in base64; what nearly every server takes
REFERENCES = 20

# "Re:" as people's mail programs write it; none is put before another.
_ANSWER = re.compile(
    r"^\s*(?:re|aw|sv|vs|ref|rif|res|antw|odp|ynt|rv|bls|отв|ответ|відп|رد|پاسخ|回复|回覆)\s?(?:\[\d+\])?\s?[:：]",
    re.I,
)
# Not every server on the way takes eight bits. Ids are never broken, so headers may have long lines.
_SEVEN_BITS = SMTP.clone(cte_type="7bit")
_LONG_LINES = _SEVEN_BITS.clone(max_line_length=900)
_ID = re.compile(r"^[^<>\s]{3,250}$")


def mail_of(out: Outgoing, *, desk: Desk, name: str, subject: str, at: datetime) -> bytes:
    """`subject`: for the first mail of a thread. `at` in UTC."""
    mail = EmailMessage(policy=_SEVEN_BITS)
    mail["From"] = mail_reading.display(clean(name), desk.address)
    mail["To"] = _to(out)
    mail["Subject"] = _subject(out.subject, subject)
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<{desk.id_of(out.message)}>"
    _thread(mail, out)
    if out.automatic:
        mail["Auto-Submitted"] = "auto-replied"  # RFC 3834: nobody's away note shall answer
    mail.set_content(_text(out))
    if out.file:
        _attach(mail, out)
    return _checked(mail)


def _to(out: Outgoing) -> str:
    address = mail_reading.normal(out.to.value)
    if not address:
        raise GiveUp("no-address")
    return address


def _subject(thread: str, first: str) -> str:
    subject = " ".join(clean(thread).split())[:300]
    if not subject:
        return first
    return subject if _ANSWER.match(subject) else f"Re: {subject}"


def _thread(mail: EmailMessage, out: Outgoing) -> None:
    """In-Reply-To names what is answered; References what led there, the first and the latest of it."""
    named = map(message_id, (*out.thread, out.reply_to))
    known = [one for one in dict.fromkeys(named) if _ID.match(one) and "@" in one]
    if known:
        replied = message_id(out.reply_to)
        answered = replied if replied in known else known[-1]
        mail["In-Reply-To"] = f"<{answered}>"
        kept = known if len(known) <= REFERENCES else [known[0], *known[1 - REFERENCES :]]
        mail["References"] = " ".join(f"<{one}>" for one in kept)


def _text(out: Outgoing) -> str:
    if out.kind is Kind.CHOICE:
        return numbered(out.text, out.choices)
    if out.kind is Kind.LOCATION and out.place:
        return "\n".join(part for part in (out.text, *_place(out.place)) if part)
    return out.text


def _place(place: Place) -> tuple[str, ...]:
    spot = f"{place.latitude:.6f}, {place.longitude:.6f}"
    return place.name, place.address, spot, f"geo:{place.latitude:.6f},{place.longitude:.6f}"


def _attach(mail: EmailMessage, out: Outgoing) -> None:
    assert out.file
    main, _, sub = out.file.mime.partition("/")
    name = clean(out.file.name).replace("/", "_").replace("\n", " ")
    mail.add_attachment(
        out.file.content(), maintype=main or "application", subtype=sub or "octet-stream", filename=name
    )


def _checked(mail: EmailMessage) -> bytes:
    written = mail.as_bytes(policy=_LONG_LINES)
    if len(written) > LARGEST:
        raise GiveUp("too-large")
    return written
