"""Setting up a programme on screen, from nothing to open."""

from typing import Any

import pytest
from django.test import Client

from aidline.audit.models import Entry
from aidline.vouchers import programmes
from aidline.vouchers.models import ApiKey, Issuer, Partner, PartnerMember, Programme
from aidline.vouchers.queries import consent_of
from aidline.vouchers.states import ProgrammeState
from staffed import House, build

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    return build()


@pytest.fixture
def officer(house: House) -> Client:
    return house.client("voucher_officer")


@pytest.fixture
def programme(house: House) -> Programme:
    staff = house.staff["voucher_officer"]
    return programmes.create(by=staff, centre=house.centre, name="Food", currency="EUR", amount_cents=1750)


def at(house: House, path: str = "") -> str:
    return f"/c/{house.centre.slug}/programmes/{path}"


def post(client: Client, url: str, **data: Any) -> Any:
    return client.post(url, data)


def test_from_nothing_to_an_open_programme(house: House, officer: Client) -> None:
    made = post(officer, at(house, "new/"), name="Food", currency="EUR", amount_cents="17,50", rhythm="week")
    row = Programme.objects.get()
    assert made.headers["Location"] == at(house, f"{row.pk}/settings/")
    assert row.amount_cents == 1750
    assert "Still missing" in officer.get(at(house, f"{row.pk}/")).content.decode()
    post(officer, at(house, f"{row.pk}/money/budget/"), cents="43 750", way="in")
    post(officer, at(house, f"{row.pk}/start/"))
    row.refresh_from_db()
    assert (row.budget_cents, row.available_cents, row.state) == (4_375_000, 4_375_000, ProgrammeState.OPEN)


def test_settings_are_saved_and_told_by_name_only(
    house: House, officer: Client, programme: Programme
) -> None:
    url = at(house, f"{programme.pk}/settings/")
    given = {
        "name": "Food for families",
        "languages": ["en", "ar"],
        "issuer": str(programme.issuer_id),
        "currency": "EUR",
        "rule": "member",
        "amount_cents": "10",
        "most_cents": "60.00",
        "rhythm": "two",
        "payments_planned": "12",
        "valid_days": "30",
        "title_en": "Food vouchers",
        "title_ar": "قسائم الطعام",
    }
    assert officer.post(url, given).status_code == 302
    programme.refresh_from_db()
    assert (programme.rule, programme.amount_cents, programme.most_cents) == ("member", 1000, 6000)
    assert programme.titles == {"en": "Food vouchers", "ar": "قسائم الطعام"}
    told = Entry.objects.filter(action="programme.change").latest("id")
    assert "amount_cents" in told.fields
    assert "1000" not in told.fields


def test_currency_stays_once_money_is_booked(house: House, officer: Client, programme: Programme) -> None:
    post(officer, at(house, f"{programme.pk}/money/budget/"), cents="100", way="in")
    url = at(house, f"{programme.pk}/settings/")
    form = officer.get(url).context["form"]
    given = {name: form[name].value() for name in form.fields}
    answer = officer.post(url, {**given, "currency": "USD"})
    assert answer.status_code == 422
    assert "money has been counted" in answer.content.decode()


def test_more_than_what_is_left_does_not_go_back(house: House, officer: Client, programme: Programme) -> None:
    url = at(house, f"{programme.pk}/money/budget/")
    post(officer, url, cents="100", way="in")
    assert post(officer, url, cents="100.01", way="out").status_code == 422
    assert post(officer, url, cents="100", way="out").status_code == 302


def test_bands_of_approvals(house: House, officer: Client, programme: Programme) -> None:
    lines = {"from_0": "1000", "approvals_0": "2", "from_1": "25000", "approvals_1": "3"}
    empty = {"from_2": "", "approvals_2": "1", "from_3": "", "approvals_3": "1"}
    url = at(house, f"{programme.pk}/money/approvals/")
    assert officer.post(url, {**lines, **empty}).status_code == 302
    found = programme.bands.order_by("from_cents").values_list("from_cents", "approvals")
    assert list(found) == [(100_000, 2), (2_500_000, 3)]


