"""Articles at the desk: read, found, and put into a reply in the person's language."""

import pytest
from django.urls import reverse

from aidline.centres.states import Role
from aidline.conversations.models import Conversation
from aidline.conversations.sending import keep_draft
from aidline.knowledge.articles import ArticleWords, save_article, save_category
from aidline.knowledge.models import Article
from aidline.knowledge.services import save_canned
from desk.stage import Stage
from factories import make_channel, make_conversation, make_staff

WORDS = {
    "en": ArticleWords("Clinic", "The clinic is at the harbour.\n\nBring your card.", "Clinic: harbour."),
    "ar": ArticleWords("العيادة", "العيادة عند الميناء."),
}


@pytest.fixture
def article(stage: Stage) -> Article:
    health = save_category(
        by=None, centre=stage.centre, code="health", titles={"en": "Health", "ar": "الصحة"}
    )
    return save_article(
        by=None, centre=stage.centre, category=health, slug="clinic", texts=WORDS, is_published=True
    )


def at(stage: Stage, *args: object, **query: object) -> str:
    page = reverse(f"articles:{'article' if args else 'index'}", args=[stage.centre.slug, *args])
    return page + "?" + "&".join(f"{name}={value}" for name, value in query.items())


def test_an_agent_reads_articles_by_category_and_finds_them_by_words(stage: Stage, article: Article) -> None:
    client = stage.client()
    page = client.get(at(stage)).content.decode()
    assert (at(stage, article.pk)[:-1] in page, "Health" in page) == (True, True)
    assert "Clinic" in client.get(at(stage, q="harbour")).content.decode()
    assert "No article has these words" in client.get(at(stage, q="nowhere")).content.decode()
    assert "الصحة" in client.get(at(stage, language="ar")).content.decode()
    assert f'href="{at(stage)[:-1]}"' in client.get(stage.url("home")).content.decode()  # in the rail


def test_an_article_is_read_in_each_language_it_has(stage: Stage, article: Article) -> None:
    client = stage.client()
    assert "Bring your card." in client.get(at(stage, article.pk)).content.decode()
    arabic = client.get(at(stage, article.pk, language="ar")).content.decode()
    assert ("العيادة عند الميناء." in arabic, 'dir="rtl"' in arabic) == (True, True)
    french = client.get(at(stage, article.pk, language="fr")).content.decode()
    assert "Bring your card." in french


def test_what_is_not_published_is_not_found(stage: Stage, article: Article) -> None:
    Article.objects.update(is_published=False)
    assert stage.client().get(at(stage, article.pk)).status_code == 404
    assert "No article is published yet" in stage.client().get(at(stage)).content.decode()


def test_an_article_goes_into_the_reply_in_the_persons_language_after_the_draft(
    stage: Stage, article: Article
) -> None:
    Conversation.objects.update(language="ar")
    keep_draft(by=stage.agent, conversation=stage.talk, is_note=False, text="Good morning.")
    client = stage.client()
    page = client.get(at(stage, article.pk, **{"for": stage.talk.pk})).content.decode()
    link = f"{stage.url('talk', stage.talk.pk)}?insert={article.pk}.ar"
    assert link in page
    assert "Good morning.\nالعيادة\n\nالعيادة عند الميناء.</textarea>" in client.get(link).content.decode()


def test_in_an_sms_the_short_words_are_put(stage: Stage, article: Article) -> None:
    sms = make_channel(stage.centre, "twilio", "SMS")
    talk = make_conversation(sms, ["Clinic?"])
    link = f"{stage.url('talk', talk.pk)}?insert={article.pk}.en"
    assert "Clinic: harbour.</textarea>" in stage.client().get(link).content.decode()
    page = stage.client().get(at(stage, article.pk, **{"for": talk.pk})).content.decode()
    assert "short words" in page


def test_the_list_after_the_slash_holds_articles_too(stage: Stage, article: Article) -> None:
    save_canned(by=None, centre=stage.centre, code="harbour", texts={"en": "We are at the harbour."})
    listed = (
        stage.client(script=True).get(stage.url("prepared", stage.talk.pk) + "?q=harbour").content.decode()
    )
    assert listed.index("/harbour") < listed.index("Clinic")
    assert 'data-text="Clinic\n\nThe clinic is at the harbour.' in listed
    page = stage.client().get(stage.url("talk", stage.talk.pk) + "?prepared=1").content.decode()
    assert f"?insert={article.pk}.en" in page


@pytest.mark.parametrize("chosen", ["x", "x.en", ".", ".en"])
def test_what_cannot_be_inserted_is_left(stage: Stage, article: Article, chosen: str) -> None:
    answer = stage.client().get(stage.url("talk", stage.talk.pk) + f"?insert={chosen}")
    assert answer.status_code == 200


def test_articles_and_conversations_of_another_centre_are_not_found(stage: Stage, article: Article) -> None:
    client = stage.client(stage.elsewhere)
    assert client.get(at(stage)).status_code == 404
    theirs = make_conversation(make_channel(stage.elsewhere.memberships.get().centre), ["Hello"])
    assert stage.client().get(at(stage, article.pk, **{"for": theirs.pk})).status_code == 404
    own = reverse("desk:talk", args=["velden", theirs.pk])
    assert client.get(f"{own}?insert={article.pk}.en").status_code == 404


def test_only_who_sets_up_is_led_to_writing(stage: Stage, article: Article) -> None:
    admin, _member = make_staff(stage.centre, Role.CENTRE_ADMIN, name="Hana Head")
    for staff, led in ((stage.agent, False), (admin, True)):
        page = stage.client(staff).get(at(stage, article.pk)).content.decode()
        assert (reverse("setup:article", args=[stage.centre.slug, article.pk]) in page) is led


def test_where_no_free_reply_is_taken_none_is_offered(stage: Stage, article: Article) -> None:
    Conversation.objects.update(window_until=stage.talk.opened_at)
    page = stage.client().get(at(stage, article.pk, **{"for": stage.talk.pk})).content.decode()
    assert ("takes no free reply" in page, "?insert=" in page) == (True, False)
