"""A gift card issuer's side of the wire, for practice; what it speaks is told in `vouchers.issuers.gift_card`.

Faults are asked for in the address, as parts before the verb: `/look-alike/gift-card/slow-300/cards` answers after up
to 300 ms more; `busy-5` refuses five in a hundred with 429, `broken-1` one in a hundred with 500 before anything is
done, `late-1` issues and then keeps the answer to itself, `garbage-1` issues and answers nonsense; `no-cover` refuses
all. A share may be `late-0.2`. With `key-…` only that key is good. Which reference is hit depends on it and on how
often it came, so that a run can be repeated. The shop's side is `till`: {number, cents} spends from a card.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from aidline.simulator.lookalikes.shapes import Answer, Call, answer
from aidline.simulator.lookalikes.strict import Table, check, number, text
from aidline.simulator.lookalikes.trouble import GARBAGE

KEPT_BACK = 20_000  # milliseconds: longer than anybody waits


@dataclass(frozen=True, slots=True)
class Plastic:
    """A card as its issuer knows it."""

    reference: str
    number: str
    pin: str
    cents: int
    balance: int
    until: str = ""
    cancelled: bool = False


class Cards(Protocol):
    """The issuer's own books. `issue` gives what is there already under the reference, and whether it is new."""

    def issue(self, card: Plastic) -> tuple[Plastic, bool]: ...

    def by_reference(self, reference: str) -> Plastic | None: ...

    def by_number(self, number: str) -> Plastic | None: ...

    def spend(self, number: str, cents: int) -> bool: ...

    def cancel(self, reference: str) -> bool:
        """False: it was used."""
        ...


class Counter(Protocol):
    """As much of an exchange as this needs."""

    def cards(self) -> Cards: ...

    def tries(self, reference: str) -> int:
        """How often this reference was asked for before."""
        ...

    def wait(self, milliseconds: int) -> None: ...


_ORDER: Table = {
    "reference": text(64, needed=True),
    "product": text(40),
    "cents": number(needed=True),
    "currency": text(3, needed=True),
}
_REFERENCE: Table = {"reference": text(64, needed=True)}
_HOLDER: Table = {"number": text(40, needed=True), "pin": text(12)}
_SALE: Table = {"number": text(40, needed=True), "cents": number(needed=True)}
MOST_CENTS = 100_000


class Refused(Exception):
    def __init__(self, code: str, status: int = 400) -> None:
        super().__init__(code)
        self.answer = answer({"code": code}, status)


def respond(call: Call, counter: Counter) -> Answer:
    orders, verb = _split(call.parts)
    try:
        return _respond(call, counter, orders, verb)
    except Refused as refusal:
        return refusal.answer


def _split(parts: list[str]) -> tuple[list[str], str]:
    start = next((place for place, part in enumerate(parts) if part in ("cards", "till")), len(parts))
    return parts[:start], "/".join(parts[start:])


def _respond(call: Call, counter: Counter, orders: list[str], verb: str) -> Answer:
    table, act = _VERBS.get(verb, (None, None)) if call.method == "POST" else (None, None)
    if table is None or act is None:
        raise Refused("no-such-address", 404)
    _admit(call, orders)
    asked = _document(call, table)
    subject = str(asked.get("reference") or asked["number"])
    dice = _Dice(orders, f"{verb} {subject}", counter.tries(f"{verb} {subject}"))
    counter.wait(dice.milliseconds())
    if dice.hits("busy"):
        return answer({"code": "busy"}, 429)
    if dice.hits("broken"):
        return answer({"code": "broken"}, 500)
    if "no-cover" in orders and verb == "cards":
        raise Refused("no-cover", 403)
    good = act(asked, counter.cards())
    if verb == "cards" and dice.hits("late"):
        counter.wait(KEPT_BACK)
    return GARBAGE if verb == "cards" and dice.hits("garbage") else good


def _admit(call: Call, orders: list[str]) -> None:
    wanted = next((order[4:] for order in orders if order.startswith("key-")), "")
    kind, _, given = call.headers.get("authorization", "").partition(" ")
    if kind != "Bearer" or not given or (wanted and given != wanted):
        raise Refused("wrong-key", 401)


