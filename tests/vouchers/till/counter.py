"""What the tests of tills stand at."""

import re
from dataclasses import dataclass

from django.http import HttpResponse
from django.test import Client

from aidline.centres.models import Staff
from aidline.vouchers.codes.code import grouped
from aidline.vouchers.codes.token import Token, short_id, sign
from aidline.vouchers.models import Programme, Registration, Shop, Till, Voucher
from aidline.vouchers.signing import current_key, private_key
from vouchers import making

NAME = "Amira Haddad"


@dataclass(frozen=True)
class Counter:
    programme: Programme
    shop: Shop
    till: Till
    cashier: Staff
    holder: Registration

    @property
    def home(self) -> str:
        return f"/c/{self.programme.centre.slug}/till/"

    def client(self, who: Staff | None = None) -> Client:
        client = Client()
        client.force_login(who or self.cashier)
        return client

    def voucher(self, cents: int = 3350) -> Voucher:
        return making.voucher(self.programme, cents, holder=self.holder)

    def check(self, client: Client, code: str) -> HttpResponse:
        return client.post(self.home + "check/", {"code": code})

    def take(self, client: Client, page: HttpResponse, amount: str) -> HttpResponse:
        return client.post(self.home + "take/", {**hidden(page), "amount": amount})

    def took(self, voucher: Voucher, amount: str, client: Client | None = None) -> HttpResponse:
        """Through all steps, to the page with the receipt."""
        browser = client or self.client()
        answer = self.take(browser, self.check(browser, grouped(voucher.code)), amount)
        return browser.get(answer.headers["Location"])


def hidden(page: HttpResponse) -> dict[str, str]:
    """What the page carries from one step to the next."""
    form = page.content.decode().split('data-act="take"')[1].split("</form>")[0]
    return dict(re.findall(r'type="hidden" name="(code|key)" value="([^"]*)"', form))


def token_of(voucher: Voucher) -> str:
    """What the square code of a voucher says."""
    key = current_key(voucher.centre_id)
    programme = short_id(voucher.programme_id)
    times = (voucher.valid_from, voucher.valid_until)
    return sign(
        private_key(key), Token(key.number, programme, bytes(voucher.serial), voucher.amount_cents, *times)
    )


def build() -> Counter:
    programme = making.programme()
    shop = making.shop(programme, "Lighthouse Shop")
    till = making.till(shop)
    return Counter(
        programme, shop, till, making.cashier(shop, "Sami Saleh"), making.registration(programme, NAME)
    )
