"""The ways to reach a person, covered until somebody has a reason to look."""

from dataclasses import dataclass
from uuid import UUID

from aidline.channels.contract import Scheme
from aidline.conversations.models import Conversation
from aidline.desk.inbox.accounts import able
from aidline.kernel import phones
from aidline.people.models import Address

_GLYPHS: dict[str, str] = {Scheme.WHATSAPP_USER: "whatsapp", Scheme.WEBCHAT: "web", Scheme.PHONE: "phone"}


@dataclass(frozen=True, slots=True)
class Way:
    id: UUID
    scheme: str
    glyph: str
    masked: str
    stopped: bool  # asked not to be written to


def ways_to_reach(conversation: Conversation) -> list[Way]:
    rows = Address.objects.filter(person=conversation.person_id).prefetch_related("opt_outs").order_by("pk")
    return [_way(row, conversation) for row in rows]


def _way(address: Address, conversation: Conversation) -> Way:
    """The way this conversation goes shows the sign of its channel."""
    glyph = _GLYPHS.get(address.scheme, "phone")
    if address.pk == conversation.address_id and conversation.channel:
        glyph = able(conversation.channel).glyph
    return Way(address.pk, address.scheme, glyph, _masked(address), bool(address.opt_outs.all()))


def _masked(address: Address) -> str:
    """A number keeps enough to tell two apart; an id of a provider shows nothing."""
    return phones.mask(address.value) if address.scheme == Scheme.PHONE else "••••••"
