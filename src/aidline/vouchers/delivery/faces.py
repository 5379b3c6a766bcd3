"""From a voucher to what is drawn of it, at the moment it is sent or shown. Nothing of it is kept."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db.models import QuerySet

from aidline.kernel.clock import now
from aidline.vouchers import signing
from aidline.vouchers.codes import fonts
from aidline.vouchers.codes.barcode import is_ean13
from aidline.vouchers.codes.code import DIGITS, LENGTH, digits, grouped
from aidline.vouchers.codes.face import Face
from aidline.vouchers.codes.picture import draw
from aidline.vouchers.codes.token import LENGTH as TOKEN_LENGTH
from aidline.vouchers.codes.token import Token, short_id, sign
from aidline.vouchers.delivery.wording import (
    STEPS,
    brand_of,
    candidates,
    name_of,
    say,
    title_of,
    values_of,
)
from aidline.vouchers.models import Programme, Voucher
from aidline.vouchers.states import IssuerKind, VoucherState

COLOUR = "#0f5257"


def spendable(voucher_id: UUID) -> Voucher | None:
    """As it is now; None where there is nothing to spend any more."""
    rows = Voucher.objects.filter(pk=voucher_id, state=VoucherState.OPEN, valid_until__gt=now())
    return with_everything(rows).first()


def picture_of(voucher: Voucher) -> bytes:
    """A PNG."""
    return draw(face_of(voucher))


def with_everything(vouchers: QuerySet[Voucher]) -> QuerySet[Voucher]:
    return vouchers.select_related("programme__centre", "programme__issuer", "registration", "payment")


def face_of(voucher: Voucher, language: str = "") -> Face:
    programme = voucher.programme
    code = drawn_language(programme, language or voucher.registration.language)
    values = values_of(voucher, code)
    spent = voucher.balance_cents < voucher.amount_cents
    bars, groups, pin, is_ean = _numbers(voucher)
    return Face(
        language=code,
        colour=_colour(programme),
        brand=brand_of(programme, code),
        title=title_of(voucher, code),
        amount=values["left"],
        until=say(programme, "until", code, values).text,
        steps=_steps(programme, code),
        bars=bars,
        groups=groups,
        token="" if _is_card(programme) else signed_token(voucher),
        pin=pin,
        note=say(programme, "left", code, values).text if spent else "",
        is_ean=is_ean,
    )


def preview(programme: Programme, language: str) -> bytes:
    """How vouchers of this programme will look, before there are any: its codes mean nothing."""
    return draw(preview_face(programme, language))


def preview_face(programme: Programme, language: str) -> Face:
    """`picture.too_long` of it are the words that would be cut."""
    code = drawn_language(programme, language)
    until = now() + timedelta(days=programme.valid_days)
    nothing = Voucher(programme=programme, amount_cents=programme.amount_cents, valid_until=until)
    nothing.balance_cents = nothing.amount_cents
    values = values_of(nothing, code)
    return Face(
        language=code,
        colour=_colour(programme),
        brand=brand_of(programme, code),
        title=name_of(programme, code),
        amount=values["amount"],
        until=say(programme, "until", code, values).text,
        steps=_steps(programme, code),
        bars="0" * DIGITS,
        groups=grouped("0" * LENGTH),
        token="" if _is_card(programme) else "0" * TOKEN_LENGTH,
    )


def drawn_language(programme: Programme, language: str) -> str:
    """The first in which the words are there and this machine can write them."""
    for code in candidates(programme, language):
        words = say(programme, STEPS[0], code)
        if words.language == code and fonts.covers(words.text):
            return code
    return "en"


def signed_token(voucher: Voucher) -> str:
    key = signing.current_key(voucher.centre_id)
    token = Token(
        key_number=key.number,
        programme=short_id(voucher.programme_id),
        serial=bytes(voucher.serial),
        cents=voucher.amount_cents,
        valid_from=voucher.valid_from,
        valid_until=voucher.valid_until,
    )
    return sign(signing.private_key(key), token)


def _steps(programme: Programme, language: str) -> tuple[str, str, str, str]:
    one, two, three, four = (say(programme, key, language).text for key in STEPS)
    return one, two, three, four


def _numbers(voucher: Voucher) -> tuple[str, str, str, bool]:
    """What bars hold, what people read, a PIN, and whether the bars are an EAN. A card has its issuer's numbers."""
    if not _is_card(voucher.programme) or not voucher.card:
        return digits(voucher.code), grouped(voucher.code), "", False
    number = str(voucher.card["number"])
    prefix = voucher.programme.ean_prefix
    is_ean = bool(prefix) and number.startswith(prefix) and is_ean13(number)
    return number, " ".join(_fours(number)), str(voucher.card.get("pin", "")), is_ean


def _fours(number: str) -> Sequence[str]:
    return [number[at : at + 4] for at in range(0, len(number), 4)]


def _is_card(programme: Programme) -> bool:
    return programme.issuer is not None and programme.issuer.kind == IssuerKind.GIFT_CARD


def _colour(programme: Programme) -> str:
    colour = str(programme.brand.get("colour") or COLOUR)
    is_colour = len(colour) == 7 and colour[0] == "#" and set(colour[1:].lower()) <= set("0123456789abcdef")
    return colour if is_colour else COLOUR
