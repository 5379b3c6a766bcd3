"""The parts of a message besides its text, as the JSON that is sealed beside it."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from aidline.channels.contract import Incoming, Kind, MediaRef


def extra_of(event: Incoming) -> dict[str, Any] | None:
    """Keys: place, cards, choice, forwarded, raw_kind, and subject, folded, automatic of an e-mail; None when there
    is nothing besides the text.
    """
    mail = {"subject": event.subject, "folded": event.folded, "automatic": event.automatic}
    extra: dict[str, Any] = {name: value for name, value in mail.items() if value}
    if event.kind is Kind.TEXT and not (event.forwarded or event.choice):
        return extra or None
    if event.place:
        extra["place"] = asdict(event.place)
    if event.cards:
        extra["cards"] = [asdict(card) for card in event.cards]
    if event.choice:
        extra["choice"] = asdict(event.choice)
    if event.forwarded:
        extra["forwarded"] = True
    if event.kind is Kind.UNSUPPORTED:
        extra["raw_kind"] = event.raw_kind
    return extra or None


def source_of(ref: MediaRef, delivery_id: UUID | None) -> dict[str, Any]:
    """Of a file that lies in the webhook call itself, the call is named: it is kept, sealed, for weeks."""
    source = {name: value for name, value in asdict(ref).items() if name != "content"}
    inside = ref.content is not None and delivery_id
    return {**source, "delivery": str(delivery_id)} if inside else source


def ref_from(source: dict[str, Any]) -> MediaRef:
    told = {name: value for name, value in source.items() if name != "delivery"}
    return MediaRef(**{**told, "kind": Kind(source["kind"])})
