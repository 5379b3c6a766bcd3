"""The ways out of a flow that are always there: to a person, and for a caller whom nobody can take, a voicemail."""

from aidline.flows.language import HandOver, Medium, Said, ToPerson, Wanted
from aidline.flows.routes import nearest_person
from aidline.flows.run import Run
from aidline.flows.state import Waits

TRIES = 2  # of a voicemail


def to_person(run: Run, *, risk: str = "") -> None:
    """As the nearest hand-over says it, of this flow or of one around it."""
    start: str | None = run.at
    while (node := nearest_person(run.flow, start or "")) is None and run.frames:
        start = run.come_back()
        if start is None:
            break
    hand_over(run, node, risk=risk)


def hand_over(run: Run, node: HandOver | None, *, risk: str = "") -> None:
    """A risk once told only rises. In chat the run ends here; a caller waits.

    Whose language we do not know goes to anybody: a person in danger must not wait for who speaks the flow's first.
    """
    run.raise_risk(risk)
    run.raise_risk(node.risk if node else "")
    said = run.words(node.text) if node else run.phrase("to_person")
    same = run.is_theirs and (node is None or node.same_language)
    skill = node.skill if node else ""
    spoken = said if said.text or said.recording else None
    run.acts.append(ToPerson(spoken, run.language if same else "", skill, run.risk))
    run.at = node.name if node else ""
    run.wait_for(Waits.QUEUE if run.medium is Medium.PHONE else Waits.NOTHING)


def voicemail(run: Run) -> None:
    run.wait_for(Waits.VOICEMAIL)
    ask_for_voicemail(run)


def ask_for_voicemail(run: Run) -> None:
    run.want(run.phrase("voicemail"), Wanted.VOICE)


def hear_voicemail(run: Run, said: Said) -> None:
    run.tries += 1
    if said.file != "voice" and run.tries < TRIES:
        return ask_for_voicemail(run)
    run.tell(run.phrase("goodbye"))
    run.finish()
