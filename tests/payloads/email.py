"""Mails, written by hand after the standards (RFC 5322, MIME, RFC 3464) and the habits of mail programs.

People and domains are fictional (example.org, example.net, RFC 2606).
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from aidline.channels.contract import (
    ChannelDown,
    Event,
    GiveUp,
    HookRequest,
    Incoming,
    Kind,
    MediaRef,
    Preference,
    Receipt,
    RetryLater,
    Scheme,
    Sender,
    Status,
    Unknown,
    Verdict,
)
from local_server import Answer
from mail_server import TAKEN, mail_serving, text_of
from payloads.kit import MESSAGE, NAME, SAID, WORDS, Kit

OURS = "help@aid.example.org"
PERSON = "ilham@example.net"
WHO = (Sender(Scheme.EMAIL, PERSON),)
OUR_ID = f"{MESSAGE}@aid.example.org"
RECEIVED = "Received: from mx.example.net by mail.aid.example.org; Sun, 22 Nov 2026 12:59:30 +0100"

CONFIG = {
    "address": OURS,
    "name": "Harbour Aid",
    "incoming": "imap",
    "imap_host": "127.0.0.1",
    "imap_user": OURS,
    "imap_password": "CANARYSECRET-imap",
    "imap_security": "none",
    "smtp_host": "127.0.0.1",
    "smtp_user": OURS,
    "smtp_password": "CANARYSECRET-smtp",
    "smtp_security": "none",
}
PNG = b"\x89PNG\r\n\x1a\nthe bytes"


def mail(*lines: str, body: str = "", charset: str = "utf-8", **heads: str) -> bytes:
    """Headers first; `heads` replaces the usual ones, an empty one leaves it out."""
    usual = {
        "Return-Path": f"<{PERSON}>",
        "From": f"{NAME} <{PERSON}>",
        "To": OURS,
        "Subject": "Question",
        "Date": "Sun, 22 Nov 2026 11:50:00 +0000",
        "Message-ID": "<m-1@example.net>",
    }
    given = {**usual, **{name.replace("_", "-"): value for name, value in heads.items()}}
    top = [RECEIVED, *(f"{name}: {value}" for name, value in given.items() if value), *lines]
    return ("\r\n".join(top) + "\r\n\r\n").encode() + body.replace("\n", "\r\n").encode(charset)


def plain(body: str, *lines: str, **heads: str) -> bytes:
    return mail("MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8", *lines, body=body, **heads)


def part(kind: str, content: str | bytes, *lines: str) -> str:
    if isinstance(content, bytes):
        lines = (*lines, "Content-Transfer-Encoding: base64")
        content = base64.b64encode(content).decode()
    return "\n".join([f"Content-Type: {kind}", *lines, "", content])


def multipart(kind: str, *parts: str, edge: str = "=edge=") -> tuple[str, str]:
    """Content-Type and body; an inner one is put into a part by `nested`."""
    body = "".join(f"--{edge}\n{one}\n" for one in parts) + f"--{edge}--\n"
    return f'multipart/{kind}; boundary="{edge}"', body


def nested(kind: str, *parts: str, edge: str = "=inner=") -> str:
    content_type, body = multipart(kind, *parts, edge=edge)
    return f"Content-Type: {content_type}\n\n{body}"


def mixed(*parts: str, kind: str = "mixed", **heads: str) -> bytes:
    content_type, body = multipart(kind, *parts)
    return mail("MIME-Version: 1.0", f"Content-Type: {content_type}", body=body, **heads)


def with_file(kind: str, name: str, content: bytes = PNG, text: str = WORDS) -> bytes:
    disposition = f'Content-Disposition: attachment; filename="{name}"'
    return mixed(part("text/plain; charset=utf-8", text), part(kind, content, disposition))


class Named(str):
    """A mail by its Message-ID alone, whatever else tells it from others with the same one."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, str) and other.partition(" ")[0] == str(self)

    __hash__ = str.__hash__


def incoming(kind: Kind = Kind.TEXT, text: str = WORDS, **more: Any) -> Incoming:
    usual: dict[str, Any] = {"sent_at": SAID, "profile_name": NAME, "subject": "Question"}
    return Incoming(Named("m-1@example.net"), WHO, kind, text, **{**usual, **more})


