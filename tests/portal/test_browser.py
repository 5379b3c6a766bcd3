"""Web chat in a real browser: written, answered, seen, with and without network, script and hurry."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from aidline.conversations.models import Message
from aidline.conversations.services import look
from aidline.conversations.states import Direction, MessageState
from local_server import Answer, serving
from portal.browser import Watch, chromium, violations

if TYPE_CHECKING:
    from portal.stage import Stage

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
PHONE, DESK = {"width": 390, "height": 800}, {"width": 1440, "height": 900}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as launched:
        yield launched


@pytest.fixture
def stage(transactional_db: None) -> "Stage":
    from portal.stage import build

    return build()


@pytest.fixture
def address(live_server: Any, settings: Any) -> str:
    settings.PUBLIC_URL = live_server.url.replace("localhost", "127.0.0.1")
    return f"{settings.PUBLIC_URL}/chat/port-merin/"


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    opened = browser.new_context(viewport=PHONE, locale="fr-FR")  # type: ignore[arg-type]
    yield opened
    opened.close()


def send(page: Page, text: str) -> None:
    page.locator("#text").fill(text)
    page.locator("#say button.primary").click()


def received(page: Page, text: str) -> None:
    expect(page.locator("#lines .msg", has_text=text)).to_be_visible(timeout=45_000)


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["390", "1440"])
def test_a_person_writes_and_is_answered(
    stage: "Stage", browser: Browser, address: str, language: str, size: dict[str, int]
) -> None:
    context = browser.new_context(viewport=size, locale=language)  # type: ignore[arg-type]
    page = context.new_page()
    watch = Watch().on(page)
    page.goto(address)
    send(page, "On est trois. Peut-on venir ce soir ?")
    expect(page.locator('#outbox [data-state="sent"]:visible')).to_have_count(1)
    stage.work()
    received(page, "On est trois")
    expect(page.locator("#outbox .msg")).to_have_count(0)
    stage.answer("Venez jusqu’à 21 h.")
    received(page, "21 h")
    expect(page.locator(".msg.out .tick[data-read]")).to_have_count(1)
    assert violations(page) == []
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide == 0
    assert page.evaluate("document.documentElement.dir") == ("rtl" if language == "ar" else "ltr")
    assert watch.hosts == {address.split("/")[2]}
    # There is no event stream behind Django's test server; the page must do without.
    assert [one for one in watch.complaints if "404" not in one] == []
    assert [cookie["name"] for cookie in context.cookies()] == ["aidline-chat"]
    context.close()


def test_what_is_in_sight_is_told_to_the_desk_as_read(
    stage: "Stage", context: BrowserContext, address: str
) -> None:
    page = context.new_page()
    page.goto(address)
    send(page, "Bonsoir")
    expect(page.locator('#outbox [data-state="sent"]:visible')).to_have_count(1)
    stage.work()
    received(page, "Bonsoir")
    reply = stage.answer("Bonsoir à vous")
    with page.expect_response("**/seen"):
        received(page, "Bonsoir à vous")
    stage.work()
    reply.refresh_from_db()
    assert reply.state == MessageState.READ


def test_a_reply_that_came_while_the_page_was_hidden_is_read_when_it_is_looked_at(
    stage: "Stage", context: BrowserContext, address: str
) -> None:
    page = context.new_page()
    page.add_init_script(HIDEABLE)
    page.goto(address)
    send(page, "Bonsoir")
    expect(page.locator('#outbox [data-state="sent"]:visible')).to_have_count(1)
    stage.work()
    received(page, "Bonsoir")
    page.evaluate("hide(true)")
    reply = stage.answer("Bonsoir à vous")
    with page.expect_response("**/seen"):
        page.evaluate("dispatchEvent(new Event('online'))")
    stage.work()
    reply.refresh_from_db()
    assert reply.state == MessageState.DELIVERED
    with page.expect_response("**/seen"):
        page.evaluate("hide(false)")
    stage.work()
    reply.refresh_from_db()
    assert reply.state == MessageState.READ


HIDEABLE = """
let hidden = false;
Object.defineProperty(document, "hidden", { get: () => hidden });
window.hide = (value) => { hidden = value; document.dispatchEvent(new Event("visibilitychange")); };
"""


def test_two_clicks_and_an_answer_that_got_lost_make_one_message(
    stage: "Stage", context: BrowserContext, address: str
) -> None:
    page = context.new_page()
    page.goto(address)
    lost: list[int] = []

    def lose_the_first_answer(route: Any) -> None:
        answer = route.fetch()
        lost.append(answer.status)
        if len(lost) == 1:
            route.abort()
        else:
            route.fulfill(response=answer)

    page.route("**/say", lose_the_first_answer)
    page.locator("#text").fill("Une seule fois")
    page.locator("#say button.primary").dblclick()
    expect(page.locator('#outbox [data-state="late"]:visible')).to_have_count(1, timeout=30_000)
    stage.work()
    received(page, "Une seule fois")
    assert lost == [201, 201]
    assert Message.objects.filter(direction=Direction.IN).count() == 1


def test_what_is_written_without_network_leaves_in_order_when_it_returns(
    stage: "Stage", context: BrowserContext, address: str
) -> None:
    page = context.new_page()
    page.goto(address)
    context.set_offline(True)
    send(page, "Premier")
    send(page, "Second")
    expect(page.locator('#outbox [data-state="kept"]:visible')).to_have_count(2)
    expect(page.locator("#weak")).to_be_visible()
    context.set_offline(False)
    expect(page.locator('#outbox [data-state="late"]:visible')).to_have_count(2, timeout=30_000)
    stage.work()
    received(page, "Second")
    texts = [message.text for message in Message.objects.order_by("seq")]
    assert texts == ["Premier", "Second"]
    expect(page.locator("#weak")).to_be_hidden()


def test_without_javascript_the_same_page_does_the_same(
    stage: "Stage", browser: Browser, address: str
) -> None:
    context = browser.new_context(viewport=PHONE, locale="fr-FR", java_script_enabled=False)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(address)
    send(page, "Sans script")
    stage.work()
    page.reload()
    received(page, "Sans script")
    stage.answer("Bien reçu")
    frame = page.frame_locator("iframe.news")
    page.reload()
    received(page, "Bien reçu")
    expect(frame.locator("body")).to_be_visible()
    page.route("https://weather.example/**", lambda route: route.fulfill(body="sunny"))
    page.locator("#leave").click()
    page.wait_for_url("https://weather.example/**")
    assert context.cookies() == []
    context.close()


def test_escape_twice_leaves_at_once_and_leaves_nothing(
    stage: "Stage", context: BrowserContext, address: str
) -> None:
    page = context.new_page()
    page.route("https://weather.example/**", lambda route: route.fulfill(body="sunny"))
    page.goto(address)
    send(page, "Il arrive")
    expect(page.locator('#outbox [data-state="sent"]:visible')).to_have_count(1)
    page.keyboard.press("Escape")
    assert page.url == address
    page.keyboard.press("Escape")
    page.wait_for_url("https://weather.example/**")
    page.wait_for_timeout(300)
    assert context.cookies() == []
    stage.work()
    page.goto(address)
    assert "Il arrive" not in page.content()


def test_the_agent_is_seen_to_write(stage: "Stage", context: BrowserContext, address: str) -> None:
    page = context.new_page()
    page.goto(address)
    send(page, "Bonsoir")
    expect(page.locator('#outbox [data-state="sent"]:visible')).to_have_count(1)
    stage.work()
    received(page, "Bonsoir")
    look(by=stage.agent, conversation=stage.conversation(), typing=True)
    expect(page.locator("#writes")).to_contain_text("Mira", timeout=30_000)


def test_the_first_load_is_light(stage: "Stage", context: BrowserContext, address: str) -> None:
    page = context.new_page()
    sizes: list[int] = []
    page.on("requestfinished", lambda request: sizes.append(request.sizes()["responseBodySize"]))
    page.goto(address, wait_until="networkidle")
    assert 0 < sum(sizes) < 60 * 1024


# --- on another site -----------------------------------------------------------------------------------------


HOST_PAGE = """<!doctype html><html lang="ar" dir="rtl"><title>Harbour</title><body>
<main><h1>Harbour</h1></main><script src="{script}"></script></body></html>"""


@pytest.fixture
def host_page(stage: "Stage", context: BrowserContext, address: str) -> Iterator[Page]:
    """A site on another port of this machine, with one line of ours in it."""
    content = HOST_PAGE.format(script=address.replace("/chat/port-merin/", "/widget/port-merin.js"))
    with serving() as site:
        site.answer = lambda _: Answer(body=content.encode(), headers={"Content-Type": "text/html"})
        stage.channel.config = {"secret": "not a secret", "origins": site.url}
        stage.channel.save()
        page = context.new_page()
        page.goto(site.url)
        yield page


def test_the_button_opens_the_chat_and_escape_closes_it(stage: "Stage", host_page: Page) -> None:
    host_page.keyboard.press("Tab")
    assert host_page.evaluate("document.activeElement.shadowRoot.activeElement.tagName") == "BUTTON"
    host_page.keyboard.press("Enter")
    chat = host_page.frame_locator("iframe")
    expect(chat.locator("#text")).to_be_visible()
    assert chat.locator("html").get_attribute("dir") == "rtl"
    assert violations(host_page) == []
    host_page.keyboard.press("Escape")
    expect(host_page.locator("section[role=dialog]")).to_be_hidden()
    assert host_page.evaluate("document.activeElement.shadowRoot.activeElement.ariaExpanded") == "false"


def test_the_framed_chat_talks_to_the_desk(stage: "Stage", host_page: Page) -> None:
    host_page.locator("button").first.click()
    chat = host_page.frame_locator("iframe")
    chat.locator("#text").fill("Depuis un autre site")
    chat.locator("#say button.primary").click()
    expect(chat.locator('#outbox [data-state="sent"]:visible')).to_have_count(1)
    stage.work()
    expect(chat.locator("#lines .msg", has_text="Depuis un autre site")).to_be_visible(timeout=45_000)


def test_the_framed_chat_takes_its_whole_window_away(stage: "Stage", host_page: Page) -> None:
    host_page.route("https://weather.example/**", lambda route: route.fulfill(body="sunny"))
    host_page.locator("button").first.click()
    host_page.frame_locator("iframe").locator("#leave").click()
    host_page.wait_for_url("https://weather.example/**")


def test_a_site_that_is_not_named_cannot_show_the_chat(stage: "Stage", host_page: Page) -> None:
    stage.channel.config = {"secret": "not a secret", "origins": "https://www.harbour.example"}
    stage.channel.save()
    watch = Watch().on(host_page)
    host_page.locator("button").first.click()
    host_page.wait_for_timeout(1500)
    assert any("frame-ancestors" in one for one in watch.complaints)
    assert host_page.frame_locator("iframe").locator("#text").count() == 0
