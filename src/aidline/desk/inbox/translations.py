"""What the desk knows of translations: those under the lines, the ways to one, and words for what went wrong."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from aidline.centres.rules import StaffRequest
from aidline.conversations.models import Conversation
from aidline.conversations.presentation import Line
from aidline.conversations.queries import text_of
from aidline.conversations.sending import Written
from aidline.kernel import languages
from aidline.language.engine import engine_of
from aidline.language.libretranslate import NAME
from aidline.language.models import Translation
from aidline.language.queries import (
    access_translation,
    languages_of_translators,
    seems_to_write,
    transcriptions_of,
    translations_of,
)
from aidline.language.states import State

PROBLEMS: dict[str, Promise] = {
    "too-slow": _("The translation server took too long."),
    "unreachable": _("The translation server does not answer."),
    "resting": _("The translation server is in trouble. We try again in a moment."),
    "busy": _("The translation server is busy."),
    "key-refused": _("The translation server does not accept the key."),
    "not-offered": _("The translation server does not offer this pair of languages."),
    "no-sense": _("The translation server answered something that makes no sense."),
    "too-long": _("This is too long to be translated at once."),
    "off": _("No translation server is set up."),
}


def problem(code: str) -> str:
    return str(PROBLEMS.get(code, _("The translation did not work.")))


SPEECH_PROBLEMS: dict[str, Promise] = {
    "too-slow": _("The speech server took too long."),
    "unreachable": _("The speech server does not answer."),
    "resting": _("The speech server is in trouble. We try again in a moment."),
    "busy": _("The speech server is busy."),
    "key-refused": _("The speech server does not accept the key."),
    "not-offered": _("The speech server does not know this model, this language or this kind of recording."),
    "no-sense": _("The speech server answered something that makes no sense."),
    "gone": _("The recording is not there any more."),
    "off": _("No speech server is set up."),
}


def speech_problem(code: str) -> str:
    return str(SPEECH_PROBLEMS.get(code, _("The recording could not be written down.")))


def under_lines(request: StaffRequest, lines: Iterable[Line]) -> dict[str, Any]:
    """`may_translate`: whether there is any way to a translation, so that a line offers one."""
    centre, lines = request.seat.centre, list(lines)
    spoken = [line.message for line in lines if any(file.kind == "voice" for file in line.files)]
    return {
        "transcriptions": transcriptions_of(spoken) if spoken else {},
        "translations": translations_of(line.message for line in lines),
        "may_translate": engine_of(centre.pk) is not None or bool(languages_of_translators(centre)),
    }


def ways(request: StaffRequest, source: str) -> dict[str, Any]:
    centre = request.seat.centre
    engine = engine_of(centre.pk)
    own = list(dict.fromkeys([request.user.language, *centre.languages]))
    return {
        "engine": NAME if engine else "",
        "targets": [
            (code, languages.name(code))
            for code in own
            if engine and (not source or engine.offers(source, code))
        ],
        "own": [(code, languages.name(code)) for code in own],
        "all_languages": [
            (code, languages.name(code)) for code in dict.fromkeys([*centre.languages, *languages.ALL])
        ],
        "human": [(code, languages.name(code)) for code in sorted(languages_of_translators(centre))],
        "source": source,
        "into": request.user.language,
    }


def for_composer(request: StaffRequest, conversation: Conversation) -> dict[str, Any]:
    """`use` in the address names a translator's answer that goes into the field."""
    used = _used(request, conversation)
    centre = conversation.centre
    return {
        "may_translate_reply": bool(engine_of(centre.pk) or languages_of_translators(centre)),
        "written": Written(text_of(used.message), used.source) if used else None,
        "used": used.text if used else "",
    }


def _used(request: StaffRequest, conversation: Conversation) -> Translation | None:
    try:
        row = access_translation(request.seat, UUID(request.GET.get("use", "")))
    except ValueError:
        return None
    fits = row.message.conversation_id == conversation.pk and row.state == State.DONE
    return row if fits else None


def written_of(request: StaffRequest) -> Written | None:
    """What was posted beside a translated reply."""
    text, language = request.POST.get("written", "").strip(), request.POST.get("written_language", "")
    if not text or language not in languages.ALL or "as_written" in request.POST:
        return None
    return Written(text, language, NAME if request.POST.get("written_engine") == NAME else "")


def is_out_of_step(request: StaffRequest) -> bool:
    """What was written was changed after it was translated: the person would read something else."""
    seen = request.POST.get("translated_from")
    written = request.POST.get("written", "")
    return seen is not None and "as_written" not in request.POST and seen.split() != written.split()


def suspicion(conversation: Conversation) -> dict[str, Any]:
    seems = seems_to_write(conversation.person)
    return {"seems": seems if seems != conversation.language else ""}
