"""LibreTranslate over HTTP.

Sources: its API (docs.libretranslate.com/guides/api_usage) and server (libretranslate/app.py), read 2026-11-24.

Quirks: a list of texts is answered with a list, and shares one `source`; limits per text and list come back as 400;
an `error` may repeat the text, so nothing of it is kept; /detect tells its confidence from 0 to 1 or from 0 to 100,
depending on the version; HTML entities are unescaped also in plain text.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any

import httpx

from aidline.kernel.http import within

NAME = "LibreTranslate"
CONNECT_SECONDS = 2.0


class EngineError(Exception):
    """No translation came. `code` is ours; never a word of what was to be translated."""

    code = "failed"


class Unreachable(EngineError):
    code = "unreachable"


class TooSlow(EngineError):
    code = "too-slow"


class OutOfTime(TooSlow):
    """The time for all calls together was used up: no fault of this one."""


class Busy(EngineError):
    """It asks to be called less often."""

    code = "busy"


class KeyRefused(EngineError):
    code = "key-refused"


class NotOffered(EngineError):
    """It does not know this pair of languages, or the text is too long for it."""

    code = "not-offered"


class NoSense(EngineError):
    """An answer that is not one of LibreTranslate."""

    code = "no-sense"


_ERRORS: Mapping[int, type[EngineError]] = {
    400: NotOffered,
    401: KeyRefused,
    403: KeyRefused,
    429: Busy,
}


@dataclass(frozen=True, slots=True)
class LibreTranslate:
    http: httpx.Client
    url: str
    key: str = ""
    seconds: float = 5.0  # for one call
    until: float | None = None  # for all calls together, on the monotonic clock

    def languages(self) -> dict[str, list[str]]:
        """Which languages each language can be translated into."""
        found = self._call("GET", "languages")
        try:
            return {str(one["code"]): sorted(map(str, one.get("targets", ()))) for one in found}
        except (TypeError, KeyError, AttributeError):
            raise NoSense from None

    def translate(self, texts: Sequence[str], *, source: str, target: str) -> list[str]:
        """As many texts as were given, in their order. `source` may be "auto"."""
        asked = {"q": list(texts), "source": source, "target": target, "format": "text"}
        found = self._call("POST", "translate", asked)
        given = found.get("translatedText") if isinstance(found, dict) else None
        if not isinstance(given, list) or len(given) != len(texts):
            raise NoSense
        if not all(isinstance(one, str) and one.strip() for one in given):
            raise NoSense
        return given

    def detect(self, text: str) -> tuple[str, float]:
        """The likeliest language and how sure it is, from 0 to 1."""
        found = self._call("POST", "detect", {"q": text})
        try:
            best = max(found, key=lambda one: float(one["confidence"]))
            sure = float(best["confidence"])
            return str(best["language"]), sure / 100 if sure > 1 else sure
        except (TypeError, KeyError, ValueError):
            raise NoSense from None

    def _call(self, method: str, path: str, asked: Mapping[str, Any] | None = None) -> Any:
        body = {**asked, **({"api_key": self.key} if self.key else {})} if asked else None
        seconds = self._left()
        try:
            answer = self.http.request(
                method,
                f"{self.url.rstrip('/')}/{path}",
                json=body,
                timeout=httpx.Timeout(seconds, connect=min(seconds, CONNECT_SECONDS)),
                extensions=within(seconds),
            )
            return _content(answer)
        except httpx.TimeoutException:
            raise (TooSlow if seconds == self.seconds else OutOfTime) from None
        except (httpx.HTTPError, httpx.InvalidURL):
            raise Unreachable from None

    def _left(self) -> float:
        if self.until is None:
            return self.seconds
        left = min(self.seconds, self.until - monotonic())
        if left <= 0:
            raise OutOfTime
        return left


def _content(answer: httpx.Response) -> Any:
    if not answer.is_success:
        raise _ERRORS.get(answer.status_code, Unreachable)
    try:
        return answer.json()
    except ValueError:
        raise NoSense from None
