"""Twilio's Content: what WhatsApp needs prepared there before it can be sent, which is choices and templates.

Sources: twilio.com/docs/content (twilio/quick-reply, twilio/list-picker, whatsapp/card, using variables, content API
resources, template approvals) and the error 21656, read 2026-11-24.

Quirks:
- A Content lives in the account until somebody deletes it. So choices go by Contents that hold a shape and no words:
  all that is said rides in the variables of the one message, and two questions of one shape share a Content.
- The value of a variable in a body may hold no newline, no tab and no long run of spaces, and may not be empty: each
  line of a text is a variable of its own.
- A Content is not changed after it was handed in; one that was refused is deleted and made anew.
- What WhatsApp calls the template's name is given with the request for approval, once per language.
- `language` of a Content has no country there; WhatsApp's codes are taken as they are.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from aidline.channels.contract import Outgoing, TemplateDraft, TemplateInfo
from aidline.channels.wire.menus import Shape, label, row, shape_of
from aidline.channels.wire.reading import ident, part, parts, said
from aidline.channels.wire.whatsapp_templates import PARAMETER

# "unsubmitted": made, and never handed in. Only what is handed in is a template.
STATES: Mapping[str, str] = {
    "approved": "approved",
    "pending": "pending",
    "received": "pending",
    "rejected": "rejected",
    "paused": "paused",
    "unsubmitted": "unsubmitted",
}

_MOST_VARIABLES = 100
_SPACES = re.compile(r"\t| {4,}")
_OURS = "aidline_choices_"

Content = dict[str, Any]


# --- choices ---------------------------------------------------------------------------------------------


def prepared(out: Outgoing) -> tuple[Content, dict[str, str]] | None:
    """The Content for a message with choices and the words to fill it with; None where numbers are typed."""
    shape = shape_of(out)
    lines = [_SPACES.sub("   ", line).strip() for line in out.text.strip().split("\n")]
    if shape is Shape.NUMBERS or len(lines) + 3 * len(out.choices) >= _MOST_VARIABLES:
        return None
    words = {f"b{place}": line for place, line in enumerate(lines) if line}
    body = "\n".join(f"{{{{b{place}}}}}" if line else "" for place, line in enumerate(lines))
    if shape is Shape.BUTTONS:
        kind, inside, more = _buttons(out)
    else:
        kind, inside, more = _list(out)
    types = {kind: {"body": body, **inside}}
    return _content(types, {**words, **more}), {**words, **more}


def _buttons(out: Outgoing) -> tuple[str, dict[str, Any], dict[str, str]]:
    actions = [
        {"type": "QUICK_REPLY", "title": f"{{{{t{place}}}}}", "id": f"{{{{i{place}}}}}"}
        for place, _choice in enumerate(out.choices)
    ]
    return "twilio/quick-reply", {"actions": actions}, _named(out.choices)


def _list(out: Outgoing) -> tuple[str, dict[str, Any], dict[str, str]]:
    rows = [row(choice) for choice in out.choices]
    items = [
        {"item": f"{{{{t{place}}}}}", "id": f"{{{{i{place}}}}}"}
        | ({"description": f"{{{{d{place}}}}}"} if one.description else {})
        for place, one in enumerate(rows)
    ]
    told = {f"d{place}": one.description for place, one in enumerate(rows) if one.description}
    words = {"m": label(out), **_named(rows), **told}
    return "twilio/list-picker", {"button": "{{m}}", "items": items}, words


def _named(choices: Any) -> dict[str, str]:
    titles = {f"t{place}": choice.title for place, choice in enumerate(choices)}
    return titles | {f"i{place}": choice.id for place, choice in enumerate(choices)}


def _content(types: dict[str, Any], words: Mapping[str, str]) -> Content:
    """Its name tells what is in it, so that it is found again and never made twice on purpose."""
    mark = hashlib.sha256(json.dumps(types, sort_keys=True).encode()).hexdigest()[:20]
    samples = dict.fromkeys(words, "words")
    return {"friendly_name": _OURS + mark, "language": "en", "variables": samples, "types": types}


def is_for_choices(found: Content) -> bool:
    return said(found.get("friendly_name")).startswith(_OURS)


# --- templates -------------------------------------------------------------------------------------------


def creation(draft: TemplateDraft) -> Content:
    names = dict.fromkeys(PARAMETER.findall(draft.body))
    return {
        "friendly_name": draft.name,
        "language": draft.language,
        "variables": {name: draft.examples.get(name, "") for name in names},
        "types": _types(draft),
    }


def _types(draft: TemplateDraft) -> dict[str, Any]:
    """Only a card has a title and a small line below; a card must be more than its body."""
    actions = [{"type": "QUICK_REPLY", "title": title, "id": title} for title in draft.buttons]
    with_actions = {"actions": actions} if actions else {}
    ends = {"header_text": draft.header, "footer": draft.footer}
    shown = {name: words for name, words in ends.items() if words}
    if shown:
        return {"whatsapp/card": {"body": draft.body, **shown, **with_actions}}
    if actions:
        return {"twilio/quick-reply": {"body": draft.body, **with_actions}}
    return {"twilio/text": {"body": draft.body}}


def approval(draft: TemplateDraft) -> dict[str, str]:
    return {"name": draft.name, "category": draft.category.upper()}


def template_info(found: Content) -> TemplateInfo:
    asked, shown = part(found.get("approval_requests")), _shown(found)
    samples = {str(name): said(words) for name, words in part(found.get("variables")).items()}
    return TemplateInfo(
        name=ident(found.get("sid")),
        language=ident(found.get("language")),
        state=STATES.get(ident(asked.get("status")).lower(), "disabled"),
        category=ident(asked.get("category")).lower(),
        body=said(shown.get("body")) or said(shown.get("title")),
        parameters=tuple(sorted(samples, key=_place)),
        external_id=ident(found.get("sid")),
        title=said(asked.get("name")) or said(found.get("friendly_name")),
        header=said(shown.get("header_text")),
        footer=said(shown.get("footer")) or said(shown.get("subtitle")),
        buttons=tuple(filter(None, (said(one.get("title")) for one in parts(shown.get("actions"))))),
        examples=samples,
        words=said(asked.get("rejection_reason"))[:500],
    )


def _shown(found: Content) -> dict[str, Any]:
    """Of several types Twilio sends the richest that a channel takes, and WhatsApp takes cards."""
    types = part(found.get("types"))
    cards = [part(types[name]) for name in ("whatsapp/card", "twilio/card") if name in types]
    return next(iter([*cards, *filter(None, map(part, types.values()))]), {})


def _place(name: str) -> tuple[int, str]:
    return (int(name), "") if name.isdecimal() else (1 << 30, name)
