"""A real browser, with an eye on all that its pages ask for and complain of."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",  # a microphone, for whoever may have one
    "--use-fake-ui-for-media-stream",
]
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
WIDTHS = (360, 390, 768, 1366, 1440)


@contextmanager
def chromium() -> Iterator[Browser]:
    # Playwright's loop lives in this thread; Django would refuse other tests their database beside it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@dataclass
class Watch:
    """Everything a browser context asked for outside our host, and every error in its console."""

    host: str
    strangers: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    expected: tuple[str, ...] = ()

    def on(self, context: BrowserContext) -> "Watch":
        context.on("request", lambda request: self._asked(request.url))
        context.on("console", lambda note: self._said(note.text) if note.type == "error" else None)
        context.on("weberror", lambda error: self._said(str(error.error)))
        return self

    def _asked(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.netloc != self.host:
            self.strangers.append(url)

    def _said(self, text: str) -> None:
        if not any(words in text for words in self.expected):
            self.complaints.append(text)

    def expect(self, *words: str) -> None:
        """What a test does to the page on purpose is no complaint."""
        self.expected += words


def violations(page: Page, *, only: str = "", but: str = "") -> list[str]:
    """WCAG 2.2 AA by axe, which Playwright brings in beside the page: the page's own policy stays in force."""
    rules = {"type": "rule", "values": [only]} if only else {"type": "tag", "values": WCAG}
    options = {
        "runOnly": rules,
        "resultTypes": ["violations"],
        "rules": {but: {"enabled": False}} if but else {},
    }
    found: dict[str, Any] = Axe().run(page, options=options).response
    return [
        f"{one['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"
        for one in found["violations"]
        for node in one["nodes"][:3]
    ]


def sideways(page: Page) -> list[int]:
    """The widths at which the page can be scrolled sideways."""
    before = page.viewport_size
    wide = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        room = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if room > 0:
            wide.append(width)
    if before:
        page.set_viewport_size(before)
    return wide
