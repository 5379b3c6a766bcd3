"""Finds the pages by walking: what a page links to, posts to or fetches, and answers GET with a document."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import Page

from journeys.browsing import sideways, violations

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
ADDRESSES = """() => [...document.querySelectorAll("*")].flatMap((one) =>
  [...one.attributes].map((attribute) => attribute.value).filter((value) => /^\\/[^\\s]*$/.test(value)))"""
LINKS = "[...document.querySelectorAll('a[href]')].map((link) => link.getAttribute('href'))"
NEVER = re.compile(r"^/(static|live|look-alike|widget|enter|join|hooks)/|/leave$|/files?/|logo")


def route(path: str) -> str:
    """An address without what names one thing among many."""
    path = UUID.sub("<id>", urlsplit(path).path)
    path = re.sub(r"^/c/[\w-]+/", "/c/<centre>/", path)
    return re.sub(r"^/chat/[\w-]+/", "/chat/<slug>/", path)


@dataclass
class Walk:
    """All pages one can get to, each kind of address once."""

    page: Page
    language: str
    seen: set[str]
    pages: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    links: set[str] = field(default_factory=set)

    def from_(self, *starts: str) -> "Walk":
        waiting = list(starts)
        while waiting:
            address = waiting.pop(0)
            if self._is_news(address) and self._is_document(address):
                waiting += self._visited(address)
        return self

    def also(self, *addresses: str) -> "Walk":
        """Pages of a kind that was seen already, which look otherwise for another thing."""
        for address in addresses:
            self._visited(address)
        return self

    def _is_news(self, address: str) -> bool:
        fresh = route(address) not in self.seen and not NEVER.search(address)
        self.seen.add(route(address))
        return fresh

    def _is_document(self, address: str) -> bool:
        """A form's address may refuse to be looked at; a link may not lead nowhere."""
        answer = self.page.request.get(address, max_redirects=0)
        dead = answer.status in (403, 404, 410) and address in self.links
        if dead or answer.status >= 500:
            self.faults.append(f"{route(address)}: answers {answer.status}")
        return answer.ok and answer.text().lstrip().lower().startswith("<!doctype")

    def _visited(self, address: str) -> list[str]:
        self.page.goto(address)
        self.pages.append(address)
        self.faults += [f"{route(address)}: {fault}" for fault in faults_of(self.page, self.language)]
        self.links.update(self.page.evaluate(LINKS))
        found: list[str] = self.page.evaluate(ADDRESSES)
        return found


def faults_of(page: Page, language: str) -> Iterator[str]:
    """In light and in dark, at every width, and in the direction of its language."""
    yield from violations(page)
    page.emulate_media(color_scheme="dark")
    yield from (f"dark: {fault}" for fault in violations(page, only="color-contrast"))
    page.emulate_media(color_scheme="light")
    yield from (f"scrolls sideways at {width}" for width in sideways(page))
    html = page.evaluate("[document.documentElement.lang, document.documentElement.dir]")
    if html != [language, "rtl" if language == "ar" else "ltr"]:
        yield f"has the language and direction {html}"
