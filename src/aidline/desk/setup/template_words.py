"""Words for templates: their states, and what is wrong with one that is being written."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from aidline.channels.contract import TemplateLimits

CATEGORIES: Mapping[str, Promise] = {
    "utility": _("About something the person asked for or waits for"),
    "marketing": _("News, invitations and offers"),
    "authentication": _("One-time codes"),
}

FILLS: Mapping[str, Promise] = {
    "": _("Nothing"),
    "agent": _("First name of whoever sends it"),
    "centre": _("Name of the centre"),
    "date": _("Today’s date"),
}

_MISSING, _LONG = _("This is missing."), _("At most %(most)s characters.")
_NO_FIELD = _("No fields in here: they belong in the words.")
_PLAIN = _("Plain words only: no new line and none of * _ ~.")

FAULTS: Mapping[tuple[str, str], Promise] = {
    ("name", "letters"): _("Small letters from a to z, numbers and spaces only."),
    ("name", "long"): _LONG,
    ("category", "unknown"): _("This category cannot be made here."),
    ("body", "missing"): _MISSING,
    ("body", "long"): _LONG,
    ("body", "braces"): _(
        "A field is two brackets, a number, two brackets: {{1}}. One of them is not closed."
    ),
    ("body", "edge"): _("A field may not be the first or the last thing. Put words before and after it."),
    ("body", "adjacent"): _("Two fields may not follow each other. Put words between them."),
    ("body", "names"): _("Number the fields in the order they come: {{1}}, {{2}}, {{3}}."),
    ("example", "missing"): _("The provider wants an example. Make one up, never from a real person."),
    ("header", "long"): _LONG,
    ("header", "parameter"): _NO_FIELD,
    ("header", "plain"): _PLAIN,
    ("footer", "long"): _LONG,
    ("footer", "parameter"): _NO_FIELD,
    ("footer", "plain"): _PLAIN,
    ("parameters", "many"): _("At most %(most)s fields."),
    ("buttons", "many"): _("At most %(most)s buttons."),
    ("buttons", "same"): _("Two buttons say the same."),
    ("button", "long"): _LONG,
    ("button", "parameter"): _NO_FIELD,
}


def fault_words(field: str, what: str, limits: TemplateLimits) -> str:
    """`field` as `template_rules` names it: "body", "button:0", "example:1"."""
    kind = field.partition(":")[0]
    words = str(FAULTS[(kind, what)])
    return words % {"most": getattr(limits, kind)} if what in ("long", "many") else words
