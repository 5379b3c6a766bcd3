"""A template as the person reads it: in their direction, with what is filled in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aidline.channels.models import Template
from aidline.kernel import languages


@dataclass(frozen=True, slots=True)
class Bubble:
    language: str  # ours
    header: str
    body: str
    footer: str
    buttons: Sequence[str]

    @property
    def direction(self) -> str:
        return languages.direction(self.language)


def bubble_of(template: Template, values: Mapping[str, str] | None = None) -> Bubble:
    """With the examples where no values are given."""
    given = template.examples if values is None else values
    return Bubble(
        language_of(template),
        filled(template.header, given),
        filled(template.body, given),
        filled(template.footer, given),
        template.buttons,
    )


def language_of(template: Template) -> str:
    """Our code for a provider's; theirs where we do not know it."""
    return languages.match(template.language) or template.language


def filled(text: str, values: Mapping[str, str]) -> str:
    """What has no value yet stays as a field that can be seen."""
    for name, words in values.items():
        if words:
            text = text.replace("{{" + name + "}}", words)
    return text
