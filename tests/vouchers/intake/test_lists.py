"""A list on its way: guessed, looked at, added in bites, told of, added again."""

from collections.abc import Sequence
from typing import Any

import pytest

from aidline import vault
from aidline.centres.states import Role
from aidline.jobs.models import Job
from aidline.kernel import clock
from aidline.vouchers.intake import running, uploads
from aidline.vouchers.intake.mapping import checked, guess, is_enough, targets_of
from aidline.vouchers.intake.preview import preview_of, told
from aidline.vouchers.intake.reading import Unreadable
from aidline.vouchers.intake.uploads import NotNow, choose, discard, receive, reshape, start
from aidline.vouchers.models import Partner, PartnerPlace, Programme, Registration, Upload
from aidline.vouchers.states import UploadState
from factories import make_centre
from vouchers import making
from vouchers.intake.lists import AMIRA, HEAD, OLENA, as_csv, as_xlsx

pytestmark = pytest.mark.django_db
FORM = [
    {"code": "household", "type": "number", "required": True, "labels": {"en": "How many are you?"}},
    {"code": "camp", "type": "text", "labels": {"en": "Camp", "fr": "Le camp"}},
    {
        "code": "cooks",
        "type": "choice",
        "labels": {"en": "Can you cook?"},
        "options": [{"code": "y", "labels": {"en": "Yes"}}, {"code": "n", "labels": {"en": "No"}}],
    },
]


@pytest.fixture
def programme() -> Programme:
    return making.programme(make_centre(region="GB"), funded=0, form=FORM, languages=["en", "ar", "uk"])


def a_list(programme: Programme, data: bytes, partner: Partner | None = None, *, add: bool = False) -> Upload:
    staff = making.staff(programme, Role.VOUCHER_OFFICER)
    upload = receive(by=staff, programme=programme, partner=partner, data=data)
    if add:
        start(by=staff, upload=upload)
        running.run({"upload": str(upload.pk)})
    upload.refresh_from_db()
    return upload


def a_partner(programme: Programme, quota: int = 0) -> Partner:
    partner = Partner.objects.create(centre=programme.centre, name="Harbour Kitchen")
    PartnerPlace.objects.create(partner=partner, programme=programme, quota=quota)
    return partner


def counts(upload: Upload) -> tuple[int, int, int, int]:
    return upload.added, upload.known, upload.faulty, upload.beyond


def many(count: int) -> list[Sequence[Any]]:
    return [(f"Person {number}", f"+44770090{number:04}", "en", 1) for number in range(count)]


# --- guessing --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headings", "found"),
    [
        (HEAD, "name phone language household"),
        (("Nom complet", "N° de téléphone", "Langue", "Taille du ménage"), "name phone language household"),
        (("Прізвище", "Ім'я", "Телефон"), "last_name first_name phone"),
        (("الاسم الكامل", "رقم الهاتف", "اللغة"), "name phone language"),
        (("Voornaam", "Achternaam", "GSM"), "first_name last_name phone"),
        (("group_a/phone_number", "_name:", "Le camp"), "phone name camp"),
        (("Nom", "Portable"), "name phone"),
        (("Nom", "Prénom"), "last_name first_name"),
    ],
)
def test_columns_are_guessed_from_what_lists_call_them(
    programme: Programme, headings: Sequence[str], found: str
) -> None:
    mapping = guess(headings, programme)
    assert [mapping.get(at, "-") for at in range(len(headings))] == found.split()


def test_a_column_of_numbers_is_known_by_what_is_in_it(programme: Programme) -> None:
    rows = [("a", "07700 900001", "12"), ("b", "+44 7700 900002", "13"), ("c", "?", "1")]
    assert guess(("who", "how to reach", "nr"), programme, rows, region="GB") == {1: "phone"}


def test_what_was_chosen_is_held_against_what_exists(programme: Programme) -> None:
    targets = targets_of(programme)
    chosen = {0: "name", 1: "phone", 2: "phone", 3: "secret", 9: "camp"}
    assert checked(chosen, targets, 5) == {0: "name", 1: "phone"}
    assert not is_enough({0: "camp"})


