"""Which channels of a centre are telephone lines, without opening a sealed configuration for every page."""

from functools import lru_cache
from uuid import UUID

from aidline.calls.models import Call
from aidline.calls.states import Stage
from aidline.centres.models import Centre
from aidline.centres.queries import Seat
from aidline.centres.states import Can
from aidline.channels.contract import Scheme
from aidline.channels.contract.voice import TakesCalls, Voice
from aidline.channels.models import Channel
from aidline.channels.queries import channels_of
from aidline.channels.registry import BadConfig, load
from aidline.conversations.models import Conversation
from aidline.vault import VaultError


def lines_of(centre: Centre) -> list[Channel]:
    """Open channels that take calls."""
    return [row for row in channels_of(centre) if row.is_open and voice_of(row)]


def has_lines(centre: Centre) -> bool:
    return bool(lines_of(centre))


def may_answer(seat: Seat | None) -> bool:
    """Only a member can be called: a head of the organisation has no place in the queue."""
    return bool(seat and seat.membership and seat.can(Can.ANSWER) and has_lines(seat.centre))


def lines_to(seat: Seat, conversation: Conversation) -> list[Channel]:
    """On which this member could call the person: with a softphone, to a number we know. The one they use first."""
    address = conversation.address
    if not may_answer(seat) or address is None or address.scheme != Scheme.PHONE:
        return []
    found = [row for row in lines_of(seat.centre) if (voice := voice_of(row)) and voice.softphone]
    return sorted(found, key=lambda row: row.pk != conversation.channel_id)


def call_now(conversation: Conversation) -> Call | None:
    """The live call of this conversation."""
    rows = Call.objects.filter(conversation=conversation).exclude(stage=Stage.OVER)
    return rows.select_related("answered_by__staff").order_by("-began_at").first()


def talking_now(conversations: list[Conversation]) -> set[UUID]:
    """Those of them in which somebody is on the line."""
    rows = Call.objects.filter(conversation__in=conversations).exclude(stage=Stage.OVER)
    return set(rows.values_list("conversation_id", flat=True))


def voice_of(channel: Channel) -> Voice | None:
    """What the account can do with calls; nothing where it takes none."""
    return _voice(channel.pk, channel.centre_id, channel.provider, bytes(channel.config_sealed or b""))


@lru_cache(maxsize=500)
def _voice(pk: UUID, centre_id: UUID, provider: str, config_sealed: bytes) -> Voice | None:
    channel = Channel(pk=pk, centre_id=centre_id, provider=provider, config_sealed=config_sealed or None)
    try:
        account: object = load(provider, channel.config) if channel.config else None
    except (BadConfig, VaultError):
        return None
    return account.voice if isinstance(account, TakesCalls) and account.takes_calls else None
