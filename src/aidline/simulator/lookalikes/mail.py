"""The other end of our e-mail: what a careful mail server looks at before it takes a mail."""

from collections.abc import Mapping
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import getaddresses

from aidline.simulator.lookalikes.shapes import Account, Answer, Call, Exchange, StoredFile, Taken, answer
from aidline.simulator.lookalikes.trouble import GARBAGE, Ending, ending_of
from aidline.simulator.mailhouse.smtp import TAKEN, Letter, Reply

VENDOR = "email"
_BUSY: Mapping[int, Reply] = {429: Reply(450, "4.2.1 too fast"), 500: Reply(451, "4.3.0 broken")}
_ONCE = ("From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "In-Reply-To", "References")
_TELLS = ("User-Agent", "X-Mailer", "X-Originating-IP", "Received", "Bcc")


def respond(call: Call, exchange: Exchange) -> Answer:  # noqa: ARG001
    """Mail is not handed in over HTTP."""
    return answer({"error": "no such address"}, 404)


def hand_in(letter: Letter, exchange: Exchange) -> Reply:
    account = exchange.account(VENDOR, letter.user, letter.password)
    if account is None:
        return Reply(535, "5.7.8 wrong user or password")
    mail = message_from_bytes(letter.data, policy=default)
    assert isinstance(mail, EmailMessage)
    problem = _problem(letter, mail, account)
    if problem:
        return Reply(554, f"5.6.0 {problem}")
    ending = ending_of(exchange, account, letter.to[0])
    if ending.status or ending.code:
        return _refusal(ending)
    exchange.take(replace(_taken(letter, mail, account, exchange), fate=ending.fate))
    given = ending.late(exchange, answer({}))
    return Reply(0, raw=GARBAGE.body + b"\r\n") if given is GARBAGE else TAKEN


def _refusal(ending: Ending) -> Reply:
    if ending.status:
        return _BUSY[ending.status]
    code = ending.code if ending.code[:2] in ("4.", "5.") else "5.0.0"
    return Reply(450 if code.startswith("4") else 550, f"{code} refused")


def _problem(letter: Letter, mail: EmailMessage, account: Account) -> str:
    """In no server's words; the first thing that is wrong."""
    names = [name.lower() for name in mail.keys()]  # noqa: SIM118 (of a message)
    if any(name.lower() not in names for name in _ONCE[:6]):
        return "a header is missing"
    if any(names.count(name.lower()) > 1 for name in _ONCE):
        return "a header stands twice"
    if any(name.lower() in names for name in _TELLS):
        return "a header tells what it should not"
    if not account.owns(letter.sender) or not account.owns(_address(mail, "From")):
        return "not your address"
    if _address(mail, "To") not in letter.to or len(letter.to) != 1:
        return "envelope and headers differ"
    return _form(letter.data, mail)


def _form(data: bytes, mail: EmailMessage) -> str:
    if any(len(line) > 998 for line in data.split(b"\r\n")):
        return "a line is too long"
    if b"\n" in data.replace(b"\r\n", b"") or not data.isascii():
        return "bytes that not every server takes"
    if any(part.defects for part in mail.walk()):
        return "broken MIME"
    return "" if mail.get_body(("plain",)) else "no plain text"


def _address(mail: EmailMessage, name: str) -> str:
    return next((address for _, address in getaddresses([str(mail.get(name, ""))])), "")


def _taken(letter: Letter, mail: EmailMessage, account: Account, exchange: Exchange) -> Taken:
    body = mail.get_body(("plain",))
    file = next(iter(mail.iter_attachments()), None)
    kept, name = _keep(file, account, exchange) if isinstance(file, EmailMessage) else ("", "")
    return Taken(
        account=account.ref,
        id=str(mail["Message-ID"]).strip().strip("<>"),
        to=letter.to[0],
        kind=_kind(file) if isinstance(file, EmailMessage) else "text",
        text=str(body.get_content()).replace("\r\n", "\n").strip("\n") if body else "",
        subject=str(mail["Subject"]),
        file=kept,
        filename=name,
        reply_to=str(mail.get("In-Reply-To", "")).strip("<>"),
    )


def _kind(file: EmailMessage) -> str:
    main = file.get_content_maintype()
    return main if main in ("image", "video", "audio") else "document"


def _keep(file: EmailMessage, account: Account, exchange: Exchange) -> tuple[str, str]:
    content, name = file.get_payload(decode=True), file.get_filename() or ""
    stored = StoredFile(content if isinstance(content, bytes) else b"", file.get_content_type(), name)
    return exchange.keep_file(account, stored), name
