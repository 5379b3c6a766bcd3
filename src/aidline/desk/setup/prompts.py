"""What callers hear in the voice of somebody here: recordings by name and language."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aidline.centres.rules import StaffRequest, requires
from aidline.centres.states import Can
from aidline.desk.forms import posted, status_of
from aidline.desk.setup.prompt_forms import NewPromptForm, RecordingForm
from aidline.flows.recordings import (
    Named,
    Take,
    access_prompt,
    recordings_of,
    remove_recording,
    save_recording,
    take_of,
)
from aidline.gateway import sounds
from aidline.kernel import speech


@requires(Can.SET_UP)
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: StaffRequest) -> HttpResponseBase:
    centre = request.seat.centre
    form = NewPromptForm(posted(request))
    if request.method == "POST" and form.is_valid():
        return redirect("setup:prompt", centre.slug, form.cleaned_data["name"], centre.default_language)
    named = recordings_of(centre)
    takes = [take for one in named for take in one.takes]
    context = {
        "tab": "prompts",
        "form": form,
        "named": named,
        "missing": sum(_is_missing(take) for take in takes),
        "outdated": sum(take.is_outdated for take in takes),
    }
    return render(request, "desk/setup/prompts.html", context, status=status_of(request))


@requires(Can.SET_UP)
@require_http_methods(["GET", "HEAD", "POST"])
def prompt(request: StaffRequest, name: str, language: str) -> HttpResponseBase:
    named, take = take_of(request.seat.centre, name, language)
    form = RecordingForm(posted(request), request.FILES or None, take=take)
    if request.method == "POST" and form.is_valid():
        _keep(request, take, form)
        return redirect("setup:prompt", request.seat.centre.slug, name, language)
    return _page(request, named, take, form)


@requires(Can.SET_UP)
@require_POST
def remove(request: StaffRequest, prompt: UUID) -> HttpResponseBase:
    row = access_prompt(request.seat, prompt)
    remove_recording(by=request.user, prompt=row)
    messages.success(request, _("Removed. Callers hear the computer voice again."))
    return redirect("setup:prompt", request.seat.centre.slug, row.name, row.language)


@requires(Can.SET_UP)
@require_safe
def recorded(request: StaffRequest, prompt: UUID) -> HttpResponseBase:
    return _sound(request, sounds.recorded(access_prompt(request.seat, prompt)))


@requires(Can.SET_UP)
@require_safe
def spoken(request: StaffRequest, name: str, language: str) -> HttpResponseBase:
    """What callers hear as long as there is no recording."""
    _named, take = take_of(request.seat.centre, name, language)
    words = take.words or (take.prompt.words if take.prompt else "")
    if not words:
        raise Http404
    return _sound(request, speech.speech(words, language))


def _keep(request: StaffRequest, take: Take, form: RecordingForm) -> None:
    save_recording(
        by=request.user,
        centre=request.seat.centre,
        name=take.name,
        language=take.language,
        words=form.cleaned_data["words"],
        wav=form.cleaned_data["file"],
    )
    messages.success(request, _("Kept. Callers hear it from now on."))


def _page(request: StaffRequest, named: Named, take: Take, form: RecordingForm) -> HttpResponse:
    context: dict[str, Any] = {"tab": "prompts", "named": named, "take": take, "form": form}
    response = render(request, "desk/setup/prompt.html", context, status=status_of(request))
    response.content_security = {"media-src": "'self' blob:"}  # type: ignore[attr-defined]
    return response


def _is_missing(take: Take) -> bool:
    return take.prompt is None and take.quality != speech.Quality.OWN


def _sound(request: StaffRequest, wav: bytes) -> HttpResponse:
    status, headers, body = sounds.answer(wav, request.headers.get("range", ""), lasts="no-store")
    return HttpResponse(body, status=status, headers=dict(headers))
