"""Files are sealed at rest, whole or refused, and gone when deleted; in a folder and in a bucket alike."""

import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from aidline import vault
from aidline.kernel.ids import new_id
from aidline.vault import chunks, media
from aidline.vault.stores import store_at
from vault.bucket import bucket

CHUNK = 1024
SIZES = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 5 * CHUNK + 7]


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "CHUNK", CHUNK)


@pytest.fixture(params=["folder", "bucket"])
def store(
    request: pytest.FixtureRequest, settings: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> Iterator[SimpleNamespace]:
    """`all()` gives what lies there by name; `put(name, content)` changes it behind our back."""
    if request.param == "folder":
        yield _folder(Path(settings.AIDLINE_MEDIA))
        return
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "fictional")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "fictional")
    with bucket() as (endpoint, objects):
        settings.AIDLINE_MEDIA = f"s3://media/centre?endpoint={endpoint}&region=eu-west-1"
        yield SimpleNamespace(all=lambda: dict(objects), put=objects.__setitem__)
        store_at.cache_clear()


def _folder(folder: Path) -> SimpleNamespace:
    def everything() -> dict[str, bytes]:
        return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    return SimpleNamespace(all=everything, put=lambda name, content: Path(name).write_bytes(content))


def keep(content: bytes, centre: UUID, person: UUID, file: UUID | None = None) -> UUID:
    file = file or new_id()
    assert media.put(content, key=person, scope=centre, media=file) == len(content)
    return file


def change(store: SimpleNamespace, how: Callable[[bytes], bytes]) -> None:
    [(name, content)] = store.all().items()
    store.put(name, how(content))


@pytest.mark.parametrize("size", SIZES)
def test_a_file_comes_back_as_it_was(store: SimpleNamespace, centre: UUID, person: UUID, size: int) -> None:
    content = os.urandom(size)
    file = keep(content, centre, person)
    vault.clear()

    assert media.read(file, scope=centre) == content
    assert all(len(piece) <= CHUNK for piece in media.stream(file, scope=centre))


def test_what_lies_there_is_sealed_and_named_by_its_id(
    store: SimpleNamespace, centre: UUID, person: UUID
) -> None:
    file = keep(b"a photo of a passport " * 500, centre, person)

    [(name, content)] = store.all().items()
    assert b"passport" not in content
    assert name.endswith(f"/{file.hex[-2:]}/{file.hex}")


def test_streams_and_iterators_are_taken_as_well(store: SimpleNamespace, centre: UUID, person: UUID) -> None:
    content = os.urandom(3 * CHUNK + 5)
    for source in (io.BytesIO(content), (content[at : at + 100] for at in range(0, len(content), 100))):
        file = new_id()
        assert media.put(source, key=person, scope=centre, media=file) == len(content)
        assert media.read(file, scope=centre) == content


def test_an_upload_that_breaks_off_leaves_nothing(store: SimpleNamespace, centre: UUID, person: UUID) -> None:
    def broken() -> Iterator[bytes]:
        yield b"x" * 3 * CHUNK
        raise ConnectionResetError

    file = new_id()
    with pytest.raises(ConnectionResetError):
        media.put(broken(), key=person, scope=centre, media=file)
    assert store.all() == {}
    assert not media.exists(file)


def test_a_deleted_file_is_gone_and_deleting_twice_is_no_error(
    store: SimpleNamespace, centre: UUID, person: UUID
) -> None:
    file = keep(b"x", centre, person)
    assert media.exists(file)
    media.delete(file)
    media.delete(file)

    assert store.all() == {}
    assert not media.exists(file)
    with pytest.raises(vault.MediaMissing):
        media.read(file, scope=centre)


# --- tampering ---

HEADER, SEALED = chunks._HEADER, CHUNK + chunks.TAG


def swapped(content: bytes) -> bytes:
    first, second = content[HEADER : HEADER + SEALED], content[HEADER + SEALED : HEADER + 2 * SEALED]
    return content[:HEADER] + second + first + content[HEADER + 2 * SEALED :]


TAMPERINGS: dict[str, Callable[[bytes], bytes]] = {
    "emptied": lambda content: b"",
    "header only": lambda content: content[:HEADER],
    "cut by a byte": lambda content: content[:-1],
    "cut by a chunk": lambda content: content[: HEADER + 2 * SEALED],
    "cut to one chunk": lambda content: content[: HEADER + SEALED],
    "a byte added": lambda content: content + b"\0",
    "a chunk added": lambda content: content + content[HEADER : HEADER + SEALED],
    "last chunk doubled": lambda content: content + content[HEADER + 2 * SEALED :],
    "first chunk dropped": lambda content: content[:HEADER] + content[HEADER + SEALED :],
    "middle chunk dropped": lambda content: content[: HEADER + SEALED] + content[HEADER + 2 * SEALED :],
    "chunks swapped": swapped,
    "format changed": lambda content: b"\x01" + content[1:],
}


