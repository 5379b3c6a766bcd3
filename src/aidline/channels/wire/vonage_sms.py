"""Webhooks of Vonage's SMS API: parameters in a query, a form or JSON. Their quirks: `providers/vonage.py`."""

import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from aidline.channels.contract import (
    QUERY,
    BadSignature,
    Event,
    Fragment,
    HookRequest,
    Incoming,
    Kind,
    Malformed,
    Receipt,
    Status,
    Unknown,
    Verdict,
)
from aidline.channels.wire.forms import first_of_each
from aidline.channels.wire.reading import document, ident, moment, said, uuid
from aidline.channels.wire.sms import senders
from aidline.kernel import clock

Fields = Mapping[str, str]

# A call that nobody took is repeated for a day, perhaps as it was first signed.
OLDEST = timedelta(hours=26)

STATUSES: Mapping[str, Status] = {
    "accepted": Status.SENT,
    "buffered": Status.SENT,
    "delivered": Status.DELIVERED,
    "expired": Status.FAILED,
    "failed": Status.FAILED,
    "rejected": Status.FAILED,
    "undelivered": Status.FAILED,
    "deleted": Status.FAILED,
}
RECEIPT = "dlr-"  # before codes of receipts, which are other codes than those of a call

_MOST_PARTS = 255


def fields_of(body: bytes, content_type: str, query: str) -> Fields:
    """As they were sent, for they are signed; what is no text in JSON is written as JSON would."""
    if body and "json" in content_type:
        return {name: _text(value) for name, value in document(body).items() if value is not None}
    return first_of_each(body or query.encode("utf-8", "replace"))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ident(value)


# --- signature -------------------------------------------------------------------------------------------

Signing = Callable[[bytes, bytes], str]


def _mac(algorithm: str) -> Signing:
    return lambda secret, signed: hmac.new(secret, signed, algorithm).hexdigest()


def _hash(secret: bytes, signed: bytes) -> str:
    return hashlib.md5(signed + secret).hexdigest()  # noqa: S324 (theirs, not our choice)


METHODS: Mapping[str, Signing] = {
    "md5hash": _hash,
    **{name: _mac(name) for name in ("md5", "sha1", "sha256", "sha512")},
}


def check(request: HookRequest, method: str, secrets: Sequence[str]) -> None:
    query = request.url.partition("?")[2]
    try:
        fields = fields_of(request.body, request.headers.get("content-type", ""), query)
    except Malformed:
        raise BadSignature("sig") from None
    given = fields.get("sig", "").lower().encode("utf-8", "replace")  # hexadecimal in either case
    signed = signed_text(fields)
    good = [
        hmac.compare_digest(given, METHODS[method](secret.encode(), signed).encode()) for secret in secrets
    ]
    if not any(good):
        raise BadSignature("sig")
    _check_age(fields)


def signed_text(fields: Fields) -> bytes:
    kept = sorted((name, value) for name, value in fields.items() if name != "sig")
    pairs = (f"&{name}={value.replace('&', '_').replace('=', '_')}" for name, value in kept)
    return "".join(pairs).encode("utf-8", "replace")


def _check_age(fields: Fields) -> None:
    """Nobody can take the time away from what is signed; where none was sent, none is missed."""
    at = moment(fields.get("timestamp"))
    if at and abs(clock.now() - at) > OLDEST:
        raise BadSignature("timestamp")


# --- events ----------------------------------------------------------------------------------------------


def events(
    body: bytes, headers: Mapping[str, str], secret: str, verdicts: Mapping[str, Verdict]
) -> list[Event]:
    fields = fields_of(body, headers.get("content-type", ""), headers.get(QUERY, ""))
    if "status" in fields and "type" not in fields:
        return [_receipt(fields, verdicts)]
    return [_incoming(fields, secret)]


def _incoming(fields: Fields, secret: str) -> Event:
    external_id, who = ident(fields.get("messageId")), senders(ident(fields.get("msisdn")))
    if not external_id or not who:
        return Unknown("no-message")
    whole = Incoming(
        external_id=external_id,
        senders=who,
        sent_at=_moment(fields.get("message-timestamp", "")),
        **_content(fields),
    )
    return _fragment(fields, whole, secret) or whole


def _content(fields: Fields) -> dict[str, Any]:
    kind = ident(fields.get("type"))
    if kind == "binary" or "text" not in fields:
        return {"kind": Kind.UNSUPPORTED, "raw_kind": (kind or "sms")[:60]}
    return {"kind": Kind.TEXT, "text": said(fields.get("text"))}


def _fragment(fields: Fields, whole: Incoming, secret: str) -> Fragment | None:
    """The group names a person, so that nobody but this channel can tell whom."""
    reference = ident(fields.get("concat-ref"))
    place, total = _number(fields.get("concat-part")), _number(fields.get("concat-total"))
    together = fields.get("concat", "").lower() in ("true", "1") and whole.kind is Kind.TEXT
    if not together or not reference or not 1 <= place <= total <= _MOST_PARTS or total == 1:
        return None
    named = "\n".join((reference, whole.senders[0].value, ident(fields.get("to")), str(total)))
    return Fragment(hmac.new(secret.encode(), named.encode(), "sha256").hexdigest(), place, total, whole)


def _number(value: str | None) -> int:
    return int(value) if value and value.isascii() and value.isdigit() and len(value) < 4 else 0


def _moment(written: str) -> datetime | None:
    """Without a zone and meant in UTC, as the documentation says."""
    try:
        found = datetime.fromisoformat(written)
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _receipt(fields: Fields, verdicts: Mapping[str, Verdict]) -> Event:
    word, external_id = ident(fields.get("status")).lower(), ident(fields.get("messageId"))
    status = STATUSES.get(word)
    if status is None or not external_id:
        return Unknown(f"status-{word}"[:60])
    at, message = _moment(fields.get("message-timestamp", "")), uuid(fields.get("client-ref"))
    if status is not Status.FAILED:
        return Receipt(external_id, status, at, message=message)
    number = ident(fields.get("err-code"))
    code = RECEIPT + (number if number not in ("", "0") else word)
    return Receipt(external_id, status, at, code, verdicts.get(code, Verdict.GIVE_UP), message)
