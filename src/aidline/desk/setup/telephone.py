"""The telephone settings of a channel whose account takes calls."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from aidline.calls.lines import change_line, line_of
from aidline.centres.rules import StaffRequest, requires
from aidline.centres.states import Can
from aidline.channels.queries import access_channel
from aidline.desk.calls.lines import voice_of
from aidline.desk.calls.softphone import how_to_get, sdk_is_here
from aidline.desk.forms import posted
from aidline.desk.setup.channels import step_page
from aidline.desk.setup.telephone_forms import LineForm


@requires(Can.SET_UP)
@require_http_methods(["GET", "HEAD", "POST"])
def calls(request: StaffRequest, line: UUID) -> HttpResponseBase:
    row = access_channel(request.seat, line)
    voice = voice_of(row)
    if voice is None:
        raise Http404
    form = LineForm.of(line_of(row), posted(request))
    if request.method == "POST" and form.is_valid():
        change_line(by=request.user, channel=row, changes=form.cleaned_data)
        messages.success(request, _("Kept."))
        return redirect("setup:channel_calls", request.seat.centre.slug, row.pk)
    context = {"form": form, "driver": voice.softphone, "sdk": sdk_is_here(), "how_to_get": how_to_get()}
    return step_page(request, row, "channel_calls", context)
