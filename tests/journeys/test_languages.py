"""A person and an agent without a common language, with a menu, a machine and a translator between them."""

from playwright.sync_api import Page, expect

from journeys.browsing import violations
from journeys.desk import SOON, Desk
from journeys.house import House
from journeys.phones import WHATSAPP, Phone

WRITTEN = "Please bring the letter with you."
FRENCH = "Apportez la lettre avec vous, s'il vous plaît."
ASKED = "On est dans le bus, on arrive dans vingt minutes."
COVERED = "target-size"  # an open dialog lies over what is under it


def choose(phone: Phone, title: str) -> None:
    menu = phone.body.locator("form[action*='/press/']").last
    expect(menu).to_be_visible(timeout=SOON)
    if menu.locator("summary").count():
        menu.locator("summary").click()
    menu.get_by_role("button", name=title).click()


def say_bonjour(house: House, name: str) -> tuple[Phone, Desk]:
    """Nobody knows yet what this person speaks: a word that could be anything, a menu, and French it is."""
    phone = house.phone(name, "fr", WHATSAPP)
    phone.say(word := f"hi {phone.label[-3:]}")
    desk = house.desk("mira")
    desk.open(word)
    choose(phone, "français")
    phone.say(ASKED)
    expect(desk.line(ASKED)).to_be_visible(timeout=SOON)
    return phone, desk


def test_who_does_not_tell_their_language_is_asked_and_understood(house: House) -> None:
    phone, desk = say_bonjour(house, "Amadou")
    expect(desk.page.locator("#talk-head .lang")).to_have_text("FR", timeout=SOON)
    expect(desk.line("We are on the bus")).to_be_visible(timeout=SOON)
    expect(desk.line("We are on the bus").locator(".tr small")).to_contain_text("LibreTranslate")
    assert phone.has("In which language") == 1


def test_a_reply_is_seen_in_both_languages_and_then_sent(house: House) -> None:
    phone, desk = say_bonjour(house, "Brigitte")
    desk.write(WRITTEN)
    desk.page.locator("[data-translate-reply]").click()
    expect(desk.page.locator("#r-text")).to_have_value(FRENCH)
    expect(desk.page.locator("[data-translated] .bub")).to_have_text(WRITTEN)
    assert violations(desk.page, but=COVERED) == []
    desk.page.keyboard.press("Escape")
    expect(desk.field).to_have_value(WRITTEN)
    desk.page.locator("[data-translate-reply]").press("Enter")
    expect(desk.page.locator("#r-text")).to_be_focused()
    desk.page.locator("[data-translated] button.primary").press("Enter")
    expect(desk.page.locator("#sheet")).to_be_hidden()
    expect(desk.field).to_have_value("")
    expect(desk.line(FRENCH).locator(".tr")).to_contain_text(WRITTEN)
    phone.gets("Apportez la lettre")
    assert phone.has(WRITTEN) == 0


def test_a_translator_answers_under_the_message(house: House) -> None:
    phone = house.phone("Tsehay", "ti", WHATSAPP)
    phone.say(words := f"የቐንየለይ። ተርጓሚ ኣሎ ድዩ {phone.label[-3:]}")
    desk = house.desk("mira")
    desk.open(words)
    desk.line(words).locator("a[href$='/translation/']").click()
    form = desk.page.locator("#sheet form[action$='/translator/']")
    form.locator("select[name=source]").select_option("ti")
    form.locator("select[name=language]").select_option("en")
    form.locator("button").click()
    expect(desk.page.locator("#sheet")).to_be_hidden()
    _answer(house.member("selam"), words, "Thank you. Is there an interpreter?")
    expect(desk.line(words).locator(".tr")).to_contain_text("Is there an interpreter?", timeout=SOON)
    expect(desk.line(words).locator(".tr small")).to_contain_text("Selam T.")


def _answer(page: Page, words: str, answer: str) -> None:
    page.goto("/")
    page.locator(".links a").last.click()
    expect(page.locator("main")).to_contain_text(words)
    page.locator("textarea[name=text]").fill(answer)
    page.locator("form.card button.primary").click()
    expect(page.locator("[role=status]")).to_be_visible()


def test_without_scripts_a_reply_is_translated_on_a_page_of_its_own(house: House) -> None:
    phone, desk = say_bonjour(house, "Claudine")
    address = desk.page.url
    page = house.by_link("tesfay", java_script_enabled=False)
    page.goto(address)
    page.locator("#text").fill(WRITTEN)
    page.locator("[data-translate-reply]").click()
    expect(page.locator("#r-text")).to_have_value(FRENCH)
    page.locator("[data-translated] button.primary").click()
    expect(page.locator("#lines .msg.out", has_text=FRENCH)).to_be_visible()
    phone.gets("Apportez la lettre")
