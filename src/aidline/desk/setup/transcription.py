"""The speech server of a centre, which writes voicemails down."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from aidline.centres.rules import StaffRequest, requires
from aidline.centres.states import Can
from aidline.desk.forms import posted, status_of
from aidline.desk.setup.transcription_forms import TranscriberForm
from aidline.language.libretranslate import EngineError
from aidline.language.queries import transcriber_settings
from aidline.language.transcriber import SAMPLE, change_transcriber, check_transcriber

PROBLEMS: dict[str, Promise] = {
    "too-slow": gettext_lazy("The speech server took too long."),
    "unreachable": gettext_lazy("The speech server does not answer."),
    "resting": gettext_lazy("The speech server is in trouble. We try again in a moment."),
    "busy": gettext_lazy("The speech server is busy."),
    "key-refused": gettext_lazy("The speech server does not accept the key."),
    "not-offered": gettext_lazy(
        "The speech server does not know this model, this language or this kind of recording."
    ),
    "no-sense": gettext_lazy("The speech server answered something that makes no sense."),
    "gone": gettext_lazy("The recording is not there any more."),
    "off": gettext_lazy("No speech server is set up."),
}


def problem(code: str) -> str:
    return str(PROBLEMS.get(code, _("The recording could not be written down.")))


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
        messages.error(request, problem(error.code))
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
        "problem": problem(row.error_code) if row and row.error_code else "",
        "sample": SAMPLE,
    }
    return render(request, "desk/setup/transcription.html", context, status=status_of(request))
