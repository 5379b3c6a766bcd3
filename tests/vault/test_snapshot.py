"""A web process that starts while the database is away can seal deliveries; its file reveals nothing."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID

import pytest

from aidline import vault
from aidline.kernel.ids import new_id
from aidline.vault.keyring import ring
from aidline.vault.root import RootSource, create_root
from aidline.vault.snapshot import path

WHERE = {"table": "t", "column": "c"}
NoQueries = Callable[[int], AbstractContextManager[object]]


def test_deliveries_are_sealed_without_the_database(
    centre: UUID, django_assert_num_queries: NoQueries
) -> None:
    config = vault.seal("app secret", key=centre, scope=centre, row=centre, **WHERE)
    index = vault.blind_index("x", scope=centre, purpose="delivery")
    vault.write_snapshot({"channel": config})
    vault.clear()

    with django_assert_num_queries(0):
        kept = vault.load_snapshot()
        assert vault.open(kept["channel"], scope=centre, row=centre, **WHERE) == b"app secret"
        assert vault.blind_index("x", scope=centre, purpose="delivery") == index
        blob = vault.seal("raw", key=centre, scope=centre, row=centre, **WHERE)
    vault.clear()
    assert vault.open(blob, scope=centre, row=centre, **WHERE) == b"raw"


def test_the_file_holds_neither_a_key_nor_a_person(centre: UUID, person: UUID) -> None:
    vault.write_snapshot({"channel": vault.seal("app secret", key=centre, scope=centre, row=centre, **WHERE)})

    content = path().read_text()
    assert str(centre) in content
    assert str(person) not in content
    assert "app secret" not in content
    assert path().stat().st_mode & 0o777 == 0o600
    assert [found.name for found in path().parent.iterdir()] == ["keys.snapshot"]


def test_it_is_useless_with_another_root(centre: UUID, settings: SimpleNamespace, tmp_path: Path) -> None:
    vault.write_snapshot()
    create_root(tmp_path / "keys" / "other.key")
    settings.AIDLINE_ROOT_KEY_SOURCE = RootSource(file=tmp_path / "keys" / "other.key")
    vault.clear()

    with pytest.raises(vault.RootKeyError):
        vault.load_snapshot()
    assert ring._scopes == {}


def test_a_passphrase_finds_its_salt_in_it(db: None, settings: SimpleNamespace) -> None:
    settings.AIDLINE_ROOT_KEY_SOURCE = RootSource(passphrase="four calm herons wade at dusk")
    centre = new_id()
    vault.new_scope_key(centre)
    vault.write_snapshot()
    vault.clear()

    vault.load_snapshot()
    assert list(ring._scopes) == [centre.bytes]


def test_what_is_not_sealed_does_not_get_in(centre: UUID) -> None:
    with pytest.raises(vault.VaultError, match="Only sealed"):
        vault.write_snapshot({"channel": b'{"app_secret": "not sealed, and long enough to look like it"}'})
    assert not path().exists()


def test_writing_again_keeps_what_others_put_in(centre: UUID) -> None:
    config = vault.seal("app secret", key=centre, scope=centre, row=centre, **WHERE)
    vault.write_snapshot({"channel": config})
    other = new_id()
    vault.new_scope_key(other)
    vault.write_snapshot()

    assert vault.load_snapshot() == {"channel": config}
    assert str(other) in path().read_text()


@pytest.mark.parametrize("content", [None, b"", b"{}", b"[", b"\xff"])
def test_a_missing_or_torn_one_is_said_plainly(content: bytes | None) -> None:
    if content is not None:
        path().write_bytes(content)

    with pytest.raises(vault.VaultError):
        vault.load_snapshot()


@pytest.mark.django_db(transaction=True)
def test_rotation_renews_it_so_that_the_old_root_opens_nothing(
    own_root: Path, tmp_path: Path, settings: SimpleNamespace
) -> None:
    centre = new_id()
    vault.new_scope_key(centre)
    vault.write_snapshot()
    create_root(tmp_path / "keys" / "new.key")
    new = RootSource(file=tmp_path / "keys" / "new.key")
    vault.rotate_root(old=RootSource(file=own_root), new=new)
    vault.clear()

    with pytest.raises(vault.RootKeyError):
        vault.load_snapshot()
    settings.AIDLINE_ROOT_KEY_SOURCE = new
    vault.load_snapshot()
    assert list(ring._scopes) == [centre.bytes]
