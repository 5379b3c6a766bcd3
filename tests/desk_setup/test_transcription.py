"""Setting up the speech server."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from aidline.audit.models import Entry
from aidline.language.models import Transcriber
from language.speech_stage import speech_server
from local_server import LocalServer
from staffed import House

AT = "/c/port-merin/setup/transcription/"
KEY = "a key that is nobody's"


@pytest.fixture
def admin(house: House) -> Client:
    return house.client("centre_admin")


@pytest.fixture
def there() -> Iterator[LocalServer]:
    with speech_server() as found:
        yield found


def filled(url: str, **more: object) -> dict[str, object]:
    return {"url": url, "key": KEY, "model": "practice", "seconds": 5, "is_on": "on", **more}


def html(client: Client, path: str = AT) -> str:
    return client.get(path).content.decode()


def test_a_centre_works_without_one_and_says_so(admin: Client) -> None:
    assert "No speech server is set up" in html(admin)
    assert AT in html(admin, "/c/port-merin/setup/translation/")
    assert admin.post(AT + "test/").status_code == 404


def test_it_is_kept_sealed_and_its_key_is_never_shown(admin: Client) -> None:
    assert admin.post(AT, filled("https://speech.example.org/v1")).status_code == 302
    row = Transcriber.objects.get()
    assert row.config == {"url": "https://speech.example.org/v1", "key": KEY}
    assert (row.model, row.is_on, row.seconds) == ("practice", True, 5)
    page = html(admin)
    assert KEY not in page
    assert "One is stored" in page
    assert "Not tested yet" in page
    assert KEY not in Entry.objects.get(action="speech_server.change").fields


def test_the_test_shows_what_it_heard(admin: Client, there: LocalServer) -> None:
    admin.post(AT, filled(there.url))
    page = admin.post(AT + "test/", follow=True).content.decode()
    assert "It answers." in page
    assert "No machine listened" in page
    assert "Works" in page
    assert len(there.seen[0].body) > 10_000


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/garbage", "makes no sense"),
        ("/busy", "is busy"),
        ("/broken", "does not answer"),
        ("/key-other", "does not accept the key"),
        ("/silent", "heard nothing in our sentence"),
    ],
)
def test_the_test_says_what_is_wrong(admin: Client, there: LocalServer, path: str, words: str) -> None:
    admin.post(AT, filled(there.url + path))
    assert words in admin.post(AT + "test/", follow=True).content.decode()


@pytest.mark.parametrize(
    ("field", "value"), [("url", "ftp://example.org"), ("url", ""), ("model", ""), ("seconds", "4000")]
)
def test_what_cannot_work_is_said_beside_its_field(admin: Client, field: str, value: str) -> None:
    answer = admin.post(AT, {**filled("https://speech.example.org"), field: value})
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in answer.content.decode()
    assert not Transcriber.objects.exists()


def test_voices_go_to_no_server_in_clear(admin: Client, settings: Any) -> None:
    settings.PRACTICE, settings.PRIVATE_HOSTS = False, frozenset({"speech:8000"})
    assert "can be read on the way" in admin.post(AT, filled("http://speech.example.org")).content.decode()
    for url in ("http://speech:8000/v1", "http://127.0.0.1:8000", "https://speech.example.org"):
        assert admin.post(AT, filled(url)).status_code == 302
