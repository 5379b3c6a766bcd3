"""Keyed hashes by which registrations, receipts and vouchers are found. Alone they tell nothing.

What is hashed is one written form: a number in the first of the forms that reach the same line, a name without
accents, case and order of its words.
"""

import unicodedata
from functools import lru_cache
from uuid import UUID

from aidline import vault
from aidline.kernel import phones

_TATWEEL = "\u0640"  # stretches a word in Arabic script and means nothing


def phone_index(centre_id: UUID, phone: str) -> bytes | None:
    """`phone` in E.164; None without one."""
    return vault.blind_index(_line(phone), scope=centre_id, purpose="voucher:phone") if phone else None


def name_index(centre_id: UUID, name: str) -> bytes | None:
    plain = plain_name(name)
    return vault.blind_index(plain, scope=centre_id, purpose="voucher:name") if plain else None


def elsewhere_index(organisation_id: UUID, *, phone: str, name: str) -> bytes | None:
    """The same in every programme and centre: of the number, or of the name where there is none."""
    if phone:
        return vault.blind_index(_line(phone), scope=organisation_id, purpose="voucher:elsewhere")
    plain = plain_name(name)
    return (
        vault.blind_index(plain, scope=organisation_id, purpose="voucher:elsewhere name") if plain else None
    )


def row_index(programme_id: UUID, centre_id: UUID, key: str) -> bytes | None:
    """`key` says what makes a row of a list, or a submission of a form, the same one; None for an empty key."""
    value = f"{programme_id}\n{key}"
    return vault.blind_index(value, scope=centre_id, purpose="voucher:row") if key else None


def receipt_index(organisation_id: UUID, receipt: str) -> bytes:
    """`receipt`: its fourteen digits. Whoever asks for its state says no centre, so it is the organisation's."""
    return vault.blind_index(receipt, scope=organisation_id, purpose="voucher:receipt")


def code_index(centre_id: UUID, code: str) -> bytes:
    """`code`: of a voucher, as `codes.code.normalise` gives it."""
    return vault.blind_index(code, scope=centre_id, purpose="voucher:code")


def row_key(phone: str, name: str) -> str:
    """The key of a row of a list: the same number with the same name is the same row."""
    return f"{_line(phone)}\n{plain_name(name)}"


@lru_cache(maxsize=4096)
def plain_name(name: str) -> str:
    """`Ali  EL-Amín` and `el Amin, Ali` are one."""
    if name.isascii():
        letters = "".join(sign if sign.isalnum() else " " for sign in name.casefold())
    else:
        split = unicodedata.normalize("NFKD", name.casefold())
        letters = "".join(_letter(sign) for sign in split if not _is_only_help(sign))
    return " ".join(sorted(letters.split()))


def _letter(sign: str) -> str:
    return sign if unicodedata.category(sign)[0] in "LMN" else " "


def _is_only_help(sign: str) -> bool:
    """Accents, and the points of Arabic and Hebrew; not the vowels of Indian scripts (combining classes)."""
    kind = unicodedata.combining(sign)
    return 10 <= kind < 36 or kind >= 200 or sign == _TATWEEL


def _line(phone: str) -> str:
    return min(phones.variants(phone)) if phone else ""
