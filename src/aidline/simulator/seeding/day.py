"""One day, lived through in order: people's turns as real webhooks, staff's through the services.

The clock stands at the moment of each turn, so that every time that is written is true by itself.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from aidline.centres.models import Membership
from aidline.channels.contract import QUERY, Choice, Incoming, Kind
from aidline.channels.models import Channel, Delivery, Template
from aidline.conversations import services as conversations
from aidline.conversations.models import Conversation, Message
from aidline.conversations.sending import Upload, add_note, send_choices, send_reply, send_template
from aidline.conversations.states import MessageState, Outcome, Source
from aidline.gateway import deliveries, inbound
from aidline.gateway.arriving import external_index
from aidline.gateway.cleaning import clean_upload
from aidline.gateway.lines import provider_of
from aidline.kernel import clock
from aidline.people import services as people
from aidline.people.models import Person
from aidline.routing import services as routing
from aidline.simulator import phones
from aidline.simulator.content import media, shapes
from aidline.simulator.lines import Line, Utterance, Writer
from aidline.simulator.models import Phone
from aidline.simulator.office import approved_forms
from aidline.simulator.seeding import pocket
from aidline.simulator.seeding.network import World

JSON = "application/json"


class BadDay(Exception):
    """Something that was said did not come in: the content and the pipeline disagree."""


@dataclass(slots=True)
class Course:
    """One talk on its way through the day. `external` names what was said by the turn's id."""

    person: shapes.Person
    talk: shapes.Talk
    conversation_id: UUID | None = None
    first: str = ""  # the provider's id of the first thing the person said
    external: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    at: float  # minutes from now
    order: int
    do: Callable[[], None]


