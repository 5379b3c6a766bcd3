"""What all of Meta's webhooks and its Graph API share: handshake, signature, refusals, headers of use.

Sources: developers.facebook.com/docs/graph-api (webhooks, handling errors, rate limits, secure requests), read
2026-11-24. One app secret signs for every page, account and number of the app, over the raw body.
"""

import hmac
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

import httpx

from aidline.channels.contract import (
    BadSignature,
    HookAnswer,
    HookRequest,
    Malformed,
    SendError,
    Uncertain,
    Verdict,
)
from aidline.channels.wire.calling import answer, failure
from aidline.channels.wire.reading import document, ident, part, parts, said

# --- webhooks --------------------------------------------------------------------------------------------


def handshake(request: HookRequest, verify_token: str) -> HookAnswer | None:
    if request.method != "GET":
        return None
    given = request.query.get("hub.verify_token", "").encode("utf-8", "replace")
    if request.query.get("hub.mode") == "subscribe" and hmac.compare_digest(given, verify_token.encode()):
        return HookAnswer(body=request.query.get("hub.challenge", "").encode("utf-8", "replace")[:512])
    return HookAnswer(status=403)


def verify(request: HookRequest, secrets: Sequence[bytes]) -> None:
    given = request.headers.get("x-hub-signature-256", "").encode("utf-8", "replace")
    for secret in secrets:
        expected = b"sha256=" + hmac.digest(secret, request.body, "sha256").hex().encode()
        if hmac.compare_digest(given, expected):
            return
    raise BadSignature("x-hub-signature-256")


def secrets_of(*words: str) -> list[bytes]:
    return [word.encode() for word in words if word]


def entries_changed(body: bytes, change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]) -> bytes:
    """A webhook body with other entries. Unchanged to the byte where they stay the same, or nobody can read it."""
    try:
        whole = document(body)
        entries = parts(whole.get("entry"))
        changed = change(entries)
        return body if changed == entries else json.dumps({**whole, "entry": changed}).encode()
    except (Malformed, RecursionError):
        return body


# --- answers ---------------------------------------------------------------------------------------------

# "The messages are all sent successfully, but the endpoint returns an error" (Messenger error codes).
_PERHAPS_SENT = frozenset({"1/1357046"})


def checked(response: httpx.Response, verdicts: Mapping[str, Verdict]) -> dict[str, Any]:
    """The answer's object, or the refusal as a `SendError`."""
    found = answer(response)
    if response.is_success:
        return found
    raise refusal(response, part(found.get("error")), verdicts)


def refusal(response: httpx.Response, error: dict[str, Any], verdicts: Mapping[str, Verdict]) -> SendError:
    """A code with its subcode says more than the code alone; `is_transient` speaks for codes we do not know."""
    plain, exact = ident(error.get("code")), code_of(error)
    code = exact if exact in verdicts else plain
    if exact in _PERHAPS_SENT:
        return Uncertain(exact)
    if code not in verdicts and error.get("is_transient") is True:
        verdicts = {code: Verdict.RETRY}
    made = failure(response, code, verdicts)
    if made.verdict is Verdict.RETRY:
        made.retry_after = made.retry_after or regained(response)
    made.words = (said(error.get("error_user_msg")) or said(error.get("message")))[:300]
    return made


def code_of(error: dict[str, Any]) -> str:
    code, subcode = ident(error.get("code")), ident(error.get("error_subcode"))
    return f"{code}/{subcode}" if code and subcode else code


# --- how much of our share is used -------------------------------------------------------------------------
# In percent of what an hour or a day allows; at 100 calls are refused. So we slow down before.

_SHARES = ("x-app-usage", "x-page-usage")
_BY_ACCOUNT = "x-business-use-case-usage"
_COUNTED = ("call_count", "total_time", "total_cputime")
_PAUSES = ((100, timedelta(minutes=1)), (95, timedelta(seconds=10)), (80, timedelta(seconds=1)))
_LONGEST = timedelta(hours=1)


def pause(response: httpx.Response) -> timedelta | None:
    """How long to wait before the next message, asked of the headers of a good answer."""
    waiting = regained(response)
    if waiting:
        return waiting
    used = max((_used(share) for share in _shares(response)), default=0.0)
    return next((wait for percent, wait in _PAUSES if used >= percent), None)


def regained(response: httpx.Response) -> timedelta | None:
    """The time until calls are taken again, which Meta tells in minutes."""
    told = (_number(share.get("estimated_time_to_regain_access")) for share in _shares(response))
    minutes = max(told, default=0.0)
    return min(timedelta(minutes=min(minutes, 10_000)), _LONGEST) if minutes > 0 else None


def _shares(response: httpx.Response) -> Iterable[dict[str, Any]]:
    yield from (_header(response, name) for name in _SHARES)
    for accounts in _header(response, _BY_ACCOUNT).values():
        yield from parts(accounts)


def _header(response: httpx.Response, name: str) -> dict[str, Any]:
    try:
        return part(json.loads(response.headers.get(name, "{}")))
    except (ValueError, RecursionError):
        return {}


def _used(share: dict[str, Any]) -> float:
    return max(_number(share.get(name)) for name in _COUNTED)


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) and 0 <= value < 1e9 else 0.0


# --- calls -----------------------------------------------------------------------------------------------


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def proof(app_secret: str, token: str) -> str:
    """`appsecret_proof`: shows that whoever holds the token is the app itself."""
    return hmac.digest(app_secret.encode(), token.encode(), "sha256").hex()
