"""Content at the look-alike of Twilio: made, handed in to WhatsApp, listed, taken away, and filled in when sent.

Source: twilio.com/docs/content (content types, using variables, content API resources, template approvals) and the
errors 20422, 21655 and 21656, read 2026-11-24. Twilio leaves unknown fields unread; we refuse them.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from aidline.simulator.lookalikes.shapes import Account, Answer, Call, Exchange, Form, Option, Taken, answer
from aidline.simulator.lookalikes.strict import Table, check, many, text, thing
from aidline.simulator.lookalikes.trouble import ending_of
from aidline.simulator.lookalikes.twilio_errors import Refused, trouble
from aidline.simulator.wire.twilio import new_sid

_VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_NAME = re.compile(r"[a-z0-9_]{1,512}")
_MOST_VARIABLES, _VARIABLE_NAME, _VARIABLE_WORDS = 100, 16, 1600

# Lengths hold for what is read, with the variables in it: `_shown` checks them again.
_ACTION: Table = {
    "type": text(needed=True, only=frozenset({"QUICK_REPLY"})),
    "title": text(20, needed=True),
    "id": text(200),
}
_ITEM: Table = {"item": text(24, needed=True), "id": text(200, needed=True), "description": text(72)}
_TYPES: Mapping[str, Table] = {
    "twilio/text": {"body": text(1600, needed=True)},
    "twilio/quick-reply": {"body": text(1024, needed=True), "actions": many(_ACTION, 10, needed=True)},
    "twilio/list-picker": {
        "body": text(1024, needed=True),
        "button": text(20, needed=True),
        "items": many(_ITEM, 10, needed=True),
    },
    "whatsapp/card": {
        "body": text(1024, needed=True),
        "header_text": text(60),
        "footer": text(60),
        "actions": many(_ACTION, 10),
    },
}
_CREATION: Table = {
    "friendly_name": text(),
    "language": text(needed=True),
    "variables": thing(),
    "types": thing(needed=True),
}
_APPROVAL: Table = {
    "name": text(512, needed=True),
    "category": text(needed=True, only=frozenset({"UTILITY", "MARKETING", "AUTHENTICATION"})),
}
UNSUBMITTED = "UNSUBMITTED"
_IN_SESSION = 3  # buttons without approval


def respond(call: Call, exchange: Exchange, account: Account) -> Answer:
    """`v1/…`: what is asked of the content host."""
    parts = call.parts[1:]
    if parts in (["Content"], ["ContentAndApprovals"]) and call.method == "GET":
        return _list(exchange, account, with_approval=parts != ["Content"])
    if parts == ["Content"] and call.method == "POST":
        return _create(call, exchange, account)
    form = _form(exchange, account, parts[1]) if parts[0] == "Content" and len(parts) > 1 else None
    if form is None:
        raise Refused(20404, f"The requested resource /{call.path[:80]} was not found", 404)
    return _about(form, parts[2:], call, exchange, account)


def _about(form: Form, rest: list[str], call: Call, exchange: Exchange, account: Account) -> Answer:
    if not rest and call.method == "GET":
        return answer(_content(form))
    if not rest and call.method == "DELETE":
        exchange.drop_form(account, form)
        return Answer(204)
    if rest == ["ApprovalRequests"] and call.method == "GET":
        return answer({"sid": form.id, "account_sid": account.key, "whatsapp": _approval_of(form)})
    if rest == ["ApprovalRequests", "whatsapp"] and call.method == "POST":
        return _hand_in(form, call, exchange, account)
    raise Refused(20404, "The requested resource was not found", 404)


# --- made and handed in ----------------------------------------------------------------------------------


def _create(call: Call, exchange: Exchange, account: Account) -> Answer:
    content = _document(call, _CREATION)
    for kind, inside in content["types"].items():
        _check_type(kind, inside)
    variables = content.get("variables", {})
    _check_variables(json.dumps(content["types"]), variables)
    form = Form(
        id=new_sid("HX"),
        name=content.get("friendly_name", ""),
        language=content["language"],
        category="",
        body="",
        parameters=list(variables),
        status=UNSUBMITTED,
        raw={"types": content["types"], "variables": variables},
    )
    return _kept(exchange, account, form, answer(_content(form), 201))


def _document(call: Call, table: Table) -> dict[str, Any]:
    try:
        content = json.loads(call.body)
    except ValueError:
        content = None
    if not isinstance(content, dict) or "json" not in call.headers.get("content-type", ""):
        raise Refused(20422, "The body must be JSON")
    problem = check(content, table)
    if problem:
        raise Refused(20422, f"Invalid parameter: {problem.what} {problem.where}")
    return content


def _check_type(kind: str, inside: Any) -> None:
    """Lengths are those of what is read: what a variable brings is counted when it is sent."""
    if kind not in _TYPES or not isinstance(inside, dict):
        raise Refused(20422, f"Invalid parameter: types {kind[:40]}")
    problem = check(inside, _TYPES[kind])
    if problem:
        raise Refused(20422, f"Invalid parameter: {problem.what} {kind}.{problem.where}")
    if kind == "whatsapp/card" and not set(inside) - {"body"}:
        raise Refused(20422, "A card must have more than a body")


def _check_variables(types: str, variables: Mapping[str, Any]) -> None:
    used = set(_VARIABLE.findall(types))
    if "{{" in _VARIABLE.sub("", types) or used - set(variables):
        raise Refused(20422, "Invalid parameter: a variable has no sample, or its brackets are not closed")
    if len(variables) > _MOST_VARIABLES or any(len(name) > _VARIABLE_NAME for name in variables):
        raise Refused(20422, "Invalid parameter: variables")


def _hand_in(form: Form, call: Call, exchange: Exchange, account: Account) -> Answer:
    asked = _document(call, _APPROVAL)
    (kind, inside), *_ = form.raw.get("types", {"": {}}).items()
    if not _NAME.fullmatch(asked["name"]):
        raise Refused(20422, "The name has letters that are not allowed")
    if kind == "twilio/list-picker":
        raise Refused(20422, "This content type cannot be submitted for approval")
    same = (asked["name"], form.language)
    known = (one for one in exchange.forms(account) if one.status != UNSUBMITTED and one.id != form.id)
    if any((one.name, one.language) == same for one in known):
        raise Refused(20422, "A template of this name exists in this language")
    handed = replace(
        form,
        name=asked["name"],
        category=asked["category"],
        header=inside.get("header_text", ""),
        body=inside["body"],
        footer=inside.get("footer", ""),
        buttons=[one["title"] for one in inside.get("actions", ())],
        status="PENDING",
    )
    good = {**_approval_of(handed), "status": "received"}
    return _kept(exchange, account, handed, answer(good, 201))


def _kept(exchange: Exchange, account: Account, form: Form, good: Answer) -> Answer:
    ending = ending_of(exchange, account, "")
    refused = trouble(ending)
    if refused:
        return refused
    exchange.keep_form(account, form)
    return ending.late(exchange, good)


# --- listed ----------------------------------------------------------------------------------------------


def _form(exchange: Exchange, account: Account, sid: str) -> Form | None:
    return next((form for form in exchange.forms(account) if form.id == sid), None)


def _list(exchange: Exchange, account: Account, *, with_approval: bool) -> Answer:
    contents = [
        {**_content(form), **({"approval_requests": _approval_of(form)} if with_approval else {})}
        for form in exchange.forms(account)
    ]
    return answer({"contents": contents, "meta": {"page": 0, "key": "contents", "next_page_url": None}})


def _content(form: Form) -> dict[str, Any]:
    return {
        "sid": form.id,
        "friendly_name": form.name,
        "language": form.language,
        "variables": form.raw.get("variables", dict.fromkeys(form.parameters, "")),
        "types": _types(form),
    }


def _types(form: Form) -> dict[str, Any]:
    actions = [{"type": "QUICK_REPLY", "title": title, "id": title} for title in form.buttons]
    plain = (
        {"twilio/quick-reply": {"body": form.body, "actions": actions}}
        if actions
        else {"twilio/text": {"body": form.body}}
    )
    return dict(form.raw.get("types", plain))


def _approval_of(form: Form) -> dict[str, Any]:
    if form.status == UNSUBMITTED:
        return {"status": "unsubmitted", "name": "", "category": "", "rejection_reason": ""}
    return {
        "name": form.name,
        "category": form.category,
        "content_type": next(iter(_types(form))),
        "status": form.status.lower(),
        "rejection_reason": form.words or form.reason,
        "allow_category_change": True,
    }


# --- sent ------------------------------------------------------------------------------------------------


def sent(taken: Taken, fields: Mapping[str, str], exchange: Exchange, account: Account) -> Taken:
    form = _form(exchange, account, fields["ContentSid"])
    if form is None:
        raise Refused(21655, "The ContentSid is invalid")
    if form.status not in ("APPROVED", UNSUBMITTED):
        raise Refused(63027, "The template does not exist for this language and locale", 404)
    shown = _filled(form, _variables(fields))
    _check_type(*shown)
    kind, inside = shown
    options = [Option(one.get("id") or one["title"], one["title"]) for one in inside.get("actions", ())]
    options += [Option(one["id"], one["item"], one.get("description", "")) for one in inside.get("items", ())]
    if form.status == UNSUBMITTED and kind == "twilio/quick-reply" and len(options) > _IN_SESSION:
        raise Refused(63013, "In a session there are three buttons at most")
    texts = (inside.get("header_text", ""), inside["body"], inside.get("footer", ""))
    return replace(
        taken,
        kind="interactive" if form.status == UNSUBMITTED else "template",
        text="\n\n".join(filter(None, texts)),
        options=options,
        as_list="items" in inside,
        menu_label=inside.get("button", ""),
    )


def _variables(fields: Mapping[str, str]) -> dict[str, str]:
    try:
        given = json.loads(fields.get("ContentVariables", "{}"))
    except ValueError:
        given = None
    if not isinstance(given, dict) or not all(_good(words) for words in given.values()):
        raise Refused(21656, "The ContentVariables parameter is invalid")
    return given


def _good(words: Any) -> bool:
    """Empty ones, new lines, tabs and long gaps are refused."""
    if not isinstance(words, str) or not words or len(words) > _VARIABLE_WORDS:
        return False
    return not set(words) & set("\n\t") and "     " not in words


def _filled(form: Form, given: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
    """What is not given falls back to its sample; a name nobody knows is a slip."""
    samples = _content(form)["variables"]
    if set(given) - set(samples):
        raise Refused(21656, "The ContentVariables parameter is invalid")
    words = {**samples, **given}
    if not all(words.values()):
        raise Refused(21656, "The ContentVariables parameter is invalid")
    text_of = json.dumps(_types(form), ensure_ascii=False)
    found = json.loads(
        _VARIABLE.sub(lambda one: json.dumps(words[one[1]], ensure_ascii=False)[1:-1], text_of)
    )
    ((kind, inside), *_) = found.items()
    return str(kind), dict(inside)
