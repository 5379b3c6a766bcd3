"""What the event stream of a web chat may tell: that something changed in the visitor's own conversation."""

from django.http import Http404

from aidline.gateway.hub import Grant, Scope
from aidline.portal.chats import access_chat, conversation_of
from aidline.portal.visitors import visitor_in

_HEARD = frozenset({"message", "state", "looking"})


def authorise(scope: Scope) -> Grant | None:
    """For `/live/chat/<slug>`. None as long as there is nothing to hear: the page asks every few seconds then."""
    visitor = visitor_in(_cookies(scope))
    try:
        chat = access_chat(str(scope["path"]).rstrip("/").rpartition("/")[2])
    except Http404:
        return None
    conversation = conversation_of(chat, visitor)
    if visitor is None or conversation is None:
        return None
    return Grant(owner=visitor.form_token, topics=frozenset({conversation.pk}), kinds=_HEARD)


def _cookies(scope: Scope) -> str:
    found = (value for name, value in scope["headers"] if name == b"cookie")
    return "; ".join(value.decode("latin-1") for value in found)
