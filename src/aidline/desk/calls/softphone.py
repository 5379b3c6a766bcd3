"""What the phone window needs to talk: the driver and its token, and whom it may connect to."""

from collections.abc import Mapping
from uuid import UUID

from django.contrib.staticfiles import finders
from django.http import HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.templatetags.static import static
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from aidline.centres.queries import Seat
from aidline.centres.rules import StaffRequest, requires
from aidline.centres.states import Can
from aidline.desk.calls.lines import lines_of, may_answer, voice_of
from aidline.desk.inbox.answers import by_script
from aidline.gateway import talking

SDK = "desk/phone/sdk/twilio.min.js"
DRIVERS = {"twilio": "desk/phone/twilio.js", "simulated": "simulator/softphone.js"}

# What a driver's own servers are called, so that the policy of the phone window lets it reach them and no other.
HOSTS: Mapping[str, tuple[str, ...]] = {
    "twilio": ("https://*.twilio.com", "wss://*.twilio.com"),
}
PLAYED = {"media-src": "'self' mediastream: blob:"}


@requires(Can.ANSWER)
@require_POST
def kit(request: StaffRequest) -> HttpResponseBase:
    """A token of its own for each phone that is opened, and again before it runs out."""
    given = _kit(request)
    if given is None:
        words = _("No telephone line of this centre is open.")
        return HttpResponse(words, status=422, content_type="text/plain; charset=utf-8")
    if given.driver == "twilio" and not sdk_is_here():
        return HttpResponse(how_to_get(), status=422, content_type="text/plain; charset=utf-8")
    return JsonResponse(
        {
            "driver": given.driver,
            "token": given.token,
            "identity": given.identity,
            "url": given.url,
            "lasts": given.lasts,
            "line": str(given.channel),
            "script": static(DRIVERS[given.driver]),
            "sdk": static(SDK) if given.driver == "twilio" else "",
        }
    )


def _kit(request: StaffRequest) -> talking.Kit | None:
    """Of one line, or of the first that has a telephone for the browser."""
    raw = request.POST.get("line", "")
    try:
        line = UUID(raw) if raw else None
    except ValueError:
        return None
    return talking.kit(request.seat, line) if may_answer(request.seat) else None


@requires(Can.ANSWER)
@require_POST
def here(request: StaffRequest) -> HttpResponseBase:
    """The phone window is open and can talk, or closes. Calls are offered to members whose phone is here."""
    if may_answer(request.seat):
        talking.phone_here(request.seat, "gone" not in request.POST)
    return HttpResponse(status=204 if by_script(request) else 200)


def content_security(seat: Seat) -> Mapping[str, str]:
    """Of the phone window alone."""
    hosts = sorted({host for driver in _drivers(seat) for host in HOSTS.get(driver, ())})
    return {"connect-src": " ".join(["'self'", *hosts]), **PLAYED}


def _drivers(seat: Seat) -> set[str]:
    found = (voice_of(line) for line in lines_of(seat.centre))
    return {voice.softphone for voice in found if voice and voice.softphone}


def sdk_is_here() -> bool:
    return finders.find(SDK) is not None


def how_to_get() -> str:
    return _(
        "The part of the phone that comes from Twilio is not installed. "
        "Who runs this installation gets it with: python tools/fetch_voice_sdk.py"
    )
