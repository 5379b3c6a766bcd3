"""What the flow wants done, on the phone: words to say, keys to ask for, a recording, a person, a goodbye."""

from collections.abc import Iterable

from aidline.calls.models import Call
from aidline.calls.rules import worse
from aidline.calls.states import Doing, Ending
from aidline.calls.telling import line as note
from aidline.centres.timetables import closed_text
from aidline.channels.contract.voice import Script
from aidline.conversations.models import Conversation, Topic
from aidline.flows.language import (
    Finish,
    Line,
    Mark,
    Offer,
    Read,
    Said,
    SpeakLanguage,
    Tell,
    ToPerson,
    Want,
    Wanted,
)
from aidline.flows.speaking import spoken as option_line
from aidline.flows.state import State
from aidline.flows.state import Turn as EngineTurn
from aidline.gateway import call_words as words
from aidline.gateway import waiting
from aidline.gateway.asking import Question, packed, unpacked
from aidline.gateway.asking import spoken as prompts
from aidline.gateway.flowing import Running, going_on
from aidline.gateway.turns import Turn
from aidline.language.arrivals import keep_chosen

MOST_DIGITS = 20
TRIES_IN_DANGER = 3


def spoken(turn: Turn, lines: Iterable[Line]) -> Script:
    return prompts(turn.site, lines)


def hear(turn: Turn, said: Said, before: Iterable[Line] = ()) -> Script:
    running = going_on(turn.site, turn.call)
    return follow(turn, running, running.hear(_state(turn.call), said), before)


def left_queue(turn: Turn, before: Iterable[Line] = ()) -> Script:
    running = going_on(turn.site, turn.call)
    return follow(turn, running, running.left_queue(_state(turn.call)), before)


def _state(call: Call) -> State:
    return State.unpacked(call.flow["run"])


def follow(turn: Turn, running: Running, done: EngineTurn, before: Iterable[Line] = ()) -> Script:
    """The last act is what the run waits on."""
    turn.keep(run=done.state.packed(), danger=running.flow.danger_key)
    lines = list(before)
    for act in done.acts:
        match act:
            case Tell(line):
                lines.append(line)
            case SpeakLanguage(language):
                _speak(turn, language)
            case Mark(topic):
                _mark(turn.call, topic)
            case Read(article):
                turn.keep(read=True)
                note(turn.call, "call_heard", article=str(article))
            case Offer(line, options):
                return turn.ask(Doing.FLOW, Question((*lines, line, *map(option_line, options))))
            case Want(line, wants, digits, seconds):
                return _want(turn, lines, Question((line,), *_answer(wants, digits, seconds)))
            case ToPerson():
                return _to_person(turn, running, done.state, act, lines)
            case Finish():
                break
    return _finish(turn, lines)


def _answer(wants: Wanted, digits: int, seconds: int) -> tuple[int, int]:
    if wants is Wanted.VOICE:
        return 1, seconds
    return digits or MOST_DIGITS, 0


def _want(turn: Turn, before: list[Line], question: Question) -> Script:
    """Nothing is recorded without a yes, where the centre wants one; all else is said before that is asked."""
    if question.record and turn.site.line.records_voicemail_after_yes and not turn.kept("may_record"):
        turn.keep(consent="message", then=packed(question))
        may = words.may_record_message(turn.site.centre, turn.language)
        return turn.ask(Doing.CONSENT, Question((*before, may)))
    return turn.ask(Doing.FLOW, question.after(before))


def _speak(turn: Turn, language: str) -> None:
    turn.change(language=language)
    conversation = turn.call.conversation
    if conversation.language != language:
        keep_chosen({conversation.person_id: language})
        conversation.language = language


def _mark(call: Call, code: str) -> None:
    topic = Topic.objects.filter(centre=call.centre_id, code=code).first()
    if topic:
        Conversation.objects.filter(pk=call.conversation_id).update(topic=topic)


def _finish(turn: Turn, lines: list[Line]) -> Script:
    left_word = turn.kept("left_word")
    how = Ending.MESSAGE_LEFT if left_word else Ending.CLOSED if turn.kept("closed") else Ending.SELF_SERVED
    return turn.say_goodbye(lines or [words.goodbye(turn.site.centre, turn.language)], how)


# --- to a person -----------------------------------------------------------------------------------------


