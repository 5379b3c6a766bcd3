"""Machine translation apart from the message: in good health, in bad health, and when the words change."""

import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from unittest.mock import patch

import pytest
import time_machine

from aidline import vault
from aidline.centres.models import Centre
from aidline.channels.contract import Deletion, Edit, Scheme, Sender
from aidline.conversations.models import Message
from aidline.gateway.alterations import Alteration, apply
from aidline.gateway.arriving import external_index
from aidline.gateway.lines import provider_of
from aidline.jobs.models import Job
from aidline.kernel.clock import now
from aidline.kernel.ids import new_id
from aidline.language import engine, machine
from aidline.language.libretranslate import Busy
from aidline.language.models import Engine, Translation
from aidline.language.queries import translations_of
from aidline.language.services import change_engine, check_engine, save_term
from factories import make_centre, make_channel, make_conversation, make_staff
from language.stage import engine_at, sent_to, server
from local_server import Answer, LocalServer, Seen

pytestmark = pytest.mark.django_db(transaction=True)

ARABIC = "نستطيع المشي إلى شارع الفانوس لكنها لا تقدر على صعود الدرج. هل يوجد مصعد؟ وما ساعات العمل؟"
ENGLISH = (
    "We can walk to Lantern Street but she cannot climb stairs. "
    "Is there a lift? And what are the opening hours?"
)


@pytest.fixture
def there() -> Iterator[LocalServer]:
    with server() as found:
        yield found


@pytest.fixture
def centre() -> Centre:
    return make_centre()


def say(centre: Centre, text: str = ARABIC, language: str = "ar") -> Message:
    channel = centre.channels.first() or make_channel(centre)
    conversation = make_conversation(channel, [text], language=language)
    return Message.objects.get(conversation=conversation)


def wait_for(message: Message, into: str = "en") -> Translation:
    """As a message that arrives does."""
    return Translation.objects.create(
        id=new_id(),
        message=message,
        centre_id=message.centre_id,
        key_id=message.key_id,
        way="e",
        source=message.language,
        language=into,
    )


def work(centre: Centre) -> None:
    machine.translate_waiting({"centre": str(centre.pk)})


def only() -> Translation:
    return Translation.objects.get()


def test_a_message_is_translated_with_the_glossary_and_says_by_whom(
    there: LocalServer, centre: Centre
) -> None:
    engine_at(f"{there.url}/look-alike", centre)
    save_term(by=None, centre=centre, word="Lantern Street", forms={"ar": "شارع الفانوس"})
    message = say(centre)
    wait_for(message)
    work(centre)
    (made,) = translations_of([message])[message.pk]
    assert (made.text, made.row.engine, made.row.flagged) == (ENGLISH, "LibreTranslate", False)
    assert "الفانوس" not in sent_to(there)
    message.refresh_from_db()
    assert message.text == ARABIC


def test_numbers_and_addresses_never_reach_the_server(there: LocalServer, centre: Centre) -> None:
    engine_at(there.url, centre)
    wait_for(say(centre, "رقمي +44 7700 900123 وبريدي amal@example.org شكرا جزيلا لكم"))
    work(centre)
    assert "900123" in only().text
    assert "amal@example.org" in only().text
    assert there.seen
    assert "900123" not in sent_to(there)
    assert "amal@" not in sent_to(there)


def test_marks_out_of_shape_are_put_right(there: LocalServer, centre: Centre) -> None:
    engine_at(f"{there.url}/mangle", centre)
    wait_for(say(centre, "رقمي +44 7700 900123 شكرا"))
    work(centre)
    assert "+44 7700 900123" in only().text
    assert not only().flagged


def test_the_translation_is_sealed_with_the_persons_key(there: LocalServer, centre: Centre) -> None:
    engine_at(there.url, centre)
    message = say(centre)
    wait_for(message)
    work(centre)
    assert ENGLISH.encode() not in bytes(only().text_sealed or b"")
    vault.destroy_person_key(message.key_id)
    assert translations_of([message])[message.pk][0].text == ""


