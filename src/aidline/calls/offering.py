"""Offering what waits to who is free, one at a time, for a moment."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from aidline.calls import queueing, telling
from aidline.calls.choosing import Agent, Item, choose
from aidline.calls.lines import line_of
from aidline.calls.models import Call, Callback, Leg, Offer
from aidline.calls.states import LegState, OfferKind, OfferState, Stage
from aidline.centres.models import Membership, Staff
from aidline.centres.states import RIGHTS, Can
from aidline.conversations.live import Hint, tell
from aidline.kernel.clock import now
from aidline.routing.models import Presence
from aidline.routing.services import LEASE, set_presence
from aidline.routing.states import PresenceState

AT_ONCE = 50
EXCLUDED = timedelta(seconds=60)
ANSWERING_ROLES = [role for role, rights in RIGHTS.items() if Can.ANSWER in rights]
_RINGS = (OfferKind.RING, OfferKind.CALLBACK)


# --- who is there ----------------------------------------------------------------------------------------


def present(centre_id: UUID) -> QuerySet[Presence]:
    """Agents who say that they take conversations, and whose telephone is open; others would let it ring."""
    since = now() - LEASE
    return Presence.objects.filter(
        state=PresenceState.AVAILABLE,
        seen_at__gte=since,
        phone_at__gte=since,
        membership__centre_id=centre_id,
        membership__is_active=True,
        membership__staff__is_active=True,
        membership__role__in=ANSWERING_ROLES,
    )


def free(centre_id: UUID, at: datetime) -> QuerySet[Presence]:
    """In no call, in none of another centre either; offered nothing; not writing up the last one."""
    theirs = Leg.objects.filter(membership__staff=OuterRef("membership__staff"))
    busy = theirs.filter(~Q(state=LegState.LEFT) | Q(wrap_until__gt=at))
    asked = Offer.objects.filter(membership__staff=OuterRef("membership__staff"), state=OfferState.PENDING)
    return present(centre_id).filter(~Exists(busy), ~Exists(asked))


def _agents(centre_id: UUID, at: datetime) -> list[Agent]:
    return [
        Agent(
            row.membership_id,
            frozenset(row.membership.languages),
            frozenset(map(str.casefold, row.membership.skills)),
            row.idle_since,
        )
        for row in free(centre_id, at).select_related("membership")
    ]


def _skilled(centre_id: UUID) -> frozenset[str]:
    rows = present(centre_id).values_list("membership__skills", flat=True)
    return frozenset(skill.casefold() for skills in rows for skill in skills)


# --- what waits ------------------------------------------------------------------------------------------


def _waiting(centre_id: UUID, at: datetime, *, callbacks: bool) -> list[Call | Callback]:
    """In one order: risk, who lost their agent, wait. Of two of the same moment the live caller is first."""
    pending = Offer.objects.filter(call=OuterRef("pk"), state=OfferState.PENDING)
    fresh = queueing.waiting_calls(centre_id).filter(turn_at__gte=at - queueing.SILENT)
    rows: list[Call | Callback] = list(fresh.filter(~Exists(pending))[:AT_ONCE])
    if callbacks:
        asked = Offer.objects.filter(callback=OuterRef("pk"), state=OfferState.PENDING)
        rows += queueing.waiting_callbacks(centre_id, at).filter(~Exists(asked))[:AT_ONCE]
    return sorted(rows, key=_order)


def _order(row: Call | Callback) -> tuple[int, bool, datetime, bool, UUID]:
    front = isinstance(row, Call) and row.front
    rank: int = row.rank  # type: ignore[union-attr]
    return -rank, not front, row.wait_since or now(), isinstance(row, Callback), row.pk


def _item(row: Call | Callback, at: datetime) -> Item:
    recent = Offer.objects.filter(ended_at__gte=at - EXCLUDED)
    ended = list(recent.filter(call=row) if isinstance(row, Call) else recent.filter(callback=row))
    been = _passed_on(row, at) if isinstance(row, Call) else frozenset()
    return Item(
        id=row.pk,
        language=row.wanted_language,
        skill=row.skill.casefold(),
        waited=at - (row.wait_since or at),
        excluded=_of(ended, OfferState.MISSED),
        never=_of(ended, OfferState.REJECTED) | been,
    )


def _of(offers: Iterable[Offer], state: OfferState) -> frozenset[UUID]:
    return frozenset(offer.membership_id for offer in offers if offer.state == state)


def _passed_on(call: Call, at: datetime) -> frozenset[UUID]:
    """Who has just put the call back into the queue; not who was lost."""
    if call.front:
        return frozenset()
    rows = Leg.objects.filter(call=call, membership__isnull=False, left_at__gte=at - EXCLUDED)
    return frozenset(pk for pk in rows.values_list("membership_id", flat=True) if pk)


# --- offering --------------------------------------------------------------------------------------------


@transaction.atomic
def offer_waiting(centre_id: UUID, *, callbacks: bool) -> int:
    """`callbacks`: whether people may be called now, which is for the hours to say."""
    at = now()
    rows = _waiting(centre_id, at, callbacks=callbacks)
    agents = _agents(centre_id, at) if rows else []
    if not agents:
        return 0
    items = [_item(row, at) for row in rows]
    skilled = _skilled(centre_id) if any(item.skill for item in items) else frozenset()
    by_id = {row.pk: row for row in rows}
    return sum(_ring(by_id[item], member, at) for item, member in choose(items, agents, skilled))


def _ring(row: Call | Callback, membership_id: UUID, at: datetime) -> bool:
    seconds = line_of(row.channel).ring_seconds
    offer = Offer(membership_id=membership_id, made_at=at, deadline=at + timedelta(seconds=seconds))
    if isinstance(row, Call):
        offer.call, offer.kind = row, OfferKind.RING
    else:
        offer.callback, offer.kind = row, OfferKind.CALLBACK
    return make(offer)


def make(offer: Offer) -> bool:
    """False when the call or the agent was offered something else in the same moment."""
    try:
        with transaction.atomic():
            offer.save(force_insert=True)
    except IntegrityError:
        return False
    _tell(offer)
    return True


def _tell(offer: Offer) -> None:
    about = offer.call or offer.callback
    assert about
    tell(
        [
            Hint(about.centre_id, "call", about.conversation_id, offer.membership.staff_id),
            Hint(about.centre_id, "call"),
        ]
    )


# --- ends of offers --------------------------------------------------------------------------------------


def end(offer: Offer, state: OfferState, at: datetime | None = None) -> bool:
    """An offer ends once."""
    at = at or now()
    pending = Offer.objects.filter(pk=offer.pk, state=OfferState.PENDING)
    if not pending.update(state=state, ended_at=at):
        return False
    offer.state, offer.ended_at = state, at
    _tell(offer)
    return True


def withdraw(offers: QuerySet[Offer]) -> None:
    for offer in offers.filter(state=OfferState.PENDING).select_related("call", "callback", "membership"):
        end(offer, OfferState.WITHDRAWN)


@transaction.atomic
def reject(*, by: Staff, offer: Offer) -> bool:
    """The call goes to the next one; a colleague who asked is told."""
    done = end(offer, OfferState.REJECTED)
    if done and offer.call:
        telling.audit(offer.call, "reject", by=by)
    return done


def expire() -> list[Offer]:
    """Offers whose time has run out. Whoever misses two in a row is set to away, and told."""
    at = now()
    rows = Offer.objects.filter(state=OfferState.PENDING, deadline__lte=at)
    due = list(rows.select_related("call", "callback", "membership")[:AT_ONCE])
    return [offer for offer in due if _missed(offer, at)]


@transaction.atomic
def _missed(offer: Offer, at: datetime) -> bool:
    if not end(offer, OfferState.MISSED, at):
        return False
    if offer.kind in _RINGS and missed_in_a_row(offer.membership) >= 2:
        set_presence(membership=offer.membership, state=PresenceState.AWAY)
        centre = offer.membership.centre_id
        tell([Hint(centre, "presence", None, offer.membership.staff_id)])
    return True


def missed_in_a_row(membership: Membership) -> int:
    """Counted up to two; something accepted or turned down ends the row, and so does coming back."""
    ended = Offer.objects.filter(membership=membership, kind__in=_RINGS).exclude(
        state__in=[OfferState.PENDING, OfferState.WITHDRAWN]
    )
    last = list(ended.order_by("-ended_at").values_list("state", flat=True)[:2])
    return len(last) if all(state == OfferState.MISSED for state in last) else 0


def in_call(staff: Staff) -> bool:
    return Leg.objects.filter(membership__staff=staff).exclude(state=LegState.LEFT).exists()


def waiting_centres(at: datetime) -> set[UUID]:
    """Where somebody waits: one read of small indexes while nobody does."""
    calls = Call.objects.filter(stage=Stage.QUEUED).values_list("centre_id", flat=True)
    asked = Callback.objects.filter(state="waiting", next_at__lte=at).values_list("centre_id", flat=True)
    return set(calls) | set(asked)
