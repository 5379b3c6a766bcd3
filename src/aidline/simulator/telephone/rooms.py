"""Conferences: who comes in, when talking begins, who is held, muted and whispers."""

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from aidline.channels.models import Channel
from aidline.kernel.clock import now
from aidline.kernel.ids import new_id
from aidline.simulator.lookalikes.twiml import Verb
from aidline.simulator.models import PracticeCall, PracticeRecording, PracticeRoom
from aidline.simulator.phones import touch
from aidline.simulator.states import Doing
from aidline.simulator.telephone import telling
from aidline.simulator.telephone.rows import Then


def join(call: PracticeCall, dial: Verb, conference: Verb) -> list[Then]:
    room = _open(call.channel, conference, dial)
    call.room, call.doing, call.due_at = room, Doing.IN_ROOM, None
    call.label = conference.get("participantLabel")
    call.muted, call.held = conference.yes("muted", default=False), False
    call.starts_room = conference.yes("startConferenceOnEnter", default=True)
    call.ends_room = conference.yes("endConferenceOnExit", default=False)
    call.coached = conference.get("coach")
    return [lambda: _joined(call, room, conference)]


def _open(channel: Channel, conference: Verb, dial: Verb) -> PracticeRoom:
    """The room of this name that goes on, or a new one. Whoever opens it says where its news go."""
    going = PracticeRoom.objects.filter(channel=channel, name=conference.text).exclude(state="completed")
    found = going.select_related("channel").first()
    if found:
        return found
    room = PracticeRoom(id=new_id(), centre_id=channel.centre_id, channel=channel, name=conference.text)
    room.told = {
        "url": conference.get("statusCallback"),
        "events": conference.get("statusCallbackEvent"),
        "recorded": conference.get("record", "do-not-record") != "do-not-record",
        "recorded_to": conference.get("recordingStatusCallback") or dial.get("recordingStatusCallback"),
    }
    try:
        with transaction.atomic():
            room.save(force_insert=True)
    except IntegrityError:  # somebody opened it in this moment
        return going.select_related("channel").get()
    return room


def _joined(call: PracticeCall, room: PracticeRoom, conference: Verb) -> None:
    _learn(room, conference)
    telling.of_room(room, "participant-join", telling.participant(call))
    start_if_ready(room)
    seen_by_all(room)


def _learn(room: PracticeRoom, conference: Verb) -> None:
    """A room that was opened without an address takes the one of who comes next."""
    told = room.told or {}
    if not told.get("url") and conference.get("statusCallback"):
        room.told = {
            **told,
            "url": conference.get("statusCallback"),
            "events": conference.get("statusCallbackEvent"),
        }
        PracticeRoom.objects.filter(pk=room.pk).update(told_sealed=room.told_sealed)


def start_if_ready(room: PracticeRoom) -> None:
    """Two are there, and one of them may begin it."""
    here = list(inside(room))
    ready = len(here) > 1 and any(one.starts_room for one in here)
    if ready and PracticeRoom.objects.filter(pk=room.pk, state="init").update(state="in-progress"):
        telling.of_room(room, "conference-start")
        if (room.told or {}).get("recorded"):
            record(room, str((room.told or {}).get("recorded_to", "")))


def record(room: PracticeRoom, told_to: str, call: PracticeCall | None = None) -> PracticeRecording:
    recording = PracticeRecording(
        id=new_id(), centre_id=room.centre_id, channel=room.channel, room=room, call=call, state="in-progress"
    )
    recording.told = {"url": told_to, "source": "StartCallRecordingAPI" if call else "Conference"}
    recording.save(force_insert=True)
    return recording


def inside(room: PracticeRoom) -> QuerySet[PracticeCall]:
    rows = PracticeCall.objects.filter(room=room, ended_at=None)
    return rows.select_related("channel", "phone__channel", "room", "parent").order_by("began_at")


def seen_by_all(room: PracticeRoom) -> None:
    """What changes for one changes what the phones of the others show."""
    touch([one.phone for one in inside(room) if one.phone])


def talks(call: PracticeCall) -> bool:
    """Somebody else is there to be talked with."""
    if call.room is None or call.room.state == "init" or call.held:
        return False
    return any(one.pk != call.pk and not one.held for one in inside(call.room))


# --- changes of a participant ------------------------------------------------------------------------------


def hold(call: PracticeCall, *, held: bool) -> list[Then]:
    if call.held == held:
        return []
    call.held = held
    return [_tells(call, "participant-hold" if held else "participant-unhold")]


def mute(call: PracticeCall, *, muted: bool) -> list[Then]:
    if call.muted == muted:
        return []
    call.muted = muted
    return [_tells(call, "participant-mute" if muted else "participant-unmute")]


def coach(call: PracticeCall, coached: str) -> list[Then]:
    if call.coached == coached:
        return []
    call.coached = coached
    return [_tells(call, "participant-modify")]


def _tells(call: PracticeCall, event: str) -> Then:
    room = call.room
    assert room is not None

    def tell() -> None:
        telling.of_room(room, event, telling.participant(call))
        seen_by_all(room)

    return tell


# --- going ------------------------------------------------------------------------------------------------


def leave(call: PracticeCall) -> tuple[list[Then], PracticeRoom | None]:
    """The room it was in. Who else has to go because of it is decided by `leaving`."""
    room = call.room
    if room is None:
        return [], None
    who = telling.participant(call)
    call.room, call.held = None, False
    return [lambda: telling.of_room(room, "participant-leave", who), lambda: seen_by_all(room)], room


def close(room: PracticeRoom) -> bool:
    """False: it was closed already."""
    rows = PracticeRoom.objects.filter(pk=room.pk).exclude(state="completed")
    return bool(rows.update(state="completed", ended_at=now()))
