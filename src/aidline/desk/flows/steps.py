"""The steps of a flow: the list, the form of each, and what holds for all of them."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aidline.centres.rules import StaffRequest, requires
from aidline.centres.states import Can
from aidline.desk.flows import playing, words
from aidline.desk.flows.bubbles import bubbles
from aidline.desk.flows.frame import frame, keep, kit, opened, to_part
from aidline.desk.flows.settings_form import SettingsForm
from aidline.desk.flows.step_forms import StepForm, fresh_name
from aidline.desk.flows.trying import pane
from aidline.desk.forms import posted, status_of
from aidline.flows import editing
from aidline.flows.language import NODES, Flow
from aidline.flows.models import Flow as Row
from aidline.kernel import languages


@requires(Can.SET_UP)
@require_safe
def steps(request: StaffRequest, flow: UUID) -> HttpResponseBase:
    row = opened(request, flow)
    examined, context = frame(row, "steps")
    rows = (
        [_shown(examined.flow, name, request.user.language) for name in examined.flow.nodes]
        if examined.flow
        else []
    )
    for shown in rows:
        shown["problems"] = examined.at(shown["name"])
    context |= {"steps": rows, "kinds": _kinds()}
    if examined.flow:
        context |= pane(row, playing.begin(row.centre, examined.flow, "", "", ""))
    return render(request, "desk/flows/steps.html", context)


def _shown(flow: Flow, name: str, language: str) -> dict[str, Any]:
    node = flow.nodes[name]
    codes = (language, *flow.languages)  # whose words a flow does not have reads its first language
    titles = {
        choice.id: next((choice.text[code] for code in codes if code in choice.text), None)
        for choice in getattr(node, "choices", ())
    }
    ways = [(_by(node.kind, by, titles), to, to in flow.nodes) for by, to in editing.links(node)]
    return {
        "name": name,
        "node": node,
        "kind": node.kind,
        "word": words.KINDS[node.kind],
        "icon": words.ICONS[node.kind],
        "says": words.says(node, language),
        "ways": ways,
        "starts": name == flow.start,
        "danger": name == flow.danger,
    }


def _by(kind: str, by: str, titles: dict[str, Any]) -> str:
    if by in titles:
        return titles[by].text if titles[by] else languages.name(by)
    return words.label(kind, by) if by in editing.LINKS else by


def _kinds() -> list[tuple[str, Any, Any, str]]:
    return [(kind, words.KINDS[kind], words.ABOUT[kind], words.ICONS[kind]) for kind in NODES]


# --- one step --------------------------------------------------------------------------------------------


@requires(Can.SET_UP)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: StaffRequest, flow: UUID, kind: str) -> HttpResponseBase:
    if kind not in NODES:
        raise Http404
    row = opened(request, flow)
    return _step(request, row, kind, "")


@requires(Can.SET_UP)
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: StaffRequest, flow: UUID, step: str) -> HttpResponseBase:
    row = opened(request, flow)
    definition = _readable(row)
    if definition and step not in definition.nodes:
        raise Http404
    return _step(request, row, definition.nodes[step].kind if definition else "message", step)


def _step(request: StaffRequest, row: Row, kind: str, name: str) -> HttpResponseBase:
    examined, context = frame(row, "steps")
    definition = examined.flow
    if definition is None:
        return to_part(request, row, "text")
    known = definition.nodes.get(name)
    given: dict[str, Any] = {"flow": definition, "kit": kit(request, row), "kind": kind, "name": name}
    form = StepForm(posted(request), node=known, **given)
    act = request.POST.get("act", "save")
    if request.method == "POST" and act != "save":
        return _again(request, form, act, given, context)
    if form.is_bound and form.is_valid():
        node = form.node()
        if keep(request, row, editing.put(definition, node, name)):
            return to_part(request, row, "steps", anchor=f"step-{node.name}")
    if not form.is_bound and not name:
        form.initial["name"] = fresh_name(definition, kind)
    context |= _around(form, definition, examined.at(name) if name else [])
    return render(request, "desk/flows/step.html", context, status=status_of(request))


def _again(
    request: StaffRequest, form: StepForm, act: str, given: dict[str, Any], context: dict[str, Any]
) -> HttpResponseBase:
    """The same form with one row more, in another order, or only to look at; nothing is kept."""
    node, count = form.node(), form.count
    verb, _dash, place = act.partition("-")
    if form.sort and verb in _ROW_ACTS and place.isdecimal():
        rows = _ROW_ACTS[verb](form.sort.rows(node), int(place))
        changed: Any = {form.sort.field: dict(rows) if form.sort.field == "values" else rows}
        node = replace(node, **changed)
    fresh = StepForm(None, node=node, rows=count + (act == "more"), **given)
    fresh.initial["name"] = request.POST.get("name", "")
    context |= _around(fresh, given["flow"], [])
    part = act == "look" and request.headers.get("HX-Request") == "true"
    return render(request, "desk/flows/bubbles.html" if part else "desk/flows/step.html", context)


_ROW_ACTS: dict[str, Callable[[list[Any], int], tuple[Any, ...]]] = {
    "up": lambda rows, place: editing.moved(rows, place, -1),
    "down": lambda rows, place: editing.moved(rows, place, 1),
    "drop": lambda rows, place: tuple(rows[:place] + rows[place + 1 :]),
}


def _around(form: StepForm, definition: Flow, problems: list[Any]) -> dict[str, Any]:
    node = form.node() if form.is_bound else form.shown_node
    return {
        "form": form,
        "kind": form.kind,
        "word": words.KINDS[form.kind],
        "about": words.ABOUT[form.kind],
        "icon": words.ICONS[form.kind],
        "bubbles": bubbles(node, definition) if node else [],
        "found": problems,
    }


@requires(Can.SET_UP)
@require_POST
def removal(request: StaffRequest, flow: UUID, step: str) -> HttpResponseBase:
    row = opened(request, flow)
    definition = _with(row, step)
    if keep(request, row, editing.remove(definition, step)):
        messages.success(request, _("“%(step)s” is removed. Look at what led to it.") % {"step": step})
    return to_part(request, row, "steps")


@requires(Can.SET_UP)
@require_POST
def moving(request: StaffRequest, flow: UUID, step: str) -> HttpResponseBase:
    row = opened(request, flow)
    definition = _with(row, step)
    keep(request, row, editing.move(definition, step, -1 if request.POST.get("by") == "up" else 1))
    return to_part(request, row, "steps", anchor=f"step-{step}")


def _readable(row: Row) -> Flow | None:
    return frame(row, "steps")[0].flow


def _with(row: Row, step: str) -> Flow:
    definition = _readable(row)
    if definition is None or step not in definition.nodes:
        raise Http404
    return definition


# --- the whole -------------------------------------------------------------------------------------------


@requires(Can.SET_UP)
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: StaffRequest, flow: UUID) -> HttpResponseBase:
    row = opened(request, flow)
    examined, context = frame(row, "settings")
    if examined.flow is None:
        return to_part(request, row, "text")
    form = SettingsForm(
        posted(request), flow=examined.flow, centre=row.centre, language=request.user.language
    )
    if form.is_bound and form.is_valid() and keep(request, row, form.flow()):
        return to_part(request, row, "steps")
    return render(request, "desk/flows/settings.html", {**context, "form": form}, status=status_of(request))
