"""Calls of a gateway that nobody wrote a provider for, read by names that its owner gave.

A name is a field, or a path through objects and lists: `data.messages.0.text`; over a list without a number it means
the same of each of its rows.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from mimetypes import guess_type
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from aidline.channels.contract import (
    QUERY,
    Event,
    Incoming,
    Kind,
    Malformed,
    MediaRef,
    Receipt,
    Scheme,
    Sender,
    Status,
    Unknown,
    Verdict,
)
from aidline.channels.wire.reading import document, ident, moment, parts, said, uuid, written_moment
from aidline.kernel import phones

JSON, FORM, IN_QUERY = "json", "form", "query"
ISO, SECONDS, MILLISECONDS = "iso", "seconds", "milliseconds"

_MOST_FIELDS = 500
_MOST_FILES = 20
_OLDEST = timedelta(days=7)
_KINDS: Mapping[str, Kind] = {"image": Kind.IMAGE, "video": Kind.VIDEO, "audio": Kind.AUDIO}

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Names:
    """What its owner calls each thing; empty where the gateway does not tell it."""

    format: str
    rows: str
    id: str
    sender: str
    text: str
    name: str
    time: str
    time_format: str
    media: str
    media_type: str
    status: str
    status_id: str
    status_ours: str
    status_code: str
    words: Mapping[str, Status]  # in lower case
    scheme: Scheme
    country: str


def at(value: Any, path: str) -> Any:
    """What stands there, or None. A field whose name has dots in it is found before the path."""
    step, _, rest = path.partition(".")
    if not path:
        return None
    if isinstance(value, dict):
        if path in value:
            return value[path]
        return at(value.get(step), rest) if rest else None
    if not isinstance(value, list):
        return None
    if step.isascii() and step.isdigit():
        inner = next(iter(value[int(step[:6]) :]), None)
        return at(inner, rest) if rest else inner
    return [one for row in value if isinstance(row, dict) and (one := at(row, path)) is not None]


def word(value: Any) -> str:
    """Numbers and truths as they are written; objects and lists say nothing."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else ident(value)


_CODE = re.compile(r"[A-Za-z0-9_.:-]{1,40}")
_NUMBER = re.compile(r"\d{7}")


def code(value: Any) -> str:
    """A sentence, or what may be somebody's number, is no code."""
    given = ident(value)
    return given if _CODE.fullmatch(given) and not _NUMBER.search(given) else ""


# --- a call ----------------------------------------------------------------------------------------------


def events(body: bytes, headers: Mapping[str, str], received_at: datetime, names: Names) -> list[Event]:
    """A call in which no name is found is set aside: with better names it can be read once more."""
    query = headers.get(QUERY, "")
    ours = _fields(query.encode("utf-8", "replace")).get("message") if names.format != IN_QUERY else None
    rows = _rows(body, query, names)
    found = [_event(row, names, received_at, ours) for row in rows]
    if rows and all(event == NOTHING_KNOWN for event in found):
        raise Malformed("none of the names was found")
    return found or [Unknown("no-rows")]


NOTHING_KNOWN = Unknown("nothing-known")


def _rows(body: bytes, query: str, names: Names) -> list[Row]:
    if names.format == JSON:
        return _json_rows(document(body), names.rows)
    fields = _fields(body if names.format == FORM else query.encode("utf-8", "replace"))
    if not fields:
        raise Malformed("no fields")
    return [fields]


def _json_rows(whole: Row, path: str) -> list[Row]:
    rows = at(whole, path) if path else [whole]
    if not isinstance(rows, list):
        raise Malformed("no list of that name")
    return parts(rows)


def _fields(raw: bytes) -> Row:
    try:
        text = raw.decode("utf-8", "replace")
        pairs = parse_qsl(text, keep_blank_values=True, errors="replace", max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise Malformed("too many fields") from None
    return dict(reversed(pairs))


def _event(row: Row, names: Names, received_at: datetime, ours: Any) -> Event:
    status = said(word(at(row, names.status))).strip().lower()
    if status in names.words:
        return _receipt(row, names, names.words[status], received_at, ours)
    told = at(row, names.text)
    sender, text = _sender(ident(at(row, names.sender)), names), said(word(told))
    media = tuple(_media(row, names))
    if status and (sender is None or not (text or media)):
        return Unknown(f"status-{status}"[:60])
    if sender is None or (told is None and not media):
        return NOTHING_KNOWN
    if not text and not media:
        return Unknown("empty")
    when = _time(at(row, names.time), names.time_format, received_at)
    return Incoming(
        external_id=ident(at(row, names.id)) or _made_up(row, names, received_at),
        senders=(sender,),
        kind=media[0].kind if media else Kind.TEXT,
        text=text,
        sent_at=when,
        profile_name=said(at(row, names.name))[:200],
        media=media,
    )


def _made_up(row: Row, names: Names, received_at: datetime) -> str:
    """Without an id two equal texts are two messages, unless they are of one moment: twice is better than never."""
    written = json.dumps(row, sort_keys=True, default=str)
    clock = "" if names.time and at(row, names.time) is not None else received_at.isoformat()
    return hashlib.sha256(f"{clock} {written}".encode("utf-8", "replace")).hexdigest()[:40]


def _sender(given: str, names: Names) -> Sender | None:
    if not given:
        return None
    if names.scheme is not Scheme.PHONE:
        return Sender(names.scheme, given)
    bare = given.strip()
    written = phones.normalise(bare, names.country) if names.country else phones.e164(bare.removeprefix("+"))
    return Sender(Scheme.PHONE, written or phones.normalise(bare) or bare[:60])


def _time(value: Any, form: str, received_at: datetime) -> datetime | None:
    """A gateway's clock is believed only where it is possible."""
    if form == ISO:
        when = written_moment(value)
    else:
        digits = ident(value).partition(".")[0]
        when = moment(digits[:-3] if form == MILLISECONDS else digits)
    return when if when and received_at - _OLDEST <= when <= received_at else None


def _media(row: Row, names: Names) -> Iterator[MediaRef]:
    urls, types = _many(at(row, names.media)), _many(at(row, names.media_type))
    for place, url in enumerate(urls[:_MOST_FILES]):
        given = types[place] if place < len(types) else ""
        mime = given.partition(";")[0].strip().lower() or guess_type(_path(url))[0] or ""
        yield MediaRef(url, _KINDS.get(mime.partition("/")[0], Kind.DOCUMENT), mime)


def _path(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:
        return ""


def _many(value: Any) -> list[str]:
    found = value if isinstance(value, list) else [value]
    return [one for one in map(ident, found) if one]


def _receipt(row: Row, names: Names, status: Status, received_at: datetime, ours: Any) -> Event:
    """Our own id is given back by the gateway, or stands in the address that we gave it."""
    message = uuid(at(row, names.status_ours)) or uuid(ours)
    external_id = ident(at(row, names.status_id)) or (str(message) if message else "")
    if not external_id:
        return Unknown("status-of-nothing")
    failed = status is Status.FAILED
    return Receipt(
        external_id,
        status,
        _time(at(row, names.time), names.time_format, received_at),
        code=(code(at(row, names.status_code)) or "failed") if failed else "",
        verdict=Verdict.GIVE_UP if failed else None,
        message=message,
    )
