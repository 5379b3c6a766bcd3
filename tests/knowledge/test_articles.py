"""Articles: written in languages, found in the person's, and never shown before they are published."""

from uuid import uuid4

import pytest
from django.db import IntegrityError
from django.http import Http404

from aidline.audit.models import Entry
from aidline.centres.models import Centre
from aidline.centres.queries import seat_in
from aidline.centres.states import Role
from aidline.knowledge.articles import (
    ArticleWords,
    NotEmpty,
    remove_article,
    remove_category,
    save_article,
    save_category,
)
from aidline.knowledge.models import Article, ArticleText, Category
from aidline.knowledge.queries import (
    access_article,
    access_text,
    article_text,
    articles_in,
    categories_in,
    find_articles,
)
from factories import make_centre, make_staff

pytestmark = pytest.mark.django_db

CLINIC = {
    "en": ArticleWords("Clinic", "The clinic is at the harbour.", "Clinic: harbour."),
    "ar": ArticleWords("العيادة", "العيادة عند الميناء."),
}


@pytest.fixture
def centre() -> Centre:
    return make_centre()


@pytest.fixture
def health(centre: Centre) -> Category:
    return save_category(
        by=None, centre=centre, code="health", titles={"en": "Health", "ar": "الصحة", "fr": " "}
    )


def clinic(centre: Centre, health: Category, *, is_published: bool = True) -> Article:
    return save_article(
        by=None, centre=centre, category=health, slug="clinic", texts=CLINIC, is_published=is_published
    )


def test_only_what_is_published_in_a_language_is_offered_in_it(centre: Centre, health: Category) -> None:
    article = clinic(centre, health, is_published=False)
    assert (categories_in(centre, "en"), articles_in(centre, "health", "en")) == ([], [])
    assert article_text(centre, article.pk, "en") is None
    clinic(centre, health)
    assert categories_in(centre, "ar") == [("health", "الصحة")]
    assert articles_in(centre, "health", "ar") == [(article.pk, "العيادة")]
    assert categories_in(centre, "fr") == []
    text = article_text(centre, article.pk, "en")
    assert text
    assert (text.body, text.short) == ("The clinic is at the harbour.", "Clinic: harbour.")
    assert article_text(centre, article.pk, "fr") is None


def test_categories_and_articles_keep_their_places(centre: Centre, health: Category) -> None:
    food = save_category(by=None, centre=centre, code="food", titles={"en": "Food"}, place=1)
    for slug, place in (("b", 0), ("c", 1), ("a", 2)):
        words = {"en": ArticleWords(slug.upper(), "x")}
        for category in (food, health):
            save_article(
                by=None,
                centre=centre,
                category=category,
                slug=f"{slug}-{category.code}",
                texts=words,
                is_published=True,
                place=place,
            )
    assert [code for code, _title in categories_in(centre, "en")] == ["health", "food"]
    assert [title for _pk, title in articles_in(centre, "food", "en")] == ["B", "C", "A"]


def test_a_language_is_taken_away_by_empty_words_and_the_rest_stays(centre: Centre, health: Category) -> None:
    article = clinic(centre, health)
    before = ArticleText.objects.get(language="en").changed_at
    texts = {"en": CLINIC["en"], "ar": ArticleWords(), "fr": ArticleWords("Clinique", "Au port.\x00")}
    save_article(
        by=None,
        centre=centre,
        category=health,
        slug="clinics",
        texts=texts,
        is_published=True,
        article=article,
    )
    kept = {text.language: text for text in article.texts.all()}
    assert (set(kept), kept["en"].changed_at, kept["fr"].body) == ({"en", "fr"}, before, "Au port.")
    assert Article.objects.get().slug == "clinics"


def test_words_are_found_in_the_language_of_the_person_or_of_the_centre(
    centre: Centre, health: Category
) -> None:
    article = clinic(centre, health)
    save_article(
        by=None,
        centre=centre,
        category=health,
        slug="water",
        texts={"en": ArticleWords("Water", "Next to the CLINIC.")},
        is_published=True,
    )
    assert [text.title for text in find_articles(centre, "clinic", "en", 8)] == ["Clinic", "Water"]
    assert [text.title for text in find_articles(centre, "clinic harbour", "en", 8)] == ["Clinic"]
    assert [text.title for text in find_articles(centre, "", "ar", 8)] == ["العيادة", "Water"]
    assert [text.title for text in find_articles(centre, "", "en", 1)] == ["Clinic"]
    assert find_articles(centre, "nowhere", "en", 8) == []
    assert find_articles(centre, "الميناء", "ar", 8)[0].article_id == article.pk


def test_a_category_that_has_articles_is_not_removed(centre: Centre, health: Category) -> None:
    admin, _member = make_staff(centre, Role.CENTRE_ADMIN)
    article = clinic(centre, health)
    with pytest.raises(NotEmpty):
        remove_category(by=admin, category=health)
    remove_article(by=admin, article=article)
    remove_category(by=admin, category=health)
    assert not Category.objects.exists()
    assert not ArticleText.objects.exists()
    actions = list(
        Entry.objects.filter(object_type__in=("article", "category")).values_list("action", flat=True)
    )
    assert sorted(actions) == ["article.remove", "article.save", "category.remove", "category.save"]


def test_a_code_is_used_once_in_a_centre_and_again_in_another(centre: Centre, health: Category) -> None:
    other = make_centre("Velden")
    theirs = save_category(by=None, centre=other, code="health", titles={"en": "Health"})
    assert theirs.pk != health.pk
    same = save_category(by=None, centre=centre, code="health", titles={"en": "Clinics"})
    assert (same.pk, same.titles) == (health.pk, {"en": "Clinics"})
    food = save_category(by=None, centre=centre, code="food", titles={"en": "Food"})
    with pytest.raises(IntegrityError):
        save_category(by=None, centre=centre, code="health", titles={}, category=food)


def test_articles_of_another_centre_are_not_found(centre: Centre, health: Category) -> None:
    other = make_centre("Velden")
    theirs = save_category(by=None, centre=other, code="health", titles={"en": "Health"})
    article = clinic(other, theirs)
    seat = seat_in(make_staff(centre, Role.CENTRE_ADMIN)[0], centre)
    assert article_text(centre, article.pk, "en") is None
    for missing in (article.pk, uuid4()):
        with pytest.raises(Http404):
            access_text(seat, missing, "en")
        with pytest.raises(Http404):
            access_article(seat, missing)
