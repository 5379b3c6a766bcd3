"""The world around a run, from the database: other flows, hours, articles. `flows.world` says what is asked."""

from uuid import UUID

from aidline.centres.models import Centre
from aidline.centres.timetables import is_open
from aidline.flows.language import Flow, Line, Medium
from aidline.flows.media import pieces
from aidline.flows.queries import published_flow
from aidline.flows.world import ArticleTitle, Category
from aidline.knowledge import queries as knowledge


class Surroundings:
    """Of one channel, or of a centre as such. Read when asked, and within one turn only once."""

    def __init__(self, centre: Centre, channel_id: UUID | None = None) -> None:
        self._centre, self._channel_id = centre, channel_id
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
        return []

    def registration(self, receipt: str, language: str) -> str | None:
        return None

    def article(self, article: UUID, language: str, medium: Medium) -> list[Line]:
        text = knowledge.article_text(self._centre, article, language)
        if text is None:
            return []
        return pieces(text.title, text.body, text.short, text.recording, language, medium)
