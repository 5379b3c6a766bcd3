"""The first four channels of a fault run, with secrets that both ends know."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from aidline.simulator.wire import meta, twilio

APP_SECRET = "an app secret that is nobody's"
AUTH_TOKEN = "an auth token that is nobody's"
SHARED_SECRET = "a shared secret that is nobody's"
ACCOUNT_SID = "AC" + "0" * 31 + "7"
OUR_NUMBER = "+12025550143"
PHONE_NUMBER_ID = "106540352242922"
WABA_ID = "102290129340398"


@dataclass(frozen=True, slots=True)
class Line:
    """One channel as the providers know it."""

    provider: str
    channel: str  # uuid
    hook: str  # public address of its webhook

    @property
    def path(self) -> str:
        return urlsplit(self.hook)._replace(scheme="", netloc="").geturl()


def configs(provider_url: str) -> Mapping[str, dict[str, Any]]:
    """What is typed into the set-up; `provider_url` is where the look-alikes answer."""
    return {
        "whatsapp_cloud": {
            "phone_number_id": PHONE_NUMBER_ID,
            "waba_id": WABA_ID,
            "access_token": "a token that is nobody's",
            "app_secret": APP_SECRET,
            "verify_token": "a word",
            "base_url": f"{provider_url}/meta",
        },
        "twilio": {
            "account_sid": ACCOUNT_SID,
            "auth_token": AUTH_TOKEN,
            "sender": OUR_NUMBER,
            "base_url": f"{provider_url}/twilio",
            "content_url": f"{provider_url}/twilio",
        },
        "simulator": {"base_url": f"{provider_url}/simulator/account", "secret": SHARED_SECRET},
        "webchat": {"secret": SHARED_SECRET},
    }


META_NUMBER = meta.Number(WABA_ID, PHONE_NUMBER_ID, OUR_NUMBER.lstrip("+"), APP_SECRET)
TWILIO_ACCOUNT = twilio.Account(ACCOUNT_SID, AUTH_TOKEN, OUR_NUMBER)
