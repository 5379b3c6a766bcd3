"""The root key: kept apart, kept private, recognised, replaceable."""

import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID

import pytest

from aidline import vault
from aidline.kernel.ids import new_id
from aidline.vault import custody
from aidline.vault.keyring import ring
from aidline.vault.models import PersonKey, RootKeyInfo, ScopeKey
from aidline.vault.root import Derivation, RootSource, create_root, find_source, read_root, secret_key

PASSPHRASE = "four calm herons wade at dusk"
WHERE = {"table": "t", "column": "c"}


def read(source: RootSource, data: Path, derivation: Derivation | None = None) -> UUID:
    return read_root(source, data=data, derivation=derivation).id


def test_a_made_key_is_private_and_read_back(tmp_path: Path) -> None:
    path = tmp_path / "new" / "root.key"
    fingerprint = create_root(path)

    assert path.stat().st_mode & 0o777 == 0o400
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert read(RootSource(file=path), tmp_path / "data") == fingerprint


def test_a_key_is_never_overwritten(own_root: Path) -> None:
    before = own_root.read_bytes()

    with pytest.raises(FileExistsError):
        create_root(own_root)
    assert own_root.read_bytes() == before


@pytest.mark.parametrize("mode", [0o440, 0o404, 0o620, 0o644, 0o777])
def test_a_key_others_can_touch_is_refused(own_root: Path, tmp_path: Path, mode: int) -> None:
    own_root.chmod(mode)

    with pytest.raises(vault.RootKeyError, match="chmod 0400"):
        read(RootSource(file=own_root), tmp_path / "data")


@pytest.mark.parametrize("way", ["inside", "linked from outside", "linked folder"])
def test_a_key_in_the_data_folder_is_refused(tmp_path: Path, way: str) -> None:
    data = tmp_path / "data"
    create_root(data / "root.key")
    (tmp_path / "link.key").symlink_to(data / "root.key")
    (tmp_path / "folder").symlink_to(data)
    paths = {"inside": data / "root.key", "linked from outside": tmp_path / "link.key"}

    with pytest.raises(vault.RootKeyError, match="inside the data folder"):
        read(RootSource(file=paths.get(way, tmp_path / "folder" / "root.key")), data)


