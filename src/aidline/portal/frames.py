"""The chat within a page of another site: only of the sites its channel names."""

import re

from django.http import HttpRequest, HttpResponse

from aidline.portal.chats import Chat

_ORIGIN = re.compile(r"https?://(\*\.)?[A-Za-z0-9.-]+(:\d{1,5})?")


def is_framed(request: HttpRequest) -> bool:
    return request.GET.get("framed") == "1"


def framed_policy(request: HttpRequest, response: HttpResponse, chat: Chat) -> None:
    """Our own page frames one line of ours for those without JavaScript."""
    policy = {"frame-src": "'self'"}
    origins = [origin for origin in chat.frame_origins if _ORIGIN.fullmatch(origin)]
    if is_framed(request) and origins:
        policy["frame-ancestors"] = " ".join(origins)
    response.content_security = policy  # type: ignore[attr-defined]