# --- a whole list ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("write", [as_csv, as_xlsx])
def test_a_list_becomes_people(programme: Programme, write: Any) -> None:
    upload = a_list(programme, write((*HEAD, "Camp"), (*AMIRA, "Port"), OLENA), add=True)
    assert (upload.state, counts(upload)) == (UploadState.DONE, (2, 0, 0, 0))
    amira, olena = Registration.objects.order_by("number")
    assert (amira.name, amira.phone, amira.language, amira.household) == (
        "Amira Haddad",
        "+447700900001",
        "ar",
        4,
    )
    assert amira.answers == {"household": "4", "camp": "Port"}
    assert (olena.phone, olena.status, olena.created_by) == ("+447700900002", "im", upload.by)


def test_the_same_list_again_changes_nothing(programme: Programme) -> None:
    data = as_csv(HEAD, AMIRA, OLENA)
    a_list(programme, data, add=True)
    again = a_list(programme, as_xlsx(HEAD, OLENA, AMIRA, ("New", "+44 7700 900003")), add=True)
    assert counts(again) == (1, 2, 0, 0)
    assert Registration.objects.count() == 3


def test_every_faulty_row_is_told_of_in_words(programme: Programme) -> None:
    rows = [
        ("Amira", "+44 7700 900001", "Klingon", "many", "y"),
        ("Broken", "12", "", "", ""),
        ("Cut", "4.47701E+11", "", "", ""),
        ("", "", "en", "", ""),
        ("Amira", "0044 7700 900001", "", "", ""),
        ("Nobody's phone", "-", "", "2", "Perhaps"),
        ("Digits only", "447700900004", "ar", "3", "No"),
    ]
    upload = a_list(programme, as_csv((*HEAD, "Can you cook?"), *rows), add=True)
    assert counts(upload) == (3, 0, 4, 0)
    assert upload.report == [
        [2, "not_a_number", "household"],
        [2, "unknown_language", "language"],
        [3, "not_a_phone", "phone"],
        [4, "cut_by_spreadsheet", "phone"],
        [5, "nobody", ""],
        [6, "twice", ""],
        [7, "not_a_choice", "cooks"],
    ]
    lines = told(upload.report, targets_of(programme))
    assert (lines[2].row, lines[2].column, lines[2].text) == (
        3,
        "Phone",
        "This is not a phone number. Left out.",
    )
    assert [line.is_left_out for line in lines] == [False, False, True, True, True, True, False]
    assert "Amira" not in str(upload.report)
    assert Registration.objects.get(number=3).phone == "+447700900004"


def test_the_preview_tells_what_would_happen(programme: Programme) -> None:
    a_list(programme, as_csv(HEAD, OLENA), add=True)
    upload = a_list(programme, as_csv(HEAD, AMIRA, OLENA, ("Broken", "12")))
    preview = preview_of(upload)
    assert (preview.new, preview.known, preview.left_out, upload.rows) == (1, 1, 1, 3)
    assert [(column.heading, column.code) for column in preview.columns][:2] == [
        ("Name", "name"),
        ("Phone number", "phone"),
    ]
    assert preview.people[0].name == "Amira Haddad"
    assert preview.is_enough
    assert Registration.objects.count() == 1


def test_another_reading_guesses_anew(programme: Programme) -> None:
    upload = a_list(programme, as_csv(HEAD, AMIRA, delimiter=";"))
    reshape(by=upload.by, upload=upload, delimiter=",")  # type: ignore[arg-type]
    assert upload.mapping == {}
    reshape(by=upload.by, upload=upload, delimiter=";")  # type: ignore[arg-type]
    assert upload.mapping["1"] == "phone"


# --- partners --------------------------------------------------------------------------------------------


def test_a_partners_list_tells_nothing_of_anothers(programme: Programme) -> None:
    data = as_csv(HEAD, AMIRA)
    a_list(programme, data, a_partner(programme), add=True)
    other = a_partner(programme)
    assert counts(a_list(programme, data, other, add=True)) == (1, 0, 0, 0)
    assert counts(a_list(programme, data, other, add=True)) == (0, 1, 0, 0)


def test_a_quota_ends_a_list(programme: Programme) -> None:
    upload = a_list(programme, as_csv(HEAD, *many(5)), a_partner(programme, quota=3), add=True)
    assert counts(upload) == (3, 0, 0, 2)


# --- what can go wrong -----------------------------------------------------------------------------------


