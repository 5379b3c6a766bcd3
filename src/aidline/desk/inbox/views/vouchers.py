"""What an agent does for somebody's vouchers, beside the conversation with them."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from aidline.centres.rules import StaffRequest, requires
from aidline.centres.states import Can
from aidline.conversations.models import Conversation
from aidline.conversations.queries import access_conversation
from aidline.conversations.sending import CannotSend, send_reply
from aidline.desk.inbox.answers import done, refused
from aidline.desk.inbox.contexts import reply_state
from aidline.desk.inbox.vouchers import cards
from aidline.vouchers import helping
from aidline.vouchers.delivery.links import link
from aidline.vouchers.delivery.wording import say, values_of
from aidline.vouchers.models import Voucher
from aidline.vouchers.redeeming import changing
from aidline.vouchers.redeeming.refusals import Refused
from aidline.vouchers.verification import numbers

REASON = "helpdesk"


@requires(Can.ANSWER)
@require_POST
def act(request: StaffRequest, conversation: UUID, voucher: UUID, what: str) -> HttpResponseBase:
    found = access_conversation(request.seat, conversation)
    row = helping.access_voucher_of(request.seat, found.person, voucher)
    if what not in _ACTS:
        raise Http404
    try:
        words = _ACTS[what](request, found, row)
    except CannotSend as problem:
        return refused(request, found, problem.message)
    except helping.CannotSendAgain:
        return refused(request, found, _("It cannot be sent now: it is not open, or the number is too new."))
    except Refused:
        return refused(request, found, _("This voucher is over already."))
    return done(request, found, words)


def _again(request: StaffRequest, talk: Conversation, voucher: Voucher) -> str:
    if talk.address_id is None or talk.channel_id is None:
        raise helping.CannotSendAgain
    door = (talk.address_id, talk.channel_id)
    may_write = reply_state(talk) == "open"
    helping.send_again(by=request.user, voucher=voucher, door=door, may_write=may_write)
    return _("It is on its way.")


def _link(request: StaffRequest, talk: Conversation, voucher: Voucher) -> str:
    """Only where the voucher belongs to the address that is written to."""
    if voucher.registration.address_id != talk.address_id or numbers.held_until(voucher.registration):
        raise helping.CannotSendAgain
    language = talk.language or voucher.registration.language
    words = say(voucher.programme, "link", language, values_of(voucher, language, link=link(voucher)))
    send_reply(by=request.user, conversation=talk, text=words.text)
    return _("Sent.")


def _block(request: StaffRequest, _talk: Conversation, voucher: Voucher) -> str:
    changing.block(by=request.user, voucher=voucher, reason=REASON)
    return _("Blocked. No till takes it.")


def _unblock(request: StaffRequest, _talk: Conversation, voucher: Voucher) -> str:
    changing.unblock(by=request.user, voucher=voucher, reason=REASON)
    return _("The block is over.")


def _replace(request: StaffRequest, _talk: Conversation, voucher: Voucher) -> str:
    changing.reissue(by=request.user, voucher=voucher, reason=REASON)
    return _("The old code is dead. A new voucher with the rest is on its way.")


_ACTS: dict[str, Callable[[StaffRequest, Conversation, Voucher], str]] = {
    "again": _again,
    "link": _link,
    "block": _block,
    "unblock": _unblock,
    "replace": _replace,
}


@requires(Can.ANSWER)
@require_POST
def answer(request: StaffRequest, conversation: UUID, registration: UUID, which: str) -> HttpResponseBase:
    """The words that stand on the card, as they are now."""
    found = access_conversation(request.seat, conversation)
    helping.access_registration_of(request.seat, found.person, registration)
    texts = [
        one.says
        for card in cards(request.seat, found)
        if card.holding.registration.pk == registration
        for one in card.answers
        if one.code == which
    ]
    try:
        send_reply(by=request.user, conversation=found, text=next(iter(texts), ""))
    except CannotSend as problem:
        return refused(request, found, problem.message)
    return done(request, found, _("Sent."))


@requires(Can.ANSWER)
@require_POST
def number(request: StaffRequest, conversation: UUID, registration: UUID) -> HttpResponseBase:
    found = access_conversation(request.seat, conversation)
    row = helping.access_registration_of(request.seat, found.person, registration)
    return _changed(request, found, row)


def _changed(request: StaffRequest, talk: Conversation, registration: Any) -> HttpResponseBase:
    try:
        numbers.change_number(
            by=request.user,
            registration=registration,
            phone=request.POST.get("phone", ""),
            region=request.seat.centre.region,
        )
    except numbers.NotANumber:
        return refused(request, talk, _("This is no phone number. Write it with its country code."))
    except numbers.SameNumber:
        return refused(request, talk, _("This is the number we have."))
    hours = registration.programme.cooldown_hours
    words = _("Changed. Nothing is paid to the new number for %(hours)s hours.") % {"hours": hours}
    return done(request, talk, words)
