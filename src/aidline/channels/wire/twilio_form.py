"""Twilio's webhook form: what of it is signed, and what it says. Its quirks: `providers/twilio.py`."""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from aidline.channels.contract import (
    QUERY,
    BadSignature,
    Choice,
    Event,
    HookRequest,
    Incoming,
    Kind,
    Malformed,
    MediaRef,
    Place,
    Receipt,
    Scheme,
    Sender,
    Status,
    Unknown,
    Verdict,
)
from aidline.channels.wire.forms import first_of_each, form
from aidline.channels.wire.reading import degrees, document, ident, said, uuid
from aidline.kernel import phones

Fields = dict[str, str]

PREFIX = "whatsapp:"
MOST_FILES = 10

# Words that tell no one anything new (queued, sending, accepted, scheduled) come out as unknown.
STATUSES: Mapping[str, Status] = {
    "sent": Status.SENT,
    "delivered": Status.DELIVERED,
    "partially_delivered": Status.DELIVERED,
    "read": Status.READ,
    "undelivered": Status.FAILED,
    "failed": Status.FAILED,
    "canceled": Status.FAILED,
}

_MEDIA_KINDS: Mapping[str, Kind] = {"image": Kind.IMAGE, "video": Kind.VIDEO, "audio": Kind.AUDIO}
_VCARDS = frozenset({"text/vcard", "text/x-vcard", "text/directory"})

# --- signature -------------------------------------------------------------------------------------------


def signed_fields(request: HookRequest) -> bytes:
    """What is signed after the address: every field by name, each of its values once, in order."""
    if request.method != "POST" or "json" in request.headers.get("content-type", ""):
        _check_body_hash(request)
        return b""
    try:
        fields = form(request.body)
    except Malformed:
        raise BadSignature("too many fields") from None
    joined = "".join(name + value for name in sorted(fields) for value in sorted(set(fields[name])))
    return joined.encode("utf-8", "replace")


def _check_body_hash(request: HookRequest) -> None:
    if not request.body:
        return
    given = request.query.get("bodySHA256", "").encode("utf-8", "replace")
    if not hmac.compare_digest(given, hashlib.sha256(request.body).hexdigest().encode()):
        raise BadSignature("bodySHA256")


def with_and_without_port(url: str) -> Iterable[str]:
    plain = url.partition("#")[0]
    scheme, _, rest = plain.partition("://")
    end = min((at for at in (rest.find("/"), rest.find("?")) if at >= 0), default=len(rest))
    host, tail = rest[:end], rest[end:]
    bare, _, port = host.partition(":") if not host.startswith("[") else (host, "", "")
    standard = port or ("443" if scheme == "https" else "80")
    return dict.fromkeys((plain, f"{scheme}://{bare}{tail}", f"{scheme}://{bare}:{standard}{tail}"))


# --- reading ---------------------------------------------------------------------------------------------


def fields_of(body: bytes, headers: Mapping[str, str]) -> Fields:
    if "json" in headers.get("content-type", ""):
        return {name: value for name, value in document(body).items() if isinstance(value, str)}
    return first_of_each(body or headers.get(QUERY, "").encode())


def receipt(fields: Fields, query: str, verdicts: Mapping[str, Verdict]) -> Event:
    word, external_id = ident(fields.get("MessageStatus")), ident(fields.get("MessageSid"))
    status = STATUSES.get(word)
    if status is None or not external_id:
        return Unknown(f"status-{word}"[:60])
    message = uuid(next(iter(form(query.encode("utf-8", "replace")).get("message", ())), ""))
    if status is not Status.FAILED:
        return Receipt(external_id, status, message=message)
    code = ident(fields.get("ErrorCode"))
    return Receipt(external_id, status, None, code, verdicts.get(code, Verdict.GIVE_UP), message)


