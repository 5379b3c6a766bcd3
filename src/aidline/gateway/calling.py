"""A call, turn by turn: what the caller pressed or said goes in, what they hear next comes out.

Every turn is one transaction and counts `step` up. A request that names another step than the present one is late
or repeated: it hears what is to be heard now, and nothing is applied.
"""

from collections.abc import Callable, Mapping
from uuid import UUID

from django.db import IntegrityError, transaction

from aidline.calls import ending, legs, recordings, starting
from aidline.calls.models import Call, Recording
from aidline.calls.states import Doing, Ending, Stage
from aidline.channels.contract.voice import CallRequest, Hangup, Part, Script, Way
from aidline.flows.language import Line, Said
from aidline.gateway import call_words as words
from aidline.gateway import callers, following, rooms, waiting
from aidline.gateway.asking import Question, script, unpacked
from aidline.gateway.flowing import beginning
from aidline.gateway.sites import Site
from aidline.gateway.turns import DANGER, Overtaken, Turn
from aidline.kernel.clock import now

# --- what a provider asks --------------------------------------------------------------------------------


def answer(site: Site, request: CallRequest) -> Script:
    """A new call, or one whose first answer got lost."""
    call = _find(site, request.call_id)
    if call is None:
        return (Hangup(),) if request.ended else _begin(site, request)
    if request.ended:
        _over(site, call, request)
    return present(site, call)


def turn(site: Site, request: CallRequest, call_id: UUID, at: int) -> Script:
    call = _call(site, call_id)
    if call is None:
        return answer(site, request)
    if request.ended:
        _over(site, call, request)
    elif call.step == at and call.stage != Stage.OVER:
        try:
            with transaction.atomic():
                return _TURNS[Doing(call.doing)](Turn(site, call, request))
        except Overtaken:
            call.refresh_from_db()
    return present(site, call)


def current(site: Site, request: CallRequest, call_id: UUID) -> Script:
    """What is to be heard now: asked where a call was told to drop what it did, and where one of ours is answered."""
    call = _call(site, call_id)
    if call is None:
        return (Hangup(),)
    if request.ended:
        _over(site, call, request)
    elif call.stage == Stage.DIALLING:
        rooms.reached(call, request.call_id)
    return present(site, call)


def present(site: Site, call: Call) -> Script:
    if call.stage == Stage.OVER:
        return (Hangup(),)
    if call.doing == Doing.ROOM:
        return rooms.script_of_caller(site, call)
    if call.doing == Doing.QUEUE:
        return waiting.script_of_queue(site, call)
    return script(site, call, unpacked(call.flow["ask"]))


def _call(site: Site, call_id: UUID) -> Call | None:
    rows = Call.objects.select_related("conversation__person")
    return rows.filter(pk=call_id, channel_id=site.channel.pk).first()


def _find(site: Site, external_id: str) -> Call | None:
    return starting.find(channel_id=site.channel.pk, centre_id=site.centre.pk, external_id=external_id)


def _over(site: Site, call: Call, request: CallRequest) -> None:
    """Nobody is there any more. What they said last is kept."""
    with transaction.atomic():
        if request.recording and request.way is not Way.SOFTPHONE:
            _recorded(site, call, request)
        ending.end(call)


def _recorded(site: Site, call: Call, request: CallRequest) -> None:
    """The file is told of later; where the provider never does, it is there already."""
    seconds = request.recorded_seconds or None
    recording = recordings.made(call, request.recording, Recording.Use.VOICEMAIL, seconds)
    if not site.voice.tells_recordings:
        recordings.told(recording, ref="", seconds=seconds, failed=False, at=now())


# --- a new call ------------------------------------------------------------------------------------------


def _begin(site: Site, request: CallRequest) -> Script:
    try:
        with transaction.atomic():
            return _new(site, request)
    except (
        IntegrityError
    ):  # the same request in another thread, or words from the same number, in this moment
        call = _find(site, request.call_id)
    if call:
        return present(site, call)
    with transaction.atomic():
        return _new(site, request)


