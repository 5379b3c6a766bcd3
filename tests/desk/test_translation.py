"""Translations on the desk: under the original, before sending, and by people who translate."""

import time
from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.test import Client

from aidline.centres.queries import seat_in
from aidline.centres.states import Role
from aidline.conversations.models import Conversation, Draft, Message
from aidline.jobs.models import Job
from aidline.language import human, machine
from aidline.language.arrivals import TRANSLATE
from aidline.language.models import Engine, LanguageDoubt, Translation
from aidline.language.queries import work_of
from desk.stage import Stage
from factories import make_conversation, make_staff
from language.stage import engine_at, server
from local_server import Answer, LocalServer, Seen

WRITTEN = "There is a lift at Lantern Street. It is open until six."
ARABIC = "يوجد مصعد في شارع الفانوس. وهو مفتوح حتى السادسة."


@pytest.fixture
def there(stage: Stage) -> Iterator[LocalServer]:
    with server() as found:
        engine_at(found.url, stage.centre)
        yield found


@pytest.fixture
def talk(stage: Stage) -> Conversation:
    return make_conversation(stage.channel, ["قرب شارع القناة"], language="ar")


def said(talk: Conversation) -> Message:
    return Message.objects.filter(conversation=talk, direction="i").latest("seq")


def page(stage: Stage, talk: Conversation, query: str = "") -> str:
    return stage.client().get(stage.url("talk", talk.pk) + query).content.decode()


def translate(stage: Stage, talk: Conversation, client: Client | None = None) -> None:
    answer = (client or stage.client()).post(stage.url("translate", said(talk).pk), {"language": "en"})
    assert answer.status_code in (204, 302)
    machine.translate_waiting({"centre": str(stage.centre.pk)})


def preview(stage: Stage, talk: Conversation, client: Client | None = None, **more: str) -> str:
    data = {"text": WRITTEN, "source": "en", **more}
    answer = (client or stage.client()).post(stage.url("translate_reply", talk.pk), data)
    assert answer.status_code == 200
    return answer.content.decode()


# --- under the original ----------------------------------------------------------------------------------


def test_the_original_stays_and_the_translation_says_by_whom(
    stage: Stage, talk: Conversation, there: LocalServer
) -> None:
    translate(stage, talk)
    shown = page(stage, talk)
    assert "قرب شارع القناة" in shown
    assert "Near Canal Street" in shown
    assert "by LibreTranslate, not checked" in shown


def test_a_line_changes_its_version_when_its_translation_comes(
    stage: Stage, talk: Conversation, there: LocalServer
) -> None:
    """Or an open screen would never show it."""
    client = stage.client(script=True)
    url = f"{stage.url('lines', talk.pk)}?after=1"
    versions = []
    for step in (lambda: None, lambda: stage_wait(stage, talk), lambda: translate(stage, talk)):
        step()
        lines = client.get(url).content.decode()
        versions.append(lines.split('data-v="')[1].split('"')[0])
    assert len(set(versions)) == 3


def stage_wait(stage: Stage, talk: Conversation) -> None:
    machine.want_translation(by=stage.agent, message=said(talk), language="en")


def test_a_failure_is_quiet_and_has_a_button(stage: Stage, talk: Conversation) -> None:
    engine_at("http://127.0.0.1:1", stage.centre, seconds=1)
    translate(stage, talk)
    shown = page(stage, talk)
    assert "Not translated." in shown
    assert "قرب شارع القناة" in shown
    assert stage.url("translate", said(talk).pk) in shown


def test_the_thread_asks_the_database_as_much_for_many_translations_as_for_one(
    stage: Stage, there: LocalServer, django_assert_max_num_queries: object
) -> None:
    texts = ["قرب شارع القناة", "أي يوم بعد الظهر", "هي موافقة، سألتها"]
    one, three = (make_conversation(stage.channel, texts[:size], language="ar") for size in (1, 3))
    for talk in (one, three):
        for message in Message.objects.filter(conversation=talk):
            machine.want_translation(by=stage.agent, message=message, language="en")
    machine.translate_waiting({"centre": str(stage.centre.pk)})
    client = stage.client(script=True)
    client.get(stage.url("lines", one.pk))
    with django_assert_max_num_queries(40) as few:  # type: ignore[operator]
        client.get(stage.url("lines", one.pk))
    with django_assert_max_num_queries(len(few)):  # type: ignore[operator]
        assert client.get(stage.url("lines", three.pk)).content.decode().count("not checked") == 3


