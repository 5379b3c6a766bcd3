"""Who comes in, and by which door. One line of a story is one call here."""

from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page

from journeys.browsing import Watch
from journeys.desk import HOME, Desk
from journeys.installation import Installation
from journeys.phones import Phone

ROUNDS = 12
HEIGHT = {390: 844, 1440: 900}
_numbers = count(700)


@dataclass
class House:
    installation: Installation
    browser: Browser
    links: dict[str, list[str]] = field(default_factory=dict)
    cookies: dict[str, Any] = field(default_factory=dict)
    spoken: dict[str, str] = field(default_factory=dict)
    open: list[tuple[BrowserContext, Watch]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return self.installation.url

    # --- rooms -------------------------------------------------------------------------------------------

    def context(self, width: int = 1440, **options: Any) -> tuple[BrowserContext, Watch]:
        size = {"width": width, "height": HEIGHT.get(width, 900)}
        options = {
            "locale": "en-GB",
            "base_url": self.url,
            "has_touch": width < 600,
            "reduced_motion": "reduce",
            **options,
        }
        context = self.browser.new_context(viewport=size, **options)  # type: ignore[arg-type]
        context.set_default_timeout(60_000)
        watch = Watch(urlsplit(self.url).netloc).on(context)
        self.open.append((context, watch))
        return context, watch

    def expect(self, *words: str) -> None:
        for _, watch in self.open:
            watch.expect(*words)

    def leave(self) -> tuple[list[str], list[str]]:
        """Closes everything a story opened."""
        strangers, complaints = [], []
        for context, watch in self.open:
            context.close()
            strangers += watch.strangers
            complaints += watch.complaints
        self.open.clear()
        return strangers, complaints

    # --- people ------------------------------------------------------------------------------------------

    def page(self, width: int = 1440, **options: Any) -> Page:
        """Somebody nobody knows."""
        context, _ = self.context(width, **options)
        return context.new_page()

    def by_link(self, who: str, width: int = 1440, **options: Any) -> Page:
        """In by a one-time link, as the demonstration prints it."""
        page = self.page(width, **options)
        page.goto(self.link(who))
        page.locator("main form button.primary").click()
        page.wait_for_url(lambda url: "/enter/" not in url, wait_until="domcontentloaded")
        return page

    def link(self, who: str) -> str:
        if not self.links.get(who):
            made = self.installation.inside("links", str(ROUNDS))
            self.links = {name: links.split() for name, links in made.items()}
        return self.links[who].pop()

    def member(self, who: str, language: str = "en", width: int = 1440, **options: Any) -> Page:
        """Signed in already, with the screens in this language."""
        if who not in self.cookies:
            page = self.by_link(who)
            self.cookies[who] = page.context.storage_state()
            page.context.close()
            self.open.pop()
        page = self.page(width, storage_state=self.cookies[who], **options)
        self.speak(page, who, language)
        return page

    def speak(self, page: Page, who: str, language: str) -> None:
        if self.spoken.get(who) == language:
            return
        page.goto("/me/")
        page.locator("select[name=language]").select_option(language)
        page.locator("form[action='/me/'] button.primary").click()
        page.wait_for_load_state()
        self.spoken[who] = language

    def desk(
        self, who: str, language: str = "en", width: int = 1440, *, home: str = HOME, **options: Any
    ) -> Desk:
        desk = Desk(self.member(who, language, width, **options), home)
        desk.go()
        return desk

    def phone(self, name: str, language: str, channel: str, width: int = 1440) -> Phone:
        """A new phone with a number that no story had before, on a Phones page of its own."""
        return self.one_more(self.page(width), name, language, channel)

    def one_more(self, page: Page, name: str, language: str, channel: str, number: str = "") -> Phone:
        """Beside those that lie on this page. `number`: of another phone, on another channel."""
        label = f"{name} {next(_numbers)}"
        page.goto("/phones/add/")
        page.get_by_label("Name").fill(label)
        page.locator("select[name=language]").select_option(language)
        page.locator("form[action='/phones/add/'] select[name=channel]").select_option(label=channel)
        if number:
            page.get_by_label("Number", exact=True).fill(number)
        page.locator("form[action='/phones/add/'] button.primary").click()
        page.wait_for_url("**/phones/**")
        return Phone(page, label)
