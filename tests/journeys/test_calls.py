"""A call from the Phones page, all the way: menu, article, person, a second person, a third who whispers."""

import re

import pytest
from playwright.sync_api import expect

from journeys.browsing import sideways, violations
from journeys.calling import HOME, HUMAN, LANGUAGE_KEYS, LINE, Ear, Softphone
from journeys.desk import SOON, Desk, until
from journeys.house import House
from journeys.phones import Phone

NAMES = {"hana": "Hana R.", "danylo": "Danylo M.", "ruth": "Ruth P."}
MEALS = "وجبات ساخنة"


def ear(house: House, name: str, language: str, width: int = 1440) -> Ear:
    phone: Phone = house.phone(name, language, LINE, width)
    return Ear(phone.page, phone.label)


def softphone(house: House, who: str, language: str = "en") -> Softphone:
    """Available, with the phone of this browser: it goes on by itself where the microphone is allowed."""
    desk: Desk = house.desk(who, language, home=HOME, permissions=["microphone"])
    with desk.page.expect_popup() as opened:
        desk.page.locator("#phone-chip").click()
    window = opened.value
    expect(window.locator("#own")).to_have_attribute("data-state", "ready", timeout=SOON)
    desk.page.locator("#presence > summary").click()
    desk.page.locator("#presence button[value=available]").click()
    return Softphone(desk, window, NAMES[who])


def test_a_caller_hears_what_they_want_to_know_in_arabic_without_anybody(house: House) -> None:
    caller = ear(house, "Hiba", "ar")
    caller.dial()
    caller.press(LANGUAGE_KEYS["ar"])
    caller.hears("بماذا نساعدكم؟")
    caller.press("2")
    caller.hears(MEALS)
    caller.press("1")
    article = caller.hears("بيت العبّارة")
    assert (article.get_attribute("lang"), article.get_attribute("dir")) == ("ar", "auto")
    assert article.evaluate("line => getComputedStyle(line).direction") == "rtl"
    caller.hang_up()


def test_a_call_goes_from_the_menu_over_two_agents_to_its_end(house: House) -> None:
    hana, danylo = softphone(house, "hana"), softphone(house, "danylo")
    caller = ear(house, "Hiba", "ar")
    caller.dial()
    caller.press(LANGUAGE_KEYS["ar"])
    caller.hears("بماذا نساعدكم؟")
    caller.press("2")
    caller.hears(MEALS)
    caller.press(HUMAN)
    first, second = _who_rings(hana, danylo)
    first.accept()
    caller.looks("talking")
    first.consult(second.name)
    second.rings()
    second.accept()
    caller.looks("held")
    first.press("hand-over")
    caller.looks("talking")
    first.wrap_up("Asked about warm meals, Danylo knows more.")
    supervisor = softphone(house, "ruth")
    _whispers(supervisor)
    expect(second.bar.locator(".chip.note")).to_be_visible(timeout=SOON)  # nobody listens unseen
    caller.looks("talking")
    caller.hang_up()
    second.wrap_up("Meals explained.")


def _who_rings(*phones: Softphone) -> tuple[Softphone, Softphone]:
    """Whoever it is offered to, and a colleague who is free."""
    until(lambda: any(one.is_rung() for one in phones))
    first = next(one for one in phones if one.is_rung())
    return first, next(one for one in phones if one is not first)


def _whispers(supervisor: Softphone) -> None:
    page = supervisor.desk.page
    page.goto(HOME.replace("/desk/", "/calls/"))
    page.locator("#calls-live button[value=whisperer]").click()
    expect(page.locator("#callbar [data-hang-up] button")).to_be_visible(timeout=SOON)


def test_a_voicemail_at_night_is_due_on_the_next_working_day(house: House) -> None:
    house.installation.inside("night", "river-line")
    try:
        caller = ear(house, "Kostia", "uk", 390)
        caller.dial()
        caller.press(LANGUAGE_KEYS["uk"])
        caller.hears("Що вас цікавить?")
        caller.press(HUMAN)
        caller.hears(re.compile("112"))
        caller.speak()
        caller.looks("over")
        page = house.member("danylo")
        page.goto(HOME.replace("/desk/", "/calls/"))
        promised = page.locator("#calls-promised .links li", has=page.locator("use[href$='#clock']")).first
        expect(promised).to_be_visible(timeout=SOON)
        due = house.installation.inside("due", "river-line")
        assert due["due"] == due["next working day"]
    finally:
        house.installation.inside("day", "river-line")


STEPS = (("3", "Що вас цікавить?"), ("2", "Про що розповісти?"), ("1", "Гребельна"))


@pytest.mark.parametrize("channel", ["WhatsApp River Line (River Line)", LINE])
def test_the_same_flow_answers_what_is_written_on_a_phone(house: House, channel: str) -> None:
    phone = house.phone("Zoryana", "uk", channel)
    phone.say("Добрий день")
    phone.gets("Вітаємо на лінії «Ріка»")
    for answer, heard in STEPS:
        phone.say(answer)
        phone.gets(heard)


def test_and_what_is_written_on_the_web(house: House) -> None:
    visitor = house.page(390)
    visitor.goto("/chat/river-line/?lang=uk")
    for answer, heard in (("Добрий день", "Вітаємо на лінії «Ріка»"), *STEPS):
        visitor.locator("#text").fill(answer)
        visitor.locator("#say button.primary").click()
        expect(visitor.locator("#lines .msg.in", has_text=heard).first).to_be_visible(timeout=SOON)


@pytest.mark.parametrize("width", [390, 1440])
def test_a_telephone_at_the_ear_is_for_everybody(house: House, width: int) -> None:
    caller = ear(house, "Noor", "ar", width)
    caller.dial()
    assert violations(caller.page) == []
    caller.press(LANGUAGE_KEYS["ar"])
    caller.hears("بماذا نساعدكم؟")
    caller.page.keyboard.press("2")  # the keys of the keyboard are those of the telephone
    caller.hears(MEALS)
    assert sideways(caller.page) == []
    caller.hang_up()
    assert violations(caller.page) == []
