"""A cashier takes a voucher with plain forms, as a browser without JavaScript does."""

import io
from datetime import timedelta

import pytest
import segno
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from aidline.centres.states import Role
from aidline.kernel.clock import now
from aidline.vouchers.codes.code import new_code
from aidline.vouchers.models import Redemption, Voucher
from vouchers import making
from vouchers.till.counter import NAME, Counter, hidden, token_of


def balance(voucher: Voucher) -> int:
    return Voucher.objects.get(pk=voucher.pk).balance_cents


def test_a_voucher_is_checked_used_in_part_and_shown_with_its_receipt(counter: Counter) -> None:
    voucher = counter.voucher()
    page = counter.took(voucher, "15.10").content.decode()
    assert "€15.10 taken" in page
    assert "Receipt 0001" in page
    assert "€18.40" in page
    assert balance(voucher) == 1840


def test_it_is_used_in_parts_until_it_is_empty(counter: Counter) -> None:
    voucher = counter.voucher()
    for amount in ("10", "20,00", "٣٫٥٠"):
        assert "taken" in counter.took(voucher, amount).content.decode()
    assert balance(voucher) == 0
    answer = counter.check(counter.client(), voucher.code)
    assert answer.status_code == 422
    assert "Already spent" in answer.content.decode()


def test_a_square_code_is_as_good_as_a_typed_one(counter: Counter) -> None:
    voucher = counter.voucher()
    client = counter.client()
    page = counter.check(client, token_of(voucher))
    assert "€33.50" in page.content.decode()
    counter.take(client, page, "1")
    assert balance(voucher) == 3250


def test_a_token_that_somebody_else_signed_is_no_voucher(counter: Counter) -> None:
    token = token_of(counter.voucher())
    forged = token[:-1] + ("0" if token[-1] != "0" else "1")
    assert "No voucher has this code" in counter.check(counter.client(), forged).content.decode()