def test_questions_are_added_moved_changed_and_removed(
    house: House, officer: Client, programme: Programme
) -> None:
    url = at(house, f"{programme.pk}/questions/")
    post(
        officer,
        f"{url}new/",
        code="household",
        type="number",
        required="on",
        least="1",
        most="30",
        labels_en="How many are you?",
    )
    post(
        officer,
        f"{url}new/",
        code="district",
        type="choice",
        labels_en="Where?",
        options_en="North\nSouth",
        options_ar="الشمال\nالجنوب",
    )
    post(officer, f"{url}district/up/")
    programme.refresh_from_db()
    assert [one["code"] for one in programme.form] == ["district", "household"]
    assert programme.form[0]["options"][1] == {"code": "south", "labels": {"en": "South", "ar": "الجنوب"}}
    post(
        officer,
        f"{url}district/",
        type="choice",
        labels_en="Where do you live?",
        options_en="North\nSouth side\nEast",
        options_ar="الشمال\nالجنوب",
    )
    programme.refresh_from_db()
    assert [one["code"] for one in programme.form[0]["options"]] == ["north", "south", "east"]
    post(officer, f"{url}household/removal/")
    programme.refresh_from_db()
    assert [one["code"] for one in programme.form] == ["district"]


@pytest.mark.parametrize(
    ("given", "where"),
    [
        ({"code": "Big Name", "labels_en": "?"}, "code"),
        ({"code": "phone", "labels_en": "?"}, "code"),
        ({"code": "a", "type": "choice", "labels_en": "?", "options_en": "only one"}, None),
        ({"code": "a"}, None),
    ],
)
def test_a_question_that_cannot_be_asked_comes_back(
    house: House, officer: Client, programme: Programme, given: dict[str, str], where: str | None
) -> None:
    answer = officer.post(at(house, f"{programme.pk}/questions/new/"), {"type": "text", **given})
    assert answer.status_code == 422
    form = answer.context["form"]
    assert form.errors.get(where or "__all__")
    programme.refresh_from_db()
    assert programme.form == []


def test_other_words_of_consent_are_a_new_version(
    house: House, officer: Client, programme: Programme
) -> None:
    first = consent_of(programme)
    assert first is not None
    url = at(house, f"{programme.pk}/consent/")
    officer.post(url, first.texts)
    assert consent_of(programme) == first
    officer.post(url, {**first.texts, "en": "I agree to this."})
    second = consent_of(programme)
    assert second is not None
    assert (second.version, second.texts["en"]) == (2, "I agree to this.")
    first.refresh_from_db()
    assert first.texts["en"] != "I agree to this."


def test_texts_and_brand(house: House, officer: Client, programme: Programme) -> None:
    given = {
        "colour": "#AA3300",
        "why_en": "For families.",
        "name_ar": "مساعدة",
        "template_invitation": "join_us",
        "template_family": "your_voucher",
    }
    assert officer.post(at(house, f"{programme.pk}/words/"), given).status_code == 302
    programme.refresh_from_db()
    assert programme.texts == {
        "why": {"en": "For families."},
        "templates": {"invitation": "join_us"},
        "template": {"family": "your_voucher"},
    }
    assert programme.brand == {"colour": "#aa3300", "name": {"ar": "مساعدة"}}


def test_the_voucher_is_shown_as_it_will_look(house: House, officer: Client, programme: Programme) -> None:
    answer = officer.get(at(house, f"{programme.pk}/words/ar.png"))
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.content.startswith(b"\x89PNG")
    assert officer.get(at(house, f"{programme.pk}/words/fr.png")).status_code == 404
    officer.post(at(house, f"{programme.pk}/words/"), {"colour": "#aa3300", "step1_en": "word " * 60})
    assert "Too long to be drawn" in officer.get(at(house, f"{programme.pk}/words/")).content.decode()


