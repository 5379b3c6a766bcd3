"""Writing articles and the categories they are in."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction

from aidline.audit.services import record
from aidline.centres.models import Centre, Staff
from aidline.kernel import text as words
from aidline.kernel.clock import now
from aidline.knowledge.models import Article, ArticleText, Category


@dataclass(frozen=True, slots=True)
class ArticleWords:
    """One language of an article. `short` goes out as SMS; `recording` names a prompt that is played on the phone."""

    title: str = ""
    body: str = ""
    short: str = ""
    recording: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.title.strip() or self.body.strip())


class NotEmpty(Exception):
    """The category still has articles."""


@transaction.atomic
def save_category(
    *,
    by: Staff | None,
    centre: Centre,
    code: str,
    titles: Mapping[str, str],
    place: int = 0,
    category: Category | None = None,
) -> Category:
    """With `category` its code may change; without, one of that code is changed or made."""
    row = category or Category.objects.filter(centre=centre, code=code).first() or Category(centre=centre)
    cleaned = {language: words.clean(title).strip() for language, title in titles.items()}
    row.code, row.place = code, place
    row.titles = {language: title for language, title in cleaned.items() if title}
    row.save()
    _record(by, row, "category.save")
    return row


@transaction.atomic
def remove_category(*, by: Staff, category: Category) -> None:
    if category.articles.exists():
        raise NotEmpty
    _record(by, category, "category.remove")
    category.delete()


@transaction.atomic
def save_article(
    *,
    by: Staff | None,
    centre: Centre,
    category: Category,
    slug: str,
    texts: Mapping[str, ArticleWords],
    is_published: bool,
    place: int = 0,
    article: Article | None = None,
) -> Article:
    """`texts` by language; empty words take that language away. With `article` its slug may change."""
    row = article or Article.objects.filter(centre=centre, slug=slug).first() or Article(centre=centre)
    row.category, row.slug, row.is_published, row.place = category, slug, is_published, place
    row.changed_by, row.changed_at = by, now()
    row.save()
    for language, written in texts.items():
        _save_text(row, language, written)
    _record(by, row, "article.save", ",".join(sorted(texts)))
    return row


@transaction.atomic
def remove_article(*, by: Staff, article: Article) -> None:
    _record(by, article, "article.remove")
    article.delete()


def _save_text(article: Article, language: str, written: ArticleWords) -> None:
    rows = ArticleText.objects.filter(article=article, language=language)
    if written.is_empty:
        rows.delete()
        return
    row = rows.first() or ArticleText(article=article, language=language)
    before = (row.title, row.body, row.short, row.recording)
    row.title, row.body, row.short = (
        words.clean(text).strip() for text in (written.title, written.body, written.short)
    )
    row.recording = written.recording
    if before != (row.title, row.body, row.short, row.recording):
        row.changed_at = now()
        row.save()


def _record(by: Staff | None, row: Category | Article, action: str, fields: str = "") -> None:
    record(
        by=by,
        action=action,
        object_type=action.split(".", maxsplit=1)[0],
        object_id=row.pk,
        centre=row.centre_id,
        fields=fields[:200],
    )
