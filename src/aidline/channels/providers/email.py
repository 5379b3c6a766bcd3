"""E-mail: a mailbox read over IMAP, or brought by a mail service's webhook; answers leave over SMTP.

Sources, read 2026-11-24: RFC 5321 and 5322 (mail), 2045 to 2049 (MIME), 3501 (IMAP), 3463, 3464 and 6522 (reports),
3834 (automatic answers), 5965 (complaints); django-anymail 15.2 for the services (`channels/mail_services.py`).

Quirks:
- A server's "250" says that it took the mail, not that anybody has it. News come only of failures, as mails.
- Our Message-ID is made from our own id: a report finds its message even when the server's answer was lost.
- The line between "never left" and "perhaps" is the final dot. Before it everything may be repeated.
- Who answers a mail with Reply-To is written to there and nowhere else (`wire/mail_events.py`).
- One's own address among the senders is a loop: such mails are let go.
- Mail services bring a mail in forms of their own. They are read by `channels/mail_services.py`, which knows Django;
  here they arrive as `mails`, so that this file stays pure.
- Microsoft 365 takes no passwords over IMAP; its mailboxes are read by forwarding to a mail service.
"""

import smtplib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Annotated, ClassVar

import httpx

from aidline.channels.contract import (
    BadSignature,
    Capabilities,
    ChannelDown,
    Event,
    Fetched,
    GiveUp,
    HookAnswer,
    HookRequest,
    Kind,
    Malformed,
    MediaLimit,
    MediaRef,
    Outgoing,
    Polled,
    RetryLater,
    Scheme,
    Secret,
    Sent,
    Status,
    Uncertain,
    Unknown,
    gettext_noop,
    setting,
)
from aidline.channels.wire import address_word, mail_events, mail_lines, mail_reading, mail_writing, mailbox
from aidline.channels.wire.mail_codes import error_of
from aidline.kernel import clock

# --- configuration ---------------------------------------------------------------------------------------

IMAP = "imap"
SERVICES = ("postmark", "mailgun", "sendgrid", "mailersend", "mandrill", "mailjet", "sparkpost", "postal")


@dataclass(frozen=True, slots=True)
class Config:
    address: str = setting(gettext_noop("E-mail address"), gettext_noop("People write to it and see it."))
    smtp_host: str = setting(gettext_noop("SMTP server"), gettext_noop("Takes our answers."))
    name: str = setting(gettext_noop("Name"), gettext_noop("Shown beside the address."), default="")
    incoming: str = setting(
        gettext_noop("How mail comes in"),
        gettext_noop("imap: we look into the mailbox. Else the service that brings it to our address."),
        default=IMAP,
        options=(IMAP, *SERVICES),
    )
    imap_host: str = setting(gettext_noop("IMAP server"), gettext_noop("Only with imap."), default="")
    imap_user: str = setting(gettext_noop("IMAP user"), default="")
    imap_password: Annotated[str, Secret()] = setting(
        gettext_noop("IMAP password"),
        gettext_noop("Often an app password, made for this purpose."),
        default="",
        secret=True,
    )
    imap_port: str = setting(gettext_noop("IMAP port"), default="993", expert=True)
    imap_security: str = setting(
        gettext_noop("IMAP encryption"), default=mail_lines.TLS, options=mail_lines.SECURITY, expert=True
    )
    imap_folder: str = setting(gettext_noop("Folder"), default="INBOX", expert=True)
    smtp_user: str = setting(gettext_noop("SMTP user"), default="")
    smtp_password: Annotated[str, Secret()] = setting(gettext_noop("SMTP password"), default="", secret=True)
    smtp_port: str = setting(gettext_noop("SMTP port"), default="587", expert=True)
    smtp_security: str = setting(
        gettext_noop("SMTP encryption"),
        gettext_noop("none works on this machine and in its own network only."),
        default=mail_lines.STARTTLS,
        options=mail_lines.SECURITY,
        expert=True,
    )
    subject: str = setting(
        gettext_noop("Subject of a first mail"),
        gettext_noop("Others may see it on a locked screen: say nothing in it."),
        default="Message",
    )
    domain: str = setting(
        gettext_noop("Domain of our message ids"),
        gettext_noop("Empty: that of the address. It is also what we call ourselves to servers."),
        default="",
        expert=True,
    )
    word: Annotated[str, Secret()] = setting(
        gettext_noop("Word in our address"),
        gettext_noop("Proves that a mail service calls."),
        default="",
        secret=True,
        made_by_us=True,
    )
    previous_word: Annotated[str, Secret()] = setting(
        gettext_noop("Previous word"),
        gettext_noop("Only while changing it."),
        default="",
        secret=True,
        expert=True,
    )
    signing_key: Annotated[str, Secret()] = setting(
        gettext_noop("Signing key of the service"),
        gettext_noop("Where it has one (Mailgun, MailerSend, Mandrill, Postal): checked besides the word."),
        default="",
        secret=True,
        expert=True,
    )


