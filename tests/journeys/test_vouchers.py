"""A voucher from a partner's list to an empty balance and a settled shop; and what goes wrong on the way."""

import os
import re

import pytest
from playwright.sync_api import FilePayload, Page, expect

from journeys.browsing import sideways, violations
from journeys.desk import SOON, Desk, until
from journeys.house import House
from journeys.phones import SMS, WHATSAPP, Phone
from journeys.vouchers import (
    BAD_PHONES,
    CENTRE,
    DOUBLES,
    EMPTY,
    LIST_ROWS,
    Approver,
    Listed,
    Office,
    Till,
    a_list,
    codes_on,
    goes_wrong,
    number_of,
    office,
)

REFUSED = "422"  # as the browser says it
YES, BALANCE = "نعم", "الرصيد"
CHANNEL = WHATSAPP.split(" (")[0]
NEW = LIST_ROWS - EMPTY - len(BAD_PHONES) - DOUBLES
SHOP, BAKERY = "Lighthouse Shop", "Corner Bakery"

only_once = pytest.mark.skipif(
    "AIDLINE_DATABASE_URL" in os.environ, reason="shorter stories, each told on one database"
)


def test_from_a_partners_list_to_an_empty_voucher_and_settled_shops(house: House) -> None:
    hanna, david = office(house), Approver(house.member("david"))
    house.expect(REFUSED)
    phone = house.one_more(house.page(390, device_scale_factor=3), "Amal", "ar", WHATSAPP)
    number = number_of(phone)
    lea = house.member("lea")
    _uploaded(
        lea, hanna.name, a_list(Listed("Amal Yassin", number), Listed("أمل ياسين", "+33 6 39 98 99 01"))
    )
    hanna.invite(CHANNEL)
    _registers(house, _link(phone))
    _is_listed_once(hanna)
    hanna.accept()
    _is_approved_by_another(hanna, david)
    token = _voucher(phone)
    _is_used_up(house, hanna, phone, token)
    assert hanna.settle(SHOP) == "€5.10"
    assert hanna.settle(BAKERY) == "€19.90"
    _is_balanced(hanna)


@only_once
def test_a_lost_phone_leaves_a_voucher_that_is_good_for_nothing(house: House) -> None:
    hanna, david = office(house), Approver(house.member("david"))
    phone = _taken_in(house, hanna, "Zaynab")
    hanna.pay(david, "25.00")
    old = _voucher(phone)
    phone.say(words := f"ضاع هاتفي {phone.label[-3:]}")
    mira = house.desk("mira")
    mira.open(words)
    _is_replaced(mira)
    new = _voucher_again(phone)
    till = Till.of(house, "sami", "Till 1")
    house.expect(REFUSED)
    till.check(old)
    till.refuses("replaced by a new one")
    till.check(new)
    till.shows("€25.00")


@only_once
def test_who_changed_their_number_is_paid_another_time(house: House) -> None:
    hanna, david = office(house), Approver(house.member("david"))
    _taken_in(house, hanna, "Farid")
    hanna.change_number("+33 6 39 98 98 01")
    _taken_in(house, hanna, "Widad")
    hanna.prepare()
    expect(hanna.page.locator("tfoot")).to_contain_text("€25.00")
    expect(hanna.page.get_by_text("1 person is held.")).to_be_visible()
    hanna.pay(david, "25.00")
    hanna.is_paid(1)


@only_once
def test_a_cycle_that_is_called_off_gives_the_money_back(house: House) -> None:
    hanna = office(house)
    phone = _taken_in(house, hanna, "Ghassan")
    hanna.prepare()
    hanna.hand_in()
    assert hanna.free() == "€975.00"
    hanna.cancel("Prepared for the wrong week")
    assert hanna.free() == "€1,000.00"
    assert phone.body.locator(".msg.in").count() == 0


@only_once
def test_a_voucher_that_is_refused_on_one_way_takes_the_next(house: House) -> None:
    hanna, david = office(house), Approver(house.member("david"))
    phone = _taken_in(house, hanna, "Ibtisam")
    sms = house.one_more(phone.page, "Ibtisam", "ar", SMS, number_of(phone))
    goes_wrong(house.page(), WHATSAPP, "failed")
    hanna.pay(david, "25.00")
    assert phone.body.locator(".msg.in").count() == 0
    link = re.search(r"http\S+/mine/v/\S+", sms.gets("/mine/v/").inner_text())
    assert link
    page = house.page(360)
    page.goto(link.group())
    expect(page.get_by_text("25.00").first).to_be_visible()
    assert sideways(page) == []


# --- the steps -------------------------------------------------------------------------------------------


def _taken_in(house: House, hanna: Office, name: str) -> Phone:
    """At the desk, with a phone on the Phones page."""
    phone = house.one_more(house.page(390, device_scale_factor=3), name, "ar", WHATSAPP)
    hanna.register(name, number_of(phone), CHANNEL)
    hanna.accept()
    return phone


def _is_replaced(mira: Desk) -> None:
    card = mira.page.locator("details[data-sec^=vouchers-]")
    lost = card.locator("details", has_text="Changed or lost their phone")
    lost.locator("summary").click()
    lost.locator("form[action$='/replace/'] button").click()
    expect(mira.page.get_by_text("The old code is dead")).to_be_visible(timeout=SOON)


