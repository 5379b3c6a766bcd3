"""Looking into a mailbox over IMAP (RFC 3501) without changing anything in it.

The cursor is `validity:uid:day:box`, and where a mail broke the look before, `:stuck:tries` after it. UIDs only
rise while UIDVALIDITY stays the same, and in one mailbox. When either
changes (a mailbox moved to another server, another folder was set) everything since the day of the last look is read
again: what is known already is recognised by its Message-ID, so nothing is lost and nothing comes twice.

A line may be too slow for a large mail: what was read before it breaks is kept, and a mail that breaks several looks
is taken without its files, or whoever sends one could shut the mailbox for good.
"""

import base64
import hashlib
import imaplib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from aidline.channels.contract import ChannelDown, Polled
from aidline.channels.wire.mail_reading import CUT

AT_ONCE = 20  # mails a look
AT_ONCE_BYTES = 30 * 1024 * 1024
LARGEST = 26 * 1024 * 1024  # larger ones are taken without their files
BEGINNING = 256 * 1024  # of a mail that is too large: its headers and texts
WHOLE_TRIES = 2  # looks that one mail may break before only its beginning is asked for
FIRST_LOOK = timedelta(days=1)  # how far back the first look goes; a mailbox may hold years

_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"
_UID = re.compile(rb"\bUID (\d+)", re.IGNORECASE)
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Mark:
    validity: int = 0
    uid: int = 0
    day: date | None = None
    box: str = ""
    stuck: int = 0  # the mail that broke the look before
    tries: int = 0  # and how often it did

    def __str__(self) -> str:
        usual = f"{self.validity}:{self.uid}:{self.day or ''}:{self.box}"
        return f"{usual}:{self.stuck}:{self.tries}" if self.stuck else usual

    def gives_up_on(self, uid: int) -> bool:
        return uid == self.stuck and self.tries >= WHOLE_TRIES


def mark_of(cursor: str) -> Mark:
    """An unreadable one is like none: the first look is repeated."""
    parts = cursor.split(":")
    try:
        uid, day, box = int(parts[1]), date.fromisoformat(parts[2]), "".join(parts[3:4])
        return Mark(int(parts[0]), uid, day, box, *map(int, parts[4:6]))
    except (ValueError, IndexError):
        return Mark()


def box_of(*names: str) -> str:
    """A short name of a mailbox: server, user and folder."""
    return hashlib.sha256("\n".join(names).encode("utf-8", "replace")).hexdigest()[:8]


def look(session: imaplib.IMAP4, folder: str, cursor: str, at: datetime, box: str = "") -> Polled:
    """The next mails, oldest first. Errors of imaplib are the caller's to translate."""
    before, validity = mark_of(cursor), opened(session, folder)
    same = (before.validity, before.box) == (validity, box)
    after = before.uid if same else 0
    since = (before.day or at.date()) - FIRST_LOOK
    # `n:*` always names the last mail, even one below n; `_uids` leaves it out.
    waiting = _uids(session, f"UID {after + 1}:*" if same else f"SINCE {_day(since)}", after)
    sizes = _sizes(session, waiting[:AT_ONCE])  # without those that were deleted meanwhile
    chosen = sizes[: _fitting(sizes)]
    bodies = _bodies(session, chosen, before if same else Mark())
    if chosen and not bodies:
        return _stuck(chosen[0][0], before, Mark(validity, day=before.day or at.date(), box=box))
    complete = len(bodies) == len(sizes)
    last = max(waiting[:AT_ONCE], default=after) if complete else chosen[len(bodies) - 1][0]
    more = any(uid > last for uid in waiting)
    if not same and not more:
        last = max(last, _highest(session))
    # The day of the last complete look is kept while more waits.
    mark = Mark(validity, last, (before.day or at.date()) if more else at.date(), box)
    return Polled(tuple(body for body in bodies if body), str(mark), more=more)


def _bodies(session: imaplib.IMAP4, chosen: Sequence[tuple[int, int]], before: Mark) -> list[bytes]:
    """As many as come before the line breaks. None at all where the first is so large that it may be the cause."""
    bodies: list[bytes] = []
    for uid, size in chosen:
        cut = size > LARGEST or before.gives_up_on(uid)
        try:
            bodies.append(_body(session, uid, size, cut=cut))
        except (imaplib.IMAP4.abort, OSError):
            if bodies or (size > BEGINNING and not cut):
                return bodies
            raise
    return bodies


