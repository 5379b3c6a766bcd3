"""States of a conversation and of a message, and the only ways between them."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

RISKS = ("", "medium", "high", "imminent")  # as a flow or a caller tells it; its place is the urgency


class ConversationState(TextChoices):
    OPEN = "o", _("Open")
    SNOOZED = "s", _("Later")
    CLOSED = "c", _("Finished")


class Direction(TextChoices):
    IN = "i"
    OUT = "o"
    NOTE = "n"
    EVENT = "e"


class MessageState(TextChoices):
    """`UNKNOWN`: the call left us and no answer came. Shown as such; never repeated by itself."""

    RECEIVED = "rc", _("Received")
    QUEUED = "qu", _("Waiting to be sent")
    SENDING = "sg", _("Being sent")
    SENT = "st", _("Sent")
    DELIVERED = "dl", _("Arrived")
    READ = "rd", pgettext_lazy("message state", "Read")
    FAILED = "fl", _("Not sent")
    UNKNOWN = "un", _("We do not know whether this arrived")
    CANCELLED = "ca", _("Taken back")


# A receipt moves a message forward only. FAILED wins over everything but proof of arrival.
RANK: dict[str, int] = {
    MessageState.QUEUED: 0,
    MessageState.SENDING: 1,
    MessageState.UNKNOWN: 1,
    MessageState.SENT: 2,
    MessageState.FAILED: 3,
    MessageState.DELIVERED: 4,
    MessageState.READ: 5,
    MessageState.CANCELLED: 9,
    MessageState.RECEIVED: 9,
}

# From which states a receipt may lead to a state: an explicit table, used in one conditional UPDATE.
RECEIPT_FROM: dict[str, tuple[str, ...]] = {
    new: tuple(old for old, rank in RANK.items() if rank < RANK[new])
    for new in (MessageState.SENT, MessageState.FAILED, MessageState.DELIVERED, MessageState.READ)
}


class Outcome(TextChoices):
    ANSWERED = "answered", _("Answered")
    PASSED_ON = "passed_on", _("Passed on")
    NO_REPLY = "no_reply", _("The person stopped writing")
    NOT_FOR_US = "not_for_us", _("Not for us")


class Source(TextChoices):
    """How a contact came that did not come over a channel."""

    CHANNEL = "", _("Channel")
    WALK_IN = "walk_in", _("Walk-in desk")
    PRIVATE_PHONE = "private_phone", _("Private phone")
    OTHER = "other", pgettext_lazy("source of a contact", "Other")
