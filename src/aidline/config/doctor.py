"""`aidline doctor`: proves in plain words that this installation can keep its promises, or says what to do.

Every check is a function that yields findings; an exception in one is a finding too and stops no other.
"""

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import islice
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Count

from aidline import vault
from aidline.audit import chain
from aidline.calls.queries import not_deleted
from aidline.centres.holidays import is_known
from aidline.centres.models import Centre, Organisation
from aidline.centres.timetables import special_days_end
from aidline.channels.models import Channel, Delivery
from aidline.config.environment import Environment
from aidline.config.sqlite_library import JOURNAL_MODE, VERSION
from aidline.desk.calls.lines import voice_of
from aidline.desk.calls.softphone import sdk_is_here
from aidline.gateway import spool
from aidline.jobs.models import Heartbeat, Job
from aidline.jobs.states import State
from aidline.kernel import speech
from aidline.kernel.clock import now
from aidline.kernel.ids import new_id
from aidline.vault import media

SKEW = timedelta(seconds=5)
ALIVE = timedelta(seconds=45)
OLD_DELIVERY = timedelta(minutes=2)
LITTLE_SPACE = 1024**3
OLDEST_POSTGRESQL = 140000
AUDIT_HEAD = "audit.head"


class Level(StrEnum):
    GOOD = "ok"
    NOTE = "note"
    BAD = "BAD"


@dataclass(frozen=True, slots=True)
class Finding:
    level: Level
    words: str


Check = Callable[[Environment], Iterator[Finding]]


def examine(environment: Environment) -> bool:
    """Prints all findings; true when at least one is bad, which is the exit code."""
    findings = [finding for check in CHECKS for finding in _findings(check, environment)]
    for finding in findings:
        print(f"{finding.level:>4}  {finding.words}")
    bad = sum(finding.level == Level.BAD for finding in findings)
    print("All is well." if not bad else f"{bad} to put right.")
    return bad > 0


def _findings(check: Check, environment: Environment) -> list[Finding]:
    try:
        return list(check(environment))
    except Exception as error:
        name = check.__name__.replace("_", " ")
        return [bad(f"The check of {name} could not be made: {type(error).__name__}. Is the database there?")]


def good(words: str) -> Finding:
    return Finding(Level.GOOD, words)


def note(words: str) -> Finding:
    return Finding(Level.NOTE, words)


def bad(words: str) -> Finding:
    return Finding(Level.BAD, words)


# --- the database ----------------------------------------------------------------------------------------


def database(_environment: Environment) -> Iterator[Finding]:
    yield from _sqlite() if connection.vendor == "sqlite" else _postgresql()


def _sqlite() -> Iterator[Finding]:
    version = ".".join(map(str, VERSION))
    if JOURNAL_MODE == "wal":
        yield good(f"SQLite {version}, free of the WAL-reset fault.")
    else:
        yield note(
            f"SQLite {version} has the WAL-reset fault: a slower rollback journal is used. Update SQLite."
        )
    expected = {"journal_mode": JOURNAL_MODE, "synchronous": 2, "secure_delete": 1, "foreign_keys": 1}
    yield from _in_force(expected, lambda name: _one(f"PRAGMA {name}"))
    answer = _one("PRAGMA quick_check(1)")
    yield (
        good("The database file is sound.")
        if answer == "ok"
        else bad("The database file is damaged: restore it.")
    )


def _postgresql() -> Iterator[Finding]:
    version = int(str(_one("SHOW server_version_num")))
    words = f"PostgreSQL {version // 10000}.{version % 10000}"
    yield good(f"{words}.") if version >= OLDEST_POSTGRESQL else bad(f"{words} is too old. Use 14 or newer.")
    expected = {"synchronous_commit": "on", "fsync": "on", "full_page_writes": "on"}
    yield from _in_force(expected, lambda name: _one(f"SHOW {name}"))


def _in_force(expected: Mapping[str, object], read: Callable[[str], object]) -> Iterator[Finding]:
    wrong = {name: found for name, value in expected.items() if (found := read(name)) != value}
    for name, found in wrong.items():
        yield bad(f"{name} is {found} and must be {expected[name]}: messages could be lost.")
    if not wrong:
        yield good("A commit is on disk before it is confirmed.")


def migrations(_environment: Environment) -> Iterator[Finding]:
    executor = MigrationExecutor(connection)
    missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if missing:
        yield bad(f"{missing} changes of the tables are missing. Run `aidline migrate`.")
    else:
        yield good("The tables are those of this version.")