def test_the_same_form_sent_twice_takes_once(counter: Counter) -> None:
    voucher = counter.voucher()
    client = counter.client()
    page = counter.check(client, voucher.code)
    first, second = (counter.take(client, page, "15.10") for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert balance(voucher) == 1840


def test_the_same_form_with_another_amount_is_refused(counter: Counter) -> None:
    voucher = counter.voucher()
    client = counter.client()
    page = counter.check(client, voucher.code)
    counter.take(client, page, "15.10")
    assert counter.take(client, page, "15.20").status_code == 422
    assert balance(voucher) == 1840


def test_more_than_is_on_it_is_refused_and_can_be_mended(counter: Counter) -> None:
    voucher = counter.voucher()
    client = counter.client()
    refused = counter.take(client, counter.check(client, voucher.code), "40")
    assert refused.status_code == 422
    assert "There is only €33.50 on the voucher" in refused.content.decode()
    assert counter.take(client, refused, "33.50").status_code == 302
    assert balance(voucher) == 0


@pytest.mark.parametrize("amount", ["", "0", "ten", "-5", "1.234"])
def test_what_is_no_amount_is_asked_again(counter: Counter, amount: str) -> None:
    voucher = counter.voucher()
    client = counter.client()
    answer = counter.take(client, counter.check(client, voucher.code), amount)
    assert (answer.status_code, balance(voucher)) == (422, 3350)
    assert hidden(answer)["code"] == voucher.code


def test_a_wrong_amount_is_undone_within_minutes_and_not_later(counter: Counter) -> None:
    voucher = counter.voucher()
    client = counter.client()
    counter.took(voucher, "15.10", client)
    use = Redemption.objects.get()
    page = client.get(f"{counter.home}uses/{use.pk}/")
    key = page.content.decode().split('data-act="undo"')[1].split('name="key" value="')[1].split('"')[0]
    undone = client.post(f"{counter.home}uses/{use.pk}/undo/", {"key": key}, follow=True)
    assert "€15.10 given back" in undone.content.decode()
    assert balance(voucher) == 3350
    counter.took(voucher, "5", client)
    late = Redemption.objects.get(reversed_at=None)
    with time_machine.travel(now() + timedelta(minutes=11)):
        again = client.post(f"{counter.home}uses/{late.pk}/undo/", {"key": str(late.pk)})
    assert again.status_code == 422
    assert balance(voucher) == 2850


def test_no_page_of_a_till_knows_a_name(counter: Counter) -> None:
    """In each step, on the receipt and in the day; the name is there to be found."""
    voucher = counter.voucher()
    client = counter.client()
    step = counter.check(client, voucher.code)
    receipt = counter.took(voucher, "1", client)
    pages = (client.get(counter.home), step, receipt, client.get(counter.home + "day/"))
    assert voucher.registration.name == NAME
    for page in pages:
        assert "Amira" not in page.content.decode()
        assert "Haddad" not in page.content.decode()


def test_the_code_is_never_in_an_address(counter: Counter) -> None:
    voucher = counter.voucher()
    client = counter.client()
    answer = counter.take(client, counter.check(client, voucher.code), "1")
    assert voucher.code not in answer.headers["Location"]


def test_the_day_shows_what_this_till_took_and_not_what_was_undone(counter: Counter) -> None:
    counter.took(counter.voucher(), "15.10")
    counter.took(counter.voucher(), "2.40")
    other = making.till(counter.shop, "Till 2")
    client = counter.client()
    client.post(counter.home + "which/", {"till": str(other.pk)})
    counter.took(counter.voucher(), "3", client)
    client.post(counter.home + "which/", {"till": str(counter.till.pk)})
    page = client.get(counter.home + "day/").content.decode()
    assert "€17.50" in page
    assert "Today: 2 vouchers, €17.50" in client.get(counter.home).content.decode()


def test_among_several_tills_the_cashier_says_which(counter: Counter) -> None:
    making.till(counter.shop, "Till 2")
    client = counter.client()
    assert "Which till is this?" in client.get(counter.home).content.decode()
    client.post(counter.home + "which/", {"till": str(counter.till.pk)})
    assert "Take a voucher" in client.get(counter.home).content.decode()


def test_a_till_of_another_shop_is_not_found(counter: Counter) -> None:
    stranger = making.till(making.shop(counter.programme))
    answer = counter.client().post(counter.home + "which/", {"till": str(stranger.pk)})
    assert answer.status_code == 404


def test_a_use_of_another_shop_is_not_found(counter: Counter) -> None:
    counter.took(counter.voucher(), "1")
    use = Redemption.objects.get()
    elsewhere = making.cashier(making.shop(counter.programme))
    client = counter.client(elsewhere)
    assert counter.client().get(f"{counter.home}uses/{use.pk}/").status_code == 200
    assert client.get(f"{counter.home}uses/{use.pk}/").status_code == 404
    assert client.post(f"{counter.home}uses/{use.pk}/undo/", {"key": str(use.pk)}).status_code == 404


def test_a_cashier_without_a_shop_is_told_what_to_do(counter: Counter) -> None:
    alone = making.staff(counter.programme, Role.CASHIER)
    page = counter.client(alone).get(counter.home)
    assert "You do not belong to a shop yet" in page.content.decode()


def test_who_guesses_is_locked_out(counter: Counter) -> None:
    client = counter.client()
    for _ in range(12):
        answer = counter.check(client, new_code())
    assert "Too many wrong codes" in answer.content.decode()
    assert "Too many wrong codes" in counter.check(client, counter.voucher().code).content.decode()


def test_nobody_but_cashiers_comes_to_a_till(counter: Counter) -> None:
    officer = making.staff(counter.programme, Role.VOUCHER_OFFICER)
    assert counter.client(officer).get(counter.home).status_code == 404
    assert Client().get(counter.home).status_code == 302


def test_a_photo_of_the_voucher_is_read(counter: Counter) -> None:
    """For phones whose browser cannot read codes."""
    voucher = counter.voucher()
    square = io.BytesIO()
    segno.make(token_of(voucher), error="m").save(square, kind="png", scale=6)
    photo = SimpleUploadedFile("IMG_1.png", square.getvalue(), content_type="image/png")
    page = counter.client().post(counter.home + "check/", {"code": "", "photo": photo})
    assert "€33.50" in page.content.decode()


@pytest.mark.parametrize("content", [b"not a picture", b""])
def test_a_photo_without_a_code_is_said_to_be_one(counter: Counter, content: bytes) -> None:
    photo = SimpleUploadedFile("IMG_1.png", content or _blank(), content_type="image/png")
    page = counter.client().post(counter.home + "check/", {"code": "", "photo": photo})
    assert page.status_code == 422
    assert "There is no code in this photo" in page.content.decode()


def _blank() -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (200, 200), "white").save(content, "PNG")
    return content.getvalue()
