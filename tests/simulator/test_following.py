"""A call of practice does what TwiML tells it, and asks as Twilio asks."""

from typing import TYPE_CHECKING

import pytest

from aidline.simulator import faults
from aidline.simulator.content import sound
from aidline.simulator.lookalikes.shapes import Fault
from aidline.simulator.states import CallState, Doing
from aidline.simulator.telephone import acts
from simulator import telephoning
from simulator.telephoning import Ours, again, words

if TYPE_CHECKING:
    from simulator.practice import Practice


@pytest.fixture
def ours(practice: "Practice", monkeypatch: pytest.MonkeyPatch) -> Ours:
    return telephoning.stage(practice, monkeypatch)


def menu(ours: Ours) -> str:
    return (
        f'<Gather numDigits="1" timeout="5" action="{ours.url("turn?at=1")}">'
        '<Say language="arb">اضغط 1</Say></Gather>'
        f"<Redirect>{ours.url('turn?at=2')}</Redirect>"
    )


def test_the_number_asks_when_somebody_calls(ours: Ours) -> None:
    ours.scripts["answer"] = menu(ours)
    call = acts.call_us(telephoning.phone(ours))
    (what, fields), *_ = ours.asked
    assert what == "answer"
    assert (fields["From"], fields["To"]) == ("+447700900123", "+447700900610")
    assert (fields["CallStatus"], fields["Direction"]) == ("ringing", "inbound")
    assert (again(call).state, again(call).doing) == (CallState.GOING, Doing.GATHERING)
    assert words(call) == ["اضغط 1"]
    assert again(call).heard[0]["language"] == "ar"


def test_a_key_goes_to_the_action_and_what_it_answers_is_followed(ours: Ours) -> None:
    ours.scripts |= {"answer": menu(ours), "turn": "<Say>Food is at noon.</Say><Hangup/>"}
    call = acts.call_us(telephoning.phone(ours))
    assert acts.press(call, "1")
    assert (ours.asked[-1][0], ours.asked[-1][1]["Digits"]) == ("turn?at=1", "1")
    assert (words(call)[-1], again(call).doing) == ("Food is at noon.", Doing.SAYING)
    assert acts.skip(call)
    ours.settle()
    assert again(call).state == CallState.COMPLETED
    assert [told["CallStatus"] for told in ours.told] == ["completed"]


def test_whoever_presses_nothing_falls_through_to_the_next_verb(ours: Ours) -> None:
    ours.scripts |= {"answer": menu(ours), "turn": menu(ours)}
    call = acts.call_us(telephoning.phone(ours))
    with ours.later(3):
        assert len(ours.asked) == 1
    with ours.later(8):
        assert ours.asked[-1][0] == "turn?at=2"
        assert "Digits" not in ours.asked[-1][1]
        assert words(call) == ["اضغط 1", "اضغط 1"]


def test_several_digits_are_gathered_until_the_last_or_the_hash(ours: Ours) -> None:
    ours.scripts["answer"] = f'<Gather numDigits="4" action="{ours.url("turn")}"/>'
    ours.scripts["turn"] = f'<Gather action="{ours.url("turn")}"/>'
    call = acts.call_us(telephoning.phone(ours))
    acts.press(call, "12")
    assert len(ours.asked) == 1
    acts.press(call, "34")
    assert ours.asked[-1][1]["Digits"] == "1234"
    acts.press(call, "5#")
    assert ours.asked[-1][1]["Digits"] == "5"


def test_what_is_spoken_is_offered_as_a_recording_until_it_is_deleted(ours: Ours) -> None:
    ours.scripts["answer"] = (
        f'<Record action="{ours.url("turn")}" maxLength="60" recordingStatusCallback="{ours.news}"/>'
    )
    ours.scripts["turn"] = "<Say>Thank you.</Say><Hangup/>"
    call = acts.call_us(telephoning.phone(ours))
    assert again(call).doing == Doing.RECORDING
    voice = sound.wav(2)
    assert acts.speak(call, voice)
    fields = ours.asked[-1][1]
    assert fields["RecordingDuration"] == "2"
    assert fields["RecordingUrl"].endswith(fields["RecordingSid"])
    ours.settle()
    told = ours.told[-1]
    assert (told["RecordingStatus"], told["CallSid"]) == ("completed", call.sid)
    path = f"Recordings/{fields['RecordingSid']}"
    assert ours.api("GET", f"{path}.wav") == (200, voice)
    assert ours.api("DELETE", f"{path}.json")[0] == 204
    assert ours.api("GET", f"{path}.json")[0] == 404