class Day:
    def __init__(self, world: World, content: shapes.Content, base: datetime) -> None:
        self.world, self.content, self.base = world, content, base
        self.lines: dict[str, Line] = {key: phones.line(channel) for key, channel in world.channels.items()}
        self.phones: dict[tuple[str, str], Phone] = {}  # (person, channel)
        self.persons: dict[str, UUID] = {}
        self.waiting: list[deliveries.Sealed] = []

    def live(self, progress: Callable[[float], object]) -> None:
        steps = sorted(self._steps(), key=lambda step: (step.at, step.order))
        for place, step in enumerate(steps):
            with clock.starting_at(self.base + timedelta(minutes=step.at)):
                step.do()
            progress(place / len(steps))
        self.take_in()

    # --- what happens, and when ------------------------------------------------------------------------

    def _steps(self) -> Iterator[Step]:
        order = 0
        for person in self.content.people:
            for talk in (*person.earlier, person.talk):
                course = Course(person, talk)
                for turn in talk.turns:
                    order += 1
                    yield Step(turn.at, order, self._doing(course, turn))
                order += 1
                yield Step(min(talk.turns[-1].at + 1.5, -0.1), order, partial(self._leave, course))

    def _doing(self, course: Course, turn: shapes.Turn) -> Callable[[], None]:
        if course.talk.source and not turn.by:
            return lambda: self._record(course, turn)
        if not turn.by:
            return lambda: self._say(course, turn)
        act = Day.note if turn.note else _OF_STAFF.get(turn.kind, Day.reply)
        return lambda: act(self, course, turn)

    # --- the person ------------------------------------------------------------------------------------

    def _say(self, course: Course, turn: shapes.Turn) -> None:
        channel, line = self.world.channels[course.talk.channel], self.lines[course.talk.channel]
        said, writer = self._utterance(course, turn, channel, line)
        post = line.said(writer, said)
        kept = {"content-type": post.headers.get("content-type", JSON), QUERY: ""}
        raw = deliveries.Raw(post.body, kept)
        self.waiting.append(
            deliveries.seal(channel_id=channel.pk, centre_id=channel.centre_id, raw=raw, at=clock.now())
        )
        course.first = (
            course.first or _known_by(channel, raw) or pocket.said_as(channel, writer.address, said.id)
        )

    def _utterance(
        self, course: Course, turn: shapes.Turn, channel: Channel, line: Line
    ) -> tuple[Utterance, Writer]:
        id = line.new_id(file=bool(turn.media))
        if turn.id:
            course.external[turn.id] = id
        target = course.external.get(turn.on, "")
        phone = self._phone(course)
        if phone is None:
            made = pocket.on_page(id, turn, target, channel)
            return made, Writer(f"visitor-{course.person.key}", "")
        return pocket.on_phone(phone, id, turn, target), pocket.writer(phone)

    def _phone(self, course: Course) -> Phone | None:
        """Web chat has no phone behind it, only a page."""
        key = (course.person.key, course.talk.channel)
        channel = self.world.channels[course.talk.channel]
        if channel.provider == "webchat":
            return None
        if key not in self.phones:
            self.phones[key] = phones.add(
                channel=channel,
                label=course.person.name,
                address=_address(course.person, channel),
                language=course.person.language,
                shown=False,
                opted_out=course.person.opted_out,
            )
        return self.phones[key]

    def take_in(self) -> None:
        """All that was said so far becomes messages."""
        if not self.waiting:
            return
        deliveries.store(self.waiting)
        self.waiting = []
        while inbound.drain():
            pass
        if Delivery.objects.exclude(state=Delivery.State.DONE).exists():
            raise BadDay

    # --- staff -----------------------------------------------------------------------------------------

    def reply(self, course: Course, turn: shapes.Turn) -> None:
        conversation = self._held(course, turn.by)
        messages = send_reply(
            by=self.world.staff[turn.by],
            conversation=conversation,
            text=turn.text,
            uploads=[_upload(turn, conversation)] if turn.media else [],
        )
        self._sent(course, turn, conversation, messages)

    def ask(self, course: Course, turn: shapes.Turn) -> None:
        conversation = self._held(course, turn.by)
        messages = send_choices(
            by=self.world.staff[turn.by],
            conversation=conversation,
            text=turn.text,
            choices=[Choice(str(place), title) for place, title in enumerate(turn.choices, 1)],
        )
        self._sent(course, turn, conversation, messages)

    def note(self, course: Course, turn: shapes.Turn) -> None:
        mentioned = self._member(course, turn.mention) if turn.mention else None
        add_note(
            by=self.world.staff[turn.by],
            conversation=self._conversation(course),
            text=turn.text,
            mentioned=[mentioned] if mentioned else [],
        )

    def send_form(self, course: Course, turn: shapes.Turn) -> None:
        conversation = self._held(course, turn.by)
        values = {str(place): value for place, value in enumerate(turn.parameters, start=1)}
        messages = send_template(
            by=self.world.staff[turn.by],
            conversation=conversation,
            template=_template(conversation, turn.template, course.person.language),
            values=values,
        )
        self._sent(course, turn, conversation, messages)

    def hand_over(self, course: Course, turn: shapes.Turn) -> None:
        routing.hand_over(
            by=self.world.staff[turn.by],
            conversation=self._conversation(course),
            to=self._member(course, turn.to),
            note=turn.text,
        )

    def _sent(
        self, course: Course, turn: shapes.Turn, conversation: Conversation, messages: list[Message]
    ) -> None:
        line, phone = self.lines[course.talk.channel], self._phone(course)
        for message in messages:
            id = str(message.pk) if phone is None else line.new_id()
            state = pocket.settle(message, id, turn, conversation, is_last=turn is course.talk.turns[-1])
            if phone and state not in (MessageState.QUEUED, MessageState.UNKNOWN):
                pocket.arrive(phone, message, id, turn, state)
            if turn.id:
                course.external[turn.id] = id

    # --- the conversation as a whole -------------------------------------------------------------------

    def _conversation(self, course: Course) -> Conversation:
        self.take_in()
        if course.conversation_id is None:
            course.conversation_id = self._find(course) if course.first else self._begin(course)
        rows = Conversation.objects.select_related("centre", "channel", "address", "person", "assignee")
        return rows.get(pk=course.conversation_id)

    def _find(self, course: Course) -> UUID:
        channel = self.world.channels[course.talk.channel]
        index = external_index(channel.centre_id, course.first)
        conversation = Message.objects.get(channel_id=channel.pk, external_index=index).conversation
        self.persons[course.person.key] = conversation.person_id
        self._speaks(conversation, course.person.language)
        return conversation.pk

    def _speaks(self, conversation: Conversation, language: str) -> None:
        Person.objects.filter(pk=conversation.person_id).update(language=language)
        Conversation.objects.filter(person=conversation.person_id).update(language=language)
        Message.objects.filter(conversation=conversation).update(language=language)

    def _begin(self, course: Course) -> UUID:
        """We write first, to somebody who wrote before."""
        before = Conversation.objects.filter(
            person_id=self.persons[course.person.key], channel=self.world.channels[course.talk.channel]
        ).latest("opened_at")
        made = Conversation.objects.create(
            centre_id=before.centre_id,
            channel_id=before.channel_id,
            person_id=before.person_id,
            address_id=before.address_id,
            language=before.language,
            opened_at=clock.now(),
            last_at=clock.now(),
        )
        return made.pk

    def _held(self, course: Course, by: str) -> Conversation:
        """Whoever answers has it."""
        conversation, member = self._conversation(course), self._member(course, by)
        if conversation.assignee_id != member.pk:
            self._give(conversation, member)
            conversation.assignee = member
        return conversation

    def _give(self, conversation: Conversation, member: Membership) -> None:
        if conversation.assignee_id:
            routing.assign(by=member.staff, conversation=conversation, to=member)
        else:
            routing.take(by=member.staff, membership=member, conversation=conversation)

    def _member(self, course: Course, key: str) -> Membership:
        return self.world.members[(course.person.centre, key)]

    def _record(self, course: Course, turn: shapes.Turn) -> None:
        conversation = conversations.record_contact(
            by=self.world.staff[course.talk.agent],
            centre=self.world.centres[course.person.centre],
            source=Source(course.talk.source),
            text=turn.text,
            at=clock.now(),
            language=course.person.language,
        )
        course.conversation_id = conversation.pk

    def _leave(self, course: Course) -> None:
        """How the talk stands in the end."""
        talk = course.talk
        conversation = self._held(course, talk.agent) if talk.agent else self._conversation(course)
        self._speaks(conversation, course.person.language)
        by = self.world.staff[talk.agent] if talk.agent else None
        for tag in talk.tags:
            conversations.add_tag(
                by=by or next(iter(self.world.staff.values())), conversation=conversation, name=tag
            )
        if by and talk.state == "closed":
            topic = self.world.topics[(course.person.centre, talk.topic)]
            routing.finish(by=by, conversation=conversation, topic=topic, outcome=Outcome(talk.outcome))
        elif by and talk.state == "snoozed":
            until = self.base + timedelta(minutes=talk.snoozed_minutes)
            routing.put_off(by=by, conversation=conversation, until=until)
        if course.person.opted_out and conversation.address_id and conversation.channel_id:
            people.opt_out(
                address_id=conversation.address_id, channel_id=conversation.channel_id, source="word"
            )


