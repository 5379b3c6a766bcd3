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
