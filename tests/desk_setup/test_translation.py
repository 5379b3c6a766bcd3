"""Setting up the translation server and the glossary."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from aidline.audit.models import Entry
from aidline.language.models import Engine, GlossaryTerm
from language.stage import server
from local_server import LocalServer
from staffed import House

AT = "/c/port-merin/setup/translation/"
KEY = "a key that is nobody's"


@pytest.fixture
def admin(house: House) -> Client:
    return house.client("centre_admin")


@pytest.fixture
def there() -> Iterator[LocalServer]:
    with server() as found:
        yield found


def filled(url: str, **more: object) -> dict[str, object]:
    return {"url": url, "key": KEY, "into": "en", "seconds": 2, "is_on": "on", **more}


def html(client: Client, path: str = AT) -> str:
    return client.get(path).content.decode()


def test_a_centre_works_without_a_server_and_says_so(admin: Client) -> None:
    assert "Everything works without one" in html(admin)
    assert admin.post(AT + "test/").status_code == 404


def test_a_server_is_kept_sealed_and_its_key_is_never_shown(admin: Client) -> None:
    assert admin.post(AT, filled("https://translate.example.org")).status_code == 302
    row = Engine.objects.get()
    assert (row.config, row.is_on, row.into) == (
        {"url": "https://translate.example.org", "key": KEY},
        True,
        "en",
    )
    page = html(admin)
    assert KEY not in page
    assert "One is stored" in page
    entry = Entry.objects.get(action="translation_engine.change")
    assert KEY not in entry.fields


def test_the_test_says_what_the_server_offers(admin: Client, there: LocalServer) -> None:
    admin.post(AT, filled(there.url))
    page = admin.post(AT + "test/", follow=True).content.decode()
    assert "It answers: 42 pairs of languages." in page
    assert "العربية" in page


@pytest.mark.parametrize(
    ("path", "words"),
    [("/garbage", "makes no sense"), ("/busy", "is busy"), ("/broken", "does not answer")],
)
def test_the_test_says_what_is_wrong(admin: Client, there: LocalServer, path: str, words: str) -> None:
    admin.post(AT, filled(there.url + path))
    assert words in admin.post(AT + "test/", follow=True).content.decode()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("url", "ftp://example.org"),
        ("url", "translate.example.org"),
        ("url", "http://"),
        ("url", "http://[bad"),
        ("url", ""),
        ("into", "xx"),
        ("seconds", "90"),
    ],
)
def test_what_cannot_work_is_said_beside_its_field(admin: Client, field: str, value: str) -> None:
    answer = admin.post(AT, {**filled("https://translate.example.org"), field: value})
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in answer.content.decode()
    assert not Engine.objects.exists()


def test_a_server_on_a_network_of_ones_own_has_a_name_without_a_dot(admin: Client) -> None:
    assert admin.post(AT, filled("http://libretranslate:5000/")).status_code == 302
    assert Engine.objects.get().config["url"] == "http://libretranslate:5000"


def test_a_term_is_written_changed_and_removed(admin: Client) -> None:
    admin.post(AT + "terms/new/", {"word": " Lantern  Street ", "form_ar": "شارع الفانوس", "form_en": ""})
    term = GlossaryTerm.objects.get()
    assert term.content == {"word": "Lantern Street", "forms": {"ar": "شارع الفانوس"}}
    assert b"Lantern" not in bytes(term.content_sealed)
    assert "شارع الفانوس" in html(admin)
    admin.post(f"{AT}terms/{term.pk}/", {"word": "Lantern Street", "form_ar": "", "form_en": ""})
    assert GlossaryTerm.objects.get().content["forms"] == {}
    admin.post(f"{AT}terms/{term.pk}/removal/")
    assert not GlossaryTerm.objects.exists()


def test_a_term_without_a_word_is_none(admin: Client) -> None:
    assert admin.post(AT + "terms/new/", {"word": " ", "form_ar": "شارع"}).status_code == 422


def test_what_people_write_goes_to_no_server_in_clear(admin: Client, settings: Any) -> None:
    settings.PRACTICE, settings.PRIVATE_HOSTS = False, frozenset({"libretranslate:5000"})
    answer = admin.post(AT, filled("http://translate.example.org"))
    assert "can be read on the way" in str(answer.context["form"].errors["url"])
    assert not Engine.objects.exists()
    for url in ("http://libretranslate:5000", "http://127.0.0.1:5000", "https://translate.example.org"):
        assert admin.post(AT, filled(url)).status_code == 302
        assert Engine.objects.get().config["url"] == url
