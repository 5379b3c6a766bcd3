"""Looking into mailboxes (RFC 3501): signing in, one folder, finding by UID or day, fetching. Nothing is changed."""

import re
import shlex
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from socketserver import StreamRequestHandler
from typing import Protocol

from aidline.simulator.mailhouse.smtp import plain

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_PART = re.compile(r"BODY(?:\.PEEK)?\[\](?:<(\d+)\.(\d+)>)?", re.IGNORECASE)
_LONGEST_LINE = 65_536


@dataclass(frozen=True, slots=True)
class Entry:
    uid: int
    day: date
    size: int


class Postmaster(Protocol):
    """`mailbox` is whatever the postmaster calls it. Who does not exist may not sign in."""

    def mailbox(self, user: str, password: str) -> str | None: ...

    def validity(self, mailbox: str) -> int: ...

    def entries(self, mailbox: str) -> Sequence[Entry]: ...

    def mail(self, mailbox: str, uid: int) -> bytes | None: ...


class Handler(StreamRequestHandler):
    postmaster: Postmaster
    context: ssl.SSLContext | None = None
    timeout = 60

    def handle(self) -> None:
        self.mailbox: str | None = None
        self.say("* OK practice IMAP4rev1")
        with suppress(OSError):
            while (line := self.rfile.readline(_LONGEST_LINE)) and self.obey(line.decode("utf-8", "replace")):
                pass

    def obey(self, line: str) -> bool:
        """Whether the talk goes on."""
        tag, _, rest = line.strip().partition(" ")
        verb, _, rest = rest.partition(" ")
        act = self.verbs.get(verb.upper())
        if act is None:
            return self.say(f"{tag} BAD not known here")
        if self.mailbox is None and verb.upper() not in ("LOGIN", "AUTHENTICATE", *_ALWAYS):
            return self.say(f"{tag} NO sign in first")
        return act(self, tag, rest.strip())

    def say(self, *lines: str) -> bool:
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())
        self.wfile.flush()
        return True

    # --- the commands ------------------------------------------------------------------------------------

    def capability(self, tag: str, _rest: str) -> bool:
        offered = "STARTTLS" if self.context else "AUTH=PLAIN"
        return self.say(f"* CAPABILITY IMAP4rev1 {offered}", f"{tag} OK done")

    def starttls(self, tag: str, _rest: str) -> bool:
        if self.context is None:
            return self.say(f"{tag} BAD not offered")
        self.say(f"{tag} OK go on")
        self.connection = self.context.wrap_socket(self.connection, server_side=True)
        self.context = None
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb")
        return True

    def login(self, tag: str, rest: str) -> bool:
        user, password = ([*shlex.split(rest), "", ""])[:2]
        return self.enter(tag, user, password)

    def authenticate(self, tag: str, rest: str) -> bool:
        if rest.upper() != "PLAIN":
            return self.say(f"{tag} NO only PLAIN")
        self.say("+ ")
        _, user, password = (
            [*plain(self.rfile.readline(_LONGEST_LINE).decode().strip()).split("\0"), "", ""]
        )[:3]
        return self.enter(tag, user, password)

    def enter(self, tag: str, user: str, password: str) -> bool:
        self.mailbox = self.postmaster.mailbox(user, password)
        if self.mailbox is None:
            return self.say(f"{tag} NO [AUTHENTICATIONFAILED] wrong user or password")
        return self.say(f"{tag} OK signed in")

    def examine(self, tag: str, rest: str) -> bool:
        if rest.strip('"').upper() != "INBOX":
            return self.say(f"{tag} NO [NONEXISTENT] there is only INBOX")
        entries, validity = self.entries(), self.postmaster.validity(self.mailbox or "")
        following = max((entry.uid for entry in entries), default=0) + 1
        return self.say(
            f"* {len(entries)} EXISTS",
            f"* OK [UIDVALIDITY {validity}] those of today",
            f"* OK [UIDNEXT {following}] the next one",
            f"{tag} OK [READ-ONLY] opened",
        )

    def uid(self, tag: str, rest: str) -> bool:
        verb, _, rest = rest.partition(" ")
        if verb.upper() == "SEARCH":
            found = (str(entry.uid) for entry in _wanted(self.entries(), rest.upper().split()))
            return self.say(f"* SEARCH {' '.join(found)}".rstrip(), f"{tag} OK done")
        if verb.upper() == "FETCH":
            return self.fetch(tag, *rest.split(" ", 1))
        return self.say(f"{tag} BAD not known here")

    def fetch(self, tag: str, uids: str, what: str) -> bool:
        asked = {int(uid) for uid in uids.split(",") if uid.isdigit()}
        for place, entry in enumerate(self.entries(), 1):
            if entry.uid in asked:
                self.show(place, entry, what)
        return self.say(f"{tag} OK done")

    def show(self, place: int, entry: Entry, what: str) -> None:
        part = _PART.search(what)
        if part is None:
            self.say(f"* {place} FETCH (UID {entry.uid} RFC822.SIZE {entry.size})")
            return
        content = self.postmaster.mail(self.mailbox or "", entry.uid) or b""
        begin, mark = int(part[1] or 0), f"<{part[1]}>" if part[1] else ""
        content = content[begin : begin + int(part[2])] if part[2] else content
        self.wfile.write(f"* {place} FETCH (UID {entry.uid} BODY[]{mark} {{{len(content)}}}\r\n".encode())
        self.wfile.write(content + b")\r\n")

    def entries(self) -> Sequence[Entry]:
        return self.postmaster.entries(self.mailbox or "")

    def noop(self, tag: str, _rest: str) -> bool:
        return self.say(f"{tag} OK done")

    def logout(self, tag: str, _rest: str) -> bool:
        self.say("* BYE", f"{tag} OK bye")
        return False

    verbs: dict[str, Callable[["Handler", str, str], bool]] = {
        "CAPABILITY": capability,
        "STARTTLS": starttls,
        "LOGIN": login,
        "AUTHENTICATE": authenticate,
        "SELECT": examine,
        "EXAMINE": examine,
        "UID": uid,
        "NOOP": noop,
        "LOGOUT": logout,
    }


_ALWAYS = ("CAPABILITY", "STARTTLS", "NOOP", "LOGOUT")


def _wanted(entries: Sequence[Entry], words: list[str]) -> Iterator[Entry]:
    if words[:1] == ["UID"]:
        first = int(words[1].partition(":")[0])
        last = max((entry.uid for entry in entries), default=0)
        # As real servers do: a range up to * always holds the last mail.
        yield from (entry for entry in entries if entry.uid >= min(first, last))
    elif words[:1] == ["SINCE"]:
        day, month, year = words[1].split("-")
        since = date(int(year), _MONTHS.index(month.title()) + 1, int(day))
        yield from (entry for entry in entries if entry.day >= since)
    else:
        yield from entries
