"""The walkers walk through an office without a fault, and find each fault that is planted in it."""

from collections.abc import Callable
from random import Random

import pytest

from payloads import vonage_voice
from voice.company import Fault, Figures, Tongue
from voice.tiny import TinyOffice
from voice.walker import walks
from voice.walker_africastalking import AfricasTalking
from voice.walker_twilio import Twilio
from voice.walker_vonage import Vonage

TONGUES: dict[str, Callable[[], Tongue]] = {
    "twilio": Twilio,
    "vonage": lambda: Vonage(vonage_voice.WITH_CALLS),
    "africastalking": AfricasTalking,
}


def walked(tongue: Tongue, fault: str, many: int, seed: int = 1) -> tuple[Figures, list[Fault]]:
    figures, faults = Figures(), []

    def office(_: Random) -> TinyOffice:
        return TinyOffice(tongue, fault)

    for _, walk, found in walks(tongue, office, many, seed):
        figures.add(walk.figures)
        faults += [found] if found else []
    return figures, faults


@pytest.mark.parametrize("name", TONGUES)
def test_a_small_office_is_walked_through_without_a_fault(name: str) -> None:
    figures, faults = walked(TONGUES[name](), "", 150)
    assert faults == []
    assert figures.asked > 700
    assert min(figures.twice, figures.old, figures.told, figures.recordings) > 10
    assert figures.rooms > 10 or name == "africastalking"


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("relative", "relative"),
        ("no-way-on", "rules"),
        ("verb", "rules"),
        ("steps", "step"),
        ("lost", "lost"),
        ("dumb", "dumb"),
        ("endless", "endless"),
        ("stale", "stale"),
        ("thought-over", "lost"),
    ],
)
@pytest.mark.parametrize("name", TONGUES)
def test_each_planted_fault_is_found(name: str, fault: str, kind: str) -> None:
    if (name, fault) in UNKNOWN:
        return
    _, faults = walked(TONGUES[name](), fault, 60)
    assert kind in {found.kind for found in faults}


UNKNOWN = {
    ("africastalking", "lost"),  # no rooms to be lost in
    ("africastalking", "thought-over"),
    ("africastalking", "dumb"),  # nothing at all refuses the call
    ("vonage", "dumb"),
}
