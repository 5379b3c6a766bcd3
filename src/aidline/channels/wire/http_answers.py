"""What an answer of a gateway of any kind means: known errors first, then the status, then the marks of success."""

from collections.abc import Mapping
from dataclasses import dataclass

import httpx

from aidline.channels.contract import GiveUp, SendError, Uncertain, Verdict
from aidline.channels.wire.calling import ERRORS, answer, failure
from aidline.channels.wire.http_mapping import at, code, word
from aidline.channels.wire.reading import ident


@dataclass(frozen=True, slots=True)
class Answers:
    """Names are as in `http_mapping`; empty where the gateway has no such thing."""

    statuses: frozenset[int]
    text: str
    name: str
    values: frozenset[str]
    id: str
    error: str
    verdicts: Mapping[str, Verdict]

    def external_id(self, response: httpx.Response, ours: str) -> str:
        """Raises a `SendError` unless the message was taken; `ours` where the gateway gives no id."""
        found = answer(response)
        self._refuse_known_errors(response, code(at(found, self.error)))
        if response.status_code not in self.statuses:
            raise failure(response, code(at(found, self.error)), self.verdicts)
        told = word(at(found, self.name)).strip().lower()
        if self.name and told not in self.values:
            raise GiveUp(code(at(found, self.error)) or "refused") if told else Uncertain("unclear")
        if self.text and self.text not in response.text:
            raise Uncertain("unclear")
        external_id = ident(at(found, self.id)) if self.id else ours
        if not external_id:
            raise Uncertain("no-id")
        return external_id

    def _refuse_known_errors(self, response: httpx.Response, told: str) -> None:
        """By the code where one is named, else by what stands in the answer."""
        within = (one for one in self.verdicts if one in response.text)
        known = next((one for one in ([told] if self.error else within) if one in self.verdicts), "")
        if known:
            raise _error(self.verdicts[known], known, response)


def _error(verdict: Verdict, known: str, response: httpx.Response) -> SendError:
    words = response.text[:300] if verdict is Verdict.CHANNEL_DOWN else ""
    return ERRORS[verdict](code(known) or "refused", words=words)
