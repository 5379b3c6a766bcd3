"""By what an audience is chosen. Each filter is a pure function on people; a new one is one entry here.

A filter of which nothing is chosen lets everybody through; several filters must all fit.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from aidline.centres.models import Centre
from aidline.conversations.models import Conversation
from aidline.conversations.queries import tags_of
from aidline.kernel import languages
from aidline.people.models import Person

People = QuerySet[Person]


@dataclass(frozen=True, slots=True)
class Filter:
    key: str
    label: Any
    choices: Callable[[Centre], list[tuple[str, str]]]
    apply: Callable[[People, Sequence[str]], People]


def people_of(centre: Centre, chosen: Mapping[str, Sequence[str]]) -> People:
    rows = Person.objects.filter(centre=centre, merged_into=None)
    for one in FILTERS:
        values = chosen.get(one.key)
        rows = one.apply(rows, values) if values else rows
    return rows


def _languages(centre: Centre) -> list[tuple[str, str]]:
    return [(code, languages.name(code)) for code in centre.languages]


def _by_language(people: People, codes: Sequence[str]) -> People:
    return people.filter(language__in=codes)


def _tags(centre: Centre) -> list[tuple[str, str]]:
    return [(str(tag.pk), tag.name) for tag in tags_of(centre)]


def _by_tag(people: People, tags: Sequence[str]) -> People:
    """Tags hang on conversations: one of them is enough."""
    return people.filter(
        pk__in=Conversation.objects.filter(tags__in=[UUID(tag) for tag in tags]).values("person")
    )


FILTERS: tuple[Filter, ...] = (
    Filter("language", _("Language"), _languages, _by_language),
    Filter("tag", _("Tag"), _tags, _by_tag),
)
