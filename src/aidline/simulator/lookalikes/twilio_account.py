"""A Twilio account and its numbers: what they are called, where their webhooks go.

Source: twilio.com/docs/iam/api/account and /docs/phone-numbers/api/incomingphonenumber-resource (read 2026-11-24).
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from aidline.simulator.lookalikes.registered import address, register, register_calls, spoken_to
from aidline.simulator.lookalikes.shapes import Account, Answer, Exchange, answer

OF_CALLS = ("VoiceUrl", "VoiceFallbackUrl", "StatusCallback")
CHANGES = frozenset(
    {"FriendlyName", "SmsUrl", "SmsMethod", "SmsFallbackUrl", "SmsFallbackMethod", *OF_CALLS}
    | {"VoiceMethod", "VoiceFallbackMethod", "StatusCallbackMethod", "VoiceApplicationSid"}
)
OF_APP = frozenset({"FriendlyName", *OF_CALLS, "VoiceMethod", "VoiceFallbackMethod", "StatusCallbackMethod"})
APP = "App"  # in front of the names of fields, where those of a TwiML app are kept


def account_of(account: Account) -> Answer:
    about = {"sid": account.key, "friendly_name": "Practice", "status": "active", "type": "Full"}
    return answer(about)


def numbers(account: Account, exchange: Exchange, wanted: str) -> Answer:
    """A WhatsApp sender is not among the numbers of an account."""
    own = [] if account.whatsapp or wanted not in ("", account.number) else [_number(account, exchange)]
    return answer({"incoming_phone_numbers": own, "next_page_uri": None})


def is_number(account: Account, sid: str) -> bool:
    return sid == _sid(account)


def change(account: Account, exchange: Exchange, fields: Mapping[str, str]) -> Answer:
    if "SmsUrl" in fields:
        register(account, fields["SmsUrl"])
    for name in OF_CALLS:
        if name in fields:
            register_calls(account, name, fields[name])
    return answer(_number(account, exchange))


def is_app(sid: str) -> bool:
    """Practice knows every app by the name it is asked for."""
    return sid.startswith("AP") and len(sid) == 34


def app(account: Account, sid: str, fields: Mapping[str, str]) -> Answer:
    """Where the softphones of an account ask."""
    for name in OF_CALLS:
        if name in fields:
            register_calls(account, APP + name, fields[name])
    url = spoken_to(account.ref, f"{APP}VoiceUrl")
    return answer({"sid": sid, "account_sid": account.key, "friendly_name": "Practice", "voice_url": url})


def _number(account: Account, exchange: Exchange) -> dict[str, Any]:
    url = address(account, exchange, "twilio")
    return {
        "sid": _sid(account),
        "account_sid": account.key,
        "phone_number": account.number,
        "sms_url": url,
        "sms_fallback_url": url,
        "capabilities": {"voice": True, "sms": True, "mms": False},
        "voice_url": spoken_to(account.ref, "VoiceUrl"),
        "voice_fallback_url": spoken_to(account.ref, "VoiceFallbackUrl"),
        "status_callback": spoken_to(account.ref, "StatusCallback"),
    }


def _sid(account: Account) -> str:
    return "PN" + sha256(account.key.encode()).hexdigest()[:32]
