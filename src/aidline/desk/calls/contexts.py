"""What the strip and the Calls screen show; the page and the live parts share it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, prefetch_related_objects
from django.utils.translation import get_language

from aidline.calls import offering, queries
from aidline.calls.models import Call, Callback, Leg, Offer, Recording
from aidline.calls.states import LegState, OfferKind, OfferState, Stage
from aidline.centres.models import Membership
from aidline.centres.queries import Seat
from aidline.centres.rules import StaffRequest
from aidline.centres.states import Can
from aidline.channels.contract.voice import Part
from aidline.conversations.models import Conversation
from aidline.conversations.queries import topics_of
from aidline.conversations.states import Outcome
from aidline.desk.calls import lines
from aidline.gateway import talking
from aidline.kernel.clock import now

MOST = 50  # of each list on the screen


# --- the strip -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ringing:
    """A call that is offered to this member now."""

    offer: Offer
    conversation: Conversation
    since: datetime
    language: str
    risk: str
    about: str

    @property
    def is_callback(self) -> bool:
        return self.offer.kind == OfferKind.CALLBACK


@dataclass(frozen=True, slots=True)
class Talk:
    """The call this member is in. `mine` is their own place in it."""

    call: Call
    mine: Leg
    others: Sequence[Leg]  # colleagues and third parties; not the caller

    @property
    def held(self) -> bool:
        return any(leg.part == Part.CALLER and leg.state == LegState.HELD for leg in self.others)

    @property
    def guests(self) -> list[Leg]:
        return [leg for leg in self.others if leg.part in (Part.CONSULT, Part.THIRD)]

    @property
    def watchers(self) -> list[Leg]:
        return [leg for leg in self.others if leg.part in SUPERVISING]

    @property
    def consulting(self) -> Leg | None:
        return next((leg for leg in self.others if leg.part == Part.CONSULT), None)

    @property
    def third(self) -> Leg | None:
        return next((leg for leg in self.others if leg.part == Part.THIRD), None)

    @property
    def leads(self) -> bool:
        """Who answers for the call; a colleague asked in or a supervisor only mutes and leaves."""
        return self.mine.part == Part.AGENT

    @property
    def steers(self) -> bool:
        """Somebody is there to be held, passed on, joined by others."""
        return self.leads and self.call.stage == Stage.CONNECTED

    @property
    def watches(self) -> bool:
        """A supervisor in somebody else's call."""
        return self.mine.part in SUPERVISING


SUPERVISING = (Part.LISTENER, Part.WHISPERER, Part.BARGER)


def strip_part(request: StaffRequest) -> dict[str, Any]:
    seat = request.seat
    offer, talk = talking.offer_of(seat), talk_of(seat)
    wrapping = None if talk or offer else wrapping_of(seat)
    return {
        "ringing": ringing_of(offer) if offer else None,
        "talk": talk,
        "wrapping": wrapping,
        "colleagues": _free_colleagues(seat) if talk and talk.steers else [],
        "topics": _topics(seat) if wrapping else [],
        "outcomes": Outcome,
    }


def key(ringing: Ringing | None, talk: Talk | None, wrapping: Leg | None) -> str:
    """Changes with whatever changes on the strip, but not with the token of its forms."""
    if ringing:
        return str(ringing.offer.pk)
    if wrapping:
        return f"{wrapping.pk} {wrapping.wrap_until}"
    if talk is None:
        return ""
    call = talk.call
    legs = sorted(f"{leg.pk}{leg.state}{leg.part}{leg.unsure}" for leg in (talk.mine, *talk.others))
    return " ".join(
        [call.stage, f"{call.unsure}", f"{call.recording_on}{call.recording_paused}", call.risk, *legs]
    )


def ringing_of(offer: Offer) -> Ringing:
    asked: Call | Callback | None = offer.call or offer.callback
    assert asked is not None  # one of the two, always
    since = asked.wait_since or offer.made_at
    conversation = asked.conversation
    language = asked.wanted_language or conversation.language
    return Ringing(offer, conversation, since, language, asked.risk, about(conversation))


