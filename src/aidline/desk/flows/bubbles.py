"""A step as people meet it, in each language: its words, its choices, and what it costs by SMS."""

from collections.abc import Iterator
from dataclasses import dataclass

from aidline.flows.language import Flow, Medium, Menu, Node, Words
from aidline.kernel import languages
from aidline.kernel.text import segments


@dataclass(frozen=True, slots=True)
class Bubble:
    language: str
    name: str
    direction: str
    text: str
    short: str
    choices: tuple[str, ...]
    parts: int  # SMS; 0 where it is not sent by SMS


def bubbles(node: Node, flow: Flow) -> list[Bubble]:
    text = getattr(node, "text", None)
    return list(_each(node, flow)) if text is not None else []


def _each(node: Node, flow: Flow) -> Iterator[Bubble]:
    for code in flow.languages:
        words: Words = getattr(node, "text", {}).get(code, Words(""))
        choices = tuple(_titles(node, code))
        sent = "\n".join([words.short or words.text, *(f"{n}. {one}" for n, one in enumerate(choices, 1))])
        parts = segments(sent).count if Medium.SMS in flow.media else 0
        yield Bubble(
            code, languages.name(code), languages.direction(code), words.text, words.short, choices, parts
        )


def _titles(node: Node, code: str) -> Iterator[str]:
    for choice in node.choices if isinstance(node, Menu) else ():
        is_language = node.keeps == "language" if isinstance(node, Menu) else False
        if is_language:
            yield languages.name(choice.id)
        elif code in choice.text:
            yield choice.text[code].text
        else:
            yield "…"
