"""A village with 64 kbit/s and a satellite: what must be there, and what it may weigh."""

import time
from typing import Any

from playwright.sync_api import Page, expect

from journeys.house import House

BYTES_PER_SECOND = 64_000 / 8
LATENCY = 400


def slow(page: Page) -> list[int]:
    """Slows the page down; the list fills with what each answer weighed on the wire, headers included."""
    weights: list[int] = []
    link = page.context.new_cdp_session(page)
    link.send("Network.enable")
    link.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": LATENCY,
            "downloadThroughput": BYTES_PER_SECOND,
            "uploadThroughput": BYTES_PER_SECOND,
        },
    )

    def arrived(event: dict[str, Any]) -> None:
        weights.append(int(event["encodedDataLength"]))

    link.on("Network.loadingFinished", arrived)
    return weights


def test_the_desk_is_light_and_useful_on_a_slow_link(house: House) -> None:
    page = house.member("mira")
    weights = slow(page)
    begun = time.monotonic()
    page.goto("/c/port-merin/desk/", wait_until="commit", timeout=60_000)
    expect(page.locator("#rows a.q").first).to_be_visible(timeout=60_000)
    seen = time.monotonic() - begun
    page.wait_for_load_state("load", timeout=60_000)
    expect(page.locator("html.js")).to_have_count(1, timeout=60_000)
    ready = time.monotonic() - begun
    print(f"desk: rows after {seen:.1f} s, everything after {ready:.1f} s, {sum(weights)} bytes")
    assert 10_000 < sum(weights) <= 150 * 1024
    assert seen < 20
    page.locator("#rows a.q").first.click()
    expect(page.locator("#composer")).to_be_visible(timeout=30_000)


def test_the_web_chat_is_lighter_still(house: House) -> None:
    page = house.page(390)
    weights = slow(page)
    begun = time.monotonic()
    page.goto("/chat/port-merin/", wait_until="load", timeout=60_000)
    expect(page.locator("#text")).to_be_visible()
    print(f"web chat: after {time.monotonic() - begun:.1f} s, {sum(weights)} bytes")
    assert 5_000 < sum(weights) <= 60 * 1024
