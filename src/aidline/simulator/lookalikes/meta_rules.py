"""What Meta's Cloud API takes in POST /{phone-number-id}/messages, as tables.

Source: developers.facebook.com/docs/whatsapp/cloud-api/reference/messages and …/guides/send-messages
(read 2026-11-22), business-messaging-api description v23.0.
"""

from aidline.simulator.lookalikes.strict import Rule, Table, flag, many, number, text, thing

_FILE: Table = {"id": text(), "link": text()}
_WITH_CAPTION: Table = {**_FILE, "caption": text(1024)}

_HEADER: Table = {
    "type": text(needed=True, only=frozenset({"text", "image", "video", "document"})),
    "text": text(60),
    "image": thing(_FILE),
    "video": thing(_FILE),
    "document": thing({**_FILE, "filename": text()}),
}
_BUTTON: Table = {
    "type": text(needed=True, only=frozenset({"reply"})),
    "reply": thing({"id": text(256, needed=True), "title": text(20, needed=True)}, needed=True),
}
_ROW: Table = {"id": text(200, needed=True), "title": text(24, needed=True), "description": text(72)}
_ACTIONS: dict[str, Table] = {
    "button": {"buttons": many(_BUTTON, 3, needed=True)},
    "list": {
        "button": text(20, needed=True),
        "sections": many({"title": text(24), "rows": many(_ROW, 10, needed=True)}, 10, needed=True),
    },
    "cta_url": {
        "name": text(needed=True, only=frozenset({"cta_url"})),
        "parameters": thing({"display_text": text(20, needed=True), "url": text(needed=True)}, needed=True),
    },
    "location_request_message": {"name": text(needed=True, only=frozenset({"send_location"}))},
}


def interactive(kind: str) -> Table:
    return {
        "type": text(needed=True, only=frozenset(_ACTIONS)),
        "header": thing(_HEADER),
        "body": thing({"text": text(4096 if kind == "list" else 1024, needed=True)}, needed=True),
        "footer": thing({"text": text(60, needed=True)}),
        "action": thing(_ACTIONS.get(kind, {}), needed=True),
    }


_PARAMETER: Table = {
    "type": text(needed=True),
    "text": text(),
    "payload": text(),
    "parameter_name": text(),
    "image": thing(_FILE),
    "video": thing(_FILE),
    "document": thing({**_FILE, "filename": text()}),
    "currency": thing(),
    "date_time": thing(),
}
_COMPONENT: Table = {
    "type": text(needed=True, only=frozenset({"header", "body", "button"})),
    "sub_type": text(only=frozenset({"quick_reply", "url", "flow", "copy_code"})),
    "index": text(),
    "parameters": many(_PARAMETER, needed=True),
}

CONTENT: dict[str, Table] = {
    "text": {"body": text(4096, needed=True), "preview_url": flag()},
    "image": _WITH_CAPTION,
    "video": _WITH_CAPTION,
    "document": {**_WITH_CAPTION, "filename": text()},
    "audio": {**_FILE, "voice": flag()},
    "sticker": _FILE,
    "location": {
        "latitude": number(needed=True),
        "longitude": number(needed=True),
        "name": text(),
        "address": text(),
    },
    "reaction": {"message_id": text(needed=True), "emoji": text()},
    "template": {
        "name": text(512, needed=True),
        "language": thing(
            {"code": text(needed=True), "policy": text(only=frozenset({"deterministic"}))}, needed=True
        ),
        "components": many(_COMPONENT),
    },
}

READ: Table = {
    "messaging_product": text(needed=True, only=frozenset({"whatsapp"})),
    "status": text(needed=True, only=frozenset({"read"})),
    "message_id": text(needed=True),
    "typing_indicator": thing({"type": text(needed=True, only=frozenset({"text"}))}),
}

TYPES = frozenset({*CONTENT, "interactive", "contacts"})
FILES = frozenset({"image", "video", "document", "audio", "sticker"})


def message(kind: str, content: object) -> Table:
    """The table for a message of this type; what lies inside `interactive` depends on its own type."""
    return {
        "messaging_product": text(needed=True, only=frozenset({"whatsapp"})),
        "recipient_type": text(only=frozenset({"individual"})),
        "to": text(),
        "recipient": text(),
        "type": text(only=TYPES),
        "context": thing({"message_id": text(needed=True)}),
        "biz_opaque_callback_data": text(512),
        kind: _content(kind, content),
    }


def _content(kind: str, content: object) -> Rule:
    if kind == "contacts":
        return many(needed=True)
    if kind == "interactive":
        inner = content.get("type") if isinstance(content, dict) else ""
        return thing(interactive(str(inner)), needed=True)
    return thing(CONTENT.get(kind, {}), needed=True)
