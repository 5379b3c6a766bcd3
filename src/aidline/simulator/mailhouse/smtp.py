"""Taking mail in (RFC 5321). What the keeper answers to a mail is what the caller hears after the final dot."""

import base64
import binascii
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from socketserver import StreamRequestHandler
from typing import Any, Protocol

LARGEST = 25 * 1024 * 1024
_LONGEST_LINE = 4096


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail as it was handed in; `greeting` is what the caller called itself."""

    user: str
    password: str
    sender: str
    to: tuple[str, ...]
    data: bytes
    greeting: str = ""
    options: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    code: int
    words: str = ""
    raw: bytes | None = None  # instead of an answer in good form; the line is cut after it
    drip: Callable[[Any], None] | None = None  # writes to the line by itself, which is cut after it


TAKEN = Reply(250, "2.0.0 taken")


class Keeper(Protocol):
    def admits(self, user: str, password: str) -> bool: ...

    def recipient(self, user: str, address: str) -> Reply | None:
        """None: may be written to."""
        ...

    def take(self, letter: Letter) -> Reply: ...


@dataclass
class _Envelope:
    sender: str = ""
    to: list[str] = field(default_factory=list)
    options: list[str] = field(default_factory=list)


class Handler(StreamRequestHandler):
    """Subclassed with its keeper. `context`: STARTTLS is offered and required before anything else."""

    keeper: Keeper
    context: ssl.SSLContext | None = None
    timeout = 60

    def handle(self) -> None:
        self.user = self.password = self.greeting = ""
        self.envelope = _Envelope()
        self.say(220, "practice ESMTP")
        while (line := self.rfile.readline(_LONGEST_LINE)) and self.obey(
            line.decode("utf-8", "replace").strip()
        ):
            pass

    def obey(self, line: str) -> bool:
        """Whether the talk goes on."""
        verb, _, rest = line.partition(" ")
        act = self.verbs.get(verb.upper())
        if act is None:
            return self.say(502, "5.5.1 not known here")
        return act(self, rest.strip())

    def say(self, code: int, *lines: str) -> bool:
        *first, last = lines or ("",)
        for line in first:
            self.wfile.write(f"{code}-{line}\r\n".encode())
        self.wfile.write(f"{code} {last}\r\n".encode())
        self.wfile.flush()
        return True

    # --- the commands ------------------------------------------------------------------------------------

    def ehlo(self, name: str) -> bool:
        self.greeting = name
        if self.context:
            return self.say(250, "practice", "STARTTLS")
        return self.say(250, "practice", f"SIZE {LARGEST}", "AUTH PLAIN", "DSN", "SMTPUTF8", "8BITMIME")

    def starttls(self, _rest: str) -> bool:
        if self.context is None:
            return self.say(502, "5.5.1 not offered")
        self.say(220, "2.0.0 go on")
        self.connection = self.context.wrap_socket(self.connection, server_side=True)
        self.context = None
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb")
        return True

    def auth(self, rest: str) -> bool:
        way, _, given = rest.partition(" ")
        if way.upper() != "PLAIN":
            return self.say(504, "5.5.4 only PLAIN")
        if not given:
            self.say(334, "")
            given = self.rfile.readline(_LONGEST_LINE).decode("ascii", "replace").strip()
        _, user, password = ([*plain(given).split("\0"), "", "", ""])[:3]
        if not self.keeper.admits(user, password):
            return self.say(535, "5.7.8 wrong user or password")
        self.user, self.password = user, password
        return self.say(235, "2.7.0 signed in")

    def mail(self, rest: str) -> bool:
        if not self.user:
            return self.say(530, "5.7.0 sign in first")
        sender, *options = rest.partition(":")[2].split()
        self.envelope = _Envelope(sender.strip("<>"), options=options)
        sizes = [option[5:] for option in options if option.upper().startswith("SIZE=")]
        if any(size.isdigit() and int(size) > LARGEST for size in sizes):
            return self.say(552, "5.3.4 too large")
        return self.say(250, "2.1.0 ok")

    def rcpt(self, rest: str) -> bool:
        address = (rest.partition(":")[2].split() or [""])[0].strip("<>")
        refusal = self.keeper.recipient(self.user, address)
        if refusal:
            return self.say(refusal.code, refusal.words)
        self.envelope.to.append(address)
        return self.say(250, "2.1.5 ok")

    def data(self, _rest: str) -> bool:
        if not self.envelope.to:
            return self.say(503, "5.5.1 nobody to bring it to")
        self.say(354, "end with a dot")
        written = self.whole()
        if written is None:
            return False
        envelope, self.envelope = self.envelope, _Envelope()
        options = " ".join(envelope.options)
        letter = Letter(
            self.user, self.password, envelope.sender, tuple(envelope.to), written, self.greeting, options
        )
        return self.answer(self.keeper.take(letter))

    def whole(self) -> bytes | None:
        """Up to the final dot; None when the line was cut before it."""
        lines: list[bytes] = []
        size = 0
        while (line := self.rfile.readline(LARGEST)) != b".\r\n":
            size += len(line)
            if not line or size > LARGEST * 2:
                return None
            lines.append(line[1:] if line.startswith(b".") else line)
        return b"".join(lines)

    def answer(self, reply: Reply) -> bool:
        if reply.raw is None and reply.drip is None:
            return self.say(reply.code, reply.words)
        self.wfile.write(reply.raw or b"")
        self.wfile.flush()
        if reply.drip:
            reply.drip(self.wfile)
        return False

    def rset(self, _rest: str) -> bool:
        self.envelope = _Envelope()
        return self.say(250, "2.0.0 forgotten")

    def noop(self, _rest: str) -> bool:
        return self.say(250, "2.0.0 ok")

    def quit(self, _rest: str) -> bool:
        self.say(221, "2.0.0 bye")
        return False

    verbs: dict[str, Callable[["Handler", str], bool]] = {
        "EHLO": ehlo,
        "HELO": ehlo,
        "STARTTLS": starttls,
        "AUTH": auth,
        "MAIL": mail,
        "RCPT": rcpt,
        "DATA": data,
        "RSET": rset,
        "NOOP": noop,
        "QUIT": quit,
    }


def plain(given: str) -> str:
    try:
        return base64.b64decode(given, validate=True).decode("utf-8", "replace")
    except binascii.Error:
        return ""
