"""People who translate see one text and nothing around it, and their answer comes back under it."""

import pytest
from django.http import Http404

from aidline import vault
from aidline.audit.models import Entry
from aidline.centres.models import Staff
from aidline.centres.queries import Seat, seat_in
from aidline.centres.states import Role
from aidline.conversations.models import Conversation, Message
from aidline.language import human
from aidline.language.models import Translation
from aidline.language.queries import access_work, translations_of, work_of
from factories import make_centre, make_channel, make_conversation, make_staff

pytestmark = pytest.mark.django_db

TEXT = "Please call me on +44 7700 900123 or write to amal@example.org"


@pytest.fixture
def talk() -> Conversation:
    return make_conversation(make_channel(make_centre()), [TEXT])


@pytest.fixture
def agent(talk: Conversation) -> Staff:
    return make_staff(talk.centre)[0]


def translator(
    talk: Conversation, languages: tuple[str, ...] = ("en", "ar"), name: str = "Selam Tesfa"
) -> Seat:
    staff, _ = make_staff(talk.centre, Role.TRANSLATOR, name, languages=list(languages))
    return seat_in(staff, talk.centre)


def message(talk: Conversation) -> Message:
    return Message.objects.get(conversation=talk, direction="i")


def ask(agent: Staff, talk: Conversation, **more: object) -> Translation:
    return human.ask_translator(by=agent, message=message(talk), source="en", language="ar", **more)  # type: ignore[arg-type]


def test_numbers_and_addresses_are_covered_and_come_back_with_the_answer(
    agent: Staff, talk: Conversation
) -> None:
    ask(agent, talk)
    seat = translator(talk)
    work = work_of(seat).get()
    assert human.read(by=seat.staff, translation=work) == "Please call me on •1• or write to •2•"
    assert human.answer(by=seat.staff, translation=work, text="اتصلوا بي على •1• أو اكتبوا إلى •2•")
    (made,) = translations_of([message(talk)])[message(talk).pk]
    assert made.text == "اتصلوا بي على +44 7700 900123 أو اكتبوا إلى amal@example.org"
    assert made.row.by == seat.staff
    assert not made.row.by_engine


def test_an_agent_may_show_them(agent: Staff, talk: Conversation) -> None:
    assert ask(agent, talk, show_all=True).shown == TEXT


def test_once_answered_it_leaves_the_list_and_nothing_of_the_text_stays_with_the_question(
    agent: Staff, talk: Conversation
) -> None:
    ask(agent, talk, note="She is in a hurry")
    seat = translator(talk)
    human.answer(by=seat.staff, translation=work_of(seat).get(), text="نعم")
    assert not work_of(seat).exists()
    row = Translation.objects.get()
    assert (row.shown, row.note, row.covered) == ("", "", None)
    with pytest.raises(Http404):
        access_work(seat, row.pk)


def test_of_two_who_answer_the_first_counts(agent: Staff, talk: Conversation) -> None:
    ask(agent, talk)
    one, two = translator(talk), translator(talk, name="Rahma Ali")
    first, second = work_of(one).get(), work_of(two).get()
    assert human.answer(by=one.staff, translation=first, text="الأول")
    assert not human.answer(by=two.staff, translation=second, text="الثاني")
    assert Translation.objects.get().text == "الأول"


def test_only_who_has_both_languages_finds_it(agent: Staff, talk: Conversation) -> None:
    row = ask(agent, talk)
    stranger = translator(talk, ("en", "fr"))
    assert not work_of(stranger).exists()
    with pytest.raises(Http404):
        access_work(stranger, row.pk)


def test_an_agent_with_the_languages_and_a_translator_elsewhere_find_nothing(
    agent: Staff, talk: Conversation
) -> None:
    row = ask(agent, talk)
    elsewhere = make_centre("Velden", languages=["en", "ar"])
    staff, _ = make_staff(elsewhere, Role.TRANSLATOR, "Far Away")
    for seat in (seat_in(agent, talk.centre), seat_in(staff, elsewhere)):
        assert not work_of(seat).exists()
        with pytest.raises(Http404):
            access_work(seat, row.pk)


def test_of_a_person_who_was_erased_nothing_is_shown(agent: Staff, talk: Conversation) -> None:
    row = ask(agent, talk)
    seat = translator(talk)
    vault.destroy_person_key(talk.person_id)
    with pytest.raises(Http404):
        access_work(seat, row.pk)


def test_asked_twice_is_asked_once(agent: Staff, talk: Conversation) -> None:
    assert ask(agent, talk).pk == ask(agent, talk).pk


def test_a_question_that_was_taken_back_is_gone_and_can_be_asked_anew(
    agent: Staff, talk: Conversation
) -> None:
    row = ask(agent, talk)
    seat = translator(talk)
    assert human.withdraw(by=agent, translation=row)
    assert not work_of(seat).exists()
    assert not human.answer(by=seat.staff, translation=row, text="too late")
    assert ask(agent, talk).pk != row.pk
    assert work_of(seat).count() == 1


def test_a_reply_to_translate_is_a_note_that_never_reaches_the_person(
    agent: Staff, talk: Conversation
) -> None:
    row = human.ask_for_reply(
        by=agent, conversation=talk, text="Come at ten, ask for 4711-22", source="en", language="ar"
    )
    assert row.message.direction == "n"
    assert row.shown == "Come at ten, ask for •1•"
    assert not Message.objects.filter(conversation=talk, direction="o").exists()


@pytest.mark.parametrize(("source", "language", "text"), [("en", "en", TEXT), ("en", "ar", "  ")])
def test_there_must_be_words_and_two_languages(
    agent: Staff, talk: Conversation, source: str, language: str, text: str
) -> None:
    row = message(talk)
    row.text = text
    with pytest.raises(human.CannotAsk):
        human.ask_translator(by=agent, message=row, source=source, language=language)


def test_asking_reading_and_answering_are_recorded_without_a_word_of_it(
    agent: Staff, talk: Conversation
) -> None:
    ask(agent, talk)
    seat = translator(talk)
    work = work_of(seat).get()
    human.read(by=seat.staff, translation=work)
    human.answer(by=seat.staff, translation=work, text="نعم")
    entries = Entry.objects.filter(object_type="translation").order_by("pk")
    assert [(entry.action, entry.fields) for entry in entries] == [
        ("translation.ask", "text,covered"),
        ("translation.read", "translation.shown"),
        ("translation.answer", ""),
    ]
