"""Where no way to a person is left, their conversation comes to the agents with a line that says so."""

from collections.abc import Sequence

from aidline.conversations.live import Hint, tell
from aidline.conversations.models import Conversation
from aidline.conversations.states import ConversationState
from aidline.conversations.timeline import note_event
from aidline.kernel.clock import now
from aidline.kernel.ids import new_id
from aidline.people.models import Address
from aidline.vouchers.models import Voucher

UNDELIVERED = "voucher_lost"  # the line in the conversation


def ask(vouchers: Sequence[Voucher]) -> None:
    """Inside the caller's transaction. Who has no address at all has nothing to be lost on."""
    for address, voucher in {v.registration.address: v for v in vouchers if v.registration.address}.items():
        conversation = _live(address) or _reopened(address) or _opened(address, voucher)
        note_event(conversation, UNDELIVERED)
        tell([Hint(conversation.centre_id, "state", conversation.pk)])


def _live(address: Address) -> Conversation | None:
    rows = Conversation.objects.filter(address=address).exclude(state=ConversationState.CLOSED)
    return rows.order_by("-last_at").first()


def _reopened(address: Address) -> Conversation | None:
    latest = Conversation.objects.filter(address=address).order_by("-last_at").first()
    if latest is None:
        return None
    closed = Conversation.objects.filter(pk=latest.pk, state=ConversationState.CLOSED)
    closed.update(
        state=ConversationState.OPEN,
        closed_at=None,
        closed_by=None,
        outcome="",
        assignee=None,
        queued_since=now(),
    )
    return latest


def _opened(address: Address, voucher: Voucher) -> Conversation:
    return Conversation.objects.create(
        id=new_id(),
        centre_id=voucher.centre_id,
        channel_id=voucher.channel_id or voucher.registration.channel_id,
        person_id=address.person_id,
        address=address,
        language=voucher.registration.language,
        queued_since=now(),
    )
