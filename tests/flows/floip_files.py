"""FLOIP containers of our own making, one block of every kind. Sources: see `flows.exchange.floip_in`."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any
from uuid import NAMESPACE_URL, uuid5

Json = dict[str, Any]
OTHER = "7b0b8a52-3a53-4d5a-9b6e-0d7f2f3c0a02"


def uid(name: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"https://aidline.example/{name}"))


def resource(name: str, english: str, arabic: str, *, recorded: bool = False) -> Json:
    values = [
        {
            "language_id": "eng",
            "content_type": "TEXT",
            "modes": ["SMS", "IVR", "RICH_MESSAGING"],
            "value": english,
        },
        {
            "language_id": "ara",
            "content_type": "TEXT",
            "modes": ["SMS", "IVR", "RICH_MESSAGING"],
            "value": arabic,
        },
    ]
    if recorded:
        values.append(
            {
                "language_id": "ara",
                "content_type": "AUDIO",
                "mime_type": "audio/wav",
                "modes": ["IVR"],
                "value": f"{name}-ara.wav",
            }
        )
    return {"uuid": uid(name), "values": values}


def exit_(name: str, to: str = "", test: str = "") -> Json:
    return {
        "uuid": uid(f"exit {name} {to} {test}"),
        "name": name,
        **({"test": test} if test else {"default": True}),
        **({"destination_block": uid(to)} if to else {}),
    }


def block(kind: str, name: str, config: Json, *exits: Json, **more: Any) -> Json:
    return {"uuid": uid(name), "name": name, "type": kind, "config": config, "exits": list(exits), **more}


CHOICES = [
    {
        "name": "water",
        "prompt": uid("water"),
        "ivr_test": {"test_expression": "block.response = '1'"},
        "text_tests": [{"language": "eng", "test_expression": "block.response = 'water'"}],
    },
    {"name": "shelter", "prompt": uid("shelter"), "ivr_test": {"test_expression": "block.response = '2'"}},
]
RESOURCES = [
    resource("hello", "Welcome.", "أهلا بك.", recorded=True),
    resource("need", "What do you need?", "ماذا تحتاج؟"),
    resource("water", "Water", "ماء"),
    resource("shelter", "Shelter", "مأوى"),
    resource("one", "Press 1", "اضغط 1"),
    resource("two", "Press 2", "اضغط 2"),
    resource("many", "Which of these?", "أي من هذه؟"),
    resource("age", "How old are you?", "كم عمرك؟"),
    resource("story", "Tell us more.", "أخبرنا المزيد."),
    resource("place", "Where are you?", "أين أنت؟"),
    resource("photo", "Send a photo.", "أرسل صورة."),
    resource("bye", "Goodbye.", "مع السلامة."),
]

BLOCKS: Mapping[str, Json] = {
    "Core.Log": block("Core.Log", "log", {"message": "began"}, exit_("Default", "bye")),
    "Core.Case": block(
        "Core.Case",
        "adult",
        {},
        exit_("child", "photo", "flow.age < 18"),
        exit_("arabic", "story", "flow.language = 'ara'"),
        exit_("Default", "bye"),
    ),
    "Core.RunFlow": block("Core.RunFlow", "inner", {"flow_id": OTHER}, exit_("Default", "bye")),
    "Core.Output": block("Core.Output", "result", {"value": "done"}, exit_("Default", "bye")),
    "Core.SetContactProperty": block(
        "Core.SetContactProperty",
        "remember",
        {"set_contact_property": [{"property_key": "group", "property_value": "new"}]},
        exit_("Default", "bye"),
    ),
    "Core.SetGroupMembership": block(
        "Core.SetGroupMembership",
        "group",
        {"groups": [{"group_key": "7", "group_name": "Asked"}], "is_member": True},
        exit_("Default", "bye"),
    ),
    "Core.Webhook": block(
        "Core.Webhook",
        "tell",
        {"url": "https://example.org/in", "method": "POST", "body": "@flow", "mode": "async"},
        exit_("Default", "bye"),
    ),
    "MobilePrimitives.Message": block(
        "MobilePrimitives.Message",
        "hello",
        {"prompt": uid("hello")},
        exit_("Default", "bye"),
        label="Greeting",
        semantic_label="greeting::first",
        tags=["start"],
        ui_metadata={"canvas_coordinates": {"x": 10, "y": 20}},
    ),
    "MobilePrimitives.SelectOneResponse": block(
        "MobilePrimitives.SelectOneResponse",
        "need",
        {
            "prompt": uid("need"),
            "question_prompt": uid("need"),
            "choices": CHOICES,
            "digit_prompts": [uid("one"), uid("two")],
        },
        exit_("water", "age", "block.value = 'water'"),
        exit_("shelter", "place", "block.value = 'shelter'"),
        exit_("Default", "bye"),
    ),
    "MobilePrimitives.SelectManyResponses": block(
        "MobilePrimitives.SelectManyResponses",
        "several",
        {"prompt": uid("many"), "choices": CHOICES, "minimum_choices": 1, "maximum_choices": 2},
        exit_("Default", "bye"),
    ),
    "MobilePrimitives.NumericResponse": block(
        "MobilePrimitives.NumericResponse",
        "age",
        {
            "prompt": uid("age"),
            "validation_minimum": 0,
            "validation_maximum": 120,
            "ivr": {"max_digits": 3},
        },
        exit_("Answered", "adult", "has_number(block.value)"),
        exit_("Default", "bye"),
    ),
    "MobilePrimitives.OpenResponse": block(
        "MobilePrimitives.OpenResponse",
        "story",
        {"prompt": uid("story"), "ivr": {"max_duration_seconds": 90}},
        exit_("Answered", "log", "has_text(block.value)"),
        exit_("Default", "bye"),
    ),
    "SmartDevices.LocationResponse": block(
        "SmartDevices.LocationResponse",
        "place",
        {"prompt": uid("place")},
        exit_("Answered", "photo", "has_text(block.value)"),
        exit_("Default", "bye"),
    ),
    "SmartDevices.PhotoResponse": block(
        "SmartDevices.PhotoResponse",
        "photo",
        {"prompt": uid("photo")},
        exit_("Answered", "story", "has_text(block.value)"),
        exit_("Default", "bye"),
    ),
}
BYE = block("MobilePrimitives.Message", "bye", {"prompt": uid("bye")}, exit_("Default"))


def flow(*blocks: Json, **more: Any) -> Json:
    return {
        "uuid": uid("flow"),
        "name": "Needs",
        "label": "What people need",
        "last_modified": "2026-11-24T10:00:00Z",
        "interaction_timeout": 3600,
        "supported_modes": ["SMS", "IVR", "RICH_MESSAGING"],
        "languages": [
            {"id": "eng", "iso_639_3": "eng"},
            {"id": "ara", "iso_639_3": "ara", "bcp_47": "ar-LY"},
        ],
        "blocks": list(blocks),
        "first_block_id": blocks[0]["uuid"],
        "resources": RESOURCES,
        **more,
    }


def container(*flows: Json) -> Json:
    return {
        "specification_version": "1.0.0-rc4",
        "uuid": uid("container"),
        "name": "Needs",
        "description": "A test of ours",
        "flows": list(flows),
    }


def whole() -> Json:
    """Every kind of block in one flow, and the flow that one of them leads to."""
    other = flow(BYE, uuid=OTHER, name="Inner", label="Inner")
    return deepcopy(container(flow(BLOCKS["MobilePrimitives.SelectOneResponse"], *_rest(), BYE), other))


def _rest() -> list[Json]:
    return [one for kind, one in BLOCKS.items() if kind != "MobilePrimitives.SelectOneResponse"]


# --- what a container says, whatever it is written like --------------------------------------------------


def meaning(container: Json) -> Json:
    """Ids of resources and exits are names only: what counts is what they stand for and where they lead."""
    return {str(one["uuid"]): _flow(one) for one in container["flows"]}


def _flow(raw: Json) -> Json:
    words = {one["uuid"]: _content(one) for one in raw["resources"]}
    blocks = {one["uuid"]: _block(one, words) for one in raw["blocks"]}
    languages = [language["iso_639_3"] for language in raw["languages"]]
    modes = sorted(mode for mode in raw["supported_modes"])
    return {"first": raw["first_block_id"], "languages": languages, "modes": modes, "blocks": blocks}


def _content(raw: Json) -> frozenset[tuple[str, str, str, str]]:
    return frozenset(
        (value["language_id"], value["content_type"], mode, value["value"])
        for value in raw["values"]
        for mode in value["modes"]
    )


def _block(raw: Json, words: Mapping[str, Any]) -> Json:
    return {
        "type": raw["type"],
        "name": raw["name"],
        "config": _resolved(raw["config"], words),
        "exits": [
            (_spaceless(one.get("test", "")), bool(one.get("default")), one.get("destination_block"))
            for one in raw["exits"]
        ],
    }


def _spaceless(test: str) -> str:
    return test.replace(" ", "").replace("'", "")


def _resolved(part: Any, words: Mapping[str, Any]) -> Any:
    if isinstance(part, dict):
        return {key: _resolved(value, words) for key, value in part.items()}
    if isinstance(part, list):
        return [_resolved(one, words) for one in part]
    return words.get(part, part) if isinstance(part, str) else part
