"""A channel of every kit on the real pipeline: calls are stored sealed, taken in, answered over a real socket."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib import import_module
from itertools import count
from uuid import UUID

from aidline.centres.models import Centre
from aidline.channels import registry
from aidline.channels.contract import QUERY, Event, HookRequest, Kind, Receipt, ReceiptUpTo, Status
from aidline.channels.models import Channel, Delivery
from aidline.channels.services import create_channel
from aidline.conversations.models import Conversation, Message
from aidline.conversations.sending import send_reply
from aidline.conversations.states import Direction
from aidline.gateway import inbound
from aidline.gateway.arriving import external_index
from aidline.gateway.deliveries import Raw, seal, store
from aidline.gateway.lines import provider_of
from aidline.kernel.clock import now
from factories import make_centre
from local_server import Answer, LocalServer, Seen
from payloads.kit import MESSAGE, Kit

KITS: list[Kit] = [kit for name in registry.PROVIDERS for kit in import_module(f"payloads.{name}").KITS]

_calls = count()


@dataclass
class Line:
    """One centre, and as many channels of one kit as are wanted: on each, its ids are new."""

    kit: Kit
    world: LocalServer
    centre: Centre

    def channel(self) -> Channel:
        name = f"{self.kit.label} {next(_calls)}"
        config = {**self.kit.config, **self._address()}
        return create_channel(
            by=None, centre=self.centre, provider=self.kit.provider, name=name, config=config
        )

    def _address(self) -> dict[str, str]:
        if self.kit.address:
            return dict(self.kit.address(self.world.origin))
        known = {one.name for one in registry.config_fields(self.kit.provider)}
        return {name: self.world.url for name in ("base_url", "content_url", "api_url") if name in known}

    # --- in ---

    def raw(self, body: bytes, *, ours: UUID = MESSAGE) -> Raw:
        """As the hooks would keep the call. `ours` takes the place of the kit's own message id."""
        try:
            request = self.kit.hook(self.kit.config, body)
        except UnicodeDecodeError:  # nobody signs such a thing
            return self.torn(body)
        kept = {name: value.replace(str(MESSAGE), str(ours)) for name, value in request.kept().items()}
        return Raw(request.body.replace(str(MESSAGE).encode(), str(ours).encode()), kept)

    def torn(self, body: bytes) -> Raw:
        return Raw(body, {**self.kit.hook(self.kit.config, b"").kept(), QUERY: ""})

    def whole(self, body: bytes) -> HookRequest:
        """Signed where it can be; what cannot even be read for that comes in the place of a text."""
        try:
            return self.kit.hook(self.kit.config, body)
        except UnicodeDecodeError:
            return replace(self.kit.hook(self.kit.config, self.a_text()), body=body)

    @staticmethod
    def another_call(raw: Raw) -> Raw:
        """The same event, and not the same call."""
        return Raw(raw.body, {**raw.kept, "x-call": str(next(_calls))})

    def hear(self, channel: Channel, *raws: Raw) -> None:
        at = now()
        store([seal(channel_id=channel.pk, centre_id=channel.centre_id, raw=raw, at=at) for raw in raws])
        while inbound.drain():
            pass

    def says(self, channel: Channel, body: bytes) -> None:
        self.hear(channel, self.raw(body))

    def states(self, channel: Channel) -> list[str]:
        rows = Delivery.objects.filter(channel=channel).order_by("id")
        return [str(Delivery.State(state).name) for state in rows.values_list("state", flat=True)]

    def events(self, channel: Channel, raw: Raw) -> list[Event]:
        return provider_of(channel).parse(raw.body, raw.kept, now())

    def a_text(self) -> bytes:
        return self.kit.said[Kind.TEXT][0]

    # --- out ---

    def talk(self, channel: Channel) -> Conversation:
        """Somebody has written, so that we may answer."""
        self.says(channel, self.a_text())
        rename(only(channel), "theirs")  # the kits call everything by one id
        return Conversation.objects.get(channel=channel)

    def queued(self, channel: Channel) -> Message:
        conversation = self.talk(channel)
        (message,) = send_reply(by=None, conversation=conversation, text="here")
        return message

    def answers_with(self, external_id: str) -> None:
        """The company calls our next message by that id."""
        named, wanted = (one.rpartition(":")[2] for one in (self.kit.sent_id, external_id))

        def answer(seen: Seen) -> Answer:
            given = self.kit.answers(seen)
            body = given.body.replace(named.encode(), wanted.encode()) if named else given.body
            return Answer(given.status, body, given.headers, given.drip)

        self.world.answer = answer

    def receipt(self, channel: Channel, status: Status, ours: UUID) -> tuple[Raw, Receipt | ReceiptUpTo]:
        raw = self.raw(self.kit.receipts[status][0], ours=ours)
        (event,) = [one for one in self.events(channel, raw) if isinstance(one, Receipt | ReceiptUpTo)]
        return raw, event


@contextmanager
def line_of(kit: Kit) -> Iterator[Line]:
    with kit.world() as world:
        world.answer = kit.answers
        yield Line(kit, world, make_centre(undo_seconds=0))


def rename(message: Message, external_id: str) -> Message:
    """As if the provider had called it so from the beginning."""
    message.external_id = external_id
    message.external_index = external_index(message.centre_id, external_id)
    message.save(update_fields=["external_sealed", "external_index"])
    return message


def only(channel: Channel, direction: Direction = Direction.IN) -> Message:
    return Message.objects.get(channel_id=channel.pk, direction=direction)
