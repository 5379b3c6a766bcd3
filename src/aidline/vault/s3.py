"""Sealed files in a bucket. Needs requirements/s3.txt; credentials come from the usual AWS_* variables."""

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from uuid import UUID

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from aidline.vault.chunks import Read
from aidline.vault.errors import MediaMissing

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

IN_MEMORY = 8 * 1024 * 1024
_ABSENT = ("404", "NoSuchKey", "NotFound")

# Checksums in trailers are refused by several S3-compatible servers; the tags of the chunks check more.
# https://docs.aws.amazon.com/sdkref/latest/guide/feature-dataintegrity.html (read 2026-11)
_CONFIG = Config(
    connect_timeout=5,
    read_timeout=30,
    retries={"max_attempts": 4, "mode": "standard"},
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)


class BucketStore:
    def __init__(self, bucket: str, prefix: str, *, endpoint: str = "", region: str = "") -> None:
        self._bucket = bucket
        self._prefix = f"{prefix}/" if prefix else ""
        self._client: S3Client = boto3.client(
            "s3", endpoint_url=endpoint or None, region_name=region or None, config=_CONFIG
        )

    def write(self, media: UUID, chunks: Iterable[bytes]) -> None:
        """What waits on disk to be sent is sealed already."""
        with tempfile.SpooledTemporaryFile(IN_MEMORY) as waiting:
            waiting.writelines(chunks)
            waiting.seek(0)
            self._client.put_object(**self._at(media), Body=waiting)

    @contextmanager
    def reading(self, media: UUID) -> Iterator[Read]:
        with _absence_named(media):
            body = self._client.get_object(**self._at(media))["Body"]
        try:
            yield body.read
        finally:
            body.close()

    def exists(self, media: UUID) -> bool:
        try:
            with _absence_named(media):
                self._client.head_object(**self._at(media))
        except MediaMissing:
            return False
        return True

    def delete(self, media: UUID) -> None:
        self._client.delete_object(**self._at(media))

    def _at(self, media: UUID) -> dict[str, Any]:
        return {"Bucket": self._bucket, "Key": f"{self._prefix}{media.hex[-2:]}/{media.hex}"}


@contextmanager
def _absence_named(media: UUID) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") not in _ABSENT:
            raise
        raise MediaMissing(f"Media {media} is not in the store.") from None
