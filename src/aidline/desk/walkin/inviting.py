"""Inviting everybody of a programme who waits for it, and how far that has come."""

from uuid import UUID

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from aidline.centres.rules import StaffRequest, requires
from aidline.centres.states import Can
from aidline.desk.forms import posted, status_of
from aidline.desk.walkin.forms import InviteForm
from aidline.gateway.vouchers.inviting import phone_lines
from aidline.kernel import text
from aidline.kernel.clock import now
from aidline.vouchers.models import Programme
from aidline.vouchers.queries import access_programme
from aidline.vouchers.registering import links, words
from aidline.vouchers.registering.invitations import NotOpen, counts, invite
from aidline.vouchers.states import ProgrammeState


@requires(Can.RUN_PROGRAMMES)
@require_http_methods(["GET", "HEAD", "POST"])
def invitations(request: StaffRequest, programme: UUID) -> HttpResponseBase:
    row = access_programme(request.seat, programme, Can.RUN_PROGRAMMES)
    form = InviteForm(posted(request), lines=phone_lines(request.seat.centre))
    if request.method == "POST" and form.is_valid():
        _invite(request, row, UUID(form.cleaned_data["channel"]))
        return redirect("walkin:invitations", request.seat.centre.slug, row.pk)
    context = {
        "programme": row,
        "form": form,
        "counts": counts(row),
        "previews": [_preview(row, code) for code in row.languages],
        "is_open": row.state == ProgrammeState.OPEN,
    }
    return render(request, "desk/walkin/invitations.html", context, status=status_of(request))


def _invite(request: StaffRequest, programme: Programme, channel_id: UUID) -> None:
    try:
        count = invite(by=request.user, programme=programme, channel_id=channel_id)
    except NotOpen:
        messages.error(request, _("Nobody can register in this programme now."))
        return
    told = ngettext("%(count)s person is invited.", "%(count)s people are invited.", count)
    messages.success(request, told % {"count": count})


def _preview(programme: Programme, language: str) -> tuple[str, str, int]:
    """The words, and how many SMS they take; the link is one that leads nowhere."""
    link = links.url("x" * 20)
    said = words.invitation(programme, language, link=link, until=now(), again=False)
    return language, said, text.segments(said).count
