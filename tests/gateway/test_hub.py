"""The hub tells every open screen that something changed, and only those that may know."""

import asyncio
import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from uuid import UUID, uuid4

import pytest

from aidline.gateway import hub as hubs
from aidline.gateway.changes import Change, Rows
from aidline.gateway.hub import Grant, Hub

Event = MutableMapping[str, Any]
HERE, ELSEWHERE = uuid4(), uuid4()


class Screen:
    """A browser with one open stream."""

    def __init__(self, hub: Hub, grant: Grant | None, last: int | None = None, slow: bool = False) -> None:
        self.status = 0
        self.body = b""
        self.ended = False
        self._left = asyncio.Event()
        self._read = asyncio.Event()
        if not slow:
            self._read.set()
        headers = [(b"last-event-id", str(last).encode())] if last is not None else []
        scope = {"type": "http", "path": "/live/desk", "headers": headers}
        self.task = asyncio.create_task(hub.serve(scope, self._receive, self._send, lambda _: grant))

    async def _receive(self) -> Event:
        await self._left.wait()
        return {"type": "http.disconnect"}

    async def _send(self, event: Event) -> None:
        if event["type"] == "http.response.start":
            self.status = event["status"]
            return
        if self.body:
            await self._read.wait()
        self.body += event.get("body", b"")
        if not event.get("more_body"):
            self.ended = True
            self._left.set()

    def reads(self) -> None:
        self._read.set()

    async def leaves(self) -> None:
        self._left.set()
        await self.task

    @property
    def kinds(self) -> list[str]:
        told = zip(self.lines, self.lines[1:], self.lines[2:], strict=False)
        changes = [json.loads(data[6:])["kind"] for event, _, data in told if event == "event: change"]
        return changes + ["resync"] * self.lines.count("event: resync")

    @property
    def lines(self) -> list[str]:
        return self.body.decode().splitlines()


def staff(*centres: UUID, staff_id: UUID | None = None, owner: str = "staff a") -> Grant:
    return Grant(owner=owner, topics=frozenset(centres), staff_id=staff_id)


def change(number: int, centre: UUID = HERE, kind: str = "message", **more: Any) -> Change:
    return Change(number, centre, more.get("conversation"), more.get("staff"), kind)


async def settle() -> None:
    for _ in range(50):
        await asyncio.sleep(0.002)


def play(story: Callable[[Hub], Awaitable[None]]) -> None:
    asyncio.run(_play(story))


async def _play(story: Callable[[Hub], Awaitable[None]]) -> None:
    hub = Hub()
    try:
        await asyncio.wait_for(story(hub), 20)
    finally:
        await hub.stop()


def test_a_change_reaches_the_screens_of_its_centre_and_no_other() -> None:
    async def story(hub: Hub) -> None:
        here, there = Screen(hub, staff(HERE)), Screen(hub, staff(ELSEWHERE))
        await settle()
        hub.spread([change(1), change(2, ELSEWHERE, "queue")])
        await settle()
        assert (here.kinds, there.kinds) == (["message"], ["queue"])

    play(story)


def test_a_hint_for_one_member_is_heard_by_that_member_only() -> None:
    async def story(hub: Hub) -> None:
        meant, colleague = uuid4(), uuid4()
        screens = [Screen(hub, staff(HERE, staff_id=who)) for who in (meant, colleague)]
        await settle()
        hub.spread([change(1, kind="mention", staff=meant)])
        await settle()
        assert [screen.kinds for screen in screens] == [["mention"], []]

    play(story)


def test_a_visitor_hears_of_their_conversation_without_any_id() -> None:
    async def story(hub: Hub) -> None:
        own = uuid4()
        visitor = Screen(hub, Grant("chat", frozenset({own}), kinds=frozenset({"message"})))
        await settle()
        hub.spread([change(1, conversation=own), change(2, conversation=own, kind="state"), change(3)])
        await settle()
        assert visitor.kinds == ["message"]
        assert str(own) not in visitor.body.decode()

    play(story)


def test_what_was_told_while_away_is_told_again_on_return() -> None:
    async def story(hub: Hub) -> None:
        hub.spread([change(number, HERE if number != 3 else ELSEWHERE) for number in range(1, 6)])
        back = Screen(hub, staff(HERE), last=2)
        await settle()
        assert [line for line in back.lines if line.startswith("id: ")] == ["id: 4", "id: 5"]

    play(story)


@pytest.mark.parametrize("last", [1, 900])
def test_who_was_away_for_too_long_is_told_to_fetch_everything(last: int) -> None:
    async def story(hub: Hub) -> None:
        hub.spread([change(number) for number in range(10, 20)])
        back = Screen(hub, staff(HERE), last=last)
        await settle()
        assert back.kinds == ["resync"]

    play(story)


def test_a_reader_that_does_not_keep_up_costs_a_bounded_queue_and_gets_a_resync() -> None:
    async def story(hub: Hub) -> None:
        slow = Screen(hub, staff(HERE), slow=True)
        await settle()
        hub.spread([change(0)])
        await settle()
        hub.spread([change(number) for number in range(1, 1000)])
        slow.reads()
        await settle()
        assert "resync" in slow.kinds
        assert len(slow.kinds) < 2 * hubs.LONGEST_QUEUE

    play(story)


def test_strangers_get_no_stream_and_do_not_learn_why() -> None:
    async def story(hub: Hub) -> None:
        stranger = Screen(hub, None)
        await stranger.task
        assert (stranger.status, stranger.body) == (404, b"")

    play(story)


def test_nobody_may_hold_more_streams_than_they_have_windows() -> None:
    async def story(hub: Hub) -> None:
        screens = [Screen(hub, staff(HERE)) for _ in range(hubs.PER_OWNER + 1)]
        await settle()
        assert sorted(screen.status for screen in screens) == [200] * hubs.PER_OWNER + [429]
        open_one = next(screen for screen in screens if screen.status == 200)
        await open_one.leaves()
        again = Screen(hub, staff(HERE))
        await settle()
        assert again.status == 200

    play(story)


def test_all_streams_end_properly_before_the_server_stops() -> None:
    async def story(hub: Hub) -> None:
        screens = [Screen(hub, staff(HERE, owner=f"staff {number}")) for number in range(50)]
        await settle()
        hub.end_streams()
        await asyncio.gather(*(screen.task for screen in screens))
        assert all(screen.ended for screen in screens)
        late = Screen(hub, staff(HERE))
        await late.task
        assert late.status == 503

    play(story)


def test_a_member_who_leaves_a_centre_hears_no_more_of_it() -> None:
    async def story(hub: Hub) -> None:
        screen = Screen(hub, staff(HERE))
        await settle()
        stream = next(iter(hub._streams))
        stream.authorise = lambda _: staff(ELSEWHERE)
        await hub._recheck(stream)
        hub.spread([change(1), change(2, ELSEWHERE, "queue")])
        await settle()
        assert screen.kinds == ["queue"]
        stream.authorise = lambda _: None
        await hub._recheck(stream)
        await screen.task
        assert screen.ended

    play(story)


def test_ids_that_are_committed_late_are_still_told() -> None:
    """PostgreSQL: 4 was given out before 5 and is committed after it."""
    table = {3: change(3), 5: change(5)}
    rows = Rows()
    rows._last = 2

    def fetch() -> list[Change]:
        wanted = [table[key] for key in sorted(table) if key > rows._last or key in rows._gaps]
        rows._remember([row.id for row in wanted])
        return wanted

    assert [row.id for row in fetch()] == [3, 5]
    table[4] = change(4)
    assert [row.id for row in fetch()] == [4]
    assert fetch() == []
