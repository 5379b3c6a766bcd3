"""A look-alike of Twilio's voice API: calls, conferences and their participants, recordings.

Source: twilio.com/docs/voice/api/{call,conference,conference-participant,recording}-resource and the errors,
read 2026-11-24; Twilio's API description 2010-04-01. Unknown fields are refused, as with messages.
"""

from collections.abc import Callable
from email.utils import format_datetime
from typing import Any

from aidline.simulator.lookalikes import twilio_recordings, twilio_rooms
from aidline.simulator.lookalikes.shapes import Account, Answer, Call, Exchange, answer
from aidline.simulator.lookalikes.telephony import CallFacts, Ordered, Telephony
from aidline.simulator.lookalikes.trouble import ending_of
from aidline.simulator.lookalikes.twilio_errors import Refused, trouble
from aidline.simulator.lookalikes.twilio_fields import (
    Fields,
    check_ends,
    check_urls,
    events_of,
    fields_of,
    refuse_unknown,
    seconds_of,
)
from aidline.simulator.lookalikes.twiml import BadTwiml, read
from aidline.simulator.wire.twilio import API_VERSION

_ROOTS = frozenset({"Calls", "Conferences", "Recordings"})
_DOING = frozenset({"Url", "Twiml", "Method", "FallbackUrl", "FallbackMethod", "TimeLimit"})
_TOLD = frozenset({"StatusCallback", "StatusCallbackMethod"})
_RECORD = frozenset({"Record", "RecordingChannels", "RecordingTrack", "Trim"}) | {
    f"RecordingStatusCallback{end}" for end in ("", "Method", "Event")
}
CREATE = (
    _DOING
    | _TOLD
    | _RECORD
    | {"To", "From", "ApplicationSid", "StatusCallbackEvent", "SendDigits", "Timeout", "MachineDetection"}
    | {"MachineDetectionTimeout", "AsyncAmd", "CallerId", "CallReason", "CallToken", "Byoc"}
)
UPDATE = _DOING | _TOLD | {"Status"}


def is_about_calls(parts: list[str]) -> bool:
    """`parts` follow the account in the path."""
    return parts[0].removesuffix(".json") in _ROOTS


def respond(call: Call, exchange: Exchange, account: Account) -> Answer:
    telephony = exchange.telephony(account)
    if telephony is None or account.whatsapp:
        raise Refused(20404, "The requested resource was not found", 404)
    parts, fields = [part.removesuffix(".json") for part in call.parts[3:]], fields_of(call)
    if parts[0] == "Conferences":
        return _disturbed(
            call, exchange, account, lambda: twilio_rooms.respond(call, parts, fields, account, telephony)
        )
    if parts[0] == "Recordings" or "Recordings" in parts:
        return twilio_recordings.respond(call, parts, fields, account, telephony)
    return _disturbed(call, exchange, account, lambda: _calls(call, parts, fields, account, telephony))


def _disturbed(call: Call, exchange: Exchange, account: Account, do: Callable[[], Answer]) -> Answer:
    """What was asked to go wrong goes wrong with what changes something."""
    if call.method == "GET":
        return do()
    ending = ending_of(exchange, account, "")
    refused = trouble(ending)
    return refused if refused else ending.late(exchange, do())


def _calls(call: Call, parts: list[str], fields: Fields, account: Account, telephony: Telephony) -> Answer:
    if len(parts) == 1 and call.method == "POST":
        return answer(resource(account, telephony.order(_ordered(fields, account))), 201)
    known = telephony.call(parts[1]) if len(parts) == 2 else None
    if known is None:
        raise Refused(20404, "The requested resource was not found", 404)
    if call.method == "POST":
        _update(known.sid, fields, telephony)
        known = telephony.call(known.sid) or known
    return answer(resource(account, known))


# --- a call to be made ------------------------------------------------------------------------------------


def _ordered(fields: Fields, account: Account) -> Ordered:
    one = refuse_unknown(fields, CREATE)
    check_ends(one, account)
    if not one.get("Url") and not one.get("Twiml"):
        raise Refused(21205, "Url parameter is required")
    check_urls(one)
    _check_twiml(one.get("Twiml", ""))
    return Ordered(
        to=one["To"],
        caller_id=one.get("CallerId") or one["From"],
        seconds=seconds_of(one.get("Timeout", "60")),
        answer_url=one.get("Url", ""),
        twiml=one.get("Twiml", ""),
        status_url=one.get("StatusCallback", ""),
        status_events=events_of(fields),
    )


def _check_twiml(document: str) -> None:
    if document:
        try:
            read(document.encode())
        except BadTwiml as bad:
            raise Refused(21218, f"Invalid TwiML: {bad.why}") from None


# --- a call that goes on ----------------------------------------------------------------------------------


def _update(sid: str, fields: Fields, telephony: Telephony) -> None:
    one = refuse_unknown(fields, UPDATE)
    status = one.get("Status", "")
    if status not in ("", "canceled", "completed"):
        raise Refused(21218, "Status is invalid")
    check_urls(one)
    _check_twiml(one.get("Twiml", ""))
    if status:
        telephony.end_call(sid, canceled=status == "canceled")
        return
    url, twiml = one.get("Url", ""), one.get("Twiml", "")
    if (url or twiml) and not telephony.redirect(sid, url=url, twiml=twiml):
        raise Refused(21220, "Call is not in-progress. Cannot redirect.")


def resource(account: Account, call: CallFacts) -> dict[str, Any]:
    return {
        "sid": call.sid,
        "account_sid": account.key,
        "parent_call_sid": call.parent or None,
        "from": call.caller,
        "to": call.called,
        "direction": call.direction,
        "status": call.status,
        "start_time": format_datetime(call.began_at),
        "end_time": format_datetime(call.ended_at) if call.ended_at else None,
        "duration": None if call.seconds is None else str(call.seconds),
        "price": None,
        "price_unit": "USD",
        "api_version": API_VERSION,
        "uri": f"/{API_VERSION}/Accounts/{account.key}/Calls/{call.sid}.json",
    }
