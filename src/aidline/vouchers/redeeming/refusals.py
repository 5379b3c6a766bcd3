"""Why a till is told no. The code is for machines; each screen has its own words for it."""

from uuid import UUID


class Refused(Exception):
    """One of `unknown`, `not_here`, `blocked`, `expired`, `replaced`, `cancelled`, `not_yet`, `empty`,
    `too_little`, `locked_out`, `key_reused`, `too_late`, `not_ours`, `settled`, `bad_amount`, `card`."""

    def __init__(self, code: str, balance_cents: int | None = None, voucher_id: UUID | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.balance_cents = balance_cents
        self.voucher_id = voucher_id


class KeyReused(Refused):
    """The same key came with another body: a fault of the till that must not be papered over."""

    def __init__(self) -> None:
        super().__init__("key_reused")
