"""The telephone in a real browser: one window that talks, pages that come and go, a driver that only keeps notes."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from aidline.calls import ending, legs
from aidline.calls.models import Call, Leg
from aidline.calls.states import Stage as CallStage
from aidline.centres.models import Staff
from desk_calls.voicemail import voicemail
from portal.browser import Watch, chromium, violations

if TYPE_CHECKING:
    from desk_calls.stage import Stage

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
PHONE, DESK = {"width": 390, "height": 800}, {"width": 1440, "height": 900}
HERE = Path(__file__).parent
HEARS = """
navigator.mediaDevices.getUserMedia = async () => {
  const context = new AudioContext();
  const tone = context.createOscillator();
  const out = context.createMediaStreamDestination();
  tone.connect(out);
  tone.start();
  return out.stream;
};
"""
REFUSES = """
navigator.permissions.query = async () => Object.assign(new EventTarget(), { state: "denied" });
navigator.mediaDevices.getUserMedia = async () => { throw new DOMException("no", "NotAllowedError"); };
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as launched:
        yield launched


@pytest.fixture
def stage(transactional_db: None) -> "Stage":
    from desk_calls.stage import build

    return build()


class Set:
    """A browser of one agent."""

    def __init__(self, browser: Browser, stage: "Stage", url: str, size: dict[str, int] = DESK) -> None:
        self.stage, self.url = stage, url
        self.context: BrowserContext = browser.new_context(viewport=size, permissions=["microphone"])  # type: ignore[arg-type]
        self.context.route(
            "**/desk/phone/twilio.js", lambda route: route.fulfill(path=HERE / "fake_driver.js")
        )

    def sign_in(self, staff: Staff) -> "Set":
        cookie = self.stage.client(staff).cookies["sessionid"].value
        self.context.add_cookies([{"name": "sessionid", "value": cookie, "url": self.url}])
        return self

    def page(self, path: str, microphone: str = HEARS) -> Page:
        page = self.context.new_page()
        page.add_init_script(microphone)
        page.goto(self.url + path)
        return page

    def phone(self) -> Page:
        page = self.page(self.stage.url("phone"))
        expect(page.locator("#own")).to_have_attribute("data-state", "ready")
        return page


@pytest.fixture
def own(browser: Browser, stage: "Stage", live_server: Any, settings: Any) -> Iterator[Set]:
    settings.PUBLIC_URL = live_server.url.replace("localhost", "127.0.0.1")
    opened = Set(browser, stage, settings.PUBLIC_URL).sign_in(stage.agent)
    yield opened
    opened.context.close()


def said(phone: Page) -> list[Any]:
    found: list[Any] = phone.evaluate("window.said")
    return found


def test_a_call_from_the_offer_to_the_note_with_the_keyboard(stage: "Stage", own: Set) -> None:
    call = stage.caller(risk="high")
    offer = stage.ring(call)
    phone = own.phone()
    watch = Watch().on(phone)
    desk = own.page("/c/port-merin/desk/")
    expect(desk.locator("#phone-chip")).to_contain_text("Phone ready")
    assert desk.title().startswith("Call · ")
    desk.keyboard.press("p")
    desk.keyboard.press("Enter")
    expect(desk.locator("#callbar[data-call]")).to_be_visible()
    leg = Leg.objects.get(membership=stage.member)
    assert said(phone)[0][0] == "connect"
    assert said(phone)[0][1]["leg"] == str(leg.pk)
    expect(desk).to_have_url(f"{own.url}/c/port-merin/desk/{call.conversation_id}/")
    expect(desk.locator("#talk-state")).to_contain_text("On the phone now")
    assert not desk.title().startswith("Call · ")
    for one in legs.live(Call.objects.get(pk=call.pk)):
        legs.join(one)
    desk.keyboard.press("m")
    expect(desk.locator("#callbar")).to_contain_text("You are muted")
    desk.goto(own.url + stage.url("index"))  # another page: the talk goes on, and this page knows of it
    expect(desk.locator("#callbar")).to_contain_text("You are muted")
    desk.locator('#callbar [data-pop="keypad"] summary').click()
    for key in ("1", "#"):
        desk.locator(f'#callbar [data-key="{key}"]').click()
    expect(desk.locator("[data-typed]")).to_have_text("1#")
    desk.locator("#callbar [data-hang-up] button").click()
    expect(desk.locator("#callbar[data-wrapping]")).to_be_visible()
    assert said(phone)[1:] == [["mute", True], ["keys", "1"], ["keys", "#"], ["hangUp"]]
    desk.get_by_label("Note for colleagues").fill("Needs milk powder.")
    desk.locator("#callbar").get_by_role("button", name="Finish").click()
    expect(desk.locator("#callbar")).to_be_hidden()
    call.refresh_from_db()
    assert (call.stage, offer.pk is not None) == (CallStage.OVER, True)
    assert [one for one in watch.complaints if "404" not in one] == []