def accepted(store: SimpleNamespace, centre: UUID, person: UUID, size: int) -> list[str]:
    file = keep(os.urandom(size), centre, person)
    [(name, content)] = store.all().items()
    result = []
    for tampering, how in TAMPERINGS.items():
        store.put(name, how(content))
        try:
            media.read(file, scope=centre)
        except vault.Tampered:
            continue
        result.append(tampering)
    return result


@pytest.mark.parametrize("size", [3 * CHUNK, 2 * CHUNK + 10])
def test_a_cut_extended_or_reordered_file_is_refused(
    store: SimpleNamespace, centre: UUID, person: UUID, size: int
) -> None:
    assert accepted(store, centre, person, size) == []


FORGOTTEN: dict[str, tuple[Callable[..., bytes], str]] = {
    "the last mark and the length": (lambda number, last, end: number.to_bytes(8), "cut by a chunk"),
    "the number": (lambda number, last, end: bytes([last]), "chunks swapped"),
}


@pytest.mark.parametrize("what", FORGOTTEN)
@pytest.mark.parametrize("store", ["folder"], indirect=True)
def test_the_check_above_catches_a_chunk_that_does_not_bind_in(
    what: str, store: SimpleNamespace, centre: UUID, person: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    position, noticed = FORGOTTEN[what]
    monkeypatch.setattr(chunks, "_position", position)
    monkeypatch.setattr(chunks, "_nonce", lambda number: bytes(12))

    assert noticed in accepted(store, centre, person, 3 * CHUNK)


@pytest.mark.parametrize("store", ["folder"], indirect=True)
def test_any_flipped_bit_is_refused(store: SimpleNamespace, centre: UUID, person: UUID) -> None:
    file = keep(os.urandom(60), centre, person)
    [(name, content)] = store.all().items()
    for bit in range(len(content) * 8):
        changed = bytearray(content)
        changed[bit // 8] ^= 1 << bit % 8
        store.put(name, bytes(changed))
        with pytest.raises(vault.Tampered):
            media.read(file, scope=centre)


def test_a_file_under_another_name_or_centre_is_refused(
    store: SimpleNamespace, centre: UUID, person: UUID
) -> None:
    one, other, elsewhere = keep(b"one", centre, person), keep(b"other", centre, person), new_id()
    vault.new_scope_key(elsewhere)
    contents = {name.rpartition("/")[2]: (name, content) for name, content in store.all().items()}
    store.put(contents[one.hex][0], contents[other.hex][1])

    with pytest.raises(vault.Tampered):
        media.read(one, scope=centre)
    with pytest.raises(vault.Tampered):
        media.read(other, scope=elsewhere)


def test_chunks_of_two_files_do_not_mix(store: SimpleNamespace, centre: UUID, person: UUID) -> None:
    one, other = (keep(os.urandom(2 * CHUNK), centre, person) for _ in range(2))
    contents = {name.rpartition("/")[2]: (name, content) for name, content in store.all().items()}
    name, content = contents[one.hex]
    store.put(name, content[: HEADER + SEALED] + contents[other.hex][1][HEADER + SEALED :])

    with pytest.raises(vault.Tampered):
        media.read(one, scope=centre)


def test_an_erased_persons_file_is_unreadable(store: SimpleNamespace, centre: UUID, person: UUID) -> None:
    file = keep(b"x", centre, person)
    vault.destroy_person_key(person)

    with pytest.raises(vault.KeyGone):
        media.read(file, scope=centre)


@hypothesis_settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(pieces=st.lists(st.binary(max_size=3000), max_size=6), reads=st.integers(1, 2000))
def test_however_it_is_cut_up_the_same_bytes_come_back(
    centre: UUID, person: UUID, pieces: list[bytes], reads: int
) -> None:
    file = new_id()
    sealed = io.BytesIO(b"".join(chunks.seal_chunks(pieces, key=person, scope=centre, media=file)))

    opened = chunks.open_chunks(lambda size: sealed.read(min(size, reads)), scope=centre, media=file)
    assert b"".join(opened) == b"".join(pieces)


# --- on disk ---


def test_files_on_disk_are_private_and_nothing_else_is_left(
    settings: SimpleNamespace, centre: UUID, person: UUID
) -> None:
    keep(b"x" * 3 * CHUNK, centre, person)
    folder = Path(settings.AIDLINE_MEDIA)
    [path] = [path for path in folder.rglob("*") if path.is_file()]

    assert path.stat().st_mode & 0o777 == 0o600
    assert all(found.stat().st_mode & 0o777 == 0o700 for found in (folder, path.parent))


def test_a_file_is_synced_before_it_gets_its_name_and_the_folder_after(
    settings: SimpleNamespace, centre: UUID, person: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    keep(b"first", centre, person, file := new_id())
    sync, rename = os.fsync, Path.replace
    monkeypatch.setattr(os, "fsync", lambda number: (steps.append("sync"), sync(number))[1])
    monkeypatch.setattr(Path, "replace", lambda old, new: (steps.append("rename"), rename(old, new))[1])

    keep(b"second", centre, person, file)
    assert steps == ["sync", "rename", "sync"]
    assert media.read(file, scope=centre) == b"second"
