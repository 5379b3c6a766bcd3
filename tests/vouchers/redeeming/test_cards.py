"""A gift card's balance, as its issuer tells it."""

import pytest

from aidline.vouchers.books.balance import of_kind, trial_balance
from aidline.vouchers.books.checks import verify
from aidline.vouchers.models import Payout, Voucher
from aidline.vouchers.redeeming.cards import note_balance
from aidline.vouchers.redeeming.changing import reissue
from aidline.vouchers.redeeming.issue import Card, issue
from aidline.vouchers.redeeming.refusals import Refused
from aidline.vouchers.states import AccountKind, IssuerKind
from vouchers import making

pytestmark = pytest.mark.django_db


def card() -> Voucher:
    programme = making.programme(kind=IssuerKind.GIFT_CARD)
    payout = Payout.objects.create(
        payment=making.payment(programme, 1500), registration=making.registration(programme), cents=1500
    )
    issue(payout_ids=[payout.pk], cards={payout.pk: Card("6299770000000000011", "123456")})
    return Voucher.objects.get()


def test_what_the_issuer_says_is_posted_and_balances() -> None:
    voucher = card()
    programme = voucher.programme
    assert (voucher.code, voucher.card["pin"]) == ("6299770000000000011", "123456")
    spent = [note_balance(voucher=voucher, balance_cents=cents) for cents in (1500, 900, 0, 100, 9999)]
    assert spent == [0, 600, 900, -100, -1400]
    assert note_balance(voucher=voucher, balance_cents=0) == 1500
    voucher.refresh_from_db()
    assert (voucher.state, voucher.uses) == ("em", 3)
    assert of_kind(trial_balance(programme), AccountKind.ISSUER) == 1500
    assert verify(programme) == []


def test_a_card_is_not_replaced_by_a_voucher_of_ours() -> None:
    """Its issuer's shops go on taking it: the same money could be spent twice."""
    voucher = card()
    with pytest.raises(Refused) as refused:
        reissue(by=None, voucher=voucher, reason="lost")
    assert refused.value.code == "card"
    assert Voucher.objects.get().balance_cents == 1500
