"""Mails as people's mail programs make them, and the reports of servers that could not deliver ours."""

import secrets
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from aidline.channels.wire.mail_reading import display
from aidline.simulator.lines import News, NotOnThisLine, Utterance, Writer
from aidline.simulator.wire import Post

DOMAIN = "mail.example.org"  # of the practice provider; nobody's (RFC 2606)
_HEADERS = {"content-type": "message/rfc822"}


def new_id() -> str:
    return f"{secrets.token_hex(12)}@{DOMAIN}"


def said(to: str, writer: Writer, said: Utterance) -> Post:
    """Emoji on a mail, changing and taking back: there is no such thing."""
    if said.kind in ("reaction", "edit", "deletion"):
        raise NotOnThisLine(said.kind)
    mail = _begun(said.at, f"<{said.id}>")
    mail["From"] = display(writer.name, writer.address)
    mail["To"] = to
    mail["Subject"] = said.subject or "…"
    if said.reply_to:
        mail["In-Reply-To"] = f"<{said.reply_to}>"
        mail["References"] = f"<{said.reply_to}>"
    mail.set_content(_text(said))
    if said.file:
        main, _, sub = said.mime.partition("/")
        mail.add_attachment(
            said.content, main or "application", sub or "octet-stream", filename=said.filename
        )
    return post(mail)


def _text(said: Utterance) -> str:
    if said.place:
        latitude, longitude, name, address = said.place
        return "\n".join(part for part in (name, address, f"{latitude}, {longitude}") if part)
    return "\n".join(said.card) if said.card else said.text or (said.choice[1] if said.choice else "")


def bounced(to: str, news: News) -> Post:
    """RFC 3464, as most servers write it."""
    code = news.code or "5.0.0"
    mail = _begun(news.at, f"<{new_id()}>")
    mail["From"] = f"Mail Delivery System <mailer-daemon@{DOMAIN}>"
    mail["To"] = to
    mail["Subject"] = "Undelivered Mail Returned to Sender"
    mail["Auto-Submitted"] = "auto-replied"
    mail["Return-Path"] = "<>"
    parts = (
        ("text/plain", "Your mail could not be delivered."),
        (
            "message/delivery-status",
            f"Reporting-MTA: dns; {DOMAIN}\r\n\r\nFinal-Recipient: rfc822; {news.to}\r\nAction: failed\r\n"
            f"Status: {code}\r\nDiagnostic-Code: smtp; 550 {code} refused",
        ),
        ("text/rfc822-headers", f"Message-ID: <{news.id}>\r\nTo: {news.to}"),
    )
    return Post(_report(mail, parts), _HEADERS)


def _report(mail: EmailMessage, parts: tuple[tuple[str, str], ...]) -> bytes:
    edge = secrets.token_hex(12)
    mail["MIME-Version"] = "1.0"
    mail["Content-Type"] = f'multipart/report; report-type=delivery-status; boundary="{edge}"'
    bodies = "".join(f"--{edge}\r\nContent-Type: {kind}\r\n\r\n{body}\r\n\r\n" for kind, body in parts)
    head = mail.as_bytes().rstrip(b"\r\n").partition(b"\r\n\r\n")[0]
    return head + f"\r\n\r\n{bodies}--{edge}--\r\n".encode()


def _begun(at: datetime, id: str) -> EmailMessage:
    mail = EmailMessage(policy=SMTP)
    mail["Received"] = f"from {DOMAIN}; {format_datetime(at)}"
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = id
    return mail


def post(mail: EmailMessage) -> Post:
    return Post(mail.as_bytes(), _HEADERS)
