"""Which numbers may be dialled: the tricks of those who are paid for every minute."""

import pytest

from aidline.calls.rules import calling_codes, refusal

AT_HOME = calling_codes((), "GB")


@pytest.mark.parametrize(
    ("number", "codes", "why"),
    [
        ("+447700900123", AT_HOME, ""),
        ("+442079460123", AT_HOME, ""),
        ("+447012345678", AT_HOME, "costly"),  # a "personal number"
        ("+449012345678", AT_HOME, "costly"),
        ("+448712345678", AT_HOME, "costly"),
        ("+12025550157", AT_HOME, "not_allowed"),
        ("+12025550157", ("+1",), ""),
        ("+18095550100", ("+1",), "not_allowed"),  # the islands behind +1
        ("+18765551234", ("+1",), "not_allowed"),
        ("+18765551234", ("+1876",), ""),
        ("+19005550100", ("+1",), "costly"),
        ("+881612345678", ("+8", "+881"), "costly"),
        ("+88216123456", ("+882",), "costly"),
        ("+80812345678", ("+808",), "costly"),
        ("+979123456789", ("+979",), "costly"),
        ("112", AT_HOME, "not_a_number"),
        ("+44112", AT_HOME, "not_a_number"),
        ("sip:+447700900123@example.org", AT_HOME, "not_a_number"),
        ("client:agent_0", AT_HOME, "not_a_number"),
        ("", AT_HOME, "not_a_number"),
    ],
)
def test_what_may_be_dialled(number: str, codes: tuple[str, ...], why: str) -> None:
    found = refusal(number, codes)
    assert found == why or (why and found == "not_a_number")


def test_a_list_of_countries_means_what_it_says() -> None:
    assert calling_codes(("+44", "44", "+", "", " +31 "), "US") == ("+44", "+31")
    assert calling_codes((), "US") == ("+1",)
    assert calling_codes((), "JM") == ("+1658", "+1876")
    assert calling_codes((), "") == ()
