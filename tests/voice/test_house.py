"""Each company walks through the gateway itself: a few walks here, ten thousand of each in `make faults`."""

import pytest

from voice import house
from voice.company import Fault, Figures
from voice.walk import TONGUES
from voice.walker import walks

pytestmark = pytest.mark.django_db


def walked(name: str, many: int, plant: str = "", seed: int = 1) -> tuple[Figures, list[Fault]]:
    figures, faults, tongue = Figures(), [], TONGUES[name]()
    with house.opened(tongue, plant) as office:
        for _, walk, fault in walks(tongue, office, many, seed):
            figures.add(walk.figures)
            faults += [fault] if fault else []
            if fault and plant:
                break
    return figures, faults


@pytest.mark.parametrize(("name", "many"), [("twilio", 30), ("vonage", 10), ("africastalking", 10)])
def test_no_caller_is_lost_in_the_gateway(name: str, many: int) -> None:
    figures, faults = walked(name, many)
    assert faults == []
    assert figures.asked > 4 * many


@pytest.mark.parametrize(
    ("plant", "kind"),
    [("relative", "relative"), ("no-way-on", "rules"), ("steps", "step"), ("lost", "lost")],
)
def test_each_fault_planted_in_the_gateway_is_found(plant: str, kind: str) -> None:
    _, faults = walked("twilio", 60, plant)
    assert [fault.kind for fault in faults] == [kind]
