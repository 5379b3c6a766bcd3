"""Who may listen to which stream: the sign-in of the desk, the visitor's cookie of the web chat."""

from http.cookies import CookieError, SimpleCookie

from django.conf import settings
from django.db import close_old_connections
from django.http import Http404

from aidline.centres.models import Membership
from aidline.centres.sessions import staff_of
from aidline.gateway.hub import Grant, Scope
from aidline.portal.chats import access_chat, conversation_of
from aidline.portal.visitors import visitor_in

VISITOR_KINDS = frozenset({"message", "state", "looking"})


def authorise(scope: Scope) -> Grant | None:
    """Blocking; called on a thread of the hub. `/live/desk` or `/live/chat/<centre>`."""
    close_old_connections()
    try:
        return _authorise(scope)
    finally:
        close_old_connections()


def _authorise(scope: Scope) -> Grant | None:
    cookies = b"; ".join(value for name, value in scope["headers"] if name == b"cookie").decode("latin-1")
    place, _, slug = scope["path"].removeprefix("/live/").strip("/").partition("/")
    if place == "desk" and not slug:
        return desk_grant(cookies)
    if place == "chat" and slug:
        return chat_grant(slug, cookies)
    return None


def desk_grant(cookies: str) -> Grant | None:
    staff = staff_of(_cookie(cookies, settings.SESSION_COOKIE_NAME))
    if staff is None:
        return None
    centres = Membership.objects.filter(staff=staff, is_active=True).values_list("centre_id", flat=True)
    return Grant(owner=f"staff {staff.pk}", topics=frozenset(centres), staff_id=staff.pk)


def chat_grant(slug: str, cookies: str) -> Grant | None:
    """A visitor hears of their own latest conversation, and nothing before they have one."""
    visitor = visitor_in(cookies)
    try:
        conversation = conversation_of(access_chat(slug), visitor)
    except Http404:
        return None
    if conversation is None:
        return None
    return Grant(owner=f"chat {conversation.pk}", topics=frozenset({conversation.pk}), kinds=VISITOR_KINDS)


def _cookie(cookies: str, name: str) -> str:
    try:
        morsel = SimpleCookie(cookies).get(name)
    except CookieError:
        return ""
    return morsel.value if morsel else ""