def clocks(environment: Environment) -> Iterator[Finding]:
    yield from _skew("the database", _database_time())
    with tempfile.NamedTemporaryFile(dir=environment.data) as file:
        yield from _skew("the disk", datetime.fromtimestamp(Path(file.name).stat().st_mtime, UTC))
    if not 2026 <= datetime.now(UTC).year < 2100:
        yield bad("The clock of this machine is wrong. Set it, and keep it set with NTP.")


def _database_time() -> datetime:
    if connection.vendor == "sqlite":
        seconds = _one("SELECT (julianday('now') - 2440587.5) * 86400.0")
    else:
        seconds = _one("SELECT extract(epoch FROM clock_timestamp())")
    return datetime.fromtimestamp(float(str(seconds)), UTC)


def _skew(whose: str, at: datetime) -> Iterator[Finding]:
    skew = abs(datetime.now(UTC) - at)
    if skew > SKEW:
        yield bad(f"The clock of {whose} is {skew.total_seconds():.0f} seconds off. Set both with NTP.")
    else:
        yield good(f"The clock of {whose} agrees with ours.")


# --- keys and files --------------------------------------------------------------------------------------


def keys(environment: Environment) -> Iterator[Finding]:
    try:
        root = vault.check_root()
    except vault.VaultError as error:
        yield bad(str(error))
        return
    yield good(f"The root key opens this database (fingerprint {str(root)[:8]}).")
    if environment.root_key_file:
        yield good("The root key is a private file outside the data folder.")
    yield good(f"Keys of the organisation and its centres that can be opened: {vault.warm()}.")


def folders(environment: Environment) -> Iterator[Finding]:
    for name, folder in (("data", environment.data), ("spool", environment.spool)):
        yield from _writable(name, folder)
    free = os.statvfs(environment.data)
    space = free.f_bavail * free.f_frsize
    words = f"{space // 2**20} MB are free on the disk."
    yield bad(f"Only {words} Make room.") if space < LITTLE_SPACE else good(words)


def _writable(name: str, folder: Path) -> Iterator[Finding]:
    try:
        with tempfile.NamedTemporaryFile(dir=folder) as file:
            os.fsync(file.fileno())
    except OSError as error:
        yield bad(f"The {name} folder cannot be written ({error.strerror}).")
        return
    if folder.stat().st_mode & 0o077:
        yield bad(f"Others may look into the {name} folder. Run: chmod 0700 {folder}")
    else:
        yield good(f"The {name} folder can be written, by us only.")


def media_store(_environment: Environment) -> Iterator[Finding]:
    organisation = Organisation.objects.first()
    if organisation is None:
        return
    try:
        _write_and_read(organisation.pk)
    except Exception as error:
        yield bad(f"The media store cannot be written ({type(error).__name__}). See AIDLINE_MEDIA.")
    else:
        yield good("The media store can be written and read.")


def _write_and_read(scope: UUID) -> None:
    probe = new_id()
    media.put(b"doctor", key=scope, scope=scope, media=probe)
    try:
        if media.read(probe, scope=scope) != b"doctor":
            raise OSError
    finally:
        media.delete(probe)


def voices(_environment: Environment) -> Iterator[Finding]:
    try:
        speech.read("Aidline", "en")
    except speech.NoSpeech:
        yield bad("Callers hear a tone where nobody recorded the words: install espeakng-loader.")
    else:
        yield good("Words that nobody recorded are spoken to callers.")


def address(environment: Environment) -> Iterator[Finding]:
    host = urlsplit(environment.public_url).hostname
    if not environment.https and host not in ("127.0.0.1", "localhost", "::1"):
        yield bad("AIDLINE_PUBLIC_URL is not https: anybody on the way can read along.")
    if environment.practice:
        yield note("Practice is on: the simulator is open to everybody who reaches this address.")


# --- what is going on ------------------------------------------------------------------------------------


def workers(_environment: Environment) -> Iterator[Finding]:
    latest = Heartbeat.objects.filter(name__startswith="worker").order_by("-at").first()
    if latest is None:
        yield bad("No worker has ever run. Start `aidline run` or `aidline worker`.")
    elif (age := now() - latest.at) > ALIVE:
        yield bad(
            f"No worker since {_ago(age)}: messages are kept, but nobody sees them. Start `aidline worker`."
        )
    else:
        yield good(f"A worker was alive {_ago(age)} ago.")


def waiting(_environment: Environment) -> Iterator[Finding]:
    in_spool = spool.waiting()
    yield note(f"{in_spool} deliveries wait in the spool.") if in_spool else good("The spool is empty.")
    old = Delivery.objects.filter(state=Delivery.State.PENDING, received_at__lt=now() - OLD_DELIVERY).count()
    if old:
        yield bad(f"{old} deliveries have waited for more than two minutes.")
    aside = Delivery.objects.filter(state=Delivery.State.QUARANTINED).count()
    if aside:
        yield bad(
            f"{aside} deliveries were not understood and were set aside. See the health page of the centre."
        )
    dead = Job.objects.filter(state=State.DEAD)
    for kind, count in dead.values_list("kind").annotate(count=Count("pk")):
        yield bad(f"{count} jobs of kind {kind} were given up.")


