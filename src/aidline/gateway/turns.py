"""One request of a caller, and what it changes: written by one conditional UPDATE at its end."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aidline.calls.connecting import pending
from aidline.calls.models import Call
from aidline.calls.moving import move
from aidline.calls.offering import withdraw
from aidline.calls.states import Doing, Ending, Stage
from aidline.channels.contract.voice import CallRequest, Script
from aidline.flows.language import Line
from aidline.gateway.asking import Question, packed, script
from aidline.gateway.sites import Site
from aidline.kernel.clock import now

DANGER = "*"  # where the flow has no key of its own


class Overtaken(Exception):
    """Another request was quicker: nothing of this one is kept."""


@dataclass(slots=True)
class Turn:
    site: Site
    call: Call
    request: CallRequest
    changes: dict[str, Any] = field(default_factory=dict)
    at: datetime = field(default_factory=now)

    @property
    def language(self) -> str:
        return self.call.language

    @property
    def digits(self) -> str:
        return self.request.digits

    def change(self, **changes: Any) -> None:
        """Columns of the call, written with the turn."""
        self.changes.update(changes)
        for name, value in changes.items():
            setattr(self.call, name, value)

    def keep(self, **facts: Any) -> None:
        """Beside the run of the flow, sealed."""
        self.call.flow = {**(self.call.flow or {}), **facts}

    def kept(self, name: str) -> Any:
        return (self.call.flow or {}).get(name)

    @property
    def danger(self) -> str:
        return str(self.kept("danger") or DANGER)

    def go(self, stage: Stage, doing: Doing) -> None:
        changes = {"doing": doing, "turn_at": self.at, "flow_sealed": self.call.flow_sealed}
        if not move(self.call, stage, **{**self.changes, **changes}):
            raise Overtaken

    def ask(self, doing: Doing, question: Question) -> Script:
        """Whoever leaves the queue for it is offered to nobody meanwhile."""
        self.keep(ask=packed(question))
        if self.call.stage == Stage.QUEUED:
            withdraw(pending(self.call))
        self.go(Stage.FLOW, doing)
        return script(self.site, self.call, question)

    def say_goodbye(self, lines: Iterable[Line], how: Ending | None) -> Script:
        """The line is open until the provider says that it is not."""
        if how:
            self.change(ending=how)
        return self.ask(Doing.BYE, Question(tuple(lines), ends=True))
