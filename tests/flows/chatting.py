"""A centre whose web chat begins with a flow, and a person who writes to it."""

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from aidline.centres.models import Centre
from aidline.channels.models import Channel
from aidline.config.duties import AFTER_DEATH, JOBS
from aidline.conversations.models import Conversation, Message
from aidline.conversations.states import Direction
from aidline.flows.models import Flow, Run, Version
from aidline.flows.services import create_flow, set_entrance
from aidline.gateway import inbound, receive
from aidline.jobs.work import run_due
from aidline.portal import wire
from factories import make_centre, make_channel

FLOW = """
flow: welcome
title: Welcome
languages: [en, ar, fr]
media: [chat, sms]
start: language
danger: danger
nodes:
  language:
    kind: menu
    keeps: language
    text: {en: Choose a language., ar: اختر لغة., fr: Choisissez une langue.}
    choices:
      - {id: en, to: about}
      - {id: ar, to: about}
      - {id: fr, to: about}
    otherwise: person
  about:
    kind: menu
    text: {en: What is it about?, ar: ما الموضوع؟, fr: De quoi s'agit-il ?}
    choices:
      - {id: clinic, to: topic, text: {en: The clinic, ar: العيادة, fr: La clinique}}
      - {id: paper, to: name, text: {en: My papers, ar: أوراقي, fr: Mes papiers}}
      - {id: other, to: person, text: {en: Somebody to talk to, ar: شخص, fr: Parler à quelqu'un}}
    otherwise: person
  topic:
    kind: topic
    code: health
    to: told
  told:
    kind: message
    text: {en: The clinic is open until 5., ar: العيادة مفتوحة حتى الخامسة., fr: La clinique est ouverte.}
    to: bye
  name:
    kind: ask
    wants: photo
    keeps: paper
    text: {en: Send us a photo of it., ar: أرسل صورة., fr: Envoyez une photo.}
    to: person
    otherwise: person
  bye:
    kind: end
    text: {en: Goodbye., ar: مع السلامة., fr: Au revoir.}
  person:
    kind: hand_over
    skill: papers
    text: {en: Somebody will answer you here., ar: سيجيبك شخص هنا., fr: Quelqu'un va vous répondre.}
  danger:
    kind: hand_over
    risk: high
    text: {en: We are getting somebody now., ar: نحضر شخصا الآن., fr: Nous cherchons quelqu'un.}
"""


def make_flow(centre: Centre, source: str = FLOW, slug: str = "welcome", **more: Any) -> Flow:
    """Published as it is, without being looked at."""
    flow = create_flow(by=None, centre=centre, slug=slug, title="Welcome", draft=source, **more)
    version = Version.objects.create(flow=flow, number=1, source=source)
    Flow.objects.filter(pk=flow.pk).update(published=version)
    flow.refresh_from_db()
    return flow


def make_door(source: str = FLOW, provider: str = "webchat", **more: Any) -> Channel:
    centre = make_centre(**{"asks_language": False, **more})
    channel = make_channel(centre, provider, "Web chat")
    set_entrance(by=None, channel=channel, messages=make_flow(centre, source), calls=None)
    return channel


def take_in() -> None:
    while inbound.drain():
        pass


def work() -> None:
    take_in()
    while run_due(JOBS, AFTER_DEATH):
        pass


@dataclass
class Visitor:
    """Somebody at the web chat. `says` and `picks` wait for the answer, `writes` does not."""

    channel: Channel
    name: str = field(default_factory=lambda: uuid4().hex)

    def writes(self, text: str = "", **more: Any) -> None:
        body = wire.message(
            client_id=uuid4(),
            visitor=self.name,
            text=text,
            language="",
            **{"upload": None, "contact": {}, **more},
        )
        receive.store(self.channel, body)

    def says(self, text: str, **more: Any) -> list[str]:
        before = len(self.read())
        self.writes(text, **more)
        work()
        return self.read()[before:]

    def picks(self, number: int) -> list[str]:
        """A button of the last question."""
        question = self.ours().filter(kind="choice").order_by("-seq")[0]
        return self.says("", choice=question.extra["choices"][number - 1])

    def read(self) -> list[str]:
        return [message.text for message in self.ours().order_by("seq")]

    def ours(self) -> Any:
        return Message.objects.filter(conversation__in=self.talks(), direction=Direction.OUT)

    def talks(self) -> list[Conversation]:
        return [
            talk for talk in Conversation.objects.order_by("opened_at") if talk.address.value == self.name
        ]

    @property
    def talk(self) -> Conversation:
        return self.talks()[-1]

    @property
    def run(self) -> Run:
        return Run.objects.filter(conversation__in=self.talks()).order_by("-began_at")[0]
