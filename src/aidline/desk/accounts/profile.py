"""One's own page: name, language, password, and where one is signed in."""

from uuid import UUID

from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from aidline.centres.adapter import note_browser
from aidline.centres.profiles import change_password, change_profile
from aidline.centres.queries import access_session, centres_with, sessions_of
from aidline.centres.rules import StaffRequest, requires
from aidline.centres.services import end_all_sessions, end_session
from aidline.centres.sessions import stored_key
from aidline.centres.states import Can
from aidline.desk.accounts.forms import ChangePasswordForm, ProfileForm
from aidline.desk.forms import posted, status_of


@requires(Can.SIGNED_IN)
@require_http_methods(["GET", "HEAD", "POST"])
def me(request: StaffRequest) -> HttpResponseBase:
    form = ProfileForm(posted(request), initial=_profile(request))
    if request.method == "POST" and form.is_valid():
        change_profile(by=request.user, **form.cleaned_data)
        return redirect("me")
    return _page(request, profile=form)


@requires(Can.SIGNED_IN)
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: StaffRequest) -> HttpResponseBase:
    form = ChangePasswordForm(posted(request), staff=request.user)
    if request.method == "POST" and form.is_valid():
        _change_password(request, form.cleaned_data["password"])
        return redirect("me")
    return _page(request, password=form)


def _change_password(request: StaffRequest, new: str) -> None:
    """All other browsers are signed out; this one goes on under a new key."""
    change_password(by=request.user, password=new)
    end_all_sessions(by=request.user, staff=request.user, but=_here(request))
    update_session_auth_hash(request, request.user)
    note_browser(request, request.user)


@requires(Can.SIGNED_IN)
@require_POST
def end_one(request: StaffRequest, session: UUID) -> HttpResponseBase:
    end_session(by=request.user, session=access_session(request.user, session))
    return redirect("me")


@requires(Can.SIGNED_IN)
@require_POST
def end_others(request: StaffRequest) -> HttpResponseBase:
    end_all_sessions(by=request.user, staff=request.user, but=_here(request))
    return redirect("me")


def _page(
    request: StaffRequest, profile: ProfileForm | None = None, password: ChangePasswordForm | None = None
) -> HttpResponse:
    context = {
        "profile": profile or ProfileForm(initial=_profile(request)),
        "password": password or ChangePasswordForm(staff=request.user),
        "sessions": sessions_of(request.user),
        "here": _here(request),
        "centres": centres_with(request.user, Can.ANSWER),
    }
    return render(request, "desk/accounts/me.html", context, status=status_of(request))


def _profile(request: StaffRequest) -> dict[str, object]:
    staff = request.user
    return {
        "name": staff.name,
        "language": staff.language,
        "theme": staff.theme,
        "shortcuts": staff.shortcuts,
    }


def _here(request: StaffRequest) -> str:
    return stored_key(request.session.session_key or "")
