"""Why a message was not sent, in our words: for the agent, who can do something about some of them.

Codes of most providers are small numbers and words that collide, so each has a table of its own. A code that is in
none is shown as it is.
"""

from collections.abc import Mapping

from django.utils.functional import Promise

from aidline.channels.reasons import (
    africastalking,
    android_sms,
    email,
    http,
    infobip,
    instagram,
    messenger,
    signal,
    telegram,
    viber,
    vonage,
)
from aidline.channels.reasons.meta_and_twilio import REASONS

OF_PROVIDER: Mapping[str, Mapping[str, Promise]] = {
    "africastalking": africastalking.REASONS,
    "android_sms": android_sms.REASONS,
    "email": email.REASONS,
    "http": http.REASONS,
    "infobip": infobip.REASONS,
    "instagram": instagram.REASONS,
    "messenger": messenger.REASONS,
    "signal": signal.REASONS,
    "telegram": telegram.REASONS,
    "viber": viber.REASONS,
    "vonage": vonage.REASONS,
}


def in_words(code: str, provider: str = "") -> str:
    """Our words for a provider's code; the code itself where we have none."""
    return str(OF_PROVIDER.get(provider, {}).get(code) or REASONS.get(code) or code)
