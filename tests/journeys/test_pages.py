"""Every page that anybody can get to: for everybody, at every width, in both directions; nobody else asked."""

import time

import pytest

from journeys.house import House
from journeys.walking import Walk, route

PLACES = {
    "": ("/", "/sign-in/", "/chat/port-merin/", "/phones/"),
    "mira": ("/c/port-merin/desk/", "/c/port-merin/desk/keys/", "/c/port-merin/desk/contact/", "/me/"),
    "jo": ("/c/port-merin/desk/?view=mine",),
    "iris": ("/",),
    "selam": ("/",),
    "samira": ("/o/", "/c/port-merin/setup/", "/c/port-merin/health/"),
}


@pytest.mark.parametrize(("language", "width"), [("en", 1440), ("ar", 390)])
def test_every_page_is_for_everybody(house: House, language: str, width: int) -> None:
    faults, pages, seen = [], [], set()
    begun = time.monotonic()
    for who, starts in PLACES.items():
        page = house.member(who, language, width) if who else house.page(width, locale=language)
        walk = Walk(page, language, seen).from_(*starts)
        faults += walk.faults
        pages += walk.pages
    print(f"{len(pages)} pages in {time.monotonic() - begun:.0f} s", *map(route, pages), sep="\n")
    assert not faults, "\n".join(faults)
    assert len(pages) >= 30
