"""The door: landing page, sign-in, sign-out, invitations and one-time links."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from allauth.account.views import LoginView
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.i18n import set_language

from aidline.centres.logos import logo_of
from aidline.centres.models import Centre, Invitation, Organisation, Staff
from aidline.centres.queries import centres_with
from aidline.centres.rules import public
from aidline.centres.services import (
    LinkClosed,
    accept_invitation,
    invited_staff,
    open_invitation,
    use_sign_in_link,
)
from aidline.centres.states import Can
from aidline.channels.queries import centres_with_web_chat
from aidline.desk.accounts.forms import JoinForm
from aidline.desk.forms import posted, status_of
from aidline.kernel.sniff import sniff

TILL_COOKIE = "aidline-till"  # set by the portal when a browser is paired with a till


@public
@require_safe
def landing(request: HttpRequest) -> HttpResponseBase:
    if isinstance(request.user, Staff):
        return redirect(_home_of(request.user))
    context = {"organisation": Organisation.objects.first(), "centres": centres_with_web_chat()}
    return render(request, "desk/accounts/landing.html", context)


_HOMES = (
    (Can.ANSWER, "desk"),
    (Can.SET_UP, "setup"),
    (Can.TRANSLATE, "translating"),
    (Can.RUN_PROGRAMMES, "vouchers"),
    (Can.APPROVE_PAYMENTS, "vouchers"),
    (Can.REDEEM, "till"),
    (Can.ADD_PEOPLE, "lists"),
    (Can.SEE_BOOKS, "books"),
)


def _home_of(staff: Staff) -> str:
    """The first place where there is work for them."""
    for right, page in _HOMES:
        centre = centres_with(staff, right).first()
        if centre and not (page == "setup" and staff.organisation_admin):
            return f"/c/{centre.slug}/{page}/"
    return "/o/" if staff.organisation_admin else "/me/"


@public
@require_safe
def logo(_request: HttpRequest, centre: str) -> HttpResponseBase:
    """On pages that anybody may see; remade from pixels, so its own content says what it is."""
    picture = logo_of(get_object_or_404(Centre, slug=centre))
    found = sniff(picture) if picture else None
    if picture is None or found is None:
        raise Http404
    answer = HttpResponse(picture, content_type=found.mime)
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["Cache-Control"] = "public, max-age=300"
    return answer


class _SignIn(LoginView):  # type: ignore[misc]  # allauth is not typed
    template_name = "desk/accounts/sign_in.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "organisation": Organisation.objects.first()}


_sign_in = _SignIn.as_view()


@public
def sign_in(request: HttpRequest) -> HttpResponseBase:
    answer: HttpResponseBase = _sign_in(request)
    return answer


@public
@require_safe
def closed(request: HttpRequest) -> HttpResponse:
    return render(request, "desk/accounts/link_closed.html", status=403)


@public
@require_POST
def sign_out(request: HttpRequest) -> HttpResponseBase:
    """The next person at a shared computer finds nothing of ours in the browser. But a till that was set up to work
    without a network keeps its key and what it has not sent: it is the shop's, whoever stands at it."""
    paired = TILL_COOKIE in request.COOKIES
    get_adapter().logout(request)
    answer = redirect("account_login")
    answer.headers["Clear-Site-Data"] = '"cache"' if paired else '"cache", "storage"'
    return answer


@public
@require_POST
def choose_language(request: HttpRequest) -> HttpResponseBase:
    return set_language(request)


@public
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponseBase:
    try:
        invitation = open_invitation(token)
        known = invited_staff(invitation)
        return _rejoin(request, token, known) if known else _join(request, token, invitation)
    except LinkClosed:
        return _link_closed(request)


def _join(request: HttpRequest, token: str, invitation: Invitation) -> HttpResponseBase:
    form = JoinForm(posted(request), initial={"language": get_language()}, staff=_newcomer(invitation))
    if request.method == "POST" and form.is_valid():
        return _let_in(request, accept_invitation(token=token, **form.cleaned_data))
    context = {"form": form, "invitation": invitation}
    return render(request, "desk/accounts/join.html", context, status=status_of(request))


def _newcomer(invitation: Invitation) -> Staff:
    """Never saved: lets the password be compared with what is known of them."""
    staff = Staff(organisation=invitation.organisation)
    staff.email = invitation.email
    return staff


def _rejoin(request: HttpRequest, token: str, known: Staff) -> HttpResponseBase:
    """Who has an account signs in first: a link alone never opens somebody's account."""
    signed_in = request.user == known
    if request.method == "POST" and signed_in:
        accept_invitation(token=token, name="", password="", language="")
        return redirect("landing")
    context = {"signed_in": signed_in, "here": request.path}
    return render(request, "desk/accounts/rejoin.html", context, status=status_of(request))


@public
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest, token: str) -> HttpResponseBase:
    """Looking at the page uses nothing up: programs that look at links before people do only look."""
    if request.method != "POST":
        return render(request, "desk/accounts/enter.html")
    try:
        return _let_in(request, use_sign_in_link(token))
    except LinkClosed:
        return _link_closed(request)


def _let_in(request: HttpRequest, staff: Staff) -> HttpResponseBase:
    answer: HttpResponseBase = perform_login(request, Login(user=staff))
    return answer


def _link_closed(request: HttpRequest) -> HttpResponse:
    return render(request, "desk/accounts/link_closed.html", status=410)
