"""How far a call has come, and who is in it."""

from collections.abc import Mapping

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Stage(TextChoices):
    """What is done with a live call at this moment."""

    FLOW = "flow", _("Listening to the menu")
    QUEUED = "queued", pgettext_lazy("call", "Waiting")
    CONNECTED = "connected", _("Talking")
    DIALLING = "dialling", _("Ringing")  # a call of ours that nobody has answered yet
    LEFT = "left", _("The agent has left")  # the caller is alone and will be queued again
    OVER = "over", pgettext_lazy("call", "Ended")


class Doing(TextChoices):
    """What the caller hears at this moment."""

    FLOW = "flow"  # a question of the flow
    CONSENT = "consent"  # whether we may record
    QUEUE = "queue"
    NUMBER = "number"  # which number to call back
    ROOM = "room"
    BLOCKED = "blocked"
    BYE = "bye"


STEPS: Mapping[Stage, frozenset[Stage]] = {
    Stage.FLOW: frozenset({Stage.QUEUED, Stage.OVER}),
    Stage.QUEUED: frozenset({Stage.CONNECTED, Stage.FLOW, Stage.OVER}),
    Stage.DIALLING: frozenset({Stage.CONNECTED, Stage.OVER}),
    Stage.CONNECTED: frozenset({Stage.LEFT, Stage.QUEUED, Stage.OVER}),
    Stage.LEFT: frozenset({Stage.QUEUED, Stage.CONNECTED, Stage.OVER}),
    Stage.OVER: frozenset(),
}


class Ending(TextChoices):
    """Why it is over, for the line in the conversation and for the figures."""

    ANSWERED = "answered", _("Answered")
    SELF_SERVED = "self_served", _("Heard what was needed")
    ABANDONED = "abandoned", _("Hung up")
    MESSAGE_LEFT = "message_left", _("Left a message")
    CALLBACK = "callback", _("Asked to be called back")
    CLOSED = "closed", _("Called while closed")
    RESTRICTED = "restricted", _("Was blocked")
    NOT_REACHED = "not_reached", _("Not reached")
    FAILED = "failed", pgettext_lazy("call", "Failed")


class LegState(TextChoices):
    INVITED = "invited"  # asked in, not there yet
    JOINED = "joined"
    HELD = "held"
    LEFT = "left"


class OfferKind(TextChoices):
    RING = "ring", _("A call")
    CALLBACK = "callback", _("Call back")
    CONSULT = "consult", _("A colleague asks you in")
    TRANSFER = "transfer", _("A call is passed on to you")
    HELP = "help", _("A colleague needs help")


class OfferState(TextChoices):
    PENDING = "pending"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    MISSED = "missed"  # the time ran out
    WITHDRAWN = "withdrawn"  # the caller hung up, or somebody else took it


class CallbackState(TextChoices):
    WAITING = "waiting", pgettext_lazy("callback", "Waiting")
    DIALLING = "dialling", _("Ringing")
    DONE = "done", _("Reached")
    GIVEN_UP = "given_up", _("Not reached")
    CANCELLED = "cancelled", _("Withdrawn")
