"""The translation server of a centre, and its glossary."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from aidline.centres.rules import StaffRequest, requires
from aidline.centres.states import Can
from aidline.desk.forms import posted, status_of
from aidline.desk.inbox.translations import problem
from aidline.desk.setup.translation_forms import EngineForm, TermForm
from aidline.kernel import languages
from aidline.language import services
from aidline.language.libretranslate import EngineError
from aidline.language.models import Engine, GlossaryTerm
from aidline.language.queries import access_term, engine_settings, glossary


@requires(Can.SET_UP)
@require_http_methods(["GET", "HEAD", "POST"])
def engine(request: StaffRequest) -> HttpResponseBase:
    centre = request.seat.centre
    form = EngineForm(posted(request), centre=centre, engine=engine_settings(centre))
    if request.method == "POST" and form.is_valid():
        services.change_engine(by=request.user, centre=centre, **form.cleaned_data)
        return redirect("setup:translation", centre.slug)
    return _page(request, form)


@requires(Can.SET_UP)
@require_POST
def test(request: StaffRequest) -> HttpResponseBase:
    """Asks the server which languages it offers, and says what came."""
    row = engine_settings(request.seat.centre)
    if row is None:
        raise Http404
    try:
        count = services.check_engine(by=request.user, engine=row)
    except EngineError as error:
        messages.error(request, problem(error.code))
    else:
        words = ngettext(
            "It answers: %(count)s pair of languages.", "It answers: %(count)s pairs of languages.", count
        )
        messages.success(request, words % {"count": count})
    return redirect("setup:translation", request.seat.centre.slug)


@requires(Can.SET_UP)
@require_http_methods(["GET", "HEAD", "POST"])
def new_term(request: StaffRequest) -> HttpResponseBase:
    return _term(request, None)


@requires(Can.SET_UP)
@require_http_methods(["GET", "HEAD", "POST"])
def term(request: StaffRequest, term: UUID) -> HttpResponseBase:
    return _term(request, access_term(request.seat, term))


@requires(Can.SET_UP)
@require_POST
def remove_term(request: StaffRequest, term: UUID) -> HttpResponseBase:
    services.remove_term(by=request.user, term=access_term(request.seat, term))
    return redirect("setup:translation", request.seat.centre.slug)


def _term(request: StaffRequest, known: GlossaryTerm | None) -> HttpResponseBase:
    centre = request.seat.centre
    form = TermForm(posted(request), centre=centre, known=known)
    if request.method == "POST" and form.is_valid():
        word = form.cleaned_data["word"]
        services.save_term(by=request.user, centre=centre, word=word, forms=form.forms(), term=known)
        return redirect("setup:translation", centre.slug)
    context = {"tab": "translation", "form": form, "known": known}
    return render(request, "desk/setup/term.html", context, status=status_of(request))


def _page(request: StaffRequest, form: EngineForm) -> HttpResponse:
    row = engine_settings(request.seat.centre)
    context: dict[str, Any] = {
        "tab": "translation",
        "form": form,
        "engine": row,
        "offers": _offers(row) if row else [],
        "terms": [(term, _forms_of(term)) for term in glossary(request.seat.centre)],
    }
    return render(request, "desk/setup/translation.html", context, status=status_of(request))


def _offers(engine: Engine) -> list[tuple[str, bool, bool]]:
    """For each language of the centre: whether it is translated for the agents, and back for the person."""
    into, pairs = engine.into, engine.pairs
    spoken = [code for code in engine.centre.languages if code != into]
    return [
        (languages.name(code), into in pairs.get(code, ()), code in pairs.get(into, ())) for code in spoken
    ]


def _forms_of(term: GlossaryTerm) -> list[tuple[str, str]]:
    return sorted(term.content["forms"].items())
