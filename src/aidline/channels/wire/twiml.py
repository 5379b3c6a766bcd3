"""A call script in Twilio's language, TwiML.

Sources: twilio.com/docs/voice/twiml with its pages on say (and text-speech), gather, record, dial, conference and
number, read 2026-11-24; attributes as in Twilio's own library for Python, 9.13.

Quirks:
- A Gather or Record in which nothing happens falls through to the next verb, and a document that runs out of verbs
  ends the call: both are always followed by a Redirect, and every document ends in a verb that ends it.
- A conference with one person in it has not begun: until somebody joins who begins it, music plays. A caller does
  not begin one, so that a supervisor who only listens leaves the music on.
- Whoever coaches and is muted is heard by nobody; whoever coaches nobody would be heard by all.
- An empty waitUrl is silence, a missing one is Twilio's own music.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlencode
from xml.etree.ElementTree import Element, SubElement, tostring

from aidline.channels.contract import HookAnswer
from aidline.channels.contract.voice import (
    Connect,
    Enqueue,
    Gather,
    Hangup,
    Part,
    Pause,
    Play,
    Prompt,
    Record,
    Redirect,
    Reject,
    Say,
    Script,
    Transfer,
    Verb,
)
from aidline.kernel.text import clean, split

# Ours: a voice and its own name of the language. Languages without one here are played as speech that we make.
VOICES: Mapping[str, tuple[str, str]] = {
    "ar": ("Polly.Zeina", "arb"),
    "de": ("Polly.Vicki", "de-DE"),
    "en": ("Polly.Amy", "en-GB"),
    "es": ("Polly.Lucia", "es-ES"),
    "fr": ("Polly.Lea", "fr-FR"),
    "it": ("Polly.Carla", "it-IT"),
    "nl": ("Polly.Lotte", "nl-NL"),
    "pl": ("Polly.Ewa", "pl-PL"),
    "pt": ("Polly.Ines", "pt-PT"),
    "ro": ("Polly.Carmen", "ro-RO"),
    "ru": ("Polly.Tatyana", "ru-RU"),
    "tr": ("Polly.Filiz", "tr-TR"),
    "uk": ("Google.uk-UA-Standard-A", "uk-UA"),
}

ROOM = "room"  # in the query of an address that is told of a recording
ROOM_EVENTS = ("start", "end", "join", "leave", "mute", "hold")
_LONGEST_SAY = 3000  # signs; Twilio reads 4096 at most
_BEGIN_A_ROOM = frozenset({Part.AGENT, Part.CONSULT, Part.THIRD, Part.BARGER})
_UNHEARD = frozenset({Part.LISTENER, Part.WHISPERER})


def answer(script: Script) -> HookAnswer:
    return HookAnswer(content_type="text/xml; charset=utf-8", body=document(script))


def document(script: Script) -> bytes:
    """What stands after a verb that ends the document is left out; without one the call is ended."""
    response = Element("Response")
    for verb in script:
        _VERBS[type(verb)](response, verb)
        if isinstance(verb, _ENDING):
            break
    else:
        SubElement(response, "Hangup")
    made: bytes = tostring(response, encoding="utf-8")
    return b'<?xml version="1.0" encoding="UTF-8"?>' + made


_ENDING = (Gather, Record, Enqueue, Connect, Transfer, Redirect, Hangup, Reject)

# --- heard -----------------------------------------------------------------------------------------------


def _say(into: Element, say: Say) -> None:
    voice, language = VOICES.get(say.language, ("", ""))
    known = {"voice": voice, "language": language} if voice else {}
    for piece in _pieces(say.text):
        SubElement(into, "Say", known).text = piece


def _pieces(text: str) -> Iterator[str]:
    return (piece for piece in split(clean(text).strip(), _LONGEST_SAY) if piece.strip())


def _play(into: Element, play: Play) -> None:
    SubElement(into, "Play").text = play.url


def _pause(into: Element, pause: Pause) -> None:
    SubElement(into, "Pause", length=str(max(1, pause.seconds)))


def _prompts(into: Element, prompts: tuple[Prompt, ...]) -> None:
    for prompt in prompts:
        _VERBS[type(prompt)](into, prompt)


# --- asked -----------------------------------------------------------------------------------------------


def _gather(into: Element, gather: Gather) -> None:
    keys = _keys(into, gather.then, most=gather.most, seconds=gather.seconds, finish=gather.finish)
    _prompts(keys, gather.prompts)
    _redirect(into, Redirect(gather.then))


def _keys(into: Element, then: str, *, most: int, seconds: int, finish: str) -> Element:
    return SubElement(
        into,
        "Gather",
        input="dtmf",
        action=then,
        method="POST",
        numDigits=str(max(1, most)),
        timeout=str(max(1, seconds)),
        finishOnKey=finish,
        actionOnEmptyResult="true",
    )


def _record(into: Element, record: Record) -> None:
    _prompts(into, record.prompts)
    SubElement(
        into,
        "Record",
        action=record.then,
        method="POST",
        timeout=str(max(1, record.silence)),
        maxLength=str(max(1, record.seconds)),
        finishOnKey=record.finish,
        playBeep="true",
        trim="trim-silence",
        recordingStatusCallback=record.told,
        recordingStatusCallbackMethod="POST",
        recordingStatusCallbackEvent="completed absent",
    )
    _redirect(into, Redirect(record.then))


def _enqueue(into: Element, queue: Enqueue) -> None:
    """A piece of waiting in which keys count, over and over: who is next is ours to say, not Twilio's."""
    seconds = 1 if queue.music else queue.seconds
    keys = _keys(into, queue.then, most=1, seconds=seconds, finish="")
    _prompts(keys, queue.prompts)
    if queue.music:
        _play(keys, Play(queue.music))
    _redirect(into, Redirect(queue.then))


