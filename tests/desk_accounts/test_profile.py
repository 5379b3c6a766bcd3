"""One's own page."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from aidline.audit.models import Entry
from aidline.centres.models import StaffSession
from staffed import PASSWORD, House


def signed_in(email: str = "agent@example.org", password: str = PASSWORD) -> Client:
    client = Client()
    client.post("/sign-in/", {"login": email, "password": password})
    assert client.get("/me/").status_code == 200
    return client


def test_a_browser_that_was_signed_out_from_another_stops_at_the_next_step(house: House) -> None:
    here, lost = signed_in(), signed_in()
    row = StaffSession.objects.order_by("created_at").last()
    assert here.post(f"/me/sessions/{row.pk}/end/").status_code == 302
    assert lost.get("/me/").status_code == 302
    assert here.get("/me/").status_code == 200
    assert Entry.objects.filter(action="session.end", actor_id=house.staff["agent"].pk).exists()


def test_all_other_browsers_can_be_signed_out_at_once(house: House) -> None:
    here, *lost = signed_in(), signed_in(), signed_in()
    here.post("/me/sessions/end-others/")
    assert [client.get("/me/").status_code for client in (here, *lost)] == [200, 302, 302]


def test_nobody_ends_somebody_elses_session(house: House) -> None:
    victim, other = signed_in(), signed_in("supervisor@example.org")
    row = StaffSession.objects.get(staff=house.staff["agent"])
    assert other.post(f"/me/sessions/{row.pk}/end/").status_code == 404
    other.post("/me/sessions/end-others/")
    assert victim.get("/me/").status_code == 200


def test_a_new_password_ends_the_other_browsers_and_keeps_this_one(house: House) -> None:
    here, lost = signed_in(), signed_in()
    answer = here.post("/me/password/", {"current": PASSWORD, "password": "the ferry leaves at nine"})
    assert answer.status_code == 302
    assert [here.get("/me/").status_code, lost.get("/me/").status_code] == [200, 302]
    assert StaffSession.objects.count() == 1
    signed_in(password="the ferry leaves at nine")


@pytest.mark.parametrize(("current", "new"), [("wrong", "the ferry leaves at nine"), (PASSWORD, "short")])
def test_a_password_is_not_changed_without_the_old_one_nor_to_a_weak_one(
    house: House, current: str, new: str
) -> None:
    answer = signed_in().post("/me/password/", {"current": current, "password": new})
    assert answer.status_code == 422
    signed_in(password=PASSWORD)


def test_the_profile_changes_name_language_colours_and_shortcuts(house: House) -> None:
    client = signed_in()
    client.post("/me/", {"name": "Mira K.", "language": "fr", "theme": "dark"})
    page = client.get("/me/").content.decode()
    assert 'lang="fr"' in page
    assert 'data-theme="dark"' in page
    staff = type(house.staff["agent"]).objects.get(pk=house.staff["agent"].pk)
    assert (staff.name, staff.shortcuts) == ("Mira K.", False)


def test_the_list_of_browsers_costs_the_same_for_one_and_for_three(
    house: House, django_assert_num_queries: object
) -> None:
    client = signed_in()
    with CaptureQueriesContext(connection) as one:
        client.get("/me/")
    expected = len(one)
    signed_in()
    signed_in()
    with django_assert_num_queries(expected):
        client.get("/me/")
