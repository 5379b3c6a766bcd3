"""Which channels of a centre are telephone lines, without opening a sealed configuration for every page."""

from functools import lru_cache
from uuid import UUID

from aidline.centres.models import Centre
from aidline.centres.queries import Seat
from aidline.centres.states import Can
from aidline.channels.contract.voice import TakesCalls, Voice
from aidline.channels.models import Channel
from aidline.channels.queries import channels_of
from aidline.channels.registry import BadConfig, load
from aidline.vault import VaultError


def lines_of(centre: Centre) -> list[Channel]:
    """Open channels that take calls."""
    return [row for row in channels_of(centre) if row.is_open and voice_of(row)]


def has_lines(centre: Centre) -> bool:
    return bool(lines_of(centre))


def may_answer(seat: Seat | None) -> bool:
    """Only a member can be called: a head of the organisation has no place in the queue."""
    return bool(seat and seat.membership and seat.can(Can.ANSWER) and has_lines(seat.centre))


def voice_of(channel: Channel) -> Voice | None:
    """What the account can do with calls; nothing where it takes none."""
    return _voice(channel.pk, channel.centre_id, channel.provider, bytes(channel.config_sealed or b""))


@lru_cache(maxsize=500)
def _voice(pk: UUID, centre_id: UUID, provider: str, config_sealed: bytes) -> Voice | None:
    channel = Channel(pk=pk, centre_id=centre_id, provider=provider, config_sealed=config_sealed or None)
    try:
        account = load(provider, channel.config) if channel.config else None
    except (BadConfig, VaultError):
        return None
    return account.voice if isinstance(account, TakesCalls) and account.takes_calls else None
