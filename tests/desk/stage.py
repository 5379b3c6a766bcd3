"""What the tests of the desk play on."""

from dataclasses import dataclass
from uuid import uuid4

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from aidline.centres.models import Centre, Membership, Staff
from aidline.centres.states import Role
from aidline.channels.models import Channel
from aidline.conversations.models import Conversation
from factories import make_centre, make_channel, make_conversation, make_staff


@dataclass(frozen=True)
class Stage:
    centre: Centre
    channel: Channel
    agent: Staff
    member: Membership
    colleague: Staff
    colleague_member: Membership
    supervisor: Staff
    elsewhere: Staff
    talk: Conversation

    def client(self, staff: Staff | None = None, *, script: bool = False) -> Client:
        client = Client(headers={"HX-Request": "true"} if script else {})
        client.force_login(staff or self.agent)
        return client

    def url(self, name: str, *args: object) -> str:
        return reverse(f"desk:{name}", args=[self.centre.slug, *args])

    def reply(self, client: Client, text: str = "We are here.", **more: object) -> HttpResponse:
        data = {"text": text, "client_key": str(uuid4()), **more}
        return client.post(self.url("reply", self.talk.pk), data)


def build() -> Stage:
    centre = make_centre()
    channel = make_channel(centre)
    agent, member = make_staff(centre, name="Mira Kessler")
    colleague, colleague_member = make_staff(centre, name="Noor Amari")
    supervisor, _ = make_staff(centre, Role.SUPERVISOR, name="Tesfay Girma")
    elsewhere, _ = make_staff(make_centre("Velden", languages=["fr"]), name="Louis Petit")
    talk = make_conversation(channel, ["Is the clinic open today?"])
    return Stage(centre, channel, agent, member, colleague, colleague_member, supervisor, elsewhere, talk)
