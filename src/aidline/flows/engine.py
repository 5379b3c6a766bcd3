"""Runs a flow: what was said goes in, what is to be done comes out. Pure: no database, no clock, no chance.

Whatever a flow says and whatever people answer, a run goes on until a person, an article's end or a goodbye: nodes
within one turn, tries of one question and turns of one run are counted, and where they are used up comes a person.
"""

from collections.abc import Callable, Mapping

from aidline.conversations.choosing import plain
from aidline.flows import answers, leaving
from aidline.flows.always import Wish, language_named, wish
from aidline.flows.information import PERSON
from aidline.flows.language import Ask, Finish, Flow, HandOver, Line, Medium, Message, Option, Said, Wanted
from aidline.flows.nodes import ASK, ENTER, HEARD, OPTIONS
from aidline.flows.run import MORE, Missed, Next, Run
from aidline.flows.state import State, Turn, Waits
from aidline.flows.world import World
from aidline.kernel import languages

STEPS = 100  # nodes in one turn
INPUTS = 400  # turns of one run
TRIES = 3  # of a question of the engine's own


def begin(flow: Flow, *, medium: Medium, language: str, world: World, channel: str = "") -> Turn:
    """`language`: the person's, where it is known; the flow's first where the flow does not speak it."""
    known = language if language in flow.languages else next(iter(flow.languages), "en")
    state = State(medium, known, is_theirs=known == language, channel=channel)
    run = Run(flow, state, world)
    _go(run, flow.start)
    return run.turn()


def hear(flow: Flow, state: State, said: Said, world: World) -> Turn:
    """What comes after a run is over is answered with `Finish`."""
    run = Run(flow, state, world)
    run.inputs += 1
    if state.over:
        return Turn(state, (Finish(),))
    (_hear if run.inputs <= INPUTS else _hear_the_last)(run, said)
    return run.turn()


def left_queue(flow: Flow, state: State, world: World) -> Turn:
    """A caller does not wait any longer, or nobody can come: where the hand-over goes otherwise, or a voicemail."""
    run = Run(flow, state, world)
    run.inputs += 1
    if state.over:
        return Turn(state, (Finish(),))
    if run.waits is not Waits.QUEUE:
        _again(run)
        return run.turn()
    node = run.flow.nodes.get(run.at)
    if isinstance(node, HandOver) and node.otherwise and run.inputs <= INPUTS:
        _on(run, node.otherwise)
    else:
        leaving.voicemail(run)
    return run.turn()


def leave_word(flow: Flow, state: State, world: World) -> Turn:
    """Nobody can come, and the flow's own way out has led to a person again: a voicemail, and no way round it."""
    run = Run(flow, state, world)
    run.inputs += 1
    if state.over:
        return Turn(state, (Finish(),))
    leaving.voicemail(run)
    return run.turn()


# --- going on --------------------------------------------------------------------------------------------


def _go(run: Run, name: str) -> None:
    """From node to node until the run waits for somebody or is over."""
    for _step in range(STEPS):
        node = run.flow.nodes.get(name)
        if node is None:  # a newer version of a sub-flow does not have it any more
            break
        run.arrive(name)
        found = ENTER[node.kind](run, node)
        if not isinstance(found, str):
            return
        name = found
    leaving.to_person(run)


def _on(run: Run, name: str) -> None:
    run.told = []
    _go(run, name)


# --- what was said ---------------------------------------------------------------------------------------


def _hear(run: Run, said: Said) -> None:
    wanted = _wish(run, said.text)
    if said.choice == PERSON:  # a button of an article that was read before
        wanted = Wish.PERSON
    if wanted and not _has_that_title(run, said):
        return _WISHES[wanted](run)
    _WAITING[run.waits](run, said)


def _has_that_title(run: Run, said: Said) -> bool:
    """A choice called "Help" was pressed. Who writes "help" is not taken for one that only begins so."""
    if said.choice not in run.offered:
        return False
    node = run.flow.nodes.get(run.at)
    offers = run.waits is Waits.ANSWER and node is not None and node.kind in OPTIONS
    options = OPTIONS[node.kind](run, node) if node and offers else []
    return any(one.id == said.choice and plain(one.line.text) == plain(said.text) for one in options)


def _hear_the_last(run: Run, said: Said) -> None:
    """All turns are used up: to a person. Who waits for one may do so."""
    if run.waits is Waits.QUEUE:
        return _hear(run, said)
    if run.waits is Waits.VOICEMAIL:
        return leaving.hear_voicemail(run, said)
    leaving.to_person(run)


