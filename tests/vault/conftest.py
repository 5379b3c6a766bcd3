from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID

import pytest

from aidline import vault
from aidline.kernel.ids import new_id
from aidline.vault.root import RootSource, create_root


@pytest.fixture(autouse=True)
def own_root(settings: SimpleNamespace, tmp_path: Path) -> Iterator[Path]:
    """Every test has a root key, folders and an empty keyring of its own."""
    path = tmp_path / "keys" / "root.key"
    create_root(path)
    for name in ("data", "spool"):
        (tmp_path / name).mkdir()
    settings.AIDLINE_ROOT_KEY_SOURCE = RootSource(file=path)
    settings.AIDLINE_DATA = tmp_path / "data"
    settings.AIDLINE_MEDIA = str(tmp_path / "data" / "media")
    settings.AIDLINE_SPOOL = tmp_path / "spool"
    vault.clear()
    yield path
    vault.clear()


@pytest.fixture
def centre(db: None) -> UUID:
    scope = new_id()
    vault.new_scope_key(scope)
    return scope


@pytest.fixture
def person(centre: UUID) -> UUID:
    key = new_id()
    vault.new_person_key(key, centre)
    return key
