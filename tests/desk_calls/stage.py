"""What the tests of calls on the desk play on."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.test import Client
from django.urls import reverse

from aidline.calls import connecting, legs, starting
from aidline.calls.models import Call, Offer
from aidline.calls.states import Doing, OfferKind
from aidline.calls.states import Stage as CallStage
from aidline.centres.models import Centre, Membership, Staff
from aidline.centres.states import Role
from aidline.channels.contract.voice import Part
from aidline.channels.models import Channel
from aidline.channels.services import create_channel, open_channel
from aidline.conversations.models import Conversation
from aidline.kernel.clock import now
from aidline.routing.services import phone_here, set_presence
from aidline.routing.states import PresenceState
from factories import CONFIGS, make_centre, make_conversation, make_staff

PHONE = {
    **CONFIGS["twilio"],
    "twiml_app_sid": "AP00000000000000000000000000000000",
    "api_key_sid": "SK00000000000000000000000000000000",
    "api_key_secret": "a secret that is nobody's",
}


@dataclass(frozen=True)
class Stage:
    centre: Centre
    line: Channel
    agent: Staff
    member: Membership
    colleague: Staff
    colleague_member: Membership
    supervisor: Staff
    elsewhere: Staff

    def client(self, staff: Staff | None = None, *, script: bool = False) -> Client:
        client = Client(headers={"HX-Request": "true"} if script else {})
        client.force_login(staff or self.agent)
        return client

    def url(self, name: str, *args: object) -> str:
        return reverse(f"calls:{name}", args=[self.centre.slug, *args])

    def caller(self, **more: Any) -> Call:
        """Somebody calls in Arabic and waits for an agent."""
        talk = make_conversation(self.line, [], language="ar", window=None, at=now() - timedelta(minutes=3))
        call = starting.new_call(
            conversation=talk,
            channel_id=self.line.pk,
            external_id=f"CA{talk.pk.hex}",
            at=now() - timedelta(minutes=3),
            language="ar",
        )
        call.stage, call.doing, call.wait_since = CallStage.QUEUED, Doing.QUEUE, call.began_at
        call.turn_at = now()
        call.wanted_language = "ar"
        for name, value in more.items():
            setattr(call, name, value)
        starting.keep(call)
        return call

    def ring(self, call: Call, member: Membership | None = None, kind: OfferKind = OfferKind.RING) -> Offer:
        return Offer.objects.create(
            call=call, membership=member or self.member, kind=kind, deadline=now() + timedelta(seconds=60)
        )

    def talking(self, member: Membership | None = None, **more: Any) -> Call:
        """A call in which an agent and the caller talk."""
        to = member or self.member
        offer = self.ring(self.caller(**more), to)
        taken = connecting.accept(by=to.staff, offer=offer)
        assert taken
        for leg in legs.live(taken[0]):
            legs.join(leg)
        return taken[0]


def build() -> Stage:
    centre = make_centre(region="GB")
    line = create_channel(by=None, centre=centre, provider="twilio", name="Phone line", config=PHONE)
    open_channel(by=None, channel=line)
    agent, member = make_staff(centre, name="Mira Kessler")
    colleague, colleague_member = make_staff(centre, name="Noor Amari")
    supervisor, _ = make_staff(centre, Role.SUPERVISOR, name="Tesfay Girma")
    elsewhere, _ = make_staff(make_centre("Velden", languages=["fr"]), name="Louis Petit")
    for one in (member, colleague_member):
        set_presence(membership=one, state=PresenceState.AVAILABLE)
        phone_here(membership=one, here=True)
    return Stage(centre, line, agent, member, colleague, colleague_member, supervisor, elsewhere)


def talk_of(call: Call) -> Conversation:
    return Conversation.objects.get(pk=call.conversation_id)


def parts_in(call: Call) -> set[str]:
    return {Part(leg.part).value for leg in legs.live(call)}
