"""Where sealed files lie: a folder, or a bucket that speaks S3. Names are ids, content is sealed."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from aidline.vault import durable
from aidline.vault.chunks import Read
from aidline.vault.errors import MediaMissing

if TYPE_CHECKING:
    from contextlib import AbstractContextManager


class Store(Protocol):
    def write(self, media: UUID, chunks: Iterable[bytes]) -> None: ...
    def reading(self, media: UUID) -> "AbstractContextManager[Read]": ...
    def exists(self, media: UUID) -> bool: ...
    def delete(self, media: UUID) -> None: ...


class FolderStore:
    """Sharded by the last two digits of the id, which are random; the first ones are a date."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, media: UUID, chunks: Iterable[bytes]) -> None:
        path = self._path(media)
        durable.make_folder(path.parent)
        durable.write(path, chunks)

    @contextmanager
    def reading(self, media: UUID) -> Iterator[Read]:
        try:
            file = self._path(media).open("rb")
        except FileNotFoundError:
            raise MediaMissing(f"Media {media} is not in the store.") from None
        with file:
            yield file.read

    def exists(self, media: UUID) -> bool:
        return self._path(media).exists()

    def delete(self, media: UUID) -> None:
        path = self._path(media)
        if path.exists():
            path.unlink()
            durable.sync_folder(path.parent)

    def _path(self, media: UUID) -> Path:
        return self._folder / media.hex[-2:] / media.hex


@lru_cache(maxsize=8)
def store_at(where: str) -> Store:
    """`where` as in AIDLINE_MEDIA."""
    if not where.startswith("s3://"):
        return FolderStore(Path(where))
    from aidline.vault.s3 import BucketStore  # an optional extra: boto3 costs memory that most do not need

    url = urlsplit(where)
    options = {name: values[0] for name, values in parse_qs(url.query).items()}
    return BucketStore(url.netloc, url.path.strip("/"), **options)
