"""Prepared replies, in the language of the person they are for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.http import Http404

from aidline.centres.models import Centre
from aidline.centres.queries import Seat
from aidline.centres.states import Can
from aidline.knowledge.models import CannedReply, CannedText


@dataclass(frozen=True, slots=True)
class Canned:
    """One reply in the best language there is for a person."""

    id: UUID
    code: str
    language: str
    text: str

    def filled(self, values: Mapping[str, str]) -> str:
        """Only the four known variables are filled; any other brace stays as it was written."""
        text = self.text
        for name in VARIABLES:
            text = text.replace("{" + name + "}", values.get(name, ""))
        return text


VARIABLES = ("alias", "agent", "centre", "date")


def canned_replies(centre: Centre, language: str, words: str = "", limit: int = 8) -> list[Canned]:
    """Replies whose code begins with the words first, then those that hold them anywhere."""
    replies = CannedReply.objects.filter(centre=centre).prefetch_related("texts")
    found = [_best(reply, language, centre.default_language) for reply in replies]
    wanted = words.strip().casefold()
    ranked = [(_rank(reply, wanted), reply.code, reply) for reply in found if reply]
    return [reply for rank, _code, reply in sorted(ranked, key=lambda item: item[:2]) if rank < _NONE][:limit]


def access_canned(seat: Seat, reply_id: UUID) -> CannedReply:
    row = CannedReply.objects.filter(pk=reply_id, centre=seat.centre).first()
    if row is None or not (seat.can(Can.ANSWER) or seat.can(Can.SET_UP)):
        raise Http404
    return row


_STARTS, _HOLDS, _SAYS, _NONE = range(4)


def _rank(reply: Canned, wanted: str) -> int:
    if reply.code.casefold().startswith(wanted):
        return _STARTS
    if wanted in reply.code.casefold():
        return _HOLDS
    return _SAYS if wanted in reply.text.casefold() else _NONE


def _best(reply: CannedReply, language: str, fallback: str) -> Canned | None:
    texts: Iterable[CannedText] = reply.texts.all()
    by_language = {text.language: text for text in texts}
    chosen = by_language.get(language) or by_language.get(fallback) or next(iter(by_language.values()), None)
    return Canned(reply.pk, reply.code, chosen.language, chosen.text) if chosen else None
