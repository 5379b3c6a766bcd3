"""Web chat as pages. With JavaScript the same addresses answer with the same lines, only fewer of them."""

import hashlib
from dataclasses import replace
from threading import Lock
from time import monotonic, sleep
from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from aidline.centres.rules import public
from aidline.channels.contract import Status
from aidline.kernel import languages
from aidline.kernel.clock import now
from aidline.portal.chats import Chat, access_chat, conversation_of
from aidline.portal.forms import LONGEST_TEXT, SayForm, SeenForm
from aidline.portal.frames import framed_policy, is_framed
from aidline.portal.lines import Thread, thread_of
from aidline.portal.saying import NotTaken, is_known, mark_seen, say
from aidline.portal.tongues import asked_for, choose, of_screen, speaking
from aidline.portal.visitors import Visitor, forget, newcomer, remember, visitor_of

WAIT_FOR_WORKER = 1.5  # seconds
_waiting = Lock()  # pages have few threads: one may wait, the others say "received" at once


@public
@require_GET
def chat(request: HttpRequest, slug: str) -> HttpResponse:
    return _page(request, access_chat(slug))


@csrf_exempt  # the cookie of this page and the token in its forms do the same without a second cookie
@public
@require_POST
def say_something(request: HttpRequest, slug: str) -> HttpResponse:
    chat = access_chat(slug)
    visitor = visitor_of(request)
    language = choose(request, chat.centre, visitor)
    form = SayForm(request.POST, request.FILES, region=chat.centre.region)
    with speaking(language, chat.centre):
        try:
            say(chat, _known(request, visitor), form, language=language, connection=_connection(request))
        except NotTaken as why:
            return _not_taken(request, chat, form, why)
    return _taken(request, slug, form)


@public
@require_GET
def lines(request: HttpRequest, slug: str) -> HttpResponse:
    """What is new after `after`; 304 when the browser has it."""
    chat = access_chat(slug)
    visitor = visitor_of(request)
    thread = thread_of(conversation_of(chat, visitor), _number(request.GET.get("after", "")))
    language = choose(request, chat.centre, visitor)
    with speaking(language, chat.centre):
        content = render_to_string("portal/_lines.html", _words_of(chat, language, thread), request).encode()
    return _unless_known(request, content)


@public
@require_GET
def news(request: HttpRequest, slug: str) -> HttpResponse:
    """For browsers without JavaScript: a line in a frame that looks again by itself, so that the page with
    what they are writing need not."""
    chat = access_chat(slug)
    visitor = visitor_of(request)
    replies = thread_of(conversation_of(chat, visitor)).replies
    language = choose(request, chat.centre, visitor)
    with speaking(language, chat.centre):
        context = {
            "count": max(0, replies - _number(request.GET.get("shown", ""))),
            "at": now(),
            "back": _address(request, slug),
            "screen": of_screen(language, chat.centre),
        }
        response = render(request, "portal/news.html", context)
    response.content_security = {"frame-ancestors": "'self'"}  # type: ignore[attr-defined]
    return response


@csrf_exempt
@public
@require_POST
def seen(request: HttpRequest, slug: str) -> HttpResponse:
    chat = access_chat(slug)
    form = SeenForm(request.POST)
    if not form.is_valid():
        raise BadRequest
    try:
        visitor = _known(request, visitor_of(request))
    except NotTaken:
        raise PermissionDenied from None
    status = Status.READ if form.cleaned_data["read"] else Status.DELIVERED
    mark_seen(chat, visitor, form.cleaned_data["ids"], status)
    return HttpResponse(status=204)


@public
@require_GET
def leave(request: HttpRequest, slug: str) -> HttpResponse:
    """Away at once, and nothing stays. Another site's link or picture can send here, but not make forget."""
    chat = access_chat(slug)
    response = HttpResponse(status=303, headers={"Location": chat.centre.quick_exit_url})
    if request.headers.get("Sec-Fetch-Site", "same-origin") in ("same-origin", "none"):
        forget(response, framed=is_framed(request))
    return response


# --- the page --------------------------------------------------------------------------------------------


