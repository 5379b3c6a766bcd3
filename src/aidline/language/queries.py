"""The doors to translations, glossary and work lists, and what hangs under the lines of a thread."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404

from aidline import vault
from aidline.centres.models import Centre, Membership
from aidline.centres.queries import Seat, members_of
from aidline.centres.states import Can, Role
from aidline.conversations.models import Message
from aidline.language.arrivals import SUSPECTED
from aidline.language.models import (
    Engine,
    GlossaryTerm,
    LanguageDoubt,
    Transcriber,
    Transcription,
    Translation,
)
from aidline.language.states import State, Way
from aidline.people.models import Person

WORK_LIMIT = 100


@dataclass(frozen=True, slots=True)
class Made:
    """A translation as it is shown under its message."""

    row: Translation
    text: str

    @property
    def version(self) -> str:
        return f"{self.row.state}{self.row.at}{self.row.asked_at}"


def translations_of(messages: Iterable[Message]) -> dict[UUID, list[Made]]:
    """By message; of what was taken away there is none. Those of people come first."""
    ids = [message.pk for message in messages if message.deleted_at is None]
    rows = Translation.objects.filter(message__in=ids).exclude(state__in=[State.SAME, State.WITHDRAWN])
    found: dict[UUID, list[Made]] = defaultdict(list)
    for row in rows.select_related("by").order_by("-way", "asked_at", "pk"):
        found[row.message_id].append(Made(row, _text(row)))
    return found


def _text(row: Translation | Transcription) -> str:
    try:
        return row.text
    except vault.KeyGone:
        return ""


@dataclass(frozen=True, slots=True)
class Heard:
    """A recording as a machine wrote it down, as it is shown under the player: a draft."""

    row: Transcription
    text: str

    @property
    def version(self) -> str:
        return f"{self.row.state}{self.row.at}{self.row.asked_at}"


def transcriptions_of(messages: Iterable[Message]) -> dict[UUID, Heard]:
    """By attachment. Of recordings in which nobody speaks there is one without text."""
    ids = [message.pk for message in messages if message.deleted_at is None]
    rows = Transcription.objects.filter(message__in=ids)
    return {row.attachment_id: Heard(row, _text(row)) for row in rows}


def access_transcription(seat: Seat, transcript_id: UUID) -> Transcription:
    """For agents: it hangs on a message of their centre."""
    rows = Transcription.objects.filter(centre=seat.centre).select_related("message__conversation")
    row = rows.filter(pk=transcript_id).first() if seat.can(Can.ANSWER) else None
    if row is None:
        raise Http404
    return row


def transcriber_settings(centre: Centre) -> Transcriber | None:
    """As it is stored, switched on or not."""
    return Transcriber.objects.filter(centre=centre).first()


def engine_settings(centre: Centre) -> Engine | None:
    """As it is stored, switched on or not."""
    return Engine.objects.filter(centre=centre).first()


def glossary(centre: Centre) -> list[GlossaryTerm]:
    return sorted(
        GlossaryTerm.objects.filter(centre=centre), key=lambda row: str(row.content["word"]).casefold()
    )


def access_term(seat: Seat, term_id: UUID) -> GlossaryTerm:
    row = GlossaryTerm.objects.filter(centre=seat.centre, pk=term_id).first()
    if row is None or not seat.can(Can.SET_UP):
        raise Http404
    return row


def access_translation(seat: Seat, translation_id: UUID) -> Translation:
    """For agents: it hangs on a message of their centre."""
    rows = Translation.objects.filter(centre=seat.centre).select_related("message__conversation")
    row = rows.filter(pk=translation_id).first() if seat.can(Can.ANSWER) else None
    if row is None:
        raise Http404
    return row


# --- people who translate --------------------------------------------------------------------------------


def work_of(seat: Seat) -> QuerySet[Translation]:
    """What waits for somebody with these two languages, the oldest first."""
    spoken = seat.membership.languages if seat.membership and seat.can(Can.TRANSLATE) else []
    known = Q(source__in=spoken) & Q(language__in=spoken)
    rows = Translation.objects.filter(known, centre=seat.centre, way=Way.PERSON, state=State.WAITING)
    return rows.order_by("asked_at", "pk")


def access_work(seat: Seat, translation_id: UUID) -> Translation:
    row = work_of(seat).filter(pk=translation_id).first()
    if row is None or not _is_readable(row):
        raise Http404
    return row


def _is_readable(row: Translation) -> bool:
    """Not once the person was erased."""
    try:
        return bool(row.shown)
    except vault.KeyGone:
        return False


def translators_of(centre: Centre) -> list[Membership]:
    return list(members_of(centre, [Role.TRANSLATOR]))


def somebody_translates(centre: Centre, source: str, language: str) -> bool:
    return any({source, language} <= set(member.languages) for member in translators_of(centre))


def languages_of_translators(centre: Centre) -> set[str]:
    return {code for member in translators_of(centre) for code in member.languages}


# --- doubts ----------------------------------------------------------------------------------------------


def seems_to_write(person: Person) -> str:
    """Another language than the one in the file, if the person wrote it more than once."""
    doubt = LanguageDoubt.objects.filter(person=person).first()
    if doubt is None or doubt.times < SUSPECTED or doubt.seems in (person.language, doubt.turned_down):
        return ""
    return doubt.seems