def file(kind: Kind, mime: str, name: str, content: bytes = PNG, at: int = 1) -> tuple[MediaRef, ...]:
    return (MediaRef(str(at), kind, mime, name, len(content), content=content),)


def said() -> dict[Kind, tuple[bytes, Event]]:
    files = {
        Kind.IMAGE: ("image/png", "photo.png"),
        Kind.VIDEO: ("video/mp4", "clip.mp4"),
        Kind.AUDIO: ("audio/ogg", "voice.ogg"),
        Kind.DOCUMENT: ("application/pdf", "letter.pdf"),
    }
    secret = part(
        "application/octet-stream",
        b"-----BEGIN PGP MESSAGE-----",
        'Content-Disposition: inline; filename="x.asc"',
    )
    return {
        Kind.TEXT: (
            plain(WORDS, In_Reply_To=f"<{OUR_ID}>", References=f"<m-0@example.net> <{OUR_ID}>"),
            incoming(reply_to=OUR_ID),
        ),
        **{
            kind: (with_file(mime, name), incoming(kind, media=file(kind, mime, name)))
            for kind, (mime, name) in files.items()
        },
        Kind.UNSUPPORTED: (
            mixed(part("application/pgp-encrypted", "Version: 1"), secret, kind="encrypted"),
            incoming(
                Kind.UNSUPPORTED,
                "",
                raw_kind="encrypted",
                media=(
                    *file(Kind.DOCUMENT, "application/pgp-encrypted", "", b"Version: 1"),
                    *file(
                        Kind.DOCUMENT, "application/octet-stream", "x.asc", b"-----BEGIN PGP MESSAGE-----", 2
                    ),
                ),
            ),
        ),
    }


# --- reports ---------------------------------------------------------------------------------------------


def report(
    action: str, status: str, *, original: str = OUR_ID, heads: str = "text/rfc822-headers", **more: str
) -> bytes:
    told = "\n".join(
        [
            "Reporting-MTA: dns; mx.example.net",
            "",
            f"Final-Recipient: rfc822; {PERSON}",
            *([f"Action: {action}"] if action else []),
            f"Status: {status}",
            "Diagnostic-Code: smtp; 550 no such user",
        ]
    )
    return mixed(
        part("text/plain", "Your mail could not be delivered."),
        part("message/delivery-status", told),
        part(heads, f"Message-ID: <{original}>\nSubject: Re: Question"),
        kind="report; report-type=delivery-status",
        **{
            "Return-Path": "<>",
            "From": "Mail Delivery <mailer-daemon@mx.example.net>",
            "Message-ID": "<dsn-1@mx.example.net>",
            "Auto-Submitted": "auto-replied",
            **more,
        },
    )


FAILED = Receipt(OUR_ID, Status.FAILED, SAID, "5.1.1", Verdict.GIVE_UP, MESSAGE)
COMPLAINT = mixed(
    part("text/plain", "This is an abuse report."),
    part(
        "message/feedback-report",
        f"Feedback-Type: abuse\nUser-Agent: reports/1\nVersion: 1\nOriginal-Rcpt-To: <{PERSON}>",
    ),
    part("message/rfc822", f"Message-ID: <{OUR_ID}>\nFrom: {OURS}\nSubject: Re: Question\n\nHello"),
    kind="report; report-type=feedback-report",
    From="reports@example.net",
)
QMAIL = plain(
    "Hi. This is the mail program at example.net.\nI'm afraid I wasn't able to deliver your message.\n"
    f"<{PERSON}>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy.\n"
    f"Message-ID: <{OUR_ID}>\nSubject: Re: Question",
    From="MAILER-DAEMON@mx.example.net",
    Return_Path="<>",
)

STRANGE = (
    plain(WORDS, From="", Reply_To="", Return_Path=""),
    plain(WORDS, From="undisclosed-recipients:;"),
    plain(WORDS, From=f"Us <{OURS}>"),
    plain(WORDS, From=f"Us <{OURS.upper()}>"),
    report("delayed", "4.4.1"),
    report("delivered", "2.0.0"),
    report("", "4.4.1"),
    report("failed", "5.1.1", original="not-ours@example.net"),
    mixed(
        part("text/plain", "It was read."),
        part("message/disposition-notification", f"Original-Message-ID: <{OUR_ID}>\nDisposition: automatic"),
        kind="report; report-type=disposition-notification",
    ),
    COMPLAINT.replace(str(MESSAGE).encode(), b"somebody-elses-mail-with-another-id"),
)


