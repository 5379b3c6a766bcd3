"""A centre that writes to people who agreed to it: an author, an approver, a channel, and its audience."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from aidline.centres.models import Centre, Staff
from aidline.centres.states import Role
from aidline.channels.models import Channel
from aidline.channels.services import create_channel
from aidline.conversations.models import Message
from aidline.conversations.states import MessageState
from aidline.gateway import outbound, unwanted
from aidline.outreach.models import Broadcast
from aidline.outreach.plan import Plan, Words
from aidline.outreach.release import tend
from aidline.outreach.services import (
    approve_broadcast,
    start_broadcast,
    submit_broadcast,
    write_broadcast,
)
from aidline.people.arrivals import Arrival, resolve
from aidline.people.consents import note_consents, write_wording
from aidline.people.models import Address, Person, Wording
from aidline.people.states import Purpose
from factories import CONFIGS, make_centre, make_channel, make_staff
from local_server import Answer, LocalServer, Seen

ALWAYS = {"quiet_from": "00:00", "quiet_until": "00:00"}


@dataclass
class Stage:
    centre: Centre
    channel: Channel
    author: Staff
    approver: Staff
    wording: Wording
    addresses: list[Address] = field(default_factory=list)

    def people(
        self, count: int, *, language: str = "en", agreed: bool = True, first: int = 1
    ) -> list[Address]:
        arrivals = [
            Arrival(self.centre.pk, (("phone", f"+3363998{number:04d}"),), language)
            for number in range(first, first + count)
        ]
        known = resolve(arrivals)
        if agreed:
            self.agree([one.id for one in known])
        return list(Address.objects.filter(pk__in=[one.id for one in known]).order_by("pk"))

    def agree(self, ids: Iterable[Any]) -> None:
        note_consents(by=None, wording=self.wording, address_ids=list(ids), language="en")

    def plan(self, **more: Any) -> Plan:
        usual: dict[str, Any] = {
            "title": "Water",
            "channels": (self.channel.pk,),
            "words": (Words("en", text="Water will be back on Friday."),),
            "pace": 0,
            **ALWAYS,
        }
        return Plan(**{**usual, **more})

    def write(self, **more: Any) -> Broadcast:
        return write_broadcast(by=self.author, centre=self.centre, plan=self.plan(**more))

    def approved(self, **more: Any) -> Broadcast:
        broadcast = self.write(**more)
        submit_broadcast(by=self.author, broadcast=broadcast)
        approve_broadcast(by=self.approver, broadcast=broadcast)
        return broadcast

    def started(self, **more: Any) -> Broadcast:
        broadcast = self.approved(**more)
        start_broadcast(by=self.author, broadcast=broadcast)
        return broadcast

    def person_of(self, address: Address) -> Person:
        return Person.objects.get(pk=address.person_id)


def build(provider: str = "simulator", base_url: str = "") -> Stage:
    centre = make_centre(default_language="en", undo_seconds=0)
    author, _ = make_staff(centre, Role.SUPERVISOR, "Mira Kessler")
    approver, _ = make_staff(centre, Role.SUPERVISOR, "Idris Vale")
    config = {**CONFIGS[provider], **({"base_url": base_url} if base_url else {})}
    channel = create_channel(by=None, centre=centre, provider=provider, name="News", config=config)
    wording = write_wording(
        by=author,
        centre=centre,
        purpose=Purpose.OUTREACH,
        texts={"en": "May we send you news?", "ar": "هل نرسل لك الأخبار؟"},
    )
    return Stage(centre, channel, author, approver, wording)


def accepted(seen: Seen) -> Answer:
    """As the practice provider answers."""
    number = json.loads(seen.body)["id"]
    return Answer(200, json.dumps({"id": f"sim-{number}"}).encode(), {"content-type": "application/json"})


def send_all() -> int:
    unwanted.refuse()
    return sum(outbound.send(pk) for pk in (*outbound.due(), *outbound.due_broadcasts()))


def run_through() -> int:
    """The worker's part, until nothing more happens."""
    sent = 0
    for _ in range(1000):
        released = tend()
        now_sent = send_all()
        sent += now_sent
        if not released and not now_sent:
            break
    return sent


def states() -> list[str]:
    return sorted(Message.objects.values_list("state", flat=True))


__all__ = [
    "LocalServer",
    "MessageState",
    "Stage",
    "accepted",
    "build",
    "make_channel",
    "run_through",
    "send_all",
]
