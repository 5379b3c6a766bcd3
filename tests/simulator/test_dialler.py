"""The phone at somebody's ear, as the page shows it: also without a script."""

import re
from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from aidline.simulator.content import sound
from aidline.simulator.models import Phone, PracticeCall, PracticeRecording
from aidline.simulator.states import CallState
from simulator import telephoning
from simulator.telephoning import Ours

if TYPE_CHECKING:
    from simulator.practice import Practice


@pytest.fixture
def ours(practice: "Practice", monkeypatch: pytest.MonkeyPatch) -> Ours:
    return telephoning.stage(practice, monkeypatch)


def page() -> str:
    return Client().get(reverse("simulator:phones")).content.decode()


def do(phone: Phone, what: str, **data: object) -> str:
    Client().post(reverse("simulator:call_act", args=[phone.pk, what]), data)
    return page()


def look(html: str) -> str:
    found = re.search(r'data-look="(\w+)"', html)
    return found[1] if found else ""


def test_a_call_is_dialled_followed_and_hung_up_with_forms_alone(ours: Ours) -> None:
    ours.scripts["answer"] = (
        f'<Gather numDigits="1" action="{ours.url("turn")}"><Say language="arb">للعربية اضغط 1</Say></Gather>'
    )
    ours.scripts["turn"] = "<Say>Food is at noon.</Say><Pause length='3'/><Hangup/>"
    phone = telephoning.phone(ours)
    assert "/call/dial/" in page()
    html = do(phone, "dial")
    assert (look(html), 'lang="ar" dir="auto">للعربية اضغط 1' in html) == ("menu", True)
    html = do(phone, "keys", key="1")
    assert (look(html), "Food is at noon." in html) == ("listening", True)
    assert look(do(phone, "skip")) == "over"
    assert look(do(phone, "away")) == ""


def test_what_is_said_can_be_heard(ours: Ours) -> None:
    ours.scripts["answer"] = "<Say>Hello.</Say><Pause length='9'/>"
    phone = telephoning.phone(ours)
    do(phone, "dial")
    heard = Client().get(reverse("simulator:call_sound", args=[phone.pk, 1]))
    assert (heard["Content-Type"], heard.content[:4]) == ("audio/wav", b"RIFF")
    assert Client().get(reverse("simulator:call_sound", args=[phone.pk, 7])).status_code == 404


@pytest.mark.parametrize("own", [True, False])
def test_after_the_tone_a_file_or_a_ready_message_is_spoken(ours: Ours, own: bool) -> None:
    ours.scripts["answer"] = f'<Record action="{ours.url("turn")}" recordingStatusCallback="{ours.news}"/>'
    ours.scripts["turn"] = "<Hangup/>"
    phone = telephoning.phone(ours)
    assert look(do(phone, "dial")) == "speaking"
    file = {"file": SimpleUploadedFile("v.wav", sound.wav(2), "audio/wav")} if own else {"ready": "1"}
    assert look(do(phone, "speak", **file)) == "over"
    recording = PracticeRecording.objects.get()
    assert recording.file is not None
    assert recording.file.content[:4] == b"RIFF"
    assert recording.seconds >= 2


def test_a_call_of_ours_rings_on_the_phone(ours: Ours) -> None:
    ours.scripts["turn"] = "<Say>You asked us to call.</Say><Pause length='9'/>"
    phone = telephoning.phone(ours)
    wish = {"From": "+447700900610", "To": phone.address, "Url": ours.url("turn")}
    ours.api("POST", "Calls.json", **wish)
    html = page()
    assert (look(html), "/call/answer/" in html, "/call/decline/" in html) == ("rings", True, True)
    html = do(phone, "answer")
    assert (look(html), "You asked us to call." in html) == ("listening", True)
    do(phone, "hang-up")
    assert PracticeCall.objects.get().state == CallState.COMPLETED


def test_a_phone_on_a_channel_without_calls_has_no_button(ours: Ours) -> None:
    phone = ours.practice.phone(ours.practice.channel("africastalking", "sms"), "+447700900177")
    assert "/call/dial/" not in page()
    do(phone, "dial")
    assert not PracticeCall.objects.exists()
