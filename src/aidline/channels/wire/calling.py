"""Calling a provider, and what each failure means for the next step.

The line that matters runs between calls that never left us (try again) and calls that left and stayed without
an answer (uncertain: a second call could say the same thing to a person twice).
"""

from collections.abc import Mapping
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from aidline.channels.contract import (
    ChannelDown,
    Fetched,
    GiveUp,
    RetryLater,
    SendError,
    StopContacting,
    Uncertain,
    Verdict,
)
from aidline.kernel import clock
from aidline.kernel.http import TargetRefused, TooLarge, get_capped

ERRORS: Mapping[Verdict, type[SendError]] = {
    Verdict.RETRY: RetryLater,
    Verdict.GIVE_UP: GiveUp,
    Verdict.STOP_CONTACTING: StopContacting,
    Verdict.CHANNEL_DOWN: ChannelDown,
}

_STATUSES: Mapping[int, Verdict] = {
    401: Verdict.CHANNEL_DOWN,
    403: Verdict.CHANNEL_DOWN,
    408: Verdict.RETRY,
    425: Verdict.RETRY,
    429: Verdict.RETRY,
}

_NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_LONGEST_WAIT = timedelta(days=1)


def call(
    http: httpx.Client, method: str, url: str, *, repeatable: bool = False, **parts: Any
) -> httpx.Response:
    """`repeatable` calls change nothing for a person, so that a lost answer is no more than a delay."""
    try:
        return http.request(method, url, **parts)
    except (TargetRefused, httpx.InvalidURL, httpx.UnsupportedProtocol):
        raise GiveUp("address-refused") from None
    except UnicodeEncodeError:  # only keys travel in headers: one was pasted with a letter no key has
        raise ChannelDown("unsendable-key") from None
    except _NEVER_LEFT:
        raise RetryLater("unreachable") from None
    except httpx.HTTPError:
        raise (RetryLater if repeatable else Uncertain)("no-answer") from None


def answer(response: httpx.Response) -> dict[str, Any]:
    """The JSON object of an answer, empty if it is none."""
    try:
        found = response.json()
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def failure(response: httpx.Response, code: str, table: Mapping[str, Verdict]) -> SendError:
    """The provider's code decides; without a known one, the HTTP status does."""
    verdict = table.get(code) or _verdict_of(response.status_code)
    return ERRORS[verdict](code or f"http-{response.status_code}", retry_after=retry_after(response))


def _verdict_of(status: int) -> Verdict:
    return _STATUSES.get(status) or (Verdict.RETRY if status >= 500 else Verdict.GIVE_UP)


def retry_after(response: httpx.Response) -> timedelta | None:
    """Retry-After in seconds or as a date (RFC 9110 section 10.2.3)."""
    raw = response.headers.get("retry-after", "").strip()
    if raw.isascii() and raw.isdigit():
        return min(timedelta(seconds=int(raw[:9])), _LONGEST_WAIT)
    try:
        wait = parsedate_to_datetime(raw) - clock.now()
    except (TypeError, ValueError):
        return None
    return min(max(wait, timedelta()), _LONGEST_WAIT)


def fetch(http: httpx.Client, url: str, limit: int, headers: Mapping[str, str]) -> Fetched:
    try:
        content, mime = get_capped(http, url, limit, headers)
    except (TargetRefused, httpx.InvalidURL, httpx.UnsupportedProtocol):
        raise GiveUp("address-refused") from None
    except UnicodeEncodeError:
        raise ChannelDown("unsendable-key") from None
    except TooLarge:
        raise GiveUp("too-large") from None
    except httpx.HTTPStatusError as error:
        raise _lost_file(error.response) from None
    except httpx.HTTPError:
        raise RetryLater("no-answer") from None
    return Fetched(content=content, mime=mime.split(";")[0].strip().lower())


def _lost_file(response: httpx.Response) -> SendError:
    """Addresses of files expire: then they answer 403, and the account is well all the same."""
    code = f"http-{response.status_code}"
    return GiveUp(code) if response.status_code == 403 else failure(response, code, {})
