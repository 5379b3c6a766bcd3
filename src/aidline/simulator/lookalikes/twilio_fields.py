"""Fields of Twilio's forms, checked as its voice API checks them."""

import re
from collections.abc import Mapping
from urllib.parse import parse_qs

from aidline.simulator.lookalikes.shapes import Account, Call
from aidline.simulator.lookalikes.twilio_errors import Refused

Fields = Mapping[str, list[str]]
_WHO = re.compile(r"\+[1-9]\d{6,14}|client:\w{1,121}|sip:\S+")
EVENTS = frozenset({"initiated", "ringing", "answered", "completed"})


def fields_of(call: Call) -> Fields:
    return parse_qs(call.body.decode("utf-8", "replace"), keep_blank_values=True)


def refuse_unknown(fields: Fields, known: frozenset[str]) -> dict[str, str]:
    """One value for each field; events may be several."""
    unknown = next((name for name in fields if name not in known), None)
    if unknown:
        raise Refused(20001, f"Unknown parameter {unknown[:40]}")
    return {name: " ".join(values) for name, values in fields.items()}


def check_ends(one: Mapping[str, str], account: Account) -> None:
    if not one.get("To"):
        raise Refused(21201, "No 'To' number is specified")
    if not one.get("From"):
        raise Refused(21213, "No 'From' number is specified")
    if not _WHO.fullmatch(one["To"]):
        raise Refused(21211, "The 'To' number is not a valid phone number")
    if one["From"] != account.number and not one["From"].startswith("client:"):
        raise Refused(21210, "The source phone number provided is not yet verified for your account")


def check_urls(one: Mapping[str, str]) -> None:
    for name in ("Url", "FallbackUrl", "StatusCallback", "RecordingStatusCallback"):
        if one.get(name) and not one[name].startswith(("http://", "https://")):
            raise Refused(21205 if name == "Url" else 21609, f"{name} is not a valid URL")


def events_of(fields: Fields) -> str:
    """A repeated field for calls, words in one for conferences."""
    given = " ".join(fields.get("StatusCallbackEvent", []))
    if set(given.split()) - EVENTS:
        raise Refused(21626, "StatusCallbackEvent is invalid")
    return given or "completed"


def seconds_of(given: str) -> int:
    if not given.isdecimal() or int(given) > 600:
        raise Refused(21220, "Timeout is invalid")
    return int(given)
