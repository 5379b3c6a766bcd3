"""Who comes in, who does not, and what is kept of it."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client

from aidline.centres.adapter import AccountAdapter
from aidline.centres.models import StaffSession
from aidline.centres.sessions import staff_of, stored_key
from staffed import PASSWORD, House

MISMATCH = "That did not match."


def sign_in(client: Client, email: str, password: str = PASSWORD, **more: str) -> object:
    return client.post("/sign-in/", {"login": email, "password": password, **more})


def test_a_member_signs_in_with_e_mail_and_password(house: House) -> None:
    client = Client()
    answer = sign_in(client, " Agent@Example.org ")
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.get("/")["Location"] == "/c/port-merin/desk/"


def test_signing_in_leads_back_to_the_page_one_came_from_but_never_off_the_site(house: House) -> None:
    assert sign_in(Client(), "agent@example.org", next="/me/")["Location"] == "/me/"
    assert sign_in(Client(), "agent@example.org", next="https://evil.example/")["Location"] == "/"


@pytest.mark.parametrize("email", ["agent@example.org", "nobody@example.org"])
def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(house: House, email: str) -> None:
    answer = sign_in(Client(), email, "wrong and wrong again")
    assert answer.status_code == 200
    assert MISMATCH in answer.content.decode()
    assert "sessionid" not in answer.cookies


def test_a_member_who_left_gets_the_same_answer_too(house: House) -> None:
    staff = house.staff["agent"]
    staff.is_active = False
    staff.save()
    assert MISMATCH in sign_in(Client(), "agent@example.org").content.decode()


def test_known_and_unknown_addresses_cost_the_same_hashing(
    house: House, settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counted in hashes, which are the cost: one either way."""
    from django.contrib.auth.hashers import MD5PasswordHasher

    made: list[int] = []
    encode = MD5PasswordHasher.encode

    def counted(self: MD5PasswordHasher, *args: object, **kwargs: object) -> str:
        made.append(1)
        return str(encode(self, *args, **kwargs))

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    counts = []
    for email in ("agent@example.org", "nobody@example.org"):
        made.clear()
        sign_in(Client(), email, "wrong and wrong again")
        counts.append(len(made))
    assert counts[0] == counts[1] > 0


def test_after_five_failures_even_the_right_password_waits(house: House) -> None:
    for _ in range(5):
        sign_in(Client(), "agent@example.org", "wrong and wrong again")
    answer = sign_in(Client(), "agent@example.org")
    assert "Too many tries" in answer.content.decode()
    assert answer.status_code != 302


def test_no_e_mail_address_and_no_session_key_is_in_the_database(house: House, tmp_path: Path) -> None:
    client = Client()
    sign_in(client, "agent@example.org")
    cookie = client.cookies["sessionid"].value
    found = "\n".join(dump())
    assert stored_key(cookie) in found  # the sweep sees what is there
    assert cookie not in found
    assert "agent@example.org" not in found


def dump() -> Iterator[str]:
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            yield from (str([bytes(c) if isinstance(c, memoryview) else c for c in row]) for row in cursor)


def test_a_stolen_row_does_not_sign_in(house: House) -> None:
    client = Client()
    sign_in(client, "agent@example.org")
    thief = Client()
    thief.cookies["sessionid"] = StaffSession.objects.get().session_key
    assert thief.get("/me/").status_code == 302
    assert client.get("/me/").status_code == 200


def test_the_live_stream_recognises_a_signed_in_browser(house: House) -> None:
    client = Client()
    sign_in(client, "agent@example.org")
    assert staff_of(client.cookies["sessionid"].value) == house.staff["agent"]
    assert staff_of(StaffSession.objects.get().session_key) is None
    assert staff_of("") is None


def test_signing_out_takes_a_post_and_empties_the_browser(house: House) -> None:
    client = Client()
    sign_in(client, "agent@example.org")
    assert client.get("/sign-out/").status_code == 405
    answer = client.post("/sign-out/")
    assert "storage" in answer["Clear-Site-Data"]
    assert client.get("/me/").status_code == 302
    assert not StaffSession.objects.exists()


def test_nobody_signs_up_by_themselves(house: House) -> None:
    assert not AccountAdapter().is_open_for_signup(None)
    assert Client().get("/signup/").status_code == 404


def test_a_session_knows_only_phone_or_computer(house: House) -> None:
    client = Client(headers={"user-agent": "Mozilla/5.0 (Linux; Android 14; Pixel 8) Mobile Safari/537.36"})
    sign_in(client, "agent@example.org")
    assert StaffSession.objects.values_list("device", flat=True).get() == "phone"


def test_the_screens_speak_the_members_language(house: House) -> None:
    staff = house.staff["agent"]
    staff.language = "ar"
    staff.save()
    client = Client(headers={"accept-language": "fr"})
    client.force_login(staff)
    assert 'lang="ar" dir="rtl"' in client.get("/me/").content.decode()
    assert (
        'lang="fr" dir="ltr"' in Client(headers={"accept-language": "fr"}).get("/sign-in/").content.decode()
    )


def test_a_stranger_chooses_a_language_on_the_sign_in_page(house: House) -> None:
    client = Client()
    assert client.post("/language/", {"language": "ar", "next": "/sign-in/"})["Location"] == "/sign-in/"
    assert 'lang="ar" dir="rtl"' in client.get("/sign-in/").content.decode()


def test_last_seen_is_written_once_a_minute_and_no_oftener(
    house: House, django_assert_num_queries: object
) -> None:
    client = Client()
    sign_in(client, "agent@example.org")
    client.get("/me/")
    before = StaffSession.objects.get().seen_at
    time.sleep(0.01)
    client.get("/me/")
    assert StaffSession.objects.get().seen_at == before


def test_thirty_tries_a_minute_from_one_place_get_a_page_that_says_to_wait(house: House) -> None:
    for number in range(30):
        sign_in(Client(), f"guess{number}@example.org", "wrong and wrong again")
    answer = sign_in(Client(), "another@example.org", "wrong and wrong again")
    assert (answer.status_code, "Wait a few minutes" in answer.content.decode()) == (429, True)


def test_errors_have_pages_in_our_words(house: House) -> None:
    answer = Client().get("/nothing/here/")
    assert (answer.status_code, "Not found" in answer.content.decode()) == (404, True)
    checked = Client(enforce_csrf_checks=True).post("/sign-in/", {"login": "a@example.org", "password": "x"})
    assert (checked.status_code, "open too long" in checked.content.decode()) == (403, True)
    assert "Something went wrong here" in render_to_string("500.html")


def test_a_part_of_a_page_is_never_replaced_by_the_sign_in_page(house: House) -> None:
    answer = Client().get("/me/", headers={"hx-request": "true"})
    assert (answer.status_code, answer["HX-Redirect"], answer.content) == (401, "/sign-in/", b"")