def _new(site: Site, request: CallRequest) -> Script:
    at = now()
    person, address = callers.person_of(site.centre, request.caller)
    conversation, opened = callers.conversation_of(site.channel, person, address, at)
    known = person.language if person.language in site.centre.languages else ""
    call = starting.new_call(
        conversation=conversation,
        channel_id=site.channel.pk,
        external_id=request.call_id,
        at=at,
        language=known or site.centre.default_language,
    )
    call.flow = {"opened": opened}
    starting.keep(call)
    first = Turn(site, call, request)
    if callers.is_blocked(person):
        return _turn_away(first)
    running = beginning(site)
    first.change(version=running.version)
    return following.follow(first, running, running.begin(known, site.channel.name))


# --- turns -----------------------------------------------------------------------------------------------


def _of_flow(turn: Turn) -> Script:
    request = turn.request
    if request.recording:
        _recorded(turn.site, turn.call, request)
        turn.keep(left_word=True)
        return following.hear(turn, Said(file="voice"), _kept(turn))
    return following.hear(turn, Said(text=request.digits))


def _kept(turn: Turn) -> list[Line]:
    due = recordings.due(turn.call, turn.at)
    return [words.kept(turn.site.centre, turn.language, due)]


def _of_queue(turn: Turn) -> Script:
    if turn.digits == turn.danger:
        return following.in_danger(turn)
    if not turn.site.connects:
        return following.without_agents(turn)
    if turn.digits == "1":
        return following.left_queue(turn)
    if turn.digits == "2":
        return waiting.call_back(turn)
    return waiting.stay(turn)


def _of_number(turn: Turn) -> Script:
    return waiting.hear_number(turn) if turn.site.connects else following.without_agents(turn)


def _of_consent(turn: Turn) -> Script:
    return following.in_danger(turn) if turn.digits == turn.danger else following.hear_consent(turn)


# --- blocked ---------------------------------------------------------------------------------------------


def _turn_away(turn: Turn) -> Script:
    """Whoever is blocked still hears where help is, and is heard when in danger."""
    centre, language = turn.site.centre, turn.language
    urgent = words.emergency(centre, language, turn.site.line.emergency_numbers)
    turn.change(ending=Ending.RESTRICTED)
    return turn.ask(Doing.BLOCKED, Question((*words.blocked(centre, language, DANGER), *urgent)))


def _of_blocked(turn: Turn) -> Script:
    if turn.digits != DANGER:
        return turn.say_goodbye([words.goodbye(turn.site.centre, turn.language)], Ending.RESTRICTED)
    turn.change(ending="", wanted_language="")
    running = beginning(turn.site)
    begun = running.begin(turn.language, turn.site.channel.name)
    turn.change(version=running.version, risk="imminent")
    turn.keep(run=begun.state.packed(), danger=running.flow.danger_key)
    return following.in_danger(turn)


# --- out of the room -------------------------------------------------------------------------------------


def _of_room(turn: Turn) -> Script:
    """The caller is out of the room and still on the line: nobody talks with them any more."""
    call = turn.call
    leg = legs.of_part(call, Part.CALLER)
    if leg:
        legs.leave(leg)
    if call.way == Way.OUT or (legs.owner(call) is None and call.stage == Stage.CONNECTED):
        ending.end(call)
        return (*following.spoken(turn, [words.goodbye(turn.site.centre, turn.language)]), Hangup())
    return waiting.back_to_queue(turn)


def _of_bye(turn: Turn) -> Script:
    return script(turn.site, turn.call, unpacked(turn.kept("ask")))


_TURNS: Mapping[Doing, Callable[[Turn], Script]] = {
    Doing.FLOW: _of_flow,
    Doing.CONSENT: _of_consent,
    Doing.QUEUE: _of_queue,
    Doing.NUMBER: _of_number,
    Doing.ROOM: _of_room,
    Doing.BLOCKED: _of_blocked,
    Doing.BYE: _of_bye,
}
