"""Every provider through the whole pipeline: what its calls say is what an agent sees, in whatever order."""

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, replace
from datetime import datetime
from itertools import permutations
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
import time_machine
from django.db import connection

from aidline.channels import registry
from aidline.channels.contract import (
    AddressChange,
    AnswersHooks,
    Deletion,
    Edit,
    Event,
    Fragment,
    HookRequest,
    Incoming,
    Malformed,
    Preference,
    Reaction,
    Receipt,
    Sender,
    Unknown,
)
from aidline.channels.models import Channel, Delivery, Piece
from aidline.channels.providers.simulator import Simulator
from aidline.conversations.models import Attachment, Conversation, Message, ParkedReceipt
from aidline.conversations.states import RANK, RECEIPT_FROM, Direction, MessageState
from aidline.gateway import alterations, inbound, outbound, receipts
from aidline.gateway.arriving import FETCH_MEDIA
from aidline.gateway.intake import Intake
from aidline.gateway.lines import provider_of
from aidline.gateway.media import fetch_attachment
from aidline.gateway.receipts import STATE_OF
from aidline.jobs.models import Job
from aidline.kernel import text as words
from aidline.kernel.clock import now
from aidline.people import services as people
from aidline.people.arrivals import Arrival, resolve
from aidline.people.models import Address, OptOut
from channels.conformance.proofs import proof_of
from gateway.every import KITS, Line, line_of, only, rename
from payloads.kit import RECEIVED, Kit

pytestmark = pytest.mark.django_db

Check = Callable[[Line], None]


@pytest.fixture(autouse=True)
def at_that_time() -> Iterator[None]:
    with time_machine.travel(RECEIVED, tick=True):
        yield


# --- what was said ---------------------------------------------------------------------------------------


def every_kind_becomes_one_message(line: Line) -> None:
    for body, event in line.kit.said.values():
        assert isinstance(event, Incoming)
        channel = line.channel()
        line.says(channel, body)
        assert line.states(channel) == ["DONE"]
        _shows(only(channel), event)


def _shows(message: Message, event: Incoming) -> None:
    assert (message.kind, message.text) == (event.kind, words.clean(event.text))
    assert (message.external_id, message.state) == (event.external_id, MessageState.RECEIVED)
    assert message.at == event.sent_at or event.sent_at is None
    _shows_its_parts(message.extra or {}, event)
    _holds_its_files(message, event)
    address = message.conversation.address
    assert address is not None
    assert Sender(address.scheme, address.value) in event.senders  # type: ignore[arg-type]


def _shows_its_parts(extra: dict[str, Any], event: Incoming) -> None:
    given = {
        "place": event.place and asdict(event.place),
        "cards": [asdict(card) for card in event.cards],
        "choice": event.choice and asdict(event.choice),
        "forwarded": event.forwarded,
        "raw_kind": event.raw_kind if event.kind == "unsupported" else "",
        "subject": event.subject,
        "folded": event.folded,
        "automatic": event.automatic,
    }
    wanted = {name: value for name, value in given.items() if value}
    assert extra == json.loads(json.dumps(wanted))


def _holds_its_files(message: Message, event: Incoming) -> None:
    for file, ref in zip(message.attachments.order_by("id"), event.media, strict=True):
        assert (file.state, file.kind, file.source["ref"]) == ("p", ref.kind, ref.ref)
        assert (file.mime, file.name or "", file.size) == (ref.mime[:80], ref.name, ref.size)
        job = Job.objects.get(kind=FETCH_MEDIA, payload={"attachment": str(file.pk)})
        if ref.content is not None:
            fetch_attachment(job.payload)
            file.refresh_from_db()
            assert file.state in (Attachment.State.READY, Attachment.State.REFUSED), file.error_code


def a_batch_keeps_its_order(line: Line) -> None:
    body, ids = line.kit.batch
    if ids:
        channel = line.channel()
        line.says(channel, body)
        rows = Message.objects.filter(channel_id=channel.pk).order_by("seq")
        assert [message.external_id for message in rows] == ids