def talk_of(seat: Seat) -> Talk | None:
    mine = queries.leg_of(seat)
    if mine is None:
        return None
    call = talking.access_call(seat, mine.call_id)
    return Talk(call, mine, [leg for leg in queries.in_room(call) if leg != mine])


def wrapping_of(seat: Seat) -> Leg | None:
    """The call that has just ended for this member, as long as they write it up."""
    rows = Leg.objects.filter(membership=seat.membership, wrap_until__gt=now())
    return rows.select_related("call__conversation__person").order_by("-left_at").first()


def about(conversation: Conversation) -> str:
    """What the person chose in the menu, or said what it was about."""
    return conversation.topic.label(get_language() or "en") if conversation.topic else ""


def _topics(seat: Seat) -> list[tuple[Any, str]]:
    return [(topic, topic.label(get_language() or "en")) for topic in topics_of(seat.centre)]


def _free_colleagues(seat: Seat) -> list[Membership]:
    """Those who can be asked in now: there, with an open telephone, and not in a call."""
    rows = offering.free(seat.centre.pk, now()).exclude(membership=seat.membership)
    found = [row.membership for row in rows.select_related("membership__staff")]
    return sorted(found, key=lambda member: member.staff.name.casefold())


# --- the screen ------------------------------------------------------------------------------------------


def lists_part(request: StaffRequest) -> dict[str, Any]:
    seat = request.seat
    waiting = talking.waiting(seat)[:MOST]
    prefetch_related_objects(waiting, "conversation__topic")
    offered = offers_of(waiting)
    return {
        "waiting": [(call, offered.get(call.pk)) for call in waiting],
        "live": _live(seat),
        "voicemails": _voicemails(seat),
        "callbacks": queries.callbacks(seat)[:MOST],
        "recent": talking.recent(seat)[:MOST],
        "supervises": seat.can(Can.SUPERVISE_CALLS) and lines.may_answer(seat),
    }


def _live(seat: Seat) -> list[Call]:
    """Whoever answers sees that colleagues talk, and with whom; in which calls to help is for supervisors."""
    rows = Call.objects.filter(centre=seat.centre).exclude(stage__in=(Stage.OVER, Stage.QUEUED))
    held = Leg.objects.filter(call=OuterRef("pk"), part=Part.CALLER, state=LegState.HELD)
    rows = rows.select_related("conversation__person", "answered_by__staff").annotate(is_held=Exists(held))
    return list(rows.order_by("began_at")[:MOST])


@dataclass(frozen=True, slots=True)
class Voicemail:
    recording: Recording
    conversation: Conversation

    @property
    def is_late(self) -> bool:
        return bool(self.conversation.due_at and self.conversation.due_at < now())

    @property
    def is_soon(self) -> bool:
        return bool(self.conversation.due_at and self.conversation.due_at < now() + timedelta(hours=2))


def _voicemails(seat: Seat) -> list[Voicemail]:
    """One line for each conversation in which somebody waits for an answer, by when it is due."""
    rows = Recording.objects.filter(
        centre_id=seat.centre.pk,
        use=Recording.Use.VOICEMAIL,
        call__conversation__waiting_since__isnull=False,
    ).select_related("call__conversation__person", "call__conversation__assignee__staff")
    latest = {row.call.conversation_id: row for row in rows.order_by("made_at")}
    found = [Voicemail(row, row.call.conversation) for row in latest.values()]
    return sorted(found, key=lambda one: one.conversation.due_at or one.recording.made_at)[:MOST]


def offers_of(calls: Sequence[Call]) -> dict[UUID, Offer]:
    rows = Offer.objects.filter(call__in=calls, state=OfferState.PENDING)
    return {row.call_id: row for row in rows.select_related("membership__staff") if row.call_id}
