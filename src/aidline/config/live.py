"""Who may listen to which stream: the sign-in of the desk, the visitor's cookie of the web chat."""

from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qsl

from django.conf import settings
from django.db import close_old_connections
from django.http import Http404

from aidline.centres.models import Centre
from aidline.centres.queries import centre_ids_with
from aidline.centres.sessions import staff_of
from aidline.centres.states import Can
from aidline.gateway.hub import Grant, Scope
from aidline.portal.chats import access_chat, conversation_of
from aidline.portal.visitors import visitor_in

VISITOR_KINDS = frozenset({"message", "state", "looking"})


def authorise(scope: Scope) -> Grant | None:
    """Blocking; called on a thread of the hub. `/live/desk?centre=<slug>` or `/live/chat/<slug>`."""
    close_old_connections()
    try:
        return _authorise(scope)
    finally:
        close_old_connections()


def _authorise(scope: Scope) -> Grant | None:
    cookies = b"; ".join(value for name, value in scope["headers"] if name == b"cookie").decode("latin-1")
    place, _, slug = scope["path"].removeprefix("/live/").strip("/").partition("/")
    if place == "desk" and not slug:
        return desk_grant(cookies, dict(parse_qsl(scope.get("query_string", b"").decode("latin-1"))))
    if place == "chat" and slug:
        return chat_grant(slug, cookies)
    return None


def desk_grant(cookies: str, query: dict[str, str]) -> Grant | None:
    """All centres in which this member answers, or the one that the page shows."""
    staff = staff_of(_cookie(cookies, settings.SESSION_COOKIE_NAME))
    if staff is None:
        return None
    centres = Centre.objects.filter(pk__in=centre_ids_with(staff, Can.ANSWER))
    if "centre" in query:
        centres = centres.filter(slug=query["centre"])
    topics = frozenset(centres.values_list("pk", flat=True))
    return Grant(owner=f"staff {staff.pk}", topics=topics, staff_id=staff.pk) if topics else None


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
