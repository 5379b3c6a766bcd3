"""At the desk: somebody is registered with their own yes, gets a receipt, and an old link of theirs is dead."""

from uuid import uuid4

import pytest
from django.test import Client

from aidline.audit.models import Entry
from aidline.centres.states import Role
from aidline.kernel.clock import now
from aidline.vouchers.models import Invite, Registration, StatusChange, Voucher
from aidline.vouchers.receipt_codes import grouped_receipt
from aidline.vouchers.registering import form, invitations
from aidline.vouchers.states import DeliveryState, ProgrammeState, Status, VoucherState
from factories import make_centre, make_staff
from vouchers import making
from vouchers.registering.stage import Stage, sms


@pytest.fixture
def officer(stage: Stage) -> Client:
    client = Client()
    client.force_login(make_staff(stage.centre, Role.VOUCHER_OFFICER, "Odile Officer")[0])
    return client


def place(stage: Stage, *parts: object) -> str:
    return "/".join(["", "c", stage.centre.slug, "walk-in", *map(str, parts), ""])


def typed(**more: str) -> dict[str, str]:
    return {
        "key": str(uuid4()),
        "language": "ar",
        "name": "Amira Haddad",
        "phone": "",
        "channel": "",
        "answer_household": "3",
        "answer_place": "harbour",
        "consent": "on",
        **more,
    }


def test_somebody_without_a_phone_is_registered_and_gets_a_receipt(stage: Stage, officer: Client) -> None:
    page = officer.get(place(stage, stage.programme.pk))
    assert "We keep your name and number." in page.content.decode()
    answer = officer.post(place(stage, stage.programme.pk), typed(), follow=True)
    row = Registration.objects.get(status=Status.REGISTERED)
    assert (row.name, row.phone, row.household, row.channel_id) == ("Amira Haddad", "", 3, None)
    assert (row.consent_language, row.consent is not None) == ("ar", True)
    assert row.answers == {"household": "3", "place": "harbour"}
    change = StatusChange.objects.get(registration=row)
    assert (change.why, change.by is not None) == ("desk", True)
    content = answer.content.decode()
    assert grouped_receipt(row.receipt) in content
    assert "غذاء للعائلات" in content
    assert Entry.objects.filter(action="registration.receipt_shown", object_id=row.pk).exists()


def test_the_same_form_twice_is_one_registration(stage: Stage, officer: Client) -> None:
    fields = typed()
    for _ in range(2):
        assert officer.post(place(stage, stage.programme.pk), fields).status_code == 302
    assert Registration.objects.filter(status=Status.REGISTERED).count() == 1


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"consent": ""}, "without their yes"),
        ({"answer_household": "many"}, "Write a number"),
        ({"phone": "12"}, "country code"),
        ({"name": " "}, "required"),
    ],
)
def test_what_is_missing_is_told_and_nothing_is_made(
    stage: Stage, officer: Client, fault: dict[str, str], words: str
) -> None:
    answer = officer.post(place(stage, stage.programme.pk), typed(**fault))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Registration.objects.filter(status=Status.REGISTERED).exists()


def test_with_a_number_their_vouchers_come_by_a_channel(stage: Stage, officer: Client) -> None:
    channel = sms(stage.centre)
    fields = typed(phone="+44 7700 900456", channel=str(channel.pk))
    officer.post(place(stage, stage.programme.pk), fields)
    row = Registration.objects.get(status=Status.REGISTERED)
    assert (row.phone, row.channel_id, row.address is not None) == ("+447700900456", channel.pk, True)
    assert row.number_changed_at is None


def test_somebody_of_a_list_is_registered_and_the_link_is_dead(stage: Stage, officer: Client) -> None:
    path = stage.link
    fields = typed(phone="+44 7700 900456")
    answer = officer.post(place(stage, "people", stage.registration.pk), fields)
    assert answer.status_code == 302
    row = stage.again()
    assert (row.status, row.name) == (Status.REGISTERED, "Amira Haddad")
    assert row.number_changed_at is not None  # another number than the list had
    assert Invite.objects.get().revoked_at is not None
    assert stage.client.get(path).status_code == 410
    again = officer.get(place(stage, "people", stage.registration.pk))
    assert again.headers["Location"].endswith("/receipt/")


