"""Members of a centre, invitations, and the way back in for who lost the password."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aidline.centres.models import Membership
from aidline.centres.queries import (
    access_any_member,
    access_invitation,
    all_members_of,
    may_let_in,
    open_invitations,
)
from aidline.centres.rules import StaffRequest, requires
from aidline.centres.services import change_member, invite, let_in_again, revoke_invitation
from aidline.centres.states import Can, Role
from aidline.desk.forms import posted, status_of
from aidline.desk.setup.member_forms import InviteForm, MemberForm
from aidline.vouchers.partners import NOWHERE, PLACED, place_member, place_of


@requires(Can.SET_UP)
@require_safe
def index(request: StaffRequest) -> HttpResponseBase:
    return _page(request, InviteForm(None, centre=request.seat.centre))


@requires(Can.SET_UP)
@require_POST
def invitation(request: StaffRequest) -> HttpResponseBase:
    """The answer is the page with the link, and no redirect: it is shown this once and kept nowhere."""
    form = InviteForm(request.POST, centre=request.seat.centre)
    if not form.is_valid():
        return _page(request, form)
    _, token = invite(
        by=request.user,
        organisation=request.seat.centre.organisation,
        centre=request.seat.centre,
        email=form.cleaned_data["email"],
        role=Role(form.cleaned_data["role"]),
        languages=form.cleaned_data["languages"],
    )
    shown = {"link": link_to("join", token), "link_for": form.cleaned_data["email"]}
    return _page(request, InviteForm(None, centre=request.seat.centre), shown, status=200)


@requires(Can.SET_UP)
@require_POST
def revoke(request: StaffRequest, invitation: UUID) -> HttpResponseBase:
    row = access_invitation(request.seat.centre.organisation_id, request.seat.centre, invitation)
    revoke_invitation(by=request.user, invitation=row)
    return redirect("setup:members", request.seat.centre.slug)


@requires(Can.SET_UP)
@require_http_methods(["GET", "HEAD", "POST"])
def member(request: StaffRequest, member: UUID) -> HttpResponseBase:
    row = access_any_member(request.seat, member)
    form = MemberForm(posted(request), member=row)
    if request.method == "POST" and form.is_valid():
        change_member(by=request.user, membership=row, **_changes(form))
        _place(request, row, form)
        return redirect("setup:members", request.seat.centre.slug)
    return _member_page(request, row, {"form": form}, status_of(request))


@requires(Can.SET_UP)
@require_POST
def link(request: StaffRequest, member: UUID) -> HttpResponseBase:
    row = access_any_member(request.seat, member)
    if not may_let_in(request.user, row.staff):
        raise Http404
    token = let_in_again(by=request.user, staff=row.staff)
    context = {"form": MemberForm(None, member=row), "link": link_to("enter", token)}
    return _member_page(request, row, {**context, "link_for": row.staff.name}, 200)


def link_to(name: str, token: str) -> str:
    return settings.PUBLIC_URL + reverse(name, args=[token])


def _changes(form: MemberForm) -> dict[str, Any]:
    names = ("languages", "capacity", "is_active", "skills")
    given = {name: form.cleaned_data[name] for name in names}
    return {**given, "role": Role(form.cleaned_data["role"])}


def _place(request: StaffRequest, row: Membership, form: MemberForm) -> None:
    """Only where the role has a place, or had one: others are none of the voucher side's business."""
    if row.role in PLACED or place_of(row) != NOWHERE:
        partner, shop = form.place()
        place_member(by=request.user, membership=row, partner=partner, shop=shop)


def _page(
    request: StaffRequest, form: InviteForm, more: dict[str, Any] | None = None, status: int | None = None
) -> HttpResponse:
    context = {
        "tab": "members",
        "form": form,
        "members": all_members_of(request.seat.centre),
        "invitations": open_invitations(request.seat.centre.organisation_id, request.seat.centre),
        **(more or {}),
    }
    return render(request, "desk/setup/members.html", context, status=status or status_of(request))


def _member_page(
    request: StaffRequest, member: Membership, more: dict[str, Any], status: int
) -> HttpResponse:
    may = may_let_in(request.user, member.staff)
    context = {"tab": "members", "member": member, "may_let_in": may, **more}
    return render(request, "desk/setup/member.html", context, status=status)
