"""Our books beside the file of a shop or an issuer: what agrees, and each line that does not."""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aidline.kernel import money
from aidline.vouchers.intake.reading import Unreadable, head_and_rows, shape_of
from aidline.vouchers.models import Programme, Redemption, Shop, Voucher

MOST_ROWS = 100_000
LONGEST_LIST = 2_000

# What columns are called, in the languages of the screens; compared without accents, case and signs.
NAMES: Mapping[str, tuple[str, ...]] = {
    "receipt": ("receipt", "receiptnumber", "receiptno", "bon", "recu", "ticket", "recibo", "chek", "ايصال"),
    "till": ("till", "register", "kassa", "caisse", "caja", "kasa", "صندوق"),
    "reference": ("reference", "ref", "voucher", "voucherid", "referentie", "referencia", "bon", "id"),
    "amount": ("amount", "value", "bedrag", "montant", "importe", "sum", "suma", "المبلغ", "total"),
    "balance": ("balance", "left", "remaining", "saldo", "solde", "rest", "zalyshok", "الرصيد"),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """`kind`: only_theirs, only_ours, amount, balance, twice, unreadable. `row`: its number in their file, or 0."""

    kind: str
    row: int
    name: str
    ours: int | None = None
    theirs: int | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    rows: int
    agreed: int
    our_cents: int
    their_cents: int
    differences: Sequence[Difference]
    more: int = 0  # differences beyond those listed


class WrongColumns(Exception):
    """`missing`: the columns that no heading of the file stands for."""

    def __init__(self, missing: Sequence[str]) -> None:
        super().__init__(", ".join(missing))
        self.missing = missing


@dataclass(frozen=True, slots=True)
class _Line:
    row: int
    name: str
    cents: int | None
    balance: int | None


def with_shop(
    *, shop: Shop, programme: Programme, data: bytes, since: datetime, until: datetime
) -> Comparison:
    """Their lines are known by till and receipt; the till may be missing where the shop has one."""
    ours = dict(_uses(shop, programme, since, until))
    theirs = list(_read(data, ("receipt", "amount"), ("till",)))
    tills = list(shop.tills.values_list("name", flat=True))
    only = _plain(tills[0]) if len(tills) == 1 else ""
    named = [_Line(line.row, _with_till(line.name, only), line.cents, None) for line in theirs]
    return _compare(ours, named, {})


def with_issuer(*, programme: Programme, data: bytes) -> Comparison:
    """Their lines are known by the reference under which we asked: the id of the voucher."""
    rows = Voucher.objects.filter(programme=programme, replaces=None)
    ours: dict[str, int] = {}
    balances: dict[str, int] = {}
    for pk, amount, balance in rows.values_list("pk", "amount_cents", "balance_cents").iterator():
        ours[pk.hex], balances[pk.hex] = amount, balance
    theirs = list(_read(data, ("reference", "amount"), ("balance",)))
    named = [_Line(line.row, line.name.replace(" ", ""), line.cents, line.balance) for line in theirs]
    return _compare(ours, named, balances)


# --- ours -------------------------------------------------------------------------------------------------


def _uses(shop: Shop, programme: Programme, since: datetime, until: datetime) -> Iterator[tuple[str, int]]:
    rows = Redemption.objects.filter(shop=shop, programme=programme, reversed_at=None)
    rows = rows.filter(at__gte=since, at__lt=until)
    for till, receipt, cents in rows.values_list("till__name", "receipt", "cents").iterator():
        yield f"{_plain(till)} {receipt}", cents


def _with_till(name: str, only: str) -> str:
    """A line reads "receipt" or "till receipt"."""
    return name if " " in name else f"{only} {name}"


# --- theirs -----------------------------------------------------------------------------------------------


def _read(data: bytes, needed: Sequence[str], also: Sequence[str]) -> Iterator[_Line]:
    """Raises `Unreadable` and `WrongColumns`."""
    head, rows = head_and_rows(data, shape_of(data))
    places = _places(head, (*needed, *also))
    missing = [name for name in needed if name not in places]
    if missing:
        raise WrongColumns(missing)
    for number, cells in rows:
        if number > MOST_ROWS + 1:
            raise Unreadable("too_many_rows")
        yield _line(number, cells, places, needed[0])


def _places(head: Sequence[str], wanted: Sequence[str]) -> dict[str, int]:
    plain = [_plain(heading).replace(" ", "") for heading in head]
    found: dict[str, int] = {}
    for name in wanted:
        place = next((at for at, heading in enumerate(plain) if heading in NAMES[name]), None)
        if place is not None and place not in found.values():
            found[name] = place
    return found


def _line(number: int, cells: Sequence[str], places: Mapping[str, int], key: str) -> _Line:
    def cell(name: str) -> str:
        place = places.get(name, len(cells))
        return cells[place] if place < len(cells) else ""

    name = _plain(cell(key))
    till = _plain(cell("till")) if "till" in places else ""
    balance = money.typed(cell("balance")) if "balance" in places else None
    return _Line(number, f"{till} {name}" if till else name, _cents(cell("amount")), balance)


def _cents(text: str) -> int | None:
    """12.5 of a spreadsheet is 12.50; a currency beside it does not disturb."""
    kept = "".join(sign for sign in text if sign.isdigit() or sign in ".,٫")
    return money.typed(kept)


def _plain(text: str) -> str:
    split = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(sign if sign.isalnum() else " " for sign in split if not unicodedata.combining(sign))
    return " ".join(letters.split())


# --- comparing --------------------------------------------------------------------------------------------


def _compare(ours: Mapping[str, int], theirs: Iterable[_Line], balances: Mapping[str, int]) -> Comparison:
    seen: set[str] = set()
    found: list[Difference] = []
    rows = agreed = their_cents = 0
    for line in theirs:
        rows += 1
        their_cents += line.cents or 0
        difference = _difference(line, ours, balances, seen)
        seen.add(line.name)
        agreed += difference is None
        found += [difference] if difference else []
    found += [
        Difference("only_ours", 0, name, ours=cents) for name, cents in ours.items() if name not in seen
    ]
    more = max(0, len(found) - LONGEST_LIST)
    return Comparison(rows, agreed, sum(ours.values()), their_cents, found[:LONGEST_LIST], more)


def _difference(
    line: _Line, ours: Mapping[str, int], balances: Mapping[str, int], seen: Iterable[Any]
) -> Difference | None:
    if line.cents is None or not line.name:
        return Difference("unreadable", line.row, line.name)
    if line.name in seen:
        return Difference("twice", line.row, line.name, theirs=line.cents)
    if line.name not in ours:
        return Difference("only_theirs", line.row, line.name, theirs=line.cents)
    if ours[line.name] != line.cents:
        return Difference("amount", line.row, line.name, ours[line.name], line.cents)
    if line.balance is not None and balances.get(line.name) != line.balance:
        return Difference("balance", line.row, line.name, balances.get(line.name), line.balance)
    return None