def test_a_worker_that_dies_between_two_bites_leaves_the_rest_to_the_next(
    programme: Programme, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "BITE", 10)
    upload = a_list(programme, as_csv(HEAD, *many(35), ("Broken", "12"), many(1)[0]))
    start(by=upload.by, upload=upload)  # type: ignore[arg-type]
    real, left = running._add_once, [2]

    def dying(*args: Any) -> None:
        if not left[0]:
            raise SystemExit
        left[0] -= 1
        real(*args)

    monkeypatch.setattr(running, "_add_once", dying)
    with pytest.raises(SystemExit):
        running.run({"upload": str(upload.pk)})
    assert Registration.objects.count() == 20
    monkeypatch.setattr(running, "_add_once", real)
    running.run({"upload": str(upload.pk)})
    upload.refresh_from_db()
    assert (upload.state, counts(upload)) == (UploadState.DONE, (35, 0, 2, 0))
    assert [code for _row, code, _field in upload.report] == ["not_a_phone", "twice"]
    assert sorted(Registration.objects.values_list("number", flat=True)) == list(range(1, 36))


def test_two_workers_at_one_list_add_nobody_twice(
    programme: Programme, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second one finds the bite counted already, takes back what it did, and leaves the list to the first."""
    monkeypatch.setattr(running, "BITE", 10)
    upload = a_list(programme, as_csv(HEAD, *many(30)))
    start(by=upload.by, upload=upload)  # type: ignore[arg-type]
    real, met = running._add_once, []

    def with_another(*args: Any) -> None:
        if not met:
            met.append(True)
            running.run({"upload": str(upload.pk)})
        real(*args)

    monkeypatch.setattr(running, "_add_once", with_another)
    running.run({"upload": str(upload.pk)})
    upload.refresh_from_db()
    assert (upload.state, counts(upload)) == (UploadState.DONE, (30, 0, 0, 0))


def test_the_file_is_sealed_and_gone_when_it_is_added(programme: Programme) -> None:
    upload = a_list(programme, as_csv(HEAD, AMIRA))
    media = upload.media_id
    assert media
    assert vault.media.exists(media)
    start(by=upload.by, upload=upload)  # type: ignore[arg-type]
    assert Job.objects.get(kind=uploads.JOB).payload == {"upload": str(upload.pk)}
    running.run({"upload": str(upload.pk)})
    assert not vault.media.exists(media)


def test_a_list_that_nobody_adds_is_forgotten(programme: Programme) -> None:
    upload = a_list(programme, as_csv(HEAD, AMIRA))
    running.forget_unused()
    assert Upload.objects.count() == 1
    with clock.starting_at(clock.now() + running.KEPT_UNUSED * 2):
        running.forget_unused()
    assert Upload.objects.count() == 0
    assert upload.media_id
    assert not vault.media.exists(upload.media_id)


def test_what_is_being_added_is_not_changed_or_discarded(programme: Programme) -> None:
    upload = a_list(programme, as_csv(HEAD, AMIRA))
    officer = upload.by
    assert officer
    start(by=officer, upload=upload)
    for act in (
        lambda: start(by=officer, upload=upload),
        lambda: discard(by=officer, upload=upload),
        lambda: choose(by=officer, upload=upload, mapping={}),
    ):
        with pytest.raises(NotNow):
            act()
    running.give_up({"upload": str(upload.pk)})
    upload.refresh_from_db()
    assert (upload.state, upload.why) == (UploadState.FAILED, "broken_off")


def test_a_programme_that_closes_meanwhile_ends_the_list(programme: Programme) -> None:
    upload = a_list(programme, as_csv(HEAD, AMIRA))
    start(by=upload.by, upload=upload)  # type: ignore[arg-type]
    Programme.objects.filter(pk=programme.pk).update(state="cl")
    running.run({"upload": str(upload.pk)})
    upload.refresh_from_db()
    assert (upload.state, upload.why) == (UploadState.FAILED, "closed")


def test_more_rows_than_can_be_read_are_refused_at_once(programme: Programme) -> None:
    with pytest.raises(Unreadable) as refused:
        a_list(programme, b"Name,Phone\n" + b"A,1\n" * 100_001)
    assert refused.value.code == "too_many_rows"
