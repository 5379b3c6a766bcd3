"""What is guarded comes out as it should, whatever an engine does to its mark."""

import re
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aidline.language import glossary
from aidline.language.glossary import Term, guard, restored, translated

HOUSE, STREET = (
    Term("Harbour House", {}),
    Term("Lantern Street", {"ar": "شارع الفانوس", "fr": "rue de la Lanterne"}),
)
CARD = Term("food card", {"ar": "بطاقة الطعام"})

Engine = Callable[[str], str]
ENGINES: dict[str, Engine] = {
    "as it is": lambda text: text,
    "other case": str.upper,
    "spaces inside": lambda text: re.sub(r"\[(\d+)\]", r"[ \1 ]", text),
    "other brackets": lambda text: text.replace("[", "(").replace("]", ")"),
    "Arabic digits": lambda text: text.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")),
    "back to front": lambda text: " ".join(reversed(text.split(" "))),
    "loses the first": lambda text: text.replace("[1]", ""),
    "loses all": lambda text: re.sub(r"\[\d+\]", "", text) or "nothing",
    "says one twice": lambda text: text.replace("[1]", "[1] [1]"),
    "makes one up": lambda text: f"{text} [9]",
    "loses the brackets": lambda text: re.sub(r"[\[\]]", "", text),
}


def through(engine: Engine, seen: list[str] | None = None) -> Callable[[Sequence[str]], list[str]]:
    def translate(texts: Sequence[str]) -> list[str]:
        if seen is not None:
            seen.extend(texts)
        return [engine(text) for text in texts]

    return translate


@pytest.mark.parametrize("engine", ENGINES.values(), ids=ENGINES.keys())
def test_names_terms_and_numbers_survive_every_engine(engine: Engine) -> None:
    text = "Bring your food card to Harbour House or Lantern Street, or call +44 7700 900123."
    seen: list[str] = []
    made = translated(text, [HOUSE, STREET, CARD], "en", "ar", through(engine, seen))
    for kept in ("بطاقة الطعام", "Harbour House", "شارع الفانوس", "+44 7700 900123"):
        assert made.text.count(kept) == 1
    assert not any("900123" in text or "Harbour" in text for text in seen)


@pytest.mark.parametrize(
    ("engine", "flagged"),
    [("as it is", False), ("spaces inside", False), ("Arabic digits", False), ("loses the first", True)],
)
def test_only_what_was_put_together_from_pieces_is_flagged(engine: str, flagged: bool) -> None:
    made = translated("We are at Harbour House today", [HOUSE], "en", "fr", through(ENGINES[engine]))
    assert made == glossary.Outcome("We are at Harbour House today", flagged)


def test_a_form_of_another_language_goes_back_to_the_word_where_the_target_has_none() -> None:
    made = translated(
        "قرب شارع الفانوس", [STREET], "ar", "en", through(lambda text: text.replace("قرب", "near"))
    )
    assert made.text == "near Lantern Street"


def test_the_longer_of_two_terms_wins_and_neighbours_stay_apart() -> None:
    terms = [Term("Merin", {}), Term("Port Merin", {}), Term("Quay", {})]
    found = guard("Port Merin Quay Merin", terms, "en", "fr")
    assert found.kept == ("Port Merin", "Quay", "Merin")
    assert found.marked == "[1] [2] [3]"


@pytest.mark.parametrize(
    ("text", "term", "found"),
    [
        ("Merinos are sheep", "Merin", ()),
        ("in Merin.", "Merin", ("Merin",)),
        ("MERIN and merin", "Merin", ("MERIN", "merin")),
        ("والفانوس هنا", "الفانوس", ()),  # grown together with "and": another word
        ("شارع الفانوسِ", "شارع الفانوس", ()),  # a vowel sign belongs to the word
        ("हिन्दी", "हिन्द", ()),  # so does one of Hindi
        ("ရန်ကုန်မှာ", "ရန်ကုန်", ("ရန်ကုန်",)),  # Burmese has no spaces
    ],
)
def test_a_term_inside_a_longer_word_is_left_alone(text: str, term: str, found: tuple[str, ...]) -> None:
    assert guard(text, [Term(term, {})], "en", "en").kept == found


def test_what_is_in_another_case_stays_as_it_was_written() -> None:
    made = translated("at HARBOUR HOUSE", [HOUSE], "en", "fr", through(str.lower))
    assert made.text == "at HARBOUR HOUSE"


def test_a_mark_that_the_person_wrote_is_not_taken_for_ours() -> None:
    made = translated("see [1] and [2] at Harbour House", [HOUSE], "en", "fr", through(ENGINES["as it is"]))
    assert made.text == "see [1] and [2] at Harbour House"


def test_a_text_of_guarded_parts_alone_calls_nobody() -> None:
    def never(_texts: Sequence[str]) -> list[str]:
        raise AssertionError

    assert (
        translated("Lantern Street 12345, 🙂", [STREET], "en", "fr", never).text
        == "rue de la Lanterne 12345, 🙂"
    )


SCRIPTS = [
    "we",
    "are",
    "at",
    "مرحبا",
    "نحن",
    "в",
    "місті",
    "Merin",
    "Port Merin",
    "शहर",
    "\N{RIGHT-TO-LEFT MARK}",
]
SIGNS = ["(", ")", "[", "]", "[3]", ".", "،", "\n", "🙂"]
PRIVATE = ["+44 7700 900456", "help@example.org", "https://example.org/a", "1234567", "٠١٢٣٤٥٦٧"]
WORDS = st.sampled_from([*SCRIPTS, *SIGNS, *PRIVATE])
TERMS = [
    Term("Merin", {"ar": "مرين"}),
    Term("Port Merin", {}),
    Term("नगर", {}),
    Term("مرحبا", {"en": "hello"}),
]


@given(
    st.lists(WORDS, max_size=12).map(" ".join), st.sampled_from(list(ENGINES)), st.sampled_from(["en", "ar"])
)
def test_whatever_is_written_nothing_guarded_is_lost_doubled_or_told(
    text: str, engine: str, target: str
) -> None:
    seen: list[str] = []
    kept = guard(text, TERMS, "en", target).kept
    made = translated(text, TERMS, "en", target, through(ENGINES[engine], seen)).text
    for one in set(kept):
        assert made.count(one) >= kept.count(one)
    assert not any(secret in words for words in seen for secret in ("900456", "@example", "1234567", "https"))


def test_a_guard_that_believes_the_engine_would_be_caught() -> None:
    """The planted fault: marks are put back without counting them."""
    found = guard("at Harbour House", [HOUSE], "en", "fr")
    lost = ENGINES["loses all"](found.marked)
    assert restored(lost, found) is None
    assert "Harbour House" not in lost
