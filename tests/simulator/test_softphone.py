"""The vendor's side of an agent's browser: a token lets in, a ticket goes along, keys and hanging up."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse

from aidline.channels.registry import load
from aidline.kernel.clock import now
from aidline.simulator import faults
from aidline.simulator.lookalikes.shapes import Fault
from aidline.simulator.models import PracticeCall
from simulator import telephoning
from simulator.telephoning import Ours, again, words

if TYPE_CHECKING:
    from simulator.practice import Practice

AGENT = "agent_0123"


@pytest.fixture
def ours(practice: "Practice", monkeypatch: pytest.MonkeyPatch) -> Ours:
    ours = telephoning.stage(practice, monkeypatch)
    ours.scripts["softphone"] = (
        f'<Gather action="{ours.url("turn")}" numDigits="2"><Say>Hello.</Say></Gather>'
    )
    ours.scripts["turn"] = "<Say>Two keys.</Say><Pause length='5'/>"
    return ours


def token(ours: Ours, *, at: timedelta = timedelta(0), who: str = AGENT) -> str:
    provider: Any = load("twilio", ours.channel.config)
    return str(provider.softphone_token(who, timedelta(hours=1), now() + at))


def ask(what: str, proof: str, **fields: str) -> tuple[int, Any]:
    where = reverse("simulator:softphone", args=[what])
    given = Client().post(where, fields, headers={"Authorization": f"Bearer {proof}"})
    return given.status_code, given.json() if "json" in given["Content-Type"] else None


def test_a_browser_connects_presses_and_hangs_up(ours: Ours) -> None:
    proof = token(ours)
    assert ask("open", proof) == (200, {"microphone": True})
    _, made = ask("connect", proof, leg="leg-1", ticket="word")
    fields = ours.asked[-1][1]
    assert (fields["From"], fields["leg"], fields["ticket"]) == (f"client:{AGENT}", "leg-1", "word")
    assert ask("state", proof, call=made["call"])[1] == {"state": "open"}
    ask("keys", proof, call=made["call"], keys="12")
    call = PracticeCall.objects.get()
    assert words(call) == ["Hello.", "Two keys."]
    ask("hang-up", proof, call=made["call"])
    assert ask("state", proof, call=made["call"])[1] == {"state": "over"}
    assert again(call).ended_at


def test_a_wrong_or_an_old_token_lets_nobody_in(ours: Ours) -> None:
    good = token(ours)
    assert ask("open", good[:-2] + "xx")[0] == 401
    assert ask("open", token(ours, at=timedelta(hours=-2)))[0] == 401
    assert ask("open", "")[0] == 401


def test_the_call_of_another_agent_is_not_there(ours: Ours) -> None:
    _, made = ask("connect", token(ours), leg="leg-1", ticket="word")
    assert ask("state", token(ours, who="agent_9999"), call=made["call"])[0] == 404


def test_the_microphone_can_be_refused(ours: Ours) -> None:
    faults.order(ours.channel, Fault.MICROPHONE, 1)
    assert ask("open", token(ours))[1] == {"microphone": False}
    assert ask("open", token(ours))[1] == {"microphone": True}
