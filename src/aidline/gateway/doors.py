"""The channels this process answers for, kept in memory so that a webhook needs no read.

Refreshed every few seconds; while the database is away the last list holds. A copy with the configurations as
sealed as they are in the database lies beside the spool, so that a process started meanwhile can receive too.
"""

import json
import logging
import os
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from uuid import UUID

from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection

from aidline import vault
from aidline.channels.contract import Provider, SharesOneHook
from aidline.channels.models import Channel
from aidline.channels.registry import BadConfig, load

log = logging.getLogger(__name__)

FRESH_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Door:
    """One channel as the hooks see it."""

    channel_id: UUID
    centre_id: UUID
    provider_name: str
    provider: Provider


class Doors:
    def __init__(self) -> None:
        self._doors: dict[UUID, Door] = {}
        self._accounts: dict[tuple[str, str], Door] = {}
        self._seen: dict[UUID, bytes] = {}
        self._read_at = -FRESH_SECONDS

    def get(self, channel_id: UUID) -> Door | None:
        return self._doors.get(channel_id)

    def of_account(self, provider_name: str, account: str) -> Door | None:
        return self._accounts.get((provider_name, account))

    @property
    def stale(self) -> bool:
        return monotonic() - self._read_at > FRESH_SECONDS

    def refresh(self) -> None:
        """Blocking: read the channels, or the copy when the database is away and nothing is known.

        Closed ones too: what a person writes is never turned away, and a new channel is tested before it opens.
        """
        try:
            rows = _from_database()
        except DatabaseError:
            connection.close()
            rows = [] if self._doors else _from_copy()
            if not rows:
                self._read_at = monotonic()
                return
        else:
            _keep_copy(rows)
        self._take(rows)
        self._read_at = monotonic()

    def _take(self, rows: list[tuple[UUID, UUID, str, bytes]]) -> None:
        fresh = {}
        for channel_id, centre_id, name, sealed in rows:
            known = self._doors.get(channel_id)
            if known is None or self._seen.get(channel_id) != sealed:
                known = _door(channel_id, centre_id, name, sealed)
                self._seen[channel_id] = sealed
            if known:
                fresh[channel_id] = known
        self._doors = fresh
        self._accounts = {
            (door.provider_name, door.provider.account): door
            for door in fresh.values()
            if isinstance(door.provider, SharesOneHook)
        }


def _from_database() -> list[tuple[UUID, UUID, str, bytes]]:
    rows = Channel.objects.filter(config_sealed__isnull=False)
    return [
        (pk, centre, name, bytes(sealed or b""))
        for pk, centre, name, sealed in rows.values_list("pk", "centre_id", "provider", "config_sealed")
    ]


def _door(channel_id: UUID, centre_id: UUID, name: str, sealed: bytes) -> Door | None:
    """One channel that cannot be read must not close the doors of the others."""
    try:
        return Door(channel_id, centre_id, name, _provider(channel_id, centre_id, name, sealed))
    except (BadConfig, vault.VaultError) as problem:
        log.error("channel %s cannot be used: %s", channel_id, type(problem).__name__)
        return None


def _provider(channel_id: UUID, centre_id: UUID, name: str, sealed: bytes) -> Provider:
    channel = Channel(pk=channel_id, centre_id=centre_id, provider=name, config_sealed=sealed)
    return load(name, channel.config)


def _copy_path() -> Path:
    return Path(settings.AIDLINE_SPOOL) / "channels.snapshot"


def _keep_copy(rows: list[tuple[UUID, UUID, str, bytes]]) -> None:
    packed = [[pk.hex, centre.hex, name, sealed.hex()] for pk, centre, name, sealed in rows]
    content = json.dumps(packed).encode()
    path = _copy_path()
    try:
        if path.exists() and path.read_bytes() == content:
            return
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        partial = path.with_suffix(f".{os.getpid()}")
        partial.write_bytes(content)
        partial.chmod(0o600)
        partial.replace(path)
    except OSError:
        return  # a full disk must not close the doors; doctor tells of it


def _from_copy() -> list[tuple[UUID, UUID, str, bytes]]:
    try:
        packed = json.loads(_copy_path().read_bytes())
        return [(UUID(pk), UUID(centre), name, bytes.fromhex(sealed)) for pk, centre, name, sealed in packed]
    except (OSError, ValueError):
        return []