def test_letters_do_nothing_in_a_field_and_a_note_is_not_swapped_away(stage: "Stage", own: Set) -> None:
    call = stage.talking()
    stage.client(script=True).post(stage.url("leave", call.pk))
    desk = own.page(stage.url("index"))
    note = desk.get_by_label("Note for colleagues")
    note.fill("map of the port")
    note.press("m")
    stage.caller()
    desk.evaluate("document.dispatchEvent(new CustomEvent('desk:changed'))")
    desk.wait_for_timeout(500)
    expect(note).to_have_value("map of the portm")


def test_the_menus_of_the_bar_lie_over_the_call(stage: "Stage", own: Set) -> None:
    stage.talking()
    desk = own.page("/c/port-merin/desk/")
    expect(desk.locator("#callbar[data-call]")).to_be_visible()
    desk.locator("#presence > summary").click()
    desk.locator("#presence button[value=away]").click(timeout=5_000)


def test_without_the_phone_window_accepting_opens_it_and_is_carried_out_there(
    stage: "Stage", own: Set
) -> None:
    stage.ring(stage.caller())
    desk = own.page(stage.url("index"))
    own.context.add_init_script(HEARS)
    with own.context.expect_page() as opening:
        desk.locator("#callbar [data-talk]").click()
    expect(opening.value.locator("#own")).to_have_attribute("data-state", "ready")
    expect(desk.locator("#callbar[data-call]")).to_be_visible()


def test_a_second_phone_window_does_not_answer(own: Set) -> None:
    own.phone()
    second = own.page(own.stage.url("phone"))
    expect(second.locator("#own")).to_have_attribute("data-state", "elsewhere")
    expect(second.locator("#own h2")).to_have_text("The phone is open in another window of this browser.")


def test_a_refused_microphone_is_told_in_words(own: Set) -> None:
    phone = own.page(own.stage.url("phone"), REFUSES)
    phone.get_by_role("button", name="Take calls").click()
    expect(phone.locator("#own h2")).to_have_text("Microphone is not allowed")
    expect(phone.get_by_text("Set Microphone to Allow.")).to_be_visible()
    desk = own.page(own.stage.url("index"))
    expect(desk.locator("#phone-chip")).to_contain_text("Microphone is not allowed")
    check = own.page(own.stage.url("check"), REFUSES)
    check.get_by_role("button", name="Start").click()
    expect(check.locator("[data-problem]")).to_have_text("Microphone is not allowed")


def test_the_check_hears_and_plays(own: Set) -> None:
    check = own.page(own.stage.url("check"))
    check.get_by_role("button", name="Start").click()
    expect(check.locator("[data-heard]")).to_have_text("We hear you. The microphone works.")
    check.get_by_role("button", name="Play a tone").click()
    expect(check.locator("[data-played]")).to_contain_text("Did you hear a tone?")


def test_what_the_driver_says_is_told_on_every_page(stage: "Stage", own: Set) -> None:
    phone, desk = own.phone(), own.page(stage.url("index"))
    stage.ring(stage.caller())
    desk.reload()
    desk.locator("#callbar [data-talk]").click()
    expect(desk.locator("#callbar[data-call]")).to_be_visible()
    phone.evaluate("window.driver.on('reconnecting')")
    expect(desk.locator("#callbar [data-show=trouble]")).to_contain_text("The sound is cut off")
    phone.evaluate("window.driver.on('connected')")
    expect(desk.locator("#callbar [data-show=trouble]")).to_be_hidden()
    asked: list[str] = []
    phone.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    phone.locator("h2").first.click()
    phone.close(run_before_unload=True)  # a talk is not closed by mistake
    expect(desk.locator("#callbar [data-show=trouble]")).to_contain_text("nobody hears you")
    assert asked == ["beforeunload"]


