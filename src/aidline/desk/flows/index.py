"""The flows of a centre: what there is, what runs, and which channel begins with which."""

from collections.abc import Sequence
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aidline.centres.rules import StaffRequest, requires
from aidline.centres.states import Can
from aidline.channels.queries import access_channel
from aidline.desk.flows.starting import starter
from aidline.desk.forms import posted, status_of
from aidline.flows import files, services
from aidline.flows.exchange.losses import NotReadable
from aidline.flows.models import Flow
from aidline.flows.problems import FlowError, Problem
from aidline.flows.queries import access_flow, doors_of, flows_of, is_changed

LARGEST = 4_000_000  # bytes of a file


@requires(Can.SET_UP)
@require_safe
def index(request: StaffRequest) -> HttpResponseBase:
    return _index(request)


def _index(request: StaffRequest, refused: Sequence[str] = ()) -> HttpResponseBase:
    centre = request.seat.centre
    flows = flows_of(centre)
    context = {
        "tab": "flows",
        "flows": [(flow, is_changed(flow)) for flow in flows],
        "published": [flow for flow in flows if flow.published_id],
        "doors": doors_of(centre),
        "refused": refused,
    }
    return render(request, "desk/flows/index.html", context, status=422 if refused else 200)


class NewForm(forms.Form):
    title = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=120,
        widget=forms.TextInput(attrs={"class": "input", "dir": "auto", "autocomplete": "off"}),
        help_text=gettext_lazy("For staff, such as “First contact”."),
    )
    slug = forms.SlugField(
        label=gettext_lazy("Short name"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"class": "input ltr", "autocomplete": "off"}),
        help_text=gettext_lazy(
            "Latin letters, by which other flows and files know it. It stays. Made for you if empty."
        ),
    )


@requires(Can.SET_UP)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: StaffRequest) -> HttpResponseBase:
    form = NewForm(posted(request))
    if request.method == "POST" and form.is_valid():
        flow = _created(request, form)
        if flow:
            return redirect("flows:steps", request.seat.centre.slug, flow.pk)
    return render(request, "desk/flows/new.html", {"tab": "flows", "form": form}, status=status_of(request))


def _created(request: StaffRequest, form: NewForm) -> Flow | None:
    centre, title = request.seat.centre, form.cleaned_data["title"]
    slug = form.cleaned_data["slug"] or slugify(title)[:40] or "flow"
    try:
        return services.create_flow(
            by=request.user, centre=centre, slug=slug, title=title, draft=starter(centre, slug, title)
        )
    except services.Taken:
        form.add_error("slug", _("Another flow has this name."))
        return None


@requires(Can.SET_UP)
@require_POST
def importing(request: StaffRequest) -> HttpResponseBase:
    """A file becomes drafts; what runs stays as it is, and what could not be carried is told."""
    file = request.FILES.get("file")
    if file is None or file.size is None or file.size > LARGEST:
        return _index(request, [_("Choose a file of at most 4 MB.")])
    try:
        brought = files.bring_in(
            by=request.user,
            centre=request.seat.centre,
            source=file.read().decode("utf-8-sig", "replace"),
            replaces="replaces" in request.POST,
        )
    except FlowError as error:
        return _index(request, [_told(problem) for problem in error.problems])
    except NotReadable as error:
        return _index(request, [str(error.words)])
    except files.WouldReplace as error:
        return _index(request, [_would_replace(flow) for flow in error.flows])
    return render(request, "desk/flows/brought.html", {"tab": "flows", "brought": brought})


def _told(problem: Problem) -> str:
    if not problem.line:
        return problem.words
    return _("Line %(line)s: %(problem)s") % {"line": problem.line, "problem": problem.words}


def _would_replace(flow: Flow) -> str:
    words = _("The draft of “%(title)s” has changes that are not published. Tick the box to replace it.")
    return words % {"title": flow.title}


@requires(Can.SET_UP)
@require_POST
def entrance(request: StaffRequest, channel: UUID) -> HttpResponseBase:
    row = access_channel(request.seat, channel)
    chosen = {kind: _chosen(request, request.POST.get(kind, "")) for kind in ("messages", "calls")}
    services.set_entrance(by=request.user, channel=row, messages=chosen["messages"], calls=chosen["calls"])
    messages.success(request, _("Saved for %(channel)s.") % {"channel": row.name})
    return redirect("flows:index", request.seat.centre.slug)


def _chosen(request: StaffRequest, given: str) -> Flow | None:
    try:
        return access_flow(request.seat, UUID(given)) if given else None
    except ValueError:
        return None
