"""Writing articles and categories in setup."""

from typing import Any

import pytest
from django.test import Client

from aidline.centres.models import Centre
from aidline.flows.models import Prompt
from aidline.kernel.ids import new_id
from aidline.knowledge.articles import ArticleWords, save_article, save_category
from aidline.knowledge.models import Article, Category
from staffed import House

AT = "/c/port-merin/setup/"
WORDS: dict[str, Any] = {
    "slug": "Clinic",
    "place": "1",
    "is_published": "on",
    "title_en": "Clinic",
    "body_en": "At the harbour.",
    "short_en": "Harbour.",
    "recording_en": "clinic",
    "title_ar": "",
    "body_ar": "",
}


@pytest.fixture
def admin(house: House) -> Client:
    return house.client("centre_admin")


@pytest.fixture
def category(house: House) -> Category:
    return save_category(by=None, centre=house.centre, code="health", titles={"en": "Health"})


def test_a_category_is_made_renamed_and_removed_while_it_is_empty(admin: Client) -> None:
    assert "Make a category first" in admin.get(AT + "articles/").content.decode()
    assert admin.get(AT + "articles/new/").headers["Location"] == AT + "categories/new/"
    admin.post(AT + "categories/new/", {"code": "Food", "place": "2", "title_en": "Food", "title_ar": "طعام"})
    row = Category.objects.get()
    assert (row.code, row.place, row.titles) == ("food", 2, {"en": "Food", "ar": "طعام"})
    admin.post(
        f"{AT}categories/{row.pk}/", {"code": "food", "place": "0", "title_en": "", "title_ar": "طعام"}
    )
    row.refresh_from_db()
    assert row.titles == {"ar": "طعام"}
    assert (
        admin.post(AT + "categories/new/", {"code": "food", "place": "0", "title_en": "x"}).status_code == 422
    )
    assert (
        admin.post(AT + "categories/new/", {"code": "new", "place": "0", "title_en": " "}).status_code == 422
    )
    admin.post(f"{AT}categories/{row.pk}/removal/")
    assert not Category.objects.exists()


def test_an_article_is_written_and_what_is_missing_is_seen(
    house: House, admin: Client, category: Category
) -> None:
    answer = admin.post(AT + "articles/new/", {**WORDS, "category": category.pk})
    article = Article.objects.get()
    assert answer.headers["Location"] == f"{AT}articles/{article.pk}/"
    (text,) = article.texts.all()
    assert (article.slug, article.is_published, article.place) == ("clinic", True, 1)
    assert (text.title, text.body, text.short, text.recording) == (
        "Clinic",
        "At the harbour.",
        "Harbour.",
        "clinic",
    )
    listed = admin.get(AT + "articles/").content.decode()
    assert ("Missing:" in listed, "العربية" in listed) == (True, True)
    page = admin.get(f"{AT}articles/{article.pk}/").content.decode()
    assert ("Not recorded yet" in page, "1 SMS" in page) == (True, True)
    Prompt.objects.create(centre=house.centre, name="clinic", language="en", media_id=new_id())
    assert "Not recorded yet" not in admin.get(f"{AT}articles/{article.pk}/").content.decode()


def test_a_language_is_added_and_taken_away(admin: Client, category: Category) -> None:
    admin.post(AT + "articles/new/", {**WORDS, "category": category.pk})
    article = Article.objects.get()
    changed = {
        "title_en": "",
        "body_en": "",
        "short_en": "",
        "recording_en": "",
        "title_ar": "ع",
        "body_ar": "م",
    }
    admin.post(f"{AT}articles/{article.pk}/", {**WORDS, **changed, "category": category.pk})
    assert [text.language for text in article.texts.all()] == ["ar"]
    admin.post(f"{AT}articles/{article.pk}/removal/")
    assert not Article.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("slug", "two words", "slug"),
        ("slug", "taken", "slug"),
        ("category", "x", "category"),
        ("title_en", "", "title_en"),
        ("body_en", "", "body_en"),
        ("title_ar", "عنوان", "body_ar"),
        ("short_ar", "قصير", "title_ar"),
        ("recording_en", "a b", "recording_en"),
    ],
)
def test_what_cannot_be_is_told_at_its_field(
    house: House, admin: Client, category: Category, field: str, value: str, told: str
) -> None:
    save_article(
        by=None,
        centre=house.centre,
        category=category,
        slug="taken",
        texts={"en": ArticleWords("A", "B")},
        is_published=True,
    )
    answer = admin.post(AT + "articles/new/", {**WORDS, "category": category.pk, field: value})
    assert (answer.status_code, f'id="id_{told}_error"' in answer.content.decode()) == (422, True)
    assert Article.objects.count() == 1


def test_an_article_without_words_is_none(admin: Client, category: Category) -> None:
    empty = {"slug": "x", "place": "0", "category": category.pk}
    assert admin.post(AT + "articles/new/", empty).status_code == 422


def test_a_category_with_articles_stays(house: House, admin: Client, category: Category) -> None:
    admin.post(AT + "articles/new/", {**WORDS, "category": category.pk})
    admin.post(f"{AT}categories/{category.pk}/removal/")
    assert Category.objects.exists()


def test_a_category_of_another_centre_cannot_be_chosen(house: House, admin: Client) -> None:
    own = save_category(by=None, centre=house.centre, code="own", titles={"en": "Own"})
    theirs = save_category(by=None, centre=Centre.objects.get(slug="velden"), code="a", titles={"fr": "A"})
    assert admin.post(AT + "articles/new/", {**WORDS, "category": theirs.pk}).status_code == 422
    assert admin.get(f"{AT}categories/{theirs.pk}/").status_code == 404
    assert own.articles.count() == 0
