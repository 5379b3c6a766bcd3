"""The demo's fictional world: complete in every language, nobody real in it, every state shown."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from aidline.channels.contract import Kind
from aidline.simulator.content import load
from aidline.simulator.content.shapes import Person, Talk, Turn
from aidline.simulator.vendors import VENDORS

ALL_SIX = {"en", "fr", "es", "ar", "uk", "nl"}
FICTION = re.compile(r"^\+(447700900\d{3}|3363998\d{4}|331990\d{5}|1\d{3}55501\d{2})$")
DAY, HOUR = 24 * 60, 60

CONTENT = load()
NETWORK, PEOPLE = CONTENT.network, CONTENT.people
STAFF = {member.key: member for member in NETWORK.staff}
CENTRES = {centre.slug: centre for centre in NETWORK.centres}


def talks() -> Iterator[tuple[Person, Talk]]:
    return ((person, talk) for person in PEOPLE for talk in (*person.earlier, person.talk))


def turns() -> Iterator[tuple[Person, Turn]]:
    return ((person, turn) for person, talk in talks() for turn in talk.turns)


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        value = [*value.keys(), *value.values()]
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | tuple):
        for part in value:
            yield from strings(part)


# --- enough of everything --------------------------------------------------------------------------------


def test_sixty_people_write_in_at_least_six_languages() -> None:
    languages = Counter(person.language for person in PEOPLE)
    assert len(PEOPLE) >= 60
    assert len([language for language, people in languages.items() if people > 1]) >= 6
    assert set(languages) >= ALL_SIX


def test_three_centres_with_eleven_who_answer() -> None:
    answering = [m for m in NETWORK.staff if any(p.role in ("agent", "supervisor") for p in m.posts)]
    assert (len(CENTRES), len(answering)) == (3, 11)
    assert any(member.organisation_admin for member in NETWORK.staff)


def test_keys_and_names_are_given_once() -> None:
    for keys in (
        [person.key for person in PEOPLE],
        [person.name for person in PEOPLE],
        [person.number for person in PEOPLE if person.number],
        [member.key for member in NETWORK.staff],
        [member.email for member in NETWORK.staff],
        [channel.key for centre in NETWORK.centres for channel in centre.channels],
    ):
        assert [key for key, times in Counter(keys).items() if times > 1] == []


@pytest.mark.parametrize("state", ["waiting", "assigned", "snoozed", "closed"])
def test_every_state_is_shown_in_all_centres(state: str) -> None:
    assert {person.centre for person in PEOPLE if person.talk.state == state} == set(CENTRES)


def test_every_kind_of_message_and_change_is_shown() -> None:
    expected = {Kind.TEXT, Kind.IMAGE, Kind.VOICE, Kind.DOCUMENT, Kind.STICKER, Kind.LOCATION, Kind.CONTACTS}
    expected |= {Kind.TEMPLATE, Kind.UNSUPPORTED, "choices", "choice"}
    assert {turn.kind for _, turn in turns()} == {*expected, "reaction", "edit", "deletion", "handover"}
    assert any(turn.kind == "reaction" and not turn.emoji for _, turn in turns())


def test_somebody_writes_on_every_channel_that_can_be_practised_with() -> None:
    written_on = {talk.channel for _, talk in talks()}
    channels = [channel for centre in NETWORK.centres for channel in centre.channels]
    assert [channel.key for channel in channels if channel.key not in written_on] == []
    assert {channel.provider for channel in channels} == {*VENDORS, "webchat"} - {"simulator"}


def test_what_is_pressed_was_offered() -> None:
    for person, talk in talks():
        offered = {turn.id: turn.choices for turn in talk.turns if turn.kind == "choices"}
        pressed = [(turn.on, turn.text) for turn in talk.turns if turn.kind == "choice"]
        assert all(text in offered[on] for on, text in pressed), person.key


def test_every_delivery_and_outcome_is_shown() -> None:
    assert {turn.delivery for _, turn in turns()} >= {"failed", "unknown", "queued", "sent"}
    outcomes = {talk.outcome for _, talk in talks() if talk.state == "closed"}
    assert outcomes == {"answered", "passed_on", "no_reply", "not_for_us"}
    assert {person.talk.source for person in PEOPLE} == {"", "walk_in", "private_phone"}
    assert any(person.opted_out for person in PEOPLE)
    assert any(turn.note and turn.mention for _, turn in turns())


def test_one_window_is_nearly_shut_and_one_is_shut() -> None:
    last_words = [
        -max(turn.at for turn in person.talk.turns if turn.who == "person")
        for person in PEOPLE
        if person.talk.channel.endswith("whatsapp") and person.talk.state != "closed"
    ]
    assert 22 * HOUR + 40 in last_words
    assert 26 * HOUR in last_words


# --- complete in every language --------------------------------------------------------------------------


@pytest.mark.parametrize("centre", NETWORK.centres, ids=lambda centre: centre.slug)
def test_a_centres_words_exist_in_all_its_languages(centre: Any) -> None:
    """The two centres of messages have them in every language of the screens."""
    spoken = set(centre.languages) if centre.flow else ALL_SIX
    assert set(centre.texts) == {"greeting", "offline", "closed"}
    assert len(centre.canned) >= (4 if centre.flow else 14)
    articles = [article for category in centre.categories for article in category.articles]
    titles = [category.titles for category in centre.categories]
    for texts in (*centre.texts.values(), *titles, *(reply.texts for reply in centre.canned)):
        assert set(texts) == spoken
        assert all(text.strip() == text and text for text in texts.values())
    for article in articles:
        assert set(article.texts) == spoken
        assert all(words["title"] and words["body"] and words["short"] for words in article.texts.values())


def test_topics_and_templates_exist_in_all_six_languages() -> None:
    assert len(NETWORK.topics) >= 10
    assert len(NETWORK.templates) == 6
    for texts in (*(t.labels for t in NETWORK.topics), *(t.texts for t in NETWORK.templates)):
        assert set(texts) == ALL_SIX


def test_prepared_replies_use_known_variables_and_the_same_in_every_language() -> None:
    used = set()
    for reply in (reply for centre in NETWORK.centres for reply in centre.canned):
        variables = {frozenset(re.findall(r"{(\w+)}", text)) for text in reply.texts.values()}
        assert len(variables) == 1, reply.code
        used |= variables.pop()
    assert used == {"alias", "agent", "centre", "date"}


def test_templates_have_the_same_parameters_everywhere_and_none_at_an_end() -> None:
    for template in NETWORK.templates:
        for text in template.texts.values():
            assert tuple(sorted(re.findall(r"{{(\d)}}", text))) == template.parameters
            assert not re.search(r"^{{|}}[.!]?$", text)


# --- nobody real -----------------------------------------------------------------------------------------


def test_every_number_is_one_reserved_for_fiction() -> None:
    numbers = [person.number for person in PEOPLE if person.number and "@" not in person.number]
    numbers += [c.number for centre in NETWORK.centres for c in centre.channels if c.number.startswith("+")]
    numbers += [turn.card.phone for _, turn in turns() if turn.card]
    assert [number for number in numbers if not FICTION.match(number)] == []


def test_no_other_number_or_link_hides_in_the_words() -> None:
    world = list(strings(asdict(CONTENT)))
    long_digits = [run for text in world for run in re.findall(r"\+?\d[\d ]{7,}\d", text)]
    assert [run for run in long_digits if not FICTION.match(run)] == []
    assert [
        text
        for text in world
        if "http:" in text
        or "https:" in text
        or re.search(
            r"@(?!(practice\.)?harbouraid\.example|example\.net|schoolgate\.example|lighthouseshop\.example|cornerbakery\.example)\w+\.\w",
            text,
        )
    ] == []


# --- sensible --------------------------------------------------------------------------------------------


def test_everything_happened_in_order_and_before_now() -> None:
    for person, talk in talks():
        times = [turn.at for turn in talk.turns]
        assert times == sorted(set(times)), person.key
        assert times[-1] <= -1, person.key
        assert 1 <= len(times) <= 12, person.key
    for person in PEOPLE:
        ends = [talk.turns[-1].at for talk in person.earlier]
        assert all(end < person.talk.turns[0].at - DAY for end in ends), person.key


def test_most_of_the_day_is_today() -> None:
    assert sum(person.talk.turns[-1].at >= -380 for person in PEOPLE) >= 55


def test_a_person_writes_first_unless_we_know_them_already() -> None:
    for person, talk in talks():
        first_ever = not person.earlier or talk is person.earlier[0]
        assert talk.turns[0].who == "person" or not first_ever, person.key


def test_each_talk_is_on_a_channel_of_its_centre_that_fits_the_address() -> None:
    for person, talk in talks():
        if talk.source:
            assert (talk.channel, person.number) == ("", "")
            continue
        account = next(c.account for c in CENTRES[person.centre].channels if c.key == talk.channel)
        assert bool(person.number) == (account in ("whatsapp", "sms", "voice", "mail")), person.key


def test_states_say_what_they_need() -> None:
    codes = {topic.code for topic in NETWORK.topics}
    for person, talk in talks():
        assert bool(talk.agent) == (talk.state != "waiting"), person.key
        assert (talk.topic in codes and bool(talk.outcome)) == (talk.state == "closed"), person.key
        assert bool(talk.snoozed_minutes) == (talk.state == "snoozed"), person.key
        assert set(talk.tags) <= set(NETWORK.tags), person.key
        assert talk.state == "closed" or talk.turns[-1].text != "STOP"


def test_turns_carry_what_their_kind_needs() -> None:
    templates = {template.name: template for template in NETWORK.templates}
    for person, talk in talks():
        ids = [turn.id for turn in talk.turns if turn.id]
        for turn in talk.turns:
            files = turn.kind in ("image", "voice", "document", "sticker")
            assert bool(turn.media) == files, person.key
            assert bool(turn.place) == (turn.kind == "location"), person.key
            assert bool(turn.card) == (turn.kind == "contacts"), person.key
            assert (turn.on in ids) == (turn.kind in ("reaction", "edit", "deletion", "choice")), person.key
            assert bool(turn.choices) == (turn.kind == "choices"), person.key
            assert (turn.to in STAFF) == (turn.kind == "handover"), person.key
            assert bool(turn.error) == (turn.delivery == "failed"), person.key
            if turn.kind == "template":
                assert len(turn.parameters) == len(templates[turn.template].parameters)


def test_who_answers_works_in_that_centre_and_speaks_the_language() -> None:
    for person, turn in turns():
        if turn.by:
            member = STAFF[turn.by]
            assert person.centre in {post.centre for post in member.posts}, (person.key, turn.by)
            assert turn.note or turn.kind == "handover" or person.language in member.languages, person.key
        assert not turn.mention or f"@{turn.mention}" in turn.text


def test_nobody_carries_more_than_they_can() -> None:
    load_of = Counter(p.talk.agent for p in PEOPLE if p.talk.state in ("assigned", "snoozed"))
    for key, held in load_of.items():
        assert held <= STAFF[key].posts[0].capacity, key


def test_staff_see_screens_in_a_language_we_have_and_centres_live_in_a_real_time_zone() -> None:
    assert {member.language for member in NETWORK.staff} <= ALL_SIX
    for centre in NETWORK.centres:
        assert ZoneInfo(centre.time_zone).key == centre.time_zone
        assert set(centre.hours) == {"mon", "tue", "wed", "thu", "fri", "sat", "sun"}
        assert centre.default_language in centre.languages
