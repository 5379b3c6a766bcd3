"""From an issuer's row to what can be asked. A new kind is a file beside this one and a line in this table."""

from collections.abc import Callable, Mapping

from aidline.vouchers.issuers.contract import Issuer
from aidline.vouchers.issuers.gift_card import GiftCards
from aidline.vouchers.models import Issuer as Row
from aidline.vouchers.states import IssuerKind

Config = Mapping[str, str]


def _gift_cards(url: str, config: Config) -> Issuer:
    return GiftCards(url, config.get("key", ""), config.get("product", ""))


_KINDS: Mapping[str, Callable[[str, Config], Issuer]] = {IssuerKind.GIFT_CARD: _gift_cards}


def issuer_of(row: Row) -> Issuer | None:
    """None for our own vouchers, which nobody has to be asked for."""
    make = _KINDS.get(row.kind)
    return make(row.base_url, row.config or {}) if make else None
