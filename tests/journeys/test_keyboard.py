"""The desk without a mouse."""

from playwright.sync_api import Page, expect

from journeys.desk import SOON, Desk
from journeys.house import House
from journeys.phones import WHATSAPP

WHERE = """() => {
  const places = [".skip", ".bar", ".rail", ".pane.queue", "#talk-head, #thread", "#composer", "#person-pane"];
  return places.findIndex((place) => document.activeElement.closest(place));
}"""
OUTLINE = """() => {
  const style = getComputedStyle(document.activeElement);
  return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
}"""


def test_from_the_queue_to_the_end_by_keys(house: House) -> None:
    phone = house.phone("Rosa", "en", WHATSAPP)
    desk = house.desk("mira")
    phone.say(words := f"By keys alone {phone.label[-3:]}")
    desk.sees(words)
    keys = desk.page.keyboard
    _step_to(desk, words)
    assert desk.page.evaluate(OUTLINE)
    keys.press("Enter")
    expect(desk.line(words)).to_be_visible()
    conversation = desk.conversation
    keys.press("r")
    expect(desk.field).to_be_focused()
    keys.type("No mouse here")
    keys.press("Control+Enter")
    expect(desk.line("No mouse here")).to_be_visible()
    phone.gets("No mouse here")
    keys.press("Escape")
    expect(desk.field).not_to_be_focused()
    keys.press("n")
    expect(desk.page.locator("#composer")).to_have_class("composer noting")
    keys.press("Escape")
    keys.press("?")
    expect(desk.page.locator("#sheet")).to_be_visible()
    keys.press("Escape")
    expect(desk.page.locator("#sheet")).to_be_hidden()
    keys.press("e")
    expect(desk.page.locator("details[data-pop=finish] .menu")).to_be_visible()
    keys.press("Escape")
    expect(desk.page.locator("details[data-pop=finish] .menu")).to_be_hidden()
    keys.press("e")
    keys.press("Tab")
    keys.press("Enter")
    expect(desk.queued(conversation)).to_have_count(0, timeout=SOON)


def _step_to(desk: Desk, text: str) -> None:
    for _ in range(80):
        desk.page.keyboard.press("j")
        if text in desk.page.evaluate("document.activeElement.textContent"):
            break
    desk.page.keyboard.press("k")
    desk.page.keyboard.press("j")
    assert text in desk.page.evaluate("document.activeElement.textContent")


def test_one_tabs_through_the_desk_in_the_order_of_the_eye(house: House) -> None:
    page = house.desk("mira").page
    page.locator("#rows a.q").first.click()
    expect(page.locator("#composer")).to_be_visible()
    page.reload()
    places = _tabbed(page, 90)
    assert places == sorted(places)
    assert set(places) == set(range(7))


def _tabbed(page: Page, times: int) -> list[int]:
    """The places the focus goes through, until it leaves the page."""
    places: list[int] = []
    for _ in range(times):
        page.keyboard.press("Tab")
        where = page.evaluate(WHERE)
        if where < 0:
            break
        assert page.evaluate(OUTLINE), page.evaluate("document.activeElement.outerHTML")[:200]
        places.append(where)
    return places


def test_the_first_tab_offers_to_skip_to_the_content(house: House) -> None:
    desk, landing = house.desk("mira").page, house.page()
    landing.goto("/")
    for page in (desk, landing):
        page.keyboard.press("Tab")
        skip = page.locator(".skip:focus")
        expect(skip).to_be_in_viewport()
        page.keyboard.press("Enter")
        assert page.url.endswith("#main")


def test_single_keys_rest_when_the_profile_says_so(house: House) -> None:
    page = house.member("tesfay")
    _shortcuts(page, on=False)
    desk = Desk(page)
    desk.go()
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.tagName") == "BODY"
    _shortcuts(page, on=True)
    desk.go()
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.classList.contains('q')")


def _shortcuts(page: Page, *, on: bool) -> None:
    page.goto("/me/")
    page.locator("input[name=shortcuts]").set_checked(on)
    page.locator("form[action='/me/'] button.primary").click()
    page.wait_for_load_state()