def test_an_agent_calls_out_and_a_supervisor_whispers(
    stage: "Stage", own: Set, browser: Browser, live_server: Any
) -> None:
    talk = stage.caller()
    ending.end(talk)
    phone, desk = own.phone(), own.page(f"/c/port-merin/desk/{talk.conversation_id}/")
    desk.get_by_role("button", name="Call " + talk.conversation.person.alias("en")).click()
    expect(desk.locator("#callbar[data-call]")).to_contain_text("Connecting")
    made = Call.objects.get(way="out")
    assert said(phone)[0][1]["leg"] == str(Leg.objects.get(call=made).pk)
    other = stage.talking(stage.colleague_member)
    helper = Set(browser, stage, own.url).sign_in(stage.supervisor)
    phone, calls = helper.phone(), helper.page(stage.url("index"))
    calls.locator("#calls-live").get_by_role("button", name="Whisper").click()
    expect(calls.locator("#callbar")).to_contain_text("Connecting")
    leg = Leg.objects.get(call=other, part="whisperer")
    assert said(phone) == [["connect", {"leg": str(leg.pk), "ticket": said(phone)[0][1]["ticket"]}]]
    legs.join(leg)
    calls.reload()
    expect(calls.locator("#callbar")).to_contain_text("Only your colleague hears you.")
    helper.context.close()


def test_the_driver_of_twilio_connects_with_the_ticket_and_fetches_nothing_from_twilio(
    stage: "Stage", own: Set
) -> None:
    own.context.unroute("**/desk/phone/twilio.js")
    own.context.route("**/sdk/twilio.min.js", lambda route: route.fulfill(path=HERE / "fake_sdk.js"))
    with patch("aidline.desk.calls.softphone.sdk_is_here", return_value=True):
        phone, desk = own.phone(), own.page(stage.url("index"))
    watch = Watch().on(phone)
    stage.ring(stage.caller())
    desk.reload()
    desk.locator("#callbar [data-talk]").click()
    expect(desk.locator("#callbar [data-mute]")).to_be_enabled()
    desk.locator("#callbar [data-mute]").click()
    desk.locator("#callbar [data-hang-up] button").click()
    expect(desk.locator("#callbar[data-call]")).to_be_hidden()
    leg = Leg.objects.get(membership=stage.member)
    device, (connect, parameters), *rest = said(phone)
    assert device == ["device", False, ["opus", "pcmu"]]
    assert (connect, parameters["leg"]) == ("connect", str(leg.pk))
    assert rest == [["mute", True], ["disconnect"]]
    assert watch.hosts <= {own.url.removeprefix("http://")}


def test_a_voicemail_is_heard_at_ones_own_speed(stage: "Stage", own: Set) -> None:
    talk = voicemail(stage.caller())
    page = own.page(f"/c/port-merin/desk/{talk.pk}/")
    box = page.locator("[data-player]")
    expect(box.locator(".wave rect")).to_have_count(64)
    expect(page.locator(".msg").get_by_text("Voicemail")).to_be_visible()
    box.get_by_role("button", name="Speed: 1").click()
    expect(box.locator("[data-speed]")).to_have_text("1.5×")
    box.get_by_role("button", name="Play").click()
    expect(box.locator("[data-length]")).to_have_text("0:01")
    assert box.locator("audio").evaluate("sound => sound.playbackRate") == 1.5
    assert page.locator("a[download]").count() == 0
    expect(box).to_have_attribute("data-begun", "")


@pytest.mark.parametrize(("language", "size"), [("en", DESK), ("ar", PHONE)], ids=["1440-en", "390-ar"])
def test_nobody_is_shut_out(
    stage: "Stage", browser: Browser, live_server: Any, settings: Any, language: str, size: dict[str, int]
) -> None:
    settings.PUBLIC_URL = live_server.url.replace("localhost", "127.0.0.1")
    Staff.objects.update(language=language)
    stage.talking(stage.colleague_member)
    ringing = stage.ring(stage.caller(risk="high"))
    own = Set(browser, stage, settings.PUBLIC_URL, size).sign_in(stage.supervisor)
    pages = [stage.url("index"), stage.url("check"), stage.url("phone")]
    for path in pages:
        _fits(own.page(path), language)
    own.sign_in(stage.agent)
    _fits(own.page(f"/c/port-merin/desk/{ringing.call.conversation_id}/"), language)
    stage.client(script=True).post(stage.url("accept", ringing.pk))
    page = own.page(f"/c/port-merin/desk/{ringing.call.conversation_id}/")
    page.locator('#callbar [data-pop="give"] summary').click()
    _fits(page, language)
    own.context.close()


def _fits(page: Page, language: str) -> None:
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    assert page.evaluate("document.documentElement.dir") == ("rtl" if language == "ar" else "ltr")
    page.close()
