"""What the tests of web chat play on."""

import re
from dataclasses import dataclass
from uuid import uuid4

from django.http import HttpResponse
from django.test import Client

from aidline.centres.models import Centre, Membership, Staff
from aidline.centres.services import add_member, create_centre, create_organisation, create_staff
from aidline.centres.states import Role
from aidline.channels.models import Channel, Delivery
from aidline.conversations.models import Conversation, Message
from aidline.conversations.sending import send_reply
from aidline.conversations.states import MessageState
from aidline.gateway import inbound, outbound

PAGE = "/chat/port-merin/"
GREETING = {"fr": "Bonjour. Écrivez-nous.", "ar": "مرحبا. اكتبوا لنا.", "en": "Hello. Write to us."}


@dataclass(frozen=True)
class Stage:
    centre: Centre
    channel: Channel
    agent: Staff
    membership: Membership

    def work(self) -> None:
        """What the worker does with what was stored."""
        while inbound.drain():
            pass

    def conversation(self) -> Conversation:
        return Conversation.objects.get(channel=self.channel)

    def answer(self, text: str) -> Message:
        """An agent's reply, sent at once."""
        Centre.objects.filter(pk=self.centre.pk).update(undo_seconds=0)
        (message,) = send_reply(by=self.agent, conversation=self.conversation(), text=text)
        assert outbound.send(message.pk)
        message.refresh_from_db()
        assert message.state == MessageState.SENT
        return message


def build() -> Stage:
    centre = create_centre(
        by=None,
        organisation=create_organisation(name="Harbour Aid Network"),
        name="Port Merin",
        languages=["fr", "ar", "en", "ti"],
        time_zone="Europe/Paris",
        region="FR",
        texts={"greeting": GREETING},
        quick_exit_url="https://weather.example/",
    )
    staff = create_staff(organisation=centre.organisation, email="mira@example.org", name="Mira Kessler")
    member = add_member(by=None, staff=staff, centre=centre, role=Role.AGENT, languages=["fr", "ar"])
    channel = Channel(centre=centre, provider="webchat", name="Web chat")
    channel.config = {"secret": "not a secret", "origins": "https://www.harbour.example"}
    channel.save()
    return Stage(centre, channel, staff, member)


def token(page: HttpResponse) -> str:
    found = re.search(r'name="token" value="(\w+)"', page.content.decode())
    assert found
    return found.group(1)


def write(client: Client, text: str = "", **more: object) -> HttpResponse:
    """Opens the page and sends its form, as a browser without JavaScript does."""
    page = client.get(PAGE)
    return post(client, token=token(page), text=text, **more)


def post(client: Client, **fields: object) -> HttpResponse:
    headers = {"Accept": "application/json"} if fields.pop("json", False) else {}
    return client.post(PAGE + "say", {"id": str(uuid4()), **fields}, headers=headers)


def stored() -> int:
    return Delivery.objects.count()
