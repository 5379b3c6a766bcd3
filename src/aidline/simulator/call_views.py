"""A phone at somebody's ear: dialling, keys, speaking, hanging up. Works without a script, better with one."""

from collections.abc import Callable
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from aidline.simulator import phones
from aidline.simulator.call_screens import can_call, screen_of
from aidline.simulator.models import Phone, PracticeCall
from aidline.simulator.telephone import acts, rows, voices
from aidline.simulator.views import LARGEST_FILE, PART, phone_of, practice


@practice
@require_GET
def call(request: HttpRequest, phone_id: UUID) -> HttpResponse:
    return _part(request, phone_of(phone_id))


@practice
@require_POST
def act(request: HttpRequest, phone_id: UUID, what: str) -> HttpResponse:
    phone, do = phone_of(phone_id), _ACTS.get(what)
    if do is None:
        raise Http404
    do(request, phone)
    if request.headers.get(PART):
        return _part(request, phone_of(phone_id))
    return redirect(f"{reverse('simulator:phones')}#p-{phone.pk}")


@practice
@require_GET
def sound(_request: HttpRequest, phone_id: UUID, number: int) -> HttpResponse:
    """A line that the vendor's own voice says, in ours."""
    found = rows.live_of(phone_of(phone_id))
    lines = found.heard or [] if found else []
    line = next((one for one in lines if one["n"] == number and "say" in one), None)
    if line is None:
        raise Http404
    return HttpResponse(voices.said(line["say"], line["language"]), "audio/wav")


def _part(request: HttpRequest, phone: Phone) -> HttpResponse:
    screen = screen_of(phone)
    given = render(request, "simulator/call.html", {"call": screen, "phone": phone})
    given["X-Phone-Mark"] = f"{phone.changed_at.timestamp():.6f}"
    return given


# --- acts -------------------------------------------------------------------------------------------------


def _dial(_request: HttpRequest, phone: Phone) -> None:
    if can_call(phone):
        try:
            acts.call_us(phone)
        except acts.OnTheLine:
            return


def _keys(request: HttpRequest, phone: Phone) -> None:
    acts.press(_live(phone), request.POST.get("key", ""))


def _speak(request: HttpRequest, phone: Phone) -> None:
    acts.speak(_live(phone), _voice(request, phone), hung_up=bool(request.POST.get("hang-up")))


def _voice(request: HttpRequest, phone: Phone) -> bytes:
    """A recording, or the ready message where there is none that can be read."""
    given = request.FILES.get("file")
    if given and given.size and given.size <= LARGEST_FILE:
        try:
            return voices.from_file(given.read())
        except voices.NotSpoken:
            return voices.ready(phone.language)
    return voices.ready(phone.language)


def _away(_request: HttpRequest, phone: Phone) -> None:
    acts.put_away(phone)
    phones.touch([phone])


def _live(phone: Phone) -> PracticeCall:
    found = rows.live_of(phone)
    if found is None:
        raise Http404
    return found


_ACTS: dict[str, Callable[[HttpRequest, Phone], object]] = {
    "dial": _dial,
    "keys": _keys,
    "speak": _speak,
    "skip": lambda _request, phone: acts.skip(_live(phone)),
    "hang-up": lambda _request, phone: acts.hang_up(_live(phone)),
    "answer": lambda _request, phone: acts.answer(_live(phone)),
    "decline": lambda _request, phone: acts.decline(_live(phone)),
    "away": _away,
}
