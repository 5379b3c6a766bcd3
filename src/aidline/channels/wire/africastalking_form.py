"""The four callbacks of Africa's Talking, told apart by their fields. Quirks: `providers/africastalking.py`."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from aidline.channels.contract import (
    Event,
    Incoming,
    Kind,
    Preference,
    Receipt,
    Status,
    Unknown,
    Verdict,
)
from aidline.channels.wire.reading import ident, said
from aidline.channels.wire.sms import senders

Fields = Mapping[str, str]

LINK = "~"  # between the id of a message and the linkId that lets us answer it; in neither of them
_SKEW = timedelta(minutes=10)

STATUSES: Mapping[str, Status] = {
    "sent": Status.SENT,
    "submitted": Status.SENT,
    "buffered": Status.SENT,
    "success": Status.DELIVERED,
    "rejected": Status.FAILED,
    "failed": Status.FAILED,
    "expired": Status.FAILED,
    "absentsubscriber": Status.FAILED,
}


def events(
    fields: Fields, received_at: datetime, verdicts: Mapping[str, Verdict], *, with_link: bool
) -> list[Event]:
    if "status" in fields:
        return [_receipt(fields, verdicts)]
    if "text" in fields:
        return [_incoming(fields, received_at, with_link=with_link)]
    if "updateType" in fields:
        return [_subscription(fields)]
    if "senderId" in fields:
        return [_opt_out(fields)]
    return [Unknown("callback")]


def _incoming(fields: Fields, received_at: datetime, *, with_link: bool) -> Event:
    external_id, who = ident(fields.get("id")), senders(ident(fields.get("from")))
    if not external_id or not who:
        return Unknown("no-message")
    link = ident(fields.get("linkId")) if with_link else ""
    return Incoming(
        external_id=f"{external_id}{LINK}{link}" if link else external_id,
        senders=who,
        kind=Kind.TEXT,
        text=said(fields.get("text")),
        sent_at=_moment(fields.get("date", ""), received_at),
    )


def _moment(written: str, received_at: datetime) -> datetime | None:
    try:
        found = datetime.fromisoformat(written.strip())
        if found.tzinfo:
            return found.astimezone(UTC)
        found = found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return found if found <= received_at + _SKEW else None


def _receipt(fields: Fields, verdicts: Mapping[str, Verdict]) -> Event:
    word, external_id = ident(fields.get("status")), ident(fields.get("id"))
    status = STATUSES.get(word.lower())
    if status is None or not external_id:
        return Unknown(f"status-{word}"[:60])
    if status is not Status.FAILED:
        return Receipt(external_id, status)
    code = ident(fields.get("failureReason")) or word
    return Receipt(external_id, status, None, code, verdicts.get(code, Verdict.GIVE_UP))


def _opt_out(fields: Fields) -> Event:
    """The person sent the stop code of the phone company for our name of sender; the way back is not told."""
    who = senders(ident(fields.get("phoneNumber")))
    return Preference(who, opted_out=True) if who else Unknown("opt-out")


def _subscription(fields: Fields) -> Event:
    """To what is sent under a premium keyword, without having been asked for each time."""
    who, word = senders(ident(fields.get("phoneNumber"))), ident(fields.get("updateType")).lower()
    if not who or word not in ("addition", "deletion"):
        return Unknown(f"subscription-{word}"[:60])
    return Preference(who, opted_out=word == "deletion")
