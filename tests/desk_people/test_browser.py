"""The pages of people in a real browser: they need no script, nothing is out of reach or hard to read."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from aidline.centres.models import Staff
from aidline.centres.states import Role
from aidline.vouchers.models import Programme, Registration
from aidline.vouchers.states import Status
from portal.browser import Watch, chromium, violations
from vouchers import making
from vouchers.verification.people import compared

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
SHOTS = os.environ.get("TEST_SHOTS", "")
PEOPLE = (
    ("Amira Haddad", "+447700900101"),
    ("أميرة حداد", "+447700900101"),
    ("Karim Mansour", "+447700900103"),
    ("Олена Коваленко", "+447700900104"),
    ("Olena Kovalenko", "+447700900105"),
    ("Tesfaye Haile", ""),
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as launched:
        yield launched


def opened(browser: Browser, host: str, staff: Staff, width: int) -> Page:
    client = Client()
    client.force_login(staff)
    context = browser.new_context(viewport={"width": width, "height": 900}, java_script_enabled=True)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": host}])
    return context.new_page()


def looked_at(page: Page, name: str) -> None:
    """Readable, reachable, and not wider than the screen."""
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}-{page.viewport_size['width']}.png", full_page=True)  # type: ignore[index]


@pytest.mark.parametrize("width", [1366, 390])
def test_an_officer_tells_people_apart_and_verifies_the_rest(
    browser: Browser, live_server: Any, width: int
) -> None:
    programme: Programme = making.programme()
    compared(programme, *PEOPLE)
    officer = making.staff(programme, Role.VOUCHER_OFFICER, "Odile Marchand")
    page = opened(browser, live_server.url, officer, width)
    watch = Watch().on(page)

    page.goto(live_server.url + reverse("registrations:index", args=[programme.centre.slug]))
    expect(page.get_by_text("Amira")).to_have_count(0)
    looked_at(page, "list")

    page.get_by_role("link", name="Listed twice?").click()
    looked_at(page, "pairs")
    page.get_by_role("button", name="Look").first.click()
    expect(page.get_by_text("Amira Haddad")).to_be_visible()
    looked_at(page, "pair")
    page.get_by_role("button", name="One person").first.click()
    expect(page.get_by_role("button", name="Take it back")).to_be_visible()
    page.get_by_role("button", name="Look").first.click()
    page.get_by_role("button", name="Two people").click()

    page.get_by_role("link", name="People", exact=True).last.click()
    page.get_by_role("button", name="For all that this list shows").click()
    expect(page.get_by_role("heading", name="Verify: 5 people")).to_be_visible()
    looked_at(page, "preview")
    page.get_by_role("button", name="Verify").click()
    expect(page.get_by_text("Done for 5 people.")).to_be_visible()
    assert Registration.objects.filter(status=Status.VERIFIED).count() == 5

    page.get_by_label("Search by name").fill("kowalenko")
    page.keyboard.press("Enter")
    expect(page.get_by_role("row")).to_have_count(3)
    assert "kowalenko" not in page.url
    page.get_by_role("row").nth(1).get_by_role("link").click()
    looked_at(page, "person")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_text("This look is recorded.")).to_be_visible()
    looked_at(page, "person-shown")
    assert watch.complaints == []
