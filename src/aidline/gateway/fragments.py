"""Pieces of long messages: kept until all are there, then one message; shown with a gap when one stays away.

A piece that comes twice changes nothing, and one that comes after all, when the others were shown without it, is
a message of its own: late words are better than none.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from aidline import vault
from aidline.channels.contract import Fragment, Incoming, Kind, Provider, Sender
from aidline.channels.contract import Scheme as AddressScheme
from aidline.channels.models import Channel, Piece
from aidline.conversations.live import tell
from aidline.gateway import arriving
from aidline.gateway.lines import readable_provider
from aidline.kernel.clock import now
from aidline.kernel.ids import new_id
from aidline.routing.services import distribute

log = logging.getLogger(__name__)

PATIENCE = timedelta(minutes=10)
KEEP_JOINED = timedelta(hours=48)  # as long as a provider may bring a piece again
GAP = " […] "


@dataclass(frozen=True, slots=True)
class Heard:
    channel_id: UUID
    centre_id: UUID
    provider: Provider
    event: Fragment
    received_at: datetime


def join(heard: Sequence[Heard]) -> list[arriving.Said]:
    """Runs inside the batch's transaction. What is whole now, or came too late to be part of anything."""
    said = []
    for one in heard:
        index = _index(one)
        known = list(Piece.objects.filter(channel_id=one.channel_id, index=index))
        if any(row.place == one.event.place for row in known):
            continue
        row = _keep(one, index)
        rows = _to_show([*known, row], one.event.total)
        if rows:
            said.append(_said(one.provider, rows))
    return said


def _to_show(rows: list[Piece], total: int) -> list[Piece]:
    """All when they are complete; without those that were shown already, be it at this moment."""
    *known, row = rows
    if any(piece.joined for piece in known):
        return _taken([row])
    return _taken(rows) if len(rows) >= total else []


def release_incomplete() -> int:
    """Messages of which a piece has not come for a while are shown with a gap."""
    waiting = Piece.objects.filter(joined=False, received_at__lt=now() - PATIENCE)
    released = 0
    for channel in Channel.objects.filter(pk__in=waiting.values("channel")):
        provider = readable_provider(channel)
        if provider:
            rows = waiting.filter(channel=channel).order_by("received_at")[:500]
            released += sum(_release_guarded(provider, group) for group in _groups(rows))
    return released


def _groups(rows: Iterable[Piece]) -> Iterable[list[Piece]]:
    groups: dict[bytes, list[Piece]] = defaultdict(list)
    for row in rows:
        groups[bytes(row.index)].append(row)
    return groups.values()


def _release_guarded(provider: Provider, rows: list[Piece]) -> int:
    """What cannot be read keeps nothing else from being shown."""
    try:
        return _release(provider, rows)
    except Exception:
        log.exception("pieces of channel %s could not be shown", rows[0].channel_id)
        return 0


def forget_old() -> int:
    return Piece.objects.filter(joined=True, received_at__lt=now() - KEEP_JOINED).delete()[0]


@transaction.atomic
def _release(provider: Provider, rows: list[Piece]) -> int:
    """Conditional UPDATEs decide who shows what, should a late piece complete it at this moment."""
    rows = _taken(rows)
    if not rows:
        return 0
    hints = arriving.take_in([_said(provider, rows)])
    distribute({hint.centre_id for hint in hints})
    tell(hints)
    return 1


def _taken(rows: Iterable[Piece]) -> list[Piece]:
    """Those that nobody else has shown: each is asked for by itself, so that none is shown twice or never."""
    return [row for row in rows if Piece.objects.filter(pk=row.pk, joined=False).update(joined=True)]


def _index(one: Heard) -> bytes:
    return vault.blind_index(one.event.group, scope=one.centre_id, purpose="fragment")


def _keep(one: Heard, index: bytes) -> Piece:
    row = Piece(
        id=new_id(),
        channel_id=one.channel_id,
        centre_id=one.centre_id,
        index=index,
        place=one.event.place,
        total=one.event.total,
        received_at=one.received_at,
    )
    row.said = _packed(one.event.said)
    row.save(force_insert=True)
    return row


def _said(provider: Provider, rows: Sequence[Piece]) -> arriving.Said:
    ordered = sorted(rows, key=lambda row: row.place)
    pieces = [_unpacked(row.said) for row in ordered]
    event = replace(pieces[0], text=_text(ordered, pieces))
    first = ordered[0]
    return arriving.Said(first.channel_id, first.centre_id, provider, event, first.received_at)


def _text(rows: Sequence[Piece], pieces: Sequence[Incoming]) -> str:
    """Pieces are cut anywhere, so nothing stands between them but a gap where one is missing."""
    text, expected = "", 1
    alone = len(rows) == 1 and rows[0].total > 1
    for row, piece in zip(rows, pieces, strict=True):
        text += (GAP if row.place > expected or alone else "") + piece.text
        expected = row.place + 1
    return text + (GAP.rstrip() if expected <= rows[0].total and rows[-1].place < rows[0].total else "")


def _packed(said: Incoming) -> dict[str, Any]:
    return {
        "external_id": said.external_id,
        "senders": [asdict(sender) for sender in said.senders],
        "text": said.text,
        "sent_at": said.sent_at.isoformat() if said.sent_at else "",
        "profile_name": said.profile_name,
    }


def _unpacked(kept: dict[str, Any]) -> Incoming:
    senders = tuple(Sender(AddressScheme(one["scheme"]), one["value"]) for one in kept["senders"])
    sent_at = datetime.fromisoformat(kept["sent_at"]) if kept["sent_at"] else None
    return Incoming(
        kept["external_id"],
        senders,
        Kind.TEXT,
        text=kept["text"],
        sent_at=sent_at,
        profile_name=kept["profile_name"],
    )
