"""The doors of web chat: a centre's open channel by its name, a visitor's own conversation by their secret."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.http import Http404

from aidline.centres.hours import Timetable
from aidline.centres.models import Centre, texts_in
from aidline.centres.timetables import closed_text, timetable
from aidline.channels.contract import Scheme
from aidline.channels.models import Channel
from aidline.conversations.models import Attachment, Conversation
from aidline.kernel.clock import now
from aidline.people.arrivals import address_index
from aidline.people.models import Address
from aidline.portal.visitors import Visitor
from aidline.routing.models import Presence
from aidline.routing.services import LEASE
from aidline.routing.states import PresenceState

PROVIDER = "webchat"


@dataclass(frozen=True)
class Chat:
    """The web chat of one centre."""

    channel: Channel

    @property
    def centre(self) -> Centre:
        return self.channel.centre

    @property
    def frame_origins(self) -> list[str]:
        """The sites that may show this chat in a frame."""
        config: dict[str, Any] = self.channel.config or {}
        return str(config.get("origins", "")).replace(",", " ").split()

    def text(self, key: str, language: str) -> str:
        return texts_in(self.centre.texts, key, language, self.centre.default_language)

    @cached_property
    def timetable(self) -> Timetable:
        return timetable(self.centre, self.channel.pk)

    @property
    def is_open(self) -> bool:
        return self.timetable.is_open(now())

    @property
    def opens_at(self) -> datetime | None:
        return self.timetable.next_opening(now())

    @property
    def closes_at(self) -> datetime | None:
        return self.timetable.next_closing(now())

    def closed_text(self, language: str) -> str:
        return closed_text(self.centre, self.channel.pk, language)

    @property
    def somebody_is_there(self) -> bool:
        return Presence.objects.filter(
            membership__centre=self.centre,
            membership__is_active=True,
            state=PresenceState.AVAILABLE,
            seen_at__gt=now() - LEASE,
        ).exists()


def access_chat(slug: str) -> Chat:
    rows = Channel.objects.filter(centre__slug=slug, provider=PROVIDER, is_open=True)
    channel = rows.select_related("centre").order_by("created_at").first()
    if channel is None:
        raise Http404
    return Chat(channel)


def conversation_of(chat: Chat, visitor: Visitor | None) -> Conversation | None:
    """The latest one of this visitor; they see no earlier ones."""
    address = _address_of(chat, visitor) if visitor else None
    if address is None:
        return None
    rows = Conversation.objects.filter(address=address, channel=chat.channel)
    return rows.order_by("-opened_at").first()


def _address_of(chat: Chat, visitor: Visitor) -> Address | None:
    index = address_index(chat.centre.pk, Scheme.WEBCHAT, visitor.id_at(chat.centre.pk))
    return Address.objects.filter(centre_id=chat.centre.pk, scheme=Scheme.WEBCHAT, index=index).first()


def access_file(chat: Chat, visitor: Visitor | None, attachment_id: UUID) -> Attachment:
    conversation = conversation_of(chat, visitor)
    if conversation is None:
        raise Http404
    row = Attachment.objects.filter(pk=attachment_id, message__conversation=conversation).first()
    if row is None or row.state != Attachment.State.READY:
        raise Http404
    return row
