"""The next person at a shared computer."""

from journeys.desk import Desk
from journeys.house import House
from journeys.phones import WHATSAPP


def test_the_back_button_shows_nothing_after_signing_out(house: House) -> None:
    phone = house.phone("Sami", "en", WHATSAPP)
    phone.say(words := f"Nobody may know {phone.label[-3:]}")
    desk = Desk(house.by_link("lesia"))
    desk.go()
    desk.open(words)
    desk.page.goto("/me/")
    desk.page.locator("form[action='/sign-out/'] button").click()
    desk.page.wait_for_url("**/sign-in/")
    for _ in range(3):
        desk.page.go_back()
        desk.page.wait_for_timeout(500)
        assert words not in desk.page.content()
        assert desk.page.locator("#rows").count() == 0
    desk.page.goto("/c/port-merin/desk/")
    assert "/sign-in/" in desk.page.url
