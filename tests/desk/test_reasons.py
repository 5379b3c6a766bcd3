"""A failure is told in words that help."""

from aidline.channels.reasons import in_words
from aidline.channels.reasons.meta_and_twilio import REASONS


def test_a_known_code_is_told_in_words_and_an_unknown_one_as_it_is() -> None:
    assert in_words("131026") == "this number does not use this service"
    assert in_words("21211") == "this number does not exist"
    assert in_words("424242") == "424242"
    assert all(str(words) for words in REASONS.values())
