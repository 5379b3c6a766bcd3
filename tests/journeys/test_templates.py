"""An approved message from the first word to the person's answer: two members of staff, one phone."""

import re

from playwright.sync_api import Page, expect

from journeys.desk import SOON
from journeys.house import House
from journeys.phones import WHATSAPP
from journeys.walking import faults_of


def test_a_message_is_written_approved_sent_and_answered_by_its_button(house: House) -> None:
    admin = house.member("samira", "en")
    _written(admin, name="clinic moved")
    expect(admin.locator("h1 .chip.ok")).to_be_visible(timeout=60_000)  # the page looks by itself
    assert not list(faults_of(admin, "en"))

    phone = house.phone("Lina", "en", WHATSAPP)
    desk = house.desk("mira")
    phone.say(words := f"Where is the clinic? {phone.label[-3:]}")
    desk.open(words)
    house.installation.inside("shut", desk.conversation)
    desk.page.reload()
    desk.page.locator(".notice-shut [data-sheet]").click()
    family = desk.page.locator("#sheet details.card", has_text="Clinic moved")
    if family.get_attribute("open") is None:
        family.locator("summary").first.click()
    form = family.locator("form[data-template]").first
    expect(form.get_by_label("First day there")).not_to_have_value("")  # suggested
    form.get_by_label("Street").fill("Harbour Street 9")
    expect(form.locator("p[data-preview]").first).to_contain_text("at Harbour Street 9, near")
    form.locator("button.primary").click()
    sent = desk.line("Harbour Street 9")
    expect(sent.locator(".chip", has_text="I need help")).to_be_visible(timeout=SOON)

    got = phone.gets("Harbour Street 9")
    got.locator("button[name=option]", has_text="I need help").click()
    expect(desk.line("I need help")).to_be_visible(timeout=SOON)
    expect(desk.page.locator("#lines .msg.in", has_text="I need help")).to_have_count(1, timeout=SOON)


def test_a_refused_one_says_why_and_goes_in_again(house: House) -> None:
    admin = house.member("samira", "en")
    _written(admin, name="a prize", body="You win a prize on {{1}} if you come to {{2}}, please.")
    expect(admin.locator("h1 .chip", has=admin.locator("use[href$='#x']"))).to_be_visible(timeout=60_000)
    expect(admin.locator("#standing q")).to_contain_text("money")
    admin.locator("#id_body").fill("We are open on {{1}}, you find us at {{2}}, please.")
    admin.locator("button[value=submit]").click()
    expect(admin.locator("h1 .chip.ok")).to_be_visible(timeout=60_000)


BODY = "Hello, this is Harbour Aid. From {{1}} on the clinic is at {{2}}, near the harbour."


def _written(page: Page, *, name: str, body: str = BODY) -> None:
    page.goto("/c/port-merin/setup/channels/")
    page.locator("ul.links a", has_text=WHATSAPP.partition(" (")[0]).click()
    page.locator("a[href$='/templates/']").first.click()
    page.locator("a[href$='/templates/new/']").click()
    page.locator("#id_name").fill(name)
    page.locator("#id_body").fill(body)
    page.locator("#id_label_1").fill("First day there")
    page.locator("#id_example_1").fill("Monday")
    page.locator("#id_fill_1").select_option("date")
    page.locator("#id_label_2").fill("Street")
    page.locator("#id_example_2").fill("Lantern Street 4")
    page.locator("#id_button_0").fill("I will find it")
    page.locator("#id_button_1").fill("I need help")
    expect(page.locator("#preview")).to_contain_text("Lantern Street 4")
    expect(page.locator("#preview .chip")).to_have_count(2)
    page.locator("button[value=submit]").click()
    page.wait_for_url(re.compile(r"/templates/[0-9a-f-]{36}/$"))
