"""A voucher from a partner's list to an empty balance and a settled shop; and what goes wrong on the way."""

import re

from playwright.sync_api import FilePayload, Page, expect

from journeys.browsing import sideways, violations
from journeys.desk import SOON
from journeys.house import House
from journeys.phones import WHATSAPP, Phone
from journeys.vouchers import (
    BAD_PHONES,
    CENTRE,
    DOUBLES,
    EMPTY,
    LIST_ROWS,
    Listed,
    Office,
    a_list,
    number_of,
    office,
)

CHANNEL = WHATSAPP.split(" (")[0]
NEW = LIST_ROWS - EMPTY - len(BAD_PHONES) - DOUBLES


def test_from_a_partners_list_to_an_empty_voucher_and_settled_shops(house: House) -> None:
    hanna = office(house)
    phone = house.one_more(house.page(390, device_scale_factor=3), "Amal", "ar", WHATSAPP)
    number = number_of(phone)
    lea = house.member("lea")
    _uploaded(
        lea, hanna.name, a_list(Listed("Amal Yassin", number), Listed("أمل ياسين", "+33 6 39 98 99 01"))
    )
    hanna.invite(CHANNEL)
    _registers(house, _link(phone))
    _is_listed_once(hanna)


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
