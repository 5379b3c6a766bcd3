"""Makes the README's pictures into docs/screenshots: starts a demonstration, looks at it, ends it.

    python tools/screenshots.py

Small on purpose (at most 150 KB each): few colours, and no more of a page than it takes to see what it is.
"""

import io
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "src")]

from journeys.browsing import chromium  # noqa: E402
from journeys.desk import Desk  # noqa: E402
from journeys.house import House  # noqa: E402
from journeys.installation import installed  # noqa: E402

FOLDER = ROOT / "docs" / "screenshots"
LARGEST = 150_000
DESKTOP, PHONE = 1280, 390
THREAD = "نستطيع المشي"  # the talk that the demonstration leaves open


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, installed(Path(folder)) as here, chromium() as browser:
        house = House(here, browser)
        desks(house)
        rooms(house)
        vouchers(house)
        house.leave()


def desks(house: House) -> None:
    desk = _open(house, "mira", "en", DESKTOP)
    desk.prepared("hours-clinic")
    keep(desk.page, "desk")
    keep(_open(house, "noor", "ar", DESKTOP).page, "desk-ar")
    keep(_open(house, "noor", "ar", PHONE).page, "desk-phone-ar")
    keep(house.desk("mira", "en", PHONE).page, "desk-phone")


def _open(house: House, who: str, language: str, width: int) -> Desk:
    desk = house.desk(who, language, width)
    desk.row(THREAD).first.click()
    desk.page.locator("#composer").wait_for()
    fetched = "() => !document.querySelector('.thread .file:not(a):not(:has(a, button))')"
    desk.page.wait_for_function(fetched, timeout=60_000)  # photos and voice notes come after some seconds
    desk.page.wait_for_timeout(1_000)
    return desk


def rooms(house: House) -> None:
    page = house.page(DESKTOP)
    page.goto("/phones/")
    keep(page, "phones")
    page = house.member("samira", "en", DESKTOP)
    page.goto("/c/port-merin/health/")
    keep(page, "health")
    page = house.page(PHONE, locale="ar")
    page.goto("/chat/port-merin/")
    keep(page, "web-chat")


def vouchers(house: House) -> None:
    """One payment before its second signature, a till at the amount, and what the holder sees of a voucher."""
    page = house.member("david", "en", DESKTOP)
    page.goto("/c/port-merin/payments/")
    page.locator("ul.links a").first.click()
    page.locator("ol.steps").wait_for()
    keep(page, "payments")
    page = house.member("bea", "en", 1100)
    page.goto("/c/port-merin/till/")
    page.locator("input[name=code]").fill(house.installation.inside("voucher", "en")["code"])
    page.locator("[data-act=check] button.primary").click()
    page.locator("input#amount").fill("4.50")
    keep(page, "till")
    page = house.page(PHONE)
    page.goto(house.installation.inside("voucher", "en")["link"] + "code/")
    keep(page, "voucher")


def keep(page: Page, name: str) -> None:
    picture = Image.open(io.BytesIO(page.screenshot()))
    path = FOLDER / f"{name}.png"
    picture.convert("P", palette=Image.Palette.ADAPTIVE, colors=96).save(path, optimize=True)
    size = path.stat().st_size
    assert size <= LARGEST, f"{name}: {size} bytes"
    print(f"{path.relative_to(ROOT)}  {size // 1000} KB")


if __name__ == "__main__":
    main()
