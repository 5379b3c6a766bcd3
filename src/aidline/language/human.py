"""Asking a person who translates. They see the one text they are asked for, and nothing around it."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from aidline.audit.services import record
from aidline.centres.models import Staff
from aidline.conversations.live import Hint, tell
from aidline.conversations.models import Conversation, Message
from aidline.conversations.queries import text_of
from aidline.conversations.sending import add_note
from aidline.kernel import text as words
from aidline.kernel.clock import now
from aidline.kernel.ids import new_id
from aidline.language.covering import cover, uncover
from aidline.language.models import Translation
from aidline.language.states import State, Way


class CannotAsk(Exception):
    """Why nobody was asked, in words for the agent."""

    def __init__(self, message: object) -> None:
        super().__init__(str(message))
        self.message = message


@transaction.atomic
def ask_translator(
    *, by: Staff, message: Message, source: str, language: str, note: str = "", show_all: bool = False
) -> Translation:
    """Numbers and addresses are covered unless the agent says otherwise. Asked twice, the first one stands."""
    text = text_of(message)
    if message.deleted_at or not text.strip():
        raise CannotAsk(_("There are no words to translate."))
    if source == language:
        raise CannotAsk(_("Choose two different languages."))
    rows = Translation.objects.filter(message=message, way=Way.PERSON, language=language)
    known = rows.exclude(state=State.WITHDRAWN).first()
    if known:
        return known
    rows.delete()
    shown, covered = (text, []) if show_all else cover(text)
    row = Translation(id=new_id(), message=message, centre_id=message.centre_id, key_id=message.key_id)
    row.way, row.source, row.language, row.asked_by = Way.PERSON, source, language, by
    row.shown, row.covered, row.note = shown, covered, words.clean(note).strip()[:500]
    row.save(force_insert=True)
    _record(by, row, "translation.ask", "text" if show_all or not covered else "text,covered")
    _tell(row)
    return row


@transaction.atomic
def ask_for_reply(
    *, by: Staff, conversation: Conversation, text: str, source: str, language: str, note: str = ""
) -> Translation:
    """A reply to be translated is kept as a note among staff; the translation comes back under it."""
    message = add_note(by=by, conversation=conversation, text=text)
    return ask_translator(by=by, message=message, source=source, language=language, note=note, show_all=False)


@transaction.atomic
def answer(*, by: Staff, translation: Translation, text: str) -> bool:
    """False when somebody was quicker, or nobody waits for it any more."""
    text = words.clean(text).strip()
    if not text:
        return False
    translation.text = uncover(text, translation.covered or [])
    done = Translation.objects.filter(pk=translation.pk, state=State.WAITING).update(
        state=State.DONE,
        text_sealed=translation.text_sealed,
        by=by,
        at=now(),
        shown_sealed=None,
        note_sealed=None,
        covered_sealed=None,
    )
    if done:
        _record(by, translation, "translation.answer")
        _tell(translation)
    return bool(done)


@transaction.atomic
def withdraw(*, by: Staff, translation: Translation) -> bool:
    done = Translation.objects.filter(pk=translation.pk, way=Way.PERSON, state=State.WAITING).update(
        state=State.WITHDRAWN, shown_sealed=None, note_sealed=None, covered_sealed=None
    )
    if done:
        _record(by, translation, "translation.withdraw")
        _tell(translation)
    return bool(done)


@transaction.atomic
def read(*, by: Staff, translation: Translation) -> str:
    """The text for the translator; each reading is recorded."""
    _record(by, translation, "translation.read", "translation.shown")
    return translation.shown


def _record(by: Staff, row: Translation, action: str, fields: str = "") -> None:
    record(
        by=by, action=action, object_type="translation", object_id=row.pk, centre=row.centre_id, fields=fields
    )


def _tell(row: Translation) -> None:
    conversation: UUID = row.message.conversation_id
    tell([Hint(row.centre_id, "state", conversation)])
