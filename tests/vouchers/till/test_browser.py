"""The till in a real browser: quick with a network, and useful without one."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Browser, BrowserContext, Page, expect

from aidline.vouchers.codes.code import grouped
from aidline.vouchers.models import DeviceRecord, Redemption, Trouble
from aidline.vouchers.redeeming.pairing import pair_code
from aidline.vouchers.redeeming.use import redeem
from journeys.browsing import CHROMIUM, Watch, chromium, sideways, violations
from vouchers import making
from vouchers.till.counter import Counter, build, token_of

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(CHROMIUM is None, reason="no browser here"),
    pytest.mark.django_db(transaction=True),
]
PHONE = {"width": 360, "height": 780}
DESK = {"width": 1366, "height": 768}
expect.set_options(timeout=20_000)  # a busy machine is slow, and waiting costs nothing when all is well


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def counter(transactional_db: None) -> Counter:
    return build()


@pytest.fixture
def host(live_server: Any, settings: Any) -> str:
    settings.PUBLIC_URL = live_server.url.replace("localhost", "127.0.0.1")
    return str(settings.PUBLIC_URL)


def stand(browser: Browser, counter: Counter, host: str, **more: Any) -> BrowserContext:
    """A browser in which the cashier is signed in."""
    context = browser.new_context(viewport=more.pop("viewport", PHONE), locale="en", **more)
    context.set_default_timeout(30_000)
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
    browser: Browser, counter: Counter, host: str, size: dict[str, int]
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


def set_up(page: Page, counter: Counter, host: str) -> None:
    """The office gives a code, the cashier types it, and the till fetches what it may take."""
    page.goto(host + counter.home)
    page.locator("summary:visible").click()
    page.locator("a:visible", has_text="Without a network").click()
    page.locator("#code").fill(pair_code(by=None, till=counter.till))
    with page.expect_response("**/sync/") as answer:
        page.get_by_role("button", name="Set up").click()
    assert answer.value.status == 200
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_function("caches.open('till-page').then((kept) => kept.keys()).then((all) => all.length)")


def offline(context: BrowserContext, watch: Watch) -> None:
    context.set_offline(True)
    watch.expect("ERR_INTERNET_DISCONNECTED", "ERR_FAILED")


def synced(page: Page) -> None:
    with page.expect_response("**/sync/"):
        page.evaluate("dispatchEvent(new Event('online'))")


def test_a_till_goes_offline_takes_a_voucher_comes_back_and_is_heard(
    browser: Browser, counter: Counter, host: str
) -> None:
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


def test_what_is_kept_for_a_till_is_spent_there_with_a_typed_code_and_given_back_when_it_is_not(
    browser: Browser, counter: Counter, host: str
) -> None:
    voucher = counter.voucher(4000)
    context = stand(browser, counter, host)
    page = context.new_page()
    watch = Watch(host.split("/")[2]).on(context)
    counter.took(voucher, "1")  # who was here before is expected again
    set_up(page, counter, host)
    voucher.refresh_from_db()
    assert (voucher.balance_cents, voucher.held_cents) == (1950, 1950)
    check(page, voucher.code)  # with the network all of it is there
    expect(page.locator("#on-it")).to_have_text("€39.00")
    page.goto(host + counter.home)
    synced(page)
    offline(context, watch)
    check(page, grouped(voucher.code).lower())
    expect(page.locator("#on-it")).to_have_text("€19.50")
    key_in(page, "12")
    expect(page.get_by_text("€12.00 noted on this till")).to_be_visible()
    page.locator("#next").click()
    check(page, voucher.code)
    expect(page.locator("#on-it")).to_have_text("€7.50")
    key_in(page, "2.50")
    expect(page.locator("#waiting")).to_have_text("2 not sent yet")
    context.set_offline(False)
    expect(page.locator("#waiting")).to_be_hidden()
    voucher.refresh_from_db()
    assert voucher.balance_cents + voucher.held_cents == 2450
    assert DeviceRecord.objects.filter(outcome="held").count() == 2
    assert not Trouble.objects.exists()
    assert (watch.strangers, watch.complaints) == ([], [])
    context.close()


def test_an_answer_that_is_lost_on_its_way_counts_once(browser: Browser, counter: Counter, host: str) -> None:
    """The server took it, the till did not hear of it, and notes it as taken without a network."""
    voucher = counter.voucher()
    token = token_of(voucher)
    context = stand(browser, counter, host)
    page = context.new_page()
    set_up(page, counter, host)
    check(page, token)
    page.route("**/take/", lambda route: (route.fetch(), route.abort())[0])
    key_in(page, "15.10")
    expect(page.get_by_text("€15.10 noted on this till")).to_be_visible()
    assert Redemption.objects.get().offline is False
    synced(page)
    expect(page.locator("#waiting")).to_be_hidden()
    expect(page.locator("#outcomes")).to_contain_text("accepted")
    voucher.refresh_from_db()
    assert (voucher.balance_cents + voucher.held_cents, Redemption.objects.count()) == (1840, 1)
    context.close()


def test_what_was_sent_stays_until_there_is_an_answer(browser: Browser, counter: Counter, host: str) -> None:
    token = token_of(counter.voucher())
    context = stand(browser, counter, host)
    page = context.new_page()
    watch = Watch(host.split("/")[2]).on(context)
    set_up(page, counter, host)
    offline(context, watch)
    check(page, token)
    key_in(page, "5")
    expect(page.locator("#waiting")).to_be_visible()
    with page.expect_request("**/sync/"):
        page.route("**/sync/", lambda route: (route.fetch(), route.abort())[0])
        context.set_offline(False)
    page.wait_for_timeout(500)
    expect(page.locator("#waiting")).to_have_text("1 not sent yet")
    assert Redemption.objects.count() == 1
    page.unroute("**/sync/")
    synced(page)
    expect(page.locator("#waiting")).to_be_hidden()
    assert Redemption.objects.count() == 1
    context.close()


def test_what_is_no_longer_on_the_voucher_is_paid_told_and_looked_at(
    browser: Browser, counter: Counter, host: str
) -> None:
    """Spent elsewhere while this till had no network."""
    voucher = counter.voucher()
    token = token_of(voucher)
    context = stand(browser, counter, host)
    page = context.new_page()
    watch = Watch(host.split("/")[2]).on(context)
    set_up(page, counter, host)
    offline(context, watch)
    check(page, token)
    key_in(page, "20")
    expect(page.get_by_text("€20.00 noted on this till")).to_be_visible()
    other = making.shop(counter.programme)
    redeem(till=making.till(other), cashier=None, key=uuid4(), cents=3350, code=voucher.code)
    context.set_offline(False)
    expect(page.locator("#outcomes")).to_contain_text("the programme's office looks at it")
    expect(page.locator("#waiting")).to_be_hidden()
    assert Trouble.objects.get().kind == "overdrawn"
    context.close()


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("forged", "This is not a voucher of ours."),
        ("typed", "Without a network a typed code cannot be checked."),
        ("again", "This voucher was used here without a network before."),
    ],
)
def test_without_a_network_no_more_is_believed_than_may_be(
    browser: Browser, counter: Counter, host: str, name: str, told: str
) -> None:
    voucher = counter.voucher()
    token = token_of(voucher)
    scanned = {
        "forged": token[:-1] + ("0" if token[-1] != "0" else "1"),
        "typed": voucher.code,
        "again": token,
    }
    context = stand(browser, counter, host)
    page = context.new_page()
    watch = Watch(host.split("/")[2]).on(context)
    set_up(page, counter, host)
    offline(context, watch)
    if name == "again":
        check(page, token)
        key_in(page, "1")
        page.locator("#next").click()
    page.locator("#code").fill(scanned[name])
    page.keyboard.press("Enter")
    expect(page.locator("#refusal")).to_contain_text(told)
    assert violations(page) == []
    context.close()


def test_more_than_may_be_taken_without_a_network_is_refused(
    browser: Browser, counter: Counter, host: str
) -> None:
    token = token_of(counter.voucher())
    context = stand(browser, counter, host)
    page = context.new_page()
    watch = Watch(host.split("/")[2]).on(context)
    set_up(page, counter, host)
    offline(context, watch)
    check(page, token)
    key_in(page, "20.01")
    expect(page.locator("#refusal")).to_contain_text("Without a network, less can be taken at one time.")
    expect(page.locator("#waiting")).to_be_hidden()
    context.close()


def test_a_till_that_was_not_set_up_says_so(browser: Browser, counter: Counter, host: str) -> None:
    context = stand(browser, counter, host)
    page = context.new_page()
    page.goto(host + counter.home)
    context.set_offline(True)
    page.locator("#code").fill(counter.voucher().code)
    page.keyboard.press("Enter")
    expect(page.locator("#refusal")).to_contain_text("this till was not set up to work without one")
    context.close()


def test_what_waits_outlives_the_cashier_and_is_sent_by_the_next(
    browser: Browser, counter: Counter, host: str
) -> None:
    token = token_of(counter.voucher())
    context = stand(browser, counter, host)
    page = context.new_page()
    watch = Watch(host.split("/")[2]).on(context)
    set_up(page, counter, host)
    offline(context, watch)
    check(page, token)
    key_in(page, "5")
    expect(page.locator("#waiting")).to_be_visible()
    page.close()
    context.set_offline(False)
    page = context.new_page()
    page.route("**/sync/", lambda route: route.abort())
    page.goto(host + counter.home + "day/")
    expect(page.locator("#unsent")).to_contain_text("Not sent yet from this till: 1")
    page.get_by_role("button", name="Close the day and sign out").click()
    page.wait_for_url("**/sign-in/**")
    page.unroute("**/sync/")
    session = counter.client(making.cashier(counter.shop)).cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": host}])
    page.goto(host + counter.home)
    expect(page.locator("#outcomes")).to_contain_text("accepted")
    assert Redemption.objects.get().offline
    context.close()


def test_who_is_signed_out_meanwhile_is_asked_to_sign_in_and_nothing_is_lost(
    browser: Browser, counter: Counter, host: str
) -> None:
    token = token_of(counter.voucher())
    context = stand(browser, counter, host)
    page = context.new_page()
    watch = Watch(host.split("/")[2]).on(context)
    set_up(page, counter, host)
    offline(context, watch)
    check(page, token)
    key_in(page, "5")
    expect(page.locator("#waiting")).to_be_visible()
    Session.objects.all().delete()
    context.set_offline(False)
    expect(page.locator("#outcomes")).to_contain_text("Sign in again to send what waits here.")
    expect(page.locator("#waiting")).to_have_text("1 not sent yet")
    assert violations(page) == []
    context.close()


def test_a_till_works_without_javascript(browser: Browser, counter: Counter, host: str) -> None:
    voucher = counter.voucher()
    context = stand(browser, counter, host, java_script_enabled=False)
    page = context.new_page()
    page.goto(host + counter.home)
    check(page, voucher.code)
    page.locator("#amount").fill("15,10")
    page.get_by_role("button", name="Take").click()
    expect(page.get_by_text("€15.10 taken")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("€15.10 given back")).to_be_visible()
    page.get_by_role("link", name="Next voucher").click()
    expect(page.locator("#code")).to_be_visible()
    context.close()


def test_it_is_laid_out_from_right_to_left(browser: Browser, counter: Counter, host: str) -> None:
    counter.cashier.language = "ar"
    counter.cashier.save()
    context = stand(browser, counter, host)
    page = context.new_page()
    page.goto(host + counter.home)
    assert page.evaluate("document.documentElement.dir") == "rtl"
    page.locator("#code").fill(counter.voucher().code)
    page.keyboard.press("Enter")
    expect(page.locator("#amount")).to_be_visible()
    first, last = (page.locator(f'[data-digit="{digit}"]').bounding_box() for digit in "13")
    assert first["x"] < last["x"]  # keys stay as on every till
    assert violations(page) == []
    assert sideways(page) == []
    context.close()
