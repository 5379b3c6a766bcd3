"""What a caller hears and presses: closed hours, messages, calling back, danger, blocks, recording."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from aidline.calls.lines import change_line
from aidline.calls.models import Call, Callback, Recording
from aidline.calls.states import Ending, Stage
from aidline.config import doctor
from aidline.conversations.models import Attachment, Conversation, Message
from aidline.conversations.queries import QueueFilter, queue
from aidline.conversations.services import block_person
from aidline.desk.inbox import wording
from aidline.gateway import call_tending, sites
from aidline.kernel import sound
from aidline.kernel.clock import now
from aidline.people.models import Address, Person
from aidline.routing.services import set_presence
from aidline.routing.states import PresenceState
from calls.stage import AMAL, House

pytestmark = pytest.mark.django_db

CLOSED = {"mon": [], "tue": [], "wed": [], "thu": [], "fri": [], "sat": [], "sun": [["03:00", "03:01"]]}


def voice(seconds: float = 3.0) -> bytes:
    import io
    import wave

    out = io.BytesIO()
    with wave.open(out, "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(8000)
        wav.writeframes(
            b"".join(
                (8000 if n % 40 < 20 else -8000).to_bytes(2, "little", signed=True)
                for n in range(int(8000 * seconds))
            )
        )
    return out.getvalue()


def line(house: House, **changes: Any) -> None:
    change_line(by=house.sol.staff, channel=house.channel, changes=changes)
    sites.forget()


def close(house: House) -> None:
    house.centre.hours = CLOSED
    house.centre.texts = {"offline": {"en": "We are there in the morning."}}
    house.centre.save()
    sites.forget()


def test_closed_says_so_gives_the_emergency_number_and_takes_a_message(house: House) -> None:
    close(house)
    line(house, emergency_numbers=["112"])
    phone = house.phone().dial().press("1")
    assert "We are there in the morning." in phone.last
    assert "1 1 2" in phone.last
    house.exchange.sound = voice()
    phone.speak(12)
    assert "Your message is kept." in phone.last
    phone.hang_up()
    house.work()

    message = Message.objects.get(direction="i")
    assert (message.kind, message.extra["voicemail"], message.extra["seconds"]) == ("voice", True, 12)
    attachment = Attachment.objects.get()
    assert (attachment.state, attachment.kind) == (Attachment.State.READY, "voice")
    assert attachment.media_id
    assert house.exchange.deleted == [phone.recording]
    assert Recording.objects.get().state == Recording.State.DELETED
    conversation = Conversation.objects.get()
    assert conversation.waiting_since
    assert conversation.due_at
    assert Call.objects.get().ending == Ending.MESSAGE_LEFT


def test_a_message_is_kept_whatever_comes_first_and_however_often(house: House) -> None:
    close(house)
    house.exchange.sound = voice()
    phone = house.phone().dial().press("1")
    phone.speak(9, told=False, then_hangs_up=True)
    house.work()
    assert not Message.objects.filter(direction="i").exists()
    for _ in range(2):
        phone.tell_of_recording(9)
        house.exchange.bring(*house.exchange.told)
        house.work()
    assert Message.objects.filter(direction="i").count() == 1
    assert Call.objects.get().ending == Ending.MESSAGE_LEFT


def test_a_message_of_which_nobody_tells_is_asked_for(house: House) -> None:
    close(house)
    house.exchange.sound = voice()
    house.phone().dial().press("1").speak(9, told=False, then_hangs_up=True)
    Recording.objects.update(made_at=now() - timedelta(minutes=11))
    from aidline.calls.recordings import tell_of_lost

    assert tell_of_lost() == 1
    house.work()
    assert Attachment.objects.get().state == Attachment.State.READY


def test_silence_is_no_message_but_somebody_called(house: House) -> None:
    close(house)
    phone = house.phone().dial().press("1")
    phone.speak(1)
    phone.hang_up()
    house.work()
    assert not Message.objects.filter(direction="i").exists()
    assert Message.objects.filter(kind="call_missed").exists()
    assert Conversation.objects.get().waiting_since
    assert house.exchange.deleted == [phone.recording]


def test_a_recording_that_cannot_be_deleted_is_tried_again_and_counted(house: House) -> None:
    from aidline.calls.queries import not_deleted

    close(house)
    house.exchange.sound = voice()
    house.exchange.fails = {}
    phone = house.phone().dial().press("1").speak(9)
    phone.hang_up()
    house.exchange.fails = {"Recordings/RE": 403}
    house.work()
    assert not_deleted(house.centre, timedelta()) == 1
    Recording.objects.update(made_at=now() - timedelta(hours=2))
    (told,) = doctor.recordings(None)  # type: ignore[arg-type]
    assert told.words.startswith("Port Merin: 1 recordings still lie at the provider.")
    client = Client()
    client.force_login(house.sol.staff)
    page = client.get(f"/c/{house.centre.slug}/health/").content.decode()
    assert "1 recording still lies at the provider." in page
    Recording.objects.update(state=Recording.State.DELETED)
    assert list(doctor.recordings(None)) == []  # type: ignore[arg-type]
    assert "at the provider" not in client.get(f"/c/{house.centre.slug}/health/").content.decode()


def test_nothing_is_recorded_without_a_yes(house: House) -> None:
    close(house)
    line(house, records_voicemail_after_yes=True)
    phone = house.phone().dial().press("1")
    assert "May we record" in phone.last
    phone.press("2")
    assert "Nothing is recorded" in phone.last
    phone.press("2")
    assert "You keep your place" in phone.last
    assert Callback.objects.count() == 1
    again = house.phone("+447700900124").dial().press("1").press("1")
    assert again.verb is not None
    assert again.verb.tag == "Record"


def test_a_place_in_the_queue_is_kept_by_a_call_back(house: House) -> None:
    phone = house.waiting_caller()
    since = Call.objects.get().wait_since
    phone.press("2")
    assert phone.over
    callback = Callback.objects.get()
    assert callback.wait_since == since
    assert Call.objects.get().ending == Ending.CALLBACK
    house.work()
    house.waiting_caller().press("2")
    assert Callback.objects.count() == 1


def test_who_hides_their_number_is_asked_for_one(house: House) -> None:
    phone = house.waiting_caller("")
    phone.press("2")
    assert "On which number" in phone.last
    phone.press("00882123456789")
    assert "On which number" in phone.heard[-1]
    phone.press("07700900177")
    assert Callback.objects.get().number == "+447700900177"
    assert Call.objects.get().conversation.address is None


def test_message_from_the_queue(house: House) -> None:
    phone = house.waiting_caller().press("1")
    assert Call.objects.get().stage == Stage.FLOW
    house.exchange.sound = voice()
    phone.speak(5).hang_up()
    house.work()
    assert Message.objects.filter(direction="i").count() == 1


def test_places_and_times_are_honest(house: House) -> None:
    first = house.waiting_caller()
    second = house.waiting_caller("+447700900124")
    assert "1 person is before you." in second.last
    for _ in range(3):
        done = Call.objects.create(
            centre=house.centre,
            channel=house.channel,
            conversation=Call.objects.first().conversation,  # type: ignore[union-attr]
            key_id=Call.objects.first().key_id,  # type: ignore[union-attr]
            way="in",
            stage=Stage.OVER,
            wait_since=now() - timedelta(minutes=10),
            answered_at=now() - timedelta(minutes=6),
        )
        assert done
    from aidline.gateway import waiting

    waiting.forget()
    second.wait()
    assert "about 4 minutes" in second.heard[-3] + second.heard[-2] + second.last
    assert "You are next." in first.last


def test_danger_goes_before_all_others_and_ignores_hours(house: House) -> None:
    line(house, emergency_numbers=["112"])
    house.waiting_caller()
    close(house)
    second = house.phone("+447700900124").dial().press("*")
    call = Call.objects.latest("began_at")
    assert (call.stage, call.risk) == (Stage.QUEUED, "imminent")
    assert "1 1 2" in second.last
    house.mira.is_there()
    house.work()
    offer = house.mira.rings()
    assert offer
    assert offer.call == call


def test_blocked_people_hear_where_help_is_and_can_be_in_danger(house: House) -> None:
    line(house, emergency_numbers=["112"])
    house.phone().dial().hang_up()
    house.work()
    block_person(by=house.sol.staff, person=Person.objects.get(), until=now() + timedelta(days=1), reason="")
    phone = house.phone().dial()
    assert "1 1 2" in phone.last
    phone.wait()
    assert phone.over
    house.work()
    assert Call.objects.latest("began_at").ending == Ending.RESTRICTED
    house.phone().dial().press("*")
    call = Call.objects.latest("began_at")
    assert (call.stage, call.risk) == (Stage.QUEUED, "imminent")


def test_calls_are_recorded_after_a_yes_only(house: House) -> None:
    line(house, records_calls=True)
    house.mira.is_there()
    phone = house.waiting_caller()
    assert "May we record this call?" in phone.last
    phone.press("1")
    house.mira.accept()
    house.work()
    assert phone.verb is not None
    conference = phone.verb.find("Conference")
    assert conference is not None
    assert conference.attrib["record"] == "record-from-start"


def test_without_a_yes_people_talk_all_the_same(house: House) -> None:
    line(house, records_calls=True)
    house.mira.is_there()
    phone = house.waiting_caller().press("2")
    house.mira.accept()
    house.work()
    assert phone.verb is not None
    conference = phone.verb.find("Conference")
    assert conference is not None
    assert "record" not in conference.attrib


def test_who_hung_up_while_waiting_stays_in_the_queue(house: House) -> None:
    house.waiting_caller().hang_up()
    house.work()
    call, conversation = Call.objects.get(), Conversation.objects.get()
    assert (call.ending, conversation.waiting_since) == (Ending.ABANDONED, call.wait_since)
    (row,) = queue(house.mira.seat, QueueFilter.read({"view": "waiting"}))
    assert row.conversation.due_at
    missed = Message.objects.get(kind="call_missed")
    assert wording.event(missed, missed.extra or {}, {}) == "Hung up while waiting"


def test_a_missed_call_is_given_to_who_is_free(house: House) -> None:
    set_presence(membership=house.noor.membership, state=PresenceState.AVAILABLE)  # without a telephone
    house.waiting_caller().hang_up()
    house.work()
    assert Conversation.objects.get().assignee == house.noor.membership


def test_where_the_centre_does_not_want_it_a_missed_call_closes(house: House) -> None:
    line(house, missed_calls_wait=False)
    house.waiting_caller().hang_up()
    house.work()
    assert Conversation.objects.get().state == "c"


def test_a_long_wait_offers_message_and_call_back(house: House) -> None:
    phone = house.waiting_caller()
    Call.objects.update(wait_since=now() - timedelta(minutes=20))
    phone.wait()
    assert "It takes long today." in phone.last
    assert "press 2" in phone.last


def test_a_silent_line_is_closed(house: House) -> None:
    house.waiting_caller()
    Call.objects.update(turn_at=now() - timedelta(minutes=3))
    call_tending.tend()
    assert Call.objects.get().stage == Stage.OVER


def test_numbers_are_one_person_with_their_messages(house: House) -> None:
    house.phone().dial()
    assert Address.objects.get().value == AMAL
    assert sound
