"""What the scripts of the phone may say, translated by the server."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext


def words_for_phone() -> dict[str, str]:
    return {
        "off": pgettext("phone", "Phone off"),
        "starting": _("Phone is starting"),
        "ready": pgettext("phone", "Phone ready"),
        "talking": _("On the phone"),
        "connecting": _("Connecting"),
        "reconnecting": _("The sound is cut off. Trying to get it back."),
        "offline": _("Phone has no connection"),
        "refused": _("Microphone is not allowed"),
        "nomic": _("No microphone found"),
        "busy": _("Microphone is used by another program"),
        "elsewhere": _("The phone is open in another window of this browser."),
        "unsupported": _("This browser cannot talk. Use a current Firefox, Chrome, Edge or Safari."),
        "trouble": _("The phone did not start"),
        "renewal": _("The phone's permission could not be renewed. Open the phone again."),
        "failed": _("The talk could not be connected. The caller goes back to the front of the queue."),
        "dropped": _("The talk has broken off."),
        "notHere": _("The phone window is closed: nobody hears you. Open the phone, or hang up."),
        "muted": _("You are muted"),
        "mute": pgettext("phone", "Mute"),
        "unmute": pgettext("phone", "Unmute"),
        "ringing": pgettext("phone", "Call"),
        "openFirst": _("Open the phone first: the talk runs in its window."),
        "problem": _("This did not work. Try again in a moment."),
        "soundOn": _("Sound when it rings: on"),
        "soundOff": _("Sound when it rings: off"),
        "heard": _("We hear you. The microphone works."),
        "silent": _("Nothing to hear yet. Say something, or choose another microphone."),
        "played": _("Did you hear a tone? If not, choose another speaker or turn the sound up."),
        "device": _("Microphone %(number)s"),
        "speaker": _("Speaker %(number)s"),
    }