def test_who_hangs_up_while_speaking_has_left_a_message(ours: Ours) -> None:
    ours.scripts["answer"] = f'<Record action="{ours.url("turn")}"/>'
    ours.scripts["turn"] = "<Hangup/>"
    call = acts.call_us(telephoning.phone(ours))
    acts.speak(call, sound.wav(1), hung_up=True)
    assert ours.asked[-1][1]["Digits"] == "hangup"
    assert again(call).ended_at


def test_who_hangs_up_after_the_tone_has_left_none(ours: Ours) -> None:
    ours.scripts["answer"] = f'<Record action="{ours.url("turn")}" recordingStatusCallback="{ours.news}"/>'
    acts.hang_up(acts.call_us(telephoning.phone(ours)))
    ours.settle()
    assert [told.get("RecordingStatus") for told in ours.told if "RecordingSid" in told] == ["absent"]
    assert len(ours.asked) == 1


def test_an_answer_that_cannot_be_read_leads_to_the_fallback(ours: Ours) -> None:
    ours.scripts |= {"answer": "<Say>no end", "fallback": "<Say>Call later.</Say>"}
    call = acts.call_us(telephoning.phone(ours))
    assert ours.asked[-1][1]["ErrorCode"] == "12100"
    assert words(call) == ["Call later."]


def test_without_a_fallback_the_vendor_says_sorry(ours: Ours) -> None:
    call = acts.call_us(telephoning.phone(ours))
    assert words(call)[0].startswith("We are sorry")
    acts.skip(call)
    assert again(call).ended_at


def test_an_unknown_attribute_is_found_here(ours: Ours) -> None:
    ours.scripts |= {"answer": '<Say tone="kind">Hello</Say>', "fallback": "<Hangup/>"}
    acts.call_us(telephoning.phone(ours))
    assert ours.asked[-1][1]["ErrorCode"] == "12200"


def test_reject_is_free_only_as_the_first_word(ours: Ours) -> None:
    ours.scripts["answer"] = '<Reject reason="busy"/>'
    call = acts.call_us(telephoning.phone(ours))
    assert (again(call).state, again(call).answered_at) == (CallState.BUSY, None)


def test_one_phone_has_one_call(ours: Ours) -> None:
    ours.scripts["answer"] = menu(ours)
    phone = telephoning.phone(ours)
    acts.call_us(phone)
    with pytest.raises(acts.OnTheLine):
        acts.call_us(phone)


def test_an_answer_that_was_overtaken_is_not_followed(ours: Ours, monkeypatch: pytest.MonkeyPatch) -> None:
    ours.scripts |= {
        "answer": menu(ours),
        "turn": "<Say>late</Say>",
        "elsewhere": "<Say>elsewhere</Say><Pause/>",
    }
    call = acts.call_us(telephoning.phone(ours))
    slow = ours.answer

    def overtaken(path: str, post: object) -> object:
        if "turn" in path:
            ours.api("POST", f"Calls/{call.sid}.json", Url=ours.url("elsewhere"))
        return slow(path, post)  # type: ignore[arg-type]

    monkeypatch.setattr("aidline.simulator.hooks._ask", overtaken)
    acts.press(call, "1")
    assert words(call)[-1] == "elsewhere"
    assert "late" not in words(call)


def test_news_come_twice_where_that_was_asked_for(ours: Ours) -> None:
    ours.scripts["answer"] = menu(ours)
    faults.order(ours.channel, Fault.TWICE, 1)
    acts.hang_up(acts.call_us(telephoning.phone(ours)))
    ours.settle()
    assert [told["CallStatus"] for told in ours.told] == ["completed", "completed"]
