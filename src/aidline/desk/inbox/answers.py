"""How the desk answers: a part of the page to a script, the page or a way back to a browser without one."""

import hashlib
import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse

from aidline.centres.rules import StaffRequest
from aidline.conversations.models import Conversation


def by_script(request: StaffRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def talk_url(request: StaffRequest, conversation_id: UUID, query: str = "") -> str:
    url = reverse("desk:talk", args=[request.seat.centre.slug, conversation_id])
    return f"{url}?{query}" if query else url


def done(
    request: StaffRequest, conversation: Conversation | None = None, words: str = "", query: str = ""
) -> HttpResponseBase:
    """It is done: a script is told to fetch what changed, a browser goes back to the page."""
    if by_script(request):
        told = {"desk:changed": {}, **({"desk:say": {"words": words}} if words else {})}
        return HttpResponse(status=204, headers={"HX-Trigger": json.dumps(told)})
    if words:
        messages.success(request, words)
    if conversation is None:
        return redirect("desk:home", request.seat.centre.slug)
    return redirect(talk_url(request, conversation.pk, query))


def refused(
    request: StaffRequest, conversation: Conversation | None, words: Any, query: str = ""
) -> HttpResponseBase:
    """Nothing was done, and why. A script shows the words beside what was tried."""
    if by_script(request):
        return HttpResponse(str(words), status=422, content_type="text/plain; charset=utf-8")
    messages.error(request, str(words))
    if conversation is None:
        return redirect("desk:home", request.seat.centre.slug)
    return redirect(talk_url(request, conversation.pk, query))


def part(request: StaffRequest, template: str, context: dict[str, Any]) -> HttpResponseBase:
    """A part of the page with an ETag, so that looking again at what did not change costs nothing."""
    body = render_to_string(template, context, request)
    tag = f'W/"{hashlib.blake2b(body.encode(), digest_size=12).hexdigest()}"'
    headers = {"ETag": tag, "Vary": "HX-Request, Cookie"}
    if tag in request.headers.get("If-None-Match", ""):
        return HttpResponseNotModified(headers=headers)
    return HttpResponse(body, headers=headers)


def sheet(request: StaffRequest, template: str, context: dict[str, Any]) -> HttpResponseBase:
    """The same content in a dialog for a script and on a page of its own without one."""
    frame = "desk/inbox/sheet_box.html" if by_script(request) else "desk/inbox/sheet.html"
    return render(request, frame, {**context, "content": template})
