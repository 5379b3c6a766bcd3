"""Translating messages by the centre's engine, apart from everything else: a message never waits for it."""

import logging
from collections.abc import Iterable, Sequence
from datetime import timedelta
from time import monotonic
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet

from aidline import vault
from aidline.centres.models import Staff
from aidline.conversations.live import Hint, tell
from aidline.conversations.models import Message
from aidline.conversations.queries import text_of
from aidline.jobs.services import enqueue
from aidline.kernel.clock import now
from aidline.kernel.detection import detect
from aidline.kernel.ids import new_id
from aidline.language import transcribing
from aidline.language.arrivals import TRANSLATE
from aidline.language.engine import engine_of, terms_of, translate
from aidline.language.glossary import Outcome, Term
from aidline.language.libretranslate import NAME, EngineError
from aidline.language.models import Engine, Translation
from aidline.language.states import State, Way

log = logging.getLogger(__name__)

AT_ONCE = 10
LONGEST = 8.0  # seconds, then other jobs have their turn; `wake` goes on with what is left
TRIES = 4  # by itself; an agent may always try again
WORTH_TRYING = timedelta(hours=6)  # how long a translation that failed is tried again by itself

_FRESH = {"state": State.WAITING, "text_sealed": None, "flagged": False, "error_code": "", "attempts": 0}


def translate_waiting(payload: dict[str, str]) -> None:
    """The job `language.translate` of one centre. What fails is written on its row; nothing is raised."""
    centre_id, until = UUID(payload["centre"]), monotonic() + LONGEST
    engine = engine_of(centre_id)
    if engine is None:
        _end_all(_waiting(centre_id), "off")
        return
    terms = terms_of(centre_id)
    while monotonic() < until and (rows := list(_waiting(centre_id)[:AT_ONCE])):
        vault.prefetch_person_keys({row.key_id for row in rows})
        for row in rows:
            _translate(engine, row, terms)


def wake() -> None:
    """Every few seconds: what came while the job of its centre was about to end, or did not fit into its time."""
    waiting = Translation.objects.filter(way=Way.ENGINE, state=State.WAITING)
    for centre_id in waiting.order_by().values_list("centre", flat=True).distinct():
        _again(centre_id)


@transaction.atomic
def want_translation(*, by: Staff, message: Message, language: str) -> Translation | None:
    """An agent asks for it: for the first time, in another language, or again. None when there are no words."""
    if message.deleted_at or not any(map(str.isalpha, text_of(message))):
        return None
    row = Translation.objects.filter(message=message, way=Way.ENGINE, language=language).first()
    if row is None:
        row = Translation.objects.create(
            id=new_id(),
            message=message,
            centre_id=message.centre_id,
            key_id=message.key_id,
            way=Way.ENGINE,
            source=message.language if message.language != language else "",
            language=language,
            asked_by=by,
        )
    elif row.state in (State.FAILED, State.SAME):
        _set(row, state=State.WAITING, error_code="", asked_by=by, asked_at=now())
    _again(message.centre_id)
    tell([Hint(message.centre_id, "state", message.conversation_id)])
    return row


@transaction.atomic
def forget(*, message_ids: Sequence[UUID]) -> None:
    """The words went, or changed: what was made of them goes too, a translator's work list included."""
    Translation.objects.filter(message__in=message_ids).delete()
    transcribing.forget(message_ids=message_ids)


@transaction.atomic
def made_anew(*, message: Message) -> None:
    """The person changed what they had said: the engine translates it once more."""
    rows = Translation.objects.filter(message=message)
    rows.filter(way=Way.PERSON).delete()
    if rows.update(**_FRESH, asked_at=now()):
        _again(message.centre_id)


def retry_failed() -> None:
    """Every so often: what failed while the engine was away is tried again, if it is not in trouble any more."""
    at = now()
    rows = Translation.objects.filter(
        way=Way.ENGINE, state=State.FAILED, attempts__lt=TRIES, asked_at__gt=at - WORTH_TRYING
    ).exclude(error_code__in=["not-offered", "off"])
    centres = Engine.objects.filter(is_on=True).exclude(open_until__gt=at).values("centre")
    for centre_id in set(rows.filter(centre__in=centres).values_list("centre_id", flat=True)):
        with transaction.atomic():
            rows.filter(centre=centre_id).update(state=State.WAITING)
            _again(centre_id)


def _waiting(centre_id: UUID) -> QuerySet[Translation]:
    rows = Translation.objects.filter(centre=centre_id, way=Way.ENGINE, state=State.WAITING)
    return rows.select_related("message").order_by("asked_at", "pk")


def _translate(engine: Engine, row: Translation, terms: Sequence[Term]) -> None:
    text = text_of(row.message)
    source = _source(engine, row, text)
    if not text or source == row.language:
        _end(row, state=State.SAME)
        return
    try:
        made = translate(engine, text, source=source, target=row.language, terms=terms)
    except EngineError as error:
        tried = 0 if error.code == "resting" else 1
        _end(row, state=State.FAILED, error_code=error.code, attempts=F("attempts") + tried)
    else:
        _keep(row, made, source)


def _source(engine: Engine, row: Translation, text: str) -> str:
    """People change languages within a talk: what the text itself says counts more than the file."""
    seen = detect(text, engine.centre.languages)
    return seen or row.source or "auto"


def _keep(row: Translation, made: Outcome, source: str) -> None:
    row.text = made.text
    _end(
        row,
        state=State.DONE,
        text_sealed=row.text_sealed,
        flagged=made.flagged,
        source="" if source == "auto" else source,
        engine=NAME,
        error_code="",
        at=now(),
    )


@transaction.atomic
def _end(row: Translation, **changes: object) -> None:
    """Only a row that still waits: the message may have been changed or taken back meanwhile."""
    waiting = Translation.objects.filter(pk=row.pk, state=State.WAITING, asked_at=row.asked_at)
    if waiting.update(**changes):
        tell([Hint(row.centre_id, "state", row.message.conversation_id)])


def _end_all(rows: Iterable[Translation], code: str) -> None:
    for row in rows:
        _end(row, state=State.FAILED, error_code=code)


def _set(row: Translation, **changes: object) -> None:
    Translation.objects.filter(pk=row.pk).update(**changes)
    for name, value in changes.items():
        setattr(row, name, value)


def _again(centre_id: UUID) -> None:
    enqueue(TRANSLATE, {"centre": str(centre_id)}, unique_key=f"{TRANSLATE}:{centre_id}")