def test_a_programme_that_pauses_takes_nobody(stage: Stage, officer: Client) -> None:
    stage.programme.state = ProgrammeState.PAUSED
    stage.programme.save()
    answer = officer.post(place(stage, stage.programme.pk), typed())
    assert answer.status_code == 422
    assert not Registration.objects.filter(status=Status.REGISTERED).exists()


def test_everybody_who_waits_is_invited_from_one_page(stage: Stage, officer: Client) -> None:
    channel = sms(stage.centre)
    path = place(stage, stage.programme.pk, "invitations")
    assert "Invite 1 person" in officer.get(path).content.decode()
    answer = officer.post(path, {"channel": str(channel.pk)}, follow=True)
    assert "1 person is invited." in answer.content.decode()
    assert invitations.counts(stage.programme).waiting == 1
    assert officer.post(path, {"channel": str(uuid4())}).status_code == 422


def test_vouchers_are_printed_for_who_has_no_phone(stage: Stage, officer: Client) -> None:
    programme = making.programme(stage.centre)
    voucher = making.voucher(programme, 4000)
    path = place(stage, "people", voucher.registration_id, "vouchers")
    assert "Print the vouchers" in officer.get(path.replace("vouchers", "receipt")).content.decode()
    assert officer.get(path).status_code == 405
    answer = officer.post(path)
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.content[:4] == b"%PDF"
    voucher.refresh_from_db()
    assert voucher.delivery == DeliveryState.PRINTED
    Voucher.objects.update(state=VoucherState.EMPTY, balance_cents=0)
    assert officer.post(path).status_code == 302


def test_whoever_is_registered_under_another_name_is_compared_again(stage: Stage, officer: Client) -> None:
    Registration.objects.update(compared_at=now())
    officer.post(place(stage, "people", stage.registration.pk), typed())
    assert stage.again().compared_at is None


def test_another_centre_is_not_there(stage: Stage, officer: Client) -> None:
    other = make_centre("Velden")
    Registration.objects.filter(pk=stage.registration.pk).update(centre=other)
    for page in ("people/{}", "people/{}/receipt"):
        assert officer.get(place(stage, page.format(stage.registration.pk))).status_code == 404


def test_an_approver_registers_nobody(stage: Stage) -> None:
    client = Client()
    client.force_login(make_staff(stage.centre, Role.APPROVER, "Ada Approver")[0])
    assert client.get(place(stage)).status_code == 404


def test_the_words_of_the_form_are_checked_when_they_are_written() -> None:
    label = {"labels": {"en": "Which?"}}
    bad: list[tuple[str, dict[str, object]]] = [
        ("bad_code", {"code": "Bad code", "type": "text", **label}),
        ("code_taken", {"code": "name", "type": "text", **label}),
        ("unknown_type", {"code": "x", "type": "colour", **label}),
        ("no_label", {"code": "x", "type": "text", "labels": {}}),
        ("bad_options", {"code": "x", "type": "choice", **label, "options": []}),
        ("household_is_a_number", {"code": "household", "type": "text", **label}),
        ("bad_range", {"code": "x", "type": "number", **label, "least": 5, "most": 2}),
    ]
    for code, field in bad:
        with pytest.raises(form.BadForm) as told:
            form.checked([field])
        assert told.value.code == code


@pytest.mark.parametrize(
    ("kind", "given", "kept"),
    [
        ("number", "١٢", "12"),
        ("number", "12 people", None),
        ("date", "2001-2-3", "2001-02-03"),
        ("date", "2001-02-30", None),
        ("yes_no", "Yes", "yes"),
        ("yes_no", "perhaps", None),
        ("choice", "الميناء", "harbour"),
        ("choice", "harbour", "harbour"),
        ("choice", "valley", None),
        ("phone", "+44 7700 900123", "+447700900123"),
        ("phone", "a friend", None),
        ("text", "  by the lighthouse ", "by the lighthouse"),
    ],
)
def test_answers_are_kept_in_one_form(kind: str, given: str, kept: str | None) -> None:
    raw: dict[str, object] = {"code": "x", "type": kind, "labels": {"en": "?"}}
    if kind == "choice":
        raw["options"] = [
            {"code": "harbour", "labels": {"ar": "الميناء"}},
            {"code": "hill", "labels": {"en": "Hill"}},
        ]
    (field,) = form.checked([raw])
    said, faults = form.answers([field], {"x": given})
    assert (said.get("x"), bool(faults)) == (kept, kept is None)
