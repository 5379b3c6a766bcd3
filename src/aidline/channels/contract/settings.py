"""What a provider must be told: the fields of its `Config`, from which its form is made."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Secret:
    """Marks a field of a `Config` as secret: `Annotated[str, Secret()]`. Its `setting` says so too."""


def gettext_noop(words: str) -> str:
    """Marks words for translation without translating them: providers do not know Django."""
    return words


def setting(
    label: str,
    help_text: str = "",
    *,
    default: str | None = None,
    secret: bool = False,
    made_by_us: bool = False,
    expert: bool = False,
    options: tuple[str, ...] = (),
    long: bool = False,
) -> Any:
    """A field of a provider's `Config`. Required without a default; a secret one stays out of `repr`.

    `made_by_us`: a word nobody needs to think up. `expert`: folded away. `options`: the only values there are.
    """
    told = {
        "label": label,
        "help": help_text,
        "made_by_us": made_by_us,
        "expert": expert,
        "options": options,
        "long": long,
    }
    if default is None:
        return field(repr=not secret, metadata=told)
    return field(default=default, repr=not secret, metadata=told)


class WrongSetting(ValueError):
    """A value that cannot work, found while the provider is made. `words` are to be translated and hold no value."""

    def __init__(self, field: str, words: str) -> None:
        super().__init__(field)
        self.field = field
        self.words = words
