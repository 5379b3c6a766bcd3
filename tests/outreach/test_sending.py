"""From its start to its report: each who agreed gets it once, and every one of the audience is counted."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F

from aidline.channels.models import Channel
from aidline.conversations.models import Conversation, Message
from aidline.conversations.sending import send_again, send_reply
from aidline.conversations.services import merge_people
from aidline.conversations.states import MessageState
from aidline.gateway import inbound, outbound
from aidline.kernel.clock import now, starting_at
from aidline.outreach import release
from aidline.outreach.composing import Composer
from aidline.outreach.models import Broadcast, Recipient
from aidline.outreach.plan import Words, read
from aidline.outreach.release import Overtaken, tend
from aidline.outreach.report import report_of
from aidline.outreach.services import CannotSend, resume_broadcast, stop_broadcast
from aidline.outreach.states import BroadcastState, Why
from aidline.people.arrivals import Arrival, resolve
from aidline.people.models import Address, Person
from aidline.people.services import block, opt_out
from local_server import Answer, LocalServer, Seen, serving
from outreach.stage import Stage, accepted, build, make_channel, run_through, send_all

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def provider() -> Iterator[LocalServer]:
    with serving() as server:
        server.answer = accepted
        yield server


@pytest.fixture
def stage(provider: LocalServer) -> Stage:
    return build(base_url=provider.url)


def told(provider: LocalServer) -> Counter[str]:
    return Counter(json.loads(seen.body)["to"] for seen in provider.seen)


def counts(broadcast: Broadcast) -> dict[str, int]:
    broadcast.refresh_from_db()
    report = report_of(broadcast)
    assert report.total == report.audience == broadcast.audience
    return {fate.key: fate.count for fate in report.fates}


def test_everyone_who_agreed_gets_it_once_in_their_language(stage: Stage, provider: LocalServer) -> None:
    stage.people(3)
    stage.people(2, language="ar", first=10)
    stage.people(1, language="fr", first=20)
    words = (Words("en", text="Water on Friday."), Words("ar", text="الماء يوم الجمعة."))
    broadcast = stage.started(words=words)
    assert run_through() == 6
    assert set(told(provider).values()) == {1}
    texts = Counter(json.loads(seen.body)["text"] for seen in provider.seen)
    assert texts == {
        "Water on Friday.": 4,
        "الماء يوم الجمعة.": 2,
    }  # French has no words: the centre's language
    assert counts(broadcast) == {"sent": 6}
    assert broadcast.state == BroadcastState.FINISHED


def test_whoever_did_not_agree_or_said_stop_is_left_out_and_counted(
    stage: Stage, provider: LocalServer
) -> None:
    agreed, stopped, blocked = stage.people(3)
    stage.people(2, agreed=False, first=10)
    opt_out(address_id=stopped.pk, channel_id=stage.channel.pk, source="word")
    block(by=stage.author, person=stage.person_of(blocked), until=now() + timedelta(days=1), reason="abuse")
    broadcast = stage.started()
    run_through()
    assert told(provider) == {agreed.value: 1}
    assert counts(broadcast) == {"sent": 1, "left_out": 4}
    reasons = dict(report_of(broadcast).fates[-1].reasons)
    assert sorted(reasons.values()) == [1, 1, 2]


def test_a_stop_after_the_start_is_heard_before_the_release_and_before_the_call(
    stage: Stage, provider: LocalServer
) -> None:
    early, late, last = stage.people(3)
    broadcast = stage.started()
    opt_out(address_id=early.pk, channel_id=stage.channel.pk, source="word")
    tend()
    opt_out(address_id=late.pk, channel_id=stage.channel.pk, source="word")
    assert run_through() == 1
    assert told(provider) == {last.value: 1}
    assert counts(broadcast) == {"sent": 1, "opted_out": 1, "left_out": 1}


def test_who_is_blocked_after_the_start_gets_nothing(stage: Stage, provider: LocalServer) -> None:
    first, second, third = stage.people(3)
    broadcast = stage.started()
    block(by=stage.author, person=stage.person_of(first), until=now() + timedelta(days=1), reason="Threats")
    block(by=stage.author, person=stage.person_of(second), until=now() - timedelta(seconds=1), reason="Over")
    run_through()
    assert set(told(provider)) == {second.value, third.value}
    assert counts(broadcast) == {"sent": 2, "left_out": 1}
    assert Recipient.objects.get(address=first).why == Why.BLOCKED


def test_a_claim_asks_again_even_when_nobody_looked_before(stage: Stage, provider: LocalServer) -> None:
    (address,) = stage.people(1)
    stage.started()
    tend()
    (message,) = outbound.due_broadcasts()
    opt_out(address_id=address.pk, channel_id=stage.channel.pk, source="word")
    assert not outbound.send(message)
    assert provider.seen == []
    assert (Message.objects.get().state, Message.objects.get().error_code) == (
        MessageState.FAILED,
        "opted-out",
    )


def test_one_person_with_two_addresses_gets_it_where_they_last_wrote(
    stage: Stage, provider: LocalServer
) -> None:
    (first,) = stage.people(1)
    (other,) = resolve([Arrival(stage.centre.pk, (("phone", "+447700900155"),))])
    Address.objects.filter(pk=other.id).update(person=first.person_id)
    Person.objects.filter(pk=other.person_id).update(merged_into=first.person_id)
    stage.agree([other.id])
    for address, days in ((first.pk, 9), (other.id, 2)):
        Conversation.objects.create(
            centre=stage.centre,
            channel=stage.channel,
            person_id=first.person_id,
            address_id=address,
            last_at=now() - timedelta(days=days),
            state="c",
        )
    broadcast = stage.started()
    run_through()
    assert told(provider) == {"+447700900155": 1}
    assert counts(broadcast) == {"sent": 1}


def test_two_files_that_become_one_after_the_start_get_it_once(stage: Stage, provider: LocalServer) -> None:
    kept, gone = stage.people(2)
    broadcast = stage.started()
    merge_people(by=stage.author, kept=stage.person_of(kept), gone=stage.person_of(gone))
    run_through()
    assert told(provider) == {kept.value: 1}
    assert counts(broadcast) == {"sent": 1, "left_out": 1}


def test_a_second_release_of_the_same_people_writes_nothing(stage: Stage) -> None:
    stage.people(5)
    broadcast = stage.started()
    composer = Composer(broadcast.centre, read(broadcast.title, broadcast.plan_json))
    rows = release._next(broadcast, composer, now(), 100)
    assert release.release(broadcast, composer) == 5
    with pytest.raises(Overtaken), transaction.atomic():
        release._claim([row.id for row in rows], now())
    Recipient.objects.update(state="p", message=None)  # as if the rows had been forgotten
    Broadcast.objects.update(state=BroadcastState.RUNNING)
    with pytest.raises(IntegrityError):
        release.release(broadcast, composer)
    assert Message.objects.count() == 5


def test_a_crash_in_the_middle_of_a_release_leaves_no_trace(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.people(3)
    broadcast = stage.started()
    monkeypatch.setattr(release, "write_unasked", lambda **_: 1 / 0)
    assert tend() == 0
    monkeypatch.undo()
    assert counts(broadcast) == {"pending": 3}
    assert run_through() == 3
    assert counts(broadcast) == {"sent": 3}


def test_stopping_holds_back_what_waits_and_resuming_sends_each_the_rest(
    stage: Stage, provider: LocalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(release, "AT_ONCE", 4)
    stage.people(10)
    broadcast = stage.started(pace=240)
    tend()
    assert len(outbound.due_broadcasts()) == 4
    assert outbound.send(outbound.due_broadcasts()[0])
    assert stop_broadcast(by=stage.approver, broadcast=broadcast) == 3
    assert send_all() == 0
    assert tend() == 0
    assert counts(broadcast) == {"sent": 1, "held": 3, "pending": 6}

    resume_broadcast(by=stage.approver, broadcast=broadcast)
    with starting_at(now() + timedelta(hours=1)):
        for _ in range(4):
            Broadcast.objects.update(next_release_at=now())
            tend()
            while send_all():
                pass
        tend()
    assert set(told(provider).values()) == {1}
    assert counts(broadcast) == {"sent": 10}


def test_the_pace_is_kept_and_what_was_missed_is_not_made_up_for(stage: Stage) -> None:
    stage.people(100)
    begun = now()
    with starting_at(begun):
        stage.started(pace=120)
    released = []
    for second in range(10):
        with starting_at(begun + timedelta(seconds=second, milliseconds=500)):
            released.append(tend())
    assert released == [2] * 10
    with starting_at(begun + timedelta(hours=1)):
        assert sum(tend() for _ in range(30)) <= 12


def test_nothing_leaves_in_quiet_hours(stage: Stage) -> None:
    stage.people(1)
    stage.started(quiet_from="20:00", quiet_until="08:00")
    night = now().replace(hour=23, minute=0)  # in Beirut it is later still
    with starting_at(night):
        assert tend() == 0
    with starting_at(night + timedelta(hours=12)):
        assert tend() == 1


def test_a_reply_goes_first_and_waits_for_no_broadcast(stage: Stage, provider: LocalServer) -> None:
    stage.people(30)
    stage.started()
    tend()
    conversation = Conversation.objects.select_related("channel", "centre").order_by("pk")[29]
    (reply,) = send_reply(by=stage.author, conversation=conversation, text="We are here.")
    assert outbound.due() == [reply.pk]
    assert len(outbound.due_broadcasts()) == 30


def test_an_answer_comes_into_the_thread_of_the_broadcast_and_into_the_queue(stage: Stage) -> None:
    (address,) = stage.people(1)
    stage.started()
    run_through()
    thread = Conversation.objects.get()
    assert (thread.state, thread.waiting_since, thread.queued_since) == ("c", None, None)
    with starting_at(now() + timedelta(days=9)):
        answer(stage, address, "Where?")
    thread.refresh_from_db()
    assert thread.state == "o"
    assert thread.waiting_since
    assert thread.queued_since
    assert [m.text for m in thread.messages.order_by("seq")] == ["Water will be back on Friday.", "Where?"]


def test_in_a_live_conversation_who_waits_goes_on_waiting(stage: Stage) -> None:
    (address,) = stage.people(1)
    answer(stage, address, "I need help")
    before = Conversation.objects.get()
    stage.started()
    run_through()
    after = Conversation.objects.get()
    assert after.waiting_since == before.waiting_since
    assert after.last_message_id == before.last_message_id
    assert after.last_seq == before.last_seq + 1


def answer(stage: Stage, address: Address, text: str) -> None:
    from aidline.gateway.deliveries import Raw, seal, store
    from aidline.simulator.wire import plain

    secret = "a secret that is nobody's"
    post = plain.post(secret, plain.message(address.value, now(), id=f"in-{text}", text=text))
    raw = Raw(post.body, {"content-type": "application/json"})
    store([seal(channel_id=stage.channel.pk, centre_id=stage.centre.pk, raw=raw, at=now())])
    assert inbound.drain()


def test_a_failed_or_unknown_broadcast_is_never_sent_again_by_hand(
    stage: Stage, provider: LocalServer
) -> None:
    provider.answer = lambda seen: Answer(200, b"what?")
    stage.people(1)
    broadcast = stage.started()
    run_through()
    message = Message.objects.get()
    assert message.state == MessageState.UNKNOWN
    assert not send_again(by=stage.author, message=message)
    assert counts(broadcast) == {"unknown": 1}


def test_failures_are_counted_by_reason(stage: Stage, provider: LocalServer) -> None:
    def refuse(seen: Seen) -> Answer:
        bad = json.loads(seen.body)["to"].endswith("1")
        return Answer(400, b'{"code": "no-such-person"}') if bad else accepted(seen)

    provider.answer = refuse
    stage.people(12)
    broadcast = stage.started()
    run_through()
    assert counts(broadcast) == {"sent": 10, "failed": 2}
    (failed,) = (fate for fate in report_of(broadcast).fates if fate.key == "failed")
    assert failed.reasons == (("no-such-person", 2),)


def reasons(broadcast: Broadcast, key: str) -> tuple[tuple[str, int], ...]:
    return next(fate.reasons for fate in report_of(broadcast).fates if fate.key == key)


CLOSED = str(Why.CHANNEL.label)


def test_behind_a_closed_channel_people_wait_while_others_get_it(stage: Stage, provider: LocalServer) -> None:
    closed = make_channel(stage.centre, "simulator", "Closed")
    stage.people(4)
    broadcast = stage.started(channels=(stage.channel.pk, closed.pk), pace=60)
    Recipient.objects.filter(place__gt=2).update(channel=closed)
    Channel.objects.filter(pk=closed.pk).update(is_open=False)
    tend()
    send_all()
    assert counts(broadcast) == {"pending": 3, "sent": 1}
    assert reasons(broadcast, "pending") == ((CLOSED, 2),)
    assert broadcast.state == BroadcastState.RUNNING
    with starting_at(now() + timedelta(seconds=2)):
        run_through()
    assert counts(broadcast) == {"sent": 2, "left_out": 2}
    assert reasons(broadcast, "left_out") == ((CLOSED, 2),)
    assert broadcast.state == BroadcastState.FINISHED


def test_a_broadcast_whose_only_channel_is_closed_ends_and_says_why(
    stage: Stage, provider: LocalServer
) -> None:
    stage.people(3)
    broadcast = stage.started(pace=60)
    tend()
    assert counts(broadcast) == {"pending": 2, "leaving": 1}
    Channel.objects.update(is_open=False)
    with starting_at(now() + timedelta(seconds=2)):
        assert run_through() == 0
    assert counts(broadcast) == {"left_out": 3}
    assert reasons(broadcast, "left_out") == ((CLOSED, 3),)
    assert broadcast.state == BroadcastState.FINISHED
    Channel.objects.update(is_open=True)
    assert run_through() == 0
    assert provider.seen == []


def test_what_is_being_sent_when_its_channel_closes_is_waited_for(stage: Stage) -> None:
    stage.people(1)
    broadcast = stage.started()
    tend()
    assert outbound._claim(Message.objects.get().pk)
    Channel.objects.update(is_open=False)
    tend()
    assert counts(broadcast) == {"leaving": 1}
    assert broadcast.state == BroadcastState.RUNNING


def test_what_is_erased_meanwhile_is_still_counted(stage: Stage) -> None:
    stage.people(3)
    broadcast = stage.started()
    run_through()
    Person.objects.filter(pk=Person.objects.values("pk")[:1]).delete()
    assert counts(broadcast) == {"sent": 2, "gone": 1}


def test_the_message_has_the_id_of_its_recipient(stage: Stage) -> None:
    stage.people(4)
    stage.started()
    tend()
    assert Recipient.objects.filter(message_id=F("pk")).count() == 4


def test_nothing_else_can_be_started_in_its_place(stage: Stage) -> None:
    stage.people(1)
    broadcast = stage.approved()
    Broadcast.objects.filter(pk=broadcast.pk).update(plan_hash="another")
    broadcast.refresh_from_db()
    from aidline.outreach.services import start_broadcast

    with pytest.raises(CannotSend):
        start_broadcast(by=stage.author, broadcast=broadcast)
    assert not Recipient.objects.exists()
