"""Our outgoing messages as Viber's JSON, and the text that a button of ours sends when it is pressed."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from aidline.channels.contract import Choice, File, GiveUp, Kind, Outgoing
from aidline.channels.wire.menus import fitted, numbered, returned

BUTTONS = 24  # rows of a keyboard, from use; the documentation names no most
MOST_BYTES = 30_000  # of a whole message ("30KB", Send a Message, read 2026-11-24)
_LABEL = 250  # characters on a button and in what it sends (Keyboards)
ID_BYTES = 100

Body = dict[str, Any]


def content(out: Outgoing) -> Body:
    write = _WRITERS.get(out.kind)
    if write is None:
        raise GiveUp(f"kind-{out.kind}")
    return write(out)


def _text(out: Outgoing) -> Body:
    return {"type": "text", "text": out.text}


def _location(out: Outgoing) -> Body:
    """A point without words: Viber shows the address that it finds there."""
    if out.place is None:
        raise GiveUp("no-place")
    spot = {"lat": str(out.place.latitude), "lon": str(out.place.longitude)}
    return {"type": "location", "location": spot}


# --- files -----------------------------------------------------------------------------------------------


def _picture(out: Outgoing) -> Body:
    return {"type": "picture", "text": out.text, "media": _offered(out).url}


def _video(out: Outgoing) -> Body:
    file = _offered(out)
    return {"type": "video", "media": file.url, "size": file.size}


def _any_file(out: Outgoing) -> Body:
    """Also sound, for which Viber has no kind of its own."""
    file = _offered(out)
    return {"type": "file", "media": file.url, "size": file.size, "file_name": _short_name(file.name)}


def _offered(out: Outgoing) -> File:
    if out.file is None or not out.file.url:
        raise GiveUp("no-public-address" if out.file else "no-file")
    return out.file


def _short_name(name: str) -> str:
    """At most 256 characters, with the ending that tells the phone what it is."""
    stem, dot, ending = name.rpartition(".")
    return name if len(name) <= 256 else (stem if dot else name)[:240] + dot + ending[:10]


# --- choices ---------------------------------------------------------------------------------------------
# What a button sends comes back as a text like any other. So it says that it is one, what it is called, and its
# id; the person never sees that, because the button is silent.

_MARK, _OPEN, _SHUT = "▸", " ⟦", "⟧"
_PRESSED = re.compile(f"{_MARK}(.*){_OPEN}([^⟦⟧]+){_SHUT}", re.DOTALL)


def pressed(text: str) -> Choice | None:
    """None for what somebody wrote."""
    found = _PRESSED.fullmatch(text)
    return returned(found.group(2), found.group(1)) if found else None


def _choice(out: Outgoing) -> Body:
    plain = {"type": "text", "text": numbered(out.text, out.choices)}
    if not 0 < len(out.choices) <= BUTTONS:
        return plain
    buttons = [_button(choice) for choice in out.choices]
    keyboard = {"Type": "keyboard", "DefaultHeight": False, "Buttons": buttons}
    body = {"type": "text", "text": out.text or out.menu_label or "☰", "keyboard": keyboard}
    return body if len(json.dumps(body, ensure_ascii=False).encode()) < MOST_BYTES - 1000 else plain


def _button(choice: Choice) -> Body:
    """One below the other. Viber reads tags in the label: whose title has angles gets others."""
    title = choice.title or choice.id
    label = title.replace("<", "‹").replace(">", "›")
    return {
        "Columns": 6,
        "Rows": 1,
        "ActionType": "reply",
        "ActionBody": sends(choice.id, title),
        "Text": _cut(label, _LABEL),
        "Silent": True,
    }


def sends(choice_id: str, title: str) -> str:
    """An id that is too long, or holds what our frame is made of, goes as its fingerprint."""
    most = 0 if set(choice_id) & {"⟦", "⟧"} else ID_BYTES
    frame = f"{_OPEN}{fitted(choice_id or title, most)}{_SHUT}"
    return _MARK + _cut(title, _LABEL - len(_MARK) - len(frame)) + frame


def _cut(words: str, most: int) -> str:
    """In the units that phones count: a sign beyond the first plane is two."""
    if len(words.encode("utf-16-le", "replace")) // 2 <= most:
        return words
    head = words[: most - 1]
    while len(head.encode("utf-16-le", "replace")) // 2 > most - 1:
        head = head[:-1]
    return head + "…"


_WRITERS: Mapping[Kind, Callable[[Outgoing], Body]] = {
    Kind.TEXT: _text,
    Kind.CHOICE: _choice,
    Kind.LOCATION: _location,
    Kind.IMAGE: _picture,
    Kind.VIDEO: _video,
    Kind.DOCUMENT: _any_file,
    Kind.AUDIO: _any_file,
    Kind.VOICE: _any_file,
}
