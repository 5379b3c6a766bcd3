"""Looking into a mailbox: a few mails at a time, none twice, none skipped, nothing changed there."""

import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from typing import Any

import pytest

from aidline.channels.contract import ChannelDown, Incoming, Polled, RetryLater
from aidline.channels.providers.email import Config, Email
from aidline.channels.wire import mail_lines, mailbox
from aidline.kernel import http
from aidline.simulator.mailhouse import imap
from aidline.simulator.mailhouse.memory import MemoryMail
from aidline.simulator.mailhouse.serving import imap_door, opened
from aidline.simulator.standalone import Memory, Orders
from payloads.email import CONFIG, OURS, plain, with_file
from payloads.kit import RECEIVED, WORDS


class House(MemoryMail):
    """What a test wants to go wrong: mails that are gone when they are asked for, another validity."""

    def __init__(self) -> None:
        super().__init__(Memory("", "", Orders({})))
        self.gone: set[int] = set()
        self.number = 1

    def validity(self, _owner: str) -> int:
        return self.number

    def entries(self, owner: str) -> Any:
        return [entry for entry in super().entries(owner) if entry.uid not in self.gone]

    def write(self, *texts: str) -> None:
        for text in texts:
            self.put(OURS, plain(text, Message_ID=f"<{text}@example.net>"))


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
def look(house: House) -> Iterator[Any]:
    door = imap_door(house)

    def looking(cursor: str = "", **config: str) -> Polled:
        with http.client(frozenset({f"127.0.0.1:{door.port}"})) as client:
            return Email(Config(**{**CONFIG, "imap_port": str(door.port), **config})).poll(client, cursor)

    with opened(door):
        yield looking


def texts(found: Polled) -> list[str]:
    return [said(body).text for body in found.bodies]


def said(body: bytes) -> Incoming:
    (event,) = Email(Config(**CONFIG)).parse(body, {}, RECEIVED)
    assert isinstance(event, Incoming)
    return event


def test_an_empty_mailbox_is_remembered_as_empty(house: House, look: Any) -> None:
    first = look()
    assert (first.bodies, first.more) == ((), False)
    house.write("a")
    assert texts(look(first.cursor)) == ["a"]


def test_a_few_at_a_time_until_all_are_there(
    house: House, look: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailbox, "AT_ONCE", 2)
    house.write("a", "b", "c", "d", "e")
    cursor, found = "", []
    for more in (True, True, False):
        polled = look(cursor)
        assert polled.more is more
        cursor, found = polled.cursor, [*found, *texts(polled)]
    assert found == ["a", "b", "c", "d", "e"]
    assert look(cursor).bodies == ()


def test_few_large_mails_at_a_time(house: House, look: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailbox, "AT_ONCE_BYTES", 10)
    house.write("a", "b")
    first = look()
    assert (texts(first), first.more) == (["a"], True)
    assert texts(look(first.cursor)) == ["b"]


def test_a_mail_that_is_too_large_comes_without_its_files(
    house: House, look: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailbox, "LARGEST", 5_000)
    monkeypatch.setattr(mailbox, "BEGINNING", 1_000)
    house.put(OURS, with_file("application/pdf", "large.pdf", b"x" * 9_000))
    (body,) = look().bodies
    assert len(body) < 1_100
    event = said(body)
    assert (event.text, event.media[0].ref, event.media[0].content) == (WORDS, "too-large-1", None)


def test_a_mail_that_was_deleted_meanwhile_holds_nothing_up(house: House, look: Any) -> None:
    house.write("a", "b", "c")
    house.gone = {2}
    polled = look()
    assert (texts(polled), polled.more) == (["a", "c"], False)
    house.gone = {1, 2, 3}
    house.write("d")
    assert texts(look(polled.cursor)) == ["d"]


def test_a_new_validity_is_read_from_the_day_before_the_last_look(house: House, look: Any) -> None:
    house.write("a")
    first = look()
    house.number = 9
    house.write("b")
    again = look(first.cursor)
    assert (texts(again), again.cursor.split(":")[0]) == (["a", "b"], "9")


def test_another_mailbox_with_the_same_validity_is_read_from_the_day_before(house: House, look: Any) -> None:
    house.write("a", "b")
    assert texts(look(look().cursor)) == []
    moved = look().cursor[:-1] + "x"
    assert texts(look(moved)) == ["a", "b"]


def test_an_unreadable_cursor_is_like_none() -> None:
    for cursor in ("", "x", "1:2", "1:x:2026-11-22", "::", "1:2:3"):
        assert mailbox.mark_of(cursor) == mailbox.Mark()
    assert mailbox.mark_of("1:2:2026-11-22") == mailbox.Mark(1, 2, date(2026, 11, 22))


