"""Webhooks of Vonage's Messages API v1: JSON, one message or one status a call. Quirks: `providers/vonage.py`."""

import hashlib
import hmac
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from aidline.channels.contract import (
    BadSignature,
    Choice,
    Event,
    HookRequest,
    Incoming,
    Kind,
    MediaRef,
    Place,
    Receipt,
    Status,
    Unknown,
    Verdict,
)
from aidline.channels.wire import jwt
from aidline.channels.wire.reading import degrees, document, ident, moment, part, said, uuid, written_moment
from aidline.channels.wire.sms import senders
from aidline.channels.wire.vonage_sms import OLDEST
from aidline.kernel import clock

Whole = dict[str, Any]

# Where people have a telephone number; what comes over another channel could not be answered there.
CHANNELS = frozenset({"sms", "mms", "rcs"})

STATUSES: Mapping[str, Status] = {
    "submitted": Status.SENT,
    "delivered": Status.DELIVERED,
    "read": Status.READ,
    "rejected": Status.FAILED,
    "undeliverable": Status.FAILED,
}
_MEDIA_KINDS: Mapping[str, Kind] = {
    "image": Kind.IMAGE,
    "audio": Kind.AUDIO,
    "video": Kind.VIDEO,
    "file": Kind.DOCUMENT,
    "sticker": Kind.STICKER,
    "vcard": Kind.CONTACTS,
}
_AHEAD = timedelta(hours=1)
_CODE = re.compile(r"\d{1,5}|[a-z][a-z_-]{2,39}")

# --- signature -------------------------------------------------------------------------------------------


def check(request: HookRequest, secrets: Sequence[str], application_id: str) -> None:
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind != "Bearer":
        raise BadSignature("authorization")
    claims = jwt.checked_hs256(token, secrets)
    _check_body(request, claims)
    theirs = ident(claims.get("application_id"))
    if theirs and application_id and theirs != application_id:
        raise BadSignature("application_id")
    _check_age(claims)


def _check_body(request: HookRequest, claims: Whole) -> None:
    """A question about a call may come by GET, where nothing stands that a hash could be of."""
    if request.method == "GET" and not request.body and "payload_hash" not in claims:
        return
    given = ident(claims.get("payload_hash")).encode("utf-8", "replace")
    if not hmac.compare_digest(given, hashlib.sha256(request.body).hexdigest().encode()):
        raise BadSignature("payload_hash")


def _check_age(claims: Whole) -> None:
    """Calls are repeated for a day, and clocks of small servers are not always right."""
    now, issued, ends = clock.now(), moment(claims.get("iat")), moment(claims.get("exp"))
    if issued is None or not now - OLDEST <= issued <= now + _AHEAD:
        raise BadSignature("iat")
    if ends is not None and ends < now - OLDEST:
        raise BadSignature("exp")


# --- events ----------------------------------------------------------------------------------------------


def events(body: bytes, verdicts: Mapping[str, Verdict]) -> list[Event]:
    whole = document(body)
    channel = ident(whole.get("channel"))
    if channel not in CHANNELS:
        return [Unknown(f"channel-{channel}"[:60])]
    if "status" in whole and "message_type" not in whole:
        return [_receipt(whole, verdicts)]
    return [_incoming(whole)]


def _incoming(whole: Whole) -> Event:
    external_id, who = ident(whole.get("message_uuid")), senders(ident(whole.get("from")))
    if not external_id or not who:
        return Unknown("no-message")
    kind = ident(whole.get("message_type"))
    return Incoming(
        external_id=external_id,
        senders=who,
        sent_at=_moment(whole.get("timestamp")),
        profile_name=said(part(whole.get("profile")).get("name")),
        reply_to=ident(part(whole.get("context")).get("message_uuid")),
        **_CONTENT.get(kind, _unsupported)(whole, kind),
    )


def _moment(value: Any) -> datetime | None:
    """Also as `2026-11-24 14:00:00 +0000`, which older accounts still get."""
    return written_moment(value.replace(" +", "+") if isinstance(value, str) else value)


def _text(whole: Whole, _kind: str) -> dict[str, Any]:
    return {"kind": Kind.TEXT, "text": said(whole.get("text"))}


def _media(whole: Whole, kind: str) -> dict[str, Any]:
    file = part(whole.get(kind))
    url = ident(file.get("url"))
    if not url:
        return _unsupported(whole, kind)
    media = MediaRef(url, _MEDIA_KINDS[kind], name=said(file.get("name"))[:255])
    return {
        "kind": media.kind,
        "text": said(file.get("caption")) or said(whole.get("text")),
        "media": (media,),
    }


def _location(whole: Whole, kind: str) -> dict[str, Any]:
    spot = part(whole.get("location"))
    latitude, longitude = degrees(spot.get("lat"), 90), degrees(spot.get("long"), 180)
    if latitude is None or longitude is None:
        return _unsupported(whole, kind)
    place = Place(latitude, longitude, said(spot.get("name")), said(spot.get("address")))
    return {"kind": Kind.LOCATION, "place": place}


def _reply(whole: Whole, _kind: str) -> dict[str, Any]:
    reply = part(whole.get("reply"))
    return _chosen(reply.get("id"), reply.get("title"), reply.get("description"))


def _button(whole: Whole, _kind: str) -> dict[str, Any]:
    button = part(whole.get("button"))
    return _chosen(button.get("payload"), button.get("text"))


def _chosen(choice: Any, title: Any, description: Any = "") -> dict[str, Any]:
    chosen = Choice(ident(choice) or said(title), said(title), said(description))
    return {"kind": Kind.CHOICE, "text": chosen.title, "choice": chosen}


def _unsupported(whole: Whole, kind: str) -> dict[str, Any]:
    return {"kind": Kind.UNSUPPORTED, "raw_kind": (kind or "message")[:60], "text": said(whole.get("text"))}


_CONTENT: Mapping[str, Callable[[Whole, str], dict[str, Any]]] = {
    "text": _text,
    **dict.fromkeys(_MEDIA_KINDS, _media),
    "location": _location,
    "reply": _reply,
    "button": _button,
}


def _receipt(whole: Whole, verdicts: Mapping[str, Verdict]) -> Event:
    word, external_id = ident(whole.get("status")), ident(whole.get("message_uuid"))
    status = STATUSES.get(word)
    if status is None or not external_id:
        return Unknown(f"status-{word}"[:60])
    at, message = _moment(whole.get("timestamp")), uuid(whole.get("client_ref"))
    if status is not Status.FAILED:
        return Receipt(external_id, status, at, message=message)
    code = code_of(part(whole.get("error"))) or word
    return Receipt(external_id, status, at, code, verdicts.get(code, Verdict.GIVE_UP), message)


def code_of(problem: Whole) -> str:
    """The end of the address that explains the error (RFC 9457), as `1000` or `low-balance`; else its title."""
    named = (ident(problem.get("type")).rpartition("#")[2], ident(problem.get("title")))
    return next((one for one in named if _CODE.fullmatch(one)), "")