def incoming(fields: Fields, *, opt_out: bool, opt_in: bool) -> Event:
    external_id, senders = ident(fields.get("MessageSid")), _senders(fields)
    if not external_id or not senders:
        return Unknown("no-message")
    return Incoming(
        external_id=external_id,
        senders=senders,
        sent_at=sent_at(fields),
        profile_name=said(fields.get("ProfileName")),
        reply_to=ident(fields.get("OriginalRepliedMessageSid")),
        forwarded="true" in (fields.get("Forwarded"), fields.get("FrequentlyForwarded")),
        opt_out=opt_out,
        opt_in=opt_in,
        **_content(fields),
    )


def _senders(fields: Fields) -> tuple[Sender, ...]:
    """A number, on WhatsApp perhaps a business-scoped id instead or beside it; else a name or short code."""
    given = ident(fields.get("From"))
    address = given.removeprefix(PREFIX)
    user = ident(fields.get("ExternalUserId")).removeprefix(PREFIX)
    phone = phones.e164(address.removeprefix("+")) or phones.e164(ident(fields.get("WaId")))
    if phone is None and address and not user and (given != address or "." in address):
        user = address
    found = [Sender(Scheme.PHONE, phone)] if phone else []
    found += [Sender(Scheme.WHATSAPP_USER, user)] if user else []
    return tuple(found) or ((Sender(Scheme.PHONE, address),) if address else ())


def _content(fields: Fields) -> dict[str, Any]:
    text, media = _body(fields), _media(fields)
    if media:
        return {"kind": media[0].kind, "text": text, "media": media}
    latitude, longitude = degrees(fields.get("Latitude"), 90), degrees(fields.get("Longitude"), 180)
    if latitude is not None and longitude is not None:
        place = Place(latitude, longitude, said(fields.get("Label")), said(fields.get("Address")))
        return {"kind": Kind.LOCATION, "text": text, "place": place}
    choice = _choice(fields, text)
    if choice:
        return {"kind": Kind.CHOICE, "text": text or choice.title, "choice": choice}
    kind = ident(fields.get("MessageType"))
    if text or kind in ("", "text"):
        return {"kind": Kind.TEXT, "text": text}
    return {"kind": Kind.UNSUPPORTED, "raw_kind": kind[:60]}


def _choice(fields: Fields, text: str) -> Choice | None:
    chosen = ident(fields.get("ButtonPayload")) or ident(fields.get("ListId"))
    title = said(fields.get("ButtonText")) or said(fields.get("ListTitle"))
    return Choice(chosen or title, title or text) if chosen or title else None


def _media(fields: Fields) -> tuple[MediaRef, ...]:
    number = fields.get("NumMedia", "")
    many = min(int(number[:3]), MOST_FILES) if number.isascii() and number.isdigit() else 0
    refs = (
        (ident(fields.get(f"MediaUrl{at}")), ident(fields.get(f"MediaContentType{at}"))) for at in range(many)
    )
    return tuple(MediaRef(url, _kind_of(mime, fields), mime) for url, mime in refs if url)


def _kind_of(mime: str, fields: Fields) -> Kind:
    plain = mime.partition(";")[0].strip().lower()
    if plain in _VCARDS:
        return Kind.CONTACTS
    on_whatsapp = fields.get("From", "").startswith(PREFIX)
    if on_whatsapp and plain in ("image/webp", "audio/ogg"):
        return Kind.STICKER if plain == "image/webp" else Kind.VOICE
    return _MEDIA_KINDS.get(plain.partition("/")[0], Kind.DOCUMENT)


_BASE64 = re.compile(r"[A-Za-z0-9+/]{60,}={0,2}")


def _body(fields: Fields) -> str:
    """Only what is long, in several segments, pure base64 and readable once decoded is taken for base64."""
    raw = fields.get("Body", "")
    if fields.get("NumSegments", "1") in ("0", "1") or len(raw) % 4 or not _BASE64.fullmatch(raw):
        return said(raw)
    try:
        decoded = base64.b64decode(raw).decode()
    except ValueError:
        return said(raw)
    return said(decoded if decoded.replace("\n", " ").isprintable() else raw)


def sent_at(fields: Fields) -> datetime | None:
    """Only in what `list_since` brings."""
    try:
        return parsedate_to_datetime(fields["DateSent"]).astimezone(UTC)
    except (KeyError, ValueError):
        return None
