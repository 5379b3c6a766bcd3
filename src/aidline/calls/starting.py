"""A call comes in."""

from datetime import datetime
from uuid import UUID

from aidline import vault
from aidline.calls import telling
from aidline.calls.models import Call
from aidline.calls.states import Doing, Stage
from aidline.channels.contract.voice import Way
from aidline.conversations.models import Conversation


def call_index(channel_id: UUID, external_id: str, centre_id: UUID) -> bytes:
    return vault.blind_index(f"{channel_id}:{external_id}", scope=centre_id, purpose="call")


def find(*, channel_id: UUID, centre_id: UUID, external_id: str) -> Call | None:
    rows = Call.objects.select_related("conversation__person")
    index = call_index(channel_id, external_id, centre_id)
    return rows.filter(channel_id=channel_id, external_index=index).first()


def new_call(
    *, conversation: Conversation, channel_id: UUID, external_id: str, at: datetime, language: str
) -> Call:
    """Not written yet: `keep` does, once it is known what the caller hears first."""
    call = Call(
        centre_id=conversation.centre_id,
        channel_id=channel_id,
        conversation=conversation,
        key_id=conversation.person_id,
        way=Way.IN,
        stage=Stage.FLOW,
        doing=Doing.FLOW,
        language=language,
        began_at=at,
        turn_at=at,
    )
    name(call, external_id)
    return call


def name(call: Call, external_id: str) -> None:
    """What the provider calls it."""
    call.external_index = call_index(call.channel_id, external_id, call.centre_id)
    call.external_id = external_id


def keep(call: Call) -> None:
    """Raises IntegrityError when the same call was kept in the same moment."""
    call.save(force_insert=True)
    telling.line(call, "call_in")
    telling.hint(call)
