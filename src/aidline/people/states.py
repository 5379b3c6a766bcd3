"""What people may be written to about, and how we know that they agreed. Data, to be added to."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Purpose(TextChoices):
    """Why a message goes out that answers nothing. A message without a purpose is a reply."""

    OUTREACH = "outreach", _("News and information")
    SERVICE = "service", _("Messages about something they have begun with us")
    TEST = "test", _("Test")


# Nobody is asked about a test; it goes to whoever writes the broadcast.
ASKED_FOR = (Purpose.OUTREACH, Purpose.SERVICE)
# Without a yes to these, nothing is sent. For the others a no is enough to stop it.
NEEDS_YES = frozenset({Purpose.OUTREACH})


class Evidence(TextChoices):
    """How a consent, or its end, came to us."""

    WORD = "word", _("written by the person")
    CHOICE = "choice", _("chosen by the person")
    FORM = "form", _("on a web page")
    STAFF = "staff", _("said to a member of staff")
    PROVIDER = "provider", _("told by the provider")
    IMPORT = "import", _("came with a list")


# Why nothing is sent; the codes that a message and a recipient carry.
OPTED_OUT, NO_CONSENT = "opted-out", "no-consent"