def what_comes_again_changes_nothing(line: Line) -> None:
    for body, _ in line.kit.said.values():
        channel, raw = line.channel(), line.raw(body)
        line.hear(channel, raw)
        before = _snapshot(channel)
        line.hear(channel, raw)
        line.hear(channel, line.another_call(raw), line.another_call(raw))
        assert _snapshot(channel) == before


def _snapshot(channel: Channel) -> list[Any]:
    messages = Message.objects.filter(channel_id=channel.pk)
    return [
        list(messages.order_by("id").values()),
        list(Attachment.objects.filter(message__in=messages).order_by("id").values()),
        list(Conversation.objects.filter(channel=channel).values()),
        Address.objects.count(),
        Job.objects.count(),
        OptOut.objects.count(),
    ]


def an_unknown_field_changes_nothing(line: Line) -> None:
    assert line.kit.with_unknown_field
    body, event = line.kit.with_unknown_field
    assert isinstance(event, Incoming)
    channel = line.channel()
    line.says(channel, body)
    _shows(only(channel), event)


# --- what cannot be shown or read ------------------------------------------------------------------------


def strange_things_bring_no_message_and_are_not_set_aside(line: Line) -> None:
    channel = line.channel()
    line.hear(channel, *(line.raw(body) for body in line.kit.strange))
    assert set(line.states(channel)) == {"DONE"}
    assert not Message.objects.filter(channel_id=channel.pk).exists()


def unusual_things_are_shown_as_what_they_are(line: Line) -> None:
    for body, events in line.kit.unsaid:
        said = [event for event in events if isinstance(event, Incoming)]
        if len(said) == len(events):
            channel = line.channel()
            line.says(channel, body)
            assert line.states(channel) == ["DONE"]
            for message, event in zip(_in_order(channel), said, strict=True):
                _shows(message, event)


def _in_order(channel: Channel) -> list[Message]:
    return list(Message.objects.filter(channel_id=channel.pk, direction=Direction.IN).order_by("seq"))


def a_piece_of_a_long_message_waits_for_the_others(line: Line) -> None:
    for body, events in line.kit.unsaid:
        if any(isinstance(event, Fragment) for event in events):
            channel, raw = line.channel(), line.raw(body)
            line.hear(channel, raw, line.another_call(raw))
            assert line.states(channel) == ["DONE", "DONE"]
            assert Piece.objects.filter(channel=channel).count() == len(events)
            assert not Message.objects.filter(channel_id=channel.pk).exists()


def what_cannot_be_read_is_set_aside_once_and_keeps_nothing_waiting(line: Line) -> None:
    for body in line.kit.malformed:
        channel = line.channel()
        line.hear(channel, line.torn(body), line.raw(line.a_text()))
        assert line.states(channel) == ["QUARANTINED", "DONE"], body[:40]
        aside = Delivery.objects.get(channel=channel, state=Delivery.State.QUARANTINED)
        assert (aside.attempts, aside.error) == (1, "Malformed")
        only(channel)


# --- what was done to it ---------------------------------------------------------------------------------


def changes_find_their_message_and_no_other(line: Line) -> None:
    for body, events in line.kit.unsaid:
        for event in events:
            if isinstance(event, Reaction | Edit | Deletion):
                channel = line.channel()
                target, bystander = _two(line, channel, event.target)
                untouched = Message.objects.values().get(pk=bystander.pk)
                line.says(channel, body)
                assert set(line.states(channel)) == {"DONE"}
                target.refresh_from_db()
                assert _as_told(target, event), event
                assert Message.objects.values().get(pk=bystander.pk) == untouched


def _two(line: Line, channel: Channel, target: str) -> tuple[Message, Message]:
    """The one that is spoken of, and a later one beside it."""
    raw = line.raw(line.a_text())
    line.hear(channel, raw)
    first = rename(only(channel), target)
    first.reaction = "?"
    first.save()
    line.hear(channel, line.another_call(raw))
    found = _in_order(channel)
    if len(found) == 1:  # the text already has the name that is spoken of
        rename(first, "first")
        line.hear(channel, line.another_call(raw))
        found = _in_order(channel)
        rename(found[1], "second")
        rename(first, target)
    return first, found[1]


