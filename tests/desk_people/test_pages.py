"""The people of a programme on screen: found, covered, moved, and told apart."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from aidline.audit.models import Entry
from aidline.centres.states import Role
from aidline.vouchers.models import Pair, Programme, Registration
from aidline.vouchers.states import Status
from vouchers import making
from vouchers.verification.people import compared

pytestmark = pytest.mark.django_db


@pytest.fixture
def programme() -> Programme:
    return making.programme()


def client(programme: Programme, role: Role = Role.VOUCHER_OFFICER) -> Client:
    found = Client(raise_request_exception=True)
    found.force_login(making.staff(programme, role))
    return found


def url(name: str, programme: Programme, *more: object) -> str:
    return reverse(f"registrations:{name}", args=[programme.centre.slug, *more])


def numbers_on(page: object) -> list[int]:
    return [row.number for row in page.context["rows"]]  # type: ignore[attr-defined]


def test_a_list_shows_numbers_and_no_names(programme: Programme) -> None:
    one, two = compared(programme, ("Amira Haddad", "+447700900101"), ("Karim Mansour", "+447700900102"))

    page = client(programme).get(url("index", programme))

    assert numbers_on(page) == [two.number, one.number]
    assert "Amira" not in page.content.decode()
    assert "900101" not in page.content.decode()


@pytest.mark.parametrize(
    "search",
    ["amira haddad", "HADDAD", "أميرة حداد", "+44 7700 900101", "#{number}", "{number}", "{receipt}"],
)
def test_people_are_found_by_what_they_are_known_by(programme: Programme, search: str) -> None:
    one, _ = compared(programme, ("Amira Haddad", "+447700900101"), ("Karim Mansour", "+447700900102"))
    words = search.format(number=one.number, receipt=one.receipt)

    page = client(programme).post(url("index", programme), {"programme": programme.pk, "search": words})

    assert numbers_on(page) == [one.number]


def test_a_search_stands_in_no_address(programme: Programme) -> None:
    one, two = compared(programme, ("Amira Haddad", "+447700900101"), ("Karim Mansour", "+447700900102"))

    page = client(programme).get(url("index", programme), {"search": "Amira"})

    assert numbers_on(page) == [two.number, one.number]


def test_a_person_is_covered_until_somebody_looks_and_each_look_is_recorded(programme: Programme) -> None:
    (row,) = compared(programme, ("Amira Haddad", "+447700900101"))
    officer = client(programme)

    covered = officer.get(url("person", programme, row.pk)).content.decode()
    assert "Amira" not in covered
    assert not Entry.objects.filter(action="registration.show").exists()

    shown = officer.post(url("show", programme, row.pk)).content.decode()
    assert "Amira Haddad" in shown
    assert Entry.objects.get(action="registration.show").object_id == row.pk


def test_an_approver_says_why(programme: Programme) -> None:
    (row,) = compared(programme, ("Amira Haddad", "+447700900101"))
    approver = client(programme, Role.APPROVER)

    refused = approver.post(url("show", programme, row.pk))
    assert (refused.status_code, "Amira" in refused.content.decode()) == (422, False)

    assert (
        "Amira" in approver.post(url("show", programme, row.pk), {"reason": "A call back"}).content.decode()
    )


def test_two_are_compared_side_by_side_and_made_one(programme: Programme) -> None:
    compared(programme, ("Amira Haddad", "+447700900101"), ("Amira Hadad", "+447700900101"))
    pair, officer = Pair.objects.get(), client(programme)
    assert "Amira" not in officer.get(url("pairs", programme)).content.decode()

    page = officer.post(url("pair", programme, pair.pk)).content.decode()
    assert ("Amira Haddad" in page, "Amira Hadad<" in page) == (True, True)
    assert Entry.objects.filter(action="registration.show").count() == 2

    back = officer.post(url("one", programme, pair.pk), {"keep": str(pair.first_id)}, follow=True)
    assert "Take it back" in back.content.decode()
    assert Registration.objects.get(pk=pair.second_id).merged_into_id == pair.first_id

    officer.post(url("pair_undo", programme, pair.pk))
    assert Registration.objects.get(pk=pair.second_id).merged_into_id is None


def test_many_are_moved_after_a_look_and_moved_back(programme: Programme) -> None:
    people = (("Amira Haddad", "+447700900101"), ("Karim Mansour", "+447700900102"))
    compared(programme, *people, status=Status.VERIFIED)
    officer, asked = client(programme), {"programme": programme.pk, "act": "include", "all": "1"}

    look = officer.post(url("preview", programme), asked)
    assert look.context["outlook"].count == 2
    changed = officer.post(url("do", programme), {**asked, "count": "3"})
    assert (changed.status_code, Registration.objects.filter(status=Status.INCLUDED).count()) == (422, 0)

    done = officer.post(url("do", programme), {**asked, "count": "2"}, follow=True)
    assert Registration.objects.filter(status=Status.INCLUDED).count() == 2

    officer.post(url("undo", programme), {"bulk": str(done.context["bulk"])})
    assert Registration.objects.filter(status=Status.VERIFIED).count() == 2


def test_one_person_is_paused_with_a_reason_that_the_history_keeps(programme: Programme) -> None:
    (row,) = compared(programme, ("Amira Haddad", "+447700900101"), status=Status.INCLUDED)
    officer = client(programme)

    assert officer.post(url("status", programme, row.pk), {"act": "pause"}).status_code == 422
    page = officer.post(
        url("status", programme, row.pk), {"act": "pause", "reason": "In hospital"}, follow=True
    )

    assert "In hospital" in page.content.decode()
    assert Registration.objects.get().status == Status.PAUSED


def test_an_approver_may_look_and_change_nothing(programme: Programme) -> None:
    (row,) = compared(programme, ("Amira Haddad", "+447700900101"), status=Status.INCLUDED)
    approver = client(programme, Role.APPROVER)

    assert approver.get(url("person", programme, row.pk)).status_code == 200
    for name, data in (("status", {"act": "end", "reason": "x"}), ("number", {"phone": "+447700900102"})):
        assert approver.post(url(name, programme, row.pk), data).status_code == 404
    assert Registration.objects.get().status == Status.INCLUDED


def test_a_list_asks_the_database_as_often_for_three_as_for_one(programme: Programme) -> None:
    browser = client(programme)
    compared(programme, ("Amira Haddad", "+447700900101"))
    browser.get(url("index", programme))  # the first visit writes the session
    first = _queries(browser, url("index", programme))
    compared(programme, ("Karim Mansour", "+447700900102"), ("Olena Koval", "+447700900103"))

    assert _queries(browser, url("index", programme)) == first


def _queries(browser: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as caught:
        assert browser.get(path).status_code == 200
    return len(caught)
