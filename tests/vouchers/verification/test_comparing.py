"""Who may be one person is found, whoever wrote the list; what was decided is not asked again."""

import pytest

from aidline.centres.models import Centre
from aidline.jobs.models import Job
from aidline.vouchers.models import NameKey, Pair, Registration
from aidline.vouchers.verification import comparing, numbers, whole
from aidline.vouchers.verification.judging import Known, Verdict
from vouchers import making
from vouchers.verification.people import listed

pytestmark = pytest.mark.django_db


def told() -> list[tuple[int, list[str]]]:
    return [(pair.score, pair.reasons) for pair in Pair.objects.order_by("-score", "pk")]


def test_the_same_number_and_name_are_surest_and_a_shared_number_alone_is_little() -> None:
    programme = making.programme()
    listed(
        programme,
        ("Amira Haddad", "+447700900101"),
        ("Haddad, Amira", "+447700900101"),
        ("Karim Mansour", "+447700900101"),
    )

    assert comparing.compare_waiting() == 3

    assert told() == [(100, ["phone", "name"]), (50, ["phone"]), (50, ["phone"])]
    assert comparing.compare_waiting() == 0


def test_names_meet_across_scripts_and_strangers_do_not() -> None:
    programme = making.programme()
    listed(
        programme,
        ("محمد عبد الرحمن", "+447700900101"),
        ("Mohammed Abdulrahman", "+447700900102"),
        ("Olena Kovalenko", "+447700900103"),
        ("Коваленко Олена", "+447700900104"),
        ("Mahmoud Rahmani", "+447700900105"),
    )

    comparing.compare_waiting()

    assert [reasons for _, reasons in told()] == [["similar"], ["similar"]]


def test_another_programme_is_told_by_the_number_and_stands_lower() -> None:
    programme = making.programme()
    other = making.programme(programme.centre)
    listed(programme, ("Amira Haddad", "+447700900101"))
    listed(other, ("Amira Haddad", "+447700900101"), ("Amira Hadad", "+447700900102"))

    comparing.compare_waiting()

    assert (95, ["phone", "name", "elsewhere"]) in told()
    assert len(told()) == 2


def test_a_community_phone_does_not_flood_the_list() -> None:
    programme = making.programme()
    people = [
        "Ana Lopez",
        "Bilal Noor",
        "Chidi Okafor",
        "Dina Saleh",
        "Elif Demir",
        "Farid Nouri",
        "Gita Sarkar",
    ]
    people += ["Hana Tesfaye", "Ivan Orlov", "Juma Warsame", "Kofi Mensah", "Lina Bui", "Ana Lopes"]
    listed(programme, *((name, "+447700900101") for name in people))

    comparing.compare_waiting()

    assert told() == [(pytest.approx(93, abs=5), ["phone", "similar"])]


def test_another_number_is_compared_anew() -> None:
    programme = making.programme()
    one, _ = listed(programme, ("Amira Haddad", "+447700900101"), ("Karim Mansour", "+447700900102"))
    comparing.compare_waiting()
    assert told() == []

    numbers.change_number(by=None, registration=one, phone="+44 7700 900102")
    comparing.compare_waiting()

    assert told() == [(50, ["phone"])]


def test_comparing_all_at_once_says_what_one_after_another_says() -> None:
    programme = making.programme()
    listed(
        programme,
        ("محمد عبد الرحمن", "+447700900101"),
        ("Mohammed Abdulrahman", "+447700900102"),
        ("Amira Haddad", "+447700900103"),
        ("Amira Haddad", "+447700900103"),
        ("Karim Mansour", ""),
        ("Kareem Mansur", "+447700900104"),
    )
    comparing.compare_waiting()
    bit_by_bit, keys = told(), NameKey.objects.count()
    assert len(bit_by_bit) == 3

    Registration.objects.update(compared_at=None)
    assert whole.compare_all(programme) == 3

    assert told() == bit_by_bit
    assert NameKey.objects.count() == keys
    assert not Registration.objects.filter(compared_at=None).exists()


def test_hashes_of_one_centre_say_nothing_in_another() -> None:
    here, there = making.programme(), making.programme()
    listed(here, ("Amira Haddad", "+447700900101"))
    listed(there, ("Amira Haddad", "+447700900101"))

    comparing.compare_waiting()

    assert told() == []
    keys = {
        centre: {
            bytes(key)
            for key in NameKey.objects.filter(registration__centre=centre).values_list("key", flat=True)
        }
        for centre in Centre.objects.all()
    }
    assert not set.intersection(*keys.values())


def test_a_number_that_changes_while_all_are_compared_is_compared_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    programme = making.programme()
    one, _ = listed(programme, ("Amira Haddad", "+447700900101"), ("Karim Mansour", "+447700900102"))
    judged = whole.judged

    def meanwhile(everyone: list[Known]) -> list[Verdict]:
        numbers.change_number(by=None, registration=one, phone="+447700900102")
        return judged(everyone)

    monkeypatch.setattr(whole, "judged", meanwhile)
    whole.compare_all(programme)
    assert told() == []

    comparing.compare_waiting()
    assert told() == [(50, ["phone"])]


def test_a_long_list_is_compared_by_one_job(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparing, "CROWD", 2)
    long, short = making.programme(), making.programme()
    listed(long, *((name, "+447700900101") for name in ("Amira Haddad", "Karim Mansour", "Olena Koval")))
    listed(short, ("Amira Haddad", "+447700900101"))

    assert comparing.compare_waiting() == 1
    assert comparing.compare_waiting() == 0

    job = Job.objects.get(kind=comparing.WHOLE)
    whole.run(job.payload)
    assert len(told()) == 3