def _as_told(message: Message, event: Reaction | Edit | Deletion) -> bool:
    match event:
        case Reaction():
            return message.reaction == event.emoji
        case Edit():
            return message.text == event.text and message.edited_at is not None
        case Deletion():
            return message.text == "" and message.deleted_at is not None


def who_wants_no_more_messages_is_known_to(line: Line) -> None:
    for body in line.kit.stops:
        channel = line.channel()
        _has_read_ours(line, channel, body)
        line.says(channel, body)
        assert OptOut.objects.filter(channel_id=channel.pk).count() == 1, body
    for body, events in line.kit.unsaid:
        wishes = [event for event in events if isinstance(event, Preference)]
        if wishes:
            _is_heard(line, body, wishes[-1])


def _has_read_ours(line: Line, channel: Channel, body: bytes) -> None:
    """A complaint that names a message counts only from whom it was sent to."""
    for event in line.events(channel, line.raw(body)):
        if isinstance(event, Preference) and event.message:
            known = resolve([_arrival(line, event.senders)])[0]
            conversation = Conversation.objects.create(
                centre=line.centre, channel=channel, person_id=known.person_id, address_id=known.id
            )
            Message.objects.filter(pk=event.message).delete()  # of the complaint before
            Message.objects.create(
                pk=event.message,
                centre_id=line.centre.pk,
                conversation=conversation,
                channel_id=channel.pk,
                key_id=known.person_id,
                seq=1,
                at=now(),
                direction=Direction.OUT,
                state=MessageState.SENT,
            )


def _is_heard(line: Line, body: bytes, wish: Preference) -> None:
    channel = line.channel()
    _has_read_ours(line, channel, body)
    known = resolve([_arrival(line, wish.senders)])[0]
    if not wish.opted_out:
        people.opt_out(address_id=known.id, channel_id=channel.pk, source="provider")
    line.says(channel, body)
    stopped = OptOut.objects.filter(channel_id=channel.pk, address=known.id).exists()
    assert stopped is wish.opted_out


def _arrival(line: Line, senders: tuple[Sender, ...]) -> Arrival:
    return Arrival(line.centre.pk, tuple((sender.scheme.value, sender.value) for sender in senders))


def a_new_address_is_the_same_person(line: Line) -> None:
    for body, events in line.kit.unsaid:
        for event in events:
            if isinstance(event, AddressChange):
                known = resolve([_arrival(line, event.old)])[0]
                line.says(line.channel(), body)
                moved = resolve([_arrival(line, event.new)])[0]
                assert (moved.person_id, moved.id == known.id) == (known.person_id, False)


# --- what became of ours ---------------------------------------------------------------------------------


def receipts_in_any_order_end_in_the_highest(line: Line) -> None:
    if not line.kit.receipts:
        return
    channel = line.channel()
    message = _sent(line, channel)
    told = {status: line.receipt(channel, status, message.pk) for status in line.kit.receipts}
    for order in permutations(told):
        for status in order:
            raw, event = told[status]
            if not isinstance(event, Receipt):
                Message.objects.filter(pk=message.pk).update(sent_at=event.until)
            elif not event.message:
                rename(message, event.external_id)
            line.hear(channel, line.another_call(raw))
        message.refresh_from_db()
        assert message.state == _highest([STATE_OF[status] for status in order]), order
        _as_just_sent(message)


def _sent(line: Line, channel: Channel) -> Message:
    message = line.queued(channel)
    assert outbound.send(message.pk)
    message.refresh_from_db()
    assert message.state == MessageState.SENT, message.error_code
    assert message.external_id
    return message


def _as_just_sent(message: Message) -> None:
    message.state, message.error_code = MessageState.SENT, ""
    message.delivered_at = message.read_at = None
    message.save()


def _highest(states: list[MessageState]) -> MessageState:
    return max([MessageState.SENT, *states], key=lambda state: RANK[state])


