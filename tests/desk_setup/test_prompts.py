"""Recordings for callers: uploaded or spoken into the browser, heard, replaced, removed."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from aidline import vault
from aidline.audit.models import Entry
from aidline.centres.models import Centre
from aidline.flows.models import Prompt
from aidline.flows.recordings import save_recording
from aidline.flows.services import create_flow
from aidline.kernel import melody, sound
from aidline.knowledge.models import Article, ArticleText, Category
from staffed import House

AT = "/c/port-merin/setup/prompts/"
WELCOME = AT + "welcome/en/"


@pytest.fixture
def admin(house: House) -> Client:
    return house.client("centre_admin")


def html(client: Client, path: str = AT) -> str:
    return client.get(path).content.decode()


def upload(client: Client, content: bytes, path: str = WELCOME, words: str = "Welcome") -> int:
    file = SimpleUploadedFile("somebody's voice.wav", content, "audio/wav")
    return client.post(path, {"words": words, "file": file}).status_code


def article(centre: Centre, **texts: str) -> None:
    category = Category.objects.create(centre=centre, code="water", titles={"en": "Water"})
    row = Article.objects.create(centre=centre, category=category, slug="water")
    for language, body in texts.items():
        ArticleText.objects.create(
            article=row, language=language, title=f"Water {language}", body=body, recording="water"
        )


def test_a_centre_without_recordings_says_so(admin: Client) -> None:
    assert "Everything is read by a computer voice" in html(admin)


def test_a_name_leads_to_the_page_where_it_is_recorded(admin: Client) -> None:
    assert admin.post(AT, {"name": "welcome"})["location"] == WELCOME
    assert admin.post(AT, {"name": "no spaces here"}).status_code == 422
    page = html(admin, WELCOME)
    assert "Nothing yet" in page
    assert 'lang="en"' in page


def test_a_recording_is_made_fit_kept_sealed_and_heard(admin: Client, house: House) -> None:
    assert upload(admin, melody.music()) == 302
    row = Prompt.objects.get()
    assert (row.name, row.language, row.words, row.seconds) == ("welcome", "en", "Welcome", 24)
    assert row.made_by == house.staff["centre_admin"]
    kept = sound.read(vault.media.read(row.media_id, scope=house.centre.pk))
    assert kept.rate == 8000
    answer = admin.get(f"{AT}{row.pk}/recorded.wav", headers={"range": "bytes=0-3"})
    assert (answer.status_code, answer.content) == (206, b"RIFF")
    assert answer["cache-control"] == "no-store"
    assert f"{row.pk}/recorded.wav" in html(admin, WELCOME)
    assert Entry.objects.get(action="prompt.save").fields == "welcome/en"


@pytest.mark.django_db(transaction=True)
def test_the_recording_before_goes(admin: Client, house: House) -> None:
    upload(admin, melody.tone())
    before = Prompt.objects.get()
    upload(admin, melody.music())
    after = Prompt.objects.get()
    assert after.pk == before.pk
    assert not vault.media.exists(before.media_id)
    admin.post(f"{AT}{after.pk}/removal/")
    assert not Prompt.objects.exists()
    assert not vault.media.exists(after.media_id)
    assert Entry.objects.filter(action="prompt.remove").exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "submitted file is empty"),
        (b"RIFFxxxxWAVE", "not a recording we can read"),
        (b"ID3\x04" + bytes(400), "not a recording we can read"),
        (melody.header(16_000) + bytes(16_000), "Nothing can be heard"),
        (melody.header(16_000 * 301) + b"\0\x10" * 8000 * 301, "The limit is 5 minutes"),
    ],
)
def test_what_cannot_be_used_is_said_beside_its_field(admin: Client, content: bytes, words: str) -> None:
    file = SimpleUploadedFile("voice.wav", content, "audio/wav")
    answer = admin.post(WELCOME, {"words": "Kept all the same", "file": file})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert 'id="id_file_error"' in page
    assert "Kept all the same" in page
    assert not Prompt.objects.exists()


def test_what_articles_name_is_listed_with_what_is_missing(admin: Client, house: House) -> None:
    article(house.centre, en="Boil water for one minute.", ar="اغلوا الماء دقيقة واحدة.")
    page = html(admin)
    assert "Water en" in page
    assert page.count('class="chip ') == 2
    assert "needs" not in page
    house.centre.languages = ["en", "ar", "so"]
    house.centre.save()
    assert "1 text has no good computer voice" in html(admin)
    assert "That of a neighbour reads it" in html(admin, AT + "water/so/")


def test_the_words_to_be_read_stand_large_and_in_their_direction(admin: Client, house: House) -> None:
    article(house.centre, ar="اغلوا الماء دقيقة واحدة.")
    page = html(admin, AT + "water/ar/")
    assert re.search(r'class="read-out" lang="ar" dir="rtl"[^>]*>اغلوا', page)
    answer = admin.get(AT + "water/ar/spoken.wav")
    assert sound.is_heard(sound.read(answer.content))


def test_words_that_changed_after_recording_are_told(admin: Client, house: House) -> None:
    article(house.centre, en="Boil water for one minute.")
    upload(admin, melody.tone(), AT + "water/en/", words="somebody else's words")
    assert Prompt.objects.get().words == "Boil water for one minute."  # what was shown to be read
    assert "have changed" not in html(admin, AT + "water/en/")
    ArticleText.objects.update(body="Boil water for three minutes.")
    page = html(admin, AT + "water/en/")
    assert "have changed since this was recorded" in page
    assert "for one minute" in page
    assert "1 recording says something else" in html(admin)


FLOW = """
flow: first
title: First words
languages: [en, ar]
media: [phone]
start: welcome
nodes:
  welcome:
    kind: menu
    text:
      en: {text: "Press 1 for water.", recording: welcome}
      ar: {text: "اضغط 1 للماء.", recording: welcome}
    choices:
      - id: water
        text: {en: {text: Water, recording: water}, ar: الماء}
        to: bye
    otherwise: bye
  bye:
    kind: end
    text: {en: Goodbye, ar: مع السلامة}
