"""What an answer of a gateway of any kind means.

A named error code comes first, then the status and the marks of success; texts of errors are looked for last, and
only where no success is proven.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from aidline.channels.contract import GiveUp, SendError, Uncertain, Verdict
from aidline.channels.wire.calling import ERRORS, answer, failure, retry_after
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
        told = code(at(found, self.error))
        if told in self.verdicts:
            raise _error(self.verdicts[told], told, response)
        given = ident(at(found, self.id))
        refusal = self._refusal(response, found, told, given)
        if refusal:
            raise refusal
        return given or ours

    def _refusal(
        self, response: httpx.Response, found: dict[str, Any], told: str, given: str
    ) -> SendError | None:
        """Texts of errors count only where nothing says that the message was taken: they may be part of an echo."""
        unproven = self._unproven(response, found, told, given)
        known = "" if given and response.is_success else self._known_text(response)
        if unproven and known:
            return _error(self.verdicts[known], known, response)
        return unproven or (Uncertain("unclear") if known and not self._proves else None)

    def _unproven(
        self, response: httpx.Response, found: dict[str, Any], told: str, given: str
    ) -> SendError | None:
        """What is missing to a success, as far as status and marks of success tell."""
        if response.status_code not in self.statuses:
            return failure(response, told, self.verdicts)
        said = word(at(found, self.name)).strip().lower()
        if self.name and said not in self.values:
            return GiveUp(told or "refused") if said else Uncertain("unclear")
        if self.text and self.text not in response.text:
            return Uncertain("unclear")
        return Uncertain("no-id") if self.id and not given else None

    @property
    def _proves(self) -> bool:
        """Whether a success is told by more than the status, which most gateways give whatever happened."""
        return bool(self.name or self.text or self.id)

    def _known_text(self, response: httpx.Response) -> str:
        """As words of their own: a code of three digits stands in many an id, and in many a number."""
        if self.error:
            return ""
        return next((one for one in self.verdicts if _stands_in(one, response.text)), "")


def _stands_in(known: str, whole: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(known)}(?!\w)", whole) is not None


def _error(verdict: Verdict, known: str, response: httpx.Response) -> SendError:
    """Without the gateway's words: nobody knows whether they repeat those of the person."""
    return ERRORS[verdict](code(known) or "refused", retry_after=retry_after(response))
