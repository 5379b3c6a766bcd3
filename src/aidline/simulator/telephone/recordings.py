"""What was recorded, and the news of it. The file can be fetched until we delete it."""

from aidline.kernel.clock import now
from aidline.kernel.ids import new_id
from aidline.simulator import hooks, postman
from aidline.simulator.content import sound
from aidline.simulator.hearing import new_file
from aidline.simulator.models import PracticeCall, PracticeRecording, PracticeRoom
from aidline.simulator.telephone import following, heard, naming, telling
from aidline.simulator.telephone.rows import Then

READY_AFTER = 0.5  # seconds until the file can be fetched: its news come after the call went on
WAV = "audio/wav"


def spoken(call: PracticeCall, voice: bytes, *, hung_up: bool = False) -> list[Then] | None:
    """What the caller said after the tone. None where nobody listens."""
    if call.doing != "recording":
        return None
    verb = following.present(call)
    recording = _build(call, verb.get("recordingStatusCallback"), voice)
    heard.note(call, "spoke", seconds=recording.seconds)
    fields = {
        "RecordingSid": recording.sid,
        "RecordingUrl": url_of(recording),
        "RecordingDuration": str(recording.seconds),
        "Digits": "hangup" if hung_up else verb.get("finishOnKey", "#")[:1],
    }
    kept: list[Then] = [lambda: _keep(recording, voice)]
    return kept + following.ask(call, following.action_of(call), fields)


def _build(call: PracticeCall, told_to: str, voice: bytes) -> PracticeRecording:
    recording = PracticeRecording(
        id=new_id(), centre_id=call.centre_id, channel=call.channel, call=call, state="completed"
    )
    recording.told = {"url": told_to, "source": "RecordVerb"}
    recording.seconds = max(1, round(heard.seconds_of_wav(voice)))
    return recording


def _keep(recording: PracticeRecording, voice: bytes) -> None:
    recording.file = new_file(recording.channel, voice, WAV, "recording.wav")
    recording.save(force_insert=True)
    postman.after(READY_AFTER, lambda: telling.of_recording(recording, url_of(recording)))


def none_was_made(call: PracticeCall) -> None:
    """Hung up after the tone, without a word."""
    told_to = following.present_in(call, "recordingStatusCallback")
    recording = _build(call, told_to, b"")
    recording.state, recording.seconds = "absent", 0
    telling.of_recording(recording, url_of(recording))


def url_of(recording: PracticeRecording) -> str:
    base = str((recording.channel.config or {}).get("base_url", "")).rstrip("/")
    sid = naming.account_sid(recording.channel)
    return f"{base or hooks.public_url()}/2010-04-01/Accounts/{sid}/Recordings/{recording.sid}"


# --- of a whole room --------------------------------------------------------------------------------------


def room_is_over(room: PracticeRoom) -> None:
    for recording in PracticeRecording.objects.filter(room=room, state__in=("in-progress", "paused")):
        recording.seconds = max(1, int((now() - recording.made_at).total_seconds()))
        recording.state = "completed"
        recording.file = new_file(room.channel, sound.wav(min(recording.seconds, 8)), WAV, "call.wav")
        recording.save()
        telling.of_recording(recording, url_of(recording))
