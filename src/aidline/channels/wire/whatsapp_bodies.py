"""Our outgoing messages as WhatsApp's JSON. Files are the provider's own work."""

from collections.abc import Callable, Mapping
from typing import Any

from aidline.channels.contract import (
    Choice,
    GiveUp,
    Kind,
    Outgoing,
    Scheme,
    Sender,
    TemplateUse,
)
from aidline.channels.wire.menus import Shape, label, numbered, row, shape_of

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
    shape = shape_of(out)
    if shape is Shape.NUMBERS:
        return "text", {"body": numbered(out.text, out.choices), "preview_url": False}
    if shape is Shape.BUTTONS:
        action: dict[str, Any] = {"buttons": [_button(choice) for choice in out.choices]}
        return "interactive", {"type": "button", "body": {"text": out.text}, "action": action}
    action = {"button": label(out), "sections": [{"rows": [_row(choice) for choice in out.choices]}]}
    return "interactive", {"type": "list", "body": {"text": out.text}, "action": action}


def _button(choice: Choice) -> dict[str, Any]:
    return {"type": "reply", "reply": {"id": choice.id, "title": choice.title}}


def _row(choice: Choice) -> dict[str, str]:
    shown = row(choice)
    told = {"id": shown.id, "title": shown.title, "description": shown.description}
    return {name: words for name, words in told.items() if words}


# --- templates -------------------------------------------------------------------------------------------
# The names of parameters: `wire/whatsapp_templates.py`.


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


_WRITERS: Mapping[Kind, Callable[[Outgoing], Content]] = {
    Kind.TEXT: _text,
    Kind.LOCATION: _location,
    Kind.CHOICE: _choice,
    Kind.TEMPLATE: _template,
}