# --- capabilities ----------------------------------------------------------------------------------------

_MB = 1024 * 1024
_FILE = 18 * _MB  # 25 MB of mail, of which base64 takes a third
_FILES: Mapping[Kind, frozenset[str]] = {
    Kind.IMAGE: frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"}),
    Kind.VIDEO: frozenset({"video/mp4", "video/3gpp", "video/webm"}),
    Kind.AUDIO: frozenset({"audio/mpeg", "audio/ogg", "audio/mp4", "audio/wav"}),
    Kind.VOICE: frozenset({"audio/ogg", "audio/mpeg", "audio/mp4"}),
    Kind.DOCUMENT: frozenset(
        {
            "application/pdf",
            "text/plain",
            "text/csv",
            "application/msword",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "application/zip",
        }
    ),
}

CAPABILITIES = Capabilities(
    label=gettext_noop("E-mail"),
    glyph="email",
    schemes=(Scheme.EMAIL,),
    inbound=frozenset({Kind.TEXT, Kind.IMAGE, Kind.VIDEO, Kind.AUDIO, Kind.DOCUMENT, Kind.UNSUPPORTED}),
    outbound=frozenset({Kind.TEXT, Kind.CHOICE, Kind.LOCATION, *_FILES}),
    text_limit=10_000,
    media={kind: MediaLimit(mimes, _FILE) for kind, mimes in _FILES.items()},
    caption_limit=10_000,
    receipts=frozenset({Status.FAILED}),
    data_goes_to=gettext_noop(
        "Your mail provider and that of the person can read every mail, and keep it for as long as they wish."
    ),
    guide=(
        gettext_noop(
            "Take a mailbox of its own: every mail in it becomes a conversation. Nothing in it is deleted."
        ),
        gettext_noop("Switch off away notes and forwarding in that mailbox."),
        gettext_noop(
            "For imap: copy server, user and password here. If the provider offers app passwords, make one."
        ),
        gettext_noop(
            "For a mail service: set up receiving for your address there, with our address below as target."
        ),
        gettext_noop(
            "Choose the raw or full MIME form there if it is offered: then nothing of a mail is lost."
        ),
        gettext_noop("Copy the SMTP server, user and password for our answers."),
        gettext_noop("Set SPF, DKIM and DMARC for your domain, or our answers end among spam."),
    ),
)

# --- their codes, our words: in `wire/mail_codes.py`, because they are those of all mail servers -----------

# --- the provider ----------------------------------------------------------------------------------------


