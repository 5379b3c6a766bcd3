"""Templates at the look-alike of Meta: made, changed, listed, taken away, and filled in when one is sent.

Source: developers.facebook.com/docs/whatsapp/business-management-api/message-templates, …/templates/components
and the error codes (read 2026-11-24). Where Meta has a finer code it is given; where we found none, only 100.
"""

import json
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from aidline.simulator.lookalikes.meta_errors import Refused, refuse, trouble
from aidline.simulator.lookalikes.shapes import Account, Answer, Call, Exchange, Form, Option, Taken, answer
from aidline.simulator.lookalikes.strict import Table, check, flag, many, text, thing
from aidline.simulator.lookalikes.trouble import ending_of

_PARAMETER = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_PLAIN = re.compile(r"[*_~`\n]|[\U0001F300-\U0001FAFF]")
_CATEGORIES = frozenset({"UTILITY", "MARKETING", "AUTHENTICATION"})

_BUTTON: Table = {
    "type": text(needed=True, only=frozenset({"QUICK_REPLY", "URL", "PHONE_NUMBER"})),
    "text": text(25, needed=True),
    "url": text(2000),
    "phone_number": text(20),
    "example": many(),
}
_NAMED: Table = {"param_name": text(needed=True), "example": text(needed=True)}
_EXAMPLE: Table = {"body_text": many(), "body_text_named_params": many(_NAMED), "header_text": many()}
_KINDS: Mapping[str, Table] = {
    "HEADER": {
        "type": text(needed=True),
        "format": text(needed=True, only=frozenset({"TEXT"})),
        "text": text(needed=True),
        "example": thing(_EXAMPLE),
    },
    "BODY": {"type": text(needed=True), "text": text(needed=True), "example": thing(_EXAMPLE)},
    "FOOTER": {"type": text(needed=True), "text": text(needed=True)},
    "BUTTONS": {"type": text(needed=True), "buttons": many(_BUTTON, 10, needed=True)},
}
_CHANGE: Table = {"category": text(needed=True, only=_CATEGORIES), "components": many(needed=True)}
_CREATION: Table = {
    **_CHANGE,
    "name": text(512, needed=True),
    "language": text(needed=True),
    "parameter_format": text(only=frozenset({"NAMED", "POSITIONAL"})),
    "allow_category_change": flag(),
}
_NAME = re.compile(r"[a-z0-9_]{1,512}")

Component = Mapping[str, Any]


# --- made, changed, taken away ---------------------------------------------------------------------------


def create(call: Call, exchange: Exchange, account: Account) -> Answer:
    content = _document(call)
    refuse(check(content, _CREATION))
    if not _NAME.fullmatch(content["name"]):
        raise Refused(
            100, "Invalid parameter", subcode=2388042, told="The name has letters that are not allowed."
        )
    same = (content["name"], content["language"])
    if any((form.name, form.language) == same for form in exchange.forms(account)):
        told = "There is already content in this language for this template."
        raise Refused(100, "Content in this language already exists", subcode=2388024, told=told)
    blank = Form(str(10**15 + secrets.randbelow(10**15)), content["name"], content["language"], "", "")
    return _taken(exchange, account, _written(blank, content))


def change(call: Call, exchange: Exchange, account: Account, form_id: str) -> Answer:
    form = next((one for one in exchange.forms(account) if one.id == form_id), None)
    if form is None:
        raise Refused(100, f"Unsupported request. Object with ID '{form_id[:40]}' does not exist")
    content = _document(call)
    refuse(check(content, _CHANGE))
    if form.status not in ("APPROVED", "REJECTED", "PAUSED"):
        raise Refused(100, "The template cannot be edited now", subcode=2388025)
    return _taken(exchange, account, _written(form, content))


def delete(call: Call, exchange: Exchange, account: Account) -> Answer:
    """With an id only that language, by the name alone all of them."""
    name, form_id = call.query.get("name", ""), call.query.get("hsm_id", "")
    if not name:
        raise Refused(100, "The parameter name is required.")
    found = [form for form in exchange.forms(account) if form.name == name and form_id in ("", form.id)]
    if not found:
        raise Refused(100, "Message Template Not Found", subcode=2593002)
    for form in found:
        exchange.drop_form(account, form)
    return answer({"success": True})


def _document(call: Call) -> dict[str, Any]:
    try:
        content = json.loads(call.body)
    except ValueError:
        content = None
    if not isinstance(content, dict):
        raise Refused(100, "The parameter name is required.")
    return content


def _taken(exchange: Exchange, account: Account, form: Form) -> Answer:
    ending = ending_of(exchange, account, "")
    refused = trouble(ending)
    if refused:
        return refused
    exchange.keep_form(account, form)
    return ending.late(exchange, answer({"id": form.id, "status": form.status, "category": form.category}))


def _written(form: Form, content: Mapping[str, Any]) -> Form:
    parts = _components(content["components"])
    header, body, footer = (str(parts.get(kind, {}).get("text", "")) for kind in ("HEADER", "BODY", "FOOTER"))
    samples = _check_body(body, parts["BODY"])
    _check_line(header, 2388047, "The header has new lines, emoji, stars or is too long.")
    _check_line(footer, 2388073, "The footer has new lines, emoji, stars or is too long.")
    buttons = [str(one["text"]) for one in parts.get("BUTTONS", {}).get("buttons", ())]
    return replace(
        form,
        category=content["category"],
        header=header,
        body=body,
        footer=footer,
        buttons=buttons,
        parameters=list(samples),
        raw={"variables": samples},
        status="PENDING",
        reason="",
        words="",
    )


