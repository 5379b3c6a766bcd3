"""What people's words mean for their vouchers: any answer releases those that wait, "balance" asks what is left.

Understood with the batch in which the words arrive; said a moment later by the worker, so that nothing that is slow
stands between a provider and its answer. A word that was nothing but that keeps no agent waiting.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import F, Max, Q

from aidline.conversations import services as conversations
from aidline.conversations.models import Conversation, Message
from aidline.conversations.sending import CannotSend, send_reply
from aidline.conversations.states import ConversationState, Direction, Outcome
from aidline.gateway.opt_out_words import says_yes
from aidline.jobs.services import enqueue
from aidline.kernel.clock import now
from aidline.vouchers.delivery import balance, releasing
from aidline.vouchers.delivery.delivering import Door
from aidline.vouchers.delivery.words import asks_balance
from aidline.vouchers.models import Registration

BALANCE = "vouchers.balance"
MOST_WORDS = 20


@dataclass(frozen=True, slots=True)
class Answer:
    message_id: UUID
    door: Door
    text: str
    is_wish: bool  # a person's, and not that we stop


@dataclass(slots=True)
class Meaning:
    """`words`: the messages that say nothing else, and begin no menu."""

    claims: set[Door] = field(default_factory=set)
    asks: dict[UUID, Door] = field(default_factory=dict)
    words: set[UUID] = field(default_factory=set)


def understand(answers: Sequence[Answer]) -> Meaning:
    wishes = [one for one in answers if one.is_wish]
    waiting = releasing.claimed_by({one.door[0] for one in wishes}) if wishes else set()
    asking = [one for one in wishes if asks_balance(one.text)]
    holders = _holders({one.door[0] for one in asking}) if asking else set()
    found = Meaning(claims={one.door for one in wishes if one.door[0] in waiting})
    found.asks = {one.message_id: one.door for one in asking if one.door[0] in holders}
    yes = {one.message_id for one in wishes if one.door in found.claims and says_yes(one.text)}
    found.words = yes | set(found.asks)
    return found


def note(meaning: Meaning, conversations: Mapping[Door, UUID]) -> None:
    """Inside the batch's transaction."""
    releasing.claim(meaning.claims, now())
    for message, door in meaning.asks.items():
        payload = {"message": str(message), "conversation": str(conversations[door])}
        enqueue(BALANCE, payload, unique_key=f"{BALANCE}:{message}")


def _holders(addresses: Iterable[UUID]) -> set[UUID]:
    rows = Registration.objects.filter(address__in=set(addresses))
    return {address for address in rows.values_list("address", flat=True) if address}


# --- what the worker does --------------------------------------------------------------------------------


def release() -> None:
    for address, channel in releasing.tend():
        live = Conversation.objects.filter(address=address, channel=channel)
        for pk in live.exclude(state=ConversationState.CLOSED).values_list("pk", flat=True):
            _quiet(pk)


def tell_balance(payload: dict[str, Any]) -> None:
    conversation = Conversation.objects.select_related("centre", "channel").get(pk=payload["conversation"])
    address, key = conversation.address_id, uuid5(UUID(payload["message"]), BALANCE)
    text = balance.of_address(address, conversation.language) if address else ""
    if not text:
        return
    try:
        send_reply(by=None, conversation=conversation, text=text, client_key=key)
    except CannotSend:  # too late for an answer here: an agent sees that they asked
        return
    _quiet(conversation.pk)


@transaction.atomic
def _quiet(conversation_id: UUID) -> None:
    """Nobody needs to answer a yes that was answered. Whatever else they said keeps waiting for an agent."""
    rows = Conversation.objects.filter(pk=conversation_id)
    rows.update(last_seq=F("last_seq"))  # as it is now, and as it stays until we are done
    conversation = rows.get()
    if conversation.assignee_id or conversation.in_flow or not _only_our_words(conversation):
        return
    conversations.close(by=None, conversation=conversation, topic=None, outcome=Outcome.ANSWERED)


def _only_our_words(conversation: Conversation) -> bool:
    """Of what they said since an agent wrote, or finished."""
    rows = Message.objects.filter(conversation=conversation)
    by_agents = Q(direction=Direction.OUT, author__isnull=False) | Q(direction=Direction.EVENT, kind="closed")
    seen = rows.filter(by_agents).aggregate(last=Max("seq"))["last"] or 0
    said = list(rows.filter(direction=Direction.IN, seq__gt=seen)[:MOST_WORDS])
    return 0 < len(said) < MOST_WORDS and all(_is_ours(message) for message in said)


def _is_ours(message: Message) -> bool:
    words = message.text or str(((message.extra or {}).get("choice") or {}).get("title", ""))
    return says_yes(words) or asks_balance(words)