"""


def test_what_flows_name_is_listed(admin: Client, house: House) -> None:
    create_flow(by=None, centre=house.centre, slug="first", title="First words", draft=FLOW)
    page = html(admin)
    assert "First words" in page
    assert f"{AT}welcome/ar/" in page
    assert f"{AT}water/en/" in page
    assert "Press 1 for water." in html(admin, WELCOME)
    assert "These words come from the flow" not in html(admin, AT + "water/ar/")


def test_a_draft_that_cannot_be_read_hides_nothing_else(admin: Client, house: House) -> None:
    create_flow(by=None, centre=house.centre, slug="first", title="First words", draft=FLOW)
    create_flow(by=None, centre=house.centre, slug="second", title="Half written", draft="nodes: [")
    assert f"{AT}welcome/ar/" in html(admin)


def test_a_language_that_is_none_of_the_centre_is_not_found(admin: Client) -> None:
    assert admin.get(AT + "welcome/nl/").status_code == 404
    assert upload(admin, melody.tone(), AT + "welcome/nl/") == 404


@pytest.mark.parametrize("who", ["agent", "supervisor", "analyst"])
def test_others_neither_hear_nor_change_them(house: House, who: str) -> None:
    row = save_recording(
        by=None, centre=house.centre, name="welcome", language="en", words="", wav=melody.tone()
    )
    client = house.client(who)
    for path in (AT, WELCOME, f"{AT}{row.pk}/recorded.wav"):
        assert client.get(path).status_code in (403, 404)
    assert client.post(f"{AT}{row.pk}/removal/").status_code in (403, 404)


def test_a_recording_of_another_centre_is_not_found(admin: Client, house: House) -> None:
    row = save_recording(
        by=None, centre=house.other, name="welcome", language="fr", words="", wav=melody.tone()
    )
    assert admin.get(f"{AT}{row.pk}/recorded.wav").status_code == 404
    assert admin.post(f"{AT}{row.pk}/removal/").status_code == 404
    assert Prompt.objects.exists()
