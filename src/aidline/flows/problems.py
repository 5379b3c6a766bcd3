"""What is wrong with a flow, where, and in words for the one who writes it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.translation import gettext

from aidline.channels.contract import gettext_noop


class Level(StrEnum):
    ERROR = "error"  # is not published
    WARNING = "warning"


WORDS: Mapping[str, str] = {
    # reading
    "too_long": gettext_noop("This is too long: at most %(most)s characters."),
    "too_deep": gettext_noop("Too many things inside one another."),
    "not_yaml": gettext_noop("This cannot be read: %(what)s."),
    "alias": gettext_noop("References with & and * are not used here; write it out."),
    "empty": gettext_noop("There is nothing here yet."),
    "doubled": gettext_noop("“%(what)s” is here twice."),
    "unknown_key": gettext_noop("“%(what)s” is not known here. Known: %(known)s."),
    "missing": gettext_noop("“%(what)s” is missing."),
    "not_a_mapping": gettext_noop("“%(what)s” needs lines of the form “name: value”."),
    "not_a_list": gettext_noop("“%(what)s” needs a list."),
    "not_words": gettext_noop("“%(what)s” needs plain words."),
    "not_a_number": gettext_noop("“%(what)s” needs a whole number from %(least)s to %(most)s."),
    "not_yes_or_no": gettext_noop("“%(what)s” is “yes” or “no”."),
    "not_one_of": gettext_noop("“%(what)s” is one of: %(known)s."),
    "not_a_name": gettext_noop(
        "“%(what)s” is no name: at most 60 letters, digits, “-” and “_”, beginning with a letter or digit."
    ),
    "too_many": gettext_noop("“%(what)s” has too many parts: at most %(most)s."),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """`words` are in the language of the screen that asks for them."""

    code: str
    node: str = ""
    line: int = 0  # in the text; 0: unknown
    level: Level = Level.ERROR
    details: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def words(self) -> str:
        return gettext(WORDS[self.code]) % self.details


class FlowError(Exception):
    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(", ".join(f"{one.code} (line {one.line}, {one.node})" for one in self.problems))