# --- joined ----------------------------------------------------------------------------------------------


def _connect(into: Element, connect: Connect) -> None:
    dial = SubElement(into, "Dial", action=connect.then, method="POST")
    room = SubElement(dial, "Conference", _of_room(connect))
    room.text = connect.room


def _of_room(connect: Connect) -> dict[str, str]:
    """The room outlives whoever leaves it: ending it is ours."""
    return {
        "participantLabel": connect.label,
        "startConferenceOnEnter": _word(connect.part in _BEGIN_A_ROOM),
        "endConferenceOnExit": "false",
        "muted": _word(connect.part in _UNHEARD and not _coaches(connect)),
        "beep": "false",
        "waitUrl": connect.music,
        "waitMethod": "GET",
        "statusCallback": connect.told,
        "statusCallbackMethod": "POST",
        "statusCallbackEvent": " ".join(ROOM_EVENTS),
        **({"coach": connect.coached} if _coaches(connect) else {}),
        **_recording(connect),
    }


def _coaches(connect: Connect) -> bool:
    return connect.part is Part.WHISPERER and bool(connect.coached)


def _recording(connect: Connect) -> dict[str, str]:
    if not connect.recorded_to:
        return {}
    return {
        "record": "record-from-start",
        "recordingStatusCallback": about_room(connect.recorded_to, connect.room),
        "recordingStatusCallbackMethod": "POST",
        "recordingStatusCallbackEvent": "completed absent",
    }


def about_room(told: str, room: str) -> str:
    """News of a recording call the room by Twilio's own id only: our name rides in the query."""
    return told + ("&" if "?" in told else "?") + urlencode({ROOM: room})


def _transfer(into: Element, transfer: Transfer) -> None:
    how = {
        "action": transfer.then,
        "method": "POST",
        "timeout": str(max(5, transfer.seconds)),
        "answerOnBridge": "true",
        **({"callerId": transfer.caller_id} if transfer.caller_id else {}),
    }
    dial = SubElement(into, "Dial", how)
    SubElement(dial, "Number").text = transfer.number


# --- left ------------------------------------------------------------------------------------------------


def _redirect(into: Element, redirect: Redirect) -> None:
    SubElement(into, "Redirect", method="POST").text = redirect.url


def _hangup(into: Element, _: Hangup) -> None:
    SubElement(into, "Hangup")


def _reject(into: Element, reject: Reject) -> None:
    SubElement(into, "Reject", reason="busy" if reject.busy else "rejected")


def _word(truth: bool) -> str:
    return "true" if truth else "false"


_VERBS: Mapping[type[Verb], Callable[[Element, Any], None]] = {
    Say: _say,
    Play: _play,
    Pause: _pause,
    Gather: _gather,
    Record: _record,
    Enqueue: _enqueue,
    Connect: _connect,
    Transfer: _transfer,
    Redirect: _redirect,
    Hangup: _hangup,
    Reject: _reject,
}