def a_receipt_that_overtakes_the_answer_counts(line: Line) -> None:
    for status in line.kit.receipts:
        channel = line.channel()
        message = line.queued(channel)
        raw, event = line.receipt(channel, status, message.pk)
        if isinstance(event, Receipt):
            line.answers_with(event.external_id)
            with _overtaken(lambda: line.hear(channel, raw)):  # noqa: B023 called within the loop's turn
                outbound.send(message.pk)
            message.refresh_from_db()
            assert message.state == STATE_OF[status], status
            assert message.external_id
            assert not ParkedReceipt.objects.filter(channel_id=channel.pk).exists()


class _overtaken:  # noqa: N801 reads as a word of the sentence
    """Runs something when the provider has taken the message and its answer is not written down yet."""

    def __init__(self, happens: Callable[[], None]) -> None:
        self._happens, self._patch = happens, pytest.MonkeyPatch()

    def __enter__(self) -> None:
        write = outbound._write_down_surely

        def late(message: Message, answer: outbound.Answer) -> None:
            self._happens()
            write(message, answer)

        self._patch.setattr(outbound, "_write_down_surely", late)

    def __exit__(self, *_: object) -> None:
        self._patch.undo()


def a_receipt_that_passed_the_answer_unseen_is_found_later(line: Line) -> None:
    """Each in a transaction that did not see the other: the receipt waits and is looked at again."""
    for status in line.kit.receipts:
        channel = line.channel()
        message = line.queued(channel)
        raw, event = line.receipt(channel, status, message.pk)
        if isinstance(event, Receipt) and not event.message:
            line.hear(channel, raw)
            assert ParkedReceipt.objects.filter(channel_id=channel.pk).count() == 1
            rename(message, event.external_id)
            Message.objects.filter(pk=message.pk).update(state=MessageState.SENT)
            assert receipts.match_parked() == 1
            message.refresh_from_db()
            assert message.state == STATE_OF[status]


CHECKS: tuple[Check, ...] = (
    every_kind_becomes_one_message,
    a_batch_keeps_its_order,
    what_comes_again_changes_nothing,
    an_unknown_field_changes_nothing,
    strange_things_bring_no_message_and_are_not_set_aside,
    unusual_things_are_shown_as_what_they_are,
    a_piece_of_a_long_message_waits_for_the_others,
    what_cannot_be_read_is_set_aside_once_and_keeps_nothing_waiting,
    changes_find_their_message_and_no_other,
    who_wants_no_more_messages_is_known_to,
    a_new_address_is_the_same_person,
    receipts_in_any_order_end_in_the_highest,
    a_receipt_that_overtakes_the_answer_counts,
    a_receipt_that_passed_the_answer_unseen_is_found_later,
)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("kit", KITS, ids=lambda kit: kit.label)
def test_through_the_whole_pipeline_it_holds_that(kit: Kit, check: Check) -> None:
    with line_of(kit) as line:
        check(line)


# --- through the front door ------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kit", KITS, ids=lambda kit: kit.label)
def test_at_the_door_good_calls_are_answered_as_the_company_wants_and_forged_ones_refused(
    kit: Kit, settings: Any
) -> None:
    settings.PUBLIC_URL = "https://help.example"
    with line_of(kit) as line:
        channel = line.channel()
        good = kit.hook(kit.config, line.a_text())
        forged = proof_of(kit, good).with_word("forged")
        odd = [line.whole(body) for body in (*kit.strange, *kit.malformed, *(body for body, _ in kit.unsaid))]
        answers = knock(channel, [good, forged, *odd])
        assert answers[:2] == [_own_answer(line, channel, good) if kit.called else (401, b""), (401, b"")]
        assert max(status for status, _ in answers) < 500
        line.hear(channel)
        assert Message.objects.filter(channel_id=channel.pk).exists() is kit.called
        readable = [state for state in line.states(channel) if state != "QUARANTINED"]
        assert "DONE" in readable or not kit.called


