"""`/look-alike/softphone/…`: the vendor's side of an agent's browser. Who calls proves it by the token of a kit."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from aidline.channels.contract import BadSignature
from aidline.channels.models import Channel
from aidline.channels.wire import jwt
from aidline.kernel.clock import now
from aidline.simulator import faults
from aidline.simulator.lookalikes.shapes import Fault
from aidline.simulator.models import PracticeCall
from aidline.simulator.states import CallState
from aidline.simulator.telephone import acts, rows
from aidline.simulator.views import practice


@dataclass(frozen=True, slots=True)
class Browser:
    """An agent's, as its token names it."""

    channel: Channel
    identity: str


@csrf_exempt  # its callers prove themselves by a token, and hold no cookie
@practice
@require_POST
def softphone(request: HttpRequest, what: str) -> HttpResponse:
    do, browser = _ACTS.get(what), _browser(request)
    if do is None:
        raise Http404
    if browser is None:
        return JsonResponse({"code": 20101, "message": "Invalid access token"}, status=401)
    return JsonResponse(do(browser, {name: str(value) for name, value in request.POST.items()}))


def _browser(request: HttpRequest) -> Browser | None:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    accounts = Channel.objects.filter(provider="twilio", config_sealed__isnull=False).select_related("centre")
    found = (_meant(token, channel) for channel in accounts) if kind == "Bearer" else ()
    return next((one for one in found if one), None)


def _meant(token: str, channel: Channel) -> Browser | None:
    """None where this account has not made the token."""
    secret = str((channel.config or {}).get("api_key_secret", ""))
    try:
        claims = jwt.checked_hs256(token, [secret])
    except BadSignature:
        return None
    grants: dict[str, Any] = claims.get("grants") or {}
    good = claims.get("exp", 0) > now().timestamp() and "voice" in grants and grants.get("identity")
    return Browser(channel, str(grants["identity"])) if good else None


# --- acts -------------------------------------------------------------------------------------------------


def _open(browser: Browser, _given: dict[str, str]) -> dict[str, Any]:
    """What the browser would say of its microphone."""
    return {"microphone": not faults.use_up(browser.channel, {Fault.MICROPHONE})}


def _connect(browser: Browser, given: dict[str, str]) -> dict[str, Any]:
    call = acts.connect(browser.channel, browser.identity, given)
    return {"call": str(call.pk)}


def _state(browser: Browser, given: dict[str, str]) -> dict[str, Any]:
    call = _call(browser, given)
    acts.due_now(call.pk)
    call = _call(browser, given)
    if call.ended_at:
        return {"state": "over"}
    return {"state": "open" if call.state == CallState.GOING else "ringing"}


def _keys(browser: Browser, given: dict[str, str]) -> dict[str, Any]:
    acts.press(_call(browser, given), given.get("keys", ""))
    return {}


def _hang_up(browser: Browser, given: dict[str, str]) -> dict[str, Any]:
    acts.hang_up(_call(browser, given))
    return {}


def _call(browser: Browser, given: dict[str, str]) -> PracticeCall:
    """Only one's own."""
    try:
        found = rows.find(UUID(given.get("call", "")))
    except ValueError:
        raise Http404 from None
    if found is None or found.channel != browser.channel or found.other != f"client:{browser.identity}":
        raise Http404
    return found


_ACTS: dict[str, Callable[[Browser, dict[str, str]], dict[str, Any]]] = {
    "open": _open,
    "connect": _connect,
    "state": _state,
    "keys": _keys,
    "hang-up": _hang_up,
}
