"""The providers that can be practised with. A new one is a file here and a line in this table."""

from collections.abc import Callable, Mapping
from typing import Any

from aidline.simulator.lines import Line
from aidline.simulator.lookalikes import gift_card, libretranslate, speech
from aidline.simulator.lookalikes.shapes import Answer, Call, Exchange
from aidline.simulator.vendors import (
    africastalking,
    android_sms,
    email,
    http,
    infobip,
    instagram,
    messenger,
    plain,
    signal,
    telegram,
    twilio,
    viber,
    vonage,
    whatsapp_cloud,
)
from aidline.simulator.vendors.shapes import Vendor

VENDORS: Mapping[str, Vendor] = {
    vendor.provider: vendor
    for vendor in (
        whatsapp_cloud.VENDOR,
        messenger.VENDOR,
        instagram.VENDOR,
        twilio.VENDOR,
        telegram.VENDOR,
        africastalking.VENDOR,
        infobip.VENDOR,
        android_sms.VENDOR,
        vonage.VENDOR,
        viber.VENDOR,
        signal.VENDOR,
        http.VENDOR,
        email.VENDOR,
        plain.VENDOR,
    )
}

BY_PATH: Mapping[str, Vendor] = {vendor.path: vendor for vendor in VENDORS.values()}
RESPONDERS: Mapping[str, Callable[[Call, Exchange], Answer]] = {
    **{path: vendor.respond for path, vendor in BY_PATH.items()},
    "gift-card": gift_card.respond,  # an issuer of vouchers
    "libretranslate": libretranslate.respond,  # no channel: a machine that translates
    "speech": speech.respond,  # and one that writes down what it hears
}


def line_of(provider: str, config: Mapping[str, Any], hook: str) -> Line:
    """KeyError for a provider without a look-alike. Web chat is spoken like the practice provider."""
    return VENDORS["simulator" if provider == "webchat" else provider].line(config, hook)
