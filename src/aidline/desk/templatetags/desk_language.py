"""Translations for the desk's templates."""

import hashlib
from collections.abc import Mapping, Sequence
from uuid import UUID

from django import template

from aidline.conversations.models import Message
from aidline.conversations.presentation import Line
from aidline.desk.inbox import translations
from aidline.kernel import languages
from aidline.language.queries import Heard, Made

register = template.Library()
register.filter("translation_problem", translations.problem)
register.filter("speech_problem", translations.speech_problem)
register.filter("direction_of", languages.direction)


@register.simple_tag
def made_of(found: Mapping[UUID, Sequence[Made]] | str, message: Message) -> Sequence[Made]:
    """What hangs under this message; nothing where the page did not ask for it."""
    return found.get(message.pk, ()) if isinstance(found, Mapping) else ()


@register.simple_tag
def heard_in(found: Mapping[UUID, Heard] | str, line: Line) -> Sequence[Heard]:
    """What a machine wrote down of the recordings of this line."""
    if not isinstance(found, Mapping):
        return ()
    return [found[file.pk] for file in line.files if file.pk in found]


@register.filter
def versions(made: Sequence[Made | Heard]) -> str:
    """Changes with whatever changes under a line."""
    if not made:
        return ""
    return hashlib.blake2b("".join(one.version for one in made).encode(), digest_size=4).hexdigest()
