"""A person writes in Arabic on a phone, an agent answers with a prepared reply: the main job, whole."""

import os

import pytest
from playwright.sync_api import expect

from journeys.desk import SOON, Desk, until
from journeys.house import House
from journeys.phones import WHATSAPP

ON_SQLITE = "AIDLINE_DATABASE_URL" not in os.environ
SETTINGS = [("en", 1440), ("ar", 390), ("fr", 390), ("ar", 1440), ("en", 390), ("fr", 1440)]
ORDER = ["clock", "check", "check2", "check2 again"]


@pytest.mark.parametrize(("language", "width"), SETTINGS if ON_SQLITE else SETTINGS[:2])
def test_a_person_writes_in_arabic_and_is_answered(house: House, language: str, width: int) -> None:
    phone = house.phone("Amal", "ar", WHATSAPP)
    desk = Desk(house.by_link("noor", width))
    house.speak(desk.page, "noor", language)
    desk.go()
    assert desk.page.evaluate("document.documentElement.lang") == language
    question = f"هل العيادة مفتوحة اليوم؟ {phone.label[-3:]}"
    phone.say(question)
    desk.open(question)
    desk.take()
    answer = desk.prepared("hours-clinic")
    assert "عيادة شارع الفانوس" in answer
    phone.put_down()
    desk.watch_signs()
    desk.send()
    expect(desk.line(answer).locator("use[href$='#check2']")).to_be_visible(timeout=SOON)
    phone.pick_up()
    phone.gets(answer)
    signs = desk.signs_until("check2 again")
    assert signs == [sign for sign in ORDER if sign in signs]
    conversation = desk.conversation
    desk.finish()
    desk.back()
    expect(desk.queued(conversation)).to_have_count(0, timeout=SOON)
    thanks = f"شكرًا جزيلًا {phone.label[-3:]}"
    phone.say(thanks)
    desk.sees(thanks)
    assert desk.was_not_reloaded()


def test_a_photo_stays_covered_until_somebody_opens_it(house: House) -> None:
    phone = house.phone("Rami", "ar", WHATSAPP)
    desk = house.desk("noor")
    phone.say(words := f"هذه هي الوصفة {phone.label[-3:]}")
    desk.open(words)
    phone.send_photo()
    covered = desk.page.locator("#lines .shot.covered").last
    expect(covered).to_be_visible(timeout=SOON)
    assert desk.page.locator("#lines img").count() == 0
    desk.page.locator("#lines [hx-get$='/shown/']").last.click()
    picture = desk.page.locator("#lines .shot img")
    expect(picture).to_be_visible()
    until(lambda: picture.evaluate("image => image.naturalWidth > 50"))
    desk.page.locator("#lines [hx-get$='/covered/']").click()
    expect(picture).to_have_count(0)


def test_two_quick_clicks_send_once(house: House) -> None:
    phone = house.phone("Dana", "en", WHATSAPP)
    desk = house.desk("mira")
    phone.say(words := f"Are you there? {phone.label[-3:]}")
    desk.open(words)
    desk.write("Yes, we are here.")
    desk.page.locator("#composer [data-send]").dblclick()
    phone.gets("Yes, we are here.")
    desk.page.wait_for_timeout(1_500)
    assert phone.has("Yes, we are here.") == 1
    assert desk.page.locator("#lines .msg.out", has_text="Yes, we are here.").count() == 1


def test_a_note_has_a_colour_of_its_own_and_never_reaches_the_phone(house: House) -> None:
    phone = house.phone("Edda", "en", WHATSAPP)
    desk = house.desk("mira")
    phone.say(words := f"I cannot use stairs {phone.label[-3:]}")
    desk.open(words)
    desk.note("Step-free door on the canal side.")
    note = desk.line("Step-free door")
    expect(note).to_have_class("msg out note")
    paper = desk.page.locator("#lines .msg.note .bub").last.evaluate(COLOURS)
    desk.reply("There is a door without steps.")
    assert paper != desk.page.locator("#lines .msg.out:not(.note) .bub").last.evaluate(COLOURS)
    phone.gets("There is a door without steps.")
    assert phone.has("Step-free door on the canal side.") == 0


COLOURS = "bubble => getComputedStyle(bubble).backgroundColor + getComputedStyle(bubble).borderStyle"


def test_what_is_taken_back_in_time_never_leaves(house: House) -> None:
    phone = house.phone("Finn", "en", WHATSAPP)
    desk = house.desk("mira")
    phone.say(words := f"Hello {phone.label[-3:]}")
    desk.open(words)
    desk.reply("To the wrong person")
    desk.undo()
    expect(desk.line("To the wrong person").locator("use[href$='#undo']")).to_be_visible()
    desk.reply("To the right person")
    phone.gets("To the right person")
    assert phone.has("To the wrong person") == 0


def test_without_network_one_goes_on_writing_and_it_leaves_once(house: House) -> None:
    phone = house.phone("Gul", "en", WHATSAPP)
    desk = house.desk("mira")
    house.expect("ERR_INTERNET_DISCONNECTED")
    phone.say(words := f"Is the office open? {phone.label[-3:]}")
    desk.open(words)
    desk.page.context.set_offline(True)
    desk.write("Yes, until eight.")
    desk.send()
    expect(desk.page.locator("#link")).to_be_visible()
    expect(desk.line("Yes, until eight.")).to_be_visible(timeout=SOON)
    desk.field.press_sequentially("And tomorrow too.")
    phone.say("And on Sunday?")
    desk.page.context.set_offline(False)
    expect(desk.line("And on Sunday?")).to_be_visible(timeout=SOON)
    expect(desk.page.locator("#link")).to_be_hidden()
    phone.gets("Yes, until eight.")
    expect(desk.field).to_have_value("And tomorrow too.")
    desk.page.wait_for_timeout(1_000)
    assert phone.has("Yes, until eight.") == 1
    assert desk.page.locator("#lines .msg.out", has_text="Yes, until eight.").count() == 1
    assert desk.was_not_reloaded()
