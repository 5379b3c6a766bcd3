"""The till in a real browser: quick with a network, and useful without one."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from aidline.vouchers.models import Redemption
from aidline.vouchers.redeeming.pairing import pair_code
from journeys.browsing import CHROMIUM, Watch, chromium, sideways, violations

if TYPE_CHECKING:
    from vouchers.till.counter import Counter

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(CHROMIUM is None, reason="no browser here"),
    pytest.mark.django_db(transaction=True),
]
PHONE = {"width": 360, "height": 780}
DESK = {"width": 1366, "height": 768}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def counter(transactional_db: None) -> "Counter":
    from vouchers.till.counter import build

    return build()


@pytest.fixture
def host(live_server: Any, settings: Any) -> str:
    settings.PUBLIC_URL = live_server.url.replace("localhost", "127.0.0.1")
    return str(settings.PUBLIC_URL)


def stand(browser: Browser, counter: "Counter", host: str, **more: Any) -> BrowserContext:
    """A browser in which the cashier is signed in."""
    context = browser.new_context(viewport=more.pop("viewport", PHONE), locale="en", **more)
    context.set_default_timeout(10_000)
    cookie = counter.client().cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": host}])
    return context


def check(page: Page, code: str) -> None:
    page.locator("#code").fill(code)
    page.get_by_role("button", name="Check").click()
    expect(page.locator("#amount")).to_be_visible()


def key_in(page: Page, amount: str) -> None:
    for digit in amount:
        page.locator(f'[data-digit="{digit}"]').click()
    page.locator("#take").click()


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["360", "1366"])
def test_a_voucher_is_taken_with_big_keys_and_no_page_is_loaded_again(
    browser: Browser, counter: "Counter", host: str, size: dict[str, int]
) -> None:
    voucher = counter.voucher()
    context = stand(browser, counter, host, viewport=size)
    page = context.new_page()
    watch = Watch(host.split("/")[2]).on(context)
    page.goto(host + counter.home)
    assert violations(page) == []
    check(page, voucher.code)
    expect(page.locator("#on-it")).to_have_text("€33.50")
    page.locator('[data-digit="1"]').click()
    expect(page.locator("#take")).to_have_text("Take €1.00")
    assert violations(page) == []
    key_in(page, "5.10")
    expect(page.get_by_text("€15.10 taken")).to_be_visible()
    assert violations(page) == []
    assert sideways(page) == []
    assert page.url == host + counter.home
    page.locator("#next").click()
    expect(page.locator("#code")).to_be_focused()
    voucher.refresh_from_db()
    assert voucher.balance_cents == 1840
    assert (watch.strangers, watch.complaints) == ([], [])
    context.close()


# --- without a network ------------------------------------------------------------------------------------


def set_up(page: Page, counter: "Counter", host: str) -> None:
    """The office gives a code, the cashier types it, and the till fetches what it may take."""
    page.goto(host + counter.home + "offline/")
    page.locator("#code").fill(pair_code(by=None, till=counter.till))
    with page.expect_response("**/sync/") as answer:
        page.get_by_role("button", name="Set up").click()
    assert answer.value.status == 200
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_function("caches.open('till-page').then((kept) => kept.keys()).then((all) => all.length)")


def test_a_till_goes_offline_takes_a_voucher_comes_back_and_is_heard(
    browser: Browser, counter: "Counter", host: str
) -> None:
    from vouchers.till.counter import token_of

    voucher = counter.voucher()
    token = token_of(voucher)
    context = stand(browser, counter, host)
    page = context.new_page()
    watch = Watch(host.split("/")[2]).on(context)
    set_up(page, counter, host)
    context.set_offline(True)
    watch.expect("ERR_INTERNET_DISCONNECTED")
    page.goto(host + counter.home)  # opened anew, with no network at all
    expect(page.locator("#link-bad")).to_be_visible()
    check(page, token)
    expect(page.locator("#on-it")).to_have_text("€20.00")
    key_in(page, "15.10")
    expect(page.get_by_text("€15.10 noted on this till")).to_be_visible()
    expect(page.locator("#waiting")).to_have_text("1 not sent yet")
    voucher.refresh_from_db()
    assert voucher.balance_cents == 3350
    context.set_offline(False)
    expect(page.locator("#waiting")).to_be_hidden()
    expect(page.locator("#outcomes")).to_contain_text("accepted")
    voucher.refresh_from_db()
    use = Redemption.objects.get()
    left = voucher.balance_cents + voucher.held_cents  # half of it is lent to this till at once
    assert (left, use.cents, use.offline) == (1840, 1510, True)
    assert (watch.strangers, watch.complaints) == ([], [])
    context.close()
