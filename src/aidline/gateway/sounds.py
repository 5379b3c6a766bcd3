"""What a caller hears, as addresses: a recording of the centre first, then the provider's own voice, then ours.

An address says nothing and cannot be guessed; any process on any machine answers it. Speech is made when it is
fetched, so that the turn of a call never waits for it, and is made again where it is not remembered: a sentence
takes a few milliseconds.
"""

import logging
import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from functools import partial
from uuid import UUID

from django.conf import settings
from django.db import transaction

from aidline import vault
from aidline.channels.contract.voice import Pause, Play, Prompt, Say, Voice
from aidline.flows.language import Line
from aidline.flows.models import Prompt as Recording
from aidline.flows.models import Sound
from aidline.gateway.remembered import Remembered
from aidline.kernel import melody, speech
from aidline.kernel.clock import now

log = logging.getLogger(__name__)

PATH = "/voice/sound/"
_MUSIC, _TONE = "music-1", "tone-1"
_MADE = {_MUSIC: melody.music, _TONE: melody.tone}
TOUCH = timedelta(days=1)
KEEP = timedelta(days=60)

_known: Remembered[UUID] = Remembered(
    most=20_000, seconds=3600
)  # written already, as far as this process knows
_remembered: Remembered[bytes] = Remembered(most=16 * 1024 * 1024, weigh=len)

# --- what is to be heard ---------------------------------------------------------------------------------


def prompt(voice: Voice, centre_id: UUID, line: Line) -> Prompt:
    return prompts(voice, centre_id, [line])[0]


def prompts(voice: Voice, centre_id: UUID, lines: Iterable[Line]) -> tuple[Prompt, ...]:
    """At most one SELECT, and one INSERT for words that nobody was told before."""
    wanted = tuple(lines)
    recorded = _recordings(centre_id, wanted)
    made = _spoken(centre_id, [line for line in wanted if _is_ours(voice, line, recorded)])
    return tuple(_prompt(line, recorded, made) for line in wanted)


def music_url() -> str:
    """Heard while waiting; can be repeated without a seam."""
    return _url(_MUSIC)


def tone_url() -> str:
    """Where there is nothing else: never silence. Needs neither database nor speech."""
    return _url(_TONE)


def recording_url(recording: Recording) -> str:
    return _url(f"r{recording.media_id.hex}")


Recordings = Mapping[tuple[str, str], Recording]


def _recordings(centre_id: UUID, lines: Iterable[Line]) -> Recordings:
    names = {line.recording for line in lines if line.recording}
    if not names:
        return {}
    found = Recording.objects.filter(centre=centre_id, name__in=names)
    return {(recording.name, recording.language): recording for recording in found}


def _is_ours(voice: Voice, line: Line, recorded: Recordings) -> bool:
    return (line.recording, line.language) not in recorded and line.language not in voice.speaks


def _prompt(line: Line, recorded: Recordings, made: Mapping[Line, UUID]) -> Prompt:
    recording = recorded.get((line.recording, line.language))
    if recording:
        return Play(recording_url(recording))
    if not line.text.strip():
        return Pause()
    if line in made:
        return Play(_url(made[line].hex))
    return Say(speech.spoken(line.text), line.language)


def _url(name: str) -> str:
    return f"{settings.PUBLIC_URL}{PATH}{name}.wav"


# --- words that get an address ---------------------------------------------------------------------------


def _spoken(centre_id: UUID, lines: Iterable[Line]) -> dict[Line, UUID]:
    """Written when the caller's transaction is over, in one statement of its own: two calls that are told the same
    words in another order would else wait for each other."""
    found = {line: _address(centre_id, line) for line in lines if line.text.strip()}
    fresh = {address: line for line, address in found.items() if not _known.get(address.hex)}
    if fresh:
        transaction.on_commit(partial(_keep, centre_id, fresh), robust=True)
    return found


