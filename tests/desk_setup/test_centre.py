"""The centre's own settings and words."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from aidline.audit.models import Entry
from aidline.centres.models import Centre
from aidline.conversations.models import Topic
from aidline.knowledge.models import CannedReply, CannedText
from staffed import House

AT = "/c/port-merin/setup/"
SETTINGS: dict[str, Any] = {
    "name": "Port Merin",
    "languages": ["en", "ar"],
    "default_language": "ar",
    "time_zone": "Asia/Beirut",
    "region": "lb",
    "undo_seconds": 6,
    "reopen_hours": 24,
    "away_minutes": 3,
    "silence_minutes": 0,
    "asks_language": "on",
    "quick_exit_url": "https://www.wikipedia.org/",
}


@pytest.fixture
def admin(house: House) -> Client:
    return house.client("centre_admin")


def centre() -> Centre:
    return Centre.objects.get(slug="port-merin")


def test_settings_are_kept_and_only_what_changed_is_recorded(admin: Client) -> None:
    assert admin.post(AT, SETTINGS).status_code == 302
    kept = centre()
    assert (kept.default_language, kept.region) == ("ar", "LB")
    assert Entry.objects.get(action="centre.change").fields == "default_language,region"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("default_language", "uk"),
        ("time_zone", "Mars/Olympus"),
        ("region", "Lebanon"),
        ("quick_exit_url", "javascript:alert(1)"),
        ("away_minutes", "0"),
    ],
)
def test_what_cannot_be_is_told_at_its_field_and_changes_nothing(
    admin: Client, field: str, value: str
) -> None:
    before = Centre.objects.filter(slug="port-merin").values().get()
    answer = admin.post(AT, {**SETTINGS, field: value})
    assert (answer.status_code, f'id="id_{field}_error"' in answer.content.decode()) == (422, True)
    assert Centre.objects.filter(slug="port-merin").values().get() == before


def test_texts_in_a_language_that_was_switched_off_are_kept(house: House, admin: Client) -> None:
    Centre.objects.filter(slug="port-merin").update(texts={"greeting": {"fr": "Bonjour", "en": "Old"}})
    admin.post(AT + "texts/", {"greeting_en": "Hello", "greeting_ar": " مرحبا ", "privacy_en": ""})
    assert centre().texts["greeting"] == {"fr": "Bonjour", "en": "Hello", "ar": "مرحبا"}
    assert centre().texts["privacy"] == {}


def photo() -> bytes:
    """A picture that says where it was taken."""
    content, exif = io.BytesIO(), Image.Exif()
    exif[0x010E] = "CANARY-GPS"
    Image.new("RGB", (40, 30), "teal").save(content, "JPEG", exif=exif)
    return content.getvalue()


def test_a_logo_is_made_anew_from_pixels_and_shown_to_anybody(admin: Client) -> None:
    upload = photo()
    assert b"CANARY-GPS" in upload  # the test could see it
    assert admin.post(AT + "logo/", {"logo": SimpleUploadedFile("l.jpg", upload)}).status_code == 302
    shown = Client().get("/logo/port-merin/")
    assert shown["Content-Type"].startswith("image/")
    assert b"CANARY-GPS" not in shown.content
    assert "sandbox" in shown["Content-Security-Policy"]
    assert Client().get("/logo/velden/").status_code == 404


def test_what_is_no_picture_is_refused_and_the_old_logo_stays(admin: Client) -> None:
    answer = admin.post(AT + "logo/", {"logo": SimpleUploadedFile("l.svg", b"<svg onload='x'/>")})
    assert (answer.status_code, centre().logo_id) == (422, None)


def test_a_prepared_reply_is_written_in_every_language_sealed_and_changed(admin: Client) -> None:
    admin.post(
        AT + "replies/new/", {"code": "Food", "words_en": "Food is at the harbour.", "words_ar": "طعام"}
    )
    reply = CannedReply.objects.get()
    assert reply.code == "food"
    assert {text.language: text.text for text in reply.texts.all()} == {
        "en": "Food is at the harbour.",
        "ar": "طعام",
    }
    assert b"harbour" not in bytes(CannedText.objects.get(language="en").text_sealed)
    admin.post(f"{AT}replies/{reply.pk}/", {"code": "food", "words_en": "New words", "words_ar": ""})
    assert [text.text for text in reply.texts.all()] == ["New words"]
    assert "New words" in admin.get(AT + "replies/").content.decode()
    admin.post(f"{AT}replies/{reply.pk}/removal/")
    assert not CannedReply.objects.exists()


def test_a_code_is_taken_once_in_a_centre(admin: Client) -> None:
    for status in (302, 422):
        answer = admin.post(AT + "replies/new/", {"code": "food", "words_en": "x"})
        assert answer.status_code == status
    assert admin.post(AT + "replies/new/", {"code": "other", "words_en": " "}).status_code == 422


def test_topics_are_made_named_and_removed(admin: Client) -> None:
    admin.post(AT + "topics/new/", {"code": "food", "words_en": "Food", "words_ar": "طعام", "place": 2})
    topic = Topic.objects.get()
    assert (topic.labels, topic.place) == ({"en": "Food", "ar": "طعام"}, 2)
    admin.post(f"{AT}topics/{topic.pk}/", {"code": "food", "words_en": "Food parcels", "place": 1})
    assert Topic.objects.get().labels == {"en": "Food parcels"}
    admin.post(f"{AT}topics/{topic.pk}/removal/")
    assert not Topic.objects.exists()
