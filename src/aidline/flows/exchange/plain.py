"""Nodes that only we know, as plain values, for the part of a file that other programs pass on unread."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from aidline.flows.language import HandOver, Hours, Information, Node, Text, Topic, Vouchers, Words

OURS = (Topic, Information, Vouchers, Hours, HandOver)
_KINDS: Mapping[str, type[Topic | Information | Vouchers | Hours | HandOver]] = {
    kind.kind: kind for kind in OURS
}


def plain(node: Node) -> dict[str, Any]:
    return {"kind": node.kind, **asdict(node)}


def node_of(values: Mapping[str, Any], name: str) -> Node | None:
    """None for what is none of ours, or was changed so that it cannot be read."""
    kind = _KINDS.get(str(values.get("kind")))
    try:
        fields = {key: value for key, value in values.items() if key != "kind"}
        if "text" in fields:
            fields["text"] = text_of(fields["text"])
        return kind(**{**fields, "name": name}) if kind else None
    except (TypeError, AttributeError, ValueError):
        return None


def text_of(values: Mapping[str, Any]) -> Text:
    return {
        str(code): Words(**{str(key): str(value) for key, value in words.items()})
        for code, words in values.items()
    }