def _own_answer(line: Line, channel: Channel, request: HookRequest) -> tuple[int, bytes]:
    provider = provider_of(channel)
    answer = provider.answer(request) if isinstance(provider, AnswersHooks) else provider.accepted
    assert answer.status < 300
    return answer.status, answer.body


def knock(channel: Channel, requests: list[HookRequest]) -> list[tuple[int, bytes]]:
    """One after the other, through the ASGI application that stands before everything."""

    async def all_of_them() -> list[tuple[int, bytes]]:
        intake = Intake()
        await intake.start()
        try:
            return [await _knock(intake, channel, request) for request in requests]
        finally:
            own = lambda: connection.close()  # noqa: E731, PLW0108 each thread has another connection
            await asyncio.get_running_loop().run_in_executor(intake._pool, own)
            await asyncio.to_thread(intake.stop)

    return asyncio.run(all_of_them())


async def _knock(intake: Intake, channel: Channel, request: HookRequest) -> tuple[int, bytes]:
    """The kits sign an address of their own, so that is what the provider is shown."""
    parts = urlsplit(request.url)
    scope = {
        "type": "http",
        "method": request.method,
        "path": f"/hooks/{channel.provider}/{channel.pk}",
        "raw_path": parts.path.encode(),
        "query_string": parts.query.encode(),
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in request.headers.items()],
    }
    answers: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": request.body, "more_body": False}

    async def send(event: Any) -> None:
        answers.append(event)

    await intake(scope, receive, send)
    return answers[0]["status"], answers[1]["body"]


# --- planted faults --------------------------------------------------------------------------------------


def _kit(label: str) -> Kit:
    return next(kit for kit in KITS if kit.label == label)


def _is_caught(label: str, check: Check) -> None:
    inbound._provider.cache_clear()
    with line_of(_kit(label)) as line, pytest.raises((AssertionError, Message.MultipleObjectsReturned)):
        check(line)
    inbound._provider.cache_clear()


class NewIdEachTime(Simulator):
    def parse(self, body: bytes, headers: Mapping[str, str], received_at: datetime) -> list[Event]:
        found = super().parse(body, headers, received_at)
        return [replace(one, external_id=uuid4().hex) if isinstance(one, Incoming) else one for one in found]


class Strict(Simulator):
    def parse(self, body: bytes, headers: Mapping[str, str], received_at: datetime) -> list[Event]:
        found = super().parse(body, headers, received_at)
        if any(isinstance(one, Unknown) for one in found):
            raise Malformed
        return found


@pytest.mark.parametrize(
    ("fault", "check"),
    [
        (NewIdEachTime, what_comes_again_changes_nothing),
        (Strict, strange_things_bring_no_message_and_are_not_set_aside),
    ],
)
def test_a_provider_at_fault_is_caught(
    fault: type[Simulator], check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(registry.PROVIDERS, "simulator", fault)
    _is_caught("simulator", check)


@pytest.mark.parametrize(
    ("where", "name", "instead", "label", "check"),
    [
        (outbound, "unpark", lambda *_: None, "viber", a_receipt_that_overtakes_the_answer_counts),
        (
            receipts,
            "_parked_for",
            lambda _: ParkedReceipt.objects.none(),
            "viber",
            a_receipt_that_passed_the_answer_unseen_is_found_later,
        ),
        (
            receipts,
            "RECEIPT_FROM",
            dict.fromkeys(RECEIPT_FROM, tuple(RANK)),
            "simulator",
            receipts_in_any_order_end_in_the_highest,
        ),
        (alterations, "_edit", lambda *_: [], "simulator", changes_find_their_message_and_no_other),
        (
            alterations,
            "_target",
            lambda *_: Message.objects.order_by("-seq").first(),
            "simulator",
            changes_find_their_message_and_no_other,
        ),
        (people, "opt_out", lambda **_: False, "telegram", who_wants_no_more_messages_is_known_to),
    ],
)
def test_a_pipeline_at_fault_is_caught(
    where: Any, name: str, instead: Any, label: str, check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(where, name, instead)
    _is_caught(label, check)
