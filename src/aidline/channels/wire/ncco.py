"""A call script as Vonage wants it: a list of actions in JSON, an NCCO.

Sources: developer.vonage.com/voice/voice-api/ncco-reference, …/guides/text-to-speech, …/guides/recording, read
2026-11-24.

Quirks:
- A list that has been done ends the call. Whatever leads on is a `notify` at its end: its answer takes the place of
  the list. So does the answer to an `input`; should it be empty, the list goes on.
- Prompts in which keys count stand directly before the `input`: nothing else may stand between, no pause either.
- A recording is told to an address of its own, much later, and names neither the call nor what it was for: both
  travel along in that address, and its mark also in the `notify` that follows.
- Nobody is muted in a room: who hears whom is told when somebody joins. There is no music in the format of a WAV
  without a header.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

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

Action = dict[str, Any]

VOICES: Mapping[str, str] = {
    "ar": "ar",
    "de": "de-DE",
    "en": "en-GB",
    "es": "es-ES",
    "fr": "fr-FR",
    "it": "it-IT",
    "nl": "nl-NL",
    "pl": "pl-PL",
    "pt": "pt-PT",
    "ro": "ro-RO",
    "ru": "ru-RU",
    "tr": "tr-TR",
    "uk": "uk-UA",
}

RECORDED = "recorded"  # in the payload of a `notify` after a recording
_LONGEST_TALK = 1200  # signs; they read 1500
_LONGEST_WAIT, _MOST_KEYS = 10, 20
_BEGIN_A_ROOM = frozenset({Part.AGENT, Part.CONSULT, Part.THIRD, Part.BARGER})
_UNHEARD = frozenset({Part.LISTENER, Part.WHISPERER})


def answer(script: Script) -> HookAnswer:
    return HookAnswer(content_type="application/json", body=document(script))


def document(script: Script) -> bytes:
    return json.dumps(list(_actions(script)), ensure_ascii=False).encode()


def _actions(script: Script) -> Iterator[Action]:
    for verb in script:
        yield from _VERBS[type(verb)](verb)
        if isinstance(verb, _ENDING):
            return


_ENDING = (Gather, Record, Enqueue, Connect, Transfer, Redirect, Hangup, Reject)

# --- heard -----------------------------------------------------------------------------------------------


def _say(say: Say) -> Iterator[Action]:
    known = {"language": VOICES[say.language]} if say.language in VOICES else {}
    for piece in split(clean(say.text).strip(), _LONGEST_TALK):
        if piece.strip():
            yield {"action": "talk", "text": _plain(piece), **known}


def _plain(text: str) -> str:
    """What begins with a mark of their own language is read as such."""
    return text.replace("<", " ").replace(">", " ").replace("&", "+")


def _play(play: Play) -> Iterator[Action]:
    yield {"action": "stream", "streamUrl": [play.url]}


def _pause(pause: Pause) -> Iterator[Action]:
    yield {"action": "wait", "timeout": max(1, pause.seconds)}


def _heard(prompts: tuple[Prompt, ...]) -> Iterator[Action]:
    for prompt in prompts:
        yield from _VERBS[type(prompt)](prompt)


# --- asked -----------------------------------------------------------------------------------------------


def _gather(gather: Gather) -> Iterator[Action]:
    yield from _asked(gather.prompts)
    yield _keys(gather.then, most=gather.most, seconds=gather.seconds, on_hash=gather.finish == "#")
    yield _on(gather.then)


def _asked(prompts: tuple[Prompt, ...]) -> Iterator[Action]:
    for action in _heard(tuple(prompt for prompt in prompts if not isinstance(prompt, Pause))):
        yield {**action, "bargeIn": True}


def _keys(then: str, *, most: int, seconds: int, on_hash: bool) -> Action:
    return {
        "action": "input",
        "type": ["dtmf"],
        "dtmf": {
            "maxDigits": min(max(1, most), _MOST_KEYS),
            "timeOut": min(max(1, seconds), _LONGEST_WAIT),
            "submitOnHash": on_hash,
        },
        **_event(then),
    }


def _record(record: Record) -> Iterator[Action]:
    mark = sha256(record.then.encode()).hexdigest()[:24]
    yield from _heard(record.prompts)
    yield {
        "action": "record",
        "format": "wav",
        "endOnSilence": min(max(3, record.silence), 10),
        "endOnKey": record.finish or "#",
        "timeOut": min(max(3, record.seconds), 7200),
        "beepStart": True,
        **_event(_with_mark(record.told, record.then, mark)),
    }
    yield _on(record.then, {RECORDED: mark})


def _with_mark(told: str, then: str, mark: str) -> str:
    call = parse_qs(urlsplit(then).query).get("call", [""])[0]
    return told + ("&" if "?" in told else "?") + urlencode({"call": call, RECORDED: mark})


def _enqueue(queue: Enqueue) -> Iterator[Action]:
    music = (Play(queue.music),) if queue.music else ()
    yield from _asked((*queue.prompts, *music))
    yield _keys(queue.then, most=1, seconds=1 if music else queue.seconds, on_hash=False)
    yield _on(queue.then)


# --- joined ----------------------------------------------------------------------------------------------


def _connect(connect: Connect) -> Iterator[Action]:
    yield conversation(connect)
    yield _on(connect.then)


def conversation(connect: Connect) -> Action:
    """The room outlives whoever leaves it: ending it is ours."""
    heard_by = [connect.coached] if connect.part is Part.WHISPERER and connect.coached else []
    return {
        "action": "conversation",
        "name": connect.room,
        "startOnEnter": connect.part in _BEGIN_A_ROOM,
        "endOnExit": False,
        **({"musicOnHoldUrl": [connect.music]} if connect.music else {}),
        **({"canSpeak": heard_by} if connect.part in _UNHEARD else {}),
        **({"record": True} if connect.recorded_to else {}),
    }


def _transfer(transfer: Transfer) -> Iterator[Action]:
    ours = {"from": _digits(transfer.caller_id)} if transfer.caller_id else {}
    yield {
        "action": "connect",
        "endpoint": [{"type": "phone", "number": _digits(transfer.number)}],
        "timeout": max(5, transfer.seconds),
        **ours,
    }
    yield _on(transfer.then)


def _digits(number: str) -> str:
    return number.removeprefix("+")


# --- left ------------------------------------------------------------------------------------------------


def _redirect(redirect: Redirect) -> Iterator[Action]:
    yield _on(redirect.url)


def _on(url: str, more: Mapping[str, str] | None = None) -> Action:
    return {"action": "notify", "payload": {"next": "script", **(more or {})}, **_event(url)}


def _event(url: str) -> Action:
    return {"eventUrl": [url], "eventMethod": "POST"}


def _nothing(_: Hangup | Reject) -> Iterator[Action]:
    return iter(())


_VERBS: Mapping[type[Verb], Callable[[Any], Iterator[Action]]] = {
    Say: _say,
    Play: _play,
    Pause: _pause,
    Gather: _gather,
    Record: _record,
    Enqueue: _enqueue,
    Connect: _connect,
    Transfer: _transfer,
    Redirect: _redirect,
    Hangup: _nothing,
    Reject: _nothing,
}
