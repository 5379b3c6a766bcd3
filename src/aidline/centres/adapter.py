"""How allauth signs members in: without e-mail addresses, and with a row for every browser."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from aidline.centres.models import Organisation, Staff, StaffSession
from aidline.centres.services import username_for
from aidline.centres.sessions import stored_key

_MISMATCH = _("That did not match. Check the keyboard language and try again.")


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is not typed
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _MISMATCH,
        "too_many_login_attempts": _("Too many tries. Wait five minutes, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Staff | None:
        """A member who left gets the same answer as a wrong password."""
        staff: Staff | None = super().authenticate(request, **credentials)
        return staff if staff and staff.is_active else None

    def login(self, request: HttpRequest, user: Staff) -> None:
        super().login(request, user)
        note_browser(request, user)

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """The screens say themselves what happened; allauth's own words are not ours."""


def credentials(email: str, password: str) -> dict[str, str]:
    """The same work is done whether or not the address, or the organisation, is known."""
    organisation = Organisation.objects.first()
    username = username_for(organisation.pk, email) if organisation else "nobody"
    return {"username": username, "password": password}


def note_browser(request: HttpRequest, staff: Staff) -> None:
    StaffSession.objects.create(
        staff=staff,
        session_key=stored_key(request.session.session_key or ""),
        device=_device(request.headers.get("User-Agent", "")),
    )


def _device(browser: str) -> str:
    return "phone" if "Mobi" in browser or "Android" in browser else "computer"
