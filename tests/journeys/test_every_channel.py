"""One person on every channel, and in each centre one agent who answers them and need not know which is which.

Everybody writes, everybody is answered, everybody chooses, and in the end the desk shows as much of a message's way
as that provider tells. Taken step by step for all at once: what takes time goes on meanwhile.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import FilePayload, Page, expect

from aidline.channels.contract import Capabilities, Kind, Status
from aidline.channels.registry import capabilities_of
from aidline.simulator.content import load, media
from aidline.simulator.content.shapes import Centre, Channel
from aidline.simulator.seeding.network import config_of
from aidline.simulator.vendors import VENDORS
from journeys.desk import SOON, Desk
from journeys.house import House
from journeys.installation import Installation
from journeys.phones import Phone

CENTRES = [
    centre for centre in load().network.centres if not centre.flow
]  # in the others a menu answers first
STAFF = {"port-merin": "mira", "lindervaart": "pilar"}
QUESTION, CHOICES = "When can you come?", ("Morning", "Afternoon", "Not this week")
CHOSEN = CHOICES[1]
TYPED = {  # where nothing can be pressed: numbers as people write them, and words
    "africastalking": "٢",
    "android_sms": "2.",
    "http": "two",
    "infobip": "afternoon",
    "vonage": "number 2",
    "email": "Afternoon!",
}
HONEST = ((Status.READ, "check2", r"Read \d"), (Status.DELIVERED, "check2", "Arrived"))


@dataclass
class Talk:
    channel: Channel
    phone: Phone
    able: Capabilities
    words: str
    conversation: str = ""

    @property
    def answer(self) -> str:
        return TYPED.get(self.channel.provider, "2")

    @property
    def ends(self) -> tuple[str, str]:
        """The sign and the words that the last message of ours has in the end."""
        told = ((sign, words) for status, sign, words in HONEST if status in self.able.receipts)
        return next(told, ("check", "Sent"))


@pytest.fixture(autouse=True, scope="module")
def _sent_at_once(installation: Installation) -> Iterator[None]:
    installation.inside("undo", "0")
    yield
    installation.inside("undo", "3")


def test_there_is_a_channel_of_every_provider_to_write_on() -> None:
    assert {channel.provider for centre in CENTRES for channel in _written(centre)} == {*VENDORS} - {
        "simulator"
    }


@pytest.mark.parametrize("centre", CENTRES, ids=lambda centre: centre.slug)
def test_whoever_writes_is_answered_asked_and_understood(house: House, centre: Centre) -> None:
    desk = house.desk(STAFF[centre.slug], home=f"/c/{centre.slug}/desk/")
    page = house.page()
    house.expect("422")  # what a channel does not take is refused in words
    talks = [_begun(house, page, centre, channel) for channel in _written(centre)]
    for talk in talks:
        talk.phone.say(talk.words)
    for talk in talks:
        _answered(desk, talk)
    for talk in talks:
        _chooses(talk)
    for talk in talks:
        _understood(desk, talk)
    assert desk.was_not_reloaded()
    for talk in talks:
        talk.phone.put_away()


@pytest.mark.parametrize(("fault", "seen"), [("failed", "way"), ("", "choice")])
def test_the_story_sees_a_message_that_fails_and_an_answer_that_is_no_choice(
    house: House, fault: str, seen: str
) -> None:
    centre = CENTRES[0]
    desk, page = house.desk("mira"), house.page()
    channel = next(one for one in _written(centre) if one.provider == "africastalking")
    talk = _begun(house, page, centre, channel)
    talk.phone.say(talk.words)
    desk.open(talk.words)
    talk.conversation = desk.conversation
    if fault:
        _goes_wrong(house.page(), f"{channel.name} ({centre.name})", fault)
    desk.ask(QUESTION, *CHOICES)
    talk.phone.gets(QUESTION)
    talk.phone.say("7" if seen == "choice" else talk.answer)
    with pytest.raises(AssertionError, match="Chose" if seen == "choice" else "Arrived"):
        _understood(desk, talk, soon=3_000)
    talk.phone.put_away()


# --- the steps -------------------------------------------------------------------------------------------


def _written(centre: Centre) -> list[Channel]:
    return [channel for channel in centre.channels if channel.provider in VENDORS]


def _begun(house: House, page: Page, centre: Centre, channel: Channel) -> Talk:
    phone = house.one_more(page, "Alex", "en", f"{channel.name} ({centre.name})")
    able = capabilities_of(channel.provider, config_of(channel))
    return Talk(channel, phone, able, f"May I ask something? {phone.label[-3:]}")


def _answered(desk: Desk, talk: Talk) -> None:
    desk.open(talk.words)
    talk.conversation = desk.conversation
    desk.take()
    desk.reply(f"Of course, {talk.phone.label}.")
    _shown_a_photo(desk, talk)
    desk.ask(QUESTION, *CHOICES)


def _shown_a_photo(desk: Desk, talk: Talk) -> None:
    """Or it is said that none can be sent here."""
    photo = media.make("timetable")
    desk.attach(FilePayload(name=photo.name, mimeType=photo.mime, buffer=photo.content))
    desk.send()
    if Kind.IMAGE in talk.able.media:
        expect(desk.page.locator("#files")).to_be_hidden()
        expect(desk.page.locator("#lines .msg.out .shot")).to_have_count(1)
        return
    expect(desk.page.locator("#composer [data-error]")).to_contain_text("does not take this kind of file")
    desk.attach()


def _chooses(talk: Talk) -> None:
    phone = talk.phone
    phone.gets(f"Of course, {phone.label}.")
    phone.gets(QUESTION)
    expect(phone.body.locator(".msg.in img")).to_have_count(1 if Kind.IMAGE in talk.able.media else 0)
    assert phone.can_press() == bool(talk.able.choices), talk.channel.key
    if talk.able.choices:
        phone.press(CHOSEN)
    else:
        expect(phone.gets(QUESTION)).to_contain_text(f"2. {CHOSEN}")
        phone.say(talk.answer)


def _understood(desk: Desk, talk: Talk, soon: int = SOON) -> None:
    """What was chosen stands on the desk, once; and our question shows how far it got, and no more than is known."""
    desk.queued(talk.conversation).click()
    expect(desk.page.locator(f"#talk[data-conversation='{talk.conversation}']")).to_be_visible()
    answer = desk.page.locator("#lines .msg.in").last
    pressed = talk.able.choices or talk.answer == CHOSEN
    expect(answer).to_contain_text(CHOSEN if pressed else f"Chose: {CHOSEN}", timeout=soon)
    expect(desk.page.locator("#lines .msg.in")).to_have_count(2)
    sign, words = talk.ends
    way = desk.page.locator("#lines .msg.out", has_text=QUESTION).locator(".by")
    expect(way).to_have_text(re.compile(words), timeout=soon)
    expect(way.locator(f"use[href$='#{sign}']")).to_have_count(1)


def _goes_wrong(page: Page, channel: str, fault: str) -> None:
    page.goto("/phones/faults/")
    form = page.locator("form:has(input[type=number])")
    form.locator("select[name=channel]").select_option(label=channel)
    form.locator("select[name=fault]").select_option(fault)
    form.locator("button.primary").click()
    page.wait_for_load_state()
