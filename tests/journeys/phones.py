"""A phone on the Phones page, held by somebody who needs help."""

from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

WHATSAPP = "WhatsApp Port Merin (Port Merin)"
SMS = "SMS Port Merin (Port Merin)"
SOON = 60_000


@dataclass
class Phone:
    page: Page
    label: str

    @property
    def body(self) -> Locator:
        return self.page.locator("[data-phone]").filter(has=self.page.get_by_text(self.label, exact=True))

    def say(self, text: str) -> None:
        said = self.body.locator(".msg.out", has_text=text)
        before = said.count()
        self.body.locator("form[data-say] [name=text]").fill(text)
        self.body.locator("form[data-say]:has([name=text]) button.primary").click()
        expect(said).to_have_count(before + 1)

    def send_photo(self) -> None:
        self.body.locator("details").filter(has=self.page.locator("select[name=ready]")).locator(
            "summary"
        ).click()
        self.body.locator("form:has(select[name=ready]) button").click()
        expect(self.body.locator(".msg.out img")).to_have_count(1)

    def press(self, title: str) -> None:
        """A button under the newest message, or a row of the list it opens."""
        menu = self.body.locator(".msg.in form details > summary")
        if menu.count():
            menu.click()
        self.body.locator(".msg.in button[name=option]", has_text=title).click()

    def can_press(self) -> bool:
        return self.body.locator(".msg.in button[name=option]").count() > 0

    def put_away(self) -> None:
        self.body.locator("form[action$='/hide/'] button").click()
        expect(self.body).to_have_count(0)

    def put_down(self) -> None:
        """It lies face down: messages arrive, and nobody reads them."""
        self.page.goto("about:blank")

    def pick_up(self) -> None:
        self.page.goto("/phones/")

    def gets(self, text: str) -> Locator:
        line = self.body.locator(".msg.in", has_text=text)
        expect(line).to_have_count(1, timeout=SOON)
        return line

    def has(self, text: str) -> int:
        return self.body.locator(".msg.in", has_text=text).count()
