"""What else happens on a day at the desk, each told from the side of the people in it."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from journeys.browsing import violations
from journeys.desk import SOON, Desk
from journeys.house import House
from journeys.phones import SMS, WHATSAPP

COVERED = "target-size"  # an open menu lies over part of what is under it, until it is closed


def test_a_text_message_is_answered(house: House) -> None:
    phone = house.phone("Halim", "en", SMS)
    desk = house.desk("mira")
    phone.say(words := f"Is there a bus to the clinic? {phone.label[-3:]}")
    desk.open(words)
    desk.reply("Line 4, every ten minutes.")
    phone.gets("Line 4, every ten minutes.")
    expect(desk.line("Line 4").locator("use[href$='#check2']")).to_be_visible(timeout=SOON)


def test_a_visitor_of_the_web_chat_and_an_agent_write_to_each_other(house: House) -> None:
    visitor = house.page(390)
    visitor.goto("/chat/port-merin/?lang=en")
    desk = house.desk("mira")
    visitor.locator("#text").fill("Can I come with two children?")
    visitor.locator("#say button.primary").click()
    desk.open("Can I come with two children?")
    desk.reply("Yes, there is room for three.")
    expect(visitor.locator("#lines .msg.in", has_text="room for three")).to_be_visible(timeout=SOON)
    visitor.locator("#text").fill("Thank you both")
    visitor.locator("#say button.primary").click()
    expect(desk.line("Thank you both")).to_be_visible(timeout=SOON)


def test_a_shut_window_leaves_an_approved_message(house: House) -> None:
    phone = house.phone("Ines", "en", WHATSAPP)
    desk = house.desk("mira")
    phone.say(words := f"I will write again {phone.label[-3:]}")
    desk.open(words)
    house.installation.inside("shut", desk.conversation)
    desk.page.reload()
    expect(desk.page.locator(".notice-shut")).to_be_visible()
    expect(desk.field).to_be_hidden()
    desk.page.locator(".notice-shut [data-sheet]").click()
    form = desk.page.locator("#sheet form[data-template]").first
    expect(form).to_be_visible()
    for field in form.locator("input[data-field]").all():
        field.fill("Mira")
    said = form.locator("[data-preview]").inner_text()
    form.locator("button.primary").click()
    expect(desk.page.locator("#sheet")).to_be_hidden()
    phone.gets(said.splitlines()[0][:40])


def test_what_the_provider_refused_is_sent_again(house: House) -> None:
    phone = house.phone("Jalil", "en", WHATSAPP)
    desk = house.desk("mira")
    phone.say(words := f"Which bus? {phone.label[-3:]}")
    desk.open(words)
    _goes_wrong(house.page(), "WhatsApp Port Merin (Port Merin)", "refused")
    desk.reply("Bus number 7.")
    again = desk.line("Bus number 7.").locator("[data-act][formaction$='/send-again/']")
    expect(again).to_be_visible(timeout=SOON)
    assert phone.has("Bus number 7.") == 0
    again.click()
    phone.gets("Bus number 7.")
    expect(again).to_have_count(0, timeout=SOON)


def test_news_that_come_late_are_not_shown_in_another_conversation(house: House) -> None:
    first, second = house.phone("Karo", "en", WHATSAPP), house.phone("Sara", "en", WHATSAPP)
    desk = house.desk("mira")
    first.say(one := f"Only for you {first.label[-3:]}")
    second.say(two := f"Something else {second.label[-3:]}")
    desk.open(one)
    desk.page.route(re.compile(r"/(lines|head)/"), _late)
    with desk.page.expect_request(re.compile(r"/lines/")):
        first.say(f"And nobody else {first.label[-3:]}")
    desk.open(two)
    desk.page.wait_for_timeout(2 * LATE)
    expect(desk.page.locator("#lines .msg", has_text=first.label[-3:])).to_have_count(0)
    expect(desk.page.locator("#lines .msg.in")).to_have_count(1)


LATE = 500  # milliseconds


def _late(route: Route) -> None:
    answer = route.fetch()
    route.request.frame.page.wait_for_timeout(LATE)
    route.fulfill(response=answer)


def _goes_wrong(page: Page, channel: str, fault: str) -> None:
    page.goto("/phones/faults/")
    page.locator("form:has(input[type=number]) select[name=channel]").select_option(label=channel)
    page.locator("select[name=fault]").select_option(fault)
    page.locator("form:has(input[type=number]) button.primary").click()
    page.wait_for_load_state()


def test_two_agents_see_each_other_and_hand_over(house: House) -> None:
    phone = house.phone("Karima", "fr", WHATSAPP)
    mira, lesia = house.desk("mira"), house.desk("lesia")
    phone.say(words := f"Mon fils est né ici {phone.label[-3:]}")
    for desk in (mira, lesia):
        desk.open(words)
    expect(mira.page.locator("#lookers .who[title='Lesia P.']")).to_be_visible(timeout=SOON)
    lesia.field.press_sequentially("Bon")
    expect(mira.page.locator("#lookers .who.writing[title='Lesia P.']")).to_be_visible(timeout=SOON)
    lesia.field.fill("")
    mira.take()
    holder, other = _holder(mira, lesia)
    form = holder.menu("pass")
    option = form.locator("option", has_text="Lesia P." if other is lesia else "Mira K.")
    form.locator("select").select_option(value=option.get_attribute("value"))
    form.locator("textarea").fill("You know the registry better.")
    form.locator("button.primary").click()
    expect(other.line("You know the registry better.")).to_be_visible(timeout=SOON)
    expect(
        other.page.locator("#lines .sys", has_text=re.compile("Mira K..*Lesia P.|Lesia P..*Mira K."))
    ).to_have_count(1)
    other.page.goto("/c/port-merin/desk/?view=mine")
    other.sees("You know the registry better.")


def _holder(mira: Desk, lesia: Desk) -> tuple[Desk, Desk]:
    """The routing may have given it to either."""
    hers = "Lesia P." in mira.page.locator("#talk-state").inner_text()
    return (lesia, mira) if hers else (mira, lesia)


def test_what_is_put_off_leaves_the_queue_and_lies_under_later(house: House) -> None:
    phone = house.phone("Lamin", "en", WHATSAPP)
    desk = house.desk("mira")
    phone.say(words := f"Ask me tomorrow {phone.label[-3:]}")
    desk.open(words)
    desk.menu("later").locator("button[value=hour]").click()
    expect(desk.row(words)).to_have_count(0, timeout=SOON)
    desk.page.goto("/c/port-merin/desk/?view=later")
    desk.sees(words)


def test_who_is_blocked_is_heard_by_nobody_in_the_queue(house: House) -> None:
    phone = house.phone("Nobody", "en", WHATSAPP)
    desk = house.desk("mira")
    phone.say(words := f"Unkind words {phone.label[-3:]}")
    desk.open(words)
    more = desk.section("more")
    more.locator("details > summary").last.click()
    more.locator("input[name=reason]").fill("Insults, third time")
    desk.page.locator("#talk-head h2").click()
    phone.say(f"{words} and more")
    expect(desk.line(f"{words} and more")).to_be_visible()
    desk.page.wait_for_timeout(2_500)  # the panel was made anew by now; what was typed into it is still there
    expect(more.locator("input[name=reason]")).to_have_value("Insults, third time")
    more.locator("button[name=days]").first.click()
    expect(desk.row(words)).to_have_count(0, timeout=SOON)
    phone.say(again := f"More of them {phone.label[-3:]}")
    desk.page.goto("/c/port-merin/desk/?view=blocked")
    desk.sees(again)
    desk.page.goto("/c/port-merin/desk/")
    expect(desk.row(again)).to_have_count(0)


def test_two_files_of_one_person_become_one_and_two_again(house: House) -> None:
    first, second = house.phone("Omid", "en", WHATSAPP), house.phone("Omid", "en", SMS)
    desk = house.desk("mira")
    first.say(one := f"This is my phone {first.label[-3:]}")
    second.say(two := f"This is my other phone {second.label[-3:]}")
    desk.open(two)
    name = desk.page.locator("#talk-head h2").inner_text().split("\n")[0].strip()
    desk.open(one)
    ways = desk.page.locator("details[data-sec=ways] li")
    expect(ways).to_have_count(1)
    desk.section("more").locator("a[data-sheet]").click()
    row = desk.page.locator("#sheet li", has_text=re.sub(r"\s+[A-Z]{2}$", "", name))
    row.locator("form[action$='/merge/'] button").first.click()
    expect(ways).to_have_count(2, timeout=SOON)
    desk.section("more").locator("[formaction$='/undo/']").click()
    expect(ways).to_have_count(1, timeout=SOON)


def test_who_came_to_the_door_is_written_down_with_the_time_it_was(house: House) -> None:
    page = house.member("mira")
    page.goto("/c/port-merin/desk/contact/")
    page.locator("select[name=source]").select_option(index=1)
    at = page.locator("input[name=at]").input_value()
    page.locator("input[name=at]").fill(at[:11] + "00:07")
    page.locator("textarea[name=text]").fill("Asked where to sleep, wore a green coat.")
    page.locator("main form button.primary").click()
    expect(page.locator("#lines .msg", has_text="green coat")).to_be_visible()
    expect(page.locator("#lines .msg", has_text="green coat").locator(".by")).to_contain_text("00:07")


@pytest.mark.parametrize("language", ["en", "ar"])
def test_menus_and_sheets_of_the_desk_are_for_everybody_too(house: House, language: str) -> None:
    phone = house.phone("Pari", "ar", WHATSAPP)
    desk = house.desk("noor", language)
    phone.say(words := f"أين أنام الليلة؟ {phone.label[-3:]}")
    desk.open(words)
    assert violations(desk.page) == []
    for name in ("filter", "pass", "later", "finish"):
        desk.menu(name)
        assert violations(desk.page, but=COVERED) == [], name
        desk.page.keyboard.press("Escape")
    desk.page.locator("#emoji > summary").click()
    assert violations(desk.page, but=COVERED) == []
    desk.page.keyboard.press("Escape")
    desk.field.press_sequentially("/")
    expect(desk.page.locator("#menu [role=option]").first).to_be_visible()
    assert violations(desk.page, but=COVERED) == []
    desk.field.press("Escape")
    for sheet in ("choices", "place", "templates"):
        desk.page.locator(f"#composer .tools a[href$='/{sheet}/']").click()
        expect(desk.page.locator("#sheet")).to_be_visible()
        assert violations(desk.page, but=COVERED) == [], sheet
        desk.page.keyboard.press("Escape")
        expect(desk.page.locator("#sheet")).to_be_hidden()
