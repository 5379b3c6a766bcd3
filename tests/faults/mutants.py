"""Faults planted into the product, to show that the checks see them.

`python -m tests.faults.mutants NAME[+NAME…] ROLE`. Nothing here is reachable from the product:
this program changes it in memory and then starts it.
"""

import asyncio
import os
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

LATER = 0.5  # seconds


def answers_first() -> None:
    """The provider hears 200 before anything is stored."""
    from aidline.gateway.commits import Committer

    really = Committer.store

    async def store(self: Committer, *delivery: Any) -> None:
        loop = asyncio.get_running_loop()
        loop.call_later(LATER, lambda: loop.create_task(really(self, *delivery)))

    Committer.store = store  # type: ignore[method-assign]


def ignores_duplicates() -> None:
    """A message that is known is taken in once more."""
    from aidline.gateway import arriving

    def all_of_them(said: Sequence[arriving.Said]) -> list[arriving._New]:
        return [arriving._New(one, os.urandom(16), arriving._time_of(one)) for one in said]

    arriving._unknown_only = all_of_them


def moves_receipts_backwards() -> None:
    """The last word counts, and not the highest."""
    from aidline.conversations.models import Message
    from aidline.conversations.states import MessageState
    from aidline.gateway import receipts

    def move(target: receipts._Target, state: MessageState, at: datetime, code: str) -> bool:
        return bool(Message.objects.filter(pk=target.id).update(state=state, lease_until=None))

    receipts._move = move


def sends_again_blindly() -> None:
    """What may have been sent is sent once more."""
    from aidline.channels.contract import RetryLater, SendError, Uncertain
    from aidline.gateway import outbound

    really = outbound._answer_to

    def answer_to(error: SendError, attempts: int, **more: bool) -> outbound.Answer:
        return really(RetryLater(error.code) if isinstance(error, Uncertain) else error, attempts, **more)

    outbound._answer_to = answer_to


def releases_again() -> None:
    """A release that is not conditional: it takes whoever comes first, and gives the message an id of its own."""
    from dataclasses import replace

    from aidline.kernel.ids import new_id
    from aidline.outreach import release
    from aidline.outreach.models import Recipient

    really = release.write_unasked

    def write(*, said: Sequence[Any], **more: Any) -> None:
        ids = [one.message_id for one in said]
        really(said=[replace(one, message_id=new_id()) for one in said], **more)
        again = Recipient.objects.filter(pk__in=ids, place__lte=20, released_at__isnull=True)
        again.update(state="p", released_at=more["at"])

    def claim(ids: Sequence[Any], at: datetime) -> None:
        first = Recipient.objects.filter(pk__in=ids)
        first.filter(place__lte=20, released_at__isnull=True).update(state="r")
        first.exclude(place__lte=20, released_at__isnull=True).update(state="r", released_at=at)

    release.write_unasked, release._claim = write, claim


def asks_nobody() -> None:
    """Consent and STOP are looked at when the audience is chosen, and never again."""
    from django.db.models import CharField, Value

    from aidline.gateway import unwanted
    from aidline.outreach import release

    release.refusal = lambda **_: Value("", output_field=CharField())
    unwanted.refusal = release.refusal


MUTANTS: dict[str, Callable[[], None]] = {
    mutant.__name__: mutant
    for mutant in (
        answers_first,
        ignores_duplicates,
        moves_receipts_backwards,
        sends_again_blindly,
        releases_again,
        asks_nobody,
    )
}


def main() -> int:
    name, *arguments = sys.argv[1:]
    os.environ["AIDLINE_PROCESS"] = arguments[0]
    import django

    django.setup()
    for one in name.split("+"):
        MUTANTS[one]()
    from aidline.config import cli

    return cli.main(arguments)


if __name__ == "__main__":
    sys.exit(main())
