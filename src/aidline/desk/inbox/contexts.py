"""What each part of the page is made of; the page and the live parts share it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from aidline.centres.models import Membership, Staff
from aidline.centres.queries import Seat, members_of
from aidline.centres.rules import StaffRequest
from aidline.centres.states import RIGHTS, Can
from aidline.channels.models import Channel
from aidline.channels.queries import channels_of
from aidline.conversations import presentation, queries
from aidline.conversations.models import Conversation
from aidline.conversations.sending import WINDOW_MARGIN
from aidline.conversations.states import ConversationState, Outcome
from aidline.desk.calls.lines import call_now, lines_to, talking_now
from aidline.desk.inbox import snoozing, translations, vouchers
from aidline.desk.inbox.accounts import able
from aidline.desk.inbox.addresses import ways_to_reach
from aidline.desk.inbox.consents import said_of
from aidline.kernel import languages
from aidline.kernel.clock import now
from aidline.people.consents import wordings_of
from aidline.people.queries import open_likenesses
from aidline.routing.models import Presence
from aidline.routing.states import PresenceState

ANSWERING = tuple(role for role, rights in RIGHTS.items() if Can.ANSWER in rights)


def queue_part(request: StaffRequest, current: UUID | None = None) -> dict[str, Any]:
    chosen = queries.QueueFilter.read(request.GET)
    counts = queries.counts(request.seat)
    rows = queries.queue(request.seat, chosen)
    return {
        "chosen": chosen,
        "query": _query(chosen),
        "tabs": _tabs(chosen, counts),
        "counts": counts,
        "rows": rows,
        "on_phone": talking_now([row.conversation for row in rows]),
        "current": current or _uuid(request.GET.get("open", "")),
    }


def filter_part(request: StaffRequest) -> dict[str, Any]:
    seat = request.seat
    chosen = queries.QueueFilter.read(request.GET)
    return {
        "chosen": chosen,
        "views": [(view, VIEW_WORDS[view]) for view in VIEW_WORDS],
        "filter_languages": queries.languages_waiting(seat.centre),
        "filter_channels": list(channels_of(seat.centre)),
        "filter_tags": queries.tags_of(seat.centre),
        "saved_filters": [
            (row, _query(queries.QueueFilter.read(row.query))) for row in queries.saved_filters(seat)
        ],
        "toggled_order": _query(_with_order(chosen)),
    }


def presence_part(seat: Seat) -> dict[str, Any]:
    presence = Presence.objects.filter(membership=seat.membership).first() if seat.membership else None
    load = Conversation.objects.filter(assignee=seat.membership, state=ConversationState.OPEN).count()
    return {
        "presence": PresenceState(presence.state) if presence else PresenceState.OFFLINE,
        "presence_states": PresenceState,
        "load": load,
        "capacity": seat.membership.capacity if seat.membership else 0,
    }


def talk_part(request: StaffRequest, conversation: Conversation) -> dict[str, Any]:
    return {
        **head_part(request, conversation),
        **lines_part(request, conversation),
        **composer_part(request, conversation),
    }


def head_part(request: StaffRequest, conversation: Conversation) -> dict[str, Any]:
    seat = request.seat
    return {
        "conversation": conversation,
        "person": conversation.person,
        "lookers": queries.lookers(conversation, but=seat.staff),
        "mine": conversation.assignee_id is not None and conversation.assignee == seat.membership,
        "colleagues": _colleagues(seat),
        "topics": [(topic, topic.label(get_language() or "en")) for topic in queries.topics_of(seat.centre)],
        "outcomes": Outcome,
        "snoozes": snoozing.presets(),
        "is_closed": conversation.state == ConversationState.CLOSED,
        "is_snoozed": conversation.state == ConversationState.SNOOZED,
        "on_phone": call_now(conversation),
        "call_lines": lines_to(seat, conversation),
    }


def lines_part(request: StaffRequest, conversation: Conversation, **which: Any) -> dict[str, Any]:
    found = presentation.thread(conversation, **which)
    return {
        "conversation": conversation,
        "person": conversation.person,
        "thread": found,
        "names": _names(found.lines),
        "reply": reply_state(conversation),
        "closing": _closing(conversation),
        "shown": _uuid(request.GET.get("show", "")),
        **translations.under_lines(request, found.lines),
    }


def composer_part(request: StaffRequest, conversation: Conversation) -> dict[str, Any]:
    state = reply_state(conversation)
    noting = request.GET.get("mode") == "note" or state == "none"
    staff = request.seat.staff
    drafts = {mode: queries.draft_of(staff, conversation, is_note=mode) for mode in (False, True)}
    draft = drafts[noting]
    return {
        "conversation": conversation,
        "person": conversation.person,
        "reply": state,
        "noting": noting,
        "draft": draft,
        "text": draft.text if draft else "",
        "other_text": other.text if (other := drafts[not noting]) else "",
        "client_key": uuid4(),
        "has_templates": bool(conversation.channel and able(conversation.channel).templates),
        "sends": able(conversation.channel).outbound if conversation.channel else frozenset(),
        "accepts": _accepts(conversation.channel),
        **translations.for_composer(request, conversation),
    }


def person_part(request: StaffRequest, conversation: Conversation) -> dict[str, Any]:
    person = conversation.person
    earlier = queries.earlier_of(conversation)
    ways = ways_to_reach(conversation)
    said = said_of([way.id for way in ways])
    wordings = wordings_of(request.seat.centre.pk)
    return {
        "conversation": conversation,
        "person": person,
        "ways": ways,
        "consents": [(way, said[way.id]) for way in ways],
        "wordings": {purpose.value: rows[0] for purpose, rows in wordings.items() if rows},
        "has_name": person.name_sealed is not None,
        "blocked": person.blocked_until is not None and person.blocked_until > now(),
        "tags": sorted(conversation.tags.all(), key=lambda tag: tag.name.casefold()),
        "known_tags": queries.tags_of(request.seat.centre),
        "earlier": [(row, _about(row)) for row in earlier],
        "talks": len(earlier) + 1,
        "first_seen": min([conversation.opened_at, person.created_at, *(row.opened_at for row in earlier)]),
        "languages": _languages_for(request),
        "merges": queries.merges_of(person),
        "likenesses": open_likenesses(person),
        "block_choices": BLOCK_DAYS,
        "voucher_cards": vouchers.cards(request.seat, conversation),
        **translations.suspicion(conversation),
    }


BLOCK_DAYS = (1, 7, 30)
CLOSING_SOON = timedelta(hours=3)

VIEW_WORDS = {
    queries.View.ALL: _("All open"),
    queries.View.MINE: _("Mine"),
    queries.View.WAITING: _("Waiting for somebody"),
    queries.View.MENU: _("With the menu"),
    queries.View.LATER: _("Later"),
    queries.View.MENTIONS: _("Notes that name me"),
    queries.View.FINISHED: _("Finished"),
    queries.View.BLOCKED: _("Blocked"),
}


def reply_state(conversation: Conversation) -> str:
    """`open`, `shut` (only approved messages), `closed` (the channel) or `none` (no way back)."""
    if conversation.channel is None or conversation.address_id is None:
        return "none"
    if not conversation.channel.is_open:
        return "closed"
    until = conversation.window_until
    return "shut" if until and until - WINDOW_MARGIN <= now() else "open"


def _closing(conversation: Conversation) -> bool:
    """Worth a line of its own in the thread."""
    until = conversation.window_until
    return bool(until and now() < until < now() + CLOSING_SOON)


def _query(chosen: queries.QueueFilter) -> str:
    query = QueryDict(mutable=True)
    query.update(chosen.written())
    return query.urlencode()


def _with_order(chosen: queries.QueueFilter) -> queries.QueueFilter:
    other = queries.Order.LONGEST if chosen.order is queries.Order.CLOSING else queries.Order.CLOSING
    return replace(chosen, order=other)


def _tabs(chosen: queries.QueueFilter, counts: queries.Counts) -> list[dict[str, Any]]:
    views = (
        (queries.View.MINE, counts.mine),
        (queries.View.WAITING, counts.waiting),
        (queries.View.ALL, counts.all),
    )
    return [
        {"view": view, "count": count, "query": _query(replace(chosen, view=view)), "on": chosen.view is view}
        for view, count in views
    ]


def _colleagues(seat: Seat) -> list[Membership]:
    rows = members_of(seat.centre, ANSWERING).select_related("staff", "presence")
    others = [row for row in rows if row.staff_id != seat.staff.pk]
    return sorted(
        others, key=lambda row: (_presence(row) != PresenceState.AVAILABLE, row.staff.name.casefold())
    )


def _presence(membership: Membership) -> str:
    presence = getattr(membership, "presence", None)
    return presence.state if presence else PresenceState.OFFLINE


def _names(lines: Iterable[presentation.Line]) -> dict[str, str]:
    wanted = {str(line.extra["to"]) for line in lines if line.is_event and "to" in line.extra}
    ids = [found for found in map(_uuid, wanted) if found]
    return {str(staff.pk): staff.name for staff in Staff.objects.filter(pk__in=ids)} if ids else {}


def _accepts(channel: Channel | None) -> str:
    if channel is None:
        return ""
    return ",".join(sorted({mime for limit in able(channel).media.values() for mime in limit.mimes}))


def _about(conversation: Conversation) -> str:
    return conversation.topic.label(get_language() or "en") if conversation.topic else ""


def _languages_for(request: StaffRequest) -> list[tuple[str, str]]:
    """The centre's languages first, then all others we know."""
    first = [code for code in request.seat.centre.languages if code in languages.ALL]
    rest = [code for code in languages.ALL if code not in first]
    return [(code, languages.name(code)) for code in [*first, *rest]]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
