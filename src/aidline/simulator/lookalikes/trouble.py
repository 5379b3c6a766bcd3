"""What goes wrong on request, in no vendor's words yet."""

from collections.abc import Sequence
from dataclasses import dataclass

from aidline.simulator.lookalikes.shapes import AS_USUAL, Account, Answer, Exchange, Fate, Fault, Trouble

LATE = 3_000  # milliseconds
GARBAGE = Answer(200, b"<html><body>Bad gateway</body></html>", "text/html")


@dataclass(frozen=True, slots=True)
class Ending:
    """How this call ends. With `status` or `code` nothing is taken."""

    status: int = 0
    code: str = ""
    milliseconds: int = 0
    garbage: bool = False
    fate: Fate = AS_USUAL

    def late(self, exchange: Exchange, good: Answer) -> Answer:
        """The answer after the message was taken: late or unreadable, if that was asked for."""
        if self.milliseconds:
            exchange.wait(self.milliseconds)
        return GARBAGE if self.garbage else good


def ending_of(exchange: Exchange, account: Account, to: str) -> Ending:
    troubles = exchange.troubles(account, to)
    codes = {trouble.fault: trouble.detail for trouble in troubles}
    return Ending(
        status=_status(codes),
        code=codes.get(Fault.REFUSED, ""),
        milliseconds=_milliseconds(troubles),
        garbage=Fault.GARBAGE in codes,
        fate=Fate(codes.get(Fault.FAILED, ""), Fault.TWICE in codes, Fault.SHUFFLED in codes),
    )


def _status(codes: dict[Fault, str]) -> int:
    if Fault.RATE_LIMIT in codes:
        return 429
    return 500 if Fault.BROKEN in codes else 0


def _milliseconds(troubles: Sequence[Trouble]) -> int:
    slow = next((trouble for trouble in troubles if trouble.fault is Fault.SLOW), None)
    if slow is None:
        return 0
    return int(slow.detail) if slow.detail.isdigit() else LATE