class Email:
    name: ClassVar[str] = "email"
    accepted: ClassVar[HookAnswer] = HookAnswer()
    capabilities = CAPABILITIES
    poll_every: ClassVar[timedelta] = timedelta(seconds=25)

    def __init__(self, config: Config) -> None:
        self._config = config
        domain = (config.domain or config.address.rpartition("@")[2]).lower()
        self.desk = mail_events.Desk(mail_reading.normal(config.address), domain)
        self.incoming, self.signing_key = config.incoming, config.signing_key
        self.polls = config.incoming == IMAP

    @property
    def hook_word(self) -> str:
        return "" if self.polls else self._config.word

    @property
    def hook_words(self) -> tuple[str, ...]:
        return () if self.polls else (self._config.word, self._config.previous_word)

    def handshake(self, request: HookRequest) -> HookAnswer | None:  # noqa: ARG002
        return None

    def verify(self, request: HookRequest) -> None:
        if self.polls:
            raise BadSignature("never-called")
        address_word.check(request, self.hook_words)

    def parse(self, body: bytes, headers: Mapping[str, str], received_at: datetime) -> list[Event]:  # noqa: ARG002
        try:
            mails = self.mails(body, headers)
            found = [event for mail in mails for event in mail_events.events(mail, self.desk)]
        except mail_reading.NotAMail:
            raise Malformed("not a mail") from None
        except RecursionError:  # mails in mails in mails: somebody has to look at it
            raise Malformed("nested too deep") from None
        return found or [Unknown("no-mail")]

    def mails(self, body: bytes, headers: Mapping[str, str]) -> Sequence[EmailMessage]:  # noqa: ARG002
        """The mails in one call; what a look into the mailbox brought is one already."""
        return (mail_reading.read(body),)

    def send(self, http: httpx.Client, out: Outgoing) -> Sent:
        if out.kind not in CAPABILITIES.outbound:
            raise GiveUp(f"kind-{out.kind}")
        if out.kind in _FILES and (out.file is None or out.file.size > _FILE):
            raise GiveUp("too-large" if out.file else "no-file")
        mail = mail_writing.mail_of(
            out, desk=self.desk, name=self._config.name, subject=self._config.subject, at=clock.now()
        )
        with mail_lines.smtp(http, self._smtp) as session:
            _hand_over(session, self.desk.address, mail_reading.normal(out.to.value), mail, str(out.message))
        return Sent(self.desk.id_of(out.message))

    def fetch_media(self, http: httpx.Client, ref: MediaRef) -> Fetched:  # noqa: ARG002
        """Files come with their mail, or not at all."""
        if ref.content is not None:
            return Fetched(ref.content, ref.mime, ref.name)
        raise GiveUp(mail_reading.TOO_LARGE if ref.ref.startswith(mail_reading.TOO_LARGE) else "gone")

    def poll(self, http: httpx.Client, cursor: str) -> Polled:
        if not self.polls:
            return Polled((), cursor)
        server, folder = self._imap, self._config.imap_folder
        box = mailbox.box_of(server.host, server.user, folder)
        with mail_lines.imap(http, server) as session:
            return mailbox.look(session, folder, cursor, clock.now(), box)

    def probe(self, http: httpx.Client) -> str:
        if self.polls:
            with mail_lines.imap(http, self._imap) as session:
                mailbox.opened(session, self._config.imap_folder)
        with mail_lines.smtp(http, self._smtp):
            return self.desk.address

    @property
    def _smtp(self) -> mail_lines.Server:
        given = self._config
        port, name = _port(given.smtp_port), self.desk.domain
        return mail_lines.Server(
            given.smtp_host, port, given.smtp_security, given.smtp_user, given.smtp_password, name
        )

    @property
    def _imap(self) -> mail_lines.Server:
        given = self._config
        if not given.imap_host:
            raise ChannelDown("no-imap-server")
        port = _port(given.imap_port)
        return mail_lines.Server(
            given.imap_host, port, given.imap_security, given.imap_user or given.address, given.imap_password
        )


def _port(written: str) -> int:
    if written.isascii() and written.isdigit() and 0 < int(written) < 65_536:
        return int(written)
    raise ChannelDown("port")


# --- handing a mail over ---------------------------------------------------------------------------------


def _hand_over(session: smtplib.SMTP, sender: str, to: str, mail: bytes, message: str) -> None:
    try:
        _open_envelope(session, sender, to, len(mail), message)
        session.send(_dotted(mail))
    except (smtplib.SMTPException, OSError, ValueError):
        raise RetryLater("unreachable") from None
    try:
        session.send(b".\r\n")
        code, said = session.getreply()
    except (smtplib.SMTPException, OSError, ValueError):
        raise Uncertain("no-answer") from None
    if code == 250:
        return
    if not 400 <= code < 600:
        raise Uncertain("no-answer")
    raise error_of(code, said)


def _open_envelope(session: smtplib.SMTP, sender: str, to: str, size: int, message: str) -> None:
    """The address of the envelope is our own, so that reports come back to us."""
    largest = session.esmtp_features.get("size", "")
    if largest.isdigit() and 0 < int(largest) < size:
        raise GiveUp("too-large")
    if not to.isascii() and not session.has_extn("smtputf8"):
        raise GiveUp("address-not-ascii")
    options = ["RET=HDRS", f"ENVID={message}"] if session.has_extn("dsn") else []
    options += [f"SIZE={size}"] if session.has_extn("size") else []
    options += [] if to.isascii() else ["SMTPUTF8", "BODY=8BITMIME"]
    session.command_encoding = "ascii" if to.isascii() else "utf-8"
    _expect(session.mail(sender, options), (250,), account=True)
    _expect(session.rcpt(to), (250, 251))
    _expect(session.docmd("DATA"), (354,))


def _expect(answer: tuple[int, bytes], good: tuple[int, ...], *, account: bool = False) -> None:
    code, said = answer
    if code not in good:
        raise error_of(code, said, account=account and not said.startswith(b"5.3.4") and code != 552)


def _dotted(mail: bytes) -> bytes:
    """Lines that begin with a dot get another one (RFC 5321 section 4.5.2)."""
    written = mail.replace(b"\r\n.", b"\r\n..")
    written = b"." + written if written.startswith(b".") else written
    return written if written.endswith(b"\r\n") else written + b"\r\n"
