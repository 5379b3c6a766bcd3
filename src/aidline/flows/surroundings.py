"""The world around a run, from the database: other flows, hours, articles. `flows.world` says what is asked."""

from dataclasses import dataclass
from uuid import UUID

from aidline.centres.models import Centre
from aidline.centres.timetables import is_open
from aidline.flows.language import Flow, Line, Medium
from aidline.flows.media import pieces
from aidline.flows.queries import published_flow
from aidline.flows.world import ArticleTitle, Category
from aidline.knowledge import queries as knowledge
from aidline.vouchers.delivery import balance
from aidline.vouchers.models import Registration
from aidline.vouchers.registering import receipts


@dataclass(frozen=True, slots=True)
class Asker:
    """Who is in the run. Where an answer goes to the address itself, only its holder gets it, and is told at once. A
    telephone number is shown by whoever calls: there the receipt code is needed too."""

    address_id: UUID
    is_answered_there: bool = True


class Surroundings:
    """Of one channel, or of a centre as such. Read when asked, and within one turn only once."""

    def __init__(self, centre: Centre, channel_id: UUID | None = None, asker: Asker | None = None) -> None:
        self._centre, self._channel_id, self._asker = centre, channel_id, asker
        self._open: bool | None = None

    def flow(self, slug: str) -> Flow | None:
        return published_flow(self._centre.pk, slug)

    def is_open(self) -> bool:
        if self._open is None:
            self._open = is_open(self._centre, self._channel_id)
        return self._open

    def categories(self, language: str) -> list[Category]:
        return [Category(code, title) for code, title in knowledge.categories_in(self._centre, language)]

    def articles(self, category: str, language: str) -> list[ArticleTitle]:
        return [
            ArticleTitle(pk, title) for pk, title in knowledge.articles_in(self._centre, category, language)
        ]

    def vouchers(self, language: str) -> list[str]:
        asker = self._asker
        text = balance.of_address(asker.address_id, language) if asker and asker.is_answered_there else ""
        return [text] if text else []

    def registration(self, receipt: str, language: str) -> str | None:
        who = f"flow {self._asker.address_id if self._asker else self._channel_id}"
        told = receipts.ask(receipt, language, who=who)
        if told.registration is None:
            return None
        return "\n".join(filter(None, (told.text, self._theirs(told.registration, language))))

    def _theirs(self, registration: Registration, language: str) -> str:
        """What is left, where the code and the address belong together."""
        asker = self._asker
        mine = asker is not None and registration.address_id == asker.address_id
        return balance.of_address(asker.address_id, language) if asker and mine else ""

    def article(self, article: UUID, language: str, medium: Medium) -> list[Line]:
        text = knowledge.article_text(self._centre, article, language)
        if text is None:
            return []
        return pieces(text.title, text.body, text.short, text.recording, language, medium)
