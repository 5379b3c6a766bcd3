"""Every word that a script of the desk may say, translated by the server and laid into the page as JSON."""

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from aidline.desk.inbox.wording import PATTERNS, own_digits


def words_for_scripts() -> dict[str, object]:
    return {
        "digits": own_digits(),
        "zone": timezone.get_current_timezone_name(),
        "time": {name: str(words) for name, words in PATTERNS.items()},
        "left": _("%(time)s left"),
        "reply": _("%(time)s left to reply"),
        "shut": _("Reply window closed"),
        "newLines": _("%(count)s new, go down"),
        "seen": _("Last seen %(time)s."),
        "speed": _("Speed"),
        "play": _("Play"),
        "pause": pgettext("player", "Pause"),
        "problem": _("This did not work. Nothing was lost; try again in a moment."),
    }
