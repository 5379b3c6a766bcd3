"""An agent's afternoon in a real browser: with and without a script, over a link that breaks."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

if TYPE_CHECKING:
    from desk.stage import Stage

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    from portal.browser import chromium

    with chromium() as opened:
        yield opened


@pytest.fixture
def stage(transactional_db: None) -> "Stage":
    from desk.stage import build

    return build()


def at_the_desk(
    browser: Browser, stage: "Stage", live: Any, who: Any = None, **device: Any
) -> BrowserContext:
    cookie = stage.client(who).cookies["sessionid"].value
    context = browser.new_context(base_url=live.url, **device)
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": live.url}])
    return context


def said(page: Page) -> list[str]:
    return [line.inner_text() for line in page.locator("#lines .msg").all()]


def test_answering_with_a_double_click_and_taking_it_back(
    browser: Browser, stage: "Stage", live_server: Any
) -> None:
    page = at_the_desk(browser, stage, live_server).new_page()
    page.goto(stage.url("home"))
    page.locator(f"#q-{stage.talk.pk} a").click()
    page.locator("#text").fill("Yes, until five.")
    page.locator("[data-send]").dblclick()
    expect(page.locator(".toast")).to_contain_text("Sent.")
    assert len(said(page)) == 2
    page.locator(".toast button").click()
    expect(page.locator("#lines .msg").last).to_contain_text("Taken back")
    page.reload()
    assert page.locator("#text").input_value() == "Yes, until five."


def test_a_reply_written_without_a_link_arrives_once(
    browser: Browser, stage: "Stage", live_server: Any
) -> None:
    from aidline.conversations.models import Message

    context = at_the_desk(browser, stage, live_server)
    page = context.new_page()
    page.goto(stage.url("talk", stage.talk.pk))
    context.set_offline(True)
    page.locator("#text").fill("Written in the cellar")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#link")).to_contain_text("No connection.")
    expect(page.locator("#lines .msg").last).to_contain_text("Waiting for the connection")
    context.set_offline(False)
    expect(page.locator("#link")).to_be_hidden(timeout=15_000)
    expect(page.locator("#lines .msg").last).to_contain_text("Waiting to be sent")
    assert [message.text for message in Message.objects.filter(direction="o")] == ["Written in the cellar"]


def test_an_answer_that_was_lost_on_the_way_back_is_not_sent_again(
    browser: Browser, stage: "Stage", live_server: Any
) -> None:
    from aidline.conversations.models import Message

    page = at_the_desk(browser, stage, live_server).new_page()
    page.goto(stage.url("talk", stage.talk.pk))
    lost: list[int] = []

    def lose_first(route: Any) -> None:
        response = route.fetch()
        if lost:
            route.fulfill(response=response)
        else:
            lost.append(response.status)
            route.abort()

    page.route("**/reply/", lose_first)
    page.locator("#text").fill("Did you get this?")
    page.locator("[data-send]").click()
    expect(page.locator(".toast")).to_contain_text("Sent.", timeout=15_000)
    assert lost == [200]
    assert Message.objects.filter(direction="o").count() == 1


def test_everything_by_keyboard(browser: Browser, stage: "Stage", live_server: Any) -> None:
    page = at_the_desk(browser, stage, live_server).new_page()
    page.goto(stage.url("home"))
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("#composer")).to_be_visible()
    page.keyboard.press("n")
    expect(page.locator("#composer")).to_have_class("composer noting")
    page.keyboard.type("No letter of this is a command: the file, jkel")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#lines .note")).to_contain_text("No letter of this is a command")
    page.keyboard.press("Escape")
    page.keyboard.press("e")
    expect(page.locator("[data-pop=finish]")).to_have_attribute("open", "")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.locator("#sheet")).to_contain_text("Next, previous conversation")


def test_letters_do_nothing_for_who_turned_them_off(
    browser: Browser, stage: "Stage", live_server: Any
) -> None:
    stage.agent.shortcuts = False
    stage.agent.save()
    page = at_the_desk(browser, stage, live_server).new_page()
    page.goto(stage.url("talk", stage.talk.pk))
    page.keyboard.press("e")
    expect(page.locator("[data-pop=finish]")).not_to_have_attribute("open", "")


def test_the_same_without_a_script(browser: Browser, stage: "Stage", live_server: Any) -> None:
    page = at_the_desk(browser, stage, live_server, java_script_enabled=False).new_page()
    page.goto(stage.url("home"))
    page.locator(f"#q-{stage.talk.pk} a").click()
    page.locator("#text").fill("By form")
    page.locator("[data-send]").click()
    assert "By form" in said(page)[-1]
    page.locator("[data-mode=note]").click()
    page.locator("#text").fill("Among us")
    page.locator("[data-send]").click()
    assert "Note: only staff see this" in said(page)[-1]
    page.locator("[data-pop=finish] > summary").click()
    page.locator("[data-pop=finish] button").last.click()
    expect(page.locator("#talk-state")).to_contain_text("Finished")


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
@pytest.mark.parametrize("width", [390, 1440])
def test_nobody_is_shut_out_and_nothing_is_asked_of_others(
    browser: Browser, stage: "Stage", live_server: Any, language: str, width: int
) -> None:
    from portal.browser import Watch, violations

    stage.agent.language = language
    stage.agent.save()
    page = at_the_desk(browser, stage, live_server, viewport={"width": width, "height": 844}).new_page()
    watch = Watch().on(page)
    for place in (stage.url("home"), stage.url("talk", stage.talk.pk), stage.url("contact")):
        page.goto(place)
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert watch.hosts == {live_server.url.split("//")[1]}