def test_a_partner_with_its_members_gets_places(house: House, officer: Client, programme: Programme) -> None:
    member = house.staff["partner"].memberships.get()
    post(
        officer, at(house, "partners/new/"), name="Harbour Kitchen", is_active="on", members=[str(member.pk)]
    )
    partner = Partner.objects.get()
    assert PartnerMember.objects.get().partner == partner
    given = {f"in_{partner.pk}": "on", f"quota_{partner.pk}": "250"}
    officer.post(at(house, f"{programme.pk}/partners/"), given)
    assert list(programme.partner_places.values_list("partner", "quota")) == [(partner.pk, 250)]
    post(officer, at(house, f"partners/{partner.pk}/"), name="Harbour Kitchen", is_active="on")
    assert not PartnerMember.objects.exists()


def test_the_key_of_an_issuer_is_sealed_and_never_shown(house: House, officer: Client) -> None:
    given = {
        "name": "Cards",
        "kind": "gift_card",
        "base_url": "https://cards.example.org/v1/",
        "key": "a key of nobody",
        "product": "food",
        "most_at_once": "8",
        "is_active": "on",
    }
    assert officer.post(at(house, "issuers/new/"), {**given, "key": ""}).status_code == 422
    assert officer.post(at(house, "issuers/new/"), given).status_code == 302
    row = Issuer.objects.get(kind="gift_card")
    assert row.config == {"key": "a key of nobody", "product": "food"}
    url = at(house, f"issuers/{row.pk}/")
    assert "a key of nobody" not in officer.get(url).content.decode()
    officer.post(url, {**given, "key": "", "product": "bread"})
    row.refresh_from_db()
    assert row.config == {"key": "a key of nobody", "product": "bread"}


def test_a_key_is_shown_once_and_only_its_hash_is_kept(
    house: House, officer: Client, programme: Programme
) -> None:
    answer = post(officer, at(house, f"{programme.pk}/keys/new/"), name="Kobo")
    token = answer.context["token"]
    assert answer.status_code == 200
    row = ApiKey.objects.get()
    assert token.encode() not in bytes(row.token_hash)
    assert token not in officer.get(at(house, f"{programme.pk}/keys/")).content.decode()
    post(officer, at(house, f"{programme.pk}/keys/{row.pk}/revocation/"))
    row.refresh_from_db()
    assert row.revoked_at is not None


def test_a_copy_has_the_settings_and_neither_people_nor_money(
    house: House, officer: Client, programme: Programme
) -> None:
    post(officer, at(house, f"{programme.pk}/money/budget/"), cents="500", way="in")
    post(officer, at(house, f"{programme.pk}/copy/"), name="Food, next year")
    made = Programme.objects.get(name="Food, next year")
    assert (made.amount_cents, made.state, made.budget_cents) == (1750, ProgrammeState.DRAFT, 0)
    assert made.slug != programme.slug


def test_pausing_going_on_and_closing(house: House, officer: Client, programme: Programme) -> None:
    post(officer, at(house, f"{programme.pk}/start/"))
    programme.refresh_from_db()
    assert programme.state == ProgrammeState.DRAFT  # it has no budget yet
    post(officer, at(house, f"{programme.pk}/money/budget/"), cents="500", way="in")
    for act, state in (("start", "op"), ("pause", "pa"), ("start", "op"), ("closing", "cl"), ("start", "cl")):
        post(officer, at(house, f"{programme.pk}/{act}/"))
        programme.refresh_from_db()
        assert programme.state == state


@pytest.mark.parametrize("who", ["approver", "cashier", "partner", "analyst", "agent"])
def test_others_do_not_even_learn_that_there_is_one(house: House, programme: Programme, who: str) -> None:
    client = house.client(who)
    assert client.get(at(house)).status_code == 404
    assert client.get(at(house, f"{programme.pk}/")).status_code == 404


def test_every_page_is_there(house: House, officer: Client, programme: Programme) -> None:
    pages = ["", "settings/", "rules/", "money/", "questions/", "questions/new/", "consent/", "words/"]
    pages += ["partners/", "shops/", "keys/"]
    for page in pages:
        assert officer.get(at(house, f"{programme.pk}/{page}")).status_code == 200
    for page in ("", "new/", "partners/", "partners/new/", "issuers/", "issuers/new/"):
        assert officer.get(at(house, page)).status_code == 200
