"""What makes the till an app that opens without a network: its service worker and its manifest."""

import json
from pathlib import Path

from django.http import HttpResponse, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from aidline.centres.rules import StaffRequest, requires
from aidline.centres.states import Can

_SCRIPTS = Path(__file__).parent.parent / "static" / "portal" / "till"
_AROUND = ("aidline/tokens.css", "aidline/components.css", "aidline/icon.svg", "aidline/sprite.svg")


@requires(Can.REDEEM)
@require_safe
def script(request: StaffRequest) -> HttpResponse:
    """Under the address of the till, so that the till is all it can reach. Its first lines say what to keep."""
    files = [static(name) for name in (*_AROUND, *_own_files())]
    head = f"const HOME = {json.dumps(_home(request))};\nconst FILES = {json.dumps(files)};\n"
    content = head + (_SCRIPTS / "worker.js").read_text()
    return HttpResponse(content, content_type="text/javascript; charset=utf-8")


@requires(Can.REDEEM)
@require_safe
def manifest(request: StaffRequest) -> JsonResponse:
    home = _home(request)
    about = {
        "id": home,
        "name": _("Till") + " · " + request.seat.centre.name,
        "short_name": _("Till"),
        "lang": get_language(),
        "dir": "rtl" if get_language_bidi() else "ltr",
        "start_url": home,
        "scope": home,
        "display": "standalone",
        "icons": [{"src": static("aidline/icon.svg"), "sizes": "any", "type": "image/svg+xml"}],
    }
    return JsonResponse(about, content_type="application/manifest+json")


def _own_files() -> list[str]:
    found = sorted(path.name for path in _SCRIPTS.iterdir() if path.name != "worker.js")
    return [f"portal/till/{name}" for name in found]


def _home(request: StaffRequest) -> str:
    return reverse("portal:till:till", args=[request.seat.centre.slug])
