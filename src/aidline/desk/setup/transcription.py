"""The speech server of a centre, which writes voicemails down."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from aidline.centres.rules import StaffRequest, requires
from aidline.centres.states import Can
from aidline.desk.forms import posted, status_of
from aidline.desk.inbox.translations import speech_problem
from aidline.desk.setup.transcription_forms import TranscriberForm
from aidline.language.libretranslate import EngineError
from aidline.language.queries import transcriber_settings
from aidline.language.transcriber import SAMPLE, change_transcriber, check_transcriber


@requires(Can.SET_UP)
@require_http_methods(["GET", "HEAD", "POST"])
def transcriber(request: StaffRequest) -> HttpResponseBase:
    centre = request.seat.centre
    form = TranscriberForm(posted(request), transcriber=transcriber_settings(centre))
    if request.method == "POST" and form.is_valid():
        change_transcriber(by=request.user, centre=centre, **form.cleaned_data)
        return redirect("setup:transcription", centre.slug)
    return _page(request, form)


@requires(Can.SET_UP)
@require_POST
def test(request: StaffRequest) -> HttpResponseBase:
    """Has a sentence of ours written down, and says what came."""
    row = transcriber_settings(request.seat.centre)
    if row is None:
        raise Http404
    try:
        heard = check_transcriber(by=request.user, transcriber=row)
    except EngineError as error:
        messages.error(request, speech_problem(error.code))
    else:
        answer = _("It answers.") if heard else _("It answers, but it heard nothing in our sentence.")
        messages.success(request, answer)
    return redirect("setup:transcription", request.seat.centre.slug)


def _page(request: StaffRequest, form: TranscriberForm) -> HttpResponse:
    row = transcriber_settings(request.seat.centre)
    context = {
        "tab": "translation",
        "form": form,
        "transcriber": row,
        "problem": speech_problem(row.error_code) if row and row.error_code else "",
        "sample": SAMPLE,
    }
    return render(request, "desk/setup/transcription.html", context, status=status_of(request))
