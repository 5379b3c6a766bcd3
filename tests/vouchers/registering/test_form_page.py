"""Registering by a link: consent, name, questions, a last look, the receipt; and links that open nothing."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.contrib.staticfiles import finders
from django.test import Client

from aidline.jobs.models import Job
from aidline.kernel.clock import now
from aidline.vouchers import indexes
from aidline.vouchers.models import Invite, StatusChange
from aidline.vouchers.registering.filling import draft_of
from aidline.vouchers.registering.invitations import link_for
from aidline.vouchers.states import ProgrammeState, Status
from vouchers.registering.stage import PHONE, Stage

MOST_BYTES = 60_000


def page(stage: Stage, path: str, **query: str) -> str:
    answer = stage.client.get(path, query)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def test_somebody_registers_without_javascript_and_gets_a_receipt(stage: Stage) -> None:
    path = stage.link
    first = page(stage, path)
    assert "Food for families" in first
    assert "The city pays for it." in first
    assert "We keep your name and number." in first
    stage.fill(path)
    assert "Harbour" in page(stage, path, step="review")
    answer = stage.hand_in(path)
    assert answer.status_code == 303
    row = stage.again()
    assert (row.status, row.name, row.phone, row.household) == (Status.REGISTERED, "Amira Haddad", PHONE, 4)
    assert row.answers == {"household": "4", "place": "harbour"}
    assert row.consent is not None
    assert (row.consent.version, row.consent_language) == (1, "en")
    assert row.consent_at is not None
    shown = stage.client.get(answer.headers["Location"])
    assert shown.status_code == 200
    code = "".join(re.findall(r"\d", re.search(r'class="receipt[^>]*>([^<]+)<', shown.content.decode())[1]))  # type: ignore[index]
    assert code == row.receipt


def test_what_was_handed_in_is_found_by_its_new_name_and_belongs_to_a_person(stage: Stage) -> None:
    path = stage.link
    stage.fill(path)
    stage.hand_in(path)
    row = stage.again()
    assert bytes(row.name_index or b"") == indexes.name_index(stage.centre.pk, "Amira Haddad")
    assert row.address is not None
    assert row.address.value == PHONE
    assert row.person_id == row.address.person_id
    steps = StatusChange.objects.filter(registration=row).order_by("at").values_list("after", flat=True)
    assert list(steps) == [Status.IMPORTED, Status.STARTED, Status.REGISTERED]
    assert Job.objects.filter(kind="vouchers.receipt").count() == 1


def test_no_page_is_heavier_than_a_poor_network_bears(stage: Stage) -> None:
    """With every style and picture it names, uncompressed."""
    path = stage.link
    for step in ("consent", "you", "q1", "review"):
        content = page(stage, path, step=step)
        assert "<script" not in content
        assert 'style="' not in content
        assert len(content.encode()) + _files(content) < MOST_BYTES, step
        stage.fill(path)


def _files(content: str) -> int:
    names = set(re.findall(r'(?:href|src)="/static/([^"#]+)', content))
    assert "aidline/components.css" in names
    return sum(Path(str(finders.find(name))).stat().st_size for name in names)


def test_nothing_is_asked_before_consent(stage: Stage) -> None:
    path = stage.link
    assert "I agree" in page(stage, path, step="you")
    stage.answer(path, "you", name="Amira Haddad", which="known")
    assert draft_of(Invite.objects.get()).name == ""
    assert stage.again().status == Status.IMPORTED


def test_it_can_be_left_and_taken_up_again_on_another_device(stage: Stage) -> None:
    path = stage.link
    stage.answer(path, "consent", "agree")
    stage.answer(path, "you", name="Amira Haddad", which="known")
    stage.client = Client()
    again = page(stage, path)
    assert "How many are you?" in again
    assert "Amira Haddad" in page(stage, path, step="review") or "Amira Haddad" in page(
        stage, path, step="you"
    )
    assert stage.again().name == "From A List"  # nothing is changed before it is handed in


def test_the_list_is_not_given_away_to_whoever_has_the_link(stage: Stage) -> None:
    path = stage.link
    stage.answer(path, "consent", "agree")
    content = page(stage, path, step="you")
    assert "From A List" not in content
    assert "900123" not in content
    assert "•" in content


def test_another_number_is_kept_and_cools_down(stage: Stage) -> None:
    path = stage.link
    stage.fill(path, which="other", phone="+44 7700 900456")
    stage.hand_in(path)
    row = stage.again()
    assert row.phone == "+447700900456"
    assert row.number_changed_at is not None
    assert bytes(row.phone_index or b"") == indexes.phone_index(stage.centre.pk, "+447700900456")


def test_somebody_without_a_phone_registers_too(stage: Stage) -> None:
    path = stage.link
    stage.fill(path, which="none")
    stage.hand_in(path)
    row = stage.again()
    assert (row.status, row.phone, row.phone_index, row.address_id) == (Status.REGISTERED, "", None, None)


def test_a_wrong_answer_is_told_beside_its_question_and_kept(stage: Stage) -> None:
    path = stage.link
    stage.answer(path, "consent", "agree")
    stage.answer(path, "you", name="Amira Haddad", which="known")
    answer = stage.answer(path, "q1", household="many")
    assert answer.status_code == 422
    content = answer.content.decode()
    assert 'value="many"' in content
    assert "Write a number" in content
    assert stage.answer(path, "q1", household="٤").status_code == 303


def test_saying_no_costs_nothing_and_keeps_nothing(stage: Stage) -> None:
    path = stage.link
    stage.fill(path)
    content = stage.answer(path, "consent", "decline").content.decode()
    assert "nothing you typed is kept" in content
    assert stage.again().status == Status.DECLINED
    assert draft_of(Invite.objects.get()).name == ""
    stage.fill(path)
    stage.hand_in(path)
    assert stage.again().status == Status.REGISTERED


def test_two_windows_hand_in_once(stage: Stage) -> None:
    path = stage.link
    stage.fill(path)
    stage.hand_in(path)
    stage.client = Client()
    answer = stage.hand_in(path)
    assert answer.status_code == 410
    assert "registered with this link already" in answer.content.decode()
    assert Job.objects.filter(kind="vouchers.receipt").count() == 1


def test_the_receipt_is_shown_to_that_browser_only(stage: Stage) -> None:
    path = stage.link
    stage.fill(path)
    stage.hand_in(path)
    receipt = stage.again().receipt
    assert receipt[:4] in stage.client.get(path).content.decode()
    other = Client().get(path)
    assert other.status_code == 410
    assert receipt[:4] not in other.content.decode()


def test_links_that_open_nothing_say_what_to_do_next(stage: Stage) -> None:
    path = stage.link
    link_for(by=None, registration=stage.registration)
    assert "A newer link" in stage.client.get(path).content.decode()
    path = stage.link
    with time_machine.travel(now() + timedelta(days=15), tick=False):
        old = stage.client.get(path)
    assert old.status_code == 410
    assert "too old" in old.content.decode()
    unknown = stage.client.get("/r/nothing-like-it/")
    assert unknown.status_code == 404
    assert "We do not know this link" in unknown.content.decode()
    stage.programme.state = ProgrammeState.PAUSED
    stage.programme.save()
    paused = stage.client.get(path)
    assert paused.status_code == 403
    assert "What you have typed is kept" in paused.content.decode()


def test_in_arabic_the_page_runs_the_other_way(stage: Stage) -> None:
    path = stage.link
    content = page(stage, path, lang="ar")
    assert '<html lang="ar" dir="rtl">' in content
    assert "نحتفظ باسمك ورقمك." in content
    stage.client.post(path, {"step": "consent", "do": "agree", "lang": "ar"})
    assert '<html lang="ar" dir="rtl">' in page(stage, path)
    stage.client.post(path, {"step": "you", "name": "أميرة", "which": "known", "lang": "ar"})
    assert "كم عددكم؟" in page(stage, path)


def test_the_secret_is_told_to_nobody(stage: Stage) -> None:
    path = stage.link
    answer = stage.client.get(path)
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "noindex" in answer.content.decode()
    assert path.strip("/").split("/")[1].encode() not in bytes(Invite.objects.latest("created_at").token_hash)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_page_is_read_aloud(stage: Stage, language: str) -> None:
    path = stage.link
    answer = stage.client.get(path + "listen", {"step": "consent", "lang": language})
    assert answer.status_code == 200
    assert answer.content[:4] == b"RIFF"
    assert "Listen to this page" in page(stage, path) or language == "ar"
