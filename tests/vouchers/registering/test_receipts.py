"""A receipt code tells where a registration stands, by web and chat; guessing locks out."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from aidline.conversations.models import Message
from aidline.conversations.states import Direction
from aidline.gateway import inbound
from aidline.kernel.clock import now
from aidline.vouchers.models import Guess, Registration
from aidline.vouchers.receipt_codes import grouped_receipt, new_receipt
from aidline.vouchers.registering import guesses
from aidline.vouchers.registering.receipts import ask, code_in, state_of
from aidline.vouchers.states import Status
from gateway.stage import arrive, body, make_channel, text_message
from vouchers.registering.stage import PHONE, Stage, build

MINE = "/mine/"


def look(code: str, client: Client | None = None) -> tuple[int, str]:
    answer = (client or Client()).post(MINE, {"code": code, "lang": "en"})
    return answer.status_code, answer.content.decode()


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.ERASED])
def test_every_status_is_told_in_words_and_nothing_else_is(stage: Stage, status: Status) -> None:
    Registration.objects.filter(pk=stage.registration.pk).update(status=status)
    code, content = look(grouped_receipt(stage.registration.receipt))
    assert code == 200
    assert "Food for families" in content
    assert "From A List" not in content
    assert PHONE[-6:] not in content
    assert "%(" not in content


def test_it_is_told_in_the_language_asked_for(stage: Stage) -> None:
    words = state_of(stage.registration.receipt, "ar", who="call 1")
    assert "غذاء للعائلات" in words


def test_digits_of_any_keyboard_are_read(stage: Stage) -> None:
    eastern = stage.registration.receipt.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    assert look(eastern)[0] == 200


def test_a_slip_is_no_guess_and_a_wrong_code_is_one(stage: Stage) -> None:
    right = stage.registration.receipt
    slip = right[:-1] + str((int(right[-1]) + 1) % 10)
    assert look(slip)[0] == 422
    assert not Guess.objects.exists()
    assert look(new_receipt())[0] == 404
    assert Guess.objects.get().wrong == 1


def test_guessing_locks_out_even_the_right_code_for_a_time_and_nobody_else(stage: Stage) -> None:
    for _ in range(guesses.MOST):
        assert look(new_receipt())[0] == 404
    code, content = look(stage.registration.receipt)
    assert code == 429
    assert "Too many codes were wrong" in content
    assert ask(stage.registration.receipt, "en", who="chat somebody else").code == "found"
    with time_machine.travel(now() + guesses.LOCKED_FOR + timedelta(seconds=1), tick=False):
        assert look(stage.registration.receipt)[0] == 200
        guesses.forget_old()
    assert not Guess.objects.exists()


def test_who_asks_is_not_kept_readable(stage: Stage) -> None:
    look(new_receipt())
    assert b"127.0.0.1" not in bytes(Guess.objects.get().who)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("{}", True),
        ("state {}", True),
        ("وضع {}", True),
        ("{} ?", True),
        ("My number is +447700900123", False),
        ("{} and I also want to tell you that my child is ill", False),
    ],
)
def test_a_message_that_is_only_a_code_is_understood(text: str, is_one: bool) -> None:
    code = new_receipt()
    assert code_in(text.format(grouped_receipt(code))) == (code if is_one else None)
    assert code_in(text.format(code)) == (code if is_one else None)


def test_there_is_no_page_for_a_balance(stage: Stage) -> None:
    """The page takes a receipt code and nothing else, and shows no amount."""
    content = look(stage.registration.receipt)[1]
    assert "€" not in content
    assert Client().get(MINE, {"code": stage.registration.receipt}).content.decode().count("Food") == 0


@pytest.mark.django_db(transaction=True)
def test_by_chat_it_is_answered_in_the_thread_once() -> None:
    stage = build()
    channel = make_channel(stage.centre)
    once = body(text_message("447700900777", f"State {stage.registration.receipt}", "wamid.1"))
    arrive(channel, once)
    inbound.drain()
    arrive(channel, once)
    inbound.drain()
    told = Message.objects.get(direction=Direction.OUT)
    assert "Food for families" in told.text
    assert told.purpose == ""


@pytest.mark.django_db(transaction=True)
def test_a_chat_that_guesses_is_locked_out_too() -> None:
    stage = build()
    channel = make_channel(stage.centre)
    for number in range(guesses.MOST):
        arrive(channel, body(text_message("447700900777", new_receipt(), f"wamid.{number}")))
    arrive(channel, body(text_message("447700900777", stage.registration.receipt, "wamid.last")))
    while inbound.drain():
        pass
    told = [one.text for one in Message.objects.filter(direction=Direction.OUT).order_by("seq")]
    assert "Too many codes" in told[-1]
    assert not any("Food for families" in text for text in told)
