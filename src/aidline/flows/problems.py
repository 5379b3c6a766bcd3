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
    "too_few_lines": gettext_noop("A test needs lines: “> ” and what is said, then what is to be heard."),
    # ways
    "unknown_target": gettext_noop("This leads to “%(what)s”, which is not there."),
    "unreachable": gettext_noop("Nothing leads here."),
    "dead_end": gettext_noop("From here no way leads to a person or to an end."),
    "circle": gettext_noop("This goes round in a circle without asking anything: %(what)s."),
    "no_danger": gettext_noop("Nothing says where to go in danger. Until then it is any person, at once."),
    "danger_no_person": gettext_noop("In danger a person must come at once: this has to be a hand-over."),
    "danger_key": gettext_noop("The key for danger is * or #."),
    # words
    "no_languages": gettext_noop("The flow needs a language."),
    "no_media": gettext_noop("The flow runs nowhere: give it chat, sms or phone."),
    "unknown_language": gettext_noop("“%(what)s” is no language we know."),
    "untranslated": gettext_noop("Words are missing in: %(languages)s."),
    "choice_untranslated": gettext_noop("The choice “%(what)s” has no words in: %(languages)s."),
    "says_nothing": gettext_noop("It ends here without a word."),
    "unspoken": gettext_noop("A recording is missing in: %(languages)s."),
    "unknown_recording": gettext_noop("The recording “%(what)s” is not there in: %(languages)s."),
    "no_phrases": gettext_noop(
        "Words of our own are missing in %(languages)s and come in another language: %(what)s."
    ),
    "unknown_phrase": gettext_noop("“%(what)s” is nothing we say. Known: %(known)s."),
    "many_sms": gettext_noop("In %(languages)s this takes %(count)s SMS. Give it a short form."),
    "too_many_sms": gettext_noop(
        "In %(languages)s this takes %(count)s SMS; more than %(most)s do not arrive."
    ),
    # questions
    "no_choices": gettext_noop("A menu needs choices."),
    "too_many_keys": gettext_noop("On the phone at most %(most)s choices: 0 is a person and 9 repeats."),
    "reserved_key": gettext_noop("The key %(what)s is taken: 0 is a person and 9 repeats."),
    "doubled_key": gettext_noop("The key %(what)s is there twice."),
    "doubled_choice": gettext_noop("The choice “%(what)s” is there twice."),
    "choices_alike": gettext_noop("In %(languages)s two choices read the same."),
    "too_many_choices": gettext_noop("%(channel)s shows at most %(most)s choices."),
    "long_choice": gettext_noop("On %(channel)s the choice “%(what)s” is cut after %(most)s characters."),
    "too_long_for_channel": gettext_noop(
        "On %(channel)s the question with its choices is too long in %(languages)s: at most %(most)s characters."
    ),
    "always_word": gettext_noop("“%(what)s” always leads to something else, whatever is asked."),
    "language_choice": gettext_noop("“%(what)s” is no language of this flow."),
    "reserved_name": gettext_noop("An answer cannot be kept as “%(what)s”."),
    "bounds": gettext_noop("The least is above the most."),
    "number_needed": gettext_noop("“%(what)s” is no number."),
    "never_kept": gettext_noop("Nothing in this flow keeps an answer as “%(what)s”."),
    # around the flow
    "other_name": gettext_noop("The text says “flow: %(what)s”, but this flow is called “%(known)s”."),
    "unknown_topic": gettext_noop("The centre has no topic “%(what)s”."),
    "unknown_category": gettext_noop("The centre has no articles in “%(what)s”."),
    "unknown_skill": gettext_noop("The centre has no skill “%(what)s”."),
    "unknown_flow": gettext_noop("There is no published flow “%(what)s”."),
    "flow_in_itself": gettext_noop("“%(what)s” would go into itself."),
    "flow_too_deep": gettext_noop("Too many flows inside one another: at most %(most)s."),
    "flow_language": gettext_noop("“%(what)s” does not speak: %(languages)s."),
    "flow_medium": gettext_noop("“%(what)s” does not run in: %(media)s."),
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