@pytest.mark.parametrize(
    ("path", "code"),
    [("/busy", "busy"), ("/broken", "unreachable"), ("/garbage", "no-sense"), ("/key-other", "key-refused")],
)
def test_a_server_in_trouble_leaves_the_message_as_it_is_and_says_so(
    there: LocalServer, centre: Centre, path: str, code: str
) -> None:
    engine_at(there.url + path, centre)
    message = say(centre)
    wait_for(message)
    work(centre)
    assert (only().state, only().error_code, only().text) == ("f", code, "")
    assert Engine.objects.get().error_code == code
    assert Message.objects.get(pk=message.pk).text == ARABIC


def test_a_server_that_fails_is_left_alone_for_a_while_and_longer_each_time(
    there: LocalServer, centre: Centre
) -> None:
    engine_at(f"{there.url}/broken", centre)
    for _ in range(3):
        wait_for(say(centre))
    work(centre)
    assert len(there.seen) == 1
    assert set(Translation.objects.values_list("error_code", flat=True)) == {"unreachable", "resting"}
    with time_machine.travel(now() + timedelta(seconds=20), tick=False):
        wait_for(say(centre))
        work(centre)
        assert len(there.seen) == 2
        rest = Engine.objects.get().open_until
        assert rest is not None
        assert rest - now() == timedelta(seconds=30)


def test_what_failed_is_tried_again_when_the_server_is_back(there: LocalServer, centre: Centre) -> None:
    good = there.answer
    there.answer = lambda _seen: Answer(500)
    engine_at(there.url, centre)
    wait_for(say(centre))
    work(centre)
    machine.retry_failed()
    assert only().state == "f"
    there.answer = good
    with time_machine.travel(now() + timedelta(minutes=1), tick=False):
        machine.retry_failed()
        assert Job.objects.filter(kind="language.translate").exists()
        work(centre)
        assert only().state == "d"
        assert Engine.objects.get().error_code == ""


def test_what_nobody_offers_is_not_tried_again_by_itself(there: LocalServer, centre: Centre) -> None:
    engine_at(there.url, centre)
    check_engine(by=make_staff(centre)[0], engine=Engine.objects.get())
    wait_for(say(centre, "ሓገዝ የድልየኒ ኣሎ", "ti"))
    work(centre)
    assert only().error_code == "not-offered"
    machine.retry_failed()
    assert only().state == "f"
    assert Engine.objects.get().failures == 0


def test_a_text_that_is_in_that_language_already_is_not_sent_anywhere(
    there: LocalServer, centre: Centre
) -> None:
    engine_at(there.url, centre)
    wait_for(say(centre, "I can read and write in English just as well", "ar"))
    work(centre)
    assert only().state == "s"
    assert there.seen == []
    assert translations_of([only().message]) == {}


def test_a_person_who_takes_a_message_back_takes_its_translations_back(
    there: LocalServer, centre: Centre
) -> None:
    engine_at(there.url, centre)
    message = say(centre)
    wait_for(message)
    work(centre)
    assert only().text == ENGLISH
    known(message)
    apply([alteration(message, Deletion("wamid.1", (Sender(Scheme.PHONE, "+447700900123"),)))])
    assert not Translation.objects.exists()


def test_a_message_that_is_changed_is_translated_anew(there: LocalServer, centre: Centre) -> None:
    engine_at(there.url, centre)
    message = say(centre, "قرب شارع القناة")
    wait_for(message)
    work(centre)
    known(message)
    apply(
        [
            alteration(
                message, Edit("wamid.1", "التاريخ نهاية الأسبوع", (Sender(Scheme.PHONE, "+447700900123"),))
            )
        ]
    )
    assert (only().state, only().text) == ("w", "")
    work(centre)
    assert only().text == "The date is the end of the week"


def known(message: Message) -> None:
    message.external_index = external_index(message.centre_id, "wamid.1")
    message.save(update_fields=["external_index"])


def alteration(message: Message, event: Deletion | Edit) -> Alteration:
    channel = message.conversation.channel
    assert channel
    return Alteration(channel.pk, message.centre_id, event, now(), provider_of(channel))


