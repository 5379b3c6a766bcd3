"""What happens around the product: the database goes away, the disk fills up, a provider fails in every way."""

import asyncio
import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from time import monotonic

from aidline.simulator.lookalikes.shapes import Fault

from .cluster import Cluster
from .run import Run

During = Callable[[Run], Awaitable[None]]


class Unmet(AssertionError):
    """Something that had to be seen during the outage was not."""


# --- the database ----------------------------------------------------------------------------------------


def database_away(
    cluster: Cluster, seconds: float, *, frozen: bool = False, kill_web: bool = False
) -> During:
    """Stopped as in a crash, or frozen so that connections hang. Calls are answered from the spool meanwhile."""

    async def during(run: Run) -> None:
        await run.acked(0.2)
        await asyncio.to_thread(cluster.freeze if frozen else cluster.stop)
        if kill_web:
            await asyncio.to_thread(run.installation.kill, ("web",))
        before, begun = run.post.tally.acked, monotonic()
        await _watch(run, seconds)
        run.facts["acked during outage"] = run.post.tally.acked - before
        run.facts["spooled"] = spooled(run)
        _refuse_words_in_spool(run)
        await asyncio.to_thread(cluster.thaw if frozen else cluster.start)
        run.facts["outage s"] = round(monotonic() - begun, 1)
        if run.facts["acked during outage"] < run.size.pace * seconds * 0.25:
            raise Unmet(f"webhooks were not answered while the database was away: {run.facts}")

    return during


async def _watch(run: Run, seconds: float) -> None:
    until = monotonic() + seconds
    while monotonic() < until:
        await asyncio.to_thread(run.installation.start)
        await asyncio.sleep(0.1)


def spooled(run: Run) -> int:
    return len(list((run.installation.data / "spool").glob("*.delivery")))


def _refuse_words_in_spool(run: Run) -> None:
    """Nothing that was said can be read in any file of the spool."""
    words = [said.text.encode() for said in run.plan.said.values()]
    for path in (run.installation.data / "spool").rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        if any(word in content for word in words):
            raise Unmet(f"{path.name} holds what a person said")


# --- the disk --------------------------------------------------------------------------------------------


class NoSmallDisk(Exception):
    """Why a small file system cannot be made here."""


@contextlib.contextmanager
def small_disk(megabytes: int) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="aidline-disk-"))
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0777", "aidline-test", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        folder.rmdir()
        raise NoSmallDisk(done.stderr.strip() or "mount is not permitted")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False)
        shutil.rmtree(folder, ignore_errors=True)


def disk_full(disk: Path, seconds: float) -> During:
    """Filled to the last byte under load; then space returns, and nobody lifts a hand."""

    async def during(run: Run) -> None:
        await run.acked(0.2)
        ballast = disk / "ballast"
        fill(ballast)
        before = run.post.tally.unavailable
        until = monotonic() + seconds
        while monotonic() < until:
            fill(ballast)
            await asyncio.sleep(0.2)
        run.facts["answers 503 while full"] = run.post.tally.unavailable - before
        run.facts["acked when full"] = run.post.tally.acked
        ballast.unlink()
        if not run.facts["answers 503 while full"]:
            raise Unmet(f"a full disk was not noticed: {run.facts}")

    return during


def nowhere_to_write(cluster: Cluster, disk: Path, seconds: float) -> During:
    """The database is away and the spool's disk is full: calls are refused, and made again by the provider."""
    full = disk_full(disk, seconds)

    async def during(run: Run) -> None:
        await run.acked(0.2)
        await asyncio.to_thread(cluster.stop)
        await full(run)
        await asyncio.to_thread(cluster.start)

    return during


def fill(ballast: Path) -> None:
    """To the last byte that is to be had."""
    with ballast.open("ab", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            with contextlib.suppress(OSError):
                while file.write(b"x" * size) == size:
                    pass
        with contextlib.suppress(OSError):
            os.fsync(file.fileno())


# --- the providers ---------------------------------------------------------------------------------------


EACH = 12  # replies during each kind of trouble


def provider_trouble(each: float) -> During:
    """All that a provider does wrong, one after the other, while replies go out; then it is well again."""

    async def during(run: Run) -> None:
        provider = run.provider
        await run.acked(0.9)
        for fault, detail in ((Fault.GARBAGE, ""), (Fault.SLOW, "1500")):
            provider.trouble(fault, detail=detail)
            await _replies(run, each)
        provider.trouble()
        provider.hang_up = True
        await _replies(run, each)
        provider.hang_up = False
        for fault in (Fault.RATE_LIMIT, Fault.BROKEN):
            provider.trouble(fault)
            await _replies(run, each)
        provider.trouble()
        await provider.down()
        await _replies(run, each)
        await provider.up()

    return during


async def _replies(run: Run, seconds: float) -> None:
    """Notes whether the breaker of any channel opened meanwhile."""
    await asyncio.to_thread(run.installation.ask, "reply", count=EACH)
    until = monotonic() + seconds
    while monotonic() < until:
        opened = await asyncio.to_thread(_open_channels, run)
        run.facts["breaker open"] = max(opened, run.facts.get("breaker open", 0))
        await asyncio.sleep(0.2)


def _open_channels(run: Run) -> int:
    return sum(channel["open_until"] is not None for channel in run.installation.ask("channels"))
