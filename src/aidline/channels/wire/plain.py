"""Our own small JSON, spoken by web chat and by the simulator's generic provider.

A body is one event or `{"events": [event, …]}`. An event has a `type`; what is missing reads as empty:

- `message`: id, from, kind, text, language, at, name, media [{ref, kind, mime, name, size, seconds}], place
  {latitude, longitude, name, address}, cards [{name, phones, emails}], choice {id, title, description},
  reply_to, forwarded, opt_out, opt_in
- `reaction`: target, emoji ("" takes it back), from, at
- `edit`: target, text, from, at   ·   `deletion`: target, from, at
- `receipt`: id, status (sent, delivered, read, failed), at, code, message (our uuid)
- `preference`: from, opted_out   ·   `address_change`: from, to

`from` is one address or a list of them, as the channel's scheme has them; `at` is ISO 8601 with an offset.
A body is signed in `X-Aidline-Signature: sha256=<hex HMAC-SHA256 of the raw body>`.
"""

import hmac
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from aidline.channels.contract import (
    AddressChange,
    BadSignature,
    Card,
    Choice,
    Deletion,
    Edit,
    Event,
    HookRequest,
    Incoming,
    Kind,
    MediaRef,
    Place,
    Preference,
    Reaction,
    Receipt,
    Scheme,
    Sender,
    Status,
    Unknown,
    Verdict,
)
from aidline.channels.wire.reading import (
    count,
    degrees,
    document,
    ident,
    part,
    parts,
    said,
    uuid,
    written_moment,
)
from aidline.kernel import phones
from aidline.kernel.languages import match

SIGNATURE = "X-Aidline-Signature"
_OLDEST = timedelta(days=7)

Fields = dict[str, Any]


def sign(secret: str, body: bytes) -> str:
    return "sha256=" + hmac.digest(secret.encode(), body, "sha256").hex()


def check(request: HookRequest, secrets: Sequence[str]) -> None:
    given = request.headers.get(SIGNATURE.lower(), "").encode("utf-8", "replace")
    good = [hmac.compare_digest(given, sign(secret, request.body).encode()) for secret in secrets if secret]
    if not any(good):
        raise BadSignature(SIGNATURE)


def events(body: bytes, scheme: Scheme, received_at: datetime) -> list[Event]:
    whole = document(body)
    rows = parts(whole["events"]) if "events" in whole else [whole]
    return [_event(row, scheme, received_at) for row in rows]


def _event(row: Fields, scheme: Scheme, received_at: datetime) -> Event:
    word = ident(row.get("type")) or "message"
    if word == "receipt":
        return _receipt(row)
    senders = addresses(row.get("from"), scheme)
    read = _READERS.get(word)
    if read is None or not senders:
        return Unknown((word if senders else f"{word}-from-nobody")[:60])
    return read(row, senders, scheme, _at(row, received_at))


def addresses(given: Any, scheme: Scheme) -> tuple[Sender, ...]:
    """Numbers are normalised; whatever else may stand there on the phone scheme (short codes) stays."""
    values = [ident(one) for one in (given if isinstance(given, list) else [given])]
    if scheme is Scheme.PHONE:
        values = [phones.e164(value.removeprefix("+")) or value for value in values]
    return tuple(Sender(scheme, value) for value in values if value)


def _at(row: Fields, received_at: datetime) -> datetime | None:
    """A sender's clock is believed only where it is possible."""
    at = written_moment(row.get("at"))
    return at if at and received_at - _OLDEST <= at <= received_at else None


# --- each type -------------------------------------------------------------------------------------------

Senders = tuple[Sender, ...]


