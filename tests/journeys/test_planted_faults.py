"""The eyes of these stories, tested: each must see the fault it is there for."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from journeys.browsing import sideways, violations
from journeys.house import House
from journeys.walking import faults_of

UNLABELLED = "document.querySelector('main').append(document.createElement('input'))"
PALE = "document.querySelector('h1').style.color = 'color-mix(in srgb, currentColor 30%, transparent)'"
PALE_IN_DARK = f"if (matchMedia('(prefers-color-scheme: dark)').matches) {PALE}"
WIDE = "document.body.append(Object.assign(document.createElement('p'), {className: 'wide'}));\
document.querySelector('.wide').style.width = '500px'"
TURNED = "document.documentElement.dir = 'rtl'"
INLINE = "document.body.append(Object.assign(document.createElement('script'), {textContent: '1'}))"
BROKEN = "setTimeout(() => { throw new Error('planted') })"


@pytest.fixture
def page(house: House) -> Page:
    page = house.page()
    page.goto("/sign-in/")
    return page


@pytest.mark.parametrize(
    ("fault", "found"),
    [
        (UNLABELLED, lambda page: any("label" in one for one in violations(page))),
        (PALE, lambda page: any("color-contrast" in one for one in violations(page, only="color-contrast"))),
        (WIDE, lambda page: sideways(page) == [360, 390]),
        (TURNED, lambda page: any("direction" in one for one in faults_of(page, "en"))),
    ],
    ids=["an input without a label", "pale words", "too wide for a phone", "the wrong direction"],
)
def test_a_planted_fault_is_found(page: Page, fault: str, found: Callable[[Page], bool]) -> None:
    assert not found(page)
    page.evaluate(fault)
    assert found(page)


def test_a_request_to_somebody_else_is_counted(house: House) -> None:
    context, _ = house.context(bypass_csp=True)
    context.route("https://tracker.example/**", lambda route: route.abort())
    page = context.new_page()
    page.goto("/sign-in/")
    page.evaluate("new Image().src = 'https://tracker.example/pixel'")
    page.wait_for_timeout(300)
    strangers, _ = house.leave()
    assert strangers == ["https://tracker.example/pixel"]


@pytest.mark.parametrize("fault", [INLINE, BROKEN], ids=["an inline script", "a broken script"])
def test_a_complaint_of_the_browser_is_heard(house: House, page: Page, fault: str) -> None:
    page.evaluate(fault)
    page.wait_for_timeout(300)
    _, complaints = house.leave()
    assert len(complaints) == 1
