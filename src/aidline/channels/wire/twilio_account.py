"""A Twilio number as its owner sets it up: the account's name, where its webhooks go, what to do at Twilio.

Sources: twilio.com/docs/iam/api/account, /docs/phone-numbers/api/incomingphonenumber-resource, /docs/messaging
(limits), read 2026-11-24; Twilio's API description 2010-04-01.
"""

from typing import Any
from urllib.parse import quote

import httpx

from aidline.channels.contract import (
    ChannelDown,
    GiveUp,
    HookState,
    Pace,
    gettext_noop,
)
from aidline.channels.contract.voice import voice_address
from aidline.channels.wire.calling import call
from aidline.channels.wire.reading import ident, parts, said
from aidline.channels.wire.twilio_api import refusal

PACE = Pace(per_second=10)  # Twilio queues by itself what a number cannot send at once
WHATSAPP_PACE = Pace(per_second=80)

_KEYS = gettext_noop("In the Twilio console copy the account SID and the auth token.")

GUIDE = (
    _KEYS,
    gettext_noop("Buy a number that can send SMS, or take one that you have, and enter it as +44…"),
    gettext_noop(
        "Under the number, Messaging, enter our address for incoming messages, once more as the fallback, or let "
        "us do it with the button."
    ),
    gettext_noop(
        "If the number is in a messaging service, choose there that the number's own address counts."
    ),
    gettext_noop("For calls: under API keys make a standard key, under Voice a TwiML app; enter both here."),
    gettext_noop(
        "For calls the button sets the addresses of the number and of the app: ours with /voice/ for /hooks/, ending "
        "in /answer (number), /fallback (number, if that fails) and /softphone (app); status changes come to the "
        "address below."
    ),
)

WHATSAPP_GUIDE = (
    _KEYS,
    gettext_noop(
        "Under Messaging, Senders, WhatsApp senders register the number and wait for Meta's approval."
    ),
    gettext_noop("Enter it here as whatsapp:+44…"),
    gettext_noop("In the sender's settings enter our address for incoming messages and as the fallback."),
)


class TwilioAccount:
    """What `Twilio` can do besides messages. A WhatsApp sender has no API for its address: by hand."""

    api: str
    config: Any
    whatsapp: bool
    takes_calls: Any

    def probe(self, http: httpx.Client) -> str:
        found = self._get(http, f"{self.api}.json")
        if ident(found.get("status")) not in ("", "active"):
            raise ChannelDown(f"account-{ident(found.get('status'))}"[:40])
        return said(found.get("friendly_name"))

    def register_hook(self, http: httpx.Client, url: str) -> None:
        sid = quote(ident(self._number(http).get("sid")), safe="")
        wanted = {"SmsUrl": url, "SmsMethod": "POST", "SmsFallbackUrl": url, "SmsFallbackMethod": "POST"}
        if self.takes_calls:
            self._set(http, f"Applications/{quote(self.config.twiml_app_sid, safe='')}", _softphone(url))
            wanted |= _calls(url)
        self._set(http, f"IncomingPhoneNumbers/{sid}", wanted)

    def _set(self, http: httpx.Client, what: str, wanted: dict[str, str]) -> None:
        where = f"{self.api}/{what}.json"
        response = call(http, "POST", where, repeatable=True, headers=self._basic(), data=wanted)
        if not response.is_success:
            raise refusal(response, {})

    def hook_state(self, http: httpx.Client) -> HookState:
        return HookState(url=said(self._number(http).get("sms_url")))

    def _number(self, http: httpx.Client) -> dict[str, Any]:
        if self.whatsapp:
            raise GiveUp("by-hand")
        query = {"PhoneNumber": self.config.sender}
        found = self._get(http, f"{self.api}/IncomingPhoneNumbers.json", params=query)
        number = next(iter(parts(found.get("incoming_phone_numbers"))), {})
        if not ident(number.get("sid")):
            raise GiveUp("no-such-number")
        return number

    def _get(self, http: httpx.Client, url: str, **more: Any) -> dict[str, Any]:
        raise NotImplementedError

    def _basic(self) -> dict[str, str]:
        raise NotImplementedError


def _calls(url: str) -> dict[str, str]:
    """An app at the number would make its own addresses count for nothing."""
    return {
        "VoiceApplicationSid": "",
        "VoiceUrl": voice_address(url, "answer"),
        "VoiceMethod": "POST",
        "VoiceFallbackUrl": voice_address(url, "fallback"),
        "VoiceFallbackMethod": "POST",
        "StatusCallback": url,
        "StatusCallbackMethod": "POST",
    }


def _softphone(url: str) -> dict[str, str]:
    return {
        "VoiceUrl": voice_address(url, "softphone"),
        "VoiceMethod": "POST",
        "VoiceFallbackUrl": voice_address(url, "fallback"),
        "VoiceFallbackMethod": "POST",
        "StatusCallback": url,
        "StatusCallbackMethod": "POST",
    }
