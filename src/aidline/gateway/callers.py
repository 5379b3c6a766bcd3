"""Who is calling, and the conversation it belongs to: the same as for what they write."""

from datetime import datetime, timedelta

from django.db.models import Q

from aidline.audit.services import record
from aidline.centres.models import Centre
from aidline.channels.models import Channel
from aidline.conversations.models import Conversation
from aidline.conversations.states import ConversationState
from aidline.kernel.clock import now
from aidline.people.arrivals import Arrival, fresh_person, resolve
from aidline.people.models import Address, Person

PHONE = "phone"


def person_of(centre: Centre, number: str) -> tuple[Person, Address | None]:
    """A number that is withheld is nobody we know, each time."""
    if not number:
        return fresh_person(centre_id=centre.pk), None
    (known,) = resolve([Arrival(centre.pk, ((PHONE, number),))])
    address = Address.objects.select_related("person").get(pk=known.id)
    return address.person, address


def conversation_of(
    channel: Channel, person: Person, address: Address | None, at: datetime
) -> tuple[Conversation, bool]:
    """The live one, one just finished, or a new one; and whether this call opened it."""
    found = _known(channel, address, at) if address else None
    if found is None:
        return _new(channel, person, address, at), True
    if found.state != ConversationState.CLOSED:
        return found, False
    rows = Conversation.objects.filter(pk=found.pk, state=ConversationState.CLOSED)
    rows.update(state=ConversationState.OPEN, closed_at=None, closed_by=None, outcome="")
    found.state = ConversationState.OPEN
    return found, True


def _known(channel: Channel, address: Address, at: datetime) -> Conversation | None:
    since = at - timedelta(hours=channel.centre.reopen_hours)
    rows = Conversation.objects.filter(address=address, channel=channel).select_related("person", "centre")
    lately = rows.filter(~Q(state=ConversationState.CLOSED) | Q(closed_at__gte=since))
    found = sorted(lately, key=lambda row: (row.state == ConversationState.CLOSED, -row.last_at.timestamp()))
    return found[0] if found else None


def _new(channel: Channel, person: Person, address: Address | None, at: datetime) -> Conversation:
    conversation = Conversation.objects.create(
        centre=channel.centre,
        channel=channel,
        person=person,
        address=address,
        language=person.language,
        hidden=is_blocked(person),
        opened_at=at,
        last_at=at,
    )
    record(
        by=None,
        action="conversation.open",
        object_type="conversation",
        object_id=conversation.pk,
        centre=channel.centre_id,
    )
    return conversation


def is_blocked(person: Person) -> bool:
    return person.blocked_until is not None and person.blocked_until > now()
