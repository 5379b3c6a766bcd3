"""A broadcast that cannot be read holds up no other."""

from datetime import timedelta

import pytest
from django.db import OperationalError

from aidline.conversations.models import Message
from aidline.kernel import clock
from aidline.kernel.clock import now
from aidline.outreach import release, services
from aidline.outreach.models import Broadcast
from aidline.outreach.services import approve_broadcast, submit_broadcast, write_broadcast
from aidline.outreach.states import BroadcastState
from outreach.stage import Stage, build

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def stage() -> Stage:
    stage = build()
    stage.people(3)
    return stage


def spoil(broadcast: Broadcast) -> None:
    Broadcast.objects.filter(pk=broadcast.pk).update(plan_sealed=b"nothing sealed")


def test_the_next_one_is_released(stage: Stage) -> None:
    first, second = stage.started(), stage.started()
    spoil(first)
    assert release.tend() == 3
    assert set(Message.objects.values_list("recipient__broadcast", flat=True)) == {second.pk}


def approved_for_later(stage: Stage) -> Broadcast:
    broadcast = write_broadcast(
        by=stage.author, centre=stage.centre, plan=stage.plan(), start_at=now() + timedelta(hours=1)
    )
    submit_broadcast(by=stage.author, broadcast=broadcast)
    approve_broadcast(by=stage.approver, broadcast=broadcast)
    return broadcast


def test_the_next_one_is_started(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = (approved_for_later(stage) for _ in range(2))
    start = services.start_broadcast

    def fails(*, by: None, broadcast: Broadcast) -> int:
        if broadcast.pk == first.pk:
            raise ValueError
        return start(by=by, broadcast=broadcast)

    monkeypatch.setattr(services, "start_broadcast", fails)
    with clock.starting_at(now() + timedelta(hours=2)):
        services.start_due()
    second.refresh_from_db()
    assert second.state == BroadcastState.RUNNING


def test_a_database_that_is_away_is_waited_for(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> int:
        raise OperationalError

    stage.started()
    monkeypatch.setattr(release, "_release_all", away)
    with pytest.raises(OperationalError):
        release.tend()