def channels(_environment: Environment) -> Iterator[Finding]:
    if not Organisation.objects.exists():
        yield bad("There is no organisation yet. Run `aidline init`.")
    for channel in Channel.objects.select_related("centre").order_by("centre__name", "name"):
        yield _channel(channel)


def special_days(_environment: Environment) -> Iterator[Finding]:
    """A centre that forgets next year's holidays tells people that somebody is there."""
    for centre in Centre.objects.order_by("name"):
        if not is_known(centre.holidays) and centre.holidays:
            yield bad(
                f"{centre.name}: holidays of {centre.holidays} are not known any more. See Setup, Hours."
            )
        if end := special_days_end(centre):
            yield note(f"{centre.name}: the special days and holidays that are known end on {end}.")


def _channel(channel: Channel) -> Finding:
    words = f"{channel.centre.name}, {channel.name} ({channel.provider}): {_traffic(channel)}"
    if not channel.is_open:
        return note(f"{words} It is closed.")
    if channel.error_code:
        return bad(f"{words} Its provider refuses: {channel.error_code}.")
    if channel.silent_since:
        return bad(f"{words} It has been silent for unusually long. Check the webhook at the provider.")
    return good(words)


def _traffic(channel: Channel) -> str:
    if channel.last_in_at is None:
        return "nothing has come in yet."
    return f"last message in {_ago(now() - channel.last_in_at)} ago."


def telephones(environment: Environment) -> Iterator[Finding]:
    """What the browser's telephone needs from elsewhere; nothing for practice, whose telephone is our own."""
    rows = Channel.objects.filter(is_open=True, config_sealed__isnull=False).select_related("centre")
    drivers = {voice.softphone for voice in map(voice_of, rows) if voice}
    if "twilio" not in drivers or environment.practice:
        return
    if sdk_is_here():
        yield good("The part of the telephone that comes from Twilio is installed.")
    else:
        yield bad(
            "Agents cannot talk on Twilio lines: its library is not installed. "
            "Run: python tools/fetch_voice_sdk.py, then start again."
        )


def recordings(_environment: Environment) -> Iterator[Finding]:
    """A voice of somebody that lies where it should not lie any more."""
    for centre in Centre.objects.order_by("name"):
        if count := not_deleted(centre):
            yield note(
                f"{centre.name}: {count} recordings still lie at the provider. We try to delete them every hour; "
                "what stays is to be deleted in the provider's own pages."
            )


def audit(environment: Environment) -> Iterator[Finding]:
    """The end of the chain is kept in a file beside the database, so that what is cut off there is missed, too."""
    if not chain.is_guarded():
        yield bad(
            "The triggers that keep the audit log from being changed are missing. Run `aidline migrate`."
        )
    kept = environment.data / AUDIT_HEAD
    faults = list(islice(chain.verify(_read_head(kept)), 10))
    for fault in faults:
        yield bad(f"{_AUDIT_WORDS[fault.kind]} (place {fault.position}, entry {fault.entry}).")
    head = chain.head()
    if head and not faults:
        _write_head(kept, head)
        yield good(f"The audit log is whole: {head.position} entries, and it ends with {head.digest}.")


_AUDIT_WORDS = {
    "changed": "An entry of the audit log was changed after it was written",
    "gone": "An entry of the audit log was deleted",
    "gap": "A piece of the chain over the audit log is missing",
    "late": "An entry was put into the audit log long after the time that it tells of",
    "unlinked": "Entries of the audit log have no place in its chain yet: is a worker running?",
}


def _read_head(kept: Path) -> chain.Head | None:
    if not kept.exists():
        return None
    position, digest = kept.read_text().split()
    return chain.Head(int(position), digest)


def _write_head(kept: Path, head: chain.Head) -> None:
    fresh = kept.with_suffix(".new")
    fresh.write_text(f"{head.position} {head.digest}\n")
    fresh.replace(kept)


def _ago(age: timedelta) -> str:
    seconds = int(age.total_seconds())
    for size, unit in ((86400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} seconds"


def _one(sql: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


CHECKS: tuple[Check, ...] = (
    database,
    migrations,
    clocks,
    keys,
    folders,
    media_store,
    voices,
    address,
    workers,
    waiting,
    channels,
    special_days,
    telephones,
    recordings,
    audit,
)
