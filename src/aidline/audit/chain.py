"""The chain over all audit entries: who changes, removes, slips in or reorders one afterwards is found out.

Entries are written by many at once and never wait for each other; a duty of the worker links what has been committed
since, in one row per entry. The digest is keyed with a key that only the vault can open, so that somebody who holds
the database alone cannot build the chain anew. Both tables are guarded by triggers; the chain tells of whoever takes
these away.

Nothing that is erased or runs out stands in an entry (names of fields, never values; reasons are sealed), so that
neither erasing a person nor any retention may ever touch one.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from aidline import vault
from aidline.audit.models import Entry, Link
from aidline.kernel.clock import now
from aidline.vault import NoKey

KEY = UUID("61756469-7420-8368-a169-6e0000000001")  # the scope of the chain's own key
BITE = 2000
IN_FLIGHT = 20_000  # ids that may still be on their way to a commit while later ones are linked
ENTRY_COLUMNS = (
    *("id", "at", "centre_id", "actor_id", "action"),
    *("object_type", "object_id", "fields", "reason_sealed"),
)

# A transaction is shorter than this; what is told later than its neighbours by more was slipped in.
LATE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Fault:
    """`kind`: changed, gone (the entry), gap (in the chain), late, unlinked."""

    kind: str
    position: int | None
    entry: int | None


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain. Written down elsewhere, it tells when entries are cut off the end."""

    position: int
    digest: str


# --- growing ----------------------------------------------------------------------------------------------


def extend() -> int:
    """Links what was committed lately; how many."""
    last = Link.objects.order_by("-entry_id").values_list("entry_id", flat=True).first() or 0
    return _extend(since=last - IN_FLIGHT)


def extend_all() -> int:
    """The same over all entries: for one that was on its way for unusually long."""
    return _extend(since=0)


def _extend(since: int) -> int:
    _ensure_key()
    total = 0
    while ids := _bite(since):
        total, since = total + len(ids), ids[-1]
        if len(ids) < BITE:
            break
    return total


def _bite(since: int) -> list[int]:
    """Two workers that take the same position: the second finds it taken, and comes again."""
    try:
        with transaction.atomic():
            rows = list(_unlinked(since).values_list(*ENTRY_COLUMNS)[:BITE])
            Link.objects.bulk_create(_links(_head(), rows))
            return [row[0] for row in rows]
    except IntegrityError:
        return []


def _unlinked(since: int) -> Any:
    return Entry.objects.filter(id__gt=since, link=None).order_by("id")


def _links(after: Head, rows: Iterable[tuple[Any, ...]]) -> Iterator[Link]:
    position, digest = after.position, bytes.fromhex(after.digest)
    for row in rows:
        position, digest = position + 1, _digest(digest, row)
        yield Link(position=position, entry_id=row[0], digest=digest)


def head() -> Head | None:
    found = _head()
    return found if found.position else None


def _head() -> Head:
    last = Link.objects.order_by("-position").values_list("position", "digest").first()
    return Head(last[0], bytes(last[1]).hex()) if last else Head(0, "")


# --- examining --------------------------------------------------------------------------------------------


def verify(known: Head | None = None) -> Iterator[Fault]:
    """All that is wrong, from the first entry to the last; `known` is an end that was written down earlier."""
    yield from _walk()
    if (
        known
        and not Link.objects.filter(position=known.position, digest=bytes.fromhex(known.digest)).exists()
    ):
        yield Fault("gap", known.position, None)
    for entry in _unlinked(0).filter(at__lt=now() - LATE).values_list("id", flat=True).iterator():
        yield Fault("unlinked", None, entry)


def _walk() -> Iterator[Fault]:
    position, digest, latest = 0, b"", datetime.fromtimestamp(0, UTC)
    for link in _chain():
        place, stored, entry, row = link[0], bytes(link[1]), link[2], link[3:]
        if place != position + 1:
            yield Fault("gap", position + 1, None)
        if row[0] is None:
            yield Fault("gone", place, entry)
        elif place == position + 1 and _digest(digest, row) != stored:
            yield Fault("changed", place, entry)
        elif row[1] < latest - LATE:
            yield Fault("late", place, entry)
        latest = max(latest, row[1] or latest)
        position, digest = place, stored


def _chain() -> Iterator[tuple[Any, ...]]:
    columns = [f"entry__{column}" for column in ENTRY_COLUMNS]
    rows = Link.objects.order_by("position").values_list("position", "digest", "entry_id", *columns)
    return rows.iterator(chunk_size=BITE)


def is_guarded() -> bool:
    """The triggers that refuse to change or remove a row are there."""
    with connection.cursor() as cursor:
        cursor.execute(_TRIGGERS[connection.vendor])
        return bool(cursor.fetchone()[0] == len(GUARDS))


GUARDS = (
    *("audit_entry_unchanged", "audit_entry_undeleted"),
    *("audit_link_unchanged", "audit_link_undeleted"),
)
_NAMES = ", ".join(f"'{name}'" for name in GUARDS)
_TRIGGERS = {
    "sqlite": f"SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name IN ({_NAMES})",  # noqa: S608
    "postgresql": f"SELECT count(*) FROM pg_trigger WHERE tgenabled = 'O' AND tgname IN ({_NAMES})",  # noqa: S608
}


# --- digests ----------------------------------------------------------------------------------------------


def _digest(before: bytes, row: tuple[Any, ...]) -> bytes:
    return vault.blind_index(f"{before.hex()} {_told(row)}", scope=KEY, purpose="audit chain")


def _ensure_key() -> None:
    try:
        vault.blind_index("", scope=KEY, purpose="audit chain")
    except NoKey:
        vault.new_scope_key(KEY)


def _told(row: tuple[Any, ...]) -> str:
    """All columns in one way of writing that both databases agree on."""
    return json.dumps([_plain(value) for value in row], separators=(",", ":"))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    return str(value) if isinstance(value, UUID) else value
