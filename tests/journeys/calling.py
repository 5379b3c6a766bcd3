"""A telephone at somebody's ear on the Phones page, and the phone of an agent in the browser."""

import re
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from journeys.desk import SOON, Desk
from journeys.phones import Phone

LINE = "Phone and SMS River Line (River Line)"
HOME = "/c/river-line/desk/"
LANGUAGE_KEYS = {"en": "1", "ar": "2", "uk": "3"}
HUMAN = "0"


@dataclass
class Ear(Phone):
    """`looks` is what somebody would say is going on: menu, waiting, talking, held, over."""

    @property
    def call(self) -> Locator:
        return self.body.locator(".call")

    def dial(self) -> None:
        self.body.locator(".phone-tools [data-call-dial] button").click()
        self.looks("menu")

    def press(self, key: str) -> None:
        self.call.locator(f"[data-call-keys] button[value='{key}']").click()

    def hears(self, words: str | re.Pattern[str]) -> Locator:
        line = self.call.locator(".heard li p", has_text=words).last
        expect(line).to_be_visible(timeout=SOON)
        return line

    def looks(self, *looks: str) -> None:
        expect(self.call).to_have_attribute("data-look", re.compile("|".join(looks)), timeout=SOON)

    def speak(self) -> None:
        """A message that was prepared for callers without a microphone."""
        self.looks("speaking")
        self.call.locator("[data-call-speak] button[name=ready]").click()

    def hang_up(self) -> None:
        self.call.locator("[data-call-hangup] button").click()
        self.looks("over")


@dataclass
class Softphone:
    """An agent's desk with the phone of this browser, which stands in a window of its own."""

    desk: Desk
    window: Page
    name: str  # as colleagues see it

    @property
    def bar(self) -> Locator:
        return self.desk.page.locator("#callbar")

    def accept(self) -> None:
        self.bar.locator("[data-talk][formaction*='/accept/']").click()
        expect(self.bar.locator("[data-hang-up] button")).to_be_visible(timeout=SOON)

    def is_rung(self) -> bool:
        return bool(self.bar.get_attribute("data-ringing"))

    def rings(self) -> None:
        expect(self.bar).to_have_attribute("data-ringing", re.compile("."), timeout=SOON)

    def press(self, act: str) -> None:
        """hold, hand-over, back, leave: what stands in the address."""
        self.bar.locator(f"button[hx-post$='/{act}/'], form[hx-post$='/{act}/'] button").first.click()

    def consult(self, name: str) -> None:
        menu = self.bar.locator("details[data-pop=give]")
        menu.locator("summary").click()
        option = menu.locator("select option", has_text=name)
        menu.locator("select").select_option(value=option.get_attribute("value"))
        menu.locator("button[hx-post$='/consult/']").click()

    def wrap_up(self, note: str) -> None:
        form = self.bar.locator("form[action$='/wrap-up/']")
        expect(form).to_be_visible(timeout=SOON)
        form.locator("textarea").fill(note)
        form.locator("button.primary").click()  # finish, or ready where the call goes on
        expect(form).to_have_count(0, timeout=SOON)
