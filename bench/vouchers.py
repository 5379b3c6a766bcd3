"""The voucher side, part by part, each with an installation of its own; goals and the peer's figures are in
docs/benchmarks.md."""

from collections.abc import Callable, Mapping
from typing import Any

from . import vouchers_delivery, vouchers_intake, vouchers_lists, vouchers_paying, vouchers_redeeming

Figures = dict[str, Any]


def _payments(database: str, quick: bool) -> Figures:
    sizes = (200,) if quick else (1_000, 25_000)
    return {
        name: figure for size in sizes for name, figure in vouchers_paying.measure(database, size).items()
    }


def _tills(database: str, quick: bool) -> Figures:
    storm = vouchers_redeeming.QUICK if quick else vouchers_redeeming.Storm()
    return vouchers_redeeming.measure(database, storm)


PARTS: Mapping[str, Callable[[str, bool], Figures]] = {
    "lists": lambda database, quick: vouchers_intake.measure(database, 1_000 if quick else 10_000),
    "doubles": lambda database, quick: vouchers_lists.measure(database, 4_000 if quick else 131_072),
    "payments": _payments,
    "claims": lambda database, quick: vouchers_delivery.claims(database, 100 if quick else 1_000),
    "tills": _tills,
    "pictures": lambda _database, quick: vouchers_delivery.pictures(100 if quick else 1_000),
}


def measure(database: str, *, quick: bool) -> Figures:
    found: Figures = {}
    for part in PARTS.values():
        found |= part(database, quick)
    return found
