"""How every other provider speaks in a run: through the simulator's own lines, one message a call.

What a message will be known by here is asked of the provider itself, which reads the call as it will later.
"""

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from aidline.channels import registry
from aidline.channels.contract import QUERY, Event, Incoming, Receipt, Status
from aidline.simulator.lines import News, NotOnThisLine, Utterance, Writer
from aidline.simulator.vendors import VENDORS
from aidline.simulator.wire import Post

from .lines import Line

PEOPLE = 60  # of each vendor that gives people ids of its own
OUR_NUMBER = "+12025550147"
_ANY = UUID("01a202d6-7c9d-7000-8646-62a2b0cbbac4")
_OWN_WORDS = re.compile(r"Reply ([0-9a-f]{8})")


@dataclass(frozen=True, slots=True)
class Spoken:
    """One call of a vendor, and what it will be here. `timed`: it tells when it was said."""

    post: Post
    external_id: str
    timed: bool


class Voice:
    def __init__(self, line: Line, config: Mapping[str, Any], dice: random.Random) -> None:
        self.line = line
        self.vendor = VENDORS[line.provider]
        self._speaks = self.vendor.line(config, line.hook)
        self._provider = registry.load(line.provider, config)
        make = self.vendor.new_address
        self._people = [make() for _ in range(PEOPLE)] if make else []
        self._dice = dice

    def person(self) -> str:
        return self._dice.choice(self._people) if self._people else f"+3363998{self._dice.randrange(400):04d}"

    def says(self, person: str, text: str, at: datetime) -> Spoken:
        id = self._speaks.new_id()
        post = self._speaks.said(Writer(person, "Amal"), Utterance(id, "text", at, text=text))
        kept = {"content-type": post.headers.get("content-type", "application/json"), QUERY: ""}
        events = self._provider.parse(post.body, kept, at)
        (event,) = [event for event in events if isinstance(event, Incoming)]
        assert event.text == text, (self.line.provider, event.text)
        return Spoken(post, event.external_id, event.sent_at is not None)

    def tells(self, external_id: str, state: str, at: datetime, to: str, handle: str) -> tuple[str, Post]:
        code = self.vendor.nobody if state == "failed" else ""
        return self._speaks.told(News(external_id, state, at, to, handle, code))

    @property
    def names_our_id(self) -> bool:
        """Else a receipt cannot be matched to a message whose own answer was lost: it stays unknown, and says so."""
        told = [event for state in Status for event in self._told(state.value)]
        receipts = [event for event in told if isinstance(event, Receipt)]
        return not receipts or any(event.message for event in receipts)

    def _told(self, state: str) -> list[Event]:
        """How the provider here reads such a status; nothing where the vendor tells none."""
        id = self._speaks.new_id()
        try:
            _url, post = self.tells(id, state, datetime.now(UTC), self.person(), str(_ANY))
        except (KeyError, NotOnThisLine):
            return []
        kept = {"content-type": post.headers.get("content-type", "application/json"), QUERY: ""}
        return self._provider.parse(post.body, kept, datetime.now(UTC)) if post.body else []

    @property
    def ways(self) -> Sequence[tuple[str, ...]]:
        """What may become of one of ours, in the words this vendor has for it.

        A word on all up to a moment is left out: whether a message was part of it depends on clocks.
        """
        tells = {
            state
            for state in self._provider.capabilities.receipts
            if any(isinstance(event, Receipt) for event in self._told(state.value))
        }
        whole = [
            (Status.SENT,),
            (Status.SENT, Status.DELIVERED),
            (Status.SENT, Status.FAILED),
            (Status.SENT, Status.DELIVERED, Status.READ),
        ]
        return [tuple(state.value for state in way if state in tells) for way in whole]


def own_words(text: str) -> str:
    """What names one of our replies wherever the vendor does not carry our id."""
    found = _OWN_WORDS.search(text)
    return found[1] if found else ""


def configs(provider_url: str) -> dict[str, dict[str, str]]:
    """Of every vendor that calls us, but for those with lines of their own."""
    return {
        name: dict(vendor.demo(OUR_NUMBER, f"{provider_url}/{vendor.path}"))
        for name, vendor in VENDORS.items()
        if name not in ("whatsapp_cloud", "twilio", "simulator", "email")
    }
