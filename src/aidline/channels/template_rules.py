"""What is wrong with a template before anybody is asked: WhatsApp would refuse it, and a person waits for the news.

Source: Meta, "Template components" and "Template review" (common rejection reasons), read 2026-11-24. What is not
sure to be refused is left to the provider.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

from aidline.channels.contract import TemplateDraft, TemplateLimits

PARAMETER = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_NAME = re.compile(r"[a-z0-9_]+")
_PARAMETER_NAME = re.compile(r"[a-z][a-z0-9_]*")
_MARKS = re.compile(r"[*_~`\n]")  # of formatting, and new lines: not in a title or a small line

Fault = tuple[str, str]  # field of the draft, or "example:1"; and what is wrong


def parameters_in(body: str) -> list[str]:
    """In the order in which they come, each once."""
    return list(dict.fromkeys(PARAMETER.findall(body)))


def faults(draft: TemplateDraft, limits: TemplateLimits) -> list[Fault]:
    return [
        *_of_name(draft, limits),
        *_of_body(draft, limits),
        *_of_ends(draft, limits),
        *_of_buttons(draft, limits),
    ]


def _of_name(draft: TemplateDraft, limits: TemplateLimits) -> Iterator[Fault]:
    if not _NAME.fullmatch(draft.name):
        yield "name", "letters"
    elif len(draft.name) > limits.name:
        yield "name", "long"
    if draft.category not in limits.categories:
        yield "category", "unknown"


def _of_body(draft: TemplateDraft, limits: TemplateLimits) -> Iterator[Fault]:
    body = draft.body.strip()
    if not body:
        yield "body", "missing"
    elif len(body) > limits.body:
        yield "body", "long"
    else:
        yield from (("body", what) for what in _of_parameters(body))
        yield from _of_examples(parameters_in(body), draft, limits)


def _of_examples(names: list[str], draft: TemplateDraft, limits: TemplateLimits) -> Iterator[Fault]:
    if len(names) > limits.parameters:
        yield "parameters", "many"
        return
    missing = [name for name in names if not draft.examples.get(name, "").strip()]
    yield from ((f"example:{name}", "missing") for name in missing)


def _of_parameters(body: str) -> Iterator[str]:
    found = list(PARAMETER.finditer(body))
    rest = PARAMETER.sub("", body)
    if "{{" in rest or "}}" in rest:
        yield "braces"
    if not found:
        return
    if found[0].start() == 0 or found[-1].end() == len(body):
        yield "edge"
    between = (body[one.end() : two.start()] for one, two in pairwise(found))
    if any(not words.strip() for words in between):
        yield "adjacent"
    if not _counted_or_named(parameters_in(body)):
        yield "names"


def _counted_or_named(names: list[str]) -> bool:
    """1, 2, 3 in this order, or all of them by names in small letters."""
    counted = [str(number) for number in range(1, len(names) + 1)]
    return names == counted or all(_PARAMETER_NAME.fullmatch(name) for name in names)


def _of_ends(draft: TemplateDraft, limits: TemplateLimits) -> Iterator[Fault]:
    for field, words, most in (
        ("header", draft.header, limits.header),
        ("footer", draft.footer, limits.footer),
    ):
        if len(words) > most:
            yield field, "long"
        if "{{" in words:
            yield field, "parameter"
        if _MARKS.search(words):
            yield field, "plain"


def _of_buttons(draft: TemplateDraft, limits: TemplateLimits) -> Iterator[Fault]:
    if len(draft.buttons) > limits.buttons:
        yield "buttons", "many"
    if len(set(draft.buttons)) < len(draft.buttons):
        yield "buttons", "same"
    for place, words in enumerate(draft.buttons):
        if len(words) > limits.button:
            yield f"button:{place}", "long"
        if "{{" in words:
            yield f"button:{place}", "parameter"
