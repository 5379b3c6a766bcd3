"""The words that both sides share: what a thing is, whose address, how far it got, and what an error means."""

from collections.abc import Mapping
from enum import StrEnum


class Kind(StrEnum):
    """What was said, whatever the provider calls it."""

    TEXT = "text"
    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    VOICE = "voice"
    DOCUMENT = "document"
    STICKER = "sticker"
    LOCATION = "location"
    CONTACTS = "contacts"
    CHOICE = "choice"
    TEMPLATE = "template"
    UNSUPPORTED = "unsupported"


class Scheme(StrEnum):
    """The kind of address; two channels with one scheme reach the same address."""

    PHONE = "phone"
    WHATSAPP_USER = "whatsapp_user"
    WEBCHAT = "webchat"
    TELEGRAM = "telegram"
    VIBER = "viber"
    MESSENGER = "messenger"
    INSTAGRAM = "instagram"
    SIGNAL = "signal"
    EMAIL = "email"
    OTHER = "other"


class Status(StrEnum):
    """A provider's word on an outgoing message, in our words. Order is that of `RANK`."""

    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"


RANK: Mapping[Status, int] = {Status.SENT: 2, Status.DELIVERED: 3, Status.READ: 4, Status.FAILED: 5}


class Verdict(StrEnum):
    """What an error means for the next step."""

    RETRY = "retry"
    GIVE_UP = "give_up"
    STOP_CONTACTING = "stop_contacting"
    CHANNEL_DOWN = "channel_down"