def test_an_answer_about_words_that_were_changed_meanwhile_is_thrown_away(
    there: LocalServer, centre: Centre
) -> None:
    """The person edits while the server thinks."""
    engine_at(there.url, centre)
    row = wait_for(say(centre, "قرب شارع القناة"))

    def edited_meanwhile(*_given: object) -> engine.Outcome:
        Translation.objects.filter(pk=row.pk).update(asked_at=now() + timedelta(seconds=1))
        return engine.Outcome("an answer to the words of before")

    with patch.object(engine, "translated", side_effect=edited_meanwhile):
        work_once(centre)
    assert (only().state, only().text) == ("w", "")


def work_once(centre: Centre) -> None:
    with patch.object(machine, "LONGEST", 0.05):
        work(centre)


def test_switched_off_meanwhile_ends_the_wait(there: LocalServer, centre: Centre) -> None:
    engine_at(there.url, centre, is_on=False)
    wait_for(say(centre))
    work(centre)
    assert (only().state, only().error_code) == ("f", "off")


def test_an_agent_may_ask_for_another_language_and_ask_again(there: LocalServer, centre: Centre) -> None:
    engine_at(there.url, centre)
    staff, _ = make_staff(centre)
    message = say(centre)
    assert machine.want_translation(by=staff, message=message, language="fr") is not None
    assert Job.objects.filter(kind="language.translate").count() == 1
    work(centre)
    assert only().text.startswith("Nous pouvons aller à pied")
    again = machine.want_translation(by=staff, message=message, language="fr")
    assert again is not None
    assert only().state == "d"


def test_there_is_nothing_to_translate_in_a_number_or_a_deleted_message(centre: Centre) -> None:
    staff, _ = make_staff(centre)
    assert machine.want_translation(by=staff, message=say(centre, "12345 🙂"), language="fr") is None
    gone = say(centre)
    gone.deleted_at = now()
    assert machine.want_translation(by=staff, message=gone, language="fr") is None


def test_what_came_while_a_job_was_ending_is_woken(centre: Centre) -> None:
    wait_for(say(centre))
    machine.wake()
    machine.wake()
    assert Job.objects.filter(kind="language.translate").count() == 1


def test_a_slow_server_does_not_keep_a_job_for_long(there: LocalServer, centre: Centre) -> None:
    good = there.answer

    def slow(seen: Seen) -> Answer:
        time.sleep(0.15)
        return good(seen)

    there.answer = slow
    engine_at(there.url, centre)
    for _ in range(12):
        wait_for(say(centre))
    with patch.object(machine, "LONGEST", 0.3):
        began = time.monotonic()
        work(centre)
    assert time.monotonic() - began < 3
    assert Translation.objects.filter(state="w").exists()


def test_pages_that_wait_for_the_server_are_few_and_the_others_are_told() -> None:
    held, release = threading.Event(), threading.Event()
    places = threading.Barrier(engine.AT_ONCE + 1)

    def wait() -> None:
        with engine.for_a_page():
            places.wait(5)
            held.set()
            release.wait(5)

    threads = [threading.Thread(target=wait) for _ in range(engine.AT_ONCE)]
    for thread in threads:
        thread.start()
    places.wait(5)
    with pytest.raises(Busy), engine.for_a_page():
        pass
    release.set()
    for thread in threads:
        thread.join()
    with engine.for_a_page():
        pass


def test_a_key_stays_with_its_address_and_goes_with_it(centre: Centre) -> None:
    settings = {"is_on": True, "seconds": 5, "into": "en"}
    change_engine(by=None, centre=centre, url="https://one.example.org", key="secret", **settings)
    change_engine(by=None, centre=centre, url="https://one.example.org/", key="", **settings)
    assert Engine.objects.get().config == {"url": "https://one.example.org", "key": "secret"}
    change_engine(by=None, centre=centre, url="https://two.example.org", key="", **settings)
    assert Engine.objects.get().config == {"url": "https://two.example.org", "key": ""}
    assert b"two.example" not in bytes(Engine.objects.get().config_sealed or b"")
