"""Every page that anybody can get to: for everybody, at every width, in both directions; nobody else asked."""

import re
import time

import pytest
from playwright.sync_api import Page

from journeys.house import House
from journeys.walking import Walk, route

PLACES = {
    "": ("/", "/sign-in/", "/chat/port-merin/", "/phones/"),
    "mira": ("/c/port-merin/desk/", "/c/port-merin/desk/keys/", "/c/port-merin/desk/contact/", "/me/"),
    "jo": ("/c/port-merin/desk/?view=mine", "/c/port-merin/outreach/", "/c/port-merin/outreach/new/"),
    "iris": ("/",),
    "selam": ("/c/port-merin/translating/",),
    "samira": ("/o/", "/c/port-merin/setup/", "/c/port-merin/health/"),
}
# Keys with a guide, an address that is a secret or none at all, long fields, a test with registration.
SET_UP = ("telegram", "messenger", "africastalking", "email", "whatsapp")
EVERY = "/c/<centre>/"
MUST = {
    *(f"{EVERY}outreach/{page}" for page in ("", "new/", "<id>/")),
    *(f"{EVERY}translating/{page}" for page in ("", "<id>/")),
    *(f"{EVERY}desk/<id>/{page}/" for page in ("choices", "place", "templates", "same")),
    *(f"{EVERY}setup/consent/{page}" for page in ("", "outreach/", "service/")),
    *(f"{EVERY}setup/translation/{page}" for page in ("", "terms/new/", "terms/<id>/")),
    *(
        f"{EVERY}setup/channels/<id>/{page}/"
        for page in ("keys", "test", "hours", "pause", "open", "templates")
    ),
    *(f"{EVERY}{page}/" for page in ("articles", "setup/hours", "setup/articles", "setup/categories/new")),
    *(f"{EVERY}setup/channels/<id>/templates/{page}" for page in ("new/", "<id>/")),
}


@pytest.mark.parametrize(("language", "width"), [("en", 1440), ("ar", 390)])
def test_every_page_is_for_everybody(house: House, language: str, width: int) -> None:
    faults, pages, seen = [], [], set()
    begun = time.monotonic()
    for who, starts in PLACES.items():
        page = house.member(who, language, width) if who else house.page(width, locale=language)
        walk = Walk(page, language, seen).from_(*starts).also(*_more(page, who))
        faults += walk.faults
        pages += walk.pages
    print(f"{len(pages)} pages in {time.monotonic() - begun:.0f} s", *map(route, pages), sep="\n")
    assert not faults, "\n".join(faults)
    assert {route(page) for page in pages} >= MUST


def test_every_phone_is_for_everybody(house: House) -> None:
    """With all skins beside each other."""
    page = house.page(390, locale="ar")
    added = _lay_out_all(page)
    walk = Walk(page, "ar", set()).also("/phones/")
    skins = page.locator(".phone[data-skin]").evaluate_all("all => all.map((one) => one.dataset.skin)")
    for phone in added:
        page.goto("/phones/")
        page.locator(f"form[action='{phone}']").locator("button").click()
    assert not walk.faults, "\n".join(walk.faults)
    assert len(set(skins)) >= 12


# --- what a walk does not come to by itself ----------------------------------------------------------------


def _more(page: Page, who: str) -> list[str]:
    if who == "jo":
        return _links(page, "/c/port-merin/outreach/", r"/outreach/[0-9a-f-]{36}/$")
    if who == "samira":
        return _set_up_pages(page)
    return []


def _links(page: Page, start: str, pattern: str) -> list[str]:
    page.goto(start)
    found: list[str] = page.locator("a[href]").evaluate_all("all => all.map((a) => a.getAttribute('href'))")
    return [one for one in dict.fromkeys(found) if re.search(pattern, one)]


def _set_up_pages(page: Page) -> list[str]:
    """Of the accounts of some providers: each page of theirs is made from what that provider asks for."""
    page.goto("/c/port-merin/setup/channels/")
    made = []
    for provider in SET_UP:
        row = page.locator("ul.links a", has=page.locator(f"use[href$='#{GLYPHS.get(provider, provider)}']"))
        account = re.sub(r"[^/]+/$", "", str(row.last.get_attribute("href")))
        made += [f"{account}keys/", f"{account}test/"]
    templates = f"{account}templates/"
    return [*made, templates, f"{templates}new/", *_links(page, templates, r"/templates/[0-9a-f-]{36}/$")[:1]]


GLYPHS = {"africastalking": "sms"}


def _lay_out_all(page: Page) -> list[str]:
    """One more phone of every channel that has others; what puts each of them away again is returned."""
    page.goto("/phones/")
    before = _put_away(page)
    page.goto("/phones/add/")
    names = page.locator("form[action$='/add/'] select[name=channel] option").all_inner_texts()
    for name in names:
        page.goto("/phones/add/")
        known = page.locator("form[action$='/show/']")
        option = known.locator("option", has_text=f"· {name.partition(' (')[0]}")
        if option.count():
            known.locator("select").select_option(value=option.first.get_attribute("value"))
            known.locator("button").click()
            page.wait_for_load_state()
    page.goto("/phones/")
    return [one for one in _put_away(page) if one not in before]


def _put_away(page: Page) -> list[str]:
    forms = page.locator("form[action$='/hide/']")
    found: list[str] = forms.evaluate_all("all => all.map((one) => one.getAttribute('action'))")
    return found
