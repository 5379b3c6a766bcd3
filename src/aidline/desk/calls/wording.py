"""What the screens of calls say of a call, an offer, somebody in a call."""

from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from aidline.calls.models import Call, Callback, Leg
from aidline.calls.states import CallbackState, LegState, OfferKind, Stage
from aidline.channels.contract.voice import Part
from aidline.desk.calls.contexts import Ringing, Talk, about
from aidline.desk.inbox.wording import digits, when
from aidline.kernel import languages
from aidline.kernel.clock import now

RISKS: dict[str, Promise] = {
    "medium": gettext_lazy("May be at risk"),
    "high": gettext_lazy("High risk"),
    "imminent": gettext_lazy("May be in danger now"),
}

_IN_LANGUAGE: dict[str, Promise] = {
    OfferKind.RING: gettext_lazy("A call in %(language)s"),
    OfferKind.CALLBACK: gettext_lazy("Somebody waits to be called back, in %(language)s"),
    OfferKind.CONSULT: gettext_lazy("A colleague asks you into a call in %(language)s"),
    OfferKind.TRANSFER: gettext_lazy("A call in %(language)s is passed on to you"),
    OfferKind.HELP: gettext_lazy("A colleague needs help in a call in %(language)s"),
}
_OFFERED: dict[str, Promise] = {
    OfferKind.RING: pgettext_lazy("offer", "A call"),
    OfferKind.CALLBACK: gettext_lazy("Somebody waits to be called back"),
    OfferKind.CONSULT: gettext_lazy("A colleague asks you into a call"),
    OfferKind.TRANSFER: gettext_lazy("A call is passed on to you"),
    OfferKind.HELP: gettext_lazy("A colleague needs help in a call"),
}

_PARTS: dict[str, Promise] = {
    Part.CONSULT: pgettext_lazy("in a call", "%(name)s is here"),
    Part.AGENT: pgettext_lazy("in a call", "%(name)s is here"),
    Part.LISTENER: pgettext_lazy("in a call", "%(name)s listens"),
    Part.WHISPERER: pgettext_lazy("in a call", "%(name)s whispers: only you hear it"),
    Part.BARGER: pgettext_lazy("in a call", "%(name)s has joined in"),
}


_WATCHING: dict[str, Promise] = {
    Part.LISTENER: gettext_lazy("You listen. Nobody hears you."),
    Part.WHISPERER: gettext_lazy("Only your colleague hears you."),
    Part.BARGER: gettext_lazy("Everybody in the call hears you."),
}


def title(ringing: Ringing) -> str:
    kind = ringing.offer.kind
    if not ringing.language:
        return str(_OFFERED[kind])
    name = languages.name(ringing.language)  # in its own script, which may run the other way
    return str(_IN_LANGUAGE[kind]) % {
        "language": f"\N{FIRST STRONG ISOLATE}{name}\N{POP DIRECTIONAL ISOLATE}"
    }


def says(ringing: Ringing) -> str:
    """The whole offer in one sentence or two, for who cannot see it."""
    risk = str(RISKS.get(ringing.risk, ""))
    wanted = _("Wanted: %(topic)s") % {"topic": ringing.about} if ringing.about else ""
    return ". ".join(filter(None, (title(ringing), risk, wanted)))


def leg(of: Leg) -> str:
    if of.part == Part.THIRD:
        if of.unsure and of.state == LegState.INVITED:
            return _("We do not know whether it rings")
        joined = of.state != LegState.INVITED
        return _("Somebody by phone is here") if joined else _("Ringing somebody by phone")
    name = of.membership.staff.name if of.membership else _("a colleague")
    if of.state == LegState.INVITED:
        return _("Asking %(name)s") % {"name": name}
    return str(_PARTS.get(of.part, "%(name)s")) % {"name": name}


def state(talk: Talk) -> str:
    if talk.mine.state == LegState.INVITED:
        return _("Connecting")
    if talk.call.stage == Stage.DIALLING and talk.call.unsure:
        return _("We do not know whether it rings")
    if talk.call.stage == Stage.DIALLING:
        return pgettext("call", "Ringing")
    if talk.watches:
        return str(_WATCHING[talk.mine.part])
    if talk.held:
        return _("On hold: the caller hears music")
    return pgettext("call", "Talking")


def waiting(offered_to: str) -> str:
    return (
        _("Offered to %(name)s") % {"name": offered_to} if offered_to else _("Waits for somebody to be free")
    )


def callback(row: Callback) -> str:
    if row.state == CallbackState.DIALLING:
        return pgettext("call", "Ringing")
    if row.next_at > now():
        return _("Try %(number)s, at %(time)s") % {
            "number": digits(row.attempts + 1),
            "time": when(row.next_at),
        }
    return _("Try %(number)s") % {"number": digits(row.attempts + 1)}


def wanted(call: Call) -> str:
    return about(call.conversation)


def since(call: Call) -> datetime:
    return call.answered_at or call.began_at
