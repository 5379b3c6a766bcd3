"""What each kind of trouble is called, and its figures in words."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from aidline.vouchers.models import Trouble

TITLES: Mapping[str, str | Promise] = {
    "overdrawn": gettext_lazy("Taken without a network, and no longer on the voucher. Paid to the shop."),
    "unpaid": gettext_lazy("Taken without a network, beyond what is paid to the shop."),
    "over_limit": gettext_lazy("More was taken without a network than this till may take."),
    "unknown": gettext_lazy("Taken without a network on a voucher that does not exist."),
    "key_reused": gettext_lazy("Taken twice under one key, with different amounts."),
    "revoked": gettext_lazy("Sent by a till that was taken out of use."),
    "forged": gettext_lazy("Not signed by the till it names."),
    "bad": gettext_lazy("Something that cannot be read came from a till."),
    "chain": gettext_lazy("What a till sent does not follow what it sent before: a copy of it may exist."),
    "gap": gettext_lazy("Uses that a till noted never came."),
    "guessing": gettext_lazy("Many codes that no voucher has were tried."),
    "burst": gettext_lazy("Very many uses within minutes."),
    "odd_hours": gettext_lazy("Many uses outside the usual hours of the shop."),
    "whole_balance": gettext_lazy("Nearly all vouchers are used in one go."),
    "far_apart": gettext_lazy("One voucher in two places far from each other, within an hour."),
    "reversed": gettext_lazy("Many uses are taken back."),
}
OTHER = gettext_lazy("Something to look at.")

FIGURES: Mapping[str, str | Promise] = {
    "count": gettext_lazy("How often"),
    "of": gettext_lazy("Of all"),
    "minutes": gettext_lazy("Within minutes"),
    "km": gettext_lazy("Kilometres"),
    "misses": gettext_lazy("Wrong codes"),
    "missing": gettext_lazy("Missing"),
    "until": gettext_lazy("Of the first"),
}


def title_of(kind: str) -> str:
    return str(TITLES.get(kind, OTHER))


def facts_of(row: Trouble) -> list[tuple[str, int]]:
    return [(str(FIGURES[name]), value) for name, value in row.facts.items() if name in FIGURES]
