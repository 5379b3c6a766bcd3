"""What the steps of a flow and their fields are called."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aidline.flows.language import Flow, Medium, Menu, Node, Test, Wanted
from aidline.kernel import languages

KINDS: Mapping[str, Promise] = {
    "message": pgettext_lazy("step", "Message"),
    "menu": pgettext_lazy("step", "Choices"),
    "ask": pgettext_lazy("step", "Open question"),
    "branch": pgettext_lazy("step", "Fork"),
    "set": pgettext_lazy("step", "Remember"),
    "topic": pgettext_lazy("step", "Topic"),
    "information": pgettext_lazy("step", "Information"),
    "vouchers": pgettext_lazy("step", "Vouchers"),
    "hours": pgettext_lazy("step", "Opening hours"),
    "hand_over": pgettext_lazy("step", "To a person"),
    "flow": pgettext_lazy("step", "Another flow"),
    "end": pgettext_lazy("step", "Goodbye"),
}

ABOUT: Mapping[str, Promise] = {
    "message": _("Says something and goes on."),
    "menu": _("One of several: buttons, numbers, or keys on the phone."),
    "ask": _("Words, a number, a place, a photo or a voice message."),
    "branch": _("Goes one way or another by what is known already."),
    "set": _("Notes something for later steps."),
    "topic": _("Notes what the conversation is about."),
    "information": _("Articles of the centre, to read or to hear."),
    "vouchers": _("Tells people where their registration stands and what is left on their vouchers."),
    "hours": _("Goes one way while you are open and another while you are closed."),
    "hand_over": _("Gives the conversation to your agents."),
    "flow": _("Goes through another flow and comes back."),
    "end": _("Says goodbye and ends."),
}

ICONS: Mapping[str, str] = {
    "message": "send",
    "menu": "list",
    "ask": "emoji",
    "branch": "swap",
    "set": "tag",
    "topic": "flag",
    "information": "book",
    "vouchers": "card",
    "hours": "clock",
    "hand_over": "hands",
    "flow": "board",
    "end": "check",
}

LABELS: Mapping[str, Promise] = {
    "to": pgettext_lazy("next step", "Then"),
    "otherwise": pgettext_lazy("next step", "Otherwise"),
    "menu.otherwise": _("If nothing is chosen"),
    "ask.otherwise": _("If nothing comes"),
    "hand_over.otherwise": _("On the phone, if nobody can take it"),
    "none": _("If there is nothing to read"),
    "information.to": _("After reading"),
    "vouchers.none": _("If nothing is known"),
    "open": pgettext_lazy("next step", "While open"),
    "closed": pgettext_lazy("next step", "While closed"),
    "keeps": _("Remember the answer as"),
    "tries": _("How often to ask"),
    "wants": _("What is asked for"),
    "least": _("At least"),
    "most": _("At most"),
    "seconds": _("Longest voice message, in seconds"),
    "code": _("Topic"),
    "category": _("Which articles"),
    "skill": _("Tag for agents, such as “legal”"),
    "risk": _("Is somebody in danger?"),
    "same_language": _("Only to agents who speak the language"),
    "flow": _("Which flow"),
}

HINTS: Mapping[str, Promise] = {
    "menu.keeps": _("“language” makes the answer the language of the conversation."),
    "ask.keeps": _("A short name, such as “place”. Later steps can ask for it."),
}

WANTED: Mapping[str, Promise] = {
    Wanted.TEXT: pgettext_lazy("asked for", "Words"),
    Wanted.NUMBER: pgettext_lazy("asked for", "A number"),
    Wanted.LOCATION: pgettext_lazy("asked for", "A place"),
    Wanted.PHOTO: pgettext_lazy("asked for", "A photo"),
    Wanted.VOICE: pgettext_lazy("asked for", "A voice message"),
}

TESTS: Mapping[str, Promise] = {
    Test.IS: pgettext_lazy("comparison", "is"),
    Test.IS_NOT: pgettext_lazy("comparison", "is not"),
    Test.HAS: pgettext_lazy("comparison", "has the words"),
    Test.ABOVE: pgettext_lazy("comparison", "is more than"),
    Test.BELOW: pgettext_lazy("comparison", "is less than"),
    Test.KNOWN: pgettext_lazy("comparison", "is known"),
}

RISKS: Mapping[str, Promise] = {
    "": pgettext_lazy("risk", "No"),
    "medium": pgettext_lazy("risk", "Perhaps"),
    "high": pgettext_lazy("risk", "Yes"),
    "imminent": pgettext_lazy("risk", "Yes, right now"),
}

MEDIA: Mapping[str, Promise] = {
    Medium.CHAT: pgettext_lazy("medium", "Chat"),
    Medium.SMS: pgettext_lazy("medium", "SMS"),
    Medium.PHONE: pgettext_lazy("medium", "Phone"),
}


def label(kind: str, field: str) -> str:
    return str(LABELS.get(f"{kind}.{field}") or LABELS.get(field) or field)


def hint(kind: str, field: str) -> str:
    return str(HINTS.get(f"{kind}.{field}", ""))


def says(node: Node, language: str, most: int = 70) -> str:
    """The beginning of what a step says, in a language or the first there is."""
    text = getattr(node, "text", {})
    words = text.get(language) or next(iter(text.values()), None)
    if words is None and isinstance(node, Menu):
        return ", ".join(languages.name(choice.id) for choice in node.choices)
    return Truncator(" ".join(words.text.split())).chars(most) if words else ""


def titles(flow: Flow, language: str) -> dict[str, str]:
    """Of every step, for a list to choose from."""
    return {
        name: f"{name} · {said}" if (said := says(node, language, 40)) else name
        for name, node in flow.nodes.items()
    }
