"""Presence and the ways a conversation finds its agent."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class PresenceState(TextChoices):
    AVAILABLE = "available", _("Available")
    AWAY = "away", _("Away")
    OFFLINE = "offline", _("Signed off")


class How(TextChoices):
    AUTO = "auto"
    TAKEN = "taken"
    ASSIGNED = "assigned"
    HANDED_OVER = "handed"
