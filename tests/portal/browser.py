"""A real browser for the stories of web chat, with an eye on every request it makes."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@contextmanager
def chromium() -> Iterator[Browser]:
    # Playwright's loop lives in this thread; Django would refuse the test its own database beside it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@dataclass
class Watch:
    """What a page asked for and complained of."""

    hosts: set[str] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)
    bytes: int = 0

    def on(self, page: Page) -> "Watch":
        page.on("request", lambda request: self.hosts.add(urlsplit(request.url).netloc))
        page.on("console", lambda note: self.complaints.append(note.text) if note.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return self


def violations(page: Page) -> list[str]:
    found: dict[str, Any] = Axe().run(page, options=WCAG).response
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found["violations"]]
