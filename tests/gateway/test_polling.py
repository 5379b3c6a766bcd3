"""Mailboxes are looked into: everything that lies there becomes a message, once, whatever goes wrong between."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from aidline.centres.models import Centre
from aidline.channels.contract import Polled, RetryLater, Scheme
from aidline.channels.models import Channel, Delivery
from aidline.channels.providers.email import Email
from aidline.channels.services import change_channel, create_channel
from aidline.channels.wire.mail_events import message_id
from aidline.conversations.models import Message
from aidline.conversations.states import Direction, MessageState
from aidline.conversations.timeline import append
from aidline.gateway import inbound, outbound, polling
from aidline.gateway.lines import provider_of
from aidline.gateway.subjects import thread_of
from aidline.jobs.models import Job
from aidline.kernel.clock import now
from aidline.simulator import mailbox, mailroom, office
from aidline.simulator.lines import News
from aidline.simulator.lookalikes.shapes import Taken
from aidline.simulator.mailhouse.serving import opened
from aidline.simulator.wire import mail as letters
from factories import CONFIGS, make_centre, make_staff
from payloads.email import mail, plain

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def centre() -> Centre:
    return make_centre()


@pytest.fixture
def channel(centre: Centre) -> Iterator[Channel]:
    """A channel of the practice mail house, both of whose doors are open."""
    doors = mailroom.open_doors(0, 0)
    ports = {"smtp_port": str(doors[0].port), "imap_port": str(doors[1].port)}
    user = {"smtp_user": "help@aid.example.org", "imap_password": CONFIGS["email"]["smtp_password"]}
    config = {**CONFIGS["email"], **ports, **user}
    with opened(*doors):
        yield create_channel(by=None, centre=centre, provider="email", name="Mail", config=config)


def look(channel: Channel) -> None:
    polling.poll({"channel": str(channel.pk)})
    while inbound.drain():
        pass
    channel.refresh_from_db()


def texts() -> list[str]:
    return [message.text for message in Message.objects.order_by("seq")]


def put(channel: Channel, count: int, first: int = 0) -> None:
    for at in range(first, first + count):
        mailbox.put(channel.pk, plain(f"mail {at}", Message_ID=f"<m-{at}@example.net>"))


def test_everything_in_the_mailbox_becomes_a_message_once(channel: Channel) -> None:
    put(channel, 45)
    look(channel)
    look(channel)
    assert texts() == [f"mail {at}" for at in range(45)]
    put(channel, 1, first=45)
    look(channel)
    assert len(texts()) == 46
    assert channel.poll_cursor.startswith("1:46:")


def test_a_mailbox_that_was_moved_loses_and_doubles_nothing(
    channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(channel, 3)
    look(channel)
    put(channel, 2, first=3)
    monkeypatch.setattr(mailbox, "VALIDITY", 7)
    look(channel)
    assert sorted(texts()) == [f"mail {at}" for at in range(5)]
    assert channel.poll_cursor.startswith("7:5:")


def test_a_crash_between_looking_and_storing_only_means_looking_again(
    channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(channel, 3)
    with monkeypatch.context() as patch:
        patch.setattr(polling, "store", _crash)
        with pytest.raises(ZeroDivisionError):
            look(channel)
    channel.refresh_from_db()
    assert (channel.poll_cursor, Delivery.objects.count()) == ("", 0)
    look(channel)
    assert len(texts()) == 3


def _crash(_deliveries: object) -> None:
    raise ZeroDivisionError


def test_two_lookers_at_once_bring_one_message(channel: Channel) -> None:
    put(channel, 2)
    again = Channel.objects.get(pk=channel.pk)
    for looker in (channel, again):
        provider = provider_of(looker)
        assert isinstance(provider, Email)
        polling._read_on(looker, provider)
    look(channel)
    assert len(texts()) == 2


def test_old_mail_stays_out_for_good_at_the_first_look(channel: Channel) -> None:
    with time_machine.travel(now() - timedelta(days=9), tick=False):
        put(channel, 3)
    look(channel)
    put(channel, 1, first=3)
    look(channel)
    assert texts() == ["mail 3"]


def test_a_look_is_asked_for_once_and_again_only_when_it_is_due(channel: Channel) -> None:
    create_channel(by=None, centre=channel.centre, provider="webchat", name="Chat", config={})
    polling.poll_due()
    polling.poll_due()
    assert [job.payload for job in Job.objects.filter(kind=polling.POLL)] == [{"channel": str(channel.pk)}]
    Job.objects.all().delete()
    look(channel)
    polling.poll_due()
    assert not Job.objects.exists()
    with time_machine.travel(now() + timedelta(seconds=60)):
        polling.poll_due()
        assert Job.objects.count() == 1


def test_outside_of_practice_a_mailbox_has_its_rest(channel: Channel, settings: Any) -> None:
    settings.PRACTICE = False
    settings.PRIVATE_HOSTS = frozenset({f"127.0.0.1:{channel.config['imap_port']}"})
    look(channel)
    assert channel.poll_next_at is not None
    assert channel.poll_error == ""
    assert 20 < (channel.poll_next_at - now()).total_seconds() < 26


def test_a_mailbox_brought_by_a_service_is_never_looked_into(channel: Channel) -> None:
    channel.config = {**channel.config, "incoming": "postmark", "word": "a word"}
    channel.save()
    polling.poll_due()
    assert not Job.objects.exists()


def test_a_wrong_password_shows_on_the_channel_and_stops_nothing_else(channel: Channel) -> None:
    put(channel, 1)
    channel.config = {**channel.config, "imap_password": "wrong"}
    channel.save()
    look(channel)
    assert (channel.poll_error, channel.poll_failures, channel.open_until) == ("imap-login", 1, None)
    assert channel.poll_words == "[AUTHENTICATIONFAILED] wrong user or password"
    assert channel.poll_next_at is not None
    assert channel.poll_next_at > now() + timedelta(minutes=4)
    channel.config = {**channel.config, "imap_password": channel.config["smtp_password"]}
    channel.save()
    look(channel)
    assert (channel.poll_error, channel.poll_failures, texts()) == ("", 0, ["mail 0"])


def test_who_corrects_the_settings_does_not_wait_and_another_user_is_another_mailbox(
    channel: Channel,
) -> None:
    put(channel, 2)
    look(channel)
    before = channel.poll_cursor
    staff, _ = make_staff(channel.centre)
    change_channel(by=staff, channel=channel, config={**channel.config, "imap_user": "HELP@aid.example.org"})
    channel.refresh_from_db()
    assert (channel.poll_next_at, channel.poll_cursor) == (None, before)
    look(channel)
    assert channel.poll_error == "imap-login"  # nobody is called so there
    change_channel(by=staff, channel=channel, config={**channel.config, "imap_user": ""})
    put(channel, 1, first=2)
    look(channel)
    assert len(texts()) == 3


def test_failures_in_a_row_are_looked_for_less_and_less_often(
    channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> Polled:
        raise RetryLater("unreachable", words="told ilham@example.net 5550123")

    monkeypatch.setattr(Email, "poll", fails)
    waits = []
    for _ in range(8):
        look(channel)
        assert channel.poll_next_at
        waits.append(round((channel.poll_next_at - now()).total_seconds()))
    assert waits[:3] == [30, 60, 120]
    assert waits[-1] == 600
    assert channel.poll_words == "told … …"


def test_a_closed_channel_is_not_looked_into(channel: Channel) -> None:
    put(channel, 1)
    Channel.objects.filter(pk=channel.pk).update(is_open=False)
    look(channel)
    assert texts() == []


def test_an_answer_carries_the_subject_and_the_ids_of_the_thread(channel: Channel) -> None:
    mailbox.put(channel.pk, mail(body="Hello", Subject="Heating", Message_ID="<one@example.net>"))
    mailbox.put(channel.pk, mail(body="Still there?", Subject="Re: Heating", Message_ID="<two@example.net>"))
    look(channel)
    answer = _answer(channel, "Yes")
    subject, ids = thread_of(answer, Scheme.EMAIL)
    assert (subject, [message_id(one) for one in ids]) == (
        "Re: Heating",
        ["one@example.net", "two@example.net"],
    )
    assert thread_of(answer, Scheme.PHONE) == ("", ())


def _answer(channel: Channel, text: str) -> Message:
    conversation = Message.objects.all()[0].conversation
    return append(
        conversation,
        direction=Direction.OUT,
        kind="text",
        state=MessageState.QUEUED,
        author=None,
        text=text,
        at=now(),
    )


def test_an_answer_goes_out_and_its_failure_comes_back(
    channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[Taken] = []
    monkeypatch.setattr(office.Office, "take", lambda _self, one: taken.append(one))
    mailbox.put(channel.pk, mail(body="Hello", Subject="Heating", Message_ID="<one@example.net>"))
    look(channel)
    message = _answer(channel, "Yes")
    Message.objects.filter(pk=message.pk).update(due_at=now(), channel_id=channel.pk)
    assert outbound.due() == [message.pk]
    outbound.send(message.pk)
    message.refresh_from_db()
    assert (message.state, message.external_id) == ("st", f"{message.pk}@aid.example.org")
    assert [(one.subject, one.text, one.reply_to) for one in taken] == [
        ("Re: Heating", "Yes", "one@example.net")
    ]
    news = News(message.external_id, "failed", now(), "ilham@example.net", code="5.1.1")
    mailbox.put(channel.pk, letters.bounced("help@aid.example.org", news).body)
    look(channel)
    message.refresh_from_db()
    assert (message.state, message.error_code) == ("fl", "5.1.1")


def test_two_mails_with_one_id_are_two_messages_and_the_same_mail_twice_is_one(
    channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the form of a web site sends them, or somebody who wants a mail to be taken for one that is known."""
    same = {"Message_ID": "<same@form.example.org>"}
    mailbox.put(channel.pk, plain("Thank you", **same))
    mailbox.put(channel.pk, plain("I am in danger", **same))
    mailbox.put(channel.pk, plain("I am in danger", **same, From="basim@example.com"))
    look(channel)
    monkeypatch.setattr(mailbox, "VALIDITY", 7)
    look(channel)
    assert sorted(texts()) == ["I am in danger", "I am in danger", "Thank you"]
