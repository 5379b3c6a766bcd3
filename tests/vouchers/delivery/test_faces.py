"""What is drawn: the programme's brand and words in the person's language, and nothing about the person."""

import io
from dataclasses import asdict
from datetime import UTC, datetime

import pytest
import zxingcpp
from PIL import Image

from aidline.kernel.languages import ALL, INTERFACE
from aidline.vouchers.codes.code import normalise
from aidline.vouchers.codes.picture import too_long
from aidline.vouchers.delivery.faces import COLOUR, face_of, picture_of, preview, preview_face, spendable
from aidline.vouchers.delivery.wording import KEYS, say, values_of
from aidline.vouchers.models import Programme, Voucher
from aidline.vouchers.states import IssuerKind, VoucherState
from vouchers import making

pytestmark = pytest.mark.django_db

AMHARIC = ("ይህን ምስል ለሻጩ ያሳዩ።", "ሻጩ ይቃኘዋል።", "በየጊዜው ጥቂት ጥቂት ይጠቀሙ።", "ለማንም አይላኩ።")


@pytest.fixture
def programme() -> Programme:
    titles = {"en": "Food", "ar": "طعام", "uk": "Їжа"}
    brand = {"colour": "#a61b1b", "name": {"en": "Harbour Aid", "ar": "عون الميناء"}}
    return making.programme(titles=titles, brand=brand)


def voucher(programme: Programme, **more: object) -> Voucher:
    made = making.voucher(programme, 4000, holder=making.registration(programme, name="Amira Haddad", **more))
    Voucher.objects.filter(pk=made.pk).update(valid_until=datetime(2027, 1, 23, 12, tzinfo=UTC))
    found = spendable(made.pk)
    assert found
    return found


def test_it_speaks_the_persons_language(programme: Programme) -> None:
    face = face_of(voucher(programme, language="ar"))
    assert (face.language, face.brand, face.colour) == ("ar", "عون الميناء", "#a61b1b")
    assert face.title.startswith("طعام · ")
    assert "40.00" in face.amount
    assert "يناير" in face.until


def test_it_says_nothing_about_the_person(programme: Programme) -> None:
    one = voucher(programme)
    drawn = " ".join(map(str, asdict(face_of(one)).values()))
    assert "Amira" not in drawn
    assert "Haddad" not in drawn
    assert one.registration.phone[1:] not in drawn


def test_a_part_that_was_spent_is_seen(programme: Programme) -> None:
    one = voucher(programme)
    one.balance_cents = 1840
    face = face_of(one)
    assert "18.40" in face.amount
    assert "40.00" in face.note


def test_the_programmes_own_words_go_first_and_a_missing_language_falls_back(programme: Programme) -> None:
    steps = {f"step{place}": {"am": words} for place, words in enumerate(AMHARIC, 1)}
    programme.texts = {**steps, "picture": {"en": "Here it is: {link}"}}
    assert say(programme, "picture", "sw", {"link": "L"}).text == "Here it is: L"
    assert say(programme, "picture", "sw").language == "en"
    assert preview_face(programme, "am").language in ("am", "en")  # where the machine has its letters
    assert preview_face(programme, "sw").language == "en"


@pytest.mark.parametrize("language", INTERFACE)
def test_every_language_of_ours_fits_with_the_largest_amounts(programme: Programme, language: str) -> None:
    for currency in ("EUR", "CDF", "UGX", "IQD"):
        programme.currency, programme.amount_cents = currency, 123_456_00
        assert not too_long(preview_face(programme, language))


def test_every_language_has_a_picture(programme: Programme) -> None:
    for language in ALL:
        assert preview(programme, language).startswith(b"\x89PNG")


def test_every_text_is_made_of_what_there_is(programme: Programme) -> None:
    one = voucher(programme)
    for language in INTERFACE:
        for key in KEYS:
            text = say(
                programme, key, language, values_of(one, language, link="https://aid.example.org/x")
            ).text
            assert "{" not in text, (language, key)


def test_a_gift_card_has_its_own_number_and_no_token(programme: Programme) -> None:
    type(programme.issuer).objects.update(kind=IssuerKind.GIFT_CARD)
    one = voucher(programme)
    one.card = {"number": "6006491234567890123", "pin": "471193"}
    one.save()
    found = spendable(one.pk)
    assert found
    face = face_of(found)
    assert (face.bars, face.pin, face.token, face.is_ean) == ("6006491234567890123", "471193", "", False)
    read = {
        one.text for one in zxingcpp.read_barcodes(Image.open(io.BytesIO(picture_of(found))).convert("L"))
    }
    assert read == {"6006491234567890123"}


def test_what_is_on_it_is_its_code(programme: Programme) -> None:
    one = voucher(programme)
    assert normalise(face_of(one).bars) == one.code == face_of(one).groups.replace("-", "")


@pytest.mark.parametrize("state", set(VoucherState) - {VoucherState.OPEN})
def test_only_what_can_be_spent_is_drawn(programme: Programme, state: str) -> None:
    one = voucher(programme)
    Voucher.objects.filter(pk=one.pk).update(state=state)
    assert spendable(one.pk) is None


@pytest.mark.parametrize("colour", ["red", "#12345", "#12345g", "", None, "url(x)"])
def test_a_colour_that_is_none_is_ours(programme: Programme, colour: str | None) -> None:
    programme.brand = {"colour": colour}
    assert preview_face(programme, "en").colour == COLOUR