def _wish(run: Run, text: str) -> Wish | None:
    pressed = answers.digits(text.strip())
    if pressed.isdecimal() and len(pressed) <= 2:
        node = run.flow.nodes.get(run.at)
        if run.waits is Waits.ANSWER and isinstance(node, Ask) and node.wants is Wanted.NUMBER:
            return _wish_among_numbers(node, pressed)
        if run.medium is not Medium.PHONE and pressed in run.keys:
            return None  # the ninth of a long list
    found = wish(text, run.root, run.medium) or wish(text, run.flow, run.medium)
    return None if found is Wish.LANGUAGE and len(run.flow.languages) < 2 else found


def _wish_among_numbers(node: Ask, pressed: str) -> Wish | None:
    """0 and 9 may be the answer; 00 never is."""
    if pressed == "00":
        return Wish.PERSON
    if answers.within(node, float(pressed)):
        return None
    return {"0": Wish.PERSON, "9": Wish.REPEAT}.get(pressed)


def _again(run: Run) -> None:
    """What led to the question, and the question."""
    for name in run.told:
        node = run.flow.nodes.get(name)
        if isinstance(node, Message):
            run.tell(run.words(node.text))
    _ask(run)


def _ask(run: Run) -> None:
    """The open question once more, as it stands."""
    if run.waits is Waits.LANGUAGE:
        return _which_language(run)
    if run.waits is Waits.VOICEMAIL:
        return leaving.ask_for_voicemail(run)
    node = run.flow.nodes.get(run.at)
    if run.waits is Waits.QUEUE and (isinstance(node, HandOver) or run.at == ""):
        return leaving.hand_over(run, node if isinstance(node, HandOver) else None)
    if run.waits is Waits.QUEUE or node is None or node.kind not in ASK:
        return leaving.to_person(run)
    _on_if(run, ASK[node.kind](run, node))


def _on_if(run: Run, found: Next) -> None:
    if isinstance(found, str):
        _on(run, found)


def _danger(run: Run) -> None:
    """The nearest flow that says what to do."""
    while not run.flow.danger and run.frames:
        if run.come_back() is None:
            break
    if not isinstance(run.flow.nodes.get(run.flow.danger), HandOver):
        return leaving.to_person(run, risk="imminent")
    _on(run, run.flow.danger)


def _person(run: Run) -> None:
    """Who waits for one already stays where they are."""
    if run.waits is Waits.QUEUE:
        return _ask(run)
    leaving.to_person(run)


def _other_language(run: Run) -> None:
    if run.waits is not Waits.LANGUAGE:
        before = run.waits
        run.wait_for(Waits.LANGUAGE)
        run.before = before
    _which_language(run)


def _which_language(run: Run) -> None:
    run.offer(run.phrase("which_language"), _languages(run))


def _languages(run: Run) -> list[Option]:
    return [Option(code, Line(languages.name(code), code)) for code in run.flow.languages]


_WISHES: Mapping[Wish, Callable[[Run], None]] = {
    Wish.PERSON: _person,
    Wish.REPEAT: _again,
    Wish.LANGUAGE: _other_language,
    Wish.DANGER: _danger,
}

# --- answers ---------------------------------------------------------------------------------------------


def _answer(run: Run, said: Said) -> None:
    node = run.flow.nodes.get(run.at)
    if node is None or node.kind not in HEARD:
        return leaving.to_person(run)
    found = HEARD[node.kind](run, node, said)
    if isinstance(found, Missed):
        return _missed(run, said, found)
    _on_if(run, found)


def _missed(run: Run, said: Said, missed: Missed) -> None:
    """Who names another language wants that one. Silence is a try, too."""
    if named := _other_named(run, said):
        run.speak(named)
        return _again(run)
    run.tries += 1
    if run.tries < missed.tries:
        _not_understood(run, said)
        return _ask(run)
    if missed.otherwise:
        return _on(run, missed.otherwise)
    leaving.to_person(run)


def _other_named(run: Run, said: Said) -> str:
    pressed = said.choice if said.choice in run.flow.languages else ""
    named = pressed or language_named(said.text, run.flow)
    return named if named != run.language else ""


def _not_understood(run: Run, said: Said) -> None:
    if said != Said() or run.medium is not Medium.PHONE:
        run.tell(run.phrase("not_understood"))


def _hear_language(run: Run, said: Said) -> None:
    picked = run.picked(said, _languages(run)) or language_named(said.text, run.flow)
    if picked == MORE:
        run.page += 1
        return _which_language(run)
    run.tries += 1
    if picked:
        run.speak(picked)
    elif run.tries < TRIES:
        return _which_language(run)
    run.wait_for(run.before)
    _again(run)


def _in_queue(run: Run, _said: Said) -> None:
    _ask(run)


_WAITING: Mapping[Waits, Callable[[Run, Said], None]] = {
    Waits.ANSWER: _answer,
    Waits.LANGUAGE: _hear_language,
    Waits.QUEUE: _in_queue,
    Waits.VOICEMAIL: leaving.hear_voicemail,
}
