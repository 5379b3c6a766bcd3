from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Tick(TextChoices):
    """The marks beside a message on a phone."""

    GOING = "g", _("On its way")
    SENT = "s", _("Sent")
    DELIVERED = "d", _("Arrived")
    READ = "r", pgettext_lazy("message state", "Read")
    FAILED = "f", _("Not sent")


class Way(StrEnum):
    """How a call of practice began, seen from a phone or a browser."""

    IN = "in"  # dialled on a phone, to us
    OUT = "out"  # we ring at a phone
    CLIENT = "client"  # an agent's browser connects


class CallState(StrEnum):
    """In Twilio's words."""

    QUEUED = "queued"
    RINGING = "ringing"
    GOING = "in-progress"
    COMPLETED = "completed"
    BUSY = "busy"
    NO_ANSWER = "no-answer"
    FAILED = "failed"
    CANCELED = "canceled"


class Doing(StrEnum):
    """What is done with a call at this moment."""

    ASKING = "asking"  # we are asked what comes next
    SAYING = "saying"
    GATHERING = "gathering"
    RECORDING = "recording"
    IN_ROOM = "room"
    DIALLING = "dialling"  # the call waits for the one it dials, or talks with it