_OF_STAFF: dict[str, Callable[[Day, Course, shapes.Turn], None]] = {
    "template": Day.send_form,
    "choices": Day.ask,
    "handover": Day.hand_over,
}


def _known_by(channel: Channel, raw: deliveries.Raw) -> str:
    """The id that our own provider reads: a mail's is made of more than its Message-ID. Pieces have none yet."""
    events = provider_of(channel).parse(raw.body, raw.kept, clock.now())
    return next((event.external_id for event in events if isinstance(event, Incoming)), "")


def _address(person: shapes.Person, channel: Channel) -> str:
    """Their number or mail address, or an id as the vendor gives them."""
    new_address = phones.vendor_of(channel).new_address
    return new_address() if new_address and not person.number else person.number


def _upload(turn: shapes.Turn, conversation: Conversation) -> Upload:
    file = media.make(turn.media)
    return clean_upload(
        file.content,
        file.name,
        key=conversation.person_id,
        scope=conversation.centre_id,
        kind=Kind(turn.kind),
    )


def _template(conversation: Conversation, name: str, language: str) -> Template:
    forms = {(form.name, form.language): form for form in approved_forms()}
    form = forms.get((name, language)) or forms[(name, "en")]
    rows = Template.objects.filter(channel=conversation.channel_id, language=form.language)
    return rows.get(name__in=[form.name, form.id])
