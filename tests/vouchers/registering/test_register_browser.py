"""The form and the voucher in a real browser without JavaScript, 360 px wide, in both directions of writing."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page

from aidline.vouchers.registering.invitations import link_for
from aidline.vouchers.states import Status
from portal.browser import Watch, chromium, violations

if TYPE_CHECKING:
    from vouchers.registering.stage import Stage

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
SMALL = {"width": 360, "height": 740}
WORDS = {"en": ("Amira Haddad", "4"), "ar": ("أميرة حداد", "٤")}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as launched:
        yield launched


@pytest.fixture
def stage(transactional_db: None) -> "Stage":
    from vouchers.registering.stage import build

    return build()


def seen(page: Page, name: str) -> None:
    """Fits into the screen, and reads well for everybody."""
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= SMALL["width"], f"{name}: {wide}"
    assert violations(page) == [], name
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_somebody_registers_on_a_small_phone(
    stage: "Stage", browser: Browser, live_server: Any, language: str
) -> None:
    origin = live_server.url
    link = link_for(by=None, registration=stage.registration).replace(settings.PUBLIC_URL.rstrip("/"), origin)
    # The scripts of axe need a browser that runs scripts; the pages bring none (see the other test).
    context = browser.new_context(viewport=SMALL, locale=language)  # type: ignore[arg-type]
    page = context.new_page()
    watch = Watch().on(page)
    name, household = WORDS[language]
    page.goto(link)
    seen(page, f"{language}-1-consent")
    page.locator("button[value=agree]").click()
    page.locator("#name").fill(name)
    seen(page, f"{language}-2-you")
    page.locator("button[value=next]").click()
    page.locator("#household").fill("many")
    page.locator("button[value=next]").click()
    seen(page, f"{language}-3-fault")
    page.locator("#household").fill(household)
    page.locator("input[value=harbour]").check()
    page.locator("button[value=next]").click()
    seen(page, f"{language}-4-review")
    page.locator("button[value=hand-in]").click()
    seen(page, f"{language}-5-receipt")
    row = stage.again()
    assert (row.status, row.name, row.household, row.language) == (Status.REGISTERED, name, 4, language)
    page.goto(f"{origin}/mine/?lang={language}")
    page.locator("#code").fill(row.receipt)
    page.locator("button.primary").click()
    seen(page, f"{language}-6-state")
    context.clear_cookies()
    assert page.goto(link)
    seen(page, f"{language}-7-used")
    assert {host for host in watch.hosts if host} == {origin.split("//")[1]}
    context.close()


def test_it_works_with_scripts_switched_off(stage: "Stage", browser: Browser, live_server: Any) -> None:
    link = link_for(by=None, registration=stage.registration)
    context = browser.new_context(viewport=SMALL, java_script_enabled=False)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(link.replace(settings.PUBLIC_URL.rstrip("/"), live_server.url))
    page.locator("button[value=decline]").click()
    page.locator("a.btn").last.click()
    page.locator("button[value=agree]").click()
    page.locator("#name").fill("Amira Haddad")
    page.locator("button[value=next]").click()
    page.locator("#household").fill("4")
    page.locator("button[value=next]").click()
    page.locator("button[value=hand-in]").click()
    assert stage.again().status == Status.REGISTERED
    context.close()


def test_the_holder_looks_at_a_voucher_on_a_small_phone(browser: Browser, live_server: Any) -> None:
    from aidline.vouchers.delivery.links import token
    from vouchers import making

    programme = making.programme(titles={"en": "Food for families"})
    making.shop(programme, "Lighthouse shop", place="Lantern Street 4")
    voucher = making.voucher(programme, 4000)
    context = browser.new_context(viewport=SMALL)  # type: ignore[arg-type]
    page = context.new_page()
    for name in ("", "code/", "shops/", "lost/"):
        page.goto(f"{live_server.url}/mine/v/{token(voucher)}/{name}")
        seen(page, f"voucher-{name.strip('/') or 'left'}")
    context.close()