def _voucher_again(phone: Phone) -> str:
    pictures = phone.body.locator(".msg.in img")
    expect(pictures).to_have_count(2, timeout=SOON)
    until(lambda: pictures.last.evaluate("image => image.naturalWidth > 300"))
    return max(codes_on(pictures.last), key=len)


def _uploaded(lea: Page, programme: str, listed: FilePayload) -> None:
    """And she sees what is wrong with which row, and no more people than she added."""
    lea.goto(CENTRE + "lists/")
    lea.locator("[name=programme]").select_option(label=programme)
    lea.locator("[name=file]").set_input_files(listed)
    lea.locator("form[enctype] button.primary").click()
    lea.locator("button[value=add]").click()
    left_out = lea.locator(".tile", has_text="Left out").locator("b")
    expect(lea.locator("#progress .chip.ok")).to_be_visible(timeout=SOON)
    expect(left_out).to_have_text(str(len(BAD_PHONES) + DOUBLES))
    expect(lea.locator(".tile", has_text="New people").locator("b")).to_have_text(str(NEW))


def _link(phone: Phone) -> str:
    message = phone.gets("/r/").inner_text()
    found = re.search(r"http\S+/r/\S+", message)
    assert found, message
    return found.group()


def _registers(house: House, link: str) -> None:
    page = house.page(360)
    page.goto(link)
    assert page.evaluate("[document.documentElement.lang, document.documentElement.dir]") == ["ar", "rtl"]
    assert violations(page) == []
    page.locator("button[value=agree]").click()
    page.locator("[name=name]").fill("أمل ياسين")
    page.locator("[name=which][value=known]").check()
    page.locator("button[value=next]").click()
    page.locator("[name=household]").fill("٤")
    page.locator("button[value=next]").click()
    assert sideways(page) == []
    page.locator("button[value='hand-in']").click()
    expect(page.locator(".receipt")).to_have_text(re.compile(r"\d{4}"))


def _is_listed_once(hanna: Office) -> None:
    hanna.open_pair()
    registered = hanna.page.locator("section:has(form[action$='/one/'])", has_text="Registered")
    registered.locator("form button").click()
    expect(hanna.page.locator("form[action$='/undo/']")).to_be_visible()
    hanna.go(f"people/twice/?programme={hanna.programme}")
    expect(hanna.pairs).to_have_count(0)


def _is_approved_by_another(hanna: Office, david: Approver) -> None:
    """Not by who prepared it, and not by who mistypes the total."""
    payment = hanna.prepare()
    expect(hanna.page.locator("tfoot")).to_contain_text("€25.00")
    hanna.hand_in()
    assert _tries_to_approve(hanna.page, payment) in (403, 404)
    david.type_total(payment, "52.00")
    expect(david.page.get_by_role("alert").first).to_be_visible()
    david.approve(payment, "25.00")
    hanna.start()
    hanna.is_paid(1)


def _tries_to_approve(page: Page, payment: str) -> int:
    """Past her own page, which has no such form."""
    assert page.locator("form[action$='/approval/']").count() == 0
    secret = page.locator("[name=csrfmiddlewaretoken]").first.input_value()
    address = f"{CENTRE}payments/{payment}/approval/"
    said = {"csrfmiddlewaretoken": secret, "total": "25.00"}
    return page.request.post(address, form=said, headers={"Referer": page.url}).status


def _voucher(phone: Phone) -> str:
    """Asked for with one word, shown as a picture, read as a scanner reads it: the long code is the signed one."""
    asked = phone.body.locator(".msg.in button[name=option]", has_text=YES)
    expect(asked).to_have_count(1, timeout=SOON)
    phone.say(YES)
    picture = phone.body.locator(".msg.in img")
    expect(picture).to_have_count(1, timeout=SOON)
    until(lambda: picture.evaluate("image => image.naturalWidth > 300"))
    codes = codes_on(picture)
    assert len(codes) == 2, codes
    return max(codes, key=len)


def _is_used_up(house: House, hanna: Office, phone: Phone, token: str) -> None:
    """In three parts at two tills, one of them without a network."""
    sami, bea = Till.of(house, "sami", "Till 1"), Till.of(house, "bea")
    house.expect("ERR_INTERNET_DISCONNECTED", "ERR_FAILED", REFUSED)
    bea.set_up(hanna.pair_code(BAKERY))
    sami.check(token)
    sami.shows("€25.00")
    sami.take("5.10", "€5.10 taken")
    bea.page.context.set_offline(True)
    bea.check(token)
    bea.take("7.40", "€7.40 noted on this till")
    expect(bea.page.locator("#waiting")).to_have_text("1 not sent yet")
    bea.page.context.set_offline(False)
    expect(bea.page.locator("#waiting")).to_be_hidden(timeout=SOON)
    phone.say(BALANCE)
    expect(phone.body.locator(".msg.in").last).to_contain_text("12.50", timeout=SOON)
    bea.check(token)
    bea.shows("€12.50")
    bea.take("12.50", "€12.50 taken")
    sami.check(token)
    sami.refuses("Already spent")


def _is_balanced(hanna: Office) -> None:
    page = hanna.go(f"books/{hanna.programme}/")
    expect(page.get_by_text("Books balance")).to_be_visible()
    assert page.locator(".tile", has_text="Free").locator("b").inner_text() == "€975.00"
    into, out = page.locator("tfoot td").all_inner_texts()[:2]
    assert into == out
