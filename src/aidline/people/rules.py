"""Whom one may write to without having been written to: the one place that says so, as SQL.

Replies are not concerned. Everything else carries a purpose, and is looked at here when an audience is chosen, when
a message is released, and once more in the very UPDATE that claims it for sending.
"""

from typing import Any

from django.db.models import BooleanField, Case, CharField, Exists, OuterRef, Q, Subquery, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact

from aidline.people.models import Consent, OptOut
from aidline.people.states import NEEDS_YES, NO_CONSENT, OPTED_OUT


def refusal(*, address: str, channel: Any, purpose: Any) -> Case:
    """To annotate rows with: why nothing may be sent to this address, or the empty string.

    `address` names the row's column; `channel` and `purpose` are names of columns too, or what `Value` holds.
    """
    stopped = OptOut.objects.filter(address=OuterRef(address), channel_id=_outer(channel))
    return Case(
        When(Exists(stopped), then=Value(OPTED_OUT)),
        When(Exact(_agreed(address, purpose), Value(False)), then=Value(NO_CONSENT)),
        default=Value(""),
        output_field=CharField(),
    )


def _agreed(address: str, purpose: Any) -> Coalesce:
    """The last word counts; without one, what the purpose asks for."""
    said = Consent.objects.filter(address=OuterRef(address), purpose=_outer(purpose)).order_by("-pk")
    return Coalesce(Subquery(said.values("given")[:1]), _unasked(purpose), output_field=BooleanField())


def _unasked(purpose: Any) -> Combinable:
    if isinstance(purpose, Value):
        return Value(purpose.value not in NEEDS_YES)
    needs = Q(**{f"{purpose}__in": [needed.value for needed in NEEDS_YES]})
    return Case(When(needs, then=Value(False)), default=Value(True), output_field=BooleanField())


def _outer(column: Any) -> Any:
    return column if isinstance(column, Value) else OuterRef(column)
