"""The pages of a broadcast: from an empty list to a report, by two members and without a script."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse

from aidline.centres.models import Staff
from aidline.centres.services import add_member
from aidline.centres.states import Role
from aidline.conversations.models import Message
from aidline.outreach.models import Broadcast, Recipient
from aidline.outreach.plan import Words, read
from aidline.outreach.states import BroadcastState
from aidline.people.models import Person
from factories import make_centre, make_staff
from local_server import LocalServer, serving
from outreach.stage import Stage, accepted, build, run_through

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def provider() -> Iterator[LocalServer]:
    with serving() as server:
        server.answer = accepted
        yield server


@pytest.fixture
def stage(provider: LocalServer) -> Stage:
    return build(base_url=provider.url)


def client(staff: Staff) -> Client:
    made = Client()
    made.force_login(staff)
    return made


def url(stage: Stage, name: str, broadcast: object = None) -> str:
    return reverse(f"outreach:{name}", args=[stage.centre.slug, *([broadcast.pk] if broadcast else [])])  # type: ignore[attr-defined]


def typed(stage: Stage, **more: object) -> dict[str, object]:
    return {
        "title": "Water",
        "channels": [str(stage.channel.pk)],
        "text_en": "Water on Friday. STOP ends these messages.",
        "text_ar": "",
        "pace": "0",
        "quiet_from": "00:00",
        "quiet_until": "00:00",
        **more,
    }


def page(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined,no-any-return]


def test_from_the_empty_list_to_the_report(stage: Stage, provider: LocalServer) -> None:
    stage.people(3)
    stage.people(1, agreed=False, first=50)
    author, approver = client(stage.author), client(stage.approver)
    assert "No broadcast yet" in page(author.get(url(stage, "index")))
    author.post(url(stage, "new"), typed(stage))
    broadcast = Broadcast.objects.get()
    seen = page(author.get(url(stage, "broadcast", broadcast)))
    assert "Water on Friday." in seen
    assert "has not agreed to get news" in seen

    author.post(url(stage, "submit", broadcast))
    assert "Somebody else has to approve" in page(author.get(url(stage, "broadcast", broadcast)))
    broadcast.refresh_from_db()
    approver.post(url(stage, "approve", broadcast), {"seen": broadcast.changed_at.isoformat()})
    author.post(url(stage, "start", broadcast))
    run_through()
    broadcast.refresh_from_db()
    assert broadcast.state == BroadcastState.FINISHED
    assert len(provider.seen) == 3
    report = page(author.get(url(stage, "report_csv", broadcast)))
    assert report.splitlines() == [
        "what,why,people",
        "sent,,3",
        "left_out,,1",
        "left_out,has not agreed to get news,1",
        "audience,,4",
    ]


def test_nobody_approves_their_own_words_not_even_after_a_colleagues_change(stage: Stage) -> None:
    broadcast = stage.write()
    client(stage.author).post(url(stage, "submit", broadcast))
    broadcast.refresh_from_db()
    seen = {"seen": broadcast.changed_at.isoformat()}
    client(stage.author).post(url(stage, "approve", broadcast), seen)
    broadcast.refresh_from_db()
    assert broadcast.state == BroadcastState.AWAITING
    client(stage.approver).post(url(stage, "edit", broadcast), typed(stage, title="Water again"))
    client(stage.author).post(url(stage, "submit", broadcast))
    broadcast.refresh_from_db()
    seen = {"seen": broadcast.changed_at.isoformat()}
    for staff in (stage.author, stage.approver):
        client(staff).post(url(stage, "approve", broadcast), seen)
    broadcast.refresh_from_db()
    assert (broadcast.state, broadcast.approved_by) == (BroadcastState.AWAITING, None)


def test_what_was_changed_after_it_was_read_is_not_approved(stage: Stage) -> None:
    broadcast = stage.write()
    before = broadcast.changed_at.isoformat()
    client(stage.author).post(url(stage, "edit", broadcast), typed(stage, text_en="Something else."))
    client(stage.author).post(url(stage, "submit", broadcast))
    answer = client(stage.approver).post(url(stage, "approve", broadcast), {"seen": before})
    assert answer.status_code == 422
    broadcast.refresh_from_db()
    assert broadcast.state == BroadcastState.AWAITING


def test_a_change_after_the_approval_takes_it_away(stage: Stage) -> None:
    broadcast = stage.approved()
    client(stage.author).post(url(stage, "edit", broadcast), typed(stage, text_en="Something else."))
    broadcast.refresh_from_db()
    assert (broadcast.state, broadcast.approved_by, broadcast.plan_hash) == (BroadcastState.DRAFT, None, "")
    client(stage.author).post(url(stage, "start", broadcast))
    assert not Recipient.objects.exists()


def test_it_is_given_back_with_a_reason_that_only_colleagues_read(stage: Stage) -> None:
    broadcast = stage.approved()
    client(stage.approver).post(url(stage, "return", broadcast), {"reason": "Which Friday?"})
    assert "Which Friday?" in page(client(stage.author).get(url(stage, "broadcast", broadcast)))
    broadcast.refresh_from_db()
    assert broadcast.state == BroadcastState.DRAFT
    assert b"Friday" not in bytes(broadcast.refusal_sealed or b"")


def test_what_cannot_be_sent_is_not_handed_in(stage: Stage) -> None:
    broadcast = stage.write(channels=(), words=())
    answer = client(stage.author).post(url(stage, "submit", broadcast))
    assert answer.status_code == 422
    assert "Choose at least one channel." in page(answer)


def test_the_preview_keeps_nothing_and_shows_each_language(stage: Stage) -> None:
    stage.people(2)
    stage.people(1, language="ar", first=20)
    stage.people(1, language="fr", first=30)
    answer = client(stage.author).post(url(stage, "preview"), typed(stage, text_ar="الماء يوم الجمعة"))
    seen = page(answer)
    assert "الماء يوم الجمعة" in seen
    assert "No text in their language: they get it in English." in seen
    assert not Broadcast.objects.exists()


def test_what_was_typed_comes_back_into_the_form(stage: Stage) -> None:
    client(stage.author).post(
        url(stage, "new"), typed(stage, filter_language=["ar"], pace="30", quiet_from="21:30")
    )
    broadcast = Broadcast.objects.get()
    plan = read(broadcast.title, broadcast.plan_json)
    assert plan.filters == {"language": ("ar",)}
    assert (plan.pace, plan.quiet_from, plan.channels) == (30, "21:30", (stage.channel.pk,))
    assert plan.words == (Words("en", text="Water on Friday. STOP ends these messages."),)
    client(stage.author).post(url(stage, "edit", broadcast), typed(stage, title="Water", pace="30"))
    seen = page(client(stage.author).get(url(stage, "edit", broadcast)))
    assert "Water on Friday. STOP ends these messages." in seen


def test_a_test_goes_to_the_address_typed_and_counts_nowhere(stage: Stage, provider: LocalServer) -> None:
    stage.people(1)
    broadcast = stage.write()
    data = {"channel": str(stage.channel.pk), "language": "en", "address": "+44 7700 900123"}
    client(stage.author).post(url(stage, "test", broadcast), data)
    run_through()
    assert len(provider.seen) == 1
    message = Message.objects.get()
    assert message.text == "[Test] Water will be back on Friday."
    assert (message.purpose, Recipient.objects.count()) == ("test", 0)
    wrong = client(stage.author).post(url(stage, "test", broadcast), {**data, "address": "my phone"})
    assert wrong.status_code == 422
    assert Person.objects.count() == 2


def test_words_are_copied_only_where_one_has_a_seat(stage: Stage) -> None:
    stage.people(1)
    second, third = make_centre("Velden", languages=["fr", "en"]), make_centre("Lindervaart")
    add_member(by=None, staff=stage.author, centre=second, role=Role.SUPERVISOR, languages=["fr"])
    broadcast = stage.approved()
    refused = client(stage.author).post(url(stage, "copy", broadcast), {"centres": [third.slug]})
    assert refused.status_code == 422
    client(stage.author).post(url(stage, "copy", broadcast), {"centres": [second.slug]})
    copied = Broadcast.objects.get(centre=second)
    plan = read(copied.title, copied.plan_json)
    assert (copied.state, plan.channels, plan.title) == (BroadcastState.DRAFT, (), "Water")
    assert copied.approved_by is None


def test_an_agent_writes_no_broadcasts_and_another_centre_sees_none(stage: Stage) -> None:
    broadcast = stage.write()
    agent, _ = make_staff(stage.centre, name="Noor Amari")
    elsewhere, _ = make_staff(make_centre("Velden", languages=["fr"]), Role.CENTRE_ADMIN, "Louis Petit")
    for staff in (agent, elsewhere):
        assert client(staff).get(url(stage, "broadcast", broadcast)).status_code == 404
        assert client(staff).get(url(stage, "index")).status_code == 404


def test_the_list_costs_the_same_for_one_and_for_many(stage: Stage) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def cost() -> int:
        with CaptureQueriesContext(connection) as seen:
            client_of_author.get(url(stage, "index"))
        return len(seen)

    client_of_author = client(stage.author)
    stage.write()
    cost()
    one = cost()
    for _ in range(3):
        stage.write()
    assert cost() == one


def test_stop_and_go_on_by_button(stage: Stage, provider: LocalServer) -> None:
    stage.people(3)
    broadcast = stage.started()
    from aidline.outreach.release import tend

    tend()
    answer = client(stage.approver).post(url(stage, "stop", broadcast), follow=True)
    assert "3 messages that waited were held back" in page(answer)
    run_through()
    assert provider.seen == []
    client(stage.approver).post(url(stage, "resume", broadcast))
    run_through()
    assert len(provider.seen) == 3
