"""Adding people from a form elsewhere."""

import json
from typing import Any

import pytest
from django.test import Client

from aidline.centres.states import Role
from aidline.vouchers.api_keys import make_key, revoke_key
from aidline.vouchers.models import ApiKey, Partner, PartnerPlace, Programme, Registration
from factories import make_centre
from vouchers import making

pytestmark = pytest.mark.django_db
SUBMISSION = {
    "_id": 11,
    "_uuid": "5f2e0ccb-9d1b-4a5c-a5a6-d5bb1dd0f2f1",
    "formhub/uuid": "aa",
    "__version__": "v1",
    "meta/instanceID": "uuid:5f2e0ccb-9d1b-4a5c-a5a6-d5bb1dd0f2f1",
    "_submission_time": "2026-11-24T10:00:00",
    "group_person/full_name": "Amira Haddad",
    "group_person/phone_number": "07700 900001",
    "language": "ar",
    "household_size": "4",
    "_geolocation": [None, None],
}


@pytest.fixture
def programme() -> Programme:
    return making.programme(make_centre(region="GB"), funded=0)


def a_key(programme: Programme, partner: Partner | None = None) -> tuple[ApiKey, str]:
    officer = making.staff(programme, Role.VOUCHER_OFFICER)
    return make_key(by=officer, name="Kobo", programme=programme, partner=partner)


def send(token: str, body: Any, scheme: str = "Bearer") -> Any:
    headers = {"Authorization": f"{scheme} {token}"} if token else {}
    text = body if isinstance(body, str) else json.dumps(body)
    return Client().post("/api/v1/people", text, content_type="application/json", headers=headers)


def test_a_submission_becomes_a_person_once(programme: Programme) -> None:
    key, token = a_key(programme)
    answer = send(token, SUBMISSION)
    assert answer.status_code == 201, answer.content
    row = Registration.objects.get()
    assert answer.json() == {"state": "added", "id": str(row.pk), "number": 1, "left_open": []}
    assert (row.name, row.phone, row.language, row.household) == ("Amira Haddad", "+447700900001", "ar", 4)
    again = send(token, {**SUBMISSION, "group_person/full_name": "Amira H."}, "Token")
    assert (again.status_code, again.json()["state"]) == (200, "known")
    edited = {**SUBMISSION, "_uuid": "another", "meta/rootUuid": SUBMISSION["_uuid"]}
    assert send(token, edited).json()["state"] == "known"
    key.refresh_from_db()
    assert key.used_at


def test_many_at_once_are_told_of_one_by_one(programme: Programme) -> None:
    partner = Partner.objects.create(centre=programme.centre, name="Harbour Kitchen")
    PartnerPlace.objects.create(partner=partner, programme=programme, quota=2)
    _key, token = a_key(programme, partner)
    rows = [
        {"_uuid": "1", "name": "Amira", "phone": "+44 7700 900001", "household": 0.5},
        {"_uuid": "2", "name": "Broken", "phone": "12"},
        {"_uuid": "3", "name": "No phone"},
        {"_uuid": "4", "name": "Too late"},
    ]
    told = send(token, rows).json()["people"]
    assert [row["state"] for row in told] == ["added", "refused", "added", "no_place"]
    assert told[0]["left_open"] == [{"code": "not_a_number", "field": "household"}]
    assert told[1]["faults"] == [{"code": "not_a_phone", "field": "phone"}]
    assert Registration.objects.filter(partner=partner).count() == 2
    assert send(token, rows[3]).status_code == 409
    assert send(token, rows[1]).json()["error"] == "refused"


def test_without_a_good_key_nothing_is_done(programme: Programme) -> None:
    key, token = a_key(programme)
    shop = making.shop(programme)
    till = making.till(shop)
    _till_key, for_till = make_key(by=making.staff(programme, Role.VOUCHER_OFFICER), name="Till", till=till)
    for bad in ("", "guess", for_till):
        answer = send(bad, SUBMISSION)
        assert (answer.status_code, answer.json()["error"]) == (401, "key")
    revoke_key(by=making.staff(programme, Role.VOUCHER_OFFICER), key=key)
    assert send(token, SUBMISSION).status_code == 401
    assert not Registration.objects.exists()


@pytest.mark.parametrize("body", ["{", "[" * 100_000, "3", "[1]", json.dumps([{}] * 501), "null"])
def test_what_is_no_submission_is_refused_with_a_code(programme: Programme, body: str) -> None:
    _key, token = a_key(programme)
    answer = send(token, body)
    assert (answer.status_code, answer.json()["error"]) in ((400, "body"), (413, "too_big"))


def test_a_closed_programme_says_so(programme: Programme) -> None:
    _key, token = a_key(programme)
    Programme.objects.filter(pk=programme.pk).update(state="cl")
    assert send(token, SUBMISSION).json()["error"] == "closed"