def _address(centre_id: UUID, line: Line) -> UUID:
    words = f"{speech.VERSION}|{line.language}|{line.text}"
    return UUID(bytes=vault.blind_index(words, scope=centre_id, purpose="sound"))


def _keep(centre_id: UUID, fresh: Mapping[UUID, Line]) -> None:
    rows = [_row(address, centre_id, line) for address, line in sorted(fresh.items())]
    Sound.objects.bulk_create(rows, ignore_conflicts=True)
    Sound.objects.filter(pk__in=fresh, used_at__lt=now() - TOUCH).update(used_at=now())
    for address in fresh:
        _known.put(address.hex, address)


def _row(address: UUID, centre_id: UUID, line: Line) -> Sound:
    row = Sound(id=address, centre_id=centre_id, language=line.language)
    row.text = line.text
    return row


def forget_unused() -> None:
    """Words that no flow says any more, in bites."""
    old = Sound.objects.filter(used_at__lt=now() - KEEP).values_list("pk", flat=True)[:2000]
    Sound.objects.filter(pk__in=list(old)).delete()


# --- answering an address --------------------------------------------------------------------------------

Headers = list[tuple[str, str]]
Answer = tuple[int, Headers, bytes]

_NAME = re.compile(r"r?[0-9a-f]{32}")
_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")


def serve(path: str, asked_range: str = "") -> Answer:
    """For any thread; asks the database only for what this process does not remember. `asked_range` is the header
    of that name: some browsers play nothing without it."""
    name = path.removeprefix(PATH).removesuffix(".wav")
    if name not in _MADE and not _NAME.fullmatch(name):
        return 404, [("content-length", "0")], b""
    wav = _wav(name)
    lasts = "public, max-age=31536000, immutable" if wav else "no-store"
    return answer(wav or melody.tone(), asked_range, lasts=lasts)


def _wav(name: str) -> bytes | None:
    """None where there should have been words."""
    if name in _MADE:
        return _MADE[name]()
    if name.startswith("r"):
        recording = Recording.objects.filter(media_id=UUID(name[1:])).first()
        return _recorded(recording) if recording else None
    return _remembered.get(name) or _made(name)


def recorded(recording: Recording) -> bytes:
    return _recorded(recording) or melody.tone()


def _recorded(recording: Recording) -> bytes | None:
    """If the file is lost, its words are read instead."""
    try:
        return vault.media.read(recording.media_id, scope=recording.centre_id)
    except vault.VaultError:
        log.warning("the recording %s cannot be read", recording.pk)
        return _read(recording.words, recording.language)


def _made(name: str) -> bytes | None:
    row = Sound.objects.filter(pk=UUID(name)).first()
    wav = _read(row.text, row.language) if row else None
    if wav:
        _remembered.put(name, wav)
    return wav


def _read(text: str, language: str) -> bytes | None:
    try:
        return speech.read(text, language)
    except speech.NoSpeech:
        return None


def answer(wav: bytes, asked_range: str = "", *, lasts: str) -> Answer:
    headers = [("content-type", "audio/wav"), ("accept-ranges", "bytes"), ("cache-control", lasts)]
    asked = _RANGE.fullmatch(asked_range.strip())
    if asked is None or not any(asked.groups()):
        return 200, [*headers, ("content-length", str(len(wav)))], wav
    first, last = _ends(asked[1], asked[2], len(wav))
    if first > last:
        return 416, [("content-range", f"bytes */{len(wav)}"), ("content-length", "0")], b""
    part = wav[first : last + 1]
    where = ("content-range", f"bytes {first}-{last}/{len(wav)}")
    return 206, [*headers, where, ("content-length", str(len(part)))], part


def _ends(first: str, last: str, length: int) -> tuple[int, int]:
    """RFC 9110, 14.1.2; without a first place, the last so many bytes."""
    if not first:
        return max(0, length - int(last)), length - 1
    return int(first), min(int(last or length), length - 1)