def hook(config: Mapping[str, str], raw: bytes) -> HookRequest:
    return HookRequest(
        "POST", "https://help.example/hooks/email/1/word", {}, {"content-type": "message/rfc822"}, raw
    )


def address(origin: str) -> Mapping[str, str]:
    return {"smtp_host": origin.partition(":")[0], "smtp_port": origin.partition(":")[2]}


REFUSALS = (
    (Answer(451, b"4.7.1 try again later"), RetryLater),
    (Answer(452, b"4.2.2 full for now"), RetryLater),
    (Answer(421, b"4.3.2 going down"), RetryLater),
    (Answer(550, b"5.1.1 " + PERSON.encode() + b" is not here"), GiveUp),
    (Answer(552, b"5.3.4 too large"), GiveUp),
    (Answer(554, b"5.7.1 looks like spam"), GiveUp),
    (Answer(550, b"no code of the new kind"), GiveUp),
    (Answer(535, b"5.7.8 who are you"), ChannelDown),
    (Answer(550, b"5.7.60 may not send as this sender"), ChannelDown),
)

KITS = (
    Kit(
        label="email",
        provider="email",
        config=CONFIG,
        other_config={**CONFIG, "address": "other@aid.example.org"},
        secret="word",
        previous_secret="previous_word",
        hook=hook,
        said=said(),
        receipts={Status.FAILED: (report("failed", "5.1.1"), FAILED)},
        strange=STRANGE,
        unsaid=(
            (report("failed", "5.1.1", heads="message/rfc822"), [FAILED]),
            (report("", "5.1.1"), [FAILED]),
            (
                report("failed", "4.4.7"),
                [Receipt(OUR_ID, Status.FAILED, SAID, "4.4.7", Verdict.GIVE_UP, MESSAGE)],
            ),
            (QMAIL, [FAILED]),
            (COMPLAINT, [Preference(WHO, opted_out=True, message=MESSAGE)]),
            (plain(WORDS, From=f"Us <{OURS}>"), [Unknown("mail-from-ourselves")]),
        ),
        with_unknown_field=(plain(WORDS, "X-New-Thing: yes", "ARC-Seal: i=1; a=none"), incoming()),
        stops=(COMPLAINT,),
        signs_body=False,
        proof="",
        called=False,
        to=WHO[0],
        world=mail_serving,
        address=address,
        answers=lambda _: TAKEN,
        sent_id=OUR_ID,
        is_message=lambda seen: True,
        words_of=lambda seen: text_of(seen.body),
        refusals=REFUSALS,
        telling=(PERSON, "CANARYWORDS", "Canaryname"),
    ),
)


# --- the same by a mail service's webhook ----------------------------------------------------------------


def by_postmark(raw: bytes) -> bytes:
    """postmarkapp.com/developer/webhooks/inbound-webhook, with the raw mail included; read 2026-11-24."""
    return json.dumps({"FromName": NAME, "RawEmail": raw.decode(), "Headers": []}).encode()


def service_hook(config: Mapping[str, str], raw: bytes) -> HookRequest:
    url = f"https://help.example/hooks/email/1/{config['word']}"
    return HookRequest("POST", url, {}, {"content-type": "application/json"}, raw)


_SERVICE = {**CONFIG, "incoming": "postmark", "word": "CANARYSECRET-word"}
KITS = (
    *KITS,
    replace(
        KITS[0],
        label="email-postmark",
        config=_SERVICE,
        other_config={**_SERVICE, "word": "CANARYSECRET-other"},
        hook=service_hook,
        said={kind: (by_postmark(raw), event) for kind, (raw, event) in KITS[0].said.items()},
        receipts={status: (by_postmark(raw), event) for status, (raw, event) in KITS[0].receipts.items()},
        strange=(*map(by_postmark, STRANGE), b'{"RecordType": "Delivery", "MessageID": "1"}'),
        unsaid=tuple((by_postmark(raw), events) for raw, events in KITS[0].unsaid),
        with_unknown_field=(
            by_postmark(plain(WORDS)).replace(b"{", b'{"New": {"deep": [1]}, ', 1),
            incoming(),
        ),
        stops=(by_postmark(COMPLAINT),),
        called=True,
    ),
)
