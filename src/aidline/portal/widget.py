"""The one-line script for other sites: a button that opens the chat in a frame."""

import json
from functools import cache
from importlib.resources import files
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from aidline.centres.rules import public
from aidline.kernel import languages
from aidline.portal.chats import Chat, access_chat
from aidline.portal.tongues import of_screen

_PLACE_OF_SETTINGS = "__SETTINGS__"


@public
@require_GET
def script(request: HttpRequest, slug: str) -> HttpResponse:  # noqa: ARG001
    """The same for everybody: no cookie is read or set."""
    chat = access_chat(slug)
    content = _source().replace(_PLACE_OF_SETTINGS, json.dumps(_settings(chat, slug)))
    response = HttpResponse(content, content_type="text/javascript; charset=utf-8")
    response.headers["Cache-Control"] = "public, max-age=3600"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _settings(chat: Chat, slug: str) -> dict[str, Any]:
    base = str(settings.PUBLIC_URL).rstrip("/")
    return {
        "page": f"{base}{reverse('portal:chat', args=[slug])}?framed=1",
        "exit": chat.centre.quick_exit_url,
        "fallback": chat.centre.default_language,
        "words": {code: _words(code, chat) for code in chat.centre.languages},
    }


def _words(code: str, chat: Chat) -> dict[str, str]:
    with translation.override(of_screen(code, chat.centre)):
        return {
            "open": _("Write to us"),
            "close": _("Close the chat"),
            "title": _("Chat with %(centre)s") % {"centre": chat.centre.name},
            "dir": languages.direction(of_screen(code, chat.centre)),
        }


@cache
def _source() -> str:
    return files("aidline.portal").joinpath("widget.js").read_text("utf-8")
