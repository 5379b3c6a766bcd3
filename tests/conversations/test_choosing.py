"""What people write when they were offered choices."""

import pytest

from aidline.channels.contract import Choice
from aidline.conversations.choosing import chosen

OFFERED = (
    Choice("1", "Food"),
    Choice("2", "Shelter tonight"),
    Choice("3", "مأوى الليلة"),
    Choice("4", "Їжа"),
    Choice("5", "Éducation"),
)


@pytest.mark.parametrize(
    ("said", "id"),
    [
        ("1", "1"),
        (" 2. ", "2"),
        ("(3)", "3"),
        ("٣", "3"),
        ("۳", "3"),
        ("२", "2"),
        ("2️⃣", "2"),
        ("numéro 4", "4"),
        ("رقم ٢", "2"),
        ("two", "2"),
        ("Deux", "2"),
        ("п’ять", "5"),
        ("ثلاثة", "3"),
        ("FOOD!", "1"),
        ("shelter", "2"),
        ("2. Shelter tonight", "2"),
        ("ماوى الليله", "3"),
        ("їжа", "4"),
        ("education", "5"),
    ],
)
def test_numbers_and_words_are_understood(said: str, id: str) -> None:
    found = chosen(said, OFFERED)
    assert found is not None
    assert found.id == id


@pytest.mark.parametrize(
    "said",
    ["", "0", "6", "12", "2 children", "I need food", "sh", "s", "1 or 2", "?", "٣٣", "x" * 200, "no"],
)
def test_what_may_mean_something_else_stays_a_message(said: str) -> None:
    assert chosen(said, OFFERED) is None


def test_two_choices_that_begin_alike_are_not_guessed() -> None:
    alike = (Choice("1", "Doctor for a child"), Choice("2", "Doctor for me"))
    assert chosen("doctor", alike) is None
    found = chosen("doctor for me", alike)
    assert found
    assert found.id == "2"
