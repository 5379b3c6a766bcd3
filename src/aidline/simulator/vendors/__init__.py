"""The providers that can be practised with. A new one is a file here and a line in this table."""

from collections.abc import Callable, Mapping
from typing import Any

from aidline.simulator.lines import Line
from aidline.simulator.lookalikes.shapes import Answer, Call, Exchange
from aidline.simulator.vendors import email, plain, twilio, whatsapp_cloud
from aidline.simulator.vendors.shapes import Vendor

VENDORS: Mapping[str, Vendor] = {
    vendor.provider: vendor
    for vendor in (
        whatsapp_cloud.VENDOR,
        twilio.VENDOR,
        email.VENDOR,
        plain.VENDOR,
    )
}

BY_PATH: Mapping[str, Vendor] = {vendor.path: vendor for vendor in VENDORS.values()}
RESPONDERS: Mapping[str, Callable[[Call, Exchange], Answer]] = {
    path: vendor.respond for path, vendor in BY_PATH.items()
}


def line_of(provider: str, config: Mapping[str, Any], hook: str) -> Line:
    """KeyError for a provider without a look-alike. Web chat is spoken like the practice provider."""
    return VENDORS["simulator" if provider == "webchat" else provider].line(config, hook)
