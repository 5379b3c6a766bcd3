"""What became of a broadcast: every one of the audience is counted once, and the counts add up to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aidline.channels.reasons import in_words
from aidline.conversations.states import MessageState
from aidline.outreach.models import Broadcast, Recipient
from aidline.outreach.states import RecipientState, Why
from aidline.people.models import OptOut
from aidline.people.states import NO_CONSENT, OPTED_OUT

# The kinds of fate in the order of the report. Left out and failed have reasons.
FATES = {
    "pending": _("Not sent yet"),
    "leaving": _("On its way"),
    "sent": pgettext_lazy("broadcast", "Sent"),
    "delivered": _("Arrived"),
    "read": pgettext_lazy("message state", "Read"),
    "unknown": _("We do not know whether it arrived"),
    "failed": _("Failed"),
    "opted_out": _("Not wanted any more"),
    "left_out": _("Left out"),
    "held": _("Held back by the stop"),
    "gone": _("Erased since"),
}
_OF_MESSAGE = {
    MessageState.QUEUED: "leaving",
    MessageState.SENDING: "leaving",
    MessageState.SENT: "sent",
    MessageState.DELIVERED: "delivered",
    MessageState.READ: "read",
    MessageState.UNKNOWN: "unknown",
    MessageState.FAILED: "failed",
    MessageState.CANCELLED: "held",
    None: "gone",
}


@dataclass(frozen=True, slots=True)
class Fate:
    """`reasons`: words and counts, the most frequent first."""

    key: str
    count: int
    reasons: tuple[tuple[str, int], ...] = ()

    @property
    def label(self) -> str:
        return str(FATES[self.key])


@dataclass(frozen=True, slots=True)
class Report:
    audience: int
    fates: tuple[Fate, ...]
    stopped_since: int  # wrote STOP after they got it; they are counted above as well

    @property
    def total(self) -> int:
        return sum(fate.count for fate in self.fates)

    @property
    def done(self) -> int:
        """Of which nothing more is to come from us."""
        return self.audience - self.count("pending") - self.count("leaving")

    def count(self, key: str) -> int:
        return next((fate.count for fate in self.fates if fate.key == key), 0)


def report_of(broadcast: Broadcast) -> Report:
    counted: dict[str, int] = {}
    reasons: dict[str, dict[str, int]] = {}
    for row in _counts(broadcast):
        key, reason = _fate(row)
        counted[key] = counted.get(key, 0) + row["count"]
        if reason:
            of_key = reasons.setdefault(key, {})
            of_key[reason] = of_key.get(reason, 0) + row["count"]
    fates = (Fate(key, counted[key], _ranked(reasons.get(key, {}))) for key in FATES if key in counted)
    return Report(broadcast.audience, tuple(fates), _stopped_since(broadcast))


def _counts(broadcast: Broadcast) -> QuerySet[Any, Any]:
    rows = Recipient.objects.filter(broadcast=broadcast).order_by()
    columns = ("state", "why", "channel__is_open", "message__state", "message__error_code")
    found: QuerySet[Any, Any] = rows.values(*columns).annotate(count=Count("pk"))
    return found


def _fate(row: Mapping[str, Any]) -> tuple[str, str]:
    if row["state"] == RecipientState.LEFT_OUT:
        return "left_out", str(Why(row["why"]).label)
    closed = "" if row["channel__is_open"] else str(Why.CHANNEL.label)  # why it does not go on
    if row["state"] == RecipientState.PENDING:
        return "pending", closed
    code = row["message__error_code"]
    if row["message__state"] == MessageState.FAILED and code in (OPTED_OUT, NO_CONSENT):
        return "opted_out", str(Why(code).label)
    key = _OF_MESSAGE[row["message__state"]]
    if key == "leaving":
        return key, closed
    return key, in_words(code) if key == "failed" and code else ""


def _ranked(counts: dict[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def _stopped_since(broadcast: Broadcast) -> int:
    stops = OptOut.objects.filter(
        address=OuterRef("address"), channel_id=OuterRef("channel"), since__gte=OuterRef("released_at")
    )
    rows = Recipient.objects.filter(broadcast=broadcast, state=RecipientState.RELEASED)
    return rows.filter(Exists(stops)).count()
