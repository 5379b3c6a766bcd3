"""Names of one person are found however they are written, and names of two are not taken for one's."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from itertools import combinations

import pytest

from aidline.vouchers.verification import judging, names
from aidline.vouchers.verification.names import Name
from vouchers.verification.labelled import NAMES, Person, labelled

SEEDS = range(1, 5)

Keys = Callable[[Name], Iterable[str]]


def measured(
    people: list[Person], keys: Keys = names.keys, alike: float = judging.ALIKE
) -> tuple[float, float]:
    """Recall and precision of pairs, found and judged as the product does it."""
    read = [names.read(person.name, person.language) for person in people]
    blocks: dict[str, list[int]] = defaultdict(list)
    for at, name in enumerate(read):
        for key in keys(name):
            blocks[key].append(at)
    met = {pair for block in blocks.values() for pair in combinations(block, 2)}
    found = {(one, other) for one, other in met if names.likeness(read[one], read[other]) >= alike}
    places: dict[int, list[int]] = defaultdict(list)
    for at, person in enumerate(people):
        places[person.number].append(at)
    true = {tuple(some) for some in places.values() if len(some) == 2}
    return len(found & true) / len(true), len(found & true) / len(found)


def average(**planted: object) -> tuple[float, float]:
    figures = [measured(labelled(seed), **planted) for seed in SEEDS]  # type: ignore[arg-type]
    return sum(recall for recall, _ in figures) / len(figures), sum(one for _, one in figures) / len(figures)


def test_of_fifteen_languages_nearly_all_are_found_and_few_are_taken_for_others() -> None:
    assert len(NAMES) == 15
    recall, precision = average()

    assert recall >= 0.95
    assert precision >= 0.9


def test_a_search_that_looks_at_spelling_alone_is_caught() -> None:
    """The measure tells a good search from the one that most tools have: the same letters, no more."""
    recall, _ = average(keys=lambda name: [" ".join(sorted(name.words))])
    assert recall < 0.7


def test_a_judge_that_believes_everything_is_caught() -> None:
    _, precision = average(alike=0.7)
    assert precision < 0.6


def likeness(one: str, other: str, language: str = "") -> float:
    return names.likeness(names.read(one, language), names.read(other, language))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Mohammed Abdul Rahman", "محمد عبد الرحمن"),
        ("Wei Wang", "王伟"),
        ("Olena Kovalenko", "Коваленко Олена"),
        ("Tesfaye Haile", "ተስፋዬ ሃይለ"),
        ("Giorgi Kavtaradze", "გიორგი ქავთარაძე"),
        ("Rahim Uddin", "রহিম উদ্দিন"),
        ("Ali Reza Karimi", "Alireza Karimi"),
        ("ŞÜKRÜ YILMAZ", "Sukru Yilmaz"),
    ],
)
def test_one_name_in_two_scripts_is_one(one: str, other: str) -> None:
    assert likeness(one, other) >= judging.ALIKE
    assert names.keys(names.read(one)) & names.keys(names.read(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ahmad Haidari", "Mahmud Haidari"),
        ("Fatima Mansour", "Fatima Al-Masri"),
        ("Dmytro Kravchenko", "Dmytro Kovalenko"),
        ("Kim Lien Tran", "Kim Lien Do"),
    ],
)
def test_names_of_a_family_are_not_one(one: str, other: str) -> None:
    assert likeness(one, other) < judging.ALIKE


def test_a_letter_that_a_language_says_otherwise_is_heard() -> None:
    assert names.read("Xasan Cali", "so").words == ("hasan", "aali")
    assert likeness("Xasan Cumar", "Hassan Omar", "so") >= judging.ALIKE


@pytest.mark.parametrize("odd", ["", " ", "?", "١٢٣", "al", "'", "\u202e", "a" * 5000, "عبد", "👍", "Ⅷ ﷺ"])
def test_what_is_hardly_a_name_does_no_harm(odd: str) -> None:
    name = names.read(odd)
    assert names.likeness(name, name) <= 1
    assert names.likeness(name, names.read("Amira Haddad")) < judging.ALIKE
    assert len(names.keys(name)) < 30
