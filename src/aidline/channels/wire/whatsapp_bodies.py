"""Our outgoing messages as WhatsApp's JSON, and its templates as ours. Files are the provider's own work."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from aidline.channels.contract import (
    Choice,
    GiveUp,
    Kind,
    Outgoing,
    Scheme,
    Sender,
    TemplateInfo,
    TemplateUse,
)
from aidline.channels.wire.menus import numbered
from aidline.channels.wire.reading import ident, parts, said
from aidline.channels.wire.whatsapp_events import TEMPLATE_STATES

# Meta, "Interactive messages", read 2026-11-22: three buttons or ten rows in all, and these lengths.
BUTTONS, ROWS = 3, 10
_BUTTON_TITLE, _ROW_TITLE, _ROW_DESCRIPTION, _MENU_LABEL, _BODY = 20, 24, 72, 20, 1024

Content = tuple[str, dict[str, Any]]


def recipient(to: Sender) -> dict[str, str]:
    if to.scheme is Scheme.WHATSAPP_USER:
        return {"recipient": to.value}
    return {"to": to.value.removeprefix("+")}


def content(out: Outgoing) -> Content:
    """The type and its object."""
    write = _WRITERS.get(out.kind)
    if write is None:
        raise GiveUp(f"kind-{out.kind}")
    return write(out)


def _text(out: Outgoing) -> Content:
    return "text", {"body": out.text, "preview_url": False}


def _location(out: Outgoing) -> Content:
    if out.place is None:
        raise GiveUp("no-place")
    spot = {"latitude": str(out.place.latitude), "longitude": str(out.place.longitude)}
    names = {"name": out.place.name, "address": out.place.address}
    return "location", spot | {key: words for key, words in names.items() if words}


# --- choices ---------------------------------------------------------------------------------------------


def _choice(out: Outgoing) -> Content:
    """Buttons if they fit, else a list, else numbers to type."""
    body, titles = out.text, [choice.title for choice in out.choices]
    if not titles or len(titles) > ROWS or not 0 < len(body) <= _BODY or len(set(titles)) < len(titles):
        return "text", {"body": numbered(body, out.choices), "preview_url": False}
    if len(titles) <= BUTTONS and max(map(len, titles)) <= _BUTTON_TITLE:
        action: dict[str, Any] = {"buttons": [_button(choice) for choice in out.choices]}
        return "interactive", {"type": "button", "body": {"text": body}, "action": action}
    rows = [_row(choice) for choice in out.choices]
    action = {"button": (out.menu_label or "☰")[:_MENU_LABEL], "sections": [{"rows": rows}]}
    return "interactive", {"type": "list", "body": {"text": body}, "action": action}


def _button(choice: Choice) -> dict[str, Any]:
    return {"type": "reply", "reply": {"id": choice.id, "title": choice.title}}


def _row(choice: Choice) -> dict[str, str]:
    """A title too long for its place is told in full in the description."""
    cut = len(choice.title) > _ROW_TITLE
    title = choice.title[: _ROW_TITLE - 1] + "…" if cut else choice.title
    description = choice.description or (choice.title if cut else "")
    row = {"id": choice.id, "title": title}
    return {**row, "description": description[:_ROW_DESCRIPTION]} if description else row


# --- templates -------------------------------------------------------------------------------------------
# A parameter of the body is named as in the template ("1", "name"), one of the header "header.1", one of the
# button at place 0 "button.0". The same names stand in `TemplateInfo.body`.

_PARAMETER = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_NAMED = re.compile(r"\{\{([\w.]+)\}\}")


def _template(out: Outgoing) -> Content:
    if out.template is None:
        raise GiveUp("no-template")
    use = out.template
    language = {"policy": "deterministic", "code": use.language}  # the one policy, still required by v23.0
    written: dict[str, Any] = {"name": use.name, "language": language}
    components = [*_worded(use, "header", "header."), *_worded(use, "body", ""), *_buttons(use)]
    return "template", {**written, "components": components} if components else written


def _worded(use: TemplateUse, component: str, prefix: str) -> list[dict[str, Any]]:
    given = {
        name.removeprefix(prefix): words
        for name, words in use.parameters.items()
        if (name.startswith(prefix) if prefix else "." not in name)
    }
    parameters = [_parameter(name, given[name]) for name in sorted(given, key=_place)]
    return [{"type": component, "parameters": parameters}] if parameters else []


def _parameter(name: str, words: str) -> dict[str, str]:
    worded = {"type": "text", "text": words}
    return worded if name.isdigit() else {**worded, "parameter_name": name}


def _buttons(use: TemplateUse) -> list[dict[str, Any]]:
    given = {name: words for name, words in use.parameters.items() if name.startswith("button.")}
    return [
        {
            "type": "button",
            "sub_type": "url",
            "index": name.removeprefix("button."),
            "parameters": [{"type": "text", "text": given[name]}],
        }
        for name in sorted(given)
    ]


def _place(name: str) -> tuple[int, str]:
    return (int(name), "") if name.isdigit() else (0, name)


def template_info(found: dict[str, Any]) -> TemplateInfo:
    components = parts(found.get("components"))
    body = "\n\n".join(filter(None, map(_words, components)))
    buttons = [name for component in components for name in _button_parameters(component)]
    return TemplateInfo(
        name=said(found.get("name")),
        language=ident(found.get("language")),
        state=TEMPLATE_STATES.get(ident(found.get("status")).upper(), "disabled"),
        category=ident(found.get("category")).lower(),
        body=body,
        parameters=tuple(dict.fromkeys([*_NAMED.findall(body), *buttons])),
        external_id=ident(found.get("id")),
    )


def _words(component: dict[str, Any]) -> str:
    kind = ident(component.get("type")).upper()
    if kind not in ("HEADER", "BODY", "FOOTER"):
        return ""
    named = r"{{header.\1}}" if kind == "HEADER" else r"{{\1}}"
    return _PARAMETER.sub(named, said(component.get("text")))


def _button_parameters(component: dict[str, Any]) -> list[str]:
    buttons = enumerate(parts(component.get("buttons")))
    return [f"button.{place}" for place, button in buttons if _PARAMETER.search(said(button.get("url")))]


_WRITERS: Mapping[Kind, Callable[[Outgoing], Content]] = {
    Kind.TEXT: _text,
    Kind.LOCATION: _location,
    Kind.CHOICE: _choice,
    Kind.TEMPLATE: _template,
}
