"""A gift card issuer over JSON.

Modelled on what the interface of a Dutch issuer offers, which is not public in full (its result codes are listed in
reference/vouchers.md): issue a card of a product for an amount under a reference, look a reference up, ask the
balance, take an issue back. Numbers and PINs travel in bodies only, never in addresses, which end up in logs.

    POST cards           {reference, product, cents, currency}  → 201 (new) or 200 (known) {card}
    POST cards/find      {reference}                            → 200 {card}, 404
    POST cards/balance   {number, pin}                          → 200 {cents, state}
    POST cards/cancel    {reference}                            → 200 {state}, 409 when used

A card is {reference, number, pin, cents, until}; a refusal {code}. `Authorization: Bearer`, and the reference once
more as `Idempotency-Key`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import httpx

from aidline.kernel.http import TargetRefused, within
from aidline.vouchers.issuers.contract import (
    AccountTrouble,
    Balance,
    Busy,
    Card,
    CardState,
    IssuerError,
    NotCancellable,
    Order,
    Refused,
    Uncertain,
    UnknownCard,
)

CONNECT_SECONDS = 5.0
_REFUSALS: Mapping[str, type[IssuerError]] = {
    "wrong-key": AccountTrouble,
    "account-closed": AccountTrouble,
    "no-cover": AccountTrouble,
    "unknown-card": UnknownCard,
    "used": NotCancellable,
    "expired": NotCancellable,
}
_LONGEST_CODE = 20


@dataclass(frozen=True, slots=True)
class GiftCards:
    base_url: str
    key: str
    product: str = ""

    def issue(self, http: httpx.Client, order: Order) -> Card:
        asked = {
            "reference": str(order.reference),
            "product": self.product,
            "cents": order.cents,
            "currency": order.currency,
        }
        card = _card(self._ask(http, "cards", asked, order.seconds, str(order.reference)), order.reference)
        if card.cents != order.cents:
            raise Refused("other-amount")
        return card

    def find(self, http: httpx.Client, reference: UUID, seconds: float = 15.0) -> Card | None:
        try:
            return _card(self._ask(http, "cards/find", {"reference": str(reference)}, seconds), reference)
        except UnknownCard:
            return None

    def balance(self, http: httpx.Client, number: str, pin: str) -> Balance:
        found = self._ask(http, "cards/balance", {"number": number, "pin": pin})
        try:
            return Balance(_cents(found), CardState(found["state"]))
        except (KeyError, ValueError, TypeError):
            raise Uncertain("no-sense") from None

    def cancel(self, http: httpx.Client, reference: UUID) -> None:
        try:
            self._ask(http, "cards/cancel", {"reference": str(reference)})
        except UnknownCard:
            return

    def _ask(
        self, http: httpx.Client, path: str, asked: Mapping[str, Any], seconds: float = 15.0, once: str = ""
    ) -> Any:
        headers = {
            "Authorization": f"Bearer {self.key}",
            **({"Idempotency-Key": once} if once else {}),
        }
        try:
            answer = http.post(
                f"{self.base_url.rstrip('/')}/{path}",
                json=asked,
                headers=headers,
                timeout=httpx.Timeout(seconds, connect=min(seconds, CONNECT_SECONDS)),
                extensions=within(seconds),
            )
        except (TargetRefused, httpx.InvalidURL, httpx.UnsupportedProtocol):
            raise AccountTrouble("address") from None
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
            raise Busy("unreachable") from None
        except httpx.HTTPError:
            raise Uncertain("no-answer") from None
        return _content(answer)


def _content(answer: httpx.Response) -> Any:
    """What a proxy in between answers says nothing about what the issuer did."""
    status = answer.status_code
    if status in (429, 503):
        raise Busy("busy", _retry_after(answer))
    if status >= 500 or status in (408, 425):
        raise Uncertain("broken")
    try:
        content = answer.json()
    except ValueError:
        raise Uncertain("no-sense") from None
    if not answer.is_success:
        raise _refusal(status, content)
    return content


def _refusal(status: int, content: Any) -> IssuerError:
    code = content.get("code") if isinstance(content, dict) else None
    if not isinstance(code, str) or not code.replace("-", "").isalnum():
        return AccountTrouble("wrong-key") if status in (401, 403) else Refused(f"status-{status}")
    return _REFUSALS.get(code, AccountTrouble if status in (401, 403) else Refused)(code[:_LONGEST_CODE])


def _retry_after(answer: httpx.Response) -> timedelta | None:
    given = answer.headers.get("retry-after", "")
    return timedelta(seconds=min(int(given), 600)) if given.isdecimal() else None


def _card(found: Any, reference: UUID) -> Card:
    """Another reference than ours would be somebody else's card."""
    try:
        if UUID(str(found["reference"])) != reference or not found["number"]:
            raise ValueError
        until = date.fromisoformat(found["until"]) if found.get("until") else None
        return Card(reference, str(found["number"]), str(found.get("pin", "")), _cents(found), until)
    except (KeyError, ValueError, TypeError):
        raise Uncertain("no-sense") from None


def _cents(found: Any) -> int:
    cents = found["cents"]
    if not isinstance(cents, int) or isinstance(cents, bool) or cents < 0:
        raise ValueError
    return cents
