"""Which of the choices we offered last an answer means, before anything is made of the message.

One look at the conversations of a batch that have an open question; nothing is read where none has.
"""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from aidline import vault
from aidline.channels.contract import Choice, Incoming, Kind
from aidline.channels.wire.menus import stands_for
from aidline.conversations.choosing import chosen
from aidline.conversations.models import Conversation, Message

Door = tuple[UUID, UUID]  # address and channel


def understand(said: Sequence[tuple[Door, Incoming]]) -> tuple[list[Incoming], set[Door]]:
    """The events with their choices, and whose question has been answered by them."""
    menus = _open_menus({door[0] for door, _event in said})
    answered: set[Door] = set()
    events = []
    for door, event in said:
        meant = _meant(event, menus[door]) if door in menus and door not in answered else None
        answered |= {door} if meant else set()
        events.append(replace(event, choice=meant) if meant else event)
    return events, answered


def _open_menus(addresses: set[UUID]) -> dict[Door, list[Choice]]:
    rows = Conversation.objects.filter(address_id__in=addresses, menu_id__isnull=False)
    asked: dict[Door, UUID] = {
        (address, channel): menu
        for address, channel, menu in rows.order_by("opened_at").values_list(
            "address_id", "channel_id", "menu_id"
        )
        if address and channel and menu
    }
    if not asked:
        return {}
    offered = {row.pk: _offered(row) for row in Message.objects.filter(pk__in=asked.values())}
    return {door: offered[menu] for door, menu in asked.items() if menu in offered}


def _offered(menu: Message) -> list[Choice]:
    try:
        return [Choice(**choice) for choice in (menu.extra or {}).get("choices", ())]
    except vault.KeyGone:
        return []


def _meant(event: Incoming, offered: Sequence[Choice]) -> Choice | None:
    """A pressed one is itself, or the fingerprint of an id that was too long for a button.

    A button of an older question stays what it is, and leaves the present one open.
    """
    if event.choice:
        pressed = event.choice
        return next((one for one in offered if stands_for(pressed.id, one.id)), None)
    return chosen(event.text, offered) if event.kind is Kind.TEXT else None
