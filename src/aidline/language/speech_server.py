"""A speech server that is compatible with OpenAI's transcriptions, on a machine of one's own or elsewhere.

Sources: OpenAI API reference "Create transcription"; vLLM "Speech to Text APIs"; OpenVINO Model Server "Speech to
text endpoints"; faster-whisper-server (all read 2026-11-24).

Quirks: the address is given with or without its version, which need not be 1 (OpenVINO: /v3); `model` is demanded by
some and ignored by others; a language that the model does not know is refused, not ignored; an `error` may repeat
what was sent, so nothing of it is kept; Whisper invents words where nobody speaks, so pauses are not sent.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from aidline.kernel import text as words
from aidline.kernel.http import within
from aidline.language.libretranslate import (
    Busy,
    EngineError,
    KeyRefused,
    NoSense,
    NotOffered,
    TooSlow,
    Unreachable,
)

CONNECT_SECONDS = 3.0
LONGEST = 10_000  # characters kept of an answer

# Languages a Whisper model may be told, by our codes; others it has to find out.
TOLD: Mapping[str, str] = {
    code: code
    for code in (
        *("am", "ar", "bn", "de", "el", "en", "es", "fa", "fr", "ha", "he", "hi", "ht", "it", "ln", "my"),
        *("nl", "pl", "ps", "pt", "ro", "ru", "so", "sw", "ta", "tr", "uk", "ur", "vi"),
    )
} | {"prs": "fa"}

_ERRORS: Mapping[int, type[EngineError]] = {
    400: NotOffered,
    401: KeyRefused,
    403: KeyRefused,
    404: NotOffered,
    413: NotOffered,
    415: NotOffered,
    422: NotOffered,
    429: Busy,
}


@dataclass(frozen=True, slots=True)
class Recording:
    content: bytes
    mime: str
    name: str


@dataclass(frozen=True, slots=True)
class SpeechServer:
    http: httpx.Client
    url: str
    key: str = ""
    model: str = ""
    seconds: float = 60.0

    def write_down(self, recording: Recording, language: str = "") -> str:
        """What it heard, perhaps nothing. Raises `EngineError`."""
        told = TOLD.get(language, "")
        asked = {"model": self.model, "response_format": "json", **({"language": told} if told else {})}
        try:
            answer = self.http.post(
                endpoint(self.url),
                data=asked,
                files={"file": (recording.name, recording.content, recording.mime)},
                headers={"Authorization": f"Bearer {self.key}"} if self.key else {},
                timeout=httpx.Timeout(self.seconds, connect=min(self.seconds, CONNECT_SECONDS)),
                extensions=within(self.seconds),
            )
            return _text(answer)
        except UnicodeEncodeError:  # only the key travels in a header: it holds a letter that no key has
            raise KeyRefused from None
        except httpx.TimeoutException:
            raise TooSlow from None
        except (httpx.HTTPError, httpx.InvalidURL):
            raise Unreachable from None


def endpoint(url: str) -> str:
    base = url.rstrip("/")
    return f"{base}{'' if re.search(r'/v[0-9]+$', base) else '/v1'}/audio/transcriptions"


def _text(answer: httpx.Response) -> str:
    if not answer.is_success:
        raise _ERRORS.get(answer.status_code, Unreachable)
    try:
        content: Any = answer.json()
    except ValueError:
        raise NoSense from None
    found = content.get("text") if isinstance(content, dict) else None
    if not isinstance(found, str):
        raise NoSense
    return words.clean(found).strip()[:LONGEST]