def _to_person(turn: Turn, running: Running, state: State, act: ToPerson, lines: list[Line]) -> Script:
    turn.change(wanted_language=act.language, skill=act.skill[:40])
    _risk(turn, act.risk)
    urgent = turn.call.risk == "imminent"
    if turn.site.connects and (urgent or (running.world.is_open() and turn.site.channel.is_open)):
        if urgent:
            lines += words.emergency(turn.site.centre, turn.language, turn.site.line.emergency_numbers)
        return waiting.enter(turn, [*lines, *([act.line] if act.line else [])])
    if urgent:
        return _word_in_danger(turn, running, state, lines)
    return _nobody(turn, running, state, lines)


def _risk(turn: Turn, risk: str) -> None:
    """Told once in the conversation: who reads it later must see it."""
    before = turn.call.risk
    turn.change(risk=worse(before, risk))
    if turn.call.risk == "imminent" != before:
        note(turn.call, "call_danger")


def _nobody(turn: Turn, running: Running, state: State, lines: list[Line]) -> Script:
    """Why, where help is at once, and the flow's way for those whom nobody can take."""
    centre, language = turn.site.centre, turn.language
    if turn.kept("closed"):
        return _again_nobody(turn, running, state, lines)
    turn.keep(closed=True)
    if turn.site.connects:
        lines.append(words.closed(centre, language, closed_text(centre, turn.site.channel.pk, language)))
    else:
        lines.append(words.nobody_here(centre, language))
        _waits_for_answer(turn)
    lines += words.emergency(centre, language, turn.site.line.emergency_numbers)
    return follow(turn, running, running.left_queue(state), lines)


def _again_nobody(turn: Turn, running: Running, state: State, lines: list[Line]) -> Script:
    """The way out led to a person again: a message, and then the goodbye."""
    if turn.kept("last_word") or turn.kept("left_word"):
        return _finish(turn, lines)
    turn.keep(last_word=True)
    return follow(turn, running, running.leave_word(state), lines)


def _waits_for_answer(turn: Turn) -> None:
    """Agents see who asked for them in vain, even if no message is left."""
    turn.change(wait_since=turn.call.wait_since or turn.at)
    note(turn.call, "call_nobody")


def without_agents(turn: Turn) -> Script:
    """The line could connect people when they began to wait, and cannot any more."""
    running = going_on(turn.site, turn.call)
    return _nobody(turn, running, _state(turn.call), [])


def in_danger(turn: Turn) -> Script:
    """Straight to a person, whatever is closed; where nobody can answer, to a message that goes before all others."""
    if turn.site.connects:
        return waiting.raise_risk(turn)
    _risk(turn, "imminent")
    running = going_on(turn.site, turn.call)
    return _word_in_danger(turn, running, _state(turn.call), [])


def _word_in_danger(turn: Turn, running: Running, state: State, lines: list[Line]) -> Script:
    """No menu any more, however often the key is pressed: where help is, and a message at once."""
    centre, language = turn.site.centre, turn.language
    lines += [*words.emergency(centre, language, turn.site.line.emergency_numbers)]
    if not turn.kept("closed"):
        lines.append(words.nobody_here(centre, language))
        _waits_for_answer(turn)
    tries = (turn.kept("dangers") or 0) + 1
    turn.keep(closed=True, last_word=True, dangers=tries)
    if tries > TRIES_IN_DANGER:
        return _finish(turn, lines)
    return follow(turn, running, running.leave_word(state), lines)


# --- may we record? --------------------------------------------------------------------------------------


def hear_consent(turn: Turn) -> Script:
    if turn.kept("consent") == "call":
        turn.change(recording_consent=turn.digits == "1")
        return waiting.begin(turn, ()) if turn.site.connects else without_agents(turn)
    if turn.digits == "1":
        turn.keep(may_record=True)
        return turn.ask(Doing.FLOW, unpacked(turn.kept("then")))
    return _without_recording(turn)


def _without_recording(turn: Turn) -> Script:
    """A no costs nobody their help: they may be called back, or wait."""
    if not turn.site.connects:
        return turn.say_goodbye([words.nobody_calls_back(turn.site.centre, turn.language)], None)
    if turn.kept("said_no") and turn.digits == "2":
        return waiting.call_back(turn)
    if turn.digits == "0" and turn.site.connects and turn.site.is_open():
        return waiting.begin(turn, ())
    if turn.kept("said_no"):
        return turn.say_goodbye([words.goodbye(turn.site.centre, turn.language)], None)
    turn.keep(said_no=True)
    return turn.ask(Doing.CONSENT, Question((words.not_recorded(turn.site.centre, turn.language),)))