def _message(row: Fields, senders: Senders, _scheme: Scheme, at: datetime | None) -> Event:
    external_id = ident(row.get("id"))
    if not external_id:
        return Unknown("message-without-id")
    choice = _choice(row)
    return Incoming(
        external_id=external_id,
        senders=senders,
        sent_at=at,
        text=said(row.get("text")) or (choice.title if choice else ""),
        profile_name=said(row.get("name"))[:200],
        media=tuple(_media(file) for file in parts(row.get("media")) if ident(file.get("ref"))),
        cards=tuple(map(_card, parts(row.get("cards")))),
        choice=choice,
        reply_to=ident(row.get("reply_to")),
        forwarded=row.get("forwarded") is True,
        opt_out=row.get("opt_out") is True,
        opt_in=row.get("opt_in") is True,
        language=match(ident(row.get("language"))),
        **_kind(row),
    )


def _kind(row: Fields) -> Fields:
    word, place = ident(row.get("kind")) or "text", _place(part(row.get("place")))
    impossible = word not in _KINDS or (word == "location" and place is None)
    if impossible:
        return {"kind": Kind.UNSUPPORTED, "raw_kind": word[:60]}
    return {"kind": Kind(word), "place": place}


_KINDS = frozenset(Kind) - {Kind.TEMPLATE}


def _place(spot: Fields) -> Place | None:
    latitude, longitude = degrees(spot.get("latitude"), 90), degrees(spot.get("longitude"), 180)
    if latitude is None or longitude is None:
        return None
    return Place(latitude, longitude, said(spot.get("name")), said(spot.get("address")))


def _media(file: Fields) -> MediaRef:
    kind = ident(file.get("kind"))
    return MediaRef(
        ref=ident(file.get("ref")),
        kind=Kind(kind) if kind in _KINDS else Kind.DOCUMENT,
        mime=ident(file.get("mime")),
        name=said(file.get("name"))[:255],
        size=count(file.get("size")),
        seconds=count(file.get("seconds")),
    )


def _card(card: Fields) -> Card:
    return Card(said(card.get("name")), _words(card.get("phones")), _words(card.get("emails")))


def _words(values: Any) -> tuple[str, ...]:
    return tuple(filter(None, map(said, values))) if isinstance(values, list) else ()


def _choice(row: Fields) -> Choice | None:
    chosen = part(row.get("choice"))
    choice = Choice(ident(chosen.get("id")), said(chosen.get("title")), said(chosen.get("description")))
    return choice if choice.id else None


def _reaction(row: Fields, senders: Senders, _scheme: Scheme, at: datetime | None) -> Event:
    return Reaction(ident(row.get("target")), said(row.get("emoji"))[:32], senders, at)


def _edit(row: Fields, senders: Senders, _scheme: Scheme, at: datetime | None) -> Event:
    return Edit(ident(row.get("target")), said(row.get("text")), senders, at)


def _deletion(row: Fields, senders: Senders, _scheme: Scheme, at: datetime | None) -> Event:
    return Deletion(ident(row.get("target")), senders, at)


def _preference(row: Fields, senders: Senders, _scheme: Scheme, _when: datetime | None) -> Event:
    return Preference(senders, row.get("opted_out") is True)


def _address_change(row: Fields, senders: Senders, scheme: Scheme, _when: datetime | None) -> Event:
    new = addresses(row.get("to"), scheme)
    return AddressChange(senders, new) if new else Unknown("address-change-to-nothing")


_READERS: Mapping[str, Callable[[Fields, Senders, Scheme, datetime | None], Event]] = {
    "message": _message,
    "reaction": _reaction,
    "edit": _edit,
    "deletion": _deletion,
    "preference": _preference,
    "address_change": _address_change,
}


def _receipt(row: Fields) -> Event:
    word, external_id = ident(row.get("status")), ident(row.get("id"))
    if word not in frozenset(Status) or not external_id:
        return Unknown(f"status-{word}"[:60])
    failed = word == Status.FAILED
    return Receipt(
        external_id,
        Status(word),
        written_moment(row.get("at")),
        code=ident(row.get("code"))[:60] if failed else "",
        verdict=Verdict.GIVE_UP if failed else None,
        message=uuid(row.get("message")),
    )
