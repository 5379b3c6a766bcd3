"""Writing articles: by category, in every language of the centre, published or not."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aidline.centres.models import Centre
from aidline.centres.rules import StaffRequest, requires
from aidline.centres.states import Can
from aidline.desk.forms import posted, status_of
from aidline.desk.setup.article_forms import ArticleForm, CategoryForm
from aidline.flows.models import Prompt
from aidline.knowledge.articles import (
    NotEmpty,
    remove_article,
    remove_category,
    save_article,
    save_category,
)
from aidline.knowledge.models import Article, ArticleText, Category
from aidline.knowledge.queries import access_article, access_category, titled


@dataclass(frozen=True, slots=True)
class Row:
    """An article in the list: its title in the reader's language, and the languages it has no words in."""

    article: Article
    text: ArticleText | None
    missing: list[str]


@requires(Can.SET_UP)
@require_safe
def index(request: StaffRequest) -> HttpResponseBase:
    centre, language = request.seat.centre, request.user.language
    rows = Category.objects.filter(centre=centre).prefetch_related("articles__texts")
    found = [
        (row, titled(row, language, centre.default_language), _rows(centre, row.articles.all(), language))
        for row in rows
    ]
    return render(request, "desk/setup/articles.html", {"tab": "articles", "categories": found})


@requires(Can.SET_UP)
@require_http_methods(["GET", "HEAD", "POST"])
def new_article(request: StaffRequest) -> HttpResponseBase:
    if not Category.objects.filter(centre=request.seat.centre).exists():
        return redirect("setup:category_new", request.seat.centre.slug)
    return _article(request, None)


@requires(Can.SET_UP)
@require_http_methods(["GET", "HEAD", "POST"])
def article(request: StaffRequest, article: UUID) -> HttpResponseBase:
    return _article(request, access_article(request.seat, article))


@requires(Can.SET_UP)
@require_POST
def remove(request: StaffRequest, article: UUID) -> HttpResponseBase:
    remove_article(by=request.user, article=access_article(request.seat, article))
    return redirect("setup:articles", request.seat.centre.slug)


@requires(Can.SET_UP)
@require_http_methods(["GET", "HEAD", "POST"])
def new_category(request: StaffRequest) -> HttpResponseBase:
    return _category(request, None)


@requires(Can.SET_UP)
@require_http_methods(["GET", "HEAD", "POST"])
def category(request: StaffRequest, category: UUID) -> HttpResponseBase:
    return _category(request, access_category(request.seat, category))


@requires(Can.SET_UP)
@require_POST
def removal_of_category(request: StaffRequest, category: UUID) -> HttpResponseBase:
    row = access_category(request.seat, category)
    try:
        remove_category(by=request.user, category=row)
    except NotEmpty:  # the button was not offered
        return redirect("setup:category", request.seat.centre.slug, row.pk)
    return redirect("setup:articles", request.seat.centre.slug)


def _article(request: StaffRequest, known: Article | None) -> HttpResponseBase:
    centre = request.seat.centre
    texts = {text.language: text for text in known.texts.all()} if known else {}
    form = ArticleForm(
        posted(request), centre=centre, known=known, texts=texts, recorded=_recorded(centre, texts.values())
    )
    if request.method == "POST" and form.is_valid():
        cleaned = form.cleaned_data
        saved = save_article(
            by=request.user,
            centre=centre,
            category=cleaned["category"],
            slug=cleaned["slug"],
            texts=form.words(),
            is_published=cleaned["is_published"],
            place=cleaned["place"],
            article=known,
        )
        return redirect("setup:article", centre.slug, saved.pk)
    context = {
        "tab": "articles",
        "form": form,
        "known": known,
        "title": _title(centre, texts, request.user.language),
    }
    return render(request, "desk/setup/article.html", context, status=status_of(request))


def _category(request: StaffRequest, known: Category | None) -> HttpResponseBase:
    centre = request.seat.centre
    form = CategoryForm(posted(request), centre=centre, known=known)
    if request.method == "POST" and form.is_valid():
        save_category(
            by=request.user,
            centre=centre,
            code=form.cleaned_data["code"],
            titles=form.titles(),
            place=form.cleaned_data["place"],
            category=known,
        )
        return redirect("setup:articles", centre.slug)
    context = {
        "tab": "articles",
        "form": form,
        "known": known,
        "title": titled(known, request.user.language, centre.default_language) if known else "",
        "is_empty": known is not None and not known.articles.exists(),
    }
    return render(request, "desk/setup/category.html", context, status=status_of(request))


def _recorded(centre: Centre, texts: Iterable[ArticleText]) -> set[str]:
    """The languages in which the recording that a text names is there."""
    wanted = {(text.recording, text.language) for text in texts if text.recording}
    prompts = Prompt.objects.filter(centre=centre, name__in=[name for name, _language in wanted])
    return {
        language for name, language in prompts.values_list("name", "language") if (name, language) in wanted
    }


def _rows(centre: Centre, articles: Iterable[Article], language: str) -> list[Row]:
    found = []
    for row in articles:
        texts = {text.language: text for text in row.texts.all()}
        missing = [code for code in centre.languages if code not in texts]
        found.append(Row(row, _best(centre, texts, language), missing))
    return found


def _best(centre: Centre, texts: dict[str, ArticleText], language: str) -> ArticleText | None:
    return texts.get(language) or texts.get(centre.default_language) or next(iter(texts.values()), None)


def _title(centre: Centre, texts: dict[str, ArticleText], language: str) -> str:
    best = _best(centre, texts, language)
    return best.title if best else ""
