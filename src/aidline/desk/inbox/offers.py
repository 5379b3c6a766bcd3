"""Approved messages for one conversation: by family, in the person's language first, with the fields half filled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from aidline.centres.queries import Seat
from aidline.channels.models import Template
from aidline.channels.queries import Family, families
from aidline.conversations.models import Conversation
from aidline.conversations.queries import templates_for
from aidline.desk.bubble import Bubble, bubble_of, language_of
from aidline.desk.inbox.prepared import date_in, first_name


@dataclass(frozen=True, slots=True)
class Slot:
    """A field of the message. `empty` stands in the preview while nothing is filled in, in a direction of its own."""

    name: str
    label: str
    example: str
    value: str

    @property
    def empty(self) -> str:
        return f"\u2068[{self.label}]\u2069"


@dataclass(frozen=True, slots=True)
class Offer:
    """One message in one language. `raw` has the fields in it, `bubble` what is in them now."""

    template: Template
    raw: Bubble
    bubble: Bubble
    slots: Sequence[Slot]

    @property
    def language(self) -> str:
        return self.raw.language


@dataclass(frozen=True, slots=True)
class Choice:
    """A family: what fits best, and the other languages behind it."""

    title: str
    best: Offer
    others: Sequence[Offer]
    fits: bool  # the best is in the person's language


def choices(seat: Seat, conversation: Conversation) -> list[Choice]:
    wanted = _wanted(conversation)
    found = [_choice(seat, family, wanted) for family in families(templates_for(conversation))]
    return sorted(found, key=lambda choice: (not choice.fits, choice.title.casefold()))


def _wanted(conversation: Conversation) -> list[str]:
    """The person's language, then the centre's own."""
    persons = conversation.language or conversation.person.language
    return [code for code in (persons, conversation.centre.default_language) if code]


def _choice(seat: Seat, family: Family, wanted: list[str]) -> Choice:
    rows = sorted(family.rows, key=lambda row: _rank(language_of(row), wanted))
    offers = [_offer(seat, row) for row in rows]
    return Choice(family.title, offers[0], offers[1:], offers[0].language == wanted[0])


def _rank(language: str, wanted: list[str]) -> tuple[int, str]:
    return (wanted.index(language) if language in wanted else len(wanted), language)


def _offer(seat: Seat, template: Template) -> Offer:
    slots = [_slot(seat, template, name) for name in template.parameters]
    values = {slot.name: slot.value or slot.empty for slot in slots}
    return Offer(template, bubble_of(template, {}), bubble_of(template, values), slots)


def _slot(seat: Seat, template: Template, name: str) -> Slot:
    known: Mapping[str, str] = template.fields.get(name, {})
    label = known.get("label") or _("Field %(name)s") % {"name": name.rpartition(".")[2]}
    value = _suggested(seat, known.get("fill", ""), language_of(template))
    return Slot(name, label, str(template.examples.get(name, "")), value)


def _suggested(seat: Seat, fill: str, language: str) -> str:
    if fill == "agent":
        return first_name(seat.staff.name)
    if fill == "centre":
        return seat.centre.name
    return date_in(language) if fill == "date" else ""
