"""Offering choices and places from the desk, with a script and without one."""

from uuid import uuid4

import pytest

from aidline.conversations.models import Message
from desk.stage import Stage


def outgoing() -> list[Message]:
    return list(Message.objects.filter(direction="o").order_by("seq"))


def test_a_question_with_choices_goes_out_once_and_stands_in_the_thread(stage: Stage) -> None:
    client = stage.client(script=True)
    data = {
        "text": "What do you need?",
        "choice": ["Food", "", "مأوى", ""],
        "client_key": str(uuid4()),
    }
    first = client.post(stage.url("choices", stage.talk.pk), data)
    client.post(stage.url("choices", stage.talk.pk), data)
    (message,) = outgoing()
    assert [choice["title"] for choice in message.extra["choices"]] == ["Food", "مأوى"]
    assert [choice["id"] for choice in message.extra["choices"]] == ["1", "2"]
    shown = first.content.decode()
    assert "<li>Food</li><li>مأوى</li>" in shown


def test_without_a_script_a_mistake_loses_nothing(stage: Stage) -> None:
    client = stage.client()
    sheet = client.post(
        stage.url("choices", stage.talk.pk), {"text": "What?", "choice": ["Food", "food"], "client_key": ""}
    ).content.decode()
    assert "Two choices are the same." in sheet
    assert 'value="food"' in sheet
    assert ">What?</textarea>" in sheet
    assert outgoing() == []


def test_with_a_script_a_mistake_is_told_beside_the_form(stage: Stage) -> None:
    answer = stage.client(script=True).post(
        stage.url("choices", stage.talk.pk), {"text": "", "choice": ["A"]}
    )
    assert (answer.status_code, answer.content.decode()) == (422, "Write the question first.")


@pytest.mark.parametrize("spot", ["50.8466, 4.3528", "50,8466 4,3528", " 50.8466°; 4.3528° "])
def test_a_place_is_read_as_maps_copy_it(stage: Stage, spot: str) -> None:
    data = {"name": "Clinic", "address": "Quay 2", "spot": spot, "client_key": str(uuid4())}
    assert stage.client().post(stage.url("place", stage.talk.pk), data).status_code == 302
    (message,) = outgoing()
    assert message.extra["place"] == {
        "latitude": 50.8466,
        "longitude": 4.3528,
        "name": "Clinic",
        "address": "Quay 2",
    }


@pytest.mark.parametrize("spot", ["", "here", "91, 4", "50.8"])
def test_no_place_without_two_numbers_on_the_globe(stage: Stage, spot: str) -> None:
    page = stage.client().post(stage.url("place", stage.talk.pk), {"name": "Clinic", "spot": spot})
    assert 'value="Clinic"' in page.content.decode()
    assert outgoing() == []


def test_a_colleague_elsewhere_finds_neither(stage: Stage) -> None:
    client = stage.client(stage.elsewhere)
    for name in ("choices", "place"):
        assert client.get(stage.url(name, stage.talk.pk)).status_code == 404