def _page(
    request: HttpRequest, chat: Chat, form: SayForm | None = None, why: NotTaken | None = None
) -> HttpResponse:
    visitor = visitor_of(request) or newcomer()
    language = choose(request, chat.centre, visitor)
    visitor = replace(visitor, language=asked_for(request, chat.centre) or visitor.language)
    sent = _uuid(request.GET.get("sent", ""))
    if sent:
        _wait_for(chat, sent)
    thread = thread_of(conversation_of(chat, visitor))
    with speaking(language, chat.centre):
        context = _words_of(chat, language, thread) | _controls(request, chat, visitor, sent, form, why)
        response = render(request, "portal/chat.html", context, status=why.status if why else 200)
    remember(response, visitor, framed=is_framed(request))
    framed_policy(request, response, chat)
    _note_arrival(chat, visitor, thread)
    return response


def _words_of(chat: Chat, language: str, thread: Thread) -> dict[str, Any]:
    return {
        "chat": chat,
        "centre": chat.centre,
        "language": language,
        "screen": of_screen(language, chat.centre),
        "thread": thread,
        "greeting": chat.text("greeting", language),
        "privacy": chat.text("privacy", language),
        "offline": chat.closed_text(language),
    }


def _controls(
    request: HttpRequest,
    chat: Chat,
    visitor: Visitor,
    sent: UUID | None,
    form: SayForm | None,
    why: NotTaken | None,
) -> dict[str, Any]:
    return {
        "framed": is_framed(request),
        "open": chat.is_open,
        "opens_at": chat.opens_at,
        "there": chat.somebody_is_there,
        "tongues": [
            (code, languages.name(code), languages.direction(code)) for code in chat.centre.languages
        ],
        "token": visitor.form_token,
        "new_id": (form and form.data.get("id")) or uuid4(),
        "typed": form.data.get("text", "") if form else "",
        "contact": form.data.get("contact", "") if form else "",
        "why": why,
        "sent": sent if sent and not is_known(chat, sent) else None,
        "longest": LONGEST_TEXT,
        "exit": chat.centre.quick_exit_url,
    }


def _wait_for(chat: Chat, client_id: UUID) -> None:
    """A moment's patience saves most people without JavaScript a second look."""
    if not _waiting.acquire(blocking=False):
        return
    try:
        until = monotonic() + WAIT_FOR_WORKER
        while not is_known(chat, client_id) and monotonic() < until:
            sleep(0.05)
    finally:
        _waiting.release()


def _note_arrival(chat: Chat, visitor: Visitor, thread: Thread) -> None:
    if thread.unread:
        mark_seen(chat, visitor, list(thread.unread), Status.DELIVERED)


# --- sending ---------------------------------------------------------------------------------------------


def _known(request: HttpRequest, visitor: Visitor | None) -> Visitor:
    if visitor is None or not visitor.sent(request.POST.get("token", "")):
        raise NotTaken(_("This page was open for a long time. What you wrote is kept: send it again."), 403)
    return visitor


def _connection(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))


def _taken(request: HttpRequest, slug: str, form: SayForm) -> HttpResponse:
    if _wants_json(request):
        return JsonResponse({"id": str(form.cleaned_data["id"])}, status=201)
    address = _address(request, slug, sent=str(form.cleaned_data["id"]))
    return HttpResponse(status=303, headers={"Location": f"{address}#end"})


def _not_taken(request: HttpRequest, chat: Chat, form: SayForm, why: NotTaken) -> HttpResponse:
    if _wants_json(request):
        response: HttpResponse = JsonResponse({"error": why.words}, status=why.status)
    else:
        response = _page(request, chat, form, why)
    if why.retry_after:
        response.headers["Retry-After"] = str(why.retry_after)
    return response


def _wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "") == "application/json"


def _address(request: HttpRequest, slug: str, **query: str) -> str:
    query |= {"framed": "1"} if is_framed(request) else {}
    return reverse("portal:chat", args=[slug], query=query or None)


# --- reading ---------------------------------------------------------------------------------------------


def _unless_known(request: HttpRequest, content: bytes) -> HttpResponse:
    tag = f'"{hashlib.sha256(content).hexdigest()[:20]}"'
    known = request.headers.get("If-None-Match", "").removeprefix("W/") == tag
    response = HttpResponse(status=304) if known else HttpResponse(content)
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
