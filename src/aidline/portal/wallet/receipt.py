"""A receipt code tells where a registration stands: no name, no number, no amount. A balance has no public page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from aidline.centres.models import Centre
from aidline.centres.rules import public
from aidline.channels.queries import centres_with_web_chat
from aidline.kernel import languages
from aidline.portal.tongues import accepted
from aidline.vouchers.registering import receipts

LONGEST = 40
STATUS = {"found": 200, "typing": 422, "unknown": 404, "locked": 429}


@csrf_exempt  # nothing is changed by it, and nobody is signed in
@public
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """The code is posted: an address would keep it in the browser's history."""
    language = _language(request)
    with translation.override(language):
        if request.method != "POST":
            return _page(request, language, None)
        typed = str(request.POST.get("code", ""))[:LONGEST]
        told = receipts.ask(typed, language, who=f"web {request.META.get('REMOTE_ADDR', '')}")
        answer = _page(request, language, told)
    if told.code == "locked":
        answer.headers["Retry-After"] = "900"
    return answer


def _page(request: HttpRequest, language: str, told: receipts.Told | None) -> HttpResponse:
    context = {
        "told": told,
        "chats": _chats(told),
        "language": language,
        "tongues": [(code, languages.name(code), languages.direction(code)) for code in languages.INTERFACE],
    }
    status = STATUS[told.code] if told else 200
    return render(request, "portal/wallet/receipt.html", context, status=status)


def _chats(told: receipts.Told | None) -> list[Centre]:
    """Where to write; of the own centre, once it is known."""
    chats = centres_with_web_chat()
    if told and told.registration:
        chats = chats.filter(pk=told.registration.centre_id)
    return list(chats)


def _language(request: HttpRequest) -> str:
    asked = languages.match(request.POST.get("lang") or request.GET.get("lang", ""))
    wishes = (asked, *accepted(request))
    return next((code for code in wishes if code in languages.INTERFACE), languages.INTERFACE[0])
