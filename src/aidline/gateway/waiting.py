"""The queue, as it is heard: place and expected time, and keys that always work."""

from collections.abc import Iterable
from datetime import timedelta

from aidline.calls import callbacks, connecting, offering, queueing, telling
from aidline.calls.models import Call
from aidline.calls.rules import calling_codes, refusal, worse
from aidline.calls.states import Doing, Ending, Stage
from aidline.channels.contract.voice import Enqueue, Prompt, Script
from aidline.flows.language import Line
from aidline.gateway import call_words as words
from aidline.gateway import sounds
from aidline.gateway.asking import Question, spoken
from aidline.gateway.remembered import Remembered
from aidline.gateway.sites import Site
from aidline.gateway.turns import DANGER, Turn
from aidline.kernel import phones
from aidline.kernel.clock import now

KEYS_EVERY = 3  # times round the loop
_times: Remembered[tuple[int | None]] = Remembered(most=1000, seconds=15)


def enter(turn: Turn, lines: Iterable[Line]) -> Script:
    """Where calls are recorded, the caller is told before anybody listens."""
    line, call = turn.site.line, turn.call
    urgent = call.risk == "imminent"
    if line.records_calls and call.recording_consent is None and not urgent:
        if line.asks_consent:
            turn.keep(consent="call")
            question = Question((*lines, words.may_record_call(turn.site.centre, turn.language)))
            return turn.ask(Doing.CONSENT, question)
        turn.change(recording_consent=True)
        lines = (*lines, words.records_call(turn.site.centre, turn.language))
    return begin(turn, lines)


def begin(turn: Turn, lines: Iterable[Line]) -> Script:
    turn.change(wait_since=queueing.begin_waiting(turn.call, turn.at))
    was = turn.call.stage
    turn.go(Stage.QUEUED, Doing.QUEUE)
    if was != Stage.QUEUED:
        telling.hint(turn.call)
        offering.offer_waiting(turn.site.centre.pk, callbacks=False)
    return script_of_queue(turn.site, turn.call, lines)


def stay(turn: Turn, lines: Iterable[Line] = ()) -> Script:
    turn.go(Stage.QUEUED, Doing.QUEUE)
    return script_of_queue(turn.site, turn.call, lines)


def raise_risk(turn: Turn) -> Script:
    """By the caller's own key. It ignores hours, places and blocks."""
    if turn.call.risk != "imminent":
        turn.change(risk=worse(turn.call.risk, "imminent"))
        telling.line(turn.call, "call_danger")
    urgent = words.emergency(turn.site.centre, turn.language, turn.site.line.emergency_numbers)
    return begin(turn, [*urgent, words.first(turn.site.centre, turn.language)])


def back_to_queue(turn: Turn) -> Script:
    """The agent is gone, the caller is not: before all others, with the time they have waited already."""
    turn.change(front=True, wait_since=turn.call.wait_since or turn.call.began_at)
    offering.withdraw(connecting.pending(turn.call))
    connecting.empty(turn.call)
    telling.line(turn.call, "call_lost")
    return begin(turn, [words.lost(turn.site.centre, turn.language)])


# --- what is heard ---------------------------------------------------------------------------------------


def script_of_queue(site: Site, call: Call, before: Iterable[Line] = ()) -> Script:
    prompts: tuple[Prompt, ...] = spoken(site, [*before, *_loop(site, call, bool(before))])
    return (Enqueue(prompts=prompts, then=site.turn(call), music=sounds.music_url(), seconds=20),)


def _loop(site: Site, call: Call, first: bool) -> list[Line]:
    centre, language = site.centre, call.language
    if call.risk == "imminent":
        return words.emergency(centre, language, site.line.emergency_numbers)
    position = queueing.position(call)
    long = _is_long(site, call, position)
    lines = [words.place(centre, language, position)]
    lines.append(words.expected(centre, language, _expected(call)))
    if first or long or call.step % KEYS_EVERY == 0:
        danger = str((call.flow or {}).get("danger") or DANGER)
        lines += words.keys(centre, language, danger, long=long)
    return lines


def _is_long(site: Site, call: Call, position: int) -> bool:
    """Then message and callback are offered by themselves, each time round; who wants to stay stays."""
    waited = now() - (call.wait_since or now())
    if waited > timedelta(minutes=site.line.longest_wait_minutes):
        return True
    return position > site.line.longest_queue


def _expected(call: Call) -> int | None:
    """Asked by every caller at every turn, so it is looked up a few times a minute only."""
    known = _times.get(call.centre_id.hex)
    if known is None:
        known = (queueing.expected_minutes(call.centre_id, now()),)
        _times.put(call.centre_id.hex, known)
    return known[0]


# --- calling back ----------------------------------------------------------------------------------------


def call_back(turn: Turn) -> Script:
    """On the number they call from; who hides it is asked for one."""
    if turn.call.conversation.address_id:
        return _promised(turn, "")
    question = Question((words.which_number(turn.site.centre, turn.language),), most=15)
    return turn.ask(Doing.NUMBER, question)


def hear_number(turn: Turn) -> Script:
    site = turn.site
    number = phones.normalise(turn.digits, site.centre.region) if turn.digits else None
    if number and not refusal(number, calling_codes(site.line.ways_out, site.centre.region)):
        return _promised(turn, number)
    tries = (turn.kept("tries") or 0) + 1
    turn.keep(tries=tries)
    if tries < 3:
        question = Question((words.which_number(site.centre, turn.language),), most=15)
        return turn.ask(Doing.NUMBER, question)
    return begin(turn, ())


def _promised(turn: Turn, number: str) -> Script:
    callbacks.ask_back(turn.call, number)
    return turn.say_goodbye([words.calls_back(turn.site.centre, turn.language)], Ending.CALLBACK)


def forget() -> None:
    _times.clear()
