"""Prepared replies and articles, in the language of the person they are for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from aidline.centres.models import Centre
from aidline.centres.queries import Seat
from aidline.centres.states import Can
from aidline.knowledge.models import Article, ArticleText, CannedReply, CannedText, Category


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


# --- articles --------------------------------------------------------------------------------------------


def categories_in(centre: Centre, language: str) -> list[tuple[str, str]]:
    """Code and title of those that have a published article in this language."""
    texts = _published(centre).filter(language=language)
    rows = Category.objects.filter(centre=centre, pk__in=texts.values("article__category"))
    return [(row.code, titled(row, language, centre.default_language)) for row in rows]


def articles_in(centre: Centre, category_code: str, language: str) -> list[tuple[UUID, str]]:
    """Id and title of the published articles that are there in this language."""
    texts = _published(centre).filter(language=language, article__category__code=category_code)
    return list(texts.order_by("article__place", "article__slug").values_list("article_id", "title"))


def article_text(centre: Centre, article_id: UUID, language: str) -> ArticleText | None:
    """A published article in exactly this language."""
    return _published(centre).filter(article_id=article_id, language=language).first()


def titled(category: Category, language: str, fallback: str) -> str:
    titles: dict[str, str] = category.titles
    return titles.get(language) or titles.get(fallback) or next(iter(titles.values()), "") or category.code


def find_articles(centre: Centre, words: str, language: str, limit: int = 8) -> list[ArticleText]:
    """Published articles that hold all the words, each in this language or else in the centre's own: those that
    have them in the title first."""
    wanted = words.casefold().split()
    ranked = [
        (_rank_of(text, wanted), place, text) for place, text in enumerate(all_articles(centre, language))
    ]
    found = sorted((item for item in ranked if item[0] < _NONE), key=lambda item: item[:2])
    return [text for _rank, _place, text in found][:limit]


def all_articles(centre: Centre, language: str) -> list[ArticleText]:
    """Every published article once, in the order of categories; in this language, or else in the centre's own."""
    texts = _published(centre).filter(language__in=(language, centre.default_language))
    order = ("article__category__place", "article__category__code", "article__place", "article__slug")
    best: dict[UUID, ArticleText] = {}
    for text in texts.select_related("article__category").order_by(*order):
        if text.article_id not in best or text.language == language:
            best[text.article_id] = text
    return list(best.values())


def access_text(seat: Seat, article_id: UUID, language: str) -> ArticleText:
    """A published article for who reads it at the desk: in this language, the centre's own, or any there is."""
    if not (seat.can(Can.ANSWER) or seat.can(Can.SET_UP)):
        raise Http404
    texts = {text.language: text for text in _published(seat.centre).filter(article_id=article_id)}
    found = texts.get(language) or texts.get(seat.centre.default_language) or next(iter(texts.values()), None)
    if found is None:
        raise Http404
    return found


def languages_of(text: ArticleText) -> list[str]:
    """In which the same article can be read."""
    rows = ArticleText.objects.filter(article_id=text.article_id)
    return list(rows.order_by("language").values_list("language", flat=True))


def access_article(seat: Seat, article_id: UUID) -> Article:
    """Published or not, for who writes it."""
    row = Article.objects.filter(pk=article_id, centre=seat.centre).select_related("category").first()
    if row is None or not seat.can(Can.SET_UP):
        raise Http404
    return row


def access_category(seat: Seat, category_id: UUID) -> Category:
    row = Category.objects.filter(pk=category_id, centre=seat.centre).first()
    if row is None or not seat.can(Can.SET_UP):
        raise Http404
    return row


def _published(centre: Centre) -> QuerySet[ArticleText]:
    return ArticleText.objects.filter(article__centre=centre, article__is_published=True)


def _rank_of(text: ArticleText, wanted: list[str]) -> int:
    title, whole = text.title.casefold(), f"{text.title} {text.body} {text.short}".casefold()
    if all(word in title for word in wanted):
        return _STARTS if not wanted or title.startswith(wanted[0]) else _HOLDS
    return _SAYS if all(word in whole for word in wanted) else _NONE
