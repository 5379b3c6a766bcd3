"""`inside`, and what a run with a broadcast asks besides: begin, stop, go on, somebody says STOP, how it stands."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from time import sleep
from typing import Any

from django.db import transaction
from django.db.models import Q
from tests.faults import inside

from aidline.centres.models import Centre, Staff
from aidline.centres.services import add_member, create_staff
from aidline.centres.states import Role
from aidline.channels.models import Channel
from aidline.conversations.models import Conversation
from aidline.conversations.states import MessageState
from aidline.kernel.clock import now
from aidline.outreach import services as outreach
from aidline.outreach.models import Broadcast, Recipient
from aidline.outreach.plan import Plan, Words
from aidline.outreach.report import report_of
from aidline.outreach.states import BroadcastState, RecipientState
from aidline.people.arrivals import Arrival, resolve
from aidline.people.consents import note_consents, write_wording
from aidline.people.models import Address
from aidline.people.services import opt_out
from aidline.people.states import Purpose

AT_ONCE = 2_000
STOPPED_SHARE = 50  # one in so many said STOP before
UNASKED_SHARE = 40  # one in so many never agreed


def begin(*, audience: int) -> dict[str, Any]:
    """So many people agreed, half of them known on Twilio; the broadcast is approved and running."""
    centre = Centre.objects.get()
    known = [one for start in range(0, audience, AT_ONCE) for one in _people(centre, start, audience)]
    by = _supervisor(centre, "author")
    wording = write_wording(
        by=by, centre=centre, purpose=Purpose.OUTREACH, texts={"en": "May we send you news?"}
    )
    asked = [one.id for place, one in enumerate(known) if place % UNASKED_SHARE]
    note_consents(by=by, wording=wording, address_ids=asked, language="en")
    channels = {channel.provider: channel for channel in Channel.objects.all()}
    _make_known(centre, channels["twilio"], known[1::2])
    for one in known[::STOPPED_SHARE]:
        for name in ("simulator", "twilio"):
            opt_out(address_id=one.id, channel_id=channels[name].pk, source="word")
    broadcast = _approved(centre, by, (channels["simulator"].pk, channels["twilio"].pk))
    size = outreach.start_broadcast(by=by, broadcast=broadcast)
    left_out = Recipient.objects.filter(state=RecipientState.LEFT_OUT)
    return {"audience": size, "never": [address.value for address in _addresses(left_out)]}


@transaction.atomic
def _people(centre: Centre, start: int, audience: int) -> list[Any]:
    numbers = range(start, min(start + AT_ONCE, audience))
    return resolve([Arrival(centre.pk, (("phone", f"+3363998{number:05d}"),), "en") for number in numbers])


def _supervisor(centre: Centre, name: str) -> Staff:
    staff = create_staff(organisation=centre.organisation, email=f"{name}@example.org", name=name.title())
    add_member(by=None, staff=staff, centre=centre, role=Role.SUPERVISOR, languages=["en"])
    return staff


def _make_known(centre: Centre, channel: Channel, people: list[Any]) -> None:
    """They wrote once, and it was finished."""
    at = now() - timedelta(days=30)
    Conversation.objects.bulk_create(
        Conversation(
            centre=centre,
            channel=channel,
            person_id=one.person_id,
            address_id=one.id,
            state="c",
            opened_at=at,
            last_at=at,
            last_in_at=at,
            closed_at=at,
        )
        for one in people
    )


def _approved(centre: Centre, by: Staff, channels: tuple[Any, ...]) -> Broadcast:
    quiet = {"quiet_from": "00:00", "quiet_until": "00:00"}
    plan = Plan(
        title="Water", channels=channels, words=(Words("en", text="Water is back."),), pace=0, **quiet
    )
    broadcast = outreach.write_broadcast(by=by, centre=centre, plan=plan)
    outreach.submit_broadcast(by=by, broadcast=broadcast)
    outreach.approve_broadcast(by=_supervisor(centre, "approver"), broadcast=broadcast)
    return broadcast


# --- meanwhile -------------------------------------------------------------------------------------------


def stop() -> int:
    if _broadcast().state != BroadcastState.RUNNING:
        return 0  # over already
    return outreach.stop_broadcast(
        by=Staff.objects.get(pk=_broadcast().started_by_id), broadcast=_broadcast()
    )


def go_on() -> None:
    if _broadcast().state == BroadcastState.STOPPED:
        outreach.resume_broadcast(by=Staff.objects.get(pk=_broadcast().started_by_id), broadcast=_broadcast())


def say_stop(*, count: int) -> list[str]:
    """Of those whose turn is still to come: whoever nobody has claimed by now may get nothing any more."""
    waiting = Q(state=RecipientState.PENDING) | Q(message__state=MessageState.QUEUED)
    chosen = list(Recipient.objects.filter(waiting).order_by("-place")[:count])
    for recipient in chosen:
        assert recipient.address_id
        opt_out(address_id=recipient.address_id, channel_id=recipient.channel_id, source="word")
    sleep(0.3)  # a claim that was on its way is written down
    still = waiting | Q(state=RecipientState.LEFT_OUT) | Q(message__state=MessageState.FAILED)
    rows = Recipient.objects.filter(still, pk__in=[row.pk for row in chosen])
    return [address.value for address in _addresses(rows)]


# --- looking ---------------------------------------------------------------------------------------------


def standing() -> dict[str, Any]:
    broadcast = _broadcast()
    report = report_of(broadcast)
    return {
        "state": broadcast.state,
        "audience": broadcast.audience,
        "rows": Recipient.objects.count(),
        "total": report.total,
        "fates": {fate.key: fate.count for fate in report.fates},
    }


def recipients() -> list[dict[str, Any]]:
    return list(_recipients())


def _recipients() -> Iterator[dict[str, Any]]:
    for row in Recipient.objects.select_related("address", "message"):
        yield {
            "id": str(row.pk),
            "address": row.address.value if row.address else "",
            "state": row.state,
            "message": row.message.state if row.message else "",
        }


def _broadcast() -> Broadcast:
    return Broadcast.objects.get()


def _addresses(rows: Any) -> list[Address]:
    return list(Address.objects.filter(pk__in=rows.values("address")))


MORE: dict[str, Callable[..., Any]] = {
    verb.__name__: verb for verb in (begin, stop, go_on, say_stop, standing, recipients)
}

if __name__ == "__main__":
    inside.VERBS |= MORE
    inside.main()
