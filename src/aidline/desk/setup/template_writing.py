"""One approved message: written, looked at as the person will see it, handed in, followed."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from aidline.centres.rules import StaffRequest, requires
from aidline.centres.states import Can
from aidline.channels.models import Channel, Template
from aidline.channels.queries import access_channel, access_channel_template, family_of
from aidline.channels.template_reasons import advice
from aidline.channels.templates import (
    NotNow,
    Taken,
    is_writable,
    limits_of,
    name_fields,
    rewrite_template,
    submit_template,
    write_template,
)
from aidline.desk.forms import posted, status_of
from aidline.desk.setup.template_forms import Start, TemplateForm, start_of
from aidline.desk.setup.templates import place_of
from aidline.kernel import languages

WATCHED = (Template.State.SENDING, Template.State.PENDING, Template.State.UNKNOWN)
Keep = Callable[[TemplateForm], Template]


@requires(Can.SET_UP)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: StaffRequest, channel: UUID) -> HttpResponseBase:
    row = access_channel(request.seat, channel)

    def keep(form: TemplateForm) -> Template:
        family = form.cleaned_data["name"]
        return write_template(
            by=request.user, channel=row, family=family, language=form.written_in, wording=form.wording
        )

    centre = request.seat.centre
    start = Start(language=centre.default_language)
    return _writing(request, row, start, keep, {}, offered=list(centre.languages))


@requires(Can.SET_UP)
@require_http_methods(["GET", "HEAD", "POST"])
def language(request: StaffRequest, channel: UUID, template: UUID) -> HttpResponseBase:
    """One more language: its fields and buttons are those of the language it is translated from."""
    row = access_channel(request.seat, channel)
    source = access_channel_template(row, template)

    def keep(form: TemplateForm) -> Template:
        return write_template(
            by=request.user, channel=row, family=source.family, language=form.written_in, wording=form.wording
        )

    offered = _missing(request, source)
    start = start_of(source, offered[0] if offered else "en")
    context = {"source": source, "family": family_of(source)}
    return _writing(request, row, start, keep, context, offered=offered, named=True)


@requires(Can.SET_UP)
@require_http_methods(["GET", "HEAD", "POST"])
def template(request: StaffRequest, channel: UUID, template: UUID) -> HttpResponseBase:
    """A draft and a refused one are a form; the others are only shown."""
    row = access_channel(request.seat, channel)
    known = access_channel_template(row, template)

    def keep(form: TemplateForm) -> Template:
        return rewrite_template(by=request.user, template=known, wording=form.wording)

    context = {
        "template": known,
        "family": family_of(known),
        "advice": advice(known.reason),
        "watched": WATCHED,
    }
    if "standing" in request.GET:
        return _standing(request, known, {**place_of(row), **context})
    if is_writable(known) and limits_of(row):
        return _writing(request, row, start_of(known), keep, context, named=True)
    status = 409 if request.method == "POST" else 200
    return render(request, "desk/setup/template.html", {**place_of(row), **context}, status=status)


def _standing(request: StaffRequest, known: Template, context: dict[str, Any]) -> HttpResponseBase:
    """Asked again and again while it is on its way; when it is elsewhere, the whole page is another one."""
    if known.state == request.GET["standing"]:
        return render(request, "desk/setup/template_standing.html", context)
    return HttpResponse(status=204, headers={"HX-Refresh": "true"})


def _writing(
    request: StaffRequest,
    channel: Channel,
    start: Start,
    keep: Keep,
    context: dict[str, Any],
    *,
    offered: list[str] | None = None,
    named: bool = False,
) -> HttpResponseBase:
    limits = limits_of(channel)
    if limits is None:
        raise Http404
    form = TemplateForm(posted(request), limits=limits, start=start, offered=offered, named=named)
    context = {**place_of(channel), **context}
    if request.POST.get("act") == "look":
        looked = TemplateForm(None, limits=limits, start=form.typed(), offered=offered, named=named)
        return _looked(request, looked, context)
    if request.method == "POST" and form.is_valid():
        kept = _kept(request, form, keep)
        if kept:
            return redirect("setup:template", request.seat.centre.slug, channel.pk, kept.pk)
    return render(
        request, "desk/setup/template_form.html", {**context, "form": form}, status=status_of(request)
    )


def _kept(request: StaffRequest, form: TemplateForm, keep: Keep) -> Template | None:
    """A draft is kept in any case; whether it could be handed in, its page says."""
    try:
        template = keep(form)
        if form.names != template.fields:
            name_fields(by=request.user, template=template, fields=form.names)
        if request.POST.get("act") == "submit":
            submit_template(by=request.user, template=template)
    except Taken:
        name = "language" if "language" in form.fields else "name"
        form.add_error(name, _("There is a message of this name in this language."))
        return None
    except NotNow:
        form.add_error(None, _("It was handed in meanwhile. Open it again."))
        return None
    return template


def _looked(request: StaffRequest, form: TemplateForm, context: dict[str, Any]) -> HttpResponseBase:
    """Nothing is kept and nothing is judged: the person's view of what was typed so far."""
    part = request.headers.get("HX-Request") == "true"
    page = "desk/setup/template_live.html" if part else "desk/setup/template_form.html"
    return render(request, page, {**context, "form": form})


def _missing(request: StaffRequest, source: Template) -> list[str]:
    there = {languages.match(row.language) for row in family_of(source).rows}
    return [code for code in request.seat.centre.languages if code not in there]
