"""WhatsApp's templates as Meta takes and lists them, and as ours.

A parameter of the body is named as in the template ("1", "name"), one of the header "header.1", one of the
button at place 0 "button.0". The same names stand in the texts of `TemplateInfo`.

Sources: developers.facebook.com/docs/whatsapp/business-management-api/message-templates, …/templates/components and
…/webhooks/reference/message_template_status_update, read 2026-11-24.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from aidline.channels.contract import TemplateDraft, TemplateInfo
from aidline.channels.wire.reading import ident, part, parts, said

# FLAGGED and LOCKED ones can still be sent.
STATES: Mapping[str, str] = {
    "APPROVED": "approved",
    "REINSTATED": "approved",
    "FLAGGED": "approved",
    "LOCKED": "approved",
    "PENDING": "pending",
    "IN_APPEAL": "pending",
    "REJECTED": "rejected",
    "PAUSED": "paused",
    "LIMIT_EXCEEDED": "paused",
    "DISABLED": "disabled",
    "DELETED": "disabled",
    "PENDING_DELETION": "disabled",
    "ARCHIVED": "disabled",
}

# Where Meta knows a language only with a country ("Supported languages", read 2026-11-24).
LANGUAGES: Mapping[str, str] = {"pt": "pt_PT", "zh": "zh_CN", "ps": "ps_AF", "prs": "prs_AF"}

PARAMETER = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_NAMED = re.compile(r"\{\{([\w.]+)\}\}")

Component = dict[str, Any]


# --- out -------------------------------------------------------------------------------------------------


def creation(draft: TemplateDraft) -> dict[str, Any]:
    """Without `allow_category_change`, which Meta took away in 2025: it moves a template by itself."""
    named = any(not name.isdigit() for name in PARAMETER.findall(draft.body))
    return {
        "name": draft.name,
        "language": draft.language,
        **edition(draft),
        **({"parameter_format": "NAMED"} if named else {}),
    }


def edition(draft: TemplateDraft) -> dict[str, Any]:
    """What of a refused one may be changed."""
    return {"category": draft.category.upper(), "components": list(_components(draft))}


def _components(draft: TemplateDraft) -> Iterator[Component]:
    if draft.header:
        yield {"type": "HEADER", "format": "TEXT", "text": draft.header}
    yield {"type": "BODY", "text": draft.body, **_examples(draft)}
    if draft.footer:
        yield {"type": "FOOTER", "text": draft.footer}
    if draft.buttons:
        buttons = [{"type": "QUICK_REPLY", "text": title} for title in draft.buttons]
        yield {"type": "BUTTONS", "buttons": buttons}


def _examples(draft: TemplateDraft) -> dict[str, Any]:
    names = list(dict.fromkeys(PARAMETER.findall(draft.body)))
    if not names:
        return {}
    if all(name.isdigit() for name in names):
        return {"example": {"body_text": [[draft.examples.get(name, "") for name in names]]}}
    told = [{"param_name": name, "example": draft.examples.get(name, "")} for name in names]
    return {"example": {"body_text_named_params": told}}


# --- in --------------------------------------------------------------------------------------------------


def template_info(found: dict[str, Any]) -> TemplateInfo:
    components = {ident(one.get("type")).upper(): one for one in parts(found.get("components"))}
    header, body, footer = (_words(components, kind) for kind in ("HEADER", "BODY", "FOOTER"))
    buttons = parts(components.get("BUTTONS", {}).get("buttons"))
    reason = ident(found.get("rejected_reason"))
    return TemplateInfo(
        name=said(found.get("name")),
        language=ident(found.get("language")),
        state=STATES.get(ident(found.get("status")).upper(), "disabled"),
        category=ident(found.get("category")).lower(),
        body=body,
        parameters=tuple(dict.fromkeys([*_NAMED.findall(f"{header} {body}"), *_of_buttons(buttons)])),
        external_id=ident(found.get("id")),
        header=header,
        footer=footer,
        buttons=tuple(filter(None, (said(button.get("text")) for button in buttons))),
        examples=_told_examples(components.get("BODY", {})),
        reason="" if reason == "NONE" else reason[:60],
    )


def _words(components: Mapping[str, Component], kind: str) -> str:
    named = r"{{header.\1}}" if kind == "HEADER" else r"{{\1}}"
    return PARAMETER.sub(named, said(components.get(kind, {}).get("text")))


def _of_buttons(buttons: list[Component]) -> list[str]:
    return [
        f"button.{place}" for place, button in enumerate(buttons) if PARAMETER.search(said(button.get("url")))
    ]


def _told_examples(body: Component) -> dict[str, str]:
    example = part(body.get("example"))
    named = parts(example.get("body_text_named_params"))
    if named:
        return {ident(one.get("param_name")): said(one.get("example")) for one in named}
    rows = example.get("body_text")
    first = rows[0] if isinstance(rows, list) and rows and isinstance(rows[0], list) else []
    return {str(place): said(words) for place, words in enumerate(first, 1)}