def test_without_an_engine_and_translators_nothing_is_offered(stage: Stage, talk: Conversation) -> None:
    shown = page(stage, talk)
    assert stage.url("translation", said(talk).pk) not in shown
    assert stage.url("translate_reply", talk.pk) not in shown


# --- before sending --------------------------------------------------------------------------------------


@pytest.mark.parametrize("script", [True, False])
def test_a_reply_is_shown_in_both_languages_before_it_goes(
    stage: Stage, talk: Conversation, there: LocalServer, script: bool
) -> None:
    shown = preview(stage, talk, stage.client(script=script))
    assert ARABIC in shown
    assert f">\n{WRITTEN}</textarea>" in shown or f">{WRITTEN}</textarea>" in shown
    assert f"{WRITTEN}</p>" in shown  # what the translation says
    assert not Message.objects.filter(direction="o").exists()


def test_the_translation_is_sent_and_what_was_written_is_kept_beside_it(
    stage: Stage, talk: Conversation, there: LocalServer
) -> None:
    data = {
        "text": ARABIC,
        "written": WRITTEN,
        "written_language": "en",
        "written_engine": "LibreTranslate",
        "client_key": str(uuid4()),
    }
    stage.client().post(stage.url("reply", talk.pk), data)
    sent = Message.objects.get(direction="o")
    assert sent.text == ARABIC
    assert sent.extra == {"written": {"text": WRITTEN, "language": "en", "engine": "LibreTranslate"}}
    shown = page(stage, talk)
    assert ARABIC in shown
    assert WRITTEN in shown
    assert "seen by the sender" in shown


def test_a_change_of_the_translation_is_translated_back(
    stage: Stage, talk: Conversation, there: LocalServer
) -> None:
    shown = preview(stage, talk, written=WRITTEN, text="قرب شارع القناة", look="1", target="ar")
    assert "Near Canal Street" in shown
    assert WRITTEN in shown


def test_a_translation_of_words_that_were_changed_since_does_not_go(
    stage: Stage, talk: Conversation, there: LocalServer
) -> None:
    data = {
        "text": ARABIC,
        "written": f"{WRITTEN} Or not.",
        "written_language": "en",
        "translated_from": WRITTEN,
    }
    answer = stage.client(script=True).post(stage.url("reply", talk.pk), data)
    assert answer.status_code == 422
    assert not Message.objects.filter(direction="o").exists()
    stage.client().post(stage.url("reply", talk.pk), {**data, "as_written": "1"})
    assert Message.objects.get(direction="o").text == f"{WRITTEN} Or not."


def test_both_ways_together_take_no_longer_than_the_centre_allows(
    stage: Stage, talk: Conversation, there: LocalServer
) -> None:
    """And a server that is only slow is not taken for a broken one."""
    good = there.answer

    def slow(seen: Seen) -> Answer:
        time.sleep(0.7)
        return good(seen)

    there.answer = slow
    Engine.objects.update(seconds=1)
    began = time.monotonic()
    shown = preview(stage, talk)
    assert time.monotonic() - began < 2
    assert ARABIC in shown
    assert "What the translation says could not be checked." in shown
    assert Engine.objects.get().failures == 0


def test_a_time_out_says_so_and_lets_the_agent_send_as_it_is(stage: Stage, talk: Conversation) -> None:
    engine_at("http://127.0.0.1:1", stage.centre, seconds=1)
    shown = preview(stage, talk)
    assert "does not answer" in shown
    assert "You can send what you wrote as it is." in shown
    assert WRITTEN in shown
    assert Draft.objects.get().text == WRITTEN
    data = {"written": WRITTEN, "text": "", "written_language": "en", "as_written": "1"}
    stage.client().post(stage.url("reply", talk.pk), {**data, "client_key": str(uuid4())})
    sent = Message.objects.get(direction="o")
    assert (sent.text, sent.extra) == (WRITTEN, None)


def test_a_language_that_is_not_known_is_chosen_first(stage: Stage, there: LocalServer) -> None:
    nobody = make_conversation(stage.channel, ["hi"], language="")
    assert "Choose the language of the person first." in preview(stage, nobody)
    assert ARABIC in preview(stage, nobody, target="ar")
    assert "These are the same language." in preview(stage, nobody, target="en")


