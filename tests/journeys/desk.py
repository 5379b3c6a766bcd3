"""The desk as an agent uses it. Looks for places and shapes, never for words: the words are in three languages."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import FilePayload, Locator, Page, expect

SOON = 60_000
HOME = "/c/port-merin/desk/"


def until(is_so: Callable[[], bool], seconds: float = SOON / 1000) -> None:
    """Asked from here, because a page under our policy lets nobody evaluate strings again and again."""
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


KEEP_SIGNS = """() => {
  window.signs = [];
  let arrived = "";
  const look = () => {
    const by = [...document.querySelectorAll("#lines .msg.out:not(.note) .by")].at(-1);
    let sign = by?.querySelector("use")?.getAttribute("href").split("#")[1];
    if (!sign) return;
    if (sign === "check2" && arrived && arrived !== by.textContent) sign = "check2 again";
    else if (sign === "check2") arrived = by.textContent;
    if (window.signs.at(-1) !== sign) window.signs.push(sign);
  };
  new MutationObserver(look).observe(document.getElementById("lines"), { childList: true, subtree: true });
}"""


@dataclass
class Desk:
    page: Page
    home: str = HOME

    def go(self) -> None:
        """To the queue; with a mark in the page that a reload would wipe away."""
        self.page.goto(self.home)
        self.page.evaluate("window.never_reloaded = true")

    def was_not_reloaded(self) -> bool:
        return bool(self.page.evaluate("window.never_reloaded === true"))

    # --- queue -------------------------------------------------------------------------------------------

    def row(self, text: str) -> Locator:
        return self.page.locator("#rows a.q", has_text=text)

    def sees(self, text: str) -> None:
        expect(self.row(text)).to_have_count(1, timeout=SOON)

    def open(self, text: str) -> None:
        self.sees(text)
        self.row(text).click()
        expect(self.line(text)).to_be_visible()

    @property
    def conversation(self) -> str:
        return self.page.locator("#talk").get_attribute("data-conversation") or ""

    def queued(self, conversation: str) -> Locator:
        return self.page.locator(f"#q-{conversation}")

    # --- conversation ------------------------------------------------------------------------------------

    def line(self, text: str) -> Locator:
        return self.page.locator("#lines .msg", has_text=text).last

    @property
    def field(self) -> Locator:
        return self.page.locator("#text")

    def take(self) -> None:
        """Unless the routing gave it to us before."""
        take = self.page.locator("#talk-head form[action$='/take/'] button")
        if take.count():
            take.click()
            expect(take).to_have_count(0)

    def signs_until(self, last: str) -> list[str]:
        until(lambda: self.page.evaluate("window.signs.at(-1)") == last)
        signs: list[str] = self.page.evaluate("window.signs")
        return signs

    def write(self, text: str) -> None:
        self.field.fill(text)

    def send(self) -> None:
        self.page.locator("#composer [data-send]").click()

    def reply(self, text: str) -> None:
        self.write(text)
        self.send()
        expect(self.line(text)).to_be_visible()

    def attach(self, *files: FilePayload) -> None:
        self.page.locator("#composer input[name=files]").set_input_files(list(files))

    def ask(self, question: str, *choices: str) -> None:
        """A question with choices, written in its sheet."""
        self.page.locator("#composer a[href$='/choices/']").click()
        form = self.page.locator("#sheet form[data-template]")
        form.locator("[name=text]").fill(question)
        for place, choice in enumerate(choices):
            form.locator("[name=choice]").nth(place).fill(choice)
        form.locator("button.primary").click()
        expect(self.page.locator("#sheet")).to_be_hidden()
        expect(self.line(question)).to_be_visible()

    def prepared(self, code: str) -> str:
        """A slash, its code, the arrow of the list, Enter: and what then stands in the field."""
        self.field.press_sequentially(f"/{code}", delay=20)
        option = self.page.locator("#menu [role=option]", has_text=f"/{code}")
        expect(option).to_be_visible()
        self.field.press("Enter")
        expect(self.page.locator("#menu [role=option]")).to_have_count(0)
        return self.field.input_value()

    def note(self, text: str) -> None:
        self.page.locator("#composer [data-mode=note]").click()
        self.reply(text)
        self.page.locator("#composer [data-mode=reply]").click()

    def watch_signs(self) -> None:
        """Keeps every sign that the page shows beside our newest message; read has other words than arrived."""
        self.page.evaluate(KEEP_SIGNS)

    def undo(self) -> None:
        self.page.locator("#toasts .toast [data-act]").click()

    def menu(self, name: str) -> Locator:
        """A menu of the head; on a phone it lies under More."""
        more = self.page.locator("#more > summary")
        details = self.page.locator(f"details[data-pop={name}]")
        if more.is_visible() and not details.is_visible():
            more.click()
        details.locator("summary").click()
        return details.locator("form")

    def back(self) -> None:
        """On a phone the list takes turns with the conversation."""
        arrow = self.page.locator(".talk-head > .narrow-only").first
        if arrow.is_visible():
            arrow.click()

    def finish(self, topic: int = 0) -> None:
        """Two clicks: Finish, and what it was about."""
        self.menu("finish").locator("button[name=topic]").nth(topic).click()

    def section(self, name: str) -> Locator:
        """A block of the person panel, opened."""
        pane = self.page.locator("#person-pane")
        if not pane.is_visible():
            self.page.locator("#talk-head [data-person-toggle]").click()
        block = self.page.locator(f"details[data-sec={name}]")
        if block.get_attribute("open") is None:
            block.locator("summary").first.click()
        return block
