"""What a new flow begins with: a language, a few words, a person. Sound as it is, and small enough to be changed."""

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from aidline.centres.models import Centre
from aidline.flows.language import Choice, End, Flow, HandOver, Medium, Menu, Node, Text, Words
from aidline.flows.text import write
from aidline.kernel import languages

LANGUAGE = gettext_noop("Welcome. Choose your language.")
ABOUT = gettext_noop("How can we help?")
PERSON = gettext_noop("Somebody to talk to")
NOTHING = gettext_noop("Nothing for now")
WAIT = gettext_noop("A person will answer you here.")
DANGER = gettext_noop("A person comes to you now.")
BYE = gettext_noop("Thank you. You can write again at any time.")


def starter(centre: Centre, slug: str, title: str) -> str:
    spoken = tuple(code for code in centre.languages if code in languages.ALL) or ("en",)
    several = len(spoken) > 1
    nodes: list[Node] = [
        Menu("about", _text(spoken, ABOUT), _choices(spoken), otherwise="person", keeps="about"),
        HandOver("person", _text(spoken, WAIT)),
        HandOver("danger", _text(spoken, DANGER), risk="high"),
        End("goodbye", _text(spoken, BYE)),
    ]
    if several:
        each = tuple(Choice(code, {}, "about") for code in spoken)
        nodes.insert(0, Menu("language", _text(spoken, LANGUAGE), each, otherwise="person", keeps="language"))
    return write(
        Flow(
            slug=slug,
            title=title,
            languages=spoken,
            media=(Medium.CHAT, Medium.SMS),
            start="language" if several else "about",
            nodes={node.name: node for node in nodes},
            danger="danger",
        )
    )


def _choices(spoken: tuple[str, ...]) -> tuple[Choice, ...]:
    return (
        Choice("person", _text(spoken, PERSON), "person"),
        Choice("nothing", _text(spoken, NOTHING), "goodbye"),
    )


def _text(spoken: tuple[str, ...], words: str) -> Text:
    """In English where we do not speak the language: it is there to be written over."""
    return {code: Words(_in(code, words)) for code in spoken}


def _in(code: str, words: str) -> str:
    with translation.override(code if code in languages.INTERFACE else "en"):
        return _(words)