def test_an_engine_that_nobody_has_cannot_be_claimed(stage: Stage, talk: Conversation) -> None:
    data = {"text": ARABIC, "written": WRITTEN, "written_language": "en", "written_engine": "<b>Oracle</b>"}
    stage.client().post(stage.url("reply", talk.pk), {**data, "client_key": str(uuid4())})
    assert Message.objects.get(direction="o").extra["written"]["engine"] == ""


# --- people who translate --------------------------------------------------------------------------------


def test_a_translator_is_asked_and_the_answer_stands_under_the_message(
    stage: Stage, talk: Conversation
) -> None:
    selam, _ = make_staff(stage.centre, Role.TRANSLATOR, "Selam Tesfa")
    data = {"source": "ar", "language": "en", "note": "a place, I think"}
    stage.client().post(stage.url("ask_translator", said(talk).pk), data)
    assert "Asked a translator" in page(stage, talk)
    work = work_of(seat_in(selam, stage.centre)).get()
    human.answer(by=selam, translation=work, text="Close to the canal")
    shown = page(stage, talk)
    assert "Close to the canal" in shown
    assert "by a translator" in shown


def test_a_reply_that_a_translator_made_goes_into_the_field_and_out(stage: Stage, talk: Conversation) -> None:
    selam, _ = make_staff(stage.centre, Role.TRANSLATOR, "Selam Tesfa")
    data = {"written": WRITTEN, "source": "en", "target": "ar"}
    stage.client().post(stage.url("ask_for_reply", talk.pk), data)
    work = work_of(seat_in(selam, stage.centre)).get()
    human.answer(by=selam, translation=work, text=ARABIC)
    assert f"?use={work.pk}" in page(stage, talk)
    shown = page(stage, talk, f"?use={work.pk}")
    composer = shown[shown.index('id="composer"') :]
    assert f">{ARABIC}</textarea>" in composer
    assert f'name="written" value="{WRITTEN}"' in composer


def test_a_translation_of_another_conversation_is_not_put_into_the_field(
    stage: Stage, talk: Conversation
) -> None:
    other = make_conversation(stage.channel, ["Something else"], language="ar")
    selam, _ = make_staff(stage.centre, Role.TRANSLATOR, "Selam Tesfa")
    row = human.ask_for_reply(by=stage.agent, conversation=other, text=WRITTEN, source="en", language="ar")
    human.answer(by=selam, translation=row, text=ARABIC)
    assert ARABIC not in page(stage, talk, f"?use={row.pk}")


def test_a_question_is_taken_back_until_it_is_answered(stage: Stage, talk: Conversation) -> None:
    row = human.ask_translator(by=stage.agent, message=said(talk), source="ar", language="en")
    client = stage.client(script=True)
    url = stage.url("withdraw_translation", row.pk)
    assert client.post(url).status_code == 204
    assert client.post(url).status_code == 422


@pytest.mark.parametrize("data", [{}, {"source": "ar"}, {"source": "ar", "language": "ar"}, {"source": "xx"}])
def test_without_two_languages_nobody_is_asked(
    stage: Stage, talk: Conversation, data: dict[str, str]
) -> None:
    answer = stage.client(script=True).post(stage.url("ask_translator", said(talk).pk), data)
    assert answer.status_code == 422
    assert not Translation.objects.exists()


# --- doubts ----------------------------------------------------------------------------------------------


def test_a_suspicion_is_a_question_with_one_click_each_way(stage: Stage, talk: Conversation) -> None:
    LanguageDoubt.objects.create(person=talk.person, seems="fr", times=2)
    shown = page(stage, talk)
    assert "Seems to write in" in shown
    client = stage.client(script=True)
    assert client.post(stage.url("keep_language", talk.pk)).status_code == 204
    assert "Seems to write in" not in page(stage, talk)
    talk.person.refresh_from_db()
    assert talk.person.language == "ar"


def test_what_is_switched_off_is_offered_nowhere(
    stage: Stage, talk: Conversation, there: LocalServer
) -> None:
    Engine.objects.update(is_on=False)
    assert stage.url("translate_reply", talk.pk) not in page(stage, talk)
    assert not Job.objects.filter(kind=TRANSLATE).exists()
