"""In which language a page speaks: the one asked for, the one kept, the browser's, the centre's."""

from collections.abc import Iterator
from contextlib import contextmanager
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.utils import timezone, translation
from django.utils.translation.trans_real import parse_accept_lang_header

from aidline.centres.models import Centre
from aidline.kernel import languages
from aidline.portal.visitors import Visitor


def asked_for(request: HttpRequest, centre: Centre) -> str:
    """A language of this centre named in the address; empty if none."""
    code = languages.match(request.GET.get("lang", ""))
    return code if code in centre.languages else ""


def choose(request: HttpRequest, centre: Centre, visitor: Visitor | None) -> str:
    kept = visitor.language if visitor else ""
    wishes = [asked_for(request, centre), kept, *accepted(request)]
    return next((code for code in wishes if code in centre.languages), centre.default_language)


def accepted(request: HttpRequest) -> Iterator[str]:
    header = request.headers.get("Accept-Language", "").lower()
    return (languages.match(tag) for tag, _quality in parse_accept_lang_header(header))


def of_screen(code: str, centre: Centre) -> str:
    """The screens speak fewer languages than people write in."""
    wishes = (code, centre.default_language)
    return next((wish for wish in wishes if wish in languages.INTERFACE), languages.INTERFACE[0])


@contextmanager
def speaking(code: str, centre: Centre) -> Iterator[None]:
    """Words, direction and times of a page, until its end."""
    with translation.override(of_screen(code, centre)), timezone.override(ZoneInfo(centre.time_zone)):
        yield