def _stuck(uid: int, before: Mark, mark: Mark) -> Polled:
    """Looked for again after the usual pause: perhaps only the line was bad."""
    tries = before.tries + 1 if before.stuck == uid else 1
    return Polled((), str(replace(mark, uid=uid - 1, stuck=uid, tries=tries)))


def opened(session: imaplib.IMAP4, folder: str) -> int:
    """The folder's UIDVALIDITY. EXAMINE: nothing that follows can change a flag."""
    state, answer = session.select(_quoted(folder), readonly=True)
    if state != "OK":
        raise ChannelDown("imap-folder", words=_text(answer))
    return _told(session, "UIDVALIDITY") or 1


def _uids(session: imaplib.IMAP4, wanted: str, after: int) -> list[int]:
    answer = _asked(session, "SEARCH", wanted)
    found = {int(word) for line in _lines(answer) for word in line.split() if word.isdigit()}
    return sorted(uid for uid in found if uid > after)


def _highest(session: imaplib.IMAP4) -> int:
    """The last UID there was when the folder was opened: what is older than the first look stays out for good."""
    following = _told(session, "UIDNEXT")
    if following:
        return following - 1
    return max(_uids(session, "ALL", 0), default=0)


def _told(session: imaplib.IMAP4, name: str) -> int:
    """A number from the opening of the folder; 0 if it was not told."""
    found: list[object] = list(session.response(name)[1] or ())
    return int(found[0]) if found and isinstance(found[0], bytes) and found[0].isdigit() else 0


def _asked(session: imaplib.IMAP4, verb: str, *arguments: str) -> list[object]:
    """A refusal is an error: what is not read now must not count as read."""
    state, answer = session.uid(verb, *arguments)
    if state != "OK":
        raise session.error(verb)
    return list(answer)


def _day(day: date) -> str:
    """In English whatever the language of this machine."""
    return f"{day.day}-{_MONTHS.split()[day.month - 1]}-{day.year}"


def _sizes(session: imaplib.IMAP4, uids: Sequence[int]) -> list[tuple[int, int]]:
    if not uids:
        return []
    found = {}
    for line in _lines(_asked(session, "FETCH", ",".join(map(str, uids)), "(UID RFC822.SIZE)")):
        uid, size = _UID.search(line), _SIZE.search(line)
        if uid and size:
            found[int(uid[1])] = int(size[1])
    return [(uid, found[uid]) for uid in uids if uid in found]


def _fitting(sizes: list[tuple[int, int]]) -> int:
    """How many of them one look may bring, at least one."""
    whole = 0
    for count, (_uid, size) in enumerate(sizes):
        whole += min(size, LARGEST)
        if count and whole > AT_ONCE_BYTES:
            return count
    return len(sizes)


def _body(session: imaplib.IMAP4, uid: int, size: int, *, cut: bool) -> bytes:
    """PEEK leaves the mail unread for whoever else looks into the mailbox. Empty: it was deleted meanwhile."""
    part = f"<0.{BEGINNING}>" if cut else ""
    answer = _asked(session, "FETCH", str(uid), f"(UID BODY.PEEK[]{part})")
    body = next((item[1] for item in answer if isinstance(item, tuple) and len(item) > 1), b"")
    return f"{CUT}: {size}\r\n".encode() + body if part and body else bytes(body)


def _lines(answer: Sequence[object]) -> list[bytes]:
    return [
        item if isinstance(item, bytes) else item[0]
        for item in answer
        if isinstance(item, bytes | tuple) and item
    ]


def _quoted(folder: str) -> str:
    return '"' + _seven_bits(folder).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _seven_bits(folder: str) -> str:
    """Names of folders in other scripts, as RFC 3501 section 5.1.3 writes them."""
    return re.sub(r"[^\x20-\x7e]+|&", _shifted, folder)


def _shifted(found: re.Match[str]) -> str:
    if found[0] == "&":
        return "&-"
    packed = base64.b64encode(found[0].encode("utf-16-be", "replace")).decode()
    return f"&{packed.rstrip('=').replace('/', ',')}-"


def _text(answer: Sequence[object]) -> str:
    return b" ".join(item for item in answer if isinstance(item, bytes)).decode("utf-8", "replace")
