"""Sending: one claim, one call, a row that is true whatever happens in between."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from time import sleep
from uuid import UUID

import pytest
from django.db import connection, transaction

from aidline.centres.models import Staff
from aidline.channels.models import Channel
from aidline.conversations.models import Conversation, Message
from aidline.conversations.sending import CannotSend, send_again, send_reply, take_back
from aidline.conversations.states import Direction, MessageState
from aidline.gateway import breaker, inbound, outbound
from aidline.gateway.attention import ATTEND, attend, show_attention
from aidline.jobs.models import Job
from aidline.kernel.clock import now
from aidline.people.models import OptOut, Person
from gateway.stage import arrive, body, make_agent, make_centre, make_channel, status, text_message
from local_server import Answer, LocalServer, Seen, serving

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def meta() -> Iterator[LocalServer]:
    with serving() as server:
        server.answer = accepted
        yield server


def accepted(seen: Seen) -> Answer:
    wamid = f"wamid.out.{json.loads(seen.body)['biz_opaque_callback_data']}"
    content = {"messaging_product": "whatsapp", "contacts": [], "messages": [{"id": wamid}]}
    return Answer(200, json.dumps(content).encode(), {"content-type": "application/json"})


@pytest.fixture
def staff(meta: LocalServer) -> Staff:
    centre = make_centre(undo_seconds=0)
    channel = make_channel(centre, base_url=meta.url)
    arrive(channel, body(text_message("447700900123", "hello", "wamid.1")))
    inbound.drain()
    return make_agent(centre, "Mira")[0]


def reply(staff: Staff, text: str = "Good day.") -> Message:
    return send_reply(by=staff, conversation=Conversation.objects.get(), text=text)[0]


def send_all() -> int:
    return sum(outbound.send(pk) for pk in outbound.due())


def state_of(message: Message) -> str:
    message.refresh_from_db()
    return message.state


def test_a_reply_leaves_once_and_its_ticks_arrive(staff: Staff, meta: LocalServer) -> None:
    message = reply(staff)
    assert send_all() == 1
    assert send_all() == 0
    assert len(meta.seen) == 1
    assert json.loads(meta.seen[0].body)["text"]["body"] == "Good day."
    assert state_of(message) == MessageState.SENT

    arrive(Channel.objects.get(), body(statuses=(status(message.external_id, "read"),)))
    inbound.drain()
    assert state_of(message) == MessageState.READ


def test_who_answers_from_the_number_as_the_provider_knows_it_is_the_same_person(
    staff: Staff, meta: LocalServer
) -> None:
    def corrected(seen: Seen) -> Answer:
        answer = accepted(seen)
        content = {**json.loads(answer.body), "contacts": [{"wa_id": "447700900188"}]}
        return Answer(200, json.dumps(content).encode(), answer.headers)

    meta.answer = corrected
    assert state_of(reply(staff)) == MessageState.QUEUED
    send_all()
    arrive(Channel.objects.get(), body(text_message("447700900188", "thanks", "wamid.2")))
    inbound.drain()
    assert Person.objects.count() == 1
    assert Message.objects.filter(direction="i").count() == 2


def test_two_workers_that_claim_the_same_row_send_it_once(staff: Staff, meta: LocalServer) -> None:
    message = reply(staff)
    assert outbound.send(message.pk)
    assert not outbound.send(message.pk)
    assert len(meta.seen) == 1


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_a_claim_that_waited_for_another_finds_the_row_taken(staff: Staff) -> None:
    message = reply(staff)
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            assert outbound._claim(message.pk)
            second = pool.submit(claim_elsewhere, message.pk)
            sleep(0.5)
            assert not second.done()
        assert second.result(10) is None


def claim_elsewhere(pk: UUID) -> object:
    try:
        return outbound._claim(pk)
    finally:
        connection.close()


def test_replies_leave_in_order_and_a_waiting_one_holds_the_next(staff: Staff, meta: LocalServer) -> None:
    first, second = reply(staff, "one"), reply(staff, "two")
    meta.answer = lambda _: Answer(500)
    assert outbound.due() == [first.pk]
    send_all()
    assert state_of(first) == MessageState.QUEUED
    Message.objects.filter(pk=first.pk).update(due_at=now() + timedelta(hours=1))
    assert outbound.due() == []

    meta.answer = accepted
    Message.objects.filter(pk=first.pk).update(due_at=now())
    send_all()
    send_all()
    assert [state_of(first), state_of(second)] == [MessageState.SENT, MessageState.SENT]


def test_a_provider_that_refuses_the_message_ends_it(staff: Staff, meta: LocalServer) -> None:
    message = reply(staff)
    error = {"error": {"code": 131026, "message": "undeliverable"}}
    meta.answer = lambda _: Answer(400, json.dumps(error).encode(), {"content-type": "application/json"})
    send_all()
    assert state_of(message) == MessageState.FAILED
    assert message.error_code == "131026"

    meta.answer = accepted
    assert send_again(by=staff, message=message)
    send_all()
    assert state_of(message) == MessageState.SENT


def test_a_gateway_that_gives_one_id_to_every_message_holds_nothing_up(
    staff: Staff, meta: LocalServer
) -> None:
    meta.answer = lambda _: Answer(200, b'{"messages": [{"id": "ok"}]}')
    first, second = reply(staff, "one"), reply(staff, "two")
    assert [send_all(), send_all()] == [1, 1]
    assert [state_of(first), state_of(second)] == [MessageState.SENT, MessageState.SENT]
    assert [first.external_id, second.external_id] == ["ok", ""]


def test_a_gateway_that_counts_both_ways_from_one_loses_no_message(staff: Staff, meta: LocalServer) -> None:
    meta.answer = lambda _: Answer(200, b'{"messages": [{"id": "1"}]}')
    ours = reply(staff)
    assert send_all() == 1
    arrive(Channel.objects.get(), body(text_message("447700900123", "I cannot breathe", "1")))
    inbound.drain()
    theirs = Message.objects.filter(direction=Direction.IN).latest("seq")
    assert theirs.text == "I cannot breathe"

    arrive(Channel.objects.get(), body(statuses=(status("1", "read"),)))
    inbound.drain()
    assert (state_of(ours), state_of(theirs)) == (MessageState.READ, MessageState.RECEIVED)


def test_a_call_that_left_without_an_answer_is_unknown_and_not_repeated(
    staff: Staff, meta: LocalServer
) -> None:
    message = reply(staff)
    meta.answer = lambda _: Answer(0)  # hangs up after reading everything
    send_all()
    assert state_of(message) == MessageState.UNKNOWN
    assert outbound.due() == []

    # The provider's own receipt settles it.
    receipt = status("wamid.unheard", "delivered", biz_opaque_callback_data=str(message.pk))
    arrive(Channel.objects.get(), body(statuses=(receipt,)))
    inbound.drain()
    assert state_of(message) == MessageState.DELIVERED


def test_a_worker_that_died_during_the_call_leaves_the_truth(staff: Staff) -> None:
    message = reply(staff)
    Message.objects.filter(pk=message.pk).update(
        state=MessageState.SENDING, lease_until=now() - timedelta(seconds=1)
    )
    assert outbound.give_up_on_lost() == 1
    assert state_of(message) == MessageState.UNKNOWN


def test_after_failures_in_a_row_the_channel_is_left_alone(staff: Staff, meta: LocalServer) -> None:
    message = reply(staff)
    meta.answer = lambda _: Answer(503)
    for _ in range(breaker.OPENS_AFTER):
        Message.objects.filter(pk=message.pk).update(due_at=now())
        send_all()
    assert len(meta.seen) == breaker.OPENS_AFTER
    Message.objects.filter(pk=message.pk).update(due_at=now())
    assert send_all() == 0
    assert Channel.objects.get().open_until is not None

    failures = Channel.objects.get().failures
    late = {"ok": False, "answer_code": "http-503", "down": False, "retried": True}
    breaker.heard(Channel.objects.get().pk, **late)
    assert Channel.objects.get().failures == failures, "a call that was under way made the pause longer"

    Channel.objects.update(open_until=now())
    meta.answer = accepted
    send_all()
    assert state_of(message) == MessageState.SENT
    assert Channel.objects.get().failures == 0


def test_a_dead_token_stops_the_channel_and_loses_nothing(staff: Staff, meta: LocalServer) -> None:
    message = reply(staff)
    error = {"error": {"code": 190, "message": "expired"}}
    meta.answer = lambda _: Answer(401, json.dumps(error).encode(), {"content-type": "application/json"})
    send_all()
    assert state_of(message) == MessageState.QUEUED
    channel = Channel.objects.get()
    assert channel.error_code == "190"
    assert channel.open_until is not None


def test_a_reply_can_be_taken_back_until_it_leaves(staff: Staff, meta: LocalServer) -> None:
    message = reply(staff)
    assert take_back(by=staff, message=message)
    assert send_all() == 0
    late = reply(staff, "late")
    send_all()
    assert not take_back(by=staff, message=late)


def test_one_key_is_one_message(staff: Staff) -> None:
    from uuid import uuid4

    key = uuid4()
    conversation = Conversation.objects.get()
    first = send_reply(by=staff, conversation=conversation, text="once", client_key=key)
    second = send_reply(by=staff, conversation=conversation, text="once", client_key=key)
    assert [m.pk for m in first] == [m.pk for m in second]
    assert Message.objects.filter(direction="o").count() == 1


def test_a_shut_window_refuses_a_free_reply(staff: Staff) -> None:
    Conversation.objects.update(window_until=now() + timedelta(minutes=4))
    with pytest.raises(CannotSend):
        reply(staff)


def test_a_word_that_means_stop_is_kept_and_can_be_taken_back(staff: Staff) -> None:
    channel = Channel.objects.get()
    arrive(channel, body(text_message("447700900123", "Arrêt.", "wamid.2")))
    inbound.drain()
    assert OptOut.objects.get().source == "word"
    arrive(channel, body(text_message("447700900123", "START", "wamid.3")))
    inbound.drain()
    assert not OptOut.objects.exists()


def test_a_long_text_is_split_at_the_limit_and_keeps_its_order(staff: Staff, meta: LocalServer) -> None:
    text = " ".join(f"word{n}" for n in range(900))
    parts = send_reply(by=staff, conversation=Conversation.objects.get(), text=text)
    assert len(parts) == 2
    while send_all():
        pass
    sent = [json.loads(seen.body)["text"]["body"] for seen in meta.seen]
    assert " ".join(sent) == text


def test_the_person_is_told_that_we_read_and_that_somebody_writes(staff: Staff, meta: LocalServer) -> None:
    conversation = Conversation.objects.get()
    show_attention(conversation=conversation, typing=True)
    show_attention(conversation=conversation, typing=True)
    assert Job.objects.filter(kind=ATTEND).count() == 1
    attend(Job.objects.get(kind=ATTEND).payload)
    told = json.loads(meta.seen[0].body)
    assert (told["status"], told["message_id"]) == ("read", "wamid.1")
    assert told["typing_indicator"] == {"type": "text"}


@pytest.mark.parametrize(("hours", "state"), [(11, MessageState.QUEUED), (13, MessageState.FAILED)])
def test_a_provider_that_is_down_for_a_night_costs_no_message(
    staff: Staff, meta: LocalServer, hours: int, state: MessageState
) -> None:
    message = reply(staff)
    meta.answer = lambda _: Answer(503)
    Message.objects.filter(pk=message.pk).update(
        attempts=outbound.TRIES, created_at=now() - timedelta(hours=hours)
    )
    send_all()
    assert state_of(message) == state
