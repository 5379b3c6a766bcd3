"""A RapidPro export of our own making: a greeting, a menu, a number, a photo, a sub-flow, a ticket."""

from typing import Any

Json = dict[str, Any]


def action(kind: str, uuid: str, **more: Any) -> Json:
    return {"type": kind, "uuid": uuid, **more}


def node(uuid: str, *actions: Json, to: Any = "", router: Json | None = None) -> Json:
    ways = to if isinstance(to, dict) else {f"{uuid}-exit": to or None}
    exits = [{"uuid": name, "destination_uuid": where or None} for name, where in ways.items()]
    return {"uuid": uuid, "actions": list(actions), "exits": exits, **({"router": router} if router else {})}


def category(uuid: str, name: str, exit_: str) -> Json:
    return {"uuid": uuid, "name": name, "exit_uuid": exit_}


def case(uuid: str, kind: str, to: str, *arguments: str) -> Json:
    return {"uuid": uuid, "type": kind, "arguments": list(arguments), "category_uuid": to}


NEEDS = {
    "type": "switch",
    "operand": "@input.text",
    "wait": {"type": "msg", "timeout": {"seconds": 300, "category_uuid": "c-other"}},
    "result_name": "Need",
    "cases": [
        case("k1", "has_any_word", "c-water", "water 1"),
        case("k2", "has_any_word", "c-help", "help 2"),
    ],
    "categories": [
        category("c-water", "Water", "e-water"),
        category("c-help", "A person", "e-help"),
        category("c-other", "Other", "e-other"),
    ],
    "default_category_uuid": "c-other",
}
AGE = {
    "type": "switch",
    "operand": "@input.text",
    "wait": {"type": "msg"},
    "result_name": "Age",
    "cases": [case("k3", "has_number_lt", "c-child", "18"), case("k4", "has_number_gt", "c-adult", "17")],
    "categories": [
        category("c-child", "Child", "e-child"),
        category("c-adult", "Adult", "e-adult"),
        category("c-none", "Other", "e-none"),
    ],
    "default_category_uuid": "c-none",
}
PHOTO = {
    "type": "switch",
    "operand": "@input",
    "wait": {"type": "msg", "hint": {"type": "image"}},
    "result_name": "Photo",
    "cases": [],
    "categories": [category("c-all", "All", "e-photo")],
    "default_category_uuid": "c-all",
}
BY_LANGUAGE = {
    "type": "switch",
    "operand": "@contact.language",
    "cases": [case("k5", "has_phrase", "c-ar", "ara")],
    "categories": [category("c-ar", "Arabic", "e-ar"), category("c-rest", "Other", "e-rest")],
    "default_category_uuid": "c-rest",
}
RANDOM = {
    "type": "random",
    "categories": [category("c-one", "One", "e-one"), category("c-two", "Two", "e-two")],
}


def flow(**more: Any) -> Json:
    return {
        "uuid": "f-main",
        "name": "Main menu",
        "spec_version": "13.1.0",
        "language": "eng",
        "type": "messaging",
        "nodes": [
            node("n-hello", action("send_msg", "a1", text="Welcome."), to="n-ask"),
            node(
                "n-ask",
                action("send_msg", "a2", text="What do you need?", quick_replies=["Water"]),
                to="n-need",
            ),
            node(
                "n-need",
                router=NEEDS,
                to={"e-water": "n-water", "e-help": "n-person", "e-other": "n-lang"},
            ),
            node(
                "n-water",
                action("set_run_result", "a3", name="Wanted", value="water"),
                action("call_webhook", "a4", url="https://example.org"),
                action("send_msg", "a5", text="How old are you, @contact.name?"),
                router=AGE,
                to={"e-child": "n-inner", "e-adult": "n-photo", "e-none": "n-person"},
            ),
            node(
                "n-photo", action("send_msg", "a6", text="A photo?"), router=PHOTO, to={"e-photo": "n-random"}
            ),
            node(
                "n-inner", action("enter_flow", "a7", flow={"uuid": "f-inner", "name": "Inner"}), to="n-lang"
            ),
            node("n-lang", router=BY_LANGUAGE, to={"e-ar": "n-inner", "e-rest": ""}),
            node("n-random", router=RANDOM, to={"e-one": "n-person", "e-two": ""}),
            node(
                "n-person",
                action("add_input_labels", "a8", labels=[{"uuid": "l", "name": "Asked for a person"}]),
                action("open_ticket", "a9", assignee={"email": "someone@example.org"}, note="asked"),
                to="",
            ),
        ],
        "localization": {
            "ara": {
                "a1": {"text": ["أهلا بك."]},
                "a2": {"text": ["ماذا تحتاج؟"]},
                "c-water": {"name": ["ماء"]},
                "k1": {"arguments": ["ماء"]},
            }
        },
        **more,
    }


def export(*flows: Json) -> Json:
    return {
        "version": "13",
        "site": "https://example.org",
        "flows": list(flows),
        "campaigns": [],
        "triggers": [],
    }
