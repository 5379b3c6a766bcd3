"""What a broadcast says, to whom and how fast: the whole of what is approved, as plain data."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import time
from typing import Any
from uuid import UUID

ANY = ""  # words for all channels


@dataclass(frozen=True, slots=True)
class Words:
    """In one language, for one channel or for any. A template stands where free text is not allowed."""

    language: str
    channel: str = ANY
    text: str = ""
    template: str = ""  # name at the provider
    template_language: str = ""
    values: tuple[str, ...] = ()  # in the order of its parameters

    @property
    def empty(self) -> bool:
        return not (self.text or self.template)


@dataclass(frozen=True, slots=True)
class Plan:
    title: str
    channels: tuple[UUID, ...] = ()
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # by key of `filters.FILTERS`
    words: tuple[Words, ...] = ()
    pace: int = 60  # messages a minute; 0: as fast as the providers take them
    quiet_from: str = "20:00"  # on the centre's clock; both equal: no quiet hours
    quiet_until: str = "08:00"

    def said(self, language: str, channel: UUID | str) -> list[Words]:
        """In this language: what is meant for the channel, then what is meant for any."""
        found = [one for one in self.words if one.language == language and one.channel in (str(channel), ANY)]
        return sorted(found, key=lambda one: one.channel == ANY)

    def written(self) -> dict[str, Any]:
        return {
            "channels": [str(channel) for channel in self.channels],
            "filters": {key: list(values) for key, values in self.filters.items() if values},
            "words": [asdict(one) for one in self.words if not one.empty],
            "pace": self.pace,
            "quiet": [self.quiet_from, self.quiet_until],
        }

    def content(self) -> str:
        """All that an approver sees, always written the same way."""
        return json.dumps([self.title, self.written()], sort_keys=True)

    def is_quiet(self, at: time) -> bool:
        start, end = time.fromisoformat(self.quiet_from), time.fromisoformat(self.quiet_until)
        return start <= at < end if start <= end else at >= start or at < end


def read(title: str, written: Mapping[str, Any]) -> Plan:
    quiet_from, quiet_until = written["quiet"]
    return Plan(
        title=title,
        channels=tuple(UUID(channel) for channel in written["channels"]),
        filters={key: tuple(values) for key, values in written["filters"].items()},
        words=tuple(Words(**{**one, "values": tuple(one["values"])}) for one in written["words"]),
        pace=written["pace"],
        quiet_from=quiet_from,
        quiet_until=quiet_until,
    )
