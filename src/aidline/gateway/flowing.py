"""The flow of a call: the channel's own, or, where nobody has made one, language and then a person."""

from dataclasses import dataclass
from uuid import UUID

from aidline.calls.models import Call
from aidline.centres.models import Centre
from aidline.flows import engine
from aidline.flows.language import Choice, Flow, HandOver, Medium, Menu, Message, Node, Said, Words
from aidline.flows.queries import entrance, load
from aidline.flows.state import State, Turn
from aidline.flows.surroundings import Asker, Surroundings
from aidline.gateway.sites import Site

MOST_LANGUAGES = 8  # keys of a menu: 0 is a person, 9 repeats


@dataclass(frozen=True, slots=True)
class Running:
    """A flow and the world around it."""

    flow: Flow
    version: UUID | None
    world: Surroundings

    def begin(self, language: str, channel: str) -> Turn:
        return engine.begin(
            self.flow, medium=Medium.PHONE, language=language, world=self.world, channel=channel
        )

    def hear(self, state: State, said: Said) -> Turn:
        return engine.hear(self.flow, state, said, self.world)

    def left_queue(self, state: State) -> Turn:
        return engine.left_queue(self.flow, state, self.world)

    def leave_word(self, state: State) -> Turn:
        return engine.leave_word(self.flow, state, self.world)


def beginning(site: Site) -> Running:
    world = Surroundings(site.centre, site.channel.pk)
    found = entrance(site.channel.pk, "calls")
    if found:
        return Running(found[1], found[0], world)
    return Running(default_flow(site.centre), None, world)


def going_on(site: Site, call: Call) -> Running:
    """A call stays in the version it began in."""
    flow = load(call.version) if call.version else default_flow(site.centre)
    address = call.conversation.address_id
    asker = Asker(address, is_answered_there=False) if address else None
    return Running(flow, call.version, Surroundings(site.centre, site.channel.pk, asker))


def default_flow(centre: Centre) -> Flow:
    """The greeting in every language of the centre, which one, and a person."""
    languages = tuple(centre.languages[:MOST_LANGUAGES]) or (centre.default_language,)
    greeting: dict[str, str] = centre.texts.get("greeting", {})
    text = {code: Words(greeting[code]) for code in languages if greeting.get(code)}
    choices = tuple(Choice(id=code, text={}, to="person") for code in languages)
    first: Node = Message(name="first", text=text, to="person")
    if len(languages) > 1:
        first = Menu("first", text, choices, otherwise="person", keeps="language", tries=2)
    person = HandOver(name="person", text={})
    danger = HandOver(name="danger", text={}, risk="imminent", same_language=False)
    return Flow(
        slug="default",
        title="",
        languages=languages,
        media=(Medium.PHONE,),
        start="first",
        nodes={"first": first, "person": person, "danger": danger},
        danger="danger",
    )
