"""What is wrong with a list or with a row of it, in plain words."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aidline.vouchers.intake.mapping import PHONE, Target

_UNREADABLE = {
    "empty": gettext_lazy("There is nothing in this file."),
    "too_big": gettext_lazy("This file is too big. Up to 25 MB can be read."),
    "too_many_rows": gettext_lazy("This list has more than 100,000 rows. Cut it into smaller ones."),
    "old_excel": gettext_lazy("This is the old Excel format (.xls). Save it as .xlsx or CSV."),
    "not_a_table": gettext_lazy("This is not a list. Use an Excel file (.xlsx) or CSV."),
    "broken": gettext_lazy("This file is damaged. Open it, save it again and try once more."),
    "closed": gettext_lazy("The programme is closed and takes nobody in any more."),
    "broken_off": gettext_lazy("Something went wrong on our side. What was added stays; add the list again."),
}
_WRONG = {
    "nobody": gettext_lazy("There is neither a name nor a phone number. Left out."),
    "not_a_phone": gettext_lazy("This is not a phone number. Left out."),
    "cut_by_spreadsheet": gettext_lazy(
        "The spreadsheet cut the phone number short, as in 4.477E+11. Left out. Format the column as text."
    ),
    "twice": gettext_lazy("The same person stands further up in this list. Left out."),
}
_LEFT_OPEN = {
    "unknown_language": gettext_lazy("This is not a language of the programme. Left open."),
    "not_a_number": gettext_lazy("This is not a whole number. Left open."),
    "too_small": gettext_lazy("This number is too small. Left open."),
    "too_large": gettext_lazy("This number is too large. Left open."),
    "not_a_date": gettext_lazy("This is not a date such as 2026-11-24. Left open."),
    "not_a_choice": gettext_lazy("This is none of the answers to choose from. Left open."),
    "not_a_phone": gettext_lazy("This is not a phone number. Left open."),
    "too_long": gettext_lazy("This is too long. Left open."),
}


def unreadable(code: str) -> str:
    return str(_UNREADABLE.get(code, _UNREADABLE["broken"]))


def is_left_out(code: str, field: str) -> bool:
    return code in _WRONG and field in ("", PHONE)


def fault(code: str, field: str) -> str:
    found = _WRONG if is_left_out(code, field) else _LEFT_OPEN
    return str(found.get(code, _("This could not be read. Left open.")))


_REFUSED = {
    "nobody": gettext_lazy("Give a name or a phone number."),
    "not_a_phone": gettext_lazy("This is not a phone number."),
}


def refused(code: str) -> str:
    """To somebody who typed it and can put it right."""
    return str(_REFUSED.get(code, _REFUSED["not_a_phone"]))


def column(field: str, targets: Mapping[str, Target]) -> str:
    return targets[field].label if field in targets else ""
