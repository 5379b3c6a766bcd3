"""Nothing that a person or a colleague has written can be read anywhere at rest.

Some hundred marked values go through every form and every kind of webhook; then every byte of the database, its
journal, the media, the spool, the logs and a backup is searched for them, in all the ways bytes are written down.
"""

import asyncio
import base64
import gzip
import subprocess
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aidline.channels.registry import PROVIDERS
from canary import calling, searching
from canary.marks import PLAIN_WORD, WORD, Marks
from faults import posting, voices
from faults.cluster import Cluster, programs
from faults.installation import Installation
from faults.plan import raw_request
from faults.setting import database_of_tests, server

pytestmark = [pytest.mark.faults, pytest.mark.slow]

ENOUGH = 200


class Swept:
    """One installation that has seen everything, and where its bytes lie."""

    def __init__(self, made: Installation, url: str, cluster: Cluster | None) -> None:
        self.made, self.url, self.cluster = made, url, cluster
        self.marks = Marks()
        self.forms: dict[str, Any] = {}
        self.answers: dict[str, list[int]] = {}

    def fill(self) -> None:
        self.made.configs = {**voices.configs(self.made.provider_url), "email": calling.MAIL}
        lines = self.made.prepare(others=self.made.configs)
        self.made.start()
        self.made.wait_ready()
        asyncio.run(self._call(lines))
        self.forms = self.made.ask("fill_forms")
        self._settle()

    async def _call(self, lines: dict[str, Any]) -> None:
        connection = await posting.connect(self.made.port)
        others = {name: config for name, config in self.made.configs.items() if name != "email"}
        for line, post in [*calling.posts(lines, {}, self.marks), *calling.posts(lines, others, self.marks)]:
            if connection is None or not connection.open:
                connection = await posting.connect(self.made.port)
            assert connection
            status = await connection.call(raw_request(line.path, post))
            self.answers.setdefault(line.provider, []).append(status)

    def _settle(self) -> None:
        for _ in range(100):
            if not self.made.ask("readable")["pending"]:
                break
            time.sleep(0.2)
        time.sleep(2)  # jobs that fetch files, and replies that fail

    @property
    def folders(self) -> list[Path]:
        found = [self.made.data, *self.made.folder.glob("*.log"), *self.made.folder.glob("backup*")]
        return [*found, *([self.cluster.folder] if self.cluster else [])]

    def back_up(self) -> None:
        target = self.made.folder / "backup"
        if not self.cluster:
            self.made.ask("back_up", path=str(target))
            return
        for kind in ("plain", "custom"):
            dump = [str(_program("pg_dump")), "-F", kind, "-d", self.url, "-f", f"{target}.{kind}"]
            subprocess.run(dump, check=True, capture_output=True)


def _program(name: str) -> Path:
    folder = programs()
    assert folder
    return folder / name


@pytest.fixture(scope="module")
def swept() -> Iterator[Swept]:
    with server(database_of_tests()) as (cluster, url):
        made = Installation(database_url=url, provider_url="http://127.0.0.1:1", inside="tests.canary.inside")
        try:
            sweep = Swept(made, url, cluster)
            sweep.fill()
            yield sweep
        finally:
            made.close()


def test_every_kind_of_webhook_and_every_form_took_marked_values(swept: Swept) -> None:
    assert len(swept.marks.written) + len(swept.forms["written"]) >= ENOUGH
    answers = [status for told in swept.answers.values() for status in told]
    assert max(answers) < 500
    taken = {name: sum(status < 300 for status in told) for name, told in swept.answers.items()}
    assert set(taken) == set(PROVIDERS)
    assert min(taken.values()) >= 2, taken
    assert sum(taken.values()) > 240, taken
    readable = swept.made.ask("readable")
    assert readable["messages"] > 20
    assert readable["translations"] > 0
    assert readable["calls"] > 3
    assert readable["answers"] > 0
    broken = {route: found for route, found in swept.forms["sent"].items() if max(found) >= 500}
    assert broken == {}


def test_every_role_filled_its_own_forms(swept: Swept) -> None:
    """Nobody was signed out by what others sent before them."""
    assert swept.forms["turned_away"] == []
    marked = swept.forms["marked"]
    wanted = {"agent": 12, "supervisor": 12, "centre_admin": 18, "organisation_admin": 7, "translator": 2}
    too_few = [who for who, least in wanted.items() if len(marked.get(who, ())) < least]
    assert too_few == [], marked


def test_no_byte_at_rest_says_any_of_them(swept: Swept) -> None:
    swept.made.ask("put_in_spool", words=swept.marks.text("spool"))
    swept.back_up()
    running = searching.search(swept.folders)
    assert running == [], _shown(running, swept)
    swept.made.stop()
    stopped = searching.search(swept.folders)
    assert stopped == [], _shown(stopped, swept)


def _shown(findings: list[searching.Finding], swept: Swept) -> str:
    """The findings, with the field in which each value was written."""
    written = {**swept.marks.written, **swept.forms["written"]}
    lines = []
    for finding in findings[:60]:
        origin = next((where for mark, where in written.items() if mark.split()[0] in finding), "?")
        lines.append(f"[{origin}] {finding}")
    return "\n".join(lines)


@pytest.mark.parametrize("where", ["column", "log", "spool", "packed"])
def test_a_planted_leak_is_found(swept: Swept, where: str, tmp_path: Path) -> None:
    if where == "column":
        swept.made.ask("plant", words=WORD)
        assert searching.search(swept.folders)
        swept.made.ask("plant", words="")
        return
    leak = {
        "log": f'{{"event": "{WORD}"}}'.encode(),
        "spool": base64.b64encode(b"x" + WORD.encode() + b"y"),
        "packed": b"head" + gzip.compress(PLAIN_WORD.encode() * 3) + b"tail",
    }[where]
    (tmp_path / "leak").write_bytes(leak)
    assert searching.search([tmp_path])


@pytest.mark.parametrize("word", [WORD, PLAIN_WORD])
@pytest.mark.parametrize(
    "written",
    [
        str.encode,
        lambda word: word.encode("utf-16-le"),
        lambda word: word.encode("utf-16-be"),
        lambda word: base64.b64encode(b"a" + word.encode() + b"bc"),
        lambda word: base64.b64encode(b"ab" + word.encode() + b"c"),
        lambda word: word.encode().hex().encode(),
        lambda word: gzip.compress(word.encode()),
        lambda word: zlib.compress(b"before " + word.encode()),
    ],
)
def test_every_way_of_writing_is_seen(word: str, written: Any) -> None:
    assert searching.search_bytes(b"\x00\xffbefore " + written(word) + b" after")
    assert searching.search_bytes(b"\x00\xffbefore after") == []
