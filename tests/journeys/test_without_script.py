"""The same work in a browser that runs no scripts."""

from playwright.sync_api import Page, expect

from journeys.house import House
from journeys.phones import WHATSAPP


def test_an_agent_reads_replies_notes_and_finishes(house: House) -> None:
    phone = house.phone("Qadir", "en", WHATSAPP)
    phone.say(words := f"Where can I wash clothes? {phone.label[-3:]}")
    phone.page.wait_for_timeout(1_500)
    page = house.by_link("tesfay", java_script_enabled=False)
    page.goto("/c/port-merin/desk/")
    page.locator("#rows a.q", has_text=words).click()
    expect(page.locator("#lines .msg.in", has_text=words)).to_be_visible()
    _write(page, "Harbour House, until nine.")
    expect(page.locator("#lines .msg.out", has_text="Harbour House")).to_be_visible()
    page.locator("#composer [data-mode=note]").click()
    _write(page, "Told about the laundry.")
    expect(page.locator("#lines .msg.note", has_text="laundry")).to_be_visible()
    phone.gets("Harbour House, until nine.")
    assert phone.has("Told about the laundry.") == 0
    page.locator("details[data-pop=finish] summary").click()
    page.locator("details[data-pop=finish] button[name=topic]").first.click()
    page.goto("/c/port-merin/desk/")
    expect(page.locator("#rows a.q", has_text="Harbour House")).to_have_count(0)


def _write(page: Page, text: str) -> None:
    page.locator("#text").fill(text)
    page.locator("#composer [data-send]").click()


def test_a_visitor_sends_and_reads(house: House) -> None:
    visitor = house.page(390, java_script_enabled=False)
    visitor.goto("/chat/port-merin/?lang=en")
    visitor.locator("#text").fill("No scripts on this phone")
    visitor.locator("#say button.primary").click()
    desk = house.desk("mira")
    desk.open("No scripts on this phone")
    desk.reply("None are needed.")
    expect(desk.line("None are needed.").locator("use[href$='#clock']")).to_have_count(0, timeout=20_000)
    visitor.goto("/chat/port-merin/?lang=en")
    expect(visitor.locator(".msg.in", has_text="None are needed.")).to_be_visible()
