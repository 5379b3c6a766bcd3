"""States of a broadcast and of each recipient, and why somebody is left out."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aidline.people.states import NO_CONSENT, OPTED_OUT


class BroadcastState(TextChoices):
    DRAFT = "dr", _("Draft")
    AWAITING = "aw", _("Waits for approval")
    APPROVED = "ap", pgettext_lazy("broadcast", "Approved")
    RUNNING = "ru", _("Being sent")
    STOPPED = "sp", pgettext_lazy("broadcast", "Stopped")
    FINISHED = "fi", pgettext_lazy("broadcast", "Finished")


B = BroadcastState
# What may be done with a broadcast in which state; each is one conditional UPDATE.
CHANGEABLE = (B.DRAFT, B.AWAITING, B.APPROVED)
NEEDS_APPROVAL = (B.APPROVED, B.RUNNING, B.STOPPED, B.FINISHED)
STARTED = (B.RUNNING, B.STOPPED, B.FINISHED)


class RecipientState(TextChoices):
    """What became of a released one is told by its message."""

    PENDING = "p", _("Not sent yet")
    RELEASED = "r", _("On its way")
    LEFT_OUT = "x", _("Left out")


class Why(TextChoices):
    """Why somebody of the audience gets nothing."""

    OPTED_OUT = OPTED_OUT, _("asked us not to write")
    NO_CONSENT = NO_CONSENT, _("has not agreed to get news")
    WINDOW = "window", _("free messages are not allowed now, and there is no approved message")
    NO_WORDS = "no-words", _("there is no text for their channel and language")
    BLOCKED = "blocked", _("is blocked for now")
    TWICE = "twice", _("is the same person as another one who gets it")
    CHANNEL = "channel", _("the channel is closed")