def test_a_folder_that_is_not_there_shuts_the_channel(look: Any) -> None:
    with pytest.raises(ChannelDown, match="imap-folder"):
        look(imap_folder="Nowhere")


@pytest.mark.parametrize(
    ("folder", "written"),
    [("INBOX", "INBOX"), ("A & B", "A &- B"), ("Entwürfe", "Entw&APw-rfe"), ("台北", "&U,BTFw-")],
)
def test_folders_have_names_in_every_script(folder: str, written: str) -> None:
    """The last one is the example of RFC 3501."""
    assert mailbox._quoted(folder) == f'"{written}"'


def test_a_refused_fetch_is_no_empty_mail(house: House, look: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not read now must not count as read."""
    house.write("a")
    refuse = lambda self, tag, *_: self.say(f"{tag} NO try later")  # noqa: E731
    monkeypatch.setattr(imap.Handler, "fetch", refuse)
    with pytest.raises(RetryLater):
        look()


@pytest.mark.parametrize(
    "greeting", [b"", b"garbage\r\n", b"* BYE full\r\n", b"* OK x\r\n\xff\xfe\r\n", b"x" * 99_999]
)
def test_garbage_instead_of_imap_is_tried_again(
    house: House, look: Any, monkeypatch: pytest.MonkeyPatch, greeting: bytes
) -> None:
    monkeypatch.setattr(imap.Handler, "handle", lambda self: self.wfile.write(greeting))
    with pytest.raises(RetryLater):
        look()


def test_a_literal_larger_than_any_mail_is_not_read(
    house: House, look: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.write("a")
    monkeypatch.setattr(mail_lines, "LARGEST_LITERAL", 10)
    with pytest.raises(RetryLater):
        look()


def test_whoever_drips_is_left(house: House, look: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def drip(self: imap.Handler) -> None:
        for _ in range(40):
            self.wfile.write(b"* OK x\r\n"[:1])
            time.sleep(0.1)

    monkeypatch.setattr(mail_lines, "WHOLE_SECONDS", 0.5)
    monkeypatch.setattr(imap.Handler, "handle", drip)
    with pytest.raises(RetryLater):
        look()


# --- slow lines ------------------------------------------------------------------------------------------


def slow(monkeypatch: pytest.MonkeyPatch, *, kilobytes_a_second: float) -> None:
    """A whole look may take half a second."""
    real = imap.Handler.show

    def show(self: imap.Handler, place: int, entry: Any, what: str) -> None:
        if part := imap._PART.search(what):
            size = min(entry.size, int(part[2] or entry.size))
            time.sleep(size / 1000 / kilobytes_a_second)
        with suppress(OSError):
            real(self, place, entry, what)

    monkeypatch.setattr(mail_lines, "WHOLE_SECONDS", 0.5)
    monkeypatch.setattr(imap.Handler, "show", show)


def test_a_slow_line_brings_a_few_mails_a_look_and_all_in_the_end(
    house: House, look: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.write("a", "b", "c", "d", "e")
    slow(monkeypatch, kilobytes_a_second=2)
    cursor, found, looks = "", [], 0
    while len(found) < 5:
        polled = look(cursor)
        assert polled.bodies
        assert polled.more is (len(found) + len(polled.bodies) < 5)
        cursor, found, looks = polled.cursor, [*found, *texts(polled)], looks + 1
    assert (found, looks > 1) == (["a", "b", "c", "d", "e"], True)


def test_a_mail_too_large_for_the_line_comes_without_its_files_and_holds_up_nothing_for_good(
    house: House, look: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailbox, "BEGINNING", 1_000)
    house.write("a")
    house.put(OURS, with_file("application/pdf", "large.pdf", b"x" * 9_000))
    house.write("b")
    slow(monkeypatch, kilobytes_a_second=20)
    cursor, found = "", []
    for _ in range(4):
        polled = look(cursor)
        cursor, found = polled.cursor, [*found, texts(polled)]
    assert found == [["a"], [], [], [WORDS, "b"]]
    assert look(cursor).bodies == ()


def test_one_bad_moment_costs_no_file(house: House, look: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailbox, "BEGINNING", 1_000)
    house.put(OURS, with_file("application/pdf", "large.pdf", b"x" * 9_000))
    with monkeypatch.context() as patch:
        slow(patch, kilobytes_a_second=20)
        first = look()
    assert (first.bodies, first.more) == ((), False)
    (body,) = look(first.cursor).bodies
    assert said(body).media[0].content


def test_a_line_too_slow_for_anything_is_an_error(
    house: House, look: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.write("a")
    slow(monkeypatch, kilobytes_a_second=0.1)
    with pytest.raises(RetryLater):
        look()