def _document(call: Call, table: Table) -> dict[str, Any]:
    try:
        asked = json.loads(call.body)
    except ValueError:
        raise Refused("not-json") from None
    problem = check(asked, table) if isinstance(asked, dict) else None
    if problem or not isinstance(asked, dict):
        raise Refused(f"{problem.what}-{problem.where}" if problem else "not-an-object")
    return asked


class _Dice:
    def __init__(self, orders: list[str], subject: str, tries: int) -> None:
        self._orders = dict(_order(one) for one in orders if _is_number(one.rpartition("-")[2]))
        self._seed = f"{subject} {tries}"

    def hits(self, fault: str) -> bool:
        return self._rolled(fault, 10_000) < 100 * self._orders.get(fault, 0)

    def milliseconds(self) -> int:
        """From a third of it to all of it, evenly: 100 to 300."""
        most = int(self._orders.get("slow", 0))
        return most // 3 + self._rolled("slow", max(1, most - most // 3))

    def _rolled(self, what: str, sides: int) -> int:
        digest = hashlib.blake2b(f"{self._seed} {what}".encode(), digest_size=8).digest()
        return int.from_bytes(digest) % sides


def _order(order: str) -> tuple[str, float]:
    name, _, share = order.rpartition("-")
    return name, float(share)


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdecimal()


# --- what it does ----------------------------------------------------------------------------------------


def _issue(asked: Mapping[str, Any], cards: Cards) -> Answer:
    cents = asked["cents"]
    if not isinstance(cents, int) or not 0 < cents <= MOST_CENTS:
        raise Refused("amount")
    card, new = cards.issue(new_card(asked["reference"], cents))
    if card.cents != cents:
        raise Refused("other-amount", 409)
    if card.cancelled:
        raise Refused("cancelled", 409)
    return answer(_shown(card), 201 if new else 200)


def new_card(reference: str, cents: int) -> Plastic:
    """The number follows from the reference: nineteen digits, as they stand on real ones."""
    digest = hashlib.blake2b(reference.encode(), digest_size=16).digest()
    digits = f"{int.from_bytes(digest[:8]) % 10**15:015}"
    return Plastic(reference, f"6064{digits}", f"{int.from_bytes(digest[8:]) % 10**6:06}", cents, cents)


def _shown(card: Plastic) -> dict[str, Any]:
    return {
        "reference": card.reference,
        "number": card.number,
        "pin": card.pin,
        "cents": card.cents,
        "until": card.until,
    }


def _find(asked: Mapping[str, Any], cards: Cards) -> Answer:
    card = cards.by_reference(_plain(asked["reference"]))
    if card is None or card.cancelled:
        raise Refused("unknown-card", 404)
    return answer(_shown(card))


def _plain(reference: str) -> str:
    try:
        return str(UUID(reference))
    except ValueError:
        return reference


def _balance(asked: Mapping[str, Any], cards: Cards) -> Answer:
    card = cards.by_number(asked["number"])
    if card is None or card.pin != asked.get("pin", ""):
        raise Refused("unknown-card", 404)
    return answer({"cents": card.balance, "state": "cancelled" if card.cancelled else "open"})


def _cancel(asked: Mapping[str, Any], cards: Cards) -> Answer:
    card = cards.by_reference(_plain(asked["reference"]))
    if card is None:
        raise Refused("unknown-card", 404)
    if not card.cancelled and not cards.cancel(card.reference):
        raise Refused("used", 409)
    return answer({"state": "cancelled"})


def _sell(asked: Mapping[str, Any], cards: Cards) -> Answer:
    card = cards.by_number(asked["number"])
    if card is None or card.cancelled:
        raise Refused("unknown-card", 404)
    if not cards.spend(card.number, int(asked["cents"])):
        raise Refused("too-little", 409)
    return answer({"ok": True})


_VERBS: Mapping[str, tuple[Table, Callable[[Mapping[str, Any], Cards], Answer]]] = {
    "cards": (_ORDER, _issue),
    "cards/find": (_REFERENCE, _find),
    "cards/balance": (_HOLDER, _balance),
    "cards/cancel": (_REFERENCE, _cancel),
    "till": (_SALE, _sell),
}
