"""Infobip's webhook JSON to events: what people said, and reports on ours. Quirks: `providers/infobip.py`."""

from collections.abc import Mapping
from typing import Any

from aidline.channels.contract import (
    Event,
    Incoming,
    Kind,
    MediaRef,
    Receipt,
    Status,
    Unknown,
    Verdict,
)
from aidline.channels.wire.reading import document, ident, part, parts, said, uuid, written_moment
from aidline.channels.wire.sms import senders

_GROUPS: Mapping[str, str] = {
    "0": "OK",
    "1": "PENDING",
    "2": "UNDELIVERABLE",
    "3": "DELIVERED",
    "4": "EXPIRED",
    "5": "REJECTED",
}
_STATUSES: Mapping[str, Status] = {
    "OK": Status.SENT,
    "PENDING": Status.SENT,
    "DELIVERED": Status.DELIVERED,
    "UNDELIVERABLE": Status.FAILED,
    "EXPIRED": Status.FAILED,
    "REJECTED": Status.FAILED,
}
# Neither says anything about the phone of the person, whatever their group is called.
_AS_GOOD_AS_SENT = frozenset({"2", "DELIVERED_TO_OPERATOR", "29", "EXPIRED_DLR_UNKNOWN"})

_MEDIA_KINDS: Mapping[str, Kind] = {"image": Kind.IMAGE, "video": Kind.VIDEO, "audio": Kind.AUDIO}
_VCARDS = frozenset({"text/vcard", "text/x-vcard", "text/directory"})
_LAYOUT = "application/smil"
_MOST_FILES = 10

Result = dict[str, Any]


def events(body: bytes, verdicts: Mapping[str, Verdict]) -> list[Event]:
    results = parts(document(body).get("results"))
    return [_event(result, verdicts) for result in results] or [Unknown("no-results")]


def group_of(status: Result) -> str:
    return ident(status.get("groupName")).upper() or _GROUPS.get(ident(status.get("groupId")), "")


def _event(result: Result, verdicts: Mapping[str, Verdict]) -> Event:
    if isinstance(result.get("status"), dict):
        return _receipt(result, part(result["status"]), verdicts)
    return _incoming(result)


# --- said ------------------------------------------------------------------------------------------------


def _incoming(result: Result) -> Event:
    external_id, who = ident(result.get("messageId")), senders(ident(result.get("from")))
    if not external_id or not who:
        return Unknown("no-message")
    return Incoming(
        external_id=external_id,
        senders=who,
        sent_at=written_moment(result.get("receivedAt")),
        **_content(result),
    )


def _content(result: Result) -> dict[str, Any]:
    """The whole text, not the one without its keyword."""
    pieces = parts(result.get("message"))
    text = said(result.get("text")) or "\n".join(filter(None, map(_text_of, pieces)))
    media = tuple(filter(None, map(_media, pieces)))[:_MOST_FILES]
    if media:
        return {"kind": media[0].kind, "text": text, "media": media}
    if text or isinstance(result.get("text"), str):
        return {"kind": Kind.TEXT, "text": text}
    return {"kind": Kind.UNSUPPORTED, "raw_kind": next(filter(None, map(_mime, pieces)), "message")[:60]}


def _mime(piece: Result) -> str:
    return ident(piece.get("contentType")).partition(";")[0].strip().lower()


def _text_of(piece: Result) -> str:
    return said(piece.get("value")) if _mime(piece) in ("", "text/plain") else ""


def _media(piece: Result) -> MediaRef | None:
    url, mime = ident(piece.get("url")), _mime(piece)
    if not url or mime == _LAYOUT:
        return None
    kind = Kind.CONTACTS if mime in _VCARDS else _MEDIA_KINDS.get(mime.partition("/")[0], Kind.DOCUMENT)
    return MediaRef(url, kind, mime)


# --- told ------------------------------------------------------------------------------------------------


def _receipt(result: Result, status: Result, verdicts: Mapping[str, Verdict]) -> Event:
    external_id, name, group = ident(result.get("messageId")), ident(status.get("name")), group_of(status)
    known = {name, ident(status.get("id"))}
    ours = Status.SENT if known & _AS_GOOD_AS_SENT else _STATUSES.get(group)
    if ours is None or not external_id:
        return Unknown(f"status-{group}"[:60])
    at = written_moment(result.get("doneAt")) or written_moment(result.get("sentAt"))
    message = uuid(result.get("callbackData")) or uuid(external_id)
    if ours is not Status.FAILED:
        return Receipt(external_id, ours, at, message=message)
    code = _code(part(result.get("error"))) or name or group
    verdict = verdicts.get(code) or verdicts.get(name, Verdict.GIVE_UP)
    return Receipt(external_id, ours, at, code, verdict, message)


def _code(error: Result) -> str:
    """ "No error" stands there too, beside a status that says that nothing was delivered."""
    return ident(error.get("name")) if ident(error.get("id")) not in ("", "0") else ""