@pytest.mark.parametrize(
    "content", [b"", b"aidline-root-1", b"aidline-root-1 c2hvcnQ=", b"x" * 300, b"\xff\xfe\0"]
)
def test_a_file_that_is_no_key_is_refused_without_showing_it(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "root.key"
    path.write_bytes(content)
    path.chmod(0o400)

    with pytest.raises(vault.RootKeyError) as caught:
        read(RootSource(file=path), tmp_path / "data")
    assert "c2hvcnQ" not in str(caught.value)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none.key", tmp_path):
        with pytest.raises(vault.RootKeyError):
            read(RootSource(file=path), tmp_path / "data")


def test_none_and_two_sources_are_refused(own_root: Path, tmp_path: Path) -> None:
    for source in (RootSource(), RootSource(file=own_root, passphrase=PASSPHRASE)):
        with pytest.raises(vault.RootKeyError):
            read(source, tmp_path / "data")


def test_a_credential_may_be_group_readable_as_systemd_makes_it(own_root: Path, tmp_path: Path) -> None:
    own_root.chmod(0o440)
    assert read(RootSource(credential=own_root), tmp_path / "data")

    own_root.chmod(0o444)
    with pytest.raises(vault.RootKeyError):
        read(RootSource(credential=own_root), tmp_path / "data")


def test_the_source_is_found_in_order(own_root: Path, tmp_path: Path) -> None:
    nothing = {"file": None, "passphrase": "", "passphrase_file": None, "credentials": None}
    folder = tmp_path / "credentials"
    create_root(folder / "aidline-root-key")
    written = tmp_path / "passphrase"
    written.write_text(PASSPHRASE + "\n")
    written.chmod(0o400)

    assert find_source(**nothing) == RootSource()
    assert find_source(**{**nothing, "credentials": str(tmp_path)}) == RootSource()
    assert find_source(**{**nothing, "credentials": str(folder)}) == RootSource(
        credential=folder / "aidline-root-key"
    )
    assert find_source(**{**nothing, "credentials": str(folder), "file": own_root}) == RootSource(
        file=own_root
    )
    assert find_source(**{**nothing, "passphrase_file": written}) == RootSource(passphrase=PASSPHRASE)
    written.chmod(0o644)
    with pytest.raises(vault.RootKeyError):
        find_source(**{**nothing, "passphrase_file": written})


def test_a_passphrase_gives_the_same_key_only_with_its_salt(tmp_path: Path) -> None:
    source, quick = RootSource(passphrase=PASSPHRASE), Derivation(b"s" * 16, 64, 1, 1)

    assert read(source, tmp_path, quick) == read(source, tmp_path, quick)
    assert read(source, tmp_path, quick) != read(source, tmp_path, Derivation(b"t" * 16, 64, 1, 1))
    assert read(source, tmp_path, quick) != read(RootSource(passphrase=PASSPHRASE + "."), tmp_path, quick)
    assert Derivation.from_record(quick.salt, quick.recipe) == quick
    assert "herons" not in repr(source)


def test_a_short_passphrase_is_refused(tmp_path: Path) -> None:
    with pytest.raises(vault.RootKeyError, match="too short"):
        read(RootSource(passphrase="correct horse"), tmp_path)


@pytest.mark.django_db
def test_a_passphrase_opens_again_after_a_restart(settings: SimpleNamespace) -> None:
    settings.AIDLINE_ROOT_KEY_SOURCE = RootSource(passphrase=PASSPHRASE)
    scope, row = new_id(), new_id()
    vault.new_scope_key(scope)
    blob = vault.seal("x", key=scope, scope=scope, row=row, **WHERE)
    vault.clear()

    assert vault.open(blob, scope=scope, row=row, **WHERE) == b"x"
    settings.AIDLINE_ROOT_KEY_SOURCE = RootSource(passphrase=PASSPHRASE + "!")
    vault.clear()
    with pytest.raises(vault.RootKeyError, match="Wrong root key"):
        vault.open(blob, scope=scope, row=row, **WHERE)


def test_a_wrong_root_is_refused_at_start_and_at_use(
    centre: UUID, person: UUID, settings: SimpleNamespace, tmp_path: Path
) -> None:
    blob = vault.seal("x", key=person, scope=centre, row=centre, **WHERE)
    assert vault.check_root() == RootKeyInfo.objects.get().id
    create_root(tmp_path / "keys" / "other.key")
    settings.AIDLINE_ROOT_KEY_SOURCE = RootSource(file=tmp_path / "keys" / "other.key")
    vault.clear()

    with pytest.raises(vault.RootKeyError, match="Wrong root key"):
        vault.check_root()
    with pytest.raises(vault.RootKeyError):
        vault.open(blob, scope=centre, row=centre, **WHERE)
    with pytest.raises(vault.RootKeyError):
        vault.new_scope_key(new_id())
    assert RootKeyInfo.objects.count() == 1


def test_keys_without_a_record_of_their_root_are_refused(centre: UUID) -> None:
    RootKeyInfo.objects.all().delete()

    with pytest.raises(vault.RootKeyError, match="no record"):
        vault.check_root()
    assert not RootKeyInfo.objects.exists()


def test_a_centre_key_moved_to_another_centre_is_refused(centre: UUID) -> None:
    row = ScopeKey.objects.get(id=centre)
    other = ScopeKey.objects.create(id=new_id(), root_id=row.root_id, wrapped=row.wrapped)
    vault.clear()

    with pytest.raises(vault.Tampered):
        vault.blind_index("x", scope=other.id, purpose="address")


def test_the_tables_hold_no_key(centre: UUID, person: UUID, own_root: Path) -> None:
    kept = b"".join(bytes(row.wrapped) for model in (ScopeKey, PersonKey) for row in model.objects.all())
    assert ring._people[person.bytes][0] not in kept
    assert len(kept) == 2 * (1 + 12 + 32 + 16)


def test_the_web_key_is_stable_and_not_the_root(own_root: Path, tmp_path: Path) -> None:
    source = RootSource(file=own_root)

    assert secret_key(source, data=tmp_path / "data") == secret_key(source, data=tmp_path / "data")
    assert len(secret_key(source, data=tmp_path / "data")) == 64
    phrase = RootSource(passphrase=PASSPHRASE)
    assert secret_key(phrase, data=tmp_path) != secret_key(source, data=tmp_path / "data")


# --- rotation ---


@pytest.fixture
def new_root(tmp_path: Path) -> RootSource:
    create_root(tmp_path / "keys" / "new.key")
    return RootSource(file=tmp_path / "keys" / "new.key")


@pytest.fixture
def sealed(db: None) -> dict[UUID, bytes]:
    scopes = [new_id() for _ in range(1200)]
    vault.new_scope_key(scopes[0])
    root = ring.root()
    rows = [ScopeKey(id=s, root_id=root.id, wrapped=root.wrap_scope(s, os.urandom(32))) for s in scopes[1:]]
    ScopeKey.objects.bulk_create(rows)
    return {s: vault.seal(s.hex, key=s, scope=s, row=s, **WHERE) for s in scopes[::40]}


def opens_all(sealed: dict[UUID, bytes]) -> bool:
    vault.clear()
    return all(vault.open(blob, scope=s, row=s, **WHERE).decode() == s.hex for s, blob in sealed.items())


def test_after_rotation_the_new_root_opens_all_and_the_old_one_nothing(
    sealed: dict[UUID, bytes], new_root: RootSource, settings: SimpleNamespace
) -> None:
    old_root, settings.AIDLINE_ROOT_KEY_SOURCE = settings.AIDLINE_ROOT_KEY_SOURCE, new_root
    old = custody.read(old_root, None)

    assert vault.rotate_root(old=old_root, new=new_root) == 1200
    assert opens_all(sealed)
    for key in ScopeKey.objects.all():
        with pytest.raises(vault.Tampered):
            old.unwrap_scope(key.id, bytes(key.wrapped))
    settings.AIDLINE_ROOT_KEY_SOURCE = old_root
    vault.clear()
    with pytest.raises(vault.RootKeyError, match="Wrong root key"):
        vault.check_root()


def test_rotating_again_changes_nothing(
    sealed: dict[UUID, bytes], new_root: RootSource, own_root: Path
) -> None:
    old = RootSource(file=own_root)
    vault.rotate_root(old=old, new=new_root)
    before = list(ScopeKey.objects.order_by("id").values_list("wrapped", flat=True))

    assert vault.rotate_root(old=old, new=new_root) == 0
    assert list(ScopeKey.objects.order_by("id").values_list("wrapped", flat=True)) == before
    assert RootKeyInfo.objects.filter(current=True).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_rotation_killed_half_way_has_changed_nothing(
    new_root: RootSource, own_root: Path, monkeypatch: pytest.MonkeyPatch, settings: SimpleNamespace
) -> None:
    scopes = [new_id() for _ in range(5)]
    for scope in scopes:
        vault.new_scope_key(scope)
    sealed = {s: vault.seal(s.hex, key=s, scope=s, row=s, **WHERE) for s in scopes}
    monkeypatch.setattr("aidline.vault.rotation._replace_record", _pull_the_plug)

    with pytest.raises(KeyboardInterrupt):
        vault.rotate_root(old=RootSource(file=own_root), new=new_root)
    assert opens_all(sealed)

    monkeypatch.undo()
    assert vault.rotate_root(old=RootSource(file=own_root), new=new_root) == 5
    settings.AIDLINE_ROOT_KEY_SOURCE = new_root
    assert opens_all(sealed)


def _pull_the_plug(*_: object) -> None:
    raise KeyboardInterrupt


def test_rotation_from_a_root_that_is_not_the_current_one_is_refused(
    sealed: dict[UUID, bytes], new_root: RootSource, tmp_path: Path
) -> None:
    create_root(tmp_path / "keys" / "third.key")
    with pytest.raises(vault.RootKeyError, match="Wrong root key"):
        vault.rotate_root(old=RootSource(file=tmp_path / "keys" / "third.key"), new=new_root)
    assert opens_all(sealed)


def test_rotation_stops_at_a_damaged_key_and_changes_nothing(
    sealed: dict[UUID, bytes], new_root: RootSource, own_root: Path
) -> None:
    damaged = ScopeKey.objects.order_by("-id").exclude(id__in=sealed)[0]
    ScopeKey.objects.filter(id=damaged.id).update(wrapped=bytes(damaged.wrapped)[:-1] + b"\0")

    with pytest.raises(vault.Tampered):
        vault.rotate_root(old=RootSource(file=own_root), new=new_root)
    assert opens_all(sealed)


def test_a_running_process_with_the_old_root_makes_no_more_keys(
    centre: UUID, new_root: RootSource, own_root: Path
) -> None:
    running = ring.root()
    vault.rotate_root(old=RootSource(file=own_root), new=new_root)
    ring._root = running

    with pytest.raises(vault.RootKeyError, match="Wrong root key"):
        vault.new_scope_key(new_id())
    assert ScopeKey.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("direction", ["to a passphrase", "from a passphrase"])
def test_rotation_between_a_file_and_a_passphrase(
    direction: str, own_root: Path, settings: SimpleNamespace
) -> None:
    sources = [RootSource(file=own_root), RootSource(passphrase=PASSPHRASE)]
    old, new = sources if direction == "to a passphrase" else reversed(sources)
    settings.AIDLINE_ROOT_KEY_SOURCE = old
    scope = new_id()
    vault.new_scope_key(scope)
    sealed = {scope: vault.seal(scope.hex, key=scope, scope=scope, row=scope, **WHERE)}

    assert vault.rotate_root(old=old, new=new) == 1
    settings.AIDLINE_ROOT_KEY_SOURCE = new
    assert opens_all(sealed)
    assert vault.rotate_root(old=old, new=new) == 0


def test_the_rotation_check_catches_one_that_only_claims_to_rewrap(
    sealed: dict[UUID, bytes],
    new_root: RootSource,
    settings: SimpleNamespace,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    check: Callable[..., None] = test_after_rotation_the_new_root_opens_all_and_the_old_one_nothing
    monkeypatch.setattr("aidline.vault.rotation._rewrapped", lambda row, old, new: bytes(row.wrapped))

    with pytest.raises((vault.Tampered, pytest.fail.Exception)):
        check(sealed, new_root, settings)