def _components(components: Sequence[Any]) -> dict[str, Component]:
    found: dict[str, Component] = {}
    for component in components:
        kind = str(component.get("type", "")).upper() if isinstance(component, dict) else ""
        if kind not in _KINDS or kind in found:
            raise Refused(100, "Invalid parameter: components")
        refuse(check(component, _KINDS[kind]))
        found[kind] = component
    if "BODY" not in found:
        raise Refused(100, "Invalid parameter: a body is required")
    return found


def _check_body(body: str, component: Component) -> dict[str, str]:
    """The parameters with their examples."""
    if len(body) > 1024:
        raise Refused(100, "Character Limit Exceeded", subcode=2388040)
    places = list(_PARAMETER.finditer(body))
    names = list(dict.fromkeys(found[1] for found in places))
    if not names:
        return {}
    if places[0].start() == 0 or places[-1].end() == len(body.rstrip()):
        raise Refused(100, "Leading or trailing params not allowed", subcode=2388299)
    if all(name.isdigit() for name in names) and names != [str(at) for at in range(1, len(names) + 1)]:
        raise Refused(100, "Message body format is incorrect", subcode=2388072)
    samples = _samples(component, named=not names[0].isdigit())
    if len(samples) != len(names):
        raise Refused(100, "Message body format is incorrect", subcode=2388072, told="An example is missing.")
    words = len(_PARAMETER.sub("", body).split())
    if words < 2 * len(names):
        raise Refused(100, "Parameters words ratio exceeds limit", subcode=2388293)
    return dict(zip(names, samples, strict=True))


def _samples(component: Component, *, named: bool) -> list[str]:
    example = component.get("example", {})
    if named:
        return [str(one["example"]) for one in example.get("body_text_named_params", ())]
    rows = example.get("body_text", ())
    first = rows[0] if rows and isinstance(rows[0], list) else ()
    return [one for one in first if isinstance(one, str) and one.strip()]


def _check_line(line: str, subcode: int, told: str) -> None:
    if len(line) > 60 or _PLAIN.search(line):
        raise Refused(100, "Format is incorrect", subcode=subcode, told=told)


# --- listed ----------------------------------------------------------------------------------------------


def listing(call: Call, exchange: Exchange, account: Account) -> Answer:
    forms = list(exchange.forms(account))
    size = int(call.query.get("limit", "25")) if call.query.get("limit", "25").isdigit() else 25
    after = call.query.get("after", "0")
    start = int(after) if after.isdigit() else 0
    page = forms[start : start + size]
    paging: dict[str, Any] = {"cursors": {"before": str(start), "after": str(start + len(page))}}
    if start + size < len(forms):
        paging["next"] = f"{exchange.base_url}/look-alike/meta/{call.path}?after={start + size}"
    return answer({"data": [_listed(form) for form in page], "paging": paging})


def _listed(form: Form) -> dict[str, Any]:
    return {
        "id": form.id,
        "name": form.name,
        "language": form.language,
        "status": form.status,
        "category": form.category,
        "components": _parts(form),
        "rejected_reason": form.reason or "NONE",
    }


def _parts(form: Form) -> list[dict[str, Any]]:
    header = [{"type": "HEADER", "format": "TEXT", "text": form.header}] if form.header else []
    footer = [{"type": "FOOTER", "text": form.footer}] if form.footer else []
    replies = [{"type": "QUICK_REPLY", "text": title} for title in form.buttons]
    buttons = [{"type": "BUTTONS", "buttons": replies}] if replies else []
    return [*header, {"type": "BODY", "text": form.body, **_example(form)}, *footer, *buttons]


def _example(form: Form) -> dict[str, Any]:
    samples: Mapping[str, str] = form.raw.get("variables", {})
    if not samples:
        return {}
    if all(name.isdigit() for name in form.parameters):
        return {"example": {"body_text": [[samples.get(name, "") for name in form.parameters]]}}
    named = [{"param_name": name, "example": samples.get(name, "")} for name in form.parameters]
    return {"example": {"body_text_named_params": named}}


# --- sent ------------------------------------------------------------------------------------------------


def sent(taken: Taken, inside: Any, forms: Sequence[Form]) -> Taken:
    """Its buttons come back as `button`, with what stands on them for a payload."""
    name, language = inside["name"], inside["language"]["code"]
    form = next((one for one in forms if (one.name, one.language) == (name, language)), None)
    if form is None or form.status in ("PENDING", "REJECTED"):
        raise Refused(132001, f"template name ({name[:60]}) does not exist in {language[:10]}", 404)
    if form.status != "APPROVED":
        raise Refused(132015, "Template is paused")
    text_of = "\n\n".join(
        filter(None, (form.header, _filled(form, inside.get("components", ())), form.footer))
    )
    return replace(taken, text=text_of, options=[Option(title, title) for title in form.buttons])


def _filled(form: Form, components: Any) -> str:
    bodies: list[dict[str, Any]] = [one for one in components if one["type"] == "body"]
    given = bodies[0]["parameters"] if bodies else ()
    if len(given) != len(form.parameters):
        told = f"({len(given)}) does not match ({len(form.parameters)})"
        raise Refused(132000, f"body: number of localizable_params {told}")
    body = form.body
    for place, one in enumerate(given):
        words, name = str(one.get("text", "")), one.get("parameter_name", form.parameters[place])
        if not words or set(words) & set("\n\t") or "     " in words:
            raise Refused(132018, "Param text cannot have new-line or tab characters or more than 4 spaces")
        body = body.replace("{{" + name + "}}", words)
    return body


VERBS: Mapping[str, Callable[[Call, Exchange, Account], Answer]] = {
    "GET": listing,
    "POST": create,
    "DELETE": delete,
}
