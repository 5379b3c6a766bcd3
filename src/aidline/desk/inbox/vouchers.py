"""The vouchers of a person beside the conversation: five things people ask for, each with an answer at hand."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from aidline.centres.queries import Seat
from aidline.conversations.models import Conversation
from aidline.kernel import money
from aidline.vouchers.delivery import balance
from aidline.vouchers.delivery.wording import left_of
from aidline.vouchers.helping import Held, Holding, holdings_of
from aidline.vouchers.registering.receipts import state_words
from aidline.vouchers.states import DeliveryState, VoucherState

ON_THE_WAY: Mapping[str, Any] = {
    DeliveryState.WAITING: gettext_lazy("It has not left yet. It leaves by itself within a minute."),
    DeliveryState.ASKED: gettext_lazy("We asked whether to send it. Any answer of theirs releases it."),
    DeliveryState.RELEASED: gettext_lazy("It is leaving now."),
    DeliveryState.SENT: gettext_lazy("It was sent. We do not know yet whether it arrived."),
    DeliveryState.DELIVERED: gettext_lazy("It arrived on their phone."),
    DeliveryState.FAILED: gettext_lazy(
        "It could not be delivered. Check the number with them, then send it again."
    ),
    DeliveryState.PRINTED: gettext_lazy("It was handed out on paper."),
}
AT_THE_TILL: Mapping[str, Any] = {
    VoucherState.OPEN: gettext_lazy("It can be used. Tell them what is left and where it is taken."),
    VoucherState.EMPTY: gettext_lazy("It is empty. The uses stand below."),
    VoucherState.BLOCKED: gettext_lazy("It is blocked. Replace it, or end the block."),
    VoucherState.EXPIRED: gettext_lazy("Its time is over, and what was left went back to the budget."),
    VoucherState.CANCELLED: gettext_lazy("It was cancelled."),
    VoucherState.REPLACED: gettext_lazy("It was replaced by another one. Only the newest code is good."),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What stands under one of the five. `says`: in the person's language, to be sent as it is."""

    code: str
    title: str
    facts: str
    says: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    holding: Holding
    answers: list[Answer]

    @property
    def left(self) -> str:
        held = self.holding.latest
        return _money(held, left_of(held.voucher)) if held else ""


def cards(seat: Seat, conversation: Conversation) -> list[Card]:
    language = conversation.language or conversation.centre.default_language
    return [
        Card(one, [make(one, language) for make in _ANSWERS])
        for one in holdings_of(seat, conversation.person)
    ]


def _not_received(holding: Holding, language: str) -> Answer:
    title, held = _("Not received"), holding.latest
    if held is None:
        return Answer(
            "not_received", title, _no_voucher(holding), state_words(holding.registration, language)
        )
    return Answer("not_received", title, str(ON_THE_WAY[held.voucher.delivery]))


def _cannot_open(holding: Holding, _language: str) -> Answer:
    facts = _("Send a link: it opens in any browser, also where pictures do not load.")
    return Answer("cannot_open", _("Cannot open it"), facts if holding.latest else _no_voucher(holding))


def _refused(holding: Holding, language: str) -> Answer:
    held = holding.latest
    facts = str(AT_THE_TILL[held.voucher.state]) if held else _no_voucher(holding)
    return Answer("refused", _("Refused at the till"), facts, _balance(holding, language))


def _changed_number(holding: Holding, _language: str) -> Answer:
    hours = holding.registration.programme.cooldown_hours
    facts = _("Old links are dead at once. For %(hours)s hours nothing is paid to the new number.") % {
        "hours": hours
    }
    return Answer("changed_number", _("Changed or lost their phone"), facts)


def _how_much(holding: Holding, language: str) -> Answer:
    held = holding.latest
    facts = _no_voucher(holding) if held is None else _left(held)
    return Answer("how_much", _("How much is left?"), facts, _balance(holding, language))


_ANSWERS: tuple[Callable[[Holding, str], Answer], ...] = (
    _not_received,
    _cannot_open,
    _refused,
    _changed_number,
    _how_much,
)


def _no_voucher(holding: Holding) -> str:
    return _("There is no voucher yet. The registration stands at: %(status)s.") % {
        "status": holding.registration.get_status_display()
    }


def _left(held: Held) -> str:
    return _("%(left)s of %(amount)s") % {
        "left": _money(held, left_of(held.voucher)),
        "amount": _money(held, held.voucher.amount_cents),
    }


def _balance(holding: Holding, language: str) -> str:
    """Nothing to send while a new number cools down: whoever writes may be the old one, or a thief with the new."""
    held = None if holding.held_until else holding.latest
    return balance.told([held.voucher], language) if held and held.is_open else ""


def _money(held: Held, cents: int) -> str:
    return money.written(cents, held.voucher.programme.currency, get_language() or "en")
