"""A call script in the XML of Africa's Talking.

Sources: docs.africastalking.com/voice (actions and the page of each), read 2026-11-24.

Quirks:
- Its own voice reads English only.
- There is no pause and no verb to hang up: a document that runs out of actions ends the call. What waits for the
  caller goes on to the next action only if nothing was pressed or said, so that a Redirect always follows.
- One prompt may stand inside GetDigits or Record. What is heard before stands outside, and keys do not count there.
- The address named in an action is the address of the whole call from then on, its end is told there too.
- Its rooms have neither names nor seats: nobody is put into one. Where a script would do so, `then` is asked at once,
  and agents are reached by `Transfer`, at their telephones.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from aidline.channels.contract import HookAnswer
from aidline.channels.contract.voice import (
    Connect,
    Enqueue,
    Gather,
    Hangup,
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

SPEAKS = frozenset({"en"})
_LONGEST_SAY = 1000


def answer(script: Script) -> HookAnswer:
    return HookAnswer(content_type="application/xml; charset=utf-8", body=document(script))


def document(script: Script) -> bytes:
    response = Element("Response")
    for verb in script:
        _VERBS[type(verb)](response, verb)
        if isinstance(verb, _ENDING):
            break
    if not len(response):
        SubElement(response, "Reject")
    made: bytes = tostring(response, encoding="utf-8")
    return b'<?xml version="1.0" encoding="UTF-8"?>' + made


_ENDING = (Gather, Record, Enqueue, Connect, Transfer, Redirect, Hangup, Reject)

# --- heard -----------------------------------------------------------------------------------------------


def _say(into: Element, say: Say) -> None:
    for piece in _pieces(say.text):
        SubElement(into, "Say", voice="woman").text = piece


def _pieces(text: str) -> Iterator[str]:
    return (piece for piece in split(clean(text).strip(), _LONGEST_SAY) if piece.strip())


def _play(into: Element, play: Play) -> None:
    SubElement(into, "Play", url=play.url)


def _nothing(_: Element, __: Pause | Hangup | Reject) -> None:
    pass


def _prompts(into: Element, prompts: tuple[Prompt, ...]) -> None:
    for prompt in prompts:
        _VERBS[type(prompt)](into, prompt)


def _around(into: Element, prompts: tuple[Prompt, ...], name: str, how: dict[str, str]) -> None:
    """The last prompt inside, the others before."""
    _prompts(into, prompts)
    last = into[-1] if len(into) else None
    waiting = Element(name, how)
    if last is not None:
        into.remove(last)
        waiting.append(last)
    into.append(waiting)


# --- asked -----------------------------------------------------------------------------------------------


def _gather(into: Element, gather: Gather) -> None:
    how = _keys(gather.then, most=gather.most, seconds=gather.seconds)
    if gather.finish and gather.most > 1:
        how["finishOnKey"] = gather.finish
    _around(into, gather.prompts, "GetDigits", how)
    _redirect(into, Redirect(gather.then))


def _keys(then: str, *, most: int, seconds: int) -> dict[str, str]:
    return {"numDigits": str(max(1, most)), "timeout": str(max(1, seconds)), "callbackUrl": then}


def _record(into: Element, record: Record) -> None:
    how = {
        "finishOnKey": record.finish or "#",
        "maxLength": str(max(1, record.seconds)),
        "timeout": str(max(1, record.silence)),
        "trimSilence": "true",
        "playBeep": "true",
        "callbackUrl": record.then,
    }
    _around(into, record.prompts, "Record", how)
    _redirect(into, Redirect(record.then))


def _enqueue(into: Element, queue: Enqueue) -> None:
    music = (Play(queue.music),) if queue.music else ()
    how = _keys(queue.then, most=1, seconds=1 if music else queue.seconds)
    _around(into, (*queue.prompts, *music), "GetDigits", how)
    _redirect(into, Redirect(queue.then))


# --- joined, left ----------------------------------------------------------------------------------------


def _connect(into: Element, connect: Connect) -> None:
    _redirect(into, Redirect(connect.then))


def _transfer(into: Element, transfer: Transfer) -> None:
    how = {"phoneNumbers": transfer.number, "sequential": "true"}
    if transfer.caller_id:
        how["callerId"] = transfer.caller_id
    SubElement(into, "Dial", how)
    _redirect(into, Redirect(transfer.then))


def _redirect(into: Element, redirect: Redirect) -> None:
    SubElement(into, "Redirect").text = redirect.url


_VERBS: Mapping[type[Verb], Callable[[Element, Any], None]] = {
    Say: _say,
    Play: _play,
    Pause: _nothing,
    Gather: _gather,
    Record: _record,
    Enqueue: _enqueue,
    Connect: _connect,
    Transfer: _transfer,
    Redirect: _redirect,
    Hangup: _nothing,
    Reject: _nothing,
}
